import { z } from 'zod';
import { allowedCommands } from '../access/command-door.js';
import { pageOf, readsOf, type ReadDoor } from '../access/read-door.js';
import { caseName } from '../complaints/case-name.js';
import { complaint } from '../complaints/complaint.js';
import { instant } from '../event-store/schema.js';
import { Backlog } from './backlog.reader.js';
import { backlogRequest, backlogView } from './backlog-view.js';
import { caseView } from './case-file.js';
import { caseListRequest } from './case-list.js';
import { caseSummary } from './case-view.js';
import { CaseQueries } from './case.queries.js';
import { CaseReader } from './case.reader.js';

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

const readFile = readsOf<CaseReader>();

const caseAnswer = z
  .object({
    ...caseView.shape,
    allowedCommands: z
      .array(z.string())
      .readonly()
      .describe('What your roles let you do to it now; nothing to a case as it was.'),
  })
  .meta({ id: 'Case' });

export const caseFileReads: ReadDoor<CaseReader> = {
  queries: CaseReader,
  reads: {
    case: readFile({
      summary:
        'One case in full: its ages, deadlines, hearings and resolutions; now, or as it was known then.',
      path: 'cases/:id',
      permission: 'cases',
      params: z.strictObject({
        id: caseName,
        asOf: instant
          .optional()
          .describe('As it was known at this instant: what was recorded later is left out.'),
      }),
      answer: caseAnswer,
      ask: async (reader, { id, asOf }, principal) => {
        const { file, complaint: state, policy } = await reader.one(id, asOf);
        const allowed = asOf === undefined ? allowedCommands(complaint, state, principal, { policy }) : [];
        return { ...file, allowedCommands: allowed };
      },
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
