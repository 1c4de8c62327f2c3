import { z } from 'zod';
import { notAmong } from '../access/ids.js';
import type { Sight } from '../access/sight.js';
import { isDate } from '../clocks/days.js';
import type { Knowledge } from '../audit/known-then.reader.js';
import * as schema from '../event-store/schema.js';
import { cursorAs, cursorOf } from '../platform/page.js';
import type { CaseListRequest, Sort } from './case-list.js';
import { MANY_UNRECORDED, missedOf, missedWays } from './missed-statement.js';
import { goesByOverdue, MANY_OVERDUE, overdueIs } from './overdue-statement.js';

/** The SQL that answers the case list: keyset pages, each in the order of an index. */

/** The last row of a page, the day as of which its list is told, and the position of the log whose knowledge it tells. */
const cursor = z.tuple([
  z.string(),
  z.string().max(500),
  schema.id,
  schema.day,
  z.string().regex(/^\d{0,15}$/),
]);

/** As of when a list is told; `known`: of the past. */
export interface Then {
  readonly day: string;
  readonly known?: Knowledge | undefined;
}

/** Rows of both tables, each column under its own name. */
const STANDING = `(SELECT cases.*, case_id, next_due_on, live, began_on, ended_on, missed
  FROM cases JOIN case_clocks ON case_id = id) AS cases`;

/** Where cases stand as they stood, under the names of the read rows. */
const rowsOf = ({ known }: Then): string => {
  if (!known) return STANDING;
  const held =
    'position' in known
      ? `case_versions WHERE from_position <= ${known.position} AND to_position > ${known.position}`
      : `case_days WHERE from_on <= DATE '${known.day}' AND to_on > DATE '${known.day}'`;
  return `(SELECT case_id AS id, * FROM ${held}) AS cases`;
};

/** Cases in the order of one index. `rank` is what the whole list is ordered by, `key` the same to this index. */
interface Run {
  readonly only?: 'open' | 'closed';
  readonly key: string;
  /** By which column the table of that index names a case. */
  readonly id: 'id' | 'case_id';
  readonly rank: (asOf: string) => string;
  /** The key that belongs to a rank. */
  readonly at: (rank: string, asOf: string) => string;
}

const by = (key: string, type: string, id: Run['id'] = 'id'): readonly Run[] => [
  { key, id, rank: () => key, at: (rank) => `${rank}::${type}` },
];

/** A rank by age is the age below zero: an open case ages by the day, a closed one no more. */
const byAge = (began: string, ended: string, id: Run['id']): readonly Run[] => [
  {
    only: 'open',
    key: began,
    id,
    rank: (asOf) => `${began} - ${asOf}`,
    at: (rank, asOf) => `${asOf} + ${rank}::int`,
  },
  {
    only: 'closed',
    key: `(${began} - ${ended})`,
    id,
    rank: () => `(${began} - ${ended})`,
    at: (rank) => `${rank}::int`,
  },
];

/** Ascending orders. */
const runs: Readonly<Record<Sort, readonly Run[]>> = {
  received: by('received_on', 'date'),
  due: by("coalesce(next_due_on, 'infinity')", 'date', 'case_id'),
  reference: by('reference', 'text'),
  age: byAge('received_on', 'closed_on', 'id'),
};

/** The same where it is asked what was missed: orders of indexes in which that comes first, and whether the case is open next. */
const runsByMissed: typeof runs = {
  ...runs,
  received: (['open', 'closed'] as const).flatMap((only) =>
    by('began_on', 'date', 'case_id').map((run) => ({ ...run, only })),
  ),
  age: byAge('began_on', 'ended_on', 'case_id'),
};

/** PostgreSQL knows no year 0. */
const isStorable = (rank: string): boolean => isDate(rank) && rank >= '0001';

/** Whether a cursor's rank can be one of that order: a cursor is only text that somebody sent. */
const isRank: Readonly<Record<Sort, (rank: string) => boolean>> = {
  received: isStorable,
  due: (rank) => rank === 'infinity' || isStorable(rank),
  reference: (rank) => !rank.includes('\0'),
  age: (rank) => /^-?\d{1,6}$/.test(rank),
};

/** Under the names of the summary. */
const COLUMNS = `id, version, reference, status, category, severity, handler_id AS "handlerId",
  received_on::text AS "receivedOn", closed_on::text AS "closedOn", outcome, next_due_on::text AS "nextDueOn",
  source AS "sourceName", CASE WHEN source IS NOT NULL THEN sort_id END AS "sourceId"`;

/** Numbers the values of a statement as they come. */
class Values {
  readonly all: unknown[] = [];

  add(value: unknown): string {
    return `$${this.all.push(value)}`;
  }
}

const prefix = (start: string): string => `${start.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;

/** Of a case that was not followed yet nobody knows that it is quiet. */
const quiet = (since: string): string =>
  `EXISTS (SELECT FROM case_activity WHERE case_id = cases.id AND last_on < ${since}::date)`;

const isOf = (phase: 'open' | 'closed', byMissed: boolean): string => {
  const not = phase === 'open' ? '' : 'NOT ';
  return byMissed ? `${not}live` : `closed_on IS ${not}NULL`;
};

const conditions = (asked: CaseListRequest, values: Values, asOf: string, walked: boolean): string[] => {
  const { status, q } = asked;
  const equal = (column: string, value: string | undefined) =>
    value === undefined ? [] : [`${column} = ${values.add(value)}`];
  const startsWith = q === undefined ? undefined : values.add(prefix(q));
  return [
    ...(status === undefined || status === 'open' ? [] : equal('status', status)),
    ...equal('handler_id', asked.handler),
    ...equal('category', asked.category),
    ...equal('severity', asked.severity),
    ...equal('source', asked.source),
    ...overdueIs(asked, asOf, walked),
    ...(asked.openedFrom === undefined ? [] : [`received_on >= ${values.add(asked.openedFrom)}::date`]),
    ...(asked.openedTo === undefined ? [] : [`received_on <= ${values.add(asked.openedTo)}::date`]),
    ...(asked.quietSince === undefined ? [] : [quiet(values.add(asked.quietSince))]),
    ...(startsWith === undefined
      ? []
      : [`(reference LIKE ${startsWith} OR (source IS NOT NULL AND sort_id LIKE ${startsWith}))`]),
  ];
};

/** Nothing is due for a closed case: no look into the archive finds one that is overdue; none is met in the order of due dates. */
const phaseOf = ({ status, overdue, sort }: CaseListRequest): 'open' | 'closed' | undefined => {
  if (overdue && (status ?? 'open') === 'open') return sort.endsWith('due') ? undefined : 'open';
  if (status === undefined) return undefined;
  return status === 'closed' ? status : 'open';
};

export interface ListStatement {
  readonly text: string;
  readonly values: readonly unknown[];
  /** The day as of which this list is told, on every page of it. */
  readonly day: string;
}

/** What it must be asked of before such a list, whether there is much of it: it may have to be walked past. */
export const walkedPast = (asked: CaseListRequest, known: Knowledge | undefined): string | undefined => {
  if (goesByOverdue(asked, known)) return MANY_OVERDUE;
  return asked.missed && !known ? MANY_UNRECORDED : undefined;
};

const beyond = { ASC: '>', DESC: '<' } as const;

const sortOf = (asked: CaseListRequest): { sort: Sort; direction: 'ASC' | 'DESC' } => {
  const reversed = asked.sort.startsWith('-');
  const sort = asked.sort.replace('-', '') as Sort;
  return { sort, direction: reversed === (sort === 'age') ? 'ASC' : 'DESC' };
};

const cursorIn = (asked: CaseListRequest) => {
  const { sort } = sortOf(asked);
  const isThen = asked.asOf !== undefined && asked.basis === 'known-then';
  const shape = cursor.refine(
    ([of, rank, , , position]) => of === asked.sort && isRank[sort](rank) && (position !== '') === isThen,
  );
  return cursorAs(asked.after, shape);
};

/** Whose knowledge the first page of the list told; undefined for a first page. Errors: InvalidInput `bad-cursor`. */
export const knowledgeIn = (asked: CaseListRequest): Knowledge | undefined => {
  const position = cursorIn(asked)?.[4];
  return position ? { position: Number(position) } : undefined;
};

/** Looked up for the rows of the page alone. */
const ofTheRows = (asOf: string, { known }: Then): string =>
  `${known ? 'NULL' : '(SELECT last_on::text FROM case_activity WHERE case_id = found.id)'} AS "lastActivityOn",
    ${missedOf(asOf, known)} AS missed`;

/** What is overdue was missed. */
const missedAsked = ({ overdue, missed }: CaseListRequest, { known }: Then): boolean | undefined =>
  overdue && missed && !known ? undefined : missed;

/** By whom a list is seen; `walked`: what `walkedPast` asks of is much. */
interface Seen extends Pick<Sight, 'hidden'> {
  readonly walked?: boolean;
}

/** The page and one row more. Errors: InvalidInput `bad-cursor`. */
export const listStatement = (asked: CaseListRequest, then: Then, seen: Seen): ListStatement => {
  const { sort, direction } = sortOf(asked);
  const after = cursorIn(asked);
  const day = after?.[3] ?? then.day;
  const asOf = `DATE '${day}'`;
  const values = new Values();
  const { hidden, walked = false } = seen;
  const filters = conditions(asked, values, asOf, walked);
  if (!hidden.isEmpty) filters.push(notAmong('id', values.add(hidden)));
  const last = after && { rank: values.add(after[1]), id: values.add(after[2]) };
  const limit = values.add(asked.first + 1);
  const phase = phaseOf(asked);
  const rows = rowsOf(then);
  const missed = missedAsked(asked, then);
  const byMissed = missed !== undefined && !then.known;
  const statementOf = ({ only, key, id, rank, at }: Run, way: string): string => {
    const within = only ?? phase;
    const where = [
      ...filters,
      way,
      ...(within ? [isOf(within, byMissed)] : []),
      ...(last ? [`(${key}, ${id}) ${beyond[direction]} (${at(last.rank, asOf)}, ${last.id}::uuid)`] : []),
    ];
    return `(SELECT ${COLUMNS}, ${rank(asOf)} AS rank FROM ${rows} WHERE ${where.join(' AND ')}
      ORDER BY ${key} ${direction}, ${id} ${direction} LIMIT ${limit})`;
  };
  const within = (byMissed ? runsByMissed : runs)[sort].filter(
    ({ only }) => !only || !phase || only === phase,
  );
  const runsOf = within.flatMap((run) =>
    missedWays(missed, { asOf, known: then.known, phase: run.only ?? phase, walked }).map((way) =>
      statementOf(run, way),
    ),
  );
  const sql = `SELECT *, rank::text, ${ofTheRows(asOf, then)}
    FROM (${runsOf.join(' UNION ALL ')}) AS found
    ORDER BY found.rank ${direction}, id ${direction} LIMIT ${limit}`;
  return { text: sql, values: values.all, day };
};

/** Where the list goes on after that row. */
export const listCursor = (
  { sort }: CaseListRequest,
  last: { readonly rank: string; readonly id: string },
  { day, known }: Then,
): string => {
  const position = known && 'position' in known ? String(known.position) : '';
  return cursorOf([sort, last.rank, last.id, day, position]);
};
