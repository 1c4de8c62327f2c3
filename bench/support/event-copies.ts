import type pg from 'pg';

/** A table shaped and indexed as `events` is, into which the same events are written plainly. */
export const EVENT_TABLE = `
  CREATE TABLE bench_copies (LIKE events INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES);
  ALTER TABLE bench_copies ALTER position ADD GENERATED ALWAYS AS IDENTITY;
  ALTER TABLE bench_copies ALTER recorded_at SET DEFAULT clock_timestamp();`;

const READ = `SELECT position, event_id, stream, version, type, schema_version, occurred_on::text, actor_id, actor_role,
    correlation_id, data
  FROM events WHERE position > $1 ORDER BY position LIMIT $2`;

const INSERT = {
  name: 'insert_events',
  text: `INSERT INTO bench_copies (event_id, stream, version, type, schema_version, occurred_on, actor_id, actor_role,
      correlation_id, data)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::int[], $4::text[], $5::int[], $6::date[], $7::text[], $8::text[],
      $9::text[], $10::text[])`,
};

/** The baseline of an import: its events, already made, as multi-row INSERTs, one transaction each. */
export class EventCopies {
  private after = 0;

  constructor(
    private readonly pool: pg.Pool,
    private readonly rows: number,
  ) {}

  /** Writes what was recorded since; answers with events per second of the INSERTs alone. */
  async copyNew(): Promise<number> {
    let [copied, milliseconds] = [0, 0];
    for (;;) {
      const { rows } = await this.pool.query<unknown[]>({
        text: READ,
        values: [this.after, this.rows],
        rowMode: 'array',
      });
      if (rows.length === 0) return (copied / milliseconds) * 1000;
      this.after = Number(rows.at(-1)?.[0]);
      const columns = Array.from({ length: 10 }, (_, column) => rows.map((row) => row[column + 1]));
      const began = performance.now();
      await this.pool.query({ ...INSERT, values: columns });
      milliseconds += performance.now() - began;
      copied += rows.length;
    }
  }
}
