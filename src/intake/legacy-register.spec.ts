import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { aFolder, aMapping, csv, type Folder } from '../../test/support/register.js';
import type { LegacyCase, Reject } from './legacy-case.js';
import { LegacyRegister } from './legacy-register.js';
import type { Mapping } from './mapping.js';

const TODAY = '2026-03-02';
const HEADER = 'no,received,closed,status,incident';
const CHILD_HEADER = 'row,no,kind,finding,sanction';

let folder: Folder;
beforeAll(async () => {
  folder = await aFolder();
});
afterAll(() => folder.remove());

interface Read {
  readonly cases: readonly LegacyCase[];
  readonly rejects: readonly Reject[];
  readonly counts: LegacyRegister['counts'];
}

interface Given {
  readonly cases: string | Buffer;
  readonly allegations?: string | Buffer;
  readonly mapping?: Mapping;
  readonly name?: string;
}

async function read({ cases, allegations, mapping = aMapping(), name = 'cases.csv' }: Given): Promise<Read> {
  const files = {
    cases: await folder.write(name, cases),
    ...(allegations === undefined ? {} : { allegations: await folder.write('children.csv', allegations) }),
  };
  const register = await LegacyRegister.prepare({ ...files, mapping, today: TODAY });
  const found: { cases: LegacyCase[]; rejects: Reject[] } = { cases: [], rejects: [] };
  try {
    for await (const entry of register.entries()) {
      if (entry.kind === 'case') found.cases.push(entry.case);
      else found.rejects.push(entry.reject);
    }
  } finally {
    register.close();
  }
  return { ...found, counts: register.counts };
}

const readCases = (...rows: readonly string[]) => read({ cases: csv(HEADER, ...rows) });
const readChildren = (...rows: readonly string[]) =>
  read({ cases: csv(HEADER, '7,2020-01-06,2020-02-03,done,'), allegations: csv(CHILD_HEADER, ...rows) });
const refusal = (given: Given) =>
  read(given).then(
    () => 'was read',
    (error: { code: string }) => error.code,
  );

describe('the rows of a case', () => {
  test('a closed case keeps both days exactly as written, its line, and the row as found', async () => {
    const { cases, rejects } = await readCases('7,2020-01-06,2020-02-03,done,2020-01-02');
    expect(rejects).toEqual([]);
    expect(cases).toEqual([
      expect.objectContaining({
        sourceId: '7',
        line: 2,
        receivedOn: '2020-01-06',
        closedOn: '2020-02-03',
        incidentFrom: '2020-01-02',
        flags: [],
        asFound: {
          no: '7',
          received: '2020-01-06',
          closed: '2020-02-03',
          status: 'done',
          incident: '2020-01-02',
        },
      }),
    ]);
  });

  test('two rows of one id that disagree in the day of receipt: all of that id are rejected', async () => {
    const { cases, rejects } = await readCases('7,2020-01-06,,,', '8,2020-01-06,,,', '7,2020-01-07,,,');
    expect(cases.map(({ sourceId }) => sourceId)).toEqual(['8']);
    expect(rejects.map(({ code, line, column, value }) => [code, line, column, value])).toEqual([
      ['dates-disagree', 2, 'received', '2020-01-06'],
      ['dates-disagree', 4, 'received', '2020-01-07'],
    ]);
  });

  test('two rows of one id that disagree in the closing day, one of them blank: all are rejected', async () => {
    const { cases, rejects } = await readCases('7,2020-01-06,,,', '7,2020-01-06,2020-02-03,,');
    expect(cases).toEqual([]);
    expect(rejects.map(({ code, column }) => [code, column])).toEqual([
      ['dates-disagree', 'closed'],
      ['dates-disagree', 'closed'],
    ]);
  });

  test('exact repeats are merged, row numbers aside', async () => {
    const cases = csv(`${HEADER},row`, '7,2020-01-06,,,,1', '7,2020-01-06,,,,2');
    const { counts, cases: found } = await read({ cases, mapping: aMapping({ rowNumbers: ['row'] }) });
    expect(found.map(({ flags }) => flags)).toEqual([[]]);
    expect(counts.cases).toMatchObject({ read: 2, imported: 1, merged: 1, differing: 0, rejected: 0 });
  });

  test('rows that agree in the dates are one case: the first wins, and what differs is flagged', async () => {
    const { cases } = await readCases('7,2020-01-06,,running,', '7,2020-01-06,,done,');
    expect(cases).toHaveLength(1);
    expect(cases[0]).toMatchObject({ status: 'running' });
    expect(cases[0]?.flags).toEqual([
      expect.objectContaining({ code: 'rows-differ', column: 'status', value: 'done' }),
    ]);
  });

  test('a closing day before the receipt is rejected, with line, column, value and reason', async () => {
    const { cases, rejects } = await readCases('7,2020-01-06,2020-01-05,done,');
    expect(cases).toEqual([]);
    expect(rejects).toEqual([
      {
        code: 'closed-before-received',
        file: 'cases.csv',
        line: 2,
        column: 'closed',
        value: '2020-01-05',
        reason: 'The closing date lies before the receipt, 2020-01-06. Correct one of them.',
      },
    ]);
  });

  test('closed on the day of receipt is fine', async () => {
    expect((await readCases('7,2020-01-06,2020-01-06,done,')).rejects).toEqual([]);
  });

  test('a closing day in the future is imported as open, the stated day kept and flagged', async () => {
    const { cases } = await readCases('7,2020-01-06,3019-02-03,done,', `8,2020-01-06,${TODAY},done,`);
    expect(cases.map(({ closedOn, statedClosedOn }) => [closedOn, statedClosedOn])).toEqual([
      [null, '3019-02-03'],
      [TODAY, undefined],
    ]);
    expect(cases[0]?.flags).toEqual([
      expect.objectContaining({ code: 'closed-in-future', column: 'closed', value: '3019-02-03' }),
    ]);
  });

  test('no closing day is open, whatever the status says, flagged where they disagree', async () => {
    const { cases } = await readCases('7,2020-01-06,,done,', '8,2020-01-06,n/a,running,');
    expect(cases.map(({ closedOn }) => closedOn)).toEqual([null, null]);
    expect(cases.map(({ flags }) => flags.map(({ code }) => code))).toEqual([
      ['status-closed-without-date'],
      [],
    ]);
  });

  test('a closing day beats a status that says open, and that is flagged', async () => {
    const { cases } = await readCases('7,2020-01-06,2020-02-03,running,');
    expect(cases[0]).toMatchObject({ closedOn: '2020-02-03', flags: [{ code: 'status-open-with-date' }] });
  });

  test('a status that the mapping does not know is flagged and left as found', async () => {
    expect((await readCases('7,2020-01-06,,on hold,')).cases[0]).toMatchObject({
      status: 'on hold',
      flags: [{ code: 'word-unknown', column: 'status', value: 'on hold' }],
    });
  });

  test('a bad incident day is flagged, never a reason to reject', async () => {
    const { cases, rejects } = await readCases(
      '7,2020-01-06,,,2020-13-01',
      '8,2020-01-06,,,2020-02-01',
      '9,2020-01-06,,,',
    );
    expect(rejects).toEqual([]);
    expect(cases.map(({ incidentFrom, flags }) => [incidentFrom, flags.map(({ code }) => code)])).toEqual([
      [null, ['incident-unreadable']],
      ['2020-02-01', ['incident-after-receipt']],
      [null, []],
    ]);
  });

  test.each([
    ['received-missing', '7,,,,'],
    ['received-unreadable', '7,2019-02-30,,,'],
    ['received-unreadable', '7,06/01/2020,,,'],
    ['received-in-future', '7,2026-03-03,,,'],
    ['closed-unreadable', '7,2020-01-06,soon,,'],
    ['id-missing', ' ,2020-01-06,,,'],
    ['id-too-long', `${'9'.repeat(121)},2020-01-06,,,`],
    ['row-ragged', '7,2020-01-06,,'],
    ['row-ragged', '7,2020-01-06,,,,'],
  ])('is rejected as %s: %s', async (code, row) => {
    const { cases, rejects } = await readCases(row);
    expect(cases).toEqual([]);
    expect(rejects.map((reject) => reject.code)).toEqual([code]);
  });

  test('blanks around an id are left out and flagged', async () => {
    expect((await readCases(' 7 ,2020-01-06,,,')).cases[0]).toMatchObject({
      sourceId: '7',
      flags: [{ code: 'id-trimmed' }],
    });
  });

  test('quotes, commas and line breaks in a cell stay, and lines are counted as an editor does', async () => {
    const mapping = aMapping({
      case: { ...aMapping().case, category: { column: 'about', default: 'none' } },
    });
    const cases = csv(`${HEADER},about`, '7,2020-01-06,,,,"a ""u"", b\r\nc"', '8,2020-13-06,,,,x');
    const read2 = await read({ cases, mapping });
    expect(read2.cases[0]?.category).toBe('a "u", b\r\nc');
    expect(read2.rejects[0]?.line).toBe(4);
  });
});

describe('the rows of allegations', () => {
  test('an allegation whose case is missing, unnamed or rejected is rejected', async () => {
    const { rejects, cases } = await read({
      cases: csv(HEADER, '7,2020-01-06,,,', '8,2020-01-06,2019-01-01,,'),
      allegations: csv(CHILD_HEADER, '1,7,noise,,', '2,9,noise,,', '3,,noise,,', '4,8,noise,,', '5,7,noise'),
    });
    expect(cases.map(({ allegations }) => allegations.length)).toEqual([1]);
    expect(rejects.map(({ file, line, code }) => [file, line, code])).toEqual([
      ['cases.csv', 3, 'closed-before-received'],
      ['children.csv', 3, 'case-missing'],
      ['children.csv', 4, 'id-missing'],
      ['children.csv', 5, 'case-rejected'],
      ['children.csv', 6, 'row-ragged'],
    ]);
  });

  test('exact repeats are merged, row numbers aside; other rows are allegations of their own', async () => {
    const { cases, counts } = await readChildren('1,7,noise,no,', '2,7,noise,no,', '3,7,noise,yes,');
    expect(cases[0]?.allegations.map(({ line, finding }) => [line, finding])).toEqual([
      [2, 'not-upheld'],
      [4, 'upheld'],
    ]);
    expect(counts.children).toEqual({ read: 3, allegations: 2, grouped: 0, merged: 1, rejected: 0 });
  });

  test('findings and sanctions are read by the words of the mapping; a number is days of suspension', async () => {
    const { cases } = await readChildren('1,7,noise,yes,warned', '2,7,dirt,yes,14', '3,7,theft,-,none');
    expect(cases[0]?.allegations.map(({ finding, sanctions }) => [finding, sanctions])).toEqual([
      ['upheld', [{ kind: 'warning', days: null, note: null, line: 2 }]],
      ['upheld', [{ kind: 'suspension', days: 14, note: null, line: 3 }]],
      [null, []],
    ]);
  });

  test('a sanction without an upheld finding, and a word nobody knows, are flagged', async () => {
    const { cases } = await readChildren('1,7,noise,no,warned', '2,7,dirt,perhaps,hanged');
    expect(cases[0]?.allegations.map(({ flags }) => flags.map(({ code, column }) => [code, column]))).toEqual(
      [
        [['sanction-without-upheld-finding', 'sanction']],
        [
          ['word-unknown', 'finding'],
          ['word-unknown', 'sanction'],
        ],
      ],
    );
  });

  test('a closed case is determined when each of its allegations has a finding, else its outcome is not stated', async () => {
    const determined = await readChildren('1,7,noise,no,', '2,7,dirt,yes,');
    const undetermined = await readChildren('1,7,noise,no,', '2,7,dirt,,');
    expect([determined, undetermined].map(({ cases }) => cases[0]?.outcome)).toEqual(['determined', null]);
  });
});

describe('a file that cannot be used is refused whole', () => {
  const rows = csv(HEADER, '7,2020-01-06,,,', '8,2020-01-06,,,straße');

  test('UTF-8 with a byte order mark, LF alone, no line break at the end, gzip: all are read', async () => {
    const plain = await read({ cases: rows });
    const others = [
      { cases: `\uFEFF${rows}` },
      { cases: rows.replaceAll('\r\n', '\n').trimEnd() },
      { cases: gzipSync(rows), name: 'cases.csv.gz' },
    ];
    for (const other of others) {
      const { cases } = await read(other);
      expect(cases).toEqual(plain.cases);
    }
  });

  test.each<[string, Given]>([
    ['encoding-invalid', { cases: Buffer.from(rows, 'latin1') }],
    ['encoding-invalid', { cases: Buffer.from(rows, 'utf16le') }],
    ['encoding-invalid', { cases: Buffer.from(`\uFEFF${rows}`, 'utf16le').swap16() }],
    ['text-has-nul', { cases: csv(HEADER, '7,2020-01-06,,\0,') }],
    ['csv-unreadable', { cases: csv(HEADER, '7,2020-01-06,,"never closed,') }],
    ['csv-unreadable', { cases: csv(HEADER, '7,2020-01-06,,mid"quote,') }],
    ['file-empty', { cases: '' }],
    ['column-missing', { cases: csv('no,received,closed,status', '7,2020-01-06,,') }],
    [
      'column-missing',
      { cases: csv(Array.from({ length: 10_000 }, (_, index) => `c${index}`).join(','), '7') },
    ],
    ['column-duplicate', { cases: csv(`${HEADER},no`, '7,2020-01-06,,,,7') }],
    ['file-unreadable', { cases: gzipSync(rows).subarray(0, -12), name: 'cut.csv.gz' }],
    ['file-unreadable', { cases: rows, name: 'no-gzip.csv.gz' }],
    ['column-missing', { cases: rows, allegations: csv('row,no,kind,finding', '1,7,noise,yes') }],
    [
      'encoding-invalid',
      { cases: rows, allegations: Buffer.from(csv(CHILD_HEADER, '1,7,Lärm,,'), 'latin1') },
    ],
    ['allegations-not-mapped', { cases: rows, allegations: '', mapping: aMapping({ children: undefined }) }],
  ])('%s', async (code, given) => {
    expect(await refusal(given)).toBe(code);
  });

  test('a file that is not there', async () => {
    const missing = LegacyRegister.prepare({
      cases: `${folder.path}/none.csv`,
      mapping: aMapping(),
      today: TODAY,
    });
    await expect(missing).rejects.toMatchObject({ code: 'file-not-found' });
  });

  test('a quote that is never closed does not take all memory: a row has a bound', async () => {
    const endless = `${HEADER}\r\n7,2020-01-06,,"${'x'.repeat(3_000_000)}`;
    expect(await refusal({ cases: endless })).toBe('csv-unreadable');
  });

  test.each([
    [rows, 'no-gzip.csv.gz', 'no-gzip.csv.gz is no gzip file, though its name ends in .gz.'],
    [gzipSync(rows).subarray(0, -12), 'cut.csv.gz', 'cut.csv.gz ends too early: its '],
    [gzipSync(rows).fill(255, 20, 30), 'spoiled.csv.gz', 'cannot be unpacked beyond byte '],
  ])('what is wrong with a gzip file is said: %#', async (cases, name, sentence) => {
    await expect(read({ cases, name })).rejects.toThrow(sentence);
  });

  test('the sentence says where, and what to do', async () => {
    await expect(read({ cases: Buffer.from(rows, 'latin1') })).rejects.toThrow(
      'cases.csv is not UTF-8 on line 3. Save it with encoding UTF-8; nothing was imported.',
    );
  });
});
