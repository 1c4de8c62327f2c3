import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { InvalidInput } from '../event-store/errors.js';
import type { Observation } from './external-record.js';
import { asMapping, kebabCase } from './mapping.js';
import { RegisterFile } from './register-file.js';

/** A register without days of receipt: a first copy, and a log of how later copies differed. `docs/mapping.md` explains it. */

const column = z.string().min(1).max(200);

export const externalMapping = z.strictObject({
  source: kebabCase.max(60),
  external: z.strictObject({
    id: z.array(column).min(1).max(5).describe('the columns that together name a record'),
    observedAt: z.iso.datetime().describe('when the first copy was taken, in UTC'),
    changes: z
      .strictObject({ observedAt: column, change: column, field: column, old: column, new: column })
      .describe('the columns of the log; change says added, changed or removed'),
  }),
});

export type ExternalMapping = z.output<typeof externalMapping>;

/** Undefined for a mapping of cases. Errors: InvalidInput `mapping-invalid`. */
export const externalMappingIn = async (path: string): Promise<ExternalMapping | undefined> => {
  const text = await readFile(path, 'utf8').catch(() => '');
  if (!text.includes('"external"')) return undefined;
  return asMapping(externalMapping, text, path);
};

const CHANGES = ['added', 'changed', 'removed'] as const;

async function* cellsOf(path: string, needed: readonly string[]): AsyncGenerator<Map<string, string>> {
  const file = await RegisterFile.open(path, ',');
  let header: readonly string[] | undefined;
  for await (const { cells } of file.read(needed)) {
    if (header) yield new Map(header.map((name, index) => [name, cells[index] ?? '']));
    else header = cells;
  }
}

/** The first copy, record by record. */
export async function* firstCopy(path: string, { external }: ExternalMapping): AsyncGenerator<Observation> {
  const { id, observedAt: at } = external;
  for await (const cells of cellsOf(path, id)) {
    const fields = [...cells].flatMap(([name, value]) =>
      id.includes(name) ? [] : [{ name, old: '', new: value }],
    );
    yield { at, recordId: id.map((name) => cells.get(name) ?? ''), change: 'added', fields };
  }
}

/** One row of the log. Errors: InvalidInput `changes-unreadable`. */
const shownBy = (cells: ReadonlyMap<string, string>, { external }: ExternalMapping): Observation => {
  const { id, changes } = external;
  const cell = (name: string) => cells.get(name) ?? '';
  const change = CHANGES.find((each) => each === cell(changes.change));
  const at = cell(changes.observedAt);
  if (!change || !z.iso.datetime().safeParse(at).success)
    throw new InvalidInput(
      'changes-unreadable',
      `The log of changes says "${cell(changes.change)}" at "${at}". It needs added, changed or removed, and an instant in UTC.`,
    );
  const name = cell(changes.field);
  const fields = name === '' ? [] : [{ name, old: cell(changes.old), new: cell(changes.new) }];
  return { at, recordId: id.map(cell), change, fields };
};

const isOfOne = (one: Observation, other: Observation): boolean =>
  one.at === other.at && one.change === other.change && one.recordId.join('\0') === other.recordId.join('\0');

/** The later copies: what each showed of a record, in the order of the log. Errors: InvalidInput `changes-unreadable`. */
export async function* laterCopies(path: string, mapping: ExternalMapping): AsyncGenerator<Observation> {
  const { id, changes } = mapping.external;
  let open: Observation | undefined;
  for await (const cells of cellsOf(path, [...id, ...Object.values(changes)])) {
    const row = shownBy(cells, mapping);
    if (open && isOfOne(open, row)) open = { ...open, fields: [...open.fields, ...row.fields] };
    else {
      if (open) yield open;
      open = row;
    }
  }
  if (open) yield open;
}
