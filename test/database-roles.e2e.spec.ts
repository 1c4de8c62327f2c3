import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { LookLog } from '../src/access/look-log.js';
import { questions, viewOf } from '../src/audit/questions.js';
import { PolicyBook } from '../src/clocks/policy.queries.js';
import { catchUp } from '../src/event-store/followers.js';
import { remake } from '../src/event-store/refollow.js';
import { Sealing } from '../src/event-store/sealing.js';
import { keepersWith } from '../src/keepers.js';
import { openDatabase, poolOf } from '../src/platform/database.js';
import { testApplication, type TestApplication } from './support/application.js';
import { emptyDatabase, migrate } from './support/database.js';

/** What each role of the database may do, held against a table written by hand: a new table must be thought about. */

let redress: TestApplication;
let pool: pg.Pool;

beforeAll(async () => {
  redress = await testApplication();
  pool = new pg.Pool({ connectionString: redress.databaseUrl });
}, 60_000);
afterAll(async () => {
  await pool.end();
  await redress.close();
});

/** Of the application, by table. s: select, i: insert, u: update, d: delete, u of a sequence: usage; in brackets, of which column. */
const APPLICATION: Readonly<Record<string, string>> = {
  // The log, and what may only be added to.
  events: 'si',
  log_checkpoints: 'si',
  log_keys: 'si',
  looks: 'i',
  // What grows at its end, or goes on.
  log_tiles: 'siu(hashes)',
  checkpoints: 'siu(position)',
  checkpoint_pushes: 'siu',
  streams: 'siud',
  idempotency_keys: 'sid',
  subject_keys: 'siu(wrapped)',
  retired_master_keys: 's',
  documents: 'siu(address)d',
  migrations: 's',
  case_references: 'u',
  look_numbers: 'u',
  reminder_claims: 'siud',
  // Read tables, which `redress rebuild` makes anew.
  calendars: 'siud',
  case_activity: 'siud',
  case_clocks: 'siud',
  case_days: 'siud',
  case_gaps: 'siud',
  case_misses: 'siud',
  case_versions: 'siud',
  cases: 'siud',
  deadlines: 'siud',
  digest_letters: 'siud',
  external_versions: 'siud',
  case_openings: 'siud',
  case_named: 'siud',
  case_people: 'siud',
  case_restrictions: 'siud',
  hearing_cases: 'siud',
  hearing_named: 'siud',
  hearings: 'siud',
  missed_deadlines: 'siud',
  named_parties: 's',
  parties: 'siud',
  party_staff: 'siud',
  policies: 'siud',
  releases: 'siud',
  reminder_snoozes: 'siud',
  reminders: 'siud',
  resolutions: 'siud',
  staff_members: 'siud',
};

/** Nothing of the log, of keys or of read tables: the questions alone. */
const VIEWS = Object.fromEntries(questions.map((question) => [viewOf(question).slice('audit.'.length), 's']));

const RIGHTS = `
WITH granted AS (
  SELECT c.oid, c.relkind, relnamespace::regnamespace::text AS schema, relname AS name, a.grantee, a.privilege_type AS privilege,
    NULL::text AS of
  FROM pg_class c, aclexplode(coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's'::"char" ELSE 'r'::"char" END, relowner))) AS a
  UNION ALL
  SELECT c.oid, c.relkind, relnamespace::regnamespace::text, relname, a.grantee, a.privilege_type, attname
  FROM pg_attribute JOIN pg_class c ON c.oid = attrelid, aclexplode(attacl) AS a
)
SELECT schema, name, coalesce(r.rolname, 'PUBLIC') AS role,
  string_agg(lower(left(privilege, 1)) || coalesce('(' || of || ')', ''), ''
    ORDER BY position(left(privilege, 1) IN 'SIUDTRXM'), of) AS rights
FROM granted LEFT JOIN pg_roles r ON r.oid = grantee
WHERE schema IN ('public', 'audit', 'bullmq') AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
  AND (grantee = 0 OR r.rolname IN ('redress_app', 'redress_auditor'))
GROUP BY schema, name, r.rolname ORDER BY schema, name, role`;

interface Right {
  readonly schema: string;
  readonly name: string;
  readonly role: string;
  readonly rights: string;
}

const rightsOf = async (role: string, schema: string): Promise<Readonly<Record<string, string>>> => {
  const { rows } = await pool.query<Right>(RIGHTS);
  const own = rows.filter((row) => row.role === role && row.schema === schema);
  return Object.fromEntries(own.map(({ name, rights }) => [name, rights]));
};

const answers = async (text: string): Promise<readonly string[]> =>
  (await pool.query<{ told: string }>(text)).rows.map(({ told }) => told);

describe('the rights of each role', () => {
  it('are those that stand here, table by table, and no others', async () => {
    expect(await rightsOf('redress_app', 'public')).toEqual(APPLICATION);
    expect(await rightsOf('redress_app', 'audit')).toEqual(VIEWS);
    expect(await rightsOf('redress_auditor', 'audit')).toEqual(VIEWS);
    for (const schema of ['public', 'bullmq']) expect(await rightsOf('redress_auditor', schema)).toEqual({});
    const queue = new Set(Object.values(await rightsOf('redress_app', 'bullmq')));
    expect([...queue].toSorted()).toEqual(['siud', 'u']);
  });

  it('are none for everybody, neither to schemas nor to tables nor to functions', async () => {
    for (const schema of ['public', 'audit', 'bullmq']) expect(await rightsOf('PUBLIC', schema)).toEqual({});
    const ours = "('public', 'audit', 'bullmq')";
    expect(
      await answers(`SELECT nspname AS told FROM pg_namespace, aclexplode(coalesce(nspacl, acldefault('n', nspowner)))
        WHERE grantee = 0 AND nspname IN ${ours}`),
    ).toEqual([]);
    expect(
      await answers(`SELECT p.oid::regprocedure::text AS told FROM pg_proc p, aclexplode(coalesce(proacl, acldefault('f', proowner)))
        WHERE grantee = 0 AND pronamespace::regnamespace::text IN ${ours}`),
    ).toEqual([]);
    expect(
      await answers(`SELECT p.oid::regprocedure::text AS told FROM pg_proc p, aclexplode(proacl) AS a
        WHERE a.grantee = 'redress_auditor'::regrole`),
    ).toEqual([]);
  });

  it('are not widened by the roles themselves, nor by functions that run with the rights of the owner', async () => {
    expect(
      await answers(`SELECT rolname AS told FROM pg_roles WHERE rolname LIKE 'redress\\_%'
        AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)`),
    ).toEqual([]);
    expect(
      await answers(`SELECT proname AS told FROM pg_proc WHERE prosecdef AND pronamespace::regnamespace::text NOT LIKE 'pg\\_%'
        AND NOT coalesce(proconfig @> ARRAY['search_path=public, pg_temp'], false)`),
    ).toEqual([]);
    expect(
      await answers(`SELECT proname AS told FROM pg_proc, aclexplode(proacl) AS a WHERE prosecdef
        AND pronamespace = 'public'::regnamespace AND a.grantee = 'redress_app'::regrole ORDER BY 1`),
    ).toEqual(OWNERS_FUNCTIONS);
  });
});

/** What the application may have the owner do. */
const OWNERS_FUNCTIONS = ['destroy_erased_keys', 'make_look_months', 'retire_master_key'];

describe('what is only added to', () => {
  const KEPT = ['events', 'looks', 'looks_rest', 'log_tiles', 'log_checkpoints', 'log_keys'];
  const column: Readonly<Record<string, string>> = {
    events: "data = '{}'",
    log_tiles: "hashes = decode(repeat('ab', 32), 'hex')",
    log_checkpoints: "note = ''",
    log_keys: "key = ''",
  };
  const changes = KEPT.flatMap((table) => [
    `UPDATE public.${table} SET ${column[table] ?? "actor_id = 'somebody-else'"}`,
    `DELETE FROM public.${table}`,
    `TRUNCATE public.${table} CASCADE`,
  ]);

  it('is changed by nobody: not the application, nor an auditor, nor the owner, who is a superuser here', async () => {
    const handler = await redress.as('staff-1', 'case-handler');
    const complaint = {
      receivedOn: '2026-02-27',
      channel: 'letter',
      category: 'abuse',
      summary: 'Shouted at.',
    };
    const { id } = (await handler.post('/v1/complaints', complaint)).body;
    await handler.get(`/v1/cases/${id}`);
    await pool.query(`INSERT INTO log_tiles (level, index, hashes) VALUES (0, 0, decode(repeat('00', 64), 'hex'));
      INSERT INTO log_keys (key) VALUES ('k'); INSERT INTO log_checkpoints (size, key, note) VALUES (1, 'k', 'n')`);
    const client = await pool.connect();
    try {
      for (const [role, codes] of [
        ['redress_app', ['42501', '23001']],
        ['redress_auditor', ['42501']],
        ['NONE', ['23001']],
      ] as const) {
        await client.query(`SET ROLE ${role}`);
        for (const change of changes) {
          const refusal = await client.query(change).then(
            () => 'done',
            ({ code }: { code: string }) => code,
          );
          expect([role, change, codes]).toEqual([role, change, expect.arrayContaining([refusal])]);
        }
        // Not where triggers are set aside for replication either.
        if (role === 'NONE') {
          await client.query('SET session_replication_role = replica');
          for (const change of changes)
            await expect(client.query(change)).rejects.toMatchObject({ code: '23001' });
          await client.query('RESET session_replication_role');
        }
      }
    } finally {
      await client.query('RESET ROLE');
      client.release();
    }
  });

  it('grows: a tile takes further hashes behind those that it has', async () => {
    await pool.query(`UPDATE log_tiles SET hashes = hashes || decode(repeat('11', 32), 'hex')`);
    await expect(
      pool.query(`UPDATE log_tiles SET hashes = decode(repeat('11', 32), 'hex') || hashes`),
    ).rejects.toMatchObject({ code: '23001' });
  });

  it('is made anew, where it is reckoned from the log, by the owner alone', async () => {
    const keeper = keepersWith(redress.app.get(PolicyBook, { strict: false })).find(({ guards }) => guards);
    const login = `spec_app_${randomBytes(4).toString('hex')}`;
    await pool.query(`CREATE ROLE ${login} LOGIN PASSWORD 'spec' IN ROLE redress_app`);
    const url = Object.assign(new URL(redress.databaseUrl), { username: login, password: 'spec' });
    const theirs = await openDatabase(url.href, 2);
    const owners = await openDatabase(redress.databaseUrl, 2);
    try {
      await expect(remake(poolOf(theirs), keeper!)).rejects.toMatchObject({ code: 'needs-owner' });
      await remake(poolOf(owners), keeper!);
      await expect(pool.query('DELETE FROM log_tiles WHERE level = 9')).resolves.toBeDefined();
      await catchUp(poolOf(owners), keeper!.follower, 1);
      await expect(pool.query('DELETE FROM log_tiles')).rejects.toMatchObject({ code: '23001' });
    } finally {
      await theirs.destroy();
      await owners.destroy();
      await pool.query(`DROP ROLE ${login}`);
    }
  });
});

describe('three logins, none of them a superuser', () => {
  it('migrate, serve and audit, each with its own rights, as docs/database-roles.md sets them up', async () => {
    const database = await emptyDatabase();
    const word = randomBytes(4).toString('hex');
    const [owner, app, auditor] = ['owner', 'app', 'auditor'].map((what) => `spec_${what}_${word}`);
    const as = (username = '') => Object.assign(new URL(database.url), { username, password: 'spec' }).href;
    const name = new URL(database.url).pathname.slice(1);
    await database.pool.query(`CREATE ROLE ${owner} LOGIN PASSWORD 'spec';
      CREATE ROLE ${app} LOGIN NOINHERIT PASSWORD 'spec' IN ROLE redress_app;
      CREATE ROLE ${auditor} LOGIN PASSWORD 'spec' IN ROLE redress_auditor;
      ALTER DATABASE "${name}" OWNER TO ${owner};
      REVOKE ALL ON DATABASE "${name}" FROM PUBLIC;
      GRANT CONNECT, TEMPORARY ON DATABASE "${name}" TO ${app};
      GRANT CONNECT ON DATABASE "${name}" TO ${auditor}`);
    try {
      await migrate(as(owner));
      const serving = await openDatabase(as(app), 2);
      const handed = poolOf(serving);
      const seen = [{ kind: 'log', id: '1-', cases: [] }];
      const look = {
        requestId: 'r',
        actor: { id: 'a', role: 'auditor' },
        door: 'rest',
        question: 'events',
        seen,
      } as const;
      await new LookLog(handed, redress.app.get(Sealing, { strict: false })).record(look);
      for (const text of ['SELECT FROM looks', 'CREATE TABLE public.mine ()', "SELECT keep_record('events')"])
        await expect(handed.query(text)).rejects.toMatchObject({ code: '42501' });
      expect((await handed.query('SELECT make_look_months(4)')).rowCount).toBe(1);
      await serving.destroy();
      const auditing = new pg.Client({ connectionString: as(auditor) });
      await auditing.connect();
      expect((await auditing.query('SELECT person FROM audit.looks_of_person')).rows).toEqual([
        { person: 'a' },
      ]);
      for (const text of [
        'SELECT FROM public.events',
        'SELECT FROM public.subject_keys',
        'SELECT FROM audit.case_events',
      ])
        await expect(auditing.query(text)).rejects.toMatchObject({ code: '42501' });
      await auditing.end();
    } finally {
      await database.drop();
      await pool.query(`DROP ROLE ${owner}, ${app}, ${auditor}`);
    }
  }, 60_000);
});
