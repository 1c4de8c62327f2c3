import { createHash } from 'node:crypto';
import type { ExternalDetail } from './external-versions.follower.js';

/** How a register stood that was only observed: what can be compared with a copy of it. */

export interface ExternalState {
  readonly records: number;
  /** By column: how many records hold each value; the empty text counts the empty cells. */
  readonly values: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Of the records by id, one a line, the id and the columns in the order of the first copy, joined by tabs. */
  readonly sha256: string;
}

const inOrder = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

/** The first part of an id as text, the others as numbers where they are. */
const byId = (one: ExternalDetail, other: ExternalDetail): number =>
  one.recordId
    .map((part, index) => {
      const against = other.recordId[index] ?? '';
      const difference = index === 0 ? 0 : Number(part) - Number(against);
      return difference || inOrder(part, against);
    })
    .find((order) => order !== 0) ?? 0;

const countBy = (values: readonly string[]): Record<string, number> => {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Object.fromEntries(counts);
};

/** The records in the order in which they were first seen, so that their columns stand in that of the first copy. */
export const stateOf = (details: readonly ExternalDetail[]): ExternalState => {
  const records = details.map(({ recordId, fields }) => ({
    recordId,
    fields,
    cells: new Map(fields.map(({ name, value }) => [name, value ?? ''])),
  }));
  const columns = [...new Set(records.flatMap(({ cells }) => [...cells.keys()]))];
  const cell = ({ cells }: (typeof records)[number], name: string): string => cells.get(name) ?? '';
  const lines = records
    .toSorted(byId)
    .map((record) => [...record.recordId, ...columns.map((name) => cell(record, name))].join('\t'));
  return {
    records: records.length,
    values: Object.fromEntries(
      columns.map((name) => [name, countBy(records.map((record) => cell(record, name)))]),
    ),
    sha256: createHash('sha256').update(lines.join('\n')).digest('hex'),
  };
};
