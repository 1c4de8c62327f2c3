import { z } from 'zod';
import { flag } from '../access/read-door.js';
import { severity } from '../complaints/complaint.events.js';
import { stages } from '../complaints/complaint.stages.js';
import { day, staffRef, text, word } from '../event-store/schema.js';
import { pageRequest } from '../platform/page.js';
import { basis, momentText } from './moment.js';

/** What may be asked of the case list. */

const SORTS = ['received', 'age', 'due', 'reference'] as const;
export type Sort = (typeof SORTS)[number];

const STATUSES = ['open', ...stages, 'closed'] as const;

export const caseListRequest = pageRequest.extend({
  asOf: momentText.optional(),
  basis: basis.default('known-now'),
  status: z
    .enum(STATUSES)
    .optional()
    .describe(
      'How far an open case has come (hearing: one was asked for; resolution: one was begun), closed, or open for every case that is not closed.',
    ),
  handler: staffRef.optional().describe('The staff reference of the handler.'),
  category: word.optional(),
  severity: severity.optional(),
  source: word.optional().describe('The register that cases were imported from.'),
  overdue: flag
    .optional()
    .describe('true: a deadline has passed that was not met; what is due today is not overdue.'),
  missed: flag
    .optional()
    .describe(
      'true: a due date of it passed unmet, be it met, moved or closed since; false: none did. As of the past by what was on record.',
    ),
  openedFrom: day.optional().describe('Received on this day or later.'),
  openedTo: day.optional().describe('Received on this day or earlier.'),
  quietSince: day
    .optional()
    .describe(
      'Nobody did anything about it, its hearings or its resolutions on this day or later; not to be asked as of the past.',
    ),
  q: text(200)
    .optional()
    .describe(
      'The beginning of a reference or of an id in the register. Names and free text are sealed, so nobody can search them.',
    ),
  sort: z
    .enum([...SORTS, ...SORTS.map((sort) => `-${sort}` as const)])
    .default('-received')
    .describe(
      'received (earliest first), age (youngest first; a closed case stopped ageing), due (soonest first, cases that nothing is due for last), reference; a minus sign reverses the order: -age is oldest first.',
    ),
});

export type CaseListRequest = z.output<typeof caseListRequest>;
