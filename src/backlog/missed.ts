import { z } from 'zod';
import type { HistoryEntry } from '../audit/case-history.js';
import type { Knowledge } from '../audit/known-then.reader.js';

/** What was missed of a case's deadlines. A due date that passed unmet stays missed, whatever moved or met it since. */

export const missedDeadline = z
  .object({
    deadline: z.string(),
    dueOn: z.iso.date().describe('The due date that passed, whatever it was moved to since.'),
    dueAt: z.iso.datetime({ offset: true }).describe('The instant at which it was missed.'),
    recordedAt: z.iso.datetime().describe('When that was put on record, however late.'),
  })
  .meta({ id: 'MissedDeadline' });

export type MissedDeadline = z.output<typeof missedDeadline>;

const isKnown = (by: Knowledge | undefined, position: number, dueOn: string): boolean => {
  if (!by) return true;
  return 'position' in by ? position <= by.position : dueOn < by.day;
};

/** What is on record as missed, or was by that knowledge. */
export const missedIn = (entries: readonly HistoryEntry[], by: Knowledge | undefined): MissedDeadline[] =>
  entries.flatMap(({ type, data, position, recordedAt }) => {
    if (type !== 'DeadlineMissed') return [];
    const { deadline, dueOn, dueAt } = data as Omit<MissedDeadline, 'recordedAt'>;
    return isKnown(by, position, dueOn) ? [{ deadline, dueOn, dueAt, recordedAt }] : [];
  });

interface Told {
  readonly key: string;
  readonly dueOn: string;
  readonly missed: boolean;
}

/** How many due dates passed unmet: what is on record, and what passed that is not there yet. */
export const countMissed = (recorded: readonly MissedDeadline[], deadlines: readonly Told[]): number =>
  new Set([
    ...recorded.map(({ deadline, dueOn }) => `${deadline} ${dueOn}`),
    ...deadlines.filter(({ missed }) => missed).map(({ key, dueOn }) => `${key} ${dueOn}`),
  ]).size;
