import pg from 'pg';

/** Streams of five events, each with the text that a small sealed entry has; written as fast as may be. */
const FILL = `INSERT INTO events (position, event_id, stream, version, type, schema_version, occurred_on, occurred_at, occurred_zone,
    recorded_at, actor_id, actor_role, on_behalf_of, correlation_id, causation_id, data)
  SELECT n, gen_random_uuid(), 'complaint-01900000-0000-7000-8000-' || lpad(((n - 1) % ($2::int / 5))::text, 12, '0'),
    (n - 1) / ($2::int / 5) + 1, 'ComplaintReceived', 1, '2026-03-01', CASE WHEN n % 2 = 0 THEN timestamptz '2026-03-01 10:00Z' END,
    CASE WHEN n % 2 = 0 THEN 'Europe/London' END, timestamptz '2026-03-01 10:00Z' + n * interval '1 millisecond',
    'staff-' || n % 40, 'case-handler', NULL, gen_random_uuid()::text, NULL,
    '{"receivedOn":"2026-03-01","channel":"letter","category":"abuse","summary":"enc1.' || repeat(md5(n::text), 10) || '"}'
  FROM generate_series($1::int, least($1::int + 99999, $2::int)) AS n`;

/** `many` is a multiple of five. */
export async function fillEvents(url: string, many: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (let from = 1; from <= many; from += 100_000) await client.query(FILL, [from, many]);
  await client.query('VACUUM ANALYZE events');
  await client.end();
}
