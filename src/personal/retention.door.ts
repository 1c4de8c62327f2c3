import { aCase } from '../access/look.js';
import { readsOf, type ReadDoor } from '../access/read-door.js';
import { dueErasures, RetentionReader, retentionRequest } from './retention.reader.js';

const read = readsOf<RetentionReader>();

export const retentionReads: ReadDoor<RetentionReader> = {
  queries: RetentionReader,
  reads: {
    retention: read({
      summary: 'The closed cases whose retention is over on a day, held or to be erased; nothing is erased.',
      path: 'retention',
      permission: 'erasures',
      params: retentionRequest,
      answer: dueErasures,
      looks: { shown: (_, { items }) => items.map(({ caseId }) => aCase(caseId)) },
      ask: (due, params, sight) => due.page(params, sight),
    }),
  },
};
