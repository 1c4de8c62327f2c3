import { z } from 'zod';
import { isBefore } from '../clocks/days.js';
import { event, type EventOf } from '../event-store/catalogue.js';
import { evolveWith } from '../event-store/decider.js';
import { personal, word } from '../event-store/schema.js';

/**
 * A record of a register that tells no day of receipt, as somebody saw it from time to time: no case, in no backlog. When the
 * register changed it nobody knows; `occurred` is when the copy was taken that showed it.
 */

const value = personal('case', 1_000).optional().describe('Absent: the cell was empty.');

export const externalRecordEvents = {
  ExternalRecordObserved: event(
    z.object({ source: word, recordId: z.array(word), fields: z.array(z.object({ name: word, value })) }),
  ),
  ExternalRecordChanged: event(
    z.object({ changes: z.array(z.object({ name: word, old: value, new: value })) }),
  ),
  ExternalRecordRemoved: event(z.object({})),
};

export type ExternalRecordEvent = EventOf<typeof externalRecordEvents>;

/** Something that a copy of the register shows of one record. */
export interface Observation {
  readonly at: string;
  readonly recordId: readonly string[];
  readonly change: 'added' | 'changed' | 'removed';
  readonly fields: readonly { readonly name: string; readonly old: string; readonly new: string }[];
}

export interface ExternalRecord {
  readonly source: string;
  readonly recordId: readonly string[];
  /** What stands in its cells, sealed; a cell that is not named is empty. */
  readonly fields: Readonly<Record<string, string | undefined>>;
  readonly there: boolean;
  /** When it was seen last; empty before the first time. */
  readonly seenAt: string;
}

const nothing: ExternalRecord = { source: '', recordId: [], fields: {}, there: false, seenAt: '' };

const asOf = (state: ExternalRecord, occurred: object): ExternalRecord => ({
  ...state,
  seenAt: 'at' in occurred ? String(occurred.at) : state.seenAt,
});

export const externalRecord = {
  kind: 'external',
  catalogue: externalRecordEvents,
  initial: nothing,
  evolve: evolveWith<ExternalRecord, ExternalRecordEvent>({
    ExternalRecordObserved: (_, { source, recordId, fields }, { occurred }) => {
      const told = Object.fromEntries(fields.map(({ name, value: text }) => [name, text]));
      return asOf({ source, recordId, fields: told, there: true, seenAt: '' }, occurred);
    },
    ExternalRecordChanged: (state, { changes }, { occurred }) => {
      const told = Object.fromEntries(changes.map(({ name, new: text }) => [name, text]));
      return asOf({ ...state, fields: { ...state.fields, ...told } }, occurred);
    },
    ExternalRecordRemoved: (state, _, { occurred }) => asOf({ ...state, there: false }, occurred),
  }),
};

const told = <Name extends string>(name: Name, text: string) =>
  (text.trim() === '' ? {} : { [name]: text }) as Partial<Record<Name, string>>;

/** What an observation adds to the record; nothing, when it was seen as late as that already. Instants are in UTC. */
export const observed = (
  source: string,
  state: ExternalRecord,
  { at, recordId, change, fields }: Observation,
): readonly ExternalRecordEvent[] => {
  if (state.seenAt !== '' && !isBefore(state.seenAt, at)) return [];
  if (change === 'removed') return state.there ? [{ type: 'ExternalRecordRemoved', data: {} }] : [];
  if (!state.there) {
    const cells = fields.map(({ name, new: text }) => ({ name, ...told('value', text) }));
    return [{ type: 'ExternalRecordObserved', data: { source, recordId: [...recordId], fields: cells } }];
  }
  if (change === 'added') return [];
  const changes = fields.map(({ name, old, new: text }) => ({
    name,
    ...told('old', old),
    ...told('new', text),
  }));
  return [{ type: 'ExternalRecordChanged', data: { changes } }];
};
