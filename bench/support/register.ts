import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { mappingSchema, type Mapping } from '../../src/intake/mapping.js';

/** An invented register: cases with one allegation or two, most of them closed, some with a finding and a sanction. */
export const registerMapping = (source: string): Mapping =>
  mappingSchema.parse({
    source,
    zone: 'Europe/London',
    case: {
      id: { column: 'number' },
      receivedOn: { column: 'received' },
      closedOn: { column: 'closed' },
      category: { column: 'kind', default: 'unspecified' },
      incidentFrom: { column: 'incident' },
    },
    children: {
      case: { column: 'number' },
      respondent: { column: 'respondent' },
      category: { column: 'allegation', default: 'unspecified' },
      finding: { column: 'finding', values: { yes: 'upheld', no: 'not-upheld' } },
      sanction: { column: 'sanction', values: { warned: { kind: 'warning' } } },
    },
  });

const day = (index: number): string =>
  new Date(Date.UTC(2001, 0, 1) + (index % 7000) * 86_400_000).toISOString().slice(0, 10);

function* caseLines(cases: number): Generator<string> {
  yield 'number,received,closed,kind,incident,unit,office\r\n';
  for (let index = 0; index < cases; index += 1) {
    const closed = index % 20 === 0 ? '' : day(index + 80);
    yield `N${index},${day(index + 3)},${closed},conduct,${day(index)},"North, second floor",17\r\n`;
  }
}

function* allegationLines(cases: number): Generator<string> {
  yield 'row,number,respondent,allegation,finding,sanction\r\n';
  for (let index = 0; index < cases; index += 1) {
    const [finding, sanction] = index % 5 === 0 ? ['yes', 'warned'] : ['no', ''];
    yield `${index},N${index},1,Rudeness at the counter,${finding},${sanction}\r\n`;
    if (index % 3 === 0) yield `${index},N${index},2,A letter was left without an answer,no,\r\n`;
  }
}

export const writeRegister = async (folder: string, name: string, cases: number) => {
  const files = { cases: join(folder, `${name}.csv`), allegations: join(folder, `${name}-allegations.csv`) };
  await pipeline(Readable.from(caseLines(cases)), createWriteStream(files.cases));
  await pipeline(Readable.from(allegationLines(cases)), createWriteStream(files.allegations));
  return files;
};
