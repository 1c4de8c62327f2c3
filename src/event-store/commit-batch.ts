import type pg from 'pg';
import type { Append } from './append.js';
import { CALL, type BatchAnswer, type Outcome, outcomesOf, parametersOf } from './batch.js';
import { explained, isConnectionLost, outcomeUnknown } from './lost-connection.js';

/** How often a batch is sent again after its connection was lost, and the pause before each, in milliseconds. */
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
    FROM events WHERE event_id = ANY ($1)`,
};

function firstEvent(append: Append) {
  for (const { stream, expected, events } of append.writes) {
    if (events[0]) return { id: events[0].id, stream, version: expected + 1 };
  }
  return undefined;
}

async function call(pool: pg.Pool, appends: readonly Append[]): Promise<Outcome[]> {
  const { rows } = await pool.query<BatchAnswer>({ ...CALL, values: parametersOf(appends) });
  return outcomesOf(appends, rows[0] as BatchAnswer);
}

/** Which of these appends stand in the log already: an append is all or nothing, so its first event tells. */
async function findRecorded(pool: pg.Pool, appends: readonly Append[]): Promise<Map<Append, Outcome>> {
  const firsts = appends.map(firstEvent);
  const ids = firsts.flatMap((first) => (first ? [first.id] : []));
  const { rows } = await pool.query<Found>({ ...FIND, values: [ids] });
  const byId = new Map(rows.map((row) => [row.event_id, row]));
  const found = new Map<Append, Outcome>();
  appends.forEach((append, index) => {
    const first = firsts[index];
    const row = first && byId.get(first.id);
    if (row?.stream !== first?.stream || row?.version !== first?.version || !row) return;
    found.set(append, { outcome: 'appended', firstPosition: Number(row.position), recordedAt: row.at });
  });
  return found;
}

/**
 * Sends an append whose fate is unknown again. That is safe: it expects the versions it expected before, so of the
 * lost attempt (which may still be running) and this one only one can succeed. Any refusal now may be of the lost
 * attempt's making, therefore the log is asked before it is believed.
 */
async function again(pool: pg.Pool, append: Append): Promise<Outcome | Error> {
  const before = (await findRecorded(pool, [append])).get(append);
  if (before) return before;
  const [outcome] = await call(pool, [append]);
  if (outcome && !(outcome instanceof Error) && outcome.outcome === 'appended') return outcome;
  return (await findRecorded(pool, [append])).get(append) ?? (outcome as Outcome);
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function settle(pool: pg.Pool, append: Append): Promise<Outcome | Error> {
  for (const milliseconds of PAUSES) {
    await pause(milliseconds);
    try {
      return await again(pool, append);
    } catch (error) {
      if (!isConnectionLost(error)) return explained(error);
    }
  }
  return outcomeUnknown();
}

/** An append alone: its own error is its answer. The session lives on, so the log can be asked at once. */
async function alone(pool: pg.Pool, append: Append): Promise<Outcome | Error> {
  try {
    return (await call(pool, [append]))[0] as Outcome;
  } catch (error) {
    if (isConnectionLost(error)) return settle(pool, append);
    const committed = await findRecorded(pool, [append]).catch(() => undefined);
    return committed?.get(append) ?? explained(error);
  }
}

/** Commits a batch. What fails the batch as a whole fails only those appends that fail alone as well. */
export async function commitBatch(pool: pg.Pool, appends: readonly Append[]): Promise<(Outcome | Error)[]> {
  const [only] = appends;
  if (only && appends.length === 1) return [await alone(pool, only)];
  try {
    return await call(pool, appends);
  } catch (error) {
    const lost = isConnectionLost(error);
    const outcomes: (Outcome | Error)[] = [];
    for (const append of appends) outcomes.push(await (lost ? settle(pool, append) : alone(pool, append)));
    return outcomes;
  }
}
