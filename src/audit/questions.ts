import { z } from 'zod';
import { aCase, theLog, type Seen } from '../access/look.js';
import { day, id as anId, staffRef } from '../event-store/schema.js';
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
  readonly needs?: 'case' | 'person' | 'party';
  /** It is about looks, which stand in no log of positions; about events, when absent. */
  readonly about?: 'looks';
}

/** The columns of every answer about events. */
export const common = {
  position: count.describe('What the row is about, or the latest of it.'),
  caseId: known(text),
  reference: known(text),
  person: known(text).describe('Who did it: a staff reference.'),
  recordedAt: moment,
  positions: z.array(z.int()).readonly().describe('All that prove it.'),
};

/** Of every answer about looks. */
const commonOfLooks = {
  look: count.describe('The number of the look, or of the latest of them.'),
  caseId: known(text),
  reference: known(text),
  person: known(text).describe('Who looked: a staff reference.'),
  recordedAt: moment,
};

const lookedAt = {
  roles: texts,
  looks: count,
  asked: texts.describe('By which questions.'),
  doors: texts,
  firstRecordedAt: moment,
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
      'Acts on a case, or a hearing, by somebody who was recused from it, declared a conflict or turned out to be a party before. There must be none.',
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
  {
    name: 'who-looked',
    summary:
      'Who looked at a case, or at a hearing, a resolution or a document of it: how often, and by which questions.',
    columns: lookedAt,
    needs: 'case',
    about: 'looks',
  },
  {
    name: 'who-looked-at-party',
    summary: 'Who looked at the name and the contacts of a party: how often, and by which questions.',
    columns: { partyId: text, ...lookedAt },
    needs: 'party',
    about: 'looks',
  },
  {
    name: 'looks-of-person',
    summary: 'Everything that one person looked at within a time, one by one, and why where they said so.',
    columns: {
      role: text,
      asked: text,
      kind: text,
      thing: text.describe('Its id; of a feed or an export the positions, of a question its name.'),
      door: text,
      requestId: text,
      reason: known(text),
    },
    needs: 'person',
    about: 'looks',
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

export type Narrowing = z.output<typeof narrowing> & { readonly party?: string | undefined };

export const narrowingOf = ({ needs }: Question) => {
  if (needs === 'party') return narrowing.extend({ party: anId.describe('The id of a party.') });
  if (needs === 'case') return narrowing.extend({ case: caseName });
  return needs === 'person' ? narrowing.extend({ person: who }) : narrowing;
};

export const snake = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

export const viewOf = ({ name }: Question): string => `audit.${name.replaceAll('-', '_')}`;

/** What numbers the rows of an answer. */
export const numberOf = ({ about }: Question): 'look' | 'position' =>
  about === 'looks' ? 'look' : 'position';

export const columnsOf = ({ columns, about }: Question): Readonly<Record<string, z.ZodType>> => {
  if (about === 'looks') return { ...commonOfLooks, ...columns };
  const { positions, ...first } = common;
  return { ...first, ...columns, positions };
};

/** To be told of looks is a look as well. */
export const seenBy = ({ name, about }: Question, { case: of }: Narrowing): Seen => {
  if (about === 'looks') return { kind: 'looks', id: name, cases: of === undefined ? [] : [of] };
  return of === undefined ? theLog(name) : aCase(of);
};
