import pg from 'pg';

const idOf = (kind: string, n: string): string =>
  `('00000000-0000-7000-${kind}-' || lpad(to_hex(${n}), 12, '0'))::uuid`;

/** A party for each of the cases that were filled in, and members of staff who must not see so many of these. */
export async function fillPeople(url: string, hiddenFrom: Readonly<Record<string, number>>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`INSERT INTO parties (id, version, detail)
    SELECT id, 1, json_build_object('id', id, 'version', 1, 'phase', 'open', 'kind', 'person', 'name', 'Ada')::text
    FROM (SELECT ${idOf('9000', 'substr(reference, 6)::int')} AS id FROM cases) AS told`);
  await client.query(`INSERT INTO case_people (case_id, person)
    SELECT id, ${idOf('9000', 'substr(reference, 6)::int')}::text FROM cases`);
  for (const [staffId, hidden] of Object.entries(hiddenFrom))
    await client.query(
      `INSERT INTO case_people (case_id, person)
       SELECT id, $1 FROM (SELECT id, row_number() OVER (ORDER BY id) AS n, count(*) OVER () AS cases FROM cases) AS told
       WHERE n % (cases / $2::int) = 0 LIMIT $2`,
      [staffId, hidden],
    );
  await client.query('VACUUM ANALYZE parties, case_people');
  await client.end();
}
