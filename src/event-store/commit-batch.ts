import type pg from 'pg';
import type { Append } from './append.js';
import { CALL, type BatchAnswer, type Outcome, outcomesOf, parametersOf } from './batch.js';
import { CALL_ONE, type Lone, type LoneAnswer, loneOf, loneOutcome, loneParameters } from './lone.js';
import { explained, isConnectionLost, outcomeUnknown } from './lost-connection.js';

/** How often a batch is tried again after its connection was lost, and the pause before each, in milliseconds. */
const PAUSES = [0, 100, 400, 1500, 3000];

interface Found {
  readonly event_id: string;
  readonly stream: string;
  readonly version: number;
  readonly position: string;
  readonly at: string;
}

const FIND = {
  name: 'find_events',
  text: `SELECT event_id, stream, version, position,
      to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at
    FROM events WHERE event_id = $1`,
};

function firstEvent(append: Append) {
  for (const { stream, expected, events } of append.writes) {
    if (events[0]) return { id: events[0].id, stream, version: expected + 1 };
  }
  return undefined;
}

async function callOne(pool: pg.Pool, lone: Lone): Promise<Outcome> {
  const { rows } = await pool.query<LoneAnswer>({ ...CALL_ONE, values: loneParameters(lone) });
  return loneOutcome(lone, rows[0] as LoneAnswer);
}

async function call(pool: pg.Pool, appends: readonly Append[]): Promise<Outcome[]> {
  const lone = loneOf(appends);
  if (lone) return [await callOne(pool, lone)];
  const { rows } = await pool.query<BatchAnswer>({ ...CALL, values: parametersOf(appends) });
  return outcomesOf(appends, rows[0] as BatchAnswer);
}

/** Whether this append stands in the log already: it is all or nothing, so its first event tells. */
async function findRecorded(pool: pg.Pool, append: Append): Promise<Outcome | undefined> {
  const first = firstEvent(append);
  if (!first) return undefined;
  const [row] = (await pool.query<Found>({ ...FIND, values: [first.id] })).rows;
  if (row?.stream !== first.stream || row.version !== first.version) return undefined;
  return { outcome: 'appended', firstPosition: Number(row.position), recordedAt: row.at };
}

/**
 * Sends an append that was sent before, and whose fate is unknown, again. That is safe: it expects the versions it
 * expected before, so of the earlier attempt (which may still be running) and this one only one can succeed. Any
 * refusal now may be of the earlier attempt's making, therefore the log is asked before it is believed.
 */
async function again(pool: pg.Pool, append: Append): Promise<Outcome | Error> {
  const before = await findRecorded(pool, append);
  if (before) return before;
  const [outcome] = await call(pool, [append]);
  if (outcome && !(outcome instanceof Error) && outcome.outcome === 'appended') return outcome;
  return (await findRecorded(pool, append)) ?? (outcome as Outcome);
}

/** What an append that storage refused comes to. Even that is not believed before the log was asked. */
async function refused(pool: pg.Pool, append: Append, error: unknown): Promise<Outcome | Error> {
  return (await findRecorded(pool, append).catch(() => undefined)) ?? explained(error);
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Sends each append again by itself. All share the pauses: a batch never waits longer for storage than one append. */
async function settle(pool: pg.Pool, appends: readonly Append[]): Promise<(Outcome | Error)[]> {
  const outcomes: (Outcome | Error)[] = [];
  for (const milliseconds of PAUSES) {
    await pause(milliseconds);
    try {
      for (const append of appends.slice(outcomes.length)) {
        const settled = again(pool, append).catch((error: unknown) => {
          if (isConnectionLost(error)) throw error;
          return refused(pool, append, error);
        });
        outcomes.push(await settled);
      }
      return outcomes;
    } catch {
      // The connection was lost once more: after a pause, from this append on.
    }
  }
  return [...outcomes, ...appends.slice(outcomes.length).map(() => outcomeUnknown())];
}

/** Commits a batch. What fails the batch as a whole fails only those appends that fail alone as well. */
export async function commitBatch(pool: pg.Pool, appends: readonly Append[]): Promise<(Outcome | Error)[]> {
  try {
    return await call(pool, appends);
  } catch (error) {
    const [only] = appends;
    const alone = only && appends.length === 1 && !isConnectionLost(error);
    return alone ? [await refused(pool, only, error)] : settle(pool, appends);
  }
}
