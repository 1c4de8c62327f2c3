import { z } from 'zod';
import { allowedNames } from '../access/command-door.js';
import { aCase } from '../access/look.js';
import { pageOf, readsOf, type ReadDoor } from '../access/read-door.js';
import { caseName } from '../complaints/case-name.js';
import { Backlog } from './backlog.reader.js';
import { backlogRequest, backlogView } from './backlog-view.js';
import { caseView } from './case-file.js';
import { caseListRequest } from './case-list.js';
import { caseSummary } from './case-view.js';
import { CaseList } from './case-list.reader.js';
import { CaseReader } from './case.reader.js';
import { basis, momentText } from './moment.js';

const readCase = readsOf<CaseList>();

export const caseReads: ReadDoor<CaseList> = {
  queries: CaseList,
  reads: {
    cases: readCase({
      summary:
        'Cases, filtered and sorted, a page at a time, now or as they were; ages are as of the day of the first page.',
      path: 'cases',
      looks: 'nothing',
      permission: 'cases',
      params: caseListRequest,
      answer: pageOf(caseSummary),
      ask: (list, params, sight) => list.page(params, sight),
    }),
  },
};

const readFile = readsOf<CaseReader>();

const caseAnswer = z
  .object({
    ...caseView.shape,
    allowedCommands: allowedNames,
  })
  .meta({ id: 'Case' });

export const caseFileReads: ReadDoor<CaseReader> = {
  queries: CaseReader,
  reads: {
    case: readFile({
      summary: 'One case in full: its ages, deadlines, hearings and resolutions; now, or as it was.',
      path: 'cases/:id',
      looks: { shown: (_, answer) => [aCase(answer.id)] },
      permission: 'cases',
      params: z.strictObject({
        id: caseName,
        asOf: momentText.optional(),
        basis: basis.default('known-then'),
      }),
      answer: caseAnswer,
      tagged: true,
      ask: async (reader, { id, asOf, basis: on }, sight) => {
        const file = await reader.one(id, asOf, on, sight);
        const allowed = asOf === undefined ? await reader.allowed(file.id, sight.principal) : [];
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
      looks: 'nothing',
      permission: 'backlog',
      params: backlogRequest,
      answer: backlogView,
      ask: (backlog, params, sight) => backlog.on(params, sight),
    }),
  },
};
