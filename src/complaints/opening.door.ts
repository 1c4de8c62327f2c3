import { flag, pageOf, readsOf, type ReadDoor } from '../access/read-door.js';
import { aCase } from '../access/look.js';
import { pageRequest } from '../platform/page.js';
import { OpeningQueries, openingView } from './opening.queries.js';

const read = readsOf<OpeningQueries>();

export const openingReads: ReadDoor<OpeningQueries> = {
  queries: OpeningQueries,
  reads: {
    glassOpenings: read({
      summary: 'Who saw a restricted case without being named, oldest first, and what was found of it.',
      path: 'break-glass',
      looks: { shown: (_, { items }) => items.map(({ caseId }) => aCase(caseId)) },
      permission: 'openings',
      params: pageRequest.extend({
        reviewed: flag.optional().describe('false: those that nobody reviewed yet.'),
      }),
      answer: pageOf(openingView),
      ask: (queries, params, sight) => queries.page(params, sight),
    }),
  },
};
