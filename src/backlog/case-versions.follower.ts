import type pg from 'pg';
import { ruleChangesIn, type RuleChange, type RulesThen } from '../clocks/rules-then.js';
import { ruleChanges, rulesThen, type RuleShelf } from '../audit/known-rules.js';
import type { ComplaintEvent } from '../complaints/complaint.events.js';
import { complaint } from '../complaints/complaint.js';
import type { Policies } from '../complaints/complaint.projection.js';
import { known } from '../complaints/complaint.state.js';
import { entriesOf, toldBy } from '../event-store/told.js';
import type { Entry, Recorded } from '../event-store/event.js';
import type { Follower } from '../event-store/followers.js';
import { loadStreams } from '../event-store/loader.js';
import { CasePath, isSame, standingOf } from './case-standing.js';
import { writeCases, writeMisses, type DayRow, type MissRow, type Written } from './case-versions.rows.js';

/** The rules of each case, read before any fold needs them. */
export interface PolicyShelf extends RuleShelf {
  look(cited?: string): Promise<void>;
}

const STREAM = /^(complaint|deadlines)-(.+)$/;

const placeOf = ({ stream }: Recorded): { kind: string; id: string } => {
  const [, kind = '', id = ''] = STREAM.exec(stream) ?? [];
  return { kind, id };
};

const missOf = (event: Recorded): MissRow[] => {
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

const historyOf = ({ recorded }: Story): readonly Entry<ComplaintEvent>[] => entriesOf(complaint, recorded);

const citedBy = (data: object): string | undefined => (data as { policySet?: string }).policySet;

const citedIn = (history: readonly Entry<ComplaintEvent>[]): (string | undefined)[] =>
  history.map(({ data }) => citedBy(data));

const dayRows = (rules: RulesThen, id: string, path: CasePath): DayRow[] => {
  const days = path.days(rules);
  return days.map(({ from, standing }, index) => ({
    case_id: id,
    from_on: from,
    to_on: days[index + 1]?.from,
    ...standing,
  }));
};

const rowsOf = (rules: RulesThen, story: Story, history: readonly Entry<ComplaintEvent>[]): Written => {
  const { id, recorded, since } = story;
  const path = new CasePath(history);
  const turns = path.turns(rules.at(Infinity), since);
  const positionAt = (index: number) => {
    const turn = turns[index];
    return turn && recorded[turn.at]?.position;
  };
  return {
    versions: turns.map(({ standing }, index) => ({
      case_id: id,
      from_position: positionAt(index),
      to_position: positionAt(index + 1),
      ...standing,
    })),
    ended: since > 0 && turns.length > 0 ? [{ id, until: positionAt(0) }] : [],
    days: dayRows(rules, id, path),
    retold: since > 0 ? [id] : [],
  };
};

const together = (rows: readonly Written[]): Written => ({
  versions: rows.flatMap(({ versions }) => versions),
  ended: rows.flatMap(({ ended }) => ended),
  days: rows.flatMap(({ days }) => days),
  retold: rows.flatMap(({ retold }) => retold),
});

/** What is being followed: by which rules, and what it is read through. */
interface Following {
  readonly policies: PolicyShelf;
  readonly rules: RulesThen;
  readonly client: pg.ClientBase;
}

/** Of events between which no rule changed, so that one set of rules tells them all. */
interface Told {
  readonly cases: Written;
  readonly misses: readonly MissRow[];
}

const tellCases = async (
  events: readonly Recorded[],
  { policies, rules, client }: Following,
): Promise<Told> => {
  const told = (await storiesOf(events, client)).map((story) => ({ story, history: historyOf(story) }));
  for (const cited of new Set(told.flatMap(({ history }) => citedIn(history)))) await policies.look(cited);
  const by = rules.knownAt(events.at(-1)?.position ?? 0);
  return {
    cases: together(told.map(({ story, history }) => rowsOf(by, story, history))),
    misses: events.flatMap(missOf),
  };
};

const write = async (client: pg.ClientBase, { cases, misses }: Told): Promise<void> => {
  await writeCases(client, cases);
  await writeMisses(client, misses);
};

/** Whom a change of rules may concern: who was open then, by what was known, or on that day or later, as known now. */
const STANDING = `SELECT case_id AS id FROM case_versions
    WHERE closed_on IS NULL AND to_position = 9223372036854775807
  UNION SELECT case_id FROM case_days WHERE closed_on IS NULL AND to_on > $1::date ORDER BY id`;

const CASES = 1_000;

const rowsAfter = (
  change: RuleChange,
  rules: { readonly before: Policies; readonly after: RulesThen },
  { id, recorded }: Pick<Story, 'id' | 'recorded'>,
): Written => {
  const own = recorded.filter(({ position }) => position < change.position);
  const { history, state } = toldBy(complaint, `complaint-${id}`, own);
  const file = known(state);
  const { position } = change;
  const after = rules.after.at(position);
  const opened = { phase: 'open', policySet: file.policySet } as const;
  if (rules.before.rulesOf(opened) === after.rulesOf(opened)) return together([]);
  const standing = standingOf(after, file, own.length);
  const moved = !isSame(standingOf(rules.before, file, own.length), standing);
  return {
    versions: moved ? [{ case_id: id, from_position: position, to_position: undefined, ...standing }] : [],
    ended: moved ? [{ id, until: position }] : [],
    days: dayRows(rules.after, id, new CasePath(history)),
    retold: [id],
  };
};

/** A case that a change of rules moved stands otherwise from the position of that change on, though nobody touched it. */
const followChange = async (change: RuleChange, { policies, rules, client }: Following): Promise<void> => {
  const { rows } = await client.query<{ id: string }>(STANDING, [change.on]);
  const before = rules.knownAt(change.position - 1).at(change.position);
  const after = rules.knownAt(change.position);
  for (let first = 0; first < rows.length; first += CASES) {
    const ids = rows.slice(first, first + CASES).map(({ id }) => id);
    const loaded = await loadStreams(
      client,
      ids.map((id) => ({ stream: `complaint-${id}`, from: 1 })),
    );
    const stories = ids.map((id, index) => ({ id, recorded: loaded[index] ?? [] }));
    const cited = stories.flatMap(({ recorded }) => recorded.map(({ data }) => citedBy(data)));
    for (const each of new Set(cited)) await policies.look(each);
    const written = stories.map((story) => rowsAfter(change, { before, after }, story));
    await writeCases(client, together(written));
  }
};

/**
 * How every case stood: `case_versions` by position of the log, `case_days` by the day on which things happened, as now
 * known; beside them what was missed. Questions as of the past are answered from these. A new rule is an event like
 * others: from its position, and from its day on, the cases that it moved stand otherwise.
 */
export const caseVersions = (policies: PolicyShelf): Follower => ({
  name: 'case-versions',
  apart: {
    kinds: ['complaint', 'deadlines'],
    positions: async (log) => (await ruleChanges(log)).map(({ position }) => position),
    tell: async (events, log) => {
      const rules = await rulesThen(log, policies);
      const told = await tellCases(events, { policies, rules, client: log });
      return (client) => write(client, told);
    },
  },
  apply: async (events, client) => {
    const following = { policies, rules: await rulesThen(client, policies), client };
    let told: Recorded[] = [];
    for (const event of events) {
      const [change] = ruleChangesIn([event]);
      if (change) {
        await write(client, await tellCases(told, following));
        await followChange(change, following);
        told = [];
      } else told.push(event);
    }
    await write(client, await tellCases(told, following));
  },
});
