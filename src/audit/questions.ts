import { z } from 'zod';
import { day, staffRef } from '../event-store/schema.js';
import { caseName } from '../complaints/case-name.js';

/** The questions of auditors: the command line, REST, GraphQL and docs/questions.md are made from this one table. */

const text = z.string();
const count = z.int();
const share = z.number();
const known = <Shape extends z.ZodType>(shape: Shape) => shape.nullable();
const texts = z.array(z.string()).readonly();
const moment = z.iso.datetime({ offset: true });

export interface Question {
  /** As it is asked; its view in the schema `audit` has underscores. */
  readonly name: string;
  readonly summary: string;
  /** What an answer says besides the columns that all have. */
  readonly columns: Readonly<Record<string, z.ZodType>>;
  /** Without this it would be asked of the whole log. */
  readonly needs?: 'case' | 'person';
}

/** The columns of every answer. */
export const common = {
  position: count.describe('What the row is about, or the latest of it.'),
  caseId: known(text),
  reference: known(text),
  person: known(text).describe('Who did it: a staff reference.'),
  recordedAt: moment,
  positions: z.array(z.int()).readonly().describe('All that prove it.'),
};

export const questions: readonly Question[] = [
  {
    name: 'who-touched',
    summary: 'Who touched a case: every person who recorded something about it, in which roles, and what.',
    columns: { roles: texts, acts: count, types: texts, firstRecordedAt: moment },
    needs: 'case',
  },
  {
    name: 'backdated',
    summary: 'Entries that were recorded on a later day than they happened; those of an import are left out.',
    columns: { type: text, happenedOn: day, daysLate: count, reasonGiven: z.boolean() },
  },
  {
    name: 'corrected',
    summary: 'Entries that were corrected: which field, from what to what, who had recorded it.',
    columns: { type: text, recordedBy: text, field: text, old: known(text), new: known(text) },
  },
  {
    name: 'overridden',
    summary:
      'Decisions that were vetoed, or changed on appeal, a sanction varied or quashed included; and who had made them.',
    columns: { how: text, makers: texts },
  },
  {
    name: 'outside-contacts',
    summary: 'Contacts from outside the process, and what was recorded in the case within 14 days of each.',
    columns: { happenedOn: day, followed: texts },
  },
  {
    name: 'acted-after-recusal',
    summary:
      'Acts on a case, or a hearing, by somebody who was recused from it or declared a conflict before. There must be none.',
    columns: { type: text, recusedAt: count.describe('The position of the recusal.') },
  },
  {
    name: 'extended-after-miss',
    summary: 'Deadlines that were extended after they were missed.',
    columns: { deadline: text, oldDueOn: day, newDueOn: day },
  },
  {
    name: 'decisions-by-person',
    summary:
      'Findings by each person, and the share that they upheld, wholly or partly, against that of all findings.',
    columns: {
      findings: count,
      upheld: count,
      partlyUpheld: count,
      notUpheld: count,
      shareUpheld: share,
      shareOfAll: share,
    },
  },
  {
    name: 'hearing-to-decision',
    summary:
      'Days between the end of a hearing and the first decision after it; until today where there is none.',
    columns: { concludedOn: day, decidedOn: known(day), days: count },
  },
  {
    name: 'acts-of-person',
    summary: 'Everything that was recorded by one person, in any stream, within a time.',
    columns: { type: text, stream: text, role: text, onBehalfOf: known(text), happenedOn: day },
    needs: 'person',
  },
];

const who = staffRef.describe('The staff reference of whoever did it.');

/** What narrows any question. */
const narrowing = z.strictObject({
  case: caseName.optional(),
  person: who.optional(),
  from: day.optional().describe('Recorded on this day or later.'),
  to: day.optional().describe('Recorded on this day or earlier.'),
});

export type Narrowing = z.output<typeof narrowing>;

export const narrowingOf = ({ needs }: Question) => {
  if (needs === 'case') return narrowing.extend({ case: caseName });
  return needs === 'person' ? narrowing.extend({ person: who }) : narrowing;
};

export const snake = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

export const viewOf = ({ name }: Question): string => `audit.${name.replaceAll('-', '_')}`;

export const columnsOf = ({ columns }: Question): Readonly<Record<string, z.ZodType>> => {
  const { positions, ...first } = common;
  return { ...first, ...columns, positions };
};
