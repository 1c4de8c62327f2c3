import { z } from 'zod';
import { isDate } from '../clocks/days.js';
import type { Knowledge } from '../audit/known-then.reader.js';
import * as schema from '../event-store/schema.js';
import { cursorAs, cursorOf } from '../platform/page.js';
import type { CaseListRequest, Sort } from './case-list.js';
import { missedOf, missedWays } from './missed-statement.js';
import { overdueIs } from './overdue-statement.js';

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

/** Where cases stand as they stood, under the names of the read rows. */
const rowsOf = ({ known }: Then): string => {
  if (!known) return '(SELECT cases.*, next_due_on FROM cases JOIN case_clocks ON case_id = id) AS cases';
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
  readonly rank: (asOf: string) => string;
  /** The key that belongs to a rank. */
  readonly at: (rank: string, asOf: string) => string;
}

const by = (key: string, type: string): readonly Run[] => [
  { key, rank: () => key, at: (rank) => `${rank}::${type}` },
];

/** Ascending orders. A rank by age is the age below zero: an open case ages by the day, a closed one no more. */
const runs: Readonly<Record<Sort, readonly Run[]>> = {
  received: by('received_on', 'date'),
  due: by("coalesce(next_due_on, 'infinity')", 'date'),
  reference: by('reference', 'text'),
  age: [
    {
      only: 'open',
      key: 'received_on',
      rank: (asOf) => `received_on - ${asOf}`,
      at: (rank, asOf) => `${asOf} + ${rank}::int`,
    },
    {
      only: 'closed',
      key: '(received_on - closed_on)',
      rank: () => '(received_on - closed_on)',
      at: (rank) => `${rank}::int`,
    },
  ],
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

const isOf = (phase: 'open' | 'closed'): string => `closed_on IS ${phase === 'open' ? '' : 'NOT '}NULL`;

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

/** The page and one row more; `walked`: it goes by what is overdue, and that is much. Errors: InvalidInput `bad-cursor`. */
export const listStatement = (asked: CaseListRequest, then: Then, walked = false): ListStatement => {
  const { sort, direction } = sortOf(asked);
  const after = cursorIn(asked);
  const day = after?.[3] ?? then.day;
  const asOf = `DATE '${day}'`;
  const values = new Values();
  const filters = conditions(asked, values, asOf, walked);
  const last = after && { rank: values.add(after[1]), id: values.add(after[2]) };
  const limit = values.add(asked.first + 1);
  const phase = phaseOf(asked);
  const rows = rowsOf(then);
  const statementOf = ({ only, key, rank, at }: Run, way: string): string => {
    const within = only ?? phase;
    const where = [
      ...filters,
      way,
      ...(within ? [isOf(within)] : []),
      ...(last ? [`(${key}, id) ${beyond[direction]} (${at(last.rank, asOf)}, ${last.id}::uuid)`] : []),
    ];
    return `(SELECT ${COLUMNS}, ${rank(asOf)} AS rank FROM ${rows} WHERE ${where.join(' AND ')}
      ORDER BY ${key} ${direction}, id ${direction} LIMIT ${limit})`;
  };
  const within = runs[sort].filter(({ only }) => !only || !phase || only === phase);
  // Looked up here, for the rows of the page alone.
  const lastActivityOn = then.known
    ? 'NULL'
    : '(SELECT last_on::text FROM case_activity WHERE case_id = found.id)';
  const runsOf = within.flatMap((run) =>
    missedWays(asked.missed, { asOf, known: then.known, phase: run.only ?? phase, walked }).map((way) =>
      statementOf(run, way),
    ),
  );
  // What was missed in several ways is found once.
  const union = asked.missed ? ' UNION ' : ' UNION ALL ';
  const sql = `SELECT *, rank::text, ${lastActivityOn} AS "lastActivityOn", ${missedOf(asOf, then.known)} AS missed
    FROM (${runsOf.join(union)}) AS found
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
