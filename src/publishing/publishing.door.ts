import { z } from 'zod';
import type { CommandDoor } from '../access/command-door.js';
import { aCase } from '../access/look.js';
import { readsOf, type ReadDoor } from '../access/read-door.js';
import { calendarName } from '../clocks/calendar.js';
import { CalendarCommand } from '../clocks/calendar.handler.js';
import { calendar } from '../clocks/calendar-revision.js';
import { PolicyCommand } from '../clocks/policy.handler.js';
import { policy } from '../clocks/policy.js';
import { day, text, word } from '../event-store/schema.js';
import { explanation, Explanations } from './explanation.reader.js';
import { calendarList, calendarView, policyList, policyView, RulesReader } from './rules.reader.js';
import { supposition } from './supposition.js';
import { whatIf, WhatIfReader } from './what-if.reader.js';

export const policyDoor: CommandDoor = {
  kind: 'policy',
  path: 'policies',
  creates: 'Publish',
  acts: policy.acts,
  command: PolicyCommand,
  named: { schema: word, by: (input) => (input as { readonly key: string }).key },
};

export const calendarDoor: CommandDoor = {
  kind: 'calendar',
  path: 'calendars',
  acts: calendar.acts,
  command: CalendarCommand,
  named: { schema: calendarName },
};

const read = readsOf<RulesReader>();

export const rulesReads: ReadDoor<RulesReader> = {
  queries: RulesReader,
  reads: {
    policies: read({
      summary: 'Every published version of every policy set.',
      path: 'policies',
      looks: 'nothing',
      permission: 'policies',
      params: z.strictObject({}),
      answer: policyList,
      ask: (rules) => rules.policies(),
    }),
    policy: read({
      summary: 'One version of a policy set in full.',
      path: 'policies/:id',
      looks: 'nothing',
      permission: 'policies',
      params: z.strictObject({ id: word.describe('default@2, or default for the latest version.') }),
      answer: policyView,
      ask: (rules, { id }) => rules.policy(id),
    }),
    calendars: read({
      summary: 'The working calendars that policies name and those that were revised.',
      path: 'calendars',
      looks: 'nothing',
      permission: 'policies',
      params: z.strictObject({}),
      answer: calendarList,
      ask: (rules) => rules.calendars(),
    }),
    calendar: read({
      summary: 'The days off of one working calendar in a year, and its revisions.',
      path: 'calendars/:id',
      looks: 'nothing',
      permission: 'policies',
      params: z.strictObject({
        id: calendarName,
        year: z.coerce.number().int().min(1900).max(2199).optional().describe('This year, when absent.'),
      }),
      answer: calendarView,
      ask: (rules, { id, year }) => rules.calendar(id, year),
    }),
  },
};

export const explanationReads: ReadDoor<Explanations> = {
  queries: Explanations,
  reads: {
    deadlineExplanation: readsOf<Explanations>()({
      summary: 'How the due date of one deadline of a case came about.',
      path: 'cases/:id/deadlines/:deadline/explanation',
      looks: { shown: (_, { caseId }) => [aCase(caseId)] },
      permission: 'cases',
      params: z.strictObject({ id: text(200).describe('Its id, or its reference.'), deadline: word }),
      answer: explanation,
      ask: (explanations, { id, deadline }, sight) => explanations.one(id, deadline, sight),
    }),
  },
};

export const whatIfReads: ReadDoor<WhatIfReader> = {
  queries: WhatIfReader,
  reads: {
    whatIf: readsOf<WhatIfReader>()({
      summary:
        'Which open cases would be due on another day, or overdue, if they went by that version. Nothing is written.',
      path: 'whatif',
      looks: 'nothing',
      permission: 'whatIf',
      params: z.strictObject({
        policy: word.describe('A published version, such as default@2.'),
        asOf: day.optional().describe('Overdue at the end of which day; today, when absent.'),
      }),
      answer: whatIf,
      ask: (reader, { policy: version, asOf }, sight) =>
        reader.suppose({ version, calendars: [], asOf }, sight),
    }),
    whatIfRules: readsOf<WhatIfReader>()({
      summary:
        'The same for rules that nobody published yet: a version in full, calendars as revised, or both. Nothing is written.',
      path: 'whatif',
      looks: 'nothing',
      permission: 'whatIf',
      posted: true,
      params: supposition,
      answer: whatIf,
      ask: (reader, asked, sight) => reader.suppose(asked, sight),
    }),
  },
};
