import type pg from 'pg';
import type { ComplaintEvent } from '../complaints/complaint.events.js';
import { complaint } from '../complaints/complaint.js';
import type { Policies } from '../complaints/complaint.projection.js';
import { toldBy } from '../event-store/told.js';
import type { Entry, Recorded } from '../event-store/event.js';
import type { Follower } from '../event-store/followers.js';
import { loadStreams } from '../event-store/loader.js';
import { daysOf, turnsOf, type Standing } from './case-standing.js';

/** The rules of each case, read before any fold needs them. */
export interface PolicyShelf extends Policies {
  look(cited?: string): Promise<void>;
}

const COLUMNS: readonly (readonly [column: keyof Standing, type: string])[] = [
  ['version', 'int'],
  ['reference', 'text'],
  ['status', 'text'],
  ['category', 'text'],
  ['severity', 'text'],
  ['handler_id', 'text'],
  ['received_on', 'date'],
  ['closed_on', 'date'],
  ['outcome', 'text'],
  ['within_limit', 'boolean'],
  ['next_due_on', 'date'],
  ['source', 'text'],
  ['sort_id', 'text'],
  ['gaps_closed', 'date[]'],
  ['gaps_reopened', 'date[]'],
];
const NAMES = COLUMNS.map(([column]) => column).join(', ');
const TYPED = COLUMNS.map(([column, type]) => `${column} ${type}`).join(', ');

const insertInto = (table: string, from: string, to: string, type: string): string =>
  `INSERT INTO ${table} (case_id, ${from}, ${to}, ${NAMES})
    SELECT case_id, ${from}, coalesce(${to}, ${type === 'date' ? "'infinity'" : '9223372036854775807'}), ${NAMES}
    FROM json_to_recordset($1) AS told(case_id uuid, ${from} ${type}, ${to} ${type}, ${TYPED})`;

const ADD_VERSIONS = insertInto('case_versions', 'from_position', 'to_position', 'bigint');
const ADD_DAYS = insertInto('case_days', 'from_on', 'to_on', 'date');

const END_VERSIONS = `
UPDATE case_versions AS standing SET to_position = told.until
FROM unnest($1::uuid[], $2::bigint[]) AS told(case_id, until)
WHERE standing.case_id = told.case_id AND to_position = 9223372036854775807`;

const ADD_MISSES = `
INSERT INTO case_misses (case_id, position, deadline, due_on)
SELECT * FROM json_to_recordset($1) AS miss(case_id uuid, position bigint, deadline text, due_on date)`;

const STREAM = /^(complaint|deadlines)-(.+)$/;

const placeOf = ({ stream }: Recorded): { kind: string; id: string } => {
  const [, kind = '', id = ''] = STREAM.exec(stream) ?? [];
  return { kind, id };
};

const missOf = (event: Recorded) => {
  const { kind, id } = placeOf(event);
  if (kind !== 'deadlines' || event.type !== 'DeadlineMissed') return [];
  const { deadline, dueOn } = event.data as { deadline: string; dueOn: string };
  return [{ case_id: id, position: event.position, deadline, due_on: dueOn }];
};

interface Story {
  readonly id: string;
  readonly recorded: readonly Recorded[];
  /** How many of its events were followed before. */
  readonly since: number;
}

/** The streams of these events from their beginnings, up to these events and no further. */
const storiesOf = async (events: readonly Recorded[], client: pg.ClientBase): Promise<Story[]> => {
  const fresh = new Map<string, Recorded[]>();
  for (const event of events) {
    if (placeOf(event).kind !== 'complaint') continue;
    const own = fresh.get(event.stream);
    if (own) own.push(event);
    else fresh.set(event.stream, [event]);
  }
  const begun = [...fresh]
    .filter(([, [first]]) => first !== undefined && first.version > 1)
    .map(([stream]) => stream);
  const loaded =
    begun.length === 0
      ? []
      : await loadStreams(
          client,
          begun.map((stream) => ({ stream, from: 1 })),
        );
  const earlier = new Map(begun.map((stream, index) => [stream, loaded[index] ?? []]));
  return [...fresh].map(([stream, own]) => {
    const since = (own[0]?.version ?? 1) - 1;
    const before = (earlier.get(stream) ?? []).slice(0, since);
    return { id: stream.slice('complaint-'.length), recorded: [...before, ...own], since };
  });
};

const historyOf = ({ id, recorded }: Story): readonly Entry<ComplaintEvent>[] =>
  toldBy(complaint, `complaint-${id}`, recorded).history;

const citedIn = (history: readonly Entry<ComplaintEvent>[]): (string | undefined)[] =>
  history.map(({ data }) => (data as { policySet?: string }).policySet);

const rowsOf = (policies: Policies, story: Story, history: readonly Entry<ComplaintEvent>[]) => {
  const { id, recorded, since } = story;
  const turns = turnsOf(policies, history, since);
  const positionAt = (index: number) => {
    const turn = turns[index];
    return turn && recorded[turn.at]?.position;
  };
  const days = daysOf(policies, history);
  return {
    versions: turns.map(({ standing }, index) => {
      const until = positionAt(index + 1);
      return { case_id: id, from_position: positionAt(index), to_position: until, ...standing };
    }),
    days: days.map(({ from, standing }, index) => {
      return { case_id: id, from_on: from, to_on: days[index + 1]?.from, ...standing };
    }),
    ended: since > 0 && turns.length > 0 ? [{ id, until: positionAt(0) }] : [],
  };
};

const addAll = async (client: pg.ClientBase, text: string, rows: readonly object[]): Promise<void> => {
  if (rows.length > 0) await client.query(text, [JSON.stringify(rows)]);
};

/**
 * How every case stood: `case_versions` by position of the log, `case_days` by the day on which things happened, as now
 * known; beside them what was missed. Questions as of the past are answered from these.
 *
 * To make the tables anew, empty them and let them be followed from the beginning, in one transaction:
 * `DELETE FROM case_versions; DELETE FROM case_days; DELETE FROM case_misses;
 * UPDATE checkpoints SET position = 0 WHERE follower = 'case-versions'`.
 */
export const caseVersions = (policies: PolicyShelf): Follower => ({
  name: 'case-versions',
  apply: async (events, client) => {
    const told = (await storiesOf(events, client)).map((story) => ({ story, history: historyOf(story) }));
    for (const cited of new Set(told.flatMap(({ history }) => citedIn(history)))) await policies.look(cited);
    const rows = told.map(({ story, history }) => rowsOf(policies, story, history));
    const ended = rows.flatMap((row) => row.ended);
    if (ended.length > 0)
      await client.query(END_VERSIONS, [ended.map(({ id }) => id), ended.map(({ until }) => until)]);
    await addAll(
      client,
      ADD_VERSIONS,
      rows.flatMap((row) => row.versions),
    );
    const known = told.filter(({ story }) => story.since > 0).map(({ story }) => story.id);
    if (known.length > 0) await client.query('DELETE FROM case_days WHERE case_id = ANY ($1)', [known]);
    await addAll(
      client,
      ADD_DAYS,
      rows.flatMap((row) => row.days),
    );
    await addAll(client, ADD_MISSES, events.flatMap(missOf));
  },
});
