import { z } from 'zod';
import { aCase } from '../access/look.js';
import { readsOf, type ReadDoor } from '../access/read-door.js';
import { caseName } from '../complaints/case-name.js';
import { caseDifference, caseReplay } from './case-replay.js';
import { CaseReplays } from './case-replay.reader.js';
import { casePoint } from './point.js';

const USUAL = 200;
const MOST = 1000;

const events = z.coerce
  .number()
  .int()
  .min(0)
  .max(MOST)
  .default(USUAL)
  .describe('How many of the entries to tell, the latest ones.');

const read = readsOf<CaseReplays>();

export const replayReads: ReadDoor<CaseReplays> = {
  queries: CaseReplays,
  reads: {
    caseVersion: read({
      summary:
        'A case as a version of it left it, with all that belongs to it, folded anew from the events that led there.',
      path: 'cases/:id/versions/:version',
      looks: { shown: (asked) => [aCase(asked.id)] },
      permission: 'history',
      params: z.strictObject({
        id: caseName,
        version: z.coerce.number().int().min(1).max(999_999_999),
        events,
      }),
      answer: caseReplay,
      ask: (replays, { id, version, events: most }, sight) => replays.at(id, `v${version}`, sight, most),
    }),
    caseReplay: read({
      summary:
        'A case as it was at a point of the log, with all that belongs to it, folded anew from the events that led there.',
      path: 'cases/:id/replay',
      looks: { shown: (asked) => [aCase(asked.id)] },
      permission: 'history',
      params: z.strictObject({ id: caseName, until: casePoint, events }),
      answer: caseReplay,
      ask: (replays, { id, until, events: most }, sight) => replays.at(id, until, sight, most),
    }),
    caseDifference: read({
      summary:
        'What of a case differs between two points of the log, field by field, and the events between them.',
      path: 'cases/:id/difference',
      looks: { shown: (asked) => [aCase(asked.id)] },
      permission: 'history',
      params: z.strictObject({
        id: caseName,
        from: casePoint,
        to: casePoint
          .optional()
          .describe('Another such point; the case as its read tables tell it now, when absent.'),
        events,
      }),
      answer: caseDifference,
      ask: (replays, { id, from, to, events: most }, sight) =>
        replays.difference(id, [from, to], sight, most),
    }),
  },
};
