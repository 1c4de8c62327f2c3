import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { outcome } from '../complaints/complaint.events.js';
import { InvalidInput } from '../event-store/errors.js';
import { day, zone } from '../event-store/schema.js';
import { lineOfPath, readJson, type UnreadableJson } from '../platform/json-text.js';
import { packageRoot } from '../platform/package-root.js';
import { placeOf, reading, sentenceOf } from '../platform/reading.js';
import { findingWord, sanctionKind } from '../resolutions/resolution.events.js';
import { formatDefect } from './date-format.js';
import { wordKey } from './words.js';

/** How a register's columns are to be read. The JSON of a mapping file; `docs/mapping.md` explains it by an example. */

export const columnName = z.string().min(1).max(200).describe('a column name, exactly as in the header line');
const word = z
  .string()
  .min(1)
  .max(200)
  .describe('a value of the register; case and surrounding blanks are ignored, 600.0 equals 600');
/** A table from the register's words to ours. */
function wordTable<T extends z.ZodType>(ours: T) {
  return z.record(word, ours).superRefine((table, context) => {
    const keys = Object.keys(table);
    const twin = keys.find(
      (text, index) => keys.findIndex((other) => wordKey(other) === wordKey(text)) !== index,
    );
    if (twin !== undefined)
      context.addIssue({ code: 'custom', message: `"${twin}" stands there twice. Leave one of them out.` });
  });
}

export const kebabCase = z.string().regex(/^[a-z][a-z0-9-]*$/, 'Write a word in small letters with hyphens.');
const blanks = z.array(word).default([]).describe('words that mean an empty cell, for example "n/a"');

export const dateFormat = z
  .string()
  .min(8)
  .max(60)
  .superRefine((format, context) => {
    const defect = formatDefect(format);
    if (defect !== null) context.addIssue({ code: 'custom', message: defect });
  })
  .describe('for example YYYY-MM-DD, M/D/YYYY, YYYY/MM/DD HH:mm:ss+00');

const dateColumn = z.strictObject({ column: columnName, format: dateFormat.default('YYYY-MM-DD'), blanks });

const incidentColumn = dateColumn.extend({
  time: z
    .strictObject({ column: columnName, format: z.enum(['HH:mm', 'HH:mm:ss', 'HHmm', 'number']) })
    .optional()
    .describe('the clock time, where it stands in a column of its own; number: 2315.0, 315'),
});

const wordColumn = z.strictObject({
  column: columnName.optional(),
  values: wordTable(kebabCase).optional().describe('the word that Redress uses for each of the register'),
  default: z.string().min(1).max(200).describe('for a blank cell, or where there is no column'),
});

const caseColumns = z.strictObject({
  id: z.strictObject({ column: columnName }).describe("the register's own number of the case; may repeat"),
  receivedOn: dateColumn,
  closedOn: dateColumn.optional().describe('left out: every case is open'),
  status: z
    .strictObject({ column: columnName, values: wordTable(z.enum(['open', 'closed'])) })
    .optional()
    .describe('only to flag where the words and the dates disagree: the dates decide'),
  outcome: z
    .strictObject({ column: columnName, values: wordTable(outcome.nullable()) })
    .optional()
    .describe('how a closed case ended; null: the word says nothing of it'),
  category: wordColumn.default({ default: 'unspecified' }),
  channel: wordColumn.default({ default: 'unknown' }),
  incidentFrom: incidentColumn.optional(),
  incidentTo: incidentColumn.optional(),
});

const sanction = z.strictObject({
  kind: sanctionKind,
  note: z.string().min(1).max(200).optional().describe('what the kind alone does not say'),
});

const sanctionColumns = z.strictObject({
  column: columnName,
  values: wordTable(sanction.nullable()).describe('null: no sanction'),
  numbers: z
    .literal('days-suspended')
    .optional()
    .describe('a whole number that is not among the values is a suspension of so many days'),
  days: z
    .strictObject({ column: columnName, values: wordTable(z.string().min(1)).default({}) })
    .optional()
    .describe(
      'days of a suspension in a column of their own; values: numbers that are codes, with their meaning',
    ),
  id: columnName.optional().describe('rows of one case with the same value state the same sanction'),
  stage: z
    .strictObject({ column: columnName, values: wordTable(z.enum(['proposed', 'imposed'])) })
    .optional()
    .describe('proposed sanctions are flagged, not recorded; imposed ones win over unmarked ones'),
});

const childColumns = z.strictObject({
  case: z.strictObject({ column: columnName }).describe('the id of the case that the row belongs to'),
  rowNumbers: z.array(columnName).default([]),
  sameAllegation: z
    .array(columnName)
    .min(1)
    .optional()
    .describe('rows of one case that agree in these columns are one allegation; left out: each row is one'),
  respondent: z.strictObject({ column: columnName }).optional(),
  category: wordColumn.default({ default: 'unspecified' }),
  finding: z
    .strictObject({ column: columnName, values: wordTable(findingWord.nullable()) })
    .optional()
    .describe('null: the word determines nothing'),
  sanction: sanctionColumns.optional(),
});

export const mappingSchema = z.strictObject({
  source: kebabCase
    .max(60)
    .describe('the name of the register; with the id it is the key of a case for ever'),
  releasedOn: day.optional().describe('when the register was exported; later closing dates are flagged'),
  zone: zone.describe('in which it is today or not yet; the days are taken as written'),
  encoding: z.literal('utf-8').default('utf-8'),
  delimiter: z.enum([',', ';', '\t', '|']).default(','),
  rowNumbers: z.array(columnName).default([]).describe('columns in which exact repeats of a row may differ'),
  case: caseColumns,
  children: childColumns.optional().describe('the file of allegations, findings and sanctions'),
});

export type Mapping = z.infer<typeof mappingSchema>;
export type CaseColumns = Mapping['case'];
export type ChildColumns = NonNullable<Mapping['children']>;
export type WordColumn = CaseColumns['category'];
export type SanctionColumns = NonNullable<ChildColumns['sanction']>;

const SHIPPED = join(packageRoot, 'src', 'intake', 'mappings');

/**
 * Reads a mapping from a JSON file, or a shipped one by its bare name (`chicago-crms`).
 * @throws InvalidInput `mapping-not-found`, or `mapping-invalid` with `details.issues` [{path, message}].
 */
export async function readMapping(nameOrPath: string): Promise<Mapping> {
  const text = await readFile(mappingPath(nameOrPath), 'utf8').catch(() => {
    throw new InvalidInput(
      'mapping-not-found',
      `There is no mapping ${nameOrPath}. Give a JSON file or the name of a shipped one: ${shippedNames().join(', ')}.`,
    );
  });
  return parseMapping(text, nameOrPath);
}

/** The mapping in a JSON text; `name` is what errors call it. @throws InvalidInput `mapping-invalid`. */
export function parseMapping(text: string, name: string): Mapping {
  return asMapping(mappingSchema, text, name);
}

const FAULTS_TOLD = 10;

/** Any kind of mapping in a JSON text. @throws InvalidInput `mapping-invalid`. */
export function asMapping<S extends z.ZodType>(schema: S, written: string, name: string): z.output<S> {
  const text = written.replace(/^\uFEFF/, '');
  const read = reading(schema, jsonIn(text, name));
  if (read.ok) return read.data;
  const issues = read.faults.map((fault) => ({
    line: lineOfPath(text, fault.path),
    path: placeOf(fault),
    message: fault.message,
  }));
  const sentence = read.faults
    .slice(0, FAULTS_TOLD)
    .map((fault, index) => `Line ${issues[index]?.line}: ${sentenceOf([fault])}`)
    .join(' ');
  throw new InvalidInput('mapping-invalid', `The mapping ${name} cannot be used. ${sentence}`, { issues });
}

function jsonIn(text: string, name: string): unknown {
  try {
    return readJson(text);
  } catch (error) {
    const { line, message } = error as UnreadableJson;
    throw new InvalidInput(
      'mapping-invalid',
      `The mapping ${name} cannot be used. Line ${line}: ${message} docs/mapping.md shows one.`,
    );
  }
}

function shippedNames(): string[] {
  return readdirSync(SHIPPED).map((file) => basename(file, '.json'));
}

/** Where a mapping lies that is named as a file, or as a shipped one. */
export function mappingPath(nameOrPath: string): string {
  const shipped = join(SHIPPED, `${nameOrPath}.json`);
  return /^[a-z][a-z0-9-]*$/.test(nameOrPath) && existsSync(shipped) ? shipped : nameOrPath;
}
