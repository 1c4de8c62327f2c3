import type pg from 'pg';
import type { Actor, DomainEvent, Occurred, Recorded, Stored } from './event.js';

/** What a fold needs, and no more: each column that is read costs as much as a small event takes to fold. */
const STORED = `event_id, stream, version, type, schema_version, occurred_on,
  (occurred_at AT TIME ZONE 'UTC')::text, occurred_zone, actor_id, actor_role, on_behalf_of, data`;

const COLUMNS = `${STORED}, position, (recorded_at AT TIME ZONE 'UTC')::text, correlation_id, causation_id`;

/** A pool, or a connection that may be in the middle of a transaction. */
export type Reader = Pick<pg.ClientBase, 'query'>;

/** A row of STORED, all as text. */
type StoredRow = [
  id: string,
  stream: string,
  version: string,
  type: string,
  schemaVersion: string,
  occurredOn: string,
  occurredAt: string | null,
  zone: string | null,
  actorId: string,
  role: string,
  onBehalfOf: string | null,
  text: string,
];

/** A row of COLUMNS. */
type Row = [
  ...StoredRow,
  position: string,
  recordedAt: string,
  correlationId: string,
  causationId: string | null,
];

/** Events of whole streams are read so many at a time. */
export const STORED_PAGE = 2_000;

const asText = { getTypeParser: () => (text: string) => text };

/** '2026-11-24 04:03:27.61' as '2026-11-24T04:03:27.610000Z'. */
function instant(text: string): string {
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20).padEnd(6, '0')}Z`;
}

function occurredOf(on: string, at: string | null, zone: string | null): Occurred {
  return at !== null && zone !== null ? { at: instant(at), zone } : { date: on };
}

function actorOf(id: string, role: string, onBehalfOf: string | null): Actor {
  return onBehalfOf === null ? { id, role } : { id, role, onBehalfOf };
}

const dataOf = (row: StoredRow | Row): DomainEvent['data'] => JSON.parse(row[11]) as DomainEvent['data'];

const NOTHING: DomainEvent['data'] = {};

const recorded = (row: Row): Recorded => withData(row, dataOf(row));

// Field by field in both, and none behind a spread: events are made by the hundred thousand.
function withData(row: Row, data: DomainEvent['data']): Recorded {
  return {
    position: Number(row[12]),
    id: row[0],
    stream: row[1],
    version: Number(row[2]),
    type: row[3],
    schemaVersion: Number(row[4]),
    occurred: occurredOf(row[5], row[6], row[7]),
    on: row[5],
    recordedAt: instant(row[13]),
    actor: actorOf(row[8], row[9], row[10]),
    correlationId: row[14],
    causationId: row[15],
    text: row[11],
    data,
  };
}

function stored(row: StoredRow): Stored {
  return {
    id: row[0],
    stream: row[1],
    version: Number(row[2]),
    type: row[3],
    schemaVersion: Number(row[4]),
    occurred: occurredOf(row[5], row[6], row[7]),
    on: row[5],
    actor: actorOf(row[8], row[9], row[10]),
    data: dataOf(row),
  };
}

async function rowsOf(from: Reader, name: string, text: string, values: unknown[]) {
  const { rows } = await from.query<Row>({ name, text, values, rowMode: 'array', types: asText });
  return rows.map(recorded);
}

/** A stream, from one of its versions on; the first is 1. */
export interface AskedStream {
  readonly stream: string;
  readonly from: number;
}

/** Stream by stream through the index of their versions, however small the table was when this was planned. */
const STREAMS = `SELECT ${COLUMNS} FROM unnest($1::text[], $2::int[]) AS asked(name, least)
  CROSS JOIN LATERAL (SELECT * FROM events WHERE stream = name AND version >= least ORDER BY version) AS told
  ORDER BY stream, version`;

/** The events of each stream by version, in the order asked; an empty array for a stream that does not exist. */
export async function loadStreams(
  pool: pg.Pool | pg.ClientBase,
  asked: readonly AskedStream[],
): Promise<Recorded[][]> {
  const least = new Map<string, number>();
  for (const { stream, from } of asked) least.set(stream, Math.min(from, least.get(stream) ?? from));
  const byStream = new Map<string, Recorded[]>();
  for (const event of await rowsOf(pool, 'load_streams', STREAMS, [[...least.keys()], [...least.values()]])) {
    const known = byStream.get(event.stream);
    if (known) known.push(event);
    else byStream.set(event.stream, [event]);
  }
  return asked.map(({ stream, from }) => {
    const events = byStream.get(stream) ?? [];
    return from === least.get(stream) ? events : events.filter(({ version }) => version >= from);
  });
}

interface Paged {
  readonly after: number;
  readonly limit: number;
  readonly types?: readonly string[] | undefined;
}

async function pageRows(from: Reader, { after, limit, types }: Paged): Promise<Row[]> {
  const where = types ? 'position > $1 AND type = ANY ($3)' : 'position > $1';
  const text = `SELECT ${COLUMNS} FROM events WHERE ${where} ORDER BY position LIMIT $2`;
  const values = types ? [after, limit, types] : [after, limit];
  const name = types ? 'page_of_types' : 'page';
  return (await from.query<Row>({ name, text, values, rowMode: 'array', types: asText })).rows;
}

/** At most `limit` events after a position, in order; of the given types only, when given. */
export async function readPage(
  from: pg.Pool | pg.ClientBase,
  after: number,
  limit: number,
  types?: readonly string[],
): Promise<Recorded[]> {
  return (await pageRows(from, { after, limit, types })).map(recorded);
}

/** The same without a look at their text, which may be no JSON at all: `data` is empty. */
export async function readUnread(
  from: pg.Pool | pg.ClientBase,
  after: number,
  limit: number,
  types?: readonly string[],
): Promise<Recorded[]> {
  return (await pageRows(from, { after, limit, types })).map((row) => withData(row, NOTHING));
}

/** A range of the index of versions for each; the next character after the dash ends it. */
const KINDS = `SELECT ${COLUMNS} FROM unnest($1::text[]) AS kind
  CROSS JOIN LATERAL (SELECT * FROM events WHERE stream > kind || '-' AND stream < kind || '.' OFFSET 0) AS told
  ORDER BY position`;

/** All events of streams of these kinds, in order: for kinds of which there are few, such as rules. */
export async function readKinds(from: Reader, kinds: readonly string[]): Promise<Recorded[]> {
  return rowsOf(from, 'kinds', KINDS, [kinds]);
}

/** What of the streams of a kind is read next: what stands after an event, in order of the streams. */
export interface StreamsAsked {
  readonly kind: string;
  /** Recorded after that position, and as far as that one. */
  readonly after?: number;
  readonly until: number;
  readonly last?: Pick<Stored, 'stream' | 'version'> | undefined;
}

/** Planned each time: of few positions among many another way is quicker. */
async function rowsOfStreams<R extends unknown[]>(
  from: Reader,
  columns: string,
  { kind, after = 0, until, last }: StreamsAsked,
): Promise<R[]> {
  const { rows } = await from.query<R>({
    text: `SELECT ${columns} FROM events
      WHERE (stream, version) > ($1, $2) AND stream < $3 AND position > $4 AND position <= $5
      ORDER BY stream, version LIMIT ${STORED_PAGE}`,
    values: [last?.stream ?? `${kind}-`, last?.version ?? 0, `${kind}.`, after, until],
    rowMode: 'array',
    types: asText,
  });
  return rows;
}

/** The next events of the streams of a kind, stream by stream. */
export async function readStreams(from: Reader, asked: StreamsAsked): Promise<Stored[]> {
  return (await rowsOfStreams<StoredRow>(from, STORED, asked)).map(stored);
}

/** The same events with all that stands in the log. */
export async function readStreamsInFull(from: Reader, asked: StreamsAsked): Promise<Recorded[]> {
  return (await rowsOfStreams<Row>(from, COLUMNS, asked)).map(recorded);
}

/** The latest position of the log; 0 when nothing was recorded. */
export async function headOf(from: Reader): Promise<number> {
  const { rows } = await from.query<{ head: string }>(
    'SELECT coalesce(max(position), 0) AS head FROM events',
  );
  return Number(rows[0]?.head ?? 0);
}
