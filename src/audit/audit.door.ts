import { z } from 'zod';
import { aCase } from '../access/look.js';
import { pageOf, readsOf, type ReadDoor } from '../access/read-door.js';
import { caseName } from '../complaints/case-name.js';
import { pageRequest } from '../platform/page.js';
import { historyEntry } from './case-history.js';
import { HistoryReader } from './history.reader.js';

const USUAL = 200;
const MOST = 1000;

const read = readsOf<HistoryReader>();

export const historyReads: ReadDoor<HistoryReader> = {
  queries: HistoryReader,
  reads: {
    history: read({
      summary: 'Every event of a case, its hearings, resolutions and reminders, in the order of recording.',
      path: 'cases/:id/history',
      looks: { shown: (asked) => [aCase(asked.id)] },
      permission: 'history',
      params: pageRequest.extend({
        id: caseName,
        first: z.coerce.number().int().min(1).max(MOST).default(USUAL),
      }),
      answer: pageOf(historyEntry),
      ask: (reader, { id, ...page }, sight) => reader.page(id, page, sight),
    }),
  },
};
