import { z } from 'zod';
import { day, id, personal } from '../../event-store/schema.js';
import { act, checkAnyParty, checkParty } from '../complaint.context.js';

/** Saying how far the case has come, while it lasts. */
export const progressActs = {
  SendProgressUpdate: act({
    summary: 'Record that parties were told how the case is going.',
    when: 'open',
    input: z.strictObject({
      to: z.array(id).min(1).max(100).describe('The parties who were told.'),
      update: personal('case').describe('What they were told.'),
    }),
    possible: checkAnyParty,
    decide: (data, complaint) => {
      for (const party of data.to) checkParty(complaint, party);
      return [{ type: 'ProgressUpdateSent', data }];
    },
  }),

  ReportDelay: act({
    summary: 'Record a written report on why the case is not finished, to a body that has to be told.',
    when: 'open',
    input: z.strictObject({
      to: personal('case', 500).describe('The body that was told, such as an oversight body.'),
      report: personal('case').describe('Why it takes so long, and what comes next.'),
      expectedBy: day.optional().describe('By when it is expected to be finished.'),
    }),
    decide: (data) => [{ type: 'DelayReported', data }],
  }),
};
