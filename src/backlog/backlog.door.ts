import { pageOf, readsOf, type ReadDoor } from '../access/read-door.js';
import { Backlog } from './backlog.reader.js';
import { backlogRequest, backlogView } from './backlog-view.js';
import { caseListRequest } from './case-list.js';
import { caseSummary } from './case-view.js';
import { CaseQueries } from './case.queries.js';

const readCase = readsOf<CaseQueries>();

export const caseReads: ReadDoor<CaseQueries> = {
  queries: CaseQueries,
  reads: {
    cases: readCase({
      summary: 'Cases, filtered and sorted, a page at a time; ages are as of the day of the first page.',
      path: 'cases',
      permission: 'cases',
      params: caseListRequest,
      answer: pageOf(caseSummary),
      ask: (queries, params) => queries.page(params),
    }),
  },
};

const readBacklog = readsOf<Backlog>();

export const backlogReads: ReadDoor<Backlog> = {
  queries: Backlog,
  reads: {
    backlog: readBacklog({
      summary: 'How many cases were open on a day, how old they were, and the ten oldest.',
      path: 'backlog',
      permission: 'backlog',
      params: backlogRequest,
      answer: backlogView,
      ask: (backlog, params) => backlog.on(params),
    }),
  },
};
