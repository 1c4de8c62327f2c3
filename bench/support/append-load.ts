import pg from 'pg';
import type { DataSource } from 'typeorm';
import { EventStore } from '../../src/event-store/event-store.js';
import { freshId } from '../../src/event-store/fresh-bytes.js';
import { openDatabase, poolOf } from '../../src/platform/database.js';

export type Streams = 'new' | 'existing';
export type Side = 'ours' | 'baseline';

/** The read row that our side keeps, and the table that the baseline inserts into: shaped and indexed as events is. */
export const BENCH_TABLES = [
  `CREATE TABLE bench_events (LIKE events INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES);
   ALTER TABLE bench_events ALTER position ADD GENERATED ALWAYS AS IDENTITY;
   ALTER TABLE bench_events ALTER recorded_at SET DEFAULT clock_timestamp();`,
  `CREATE TABLE bench_cases (
     id text PRIMARY KEY, reference text NOT NULL, status text NOT NULL, channel text NOT NULL, handler text,
     priority integer NOT NULL, received_on date NOT NULL, acknowledged_on date, clock_start date NOT NULL,
     paused_days integer NOT NULL, version integer NOT NULL, detail json NOT NULL
   ) WITH (fillfactor = 70);
   GRANT SELECT, INSERT, UPDATE ON bench_cases TO redress_app`,
  // As the slices' own: each row is parsed once. In the select list, `(f(row)).*` would parse it for every column.
  `CREATE FUNCTION upsert_bench_cases(rows text[]) RETURNS void LANGUAGE plpgsql AS $$
   BEGIN
     INSERT INTO bench_cases
       SELECT given.* FROM unnest(rows) AS r, json_populate_record(NULL::bench_cases, r::json) AS given
       ON CONFLICT (id) DO UPDATE SET reference = excluded.reference, status = excluded.status,
         channel = excluded.channel, handler = excluded.handler, priority = excluded.priority,
         received_on = excluded.received_on, acknowledged_on = excluded.acknowledged_on,
         clock_start = excluded.clock_start, paused_days = excluded.paused_days, version = excluded.version,
         detail = excluded.detail;
   END $$`,
];

const INSERT = {
  name: 'insert_event',
  text: `INSERT INTO bench_events (event_id, stream, version, type, schema_version, occurred_on, actor_id, actor_role,
      correlation_id, data) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
};

const DATA = JSON.stringify({
  channel: 'email',
  receivedOn: '2024-03-01',
  subject: 'ciphertext:q7Jk2m9vXbN4Lr8sTzYw1QeUoPaHdFgC5KiVtR3y',
  summary: 'ciphertext:'.padEnd(180, 'zYw1QeUoPaHdFgC5KiVtR3yq7Jk2m9vXbN4Lr8sT'),
});

function rowOf(stream: string, version: number): string {
  return JSON.stringify({
    id: stream,
    reference: 'C-2024-000123',
    status: 'investigating',
    channel: 'email',
    handler: 'staff-17',
    priority: 2,
    received_on: '2024-03-01',
    acknowledged_on: '2024-03-04',
    clock_start: '2024-03-01',
    paused_days: 3,
    version,
    detail: { allegations: [{ id: 1, status: 'open' }], tags: ['housing', 'repairs'], note: 'x'.repeat(100) },
  });
}

/** Streams that one caller appends to: a new one each time, or the same few again and again. */
class Turn {
  private readonly own: { stream: string; version: number }[] = [];
  private turn = 0;

  constructor(private readonly streams: Streams) {}

  next(): { stream: string; version: number } {
    if (this.streams === 'new') return { stream: `complaint-${freshId()}`, version: 0 };
    this.turn = (this.turn + 1) % 8;
    return (this.own[this.turn] ??= { stream: `complaint-${freshId()}`, version: 0 });
  }
}

/** A process's share of the load. */
export class AppendLoad {
  private readonly plain: pg.Pool;
  private readonly store: EventStore;
  private readonly turns = new Map<string, Turn[]>();

  static async on(url: string): Promise<AppendLoad> {
    return new AppendLoad(url, await openDatabase(url));
  }

  private constructor(
    url: string,
    private readonly database: DataSource,
  ) {
    this.plain = new pg.Pool({ connectionString: url, max: Number(process.env['BENCH_POOL'] ?? 32) });
    this.store = new EventStore(poolOf(database));
  }

  /** Appends by so many concurrent callers for so many milliseconds; answers with appends per second. */
  async run(side: Side, streams: Streams, callers: number, milliseconds: number): Promise<number> {
    const one = side === 'ours' ? this.append.bind(this) : this.insert.bind(this);
    const turns = this.turnsOf(side, streams, callers);
    const began = performance.now();
    let done = 0;
    const call = async (turn: Turn) => {
      while (performance.now() - began < milliseconds) {
        const head = turn.next();
        await one(head);
        head.version += 1;
        done += 1;
      }
    };
    await Promise.all(turns.map(call));
    return (done / (performance.now() - began)) * 1000;
  }

  async end(): Promise<void> {
    await Promise.all([this.database.destroy(), this.plain.end()]);
  }

  private turnsOf(side: Side, streams: Streams, callers: number): Turn[] {
    const key = `${side} ${streams} ${callers}`;
    const turns = this.turns.get(key) ?? Array.from({ length: callers }, () => new Turn(streams));
    this.turns.set(key, turns);
    return turns;
  }

  private async append({ stream, version }: { stream: string; version: number }): Promise<void> {
    const occurred = { date: '2024-03-01' };
    const events = [
      { id: freshId(), type: 'ComplaintReceived', schemaVersion: 1, occurred, on: occurred.date, text: DATA },
    ];
    const row = { table: 'bench_cases', text: rowOf(stream, version + 1) };
    await this.store.append({
      writes: [{ stream, expected: version, events, row }],
      actor: { id: 'staff-17', role: 'case-handler' },
      correlationId: freshId(),
    });
  }

  private async insert({ stream, version }: { stream: string; version: number }): Promise<void> {
    const envelope = [
      freshId(),
      stream,
      version + 1,
      'ComplaintReceived',
      1,
      '2024-03-01',
      'staff-17',
      'case-handler',
    ];
    await this.plain.query({ ...INSERT, values: [...envelope, freshId(), DATA] });
  }
}
