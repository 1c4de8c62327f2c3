import { z } from 'zod';
import { historyEntry } from './case-history.js';
import { fieldChange } from './difference.js';

/** A case as it was at a point of the log, folded anew from what had been recorded by then. */

const part = z.record(z.string(), z.unknown());

export const caseState = z.object({
  complaint: part.describe('What its own events amount to.'),
  clocks: part.describe(
    'What the rules that were in force made of it: its deadlines, and which is due next.',
  ),
  hearings: z.array(part).readonly(),
  resolutions: z.array(part).readonly(),
  record: part
    .nullable()
    .describe('What the machine recorded of its deadlines: missed ones, reminders and who put them off.'),
});

export type CaseState = z.output<typeof caseState>;

const streamVersion = z.object({ stream: z.string(), version: z.int() }).meta({ id: 'StreamVersion' });

export const caseReplay = z
  .object({
    id: z.uuid(),
    reference: z.string(),
    position: z.int().describe('The point: everything that was recorded as far as this counts.'),
    recordedAt: z.iso.datetime().describe('When the latest entry of the case by then was recorded.'),
    streams: z.array(streamVersion).readonly().describe('Where each of its streams stood.'),
    ...caseState.shape,
    eventCount: z.int().describe('How many entries led there.'),
    events: z.array(historyEntry).readonly().describe('The latest of them, in the order of recording.'),
  })
  .meta({ id: 'CaseReplay' });

export type CaseReplay = z.output<typeof caseReplay>;

export const caseDifference = z
  .object({
    id: z.uuid(),
    reference: z.string(),
    from: z.int().describe('A position of the log.'),
    to: z
      .int()
      .nullable()
      .describe('A position of the log; null for the case as its read tables tell it now.'),
    changes: z.array(fieldChange).readonly(),
    eventCount: z.int().describe('How many entries were recorded between them.'),
    events: z.array(historyEntry).readonly().describe('The latest of them, in the order of recording.'),
  })
  .meta({ id: 'CaseDifference' });

export type CaseDifference = z.output<typeof caseDifference>;
