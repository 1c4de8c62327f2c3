import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import pg, { type Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { everything } from '../src/access/sight.js';
import type { CaseState } from '../src/audit/case-replay.js';
import { CaseReplays } from '../src/audit/case-replay.reader.js';
import { differenceOf } from '../src/audit/difference.js';
import { KnownThen } from '../src/audit/known-then.reader.js';
import { LiveCaseQueries } from '../src/audit/live-case.queries.js';
import { Moments } from '../src/audit/moments.reader.js';
import { replayRegister } from '../src/audit/register-replay.js';
import { PolicyCommand, PolicyHandler } from '../src/clocks/policy.handler.js';
import { policySet } from '../src/clocks/policy-set.js';
import { PolicyBook } from '../src/clocks/policy.queries.js';
import { headOf } from '../src/event-store/loader.js';
import { openDatabase, poolOf } from '../src/platform/database.js';
import { testApplication, type Caller, type TestApplication } from './support/application.js';
import { freshDatabase } from './support/database.js';
import { RegisterLife, story } from './support/lives/register-life.js';
import { atConsole } from './support/console.js';

const CASES = process.env['REDRESS_LONG'] ? 200 : 12;
const PAIRS = process.env['REDRESS_LONG'] ? 1_000 : 60;
const MINUTES = process.env['REDRESS_LONG'] ? 20 : 2;

let redress: TestApplication;
let head: Caller;
let auditor: Caller;
let database: DataSource;
let pool: Pool;
let life: RegisterLife;
let replays: CaseReplays;

type Rows = Omit<CaseState, 'record'>;

/** The read rows of a case as they were when the log ended there. */
interface Kept {
  readonly id: string;
  readonly position: number;
  readonly rows: Rows;
}

const kept: Kept[] = [];

const keep = async (ids: readonly string[]): Promise<void> => {
  const live = new LiveCaseQueries(pool);
  const position = await headOf(pool);
  for (const id of ids) kept.push({ id, position, rows: await live.state(id) });
};

/** A further version of the policy supersedes the one before: it reaches every open case. */
const tightenRules = async (): Promise<void> => {
  const policies = redress.app.get(PolicyHandler, { strict: false });
  const envelope = () => ({ actor: { id: 'staff-1', role: 'operator' }, correlationId: 'a-spec' });
  const versions = await redress.app.get(PolicyBook, { strict: false }).all();
  const [latest] = versions
    .filter(({ key }) => key === 'default')
    .toSorted((one, other) => other.version - one.version);
  const deadlines = latest!.deadlines.map((rule) => ({ ...rule, count: rule.count + 1 }));
  const version = latest!.version + 1;
  const next = policySet.parse({ ...latest!, version, effectiveFrom: '2026-03-01', deadlines });
  await policies.execute(new PolicyCommand('Publish', 'default', next, envelope()));
  const wish = { version: latest!.version, by: version, reasons: 'As decided.' };
  await policies.execute(new PolicyCommand('Supersede', 'default', wish, envelope()));
};

beforeAll(async () => {
  redress = await testApplication();
  head = await redress.as('staff-1', 'casework-head', 'case-handler', 'intake', 'operator');
  auditor = await redress.as('auditor-1', 'auditor');
  database = await openDatabase(redress.databaseUrl);
  pool = poolOf(database);
  life = new RegisterLife(head, pool);
  replays = redress.app.get(CaseReplays, { strict: false });
  const stories = fc.sample(story, { numRuns: CASES, seed: 20_261_128 });
  let cases = 0;
  for (const told of stories) {
    if (cases >= CASES) break;
    cases += told.cases.length;
    await life.tell(told, keep);
    if (cases > CASES / 3 && cases - told.cases.length <= CASES / 3) await tightenRules();
  }
}, MINUTES * 60_000);
afterAll(async () => {
  await database.destroy();
  await redress.close();
});

/** A case whose category was corrected, by which version, and the entry that said otherwise. */
const corrected = async () => {
  const id = await life.receive('2026-02-11');
  const { rows } = await pool.query('SELECT event_id FROM events WHERE stream = $1', [`complaint-${id}`]);
  const eventId = rows[0].event_id;
  const correction = { eventId, path: ['category'], new: 'racism', reason: 'Misread.', basis: 'The letter.' };
  const { status, body } = await head.post(`/v1/complaints/${id}/correct-entry`, correction);
  expect(status).toBe(200);
  return { id, version: body.version, eventId };
};

const instants = async (): Promise<{ recordedAt: string }[]> => {
  const { rows } = await pool.query(
    `SELECT DISTINCT to_json(recorded_at) #>> '{}' AS "recordedAt" FROM events WHERE position > 10 ORDER BY 1`,
  );
  return rows;
};

const withoutRecord = ({ complaint, clocks, hearings, resolutions }: Rows): Rows => ({
  complaint,
  clocks,
  hearings,
  resolutions,
});

const pick = <T>(items: readonly T[], count: number): T[] =>
  Array.from(
    { length: Math.min(count, items.length) },
    (_, index) => items[Math.floor((index * items.length) / count)]!,
  );

/** The whole register in a schema of its own, which is gone afterwards. */
const inSchema = async <T>(
  until: number,
  look: (schema: string, rows: LiveCaseQueries) => Promise<T>,
): Promise<T> => {
  const schema = `then_${until}`;
  await replayRegister({ pool, config: redress.config }, { until, into: schema });
  const client = await pool.connect();
  try {
    await client.query(`SET search_path = ${schema}, public`);
    return await look(schema, new LiveCaseQueries(client as unknown as Pool));
  } finally {
    await client.query(`RESET search_path; DROP SCHEMA ${schema} CASCADE`);
    client.release();
  }
};

/** Another database with the same log, in which no read table was ever filled. */
const restored = async () => {
  const other = await freshDatabase();
  const { rows } = await pool.query<{ line: string }>('SELECT to_json(e)::text AS line FROM events AS e');
  await other.pool.query('DELETE FROM policies; DELETE FROM calendars');
  await other.pool.query(
    'INSERT INTO events SELECT told.* FROM unnest($1::text[]) AS line, json_populate_record(NULL::events, line::json) AS told',
    [rows.map(({ line }) => line)],
  );
  return other;
};

describe('a case replayed', () => {
  it(
    'to every position is as its read rows were then',
    async () => {
      expect(kept.length).toBeGreaterThan(CASES);
      for (const { id, position, rows } of kept) {
        const then = await replays.at(id, String(position), everything, 0);
        expect({ position, changes: differenceOf(rows, withoutRecord(then)) }).toEqual({
          position,
          changes: [],
        });
      }
    },
    MINUTES * 60_000,
  );

  it('is told with the events that led there, and what was corrected later reads as it did then', async () => {
    const { id, version, eventId } = await corrected();
    const before = await auditor.get(`/v1/cases/${id}/versions/${version - 1}`);
    const after = await auditor.get(`/v1/cases/${id}/versions/${version}`);
    expect([before.status, after.status]).toEqual([200, 200]);
    expect([before.body.complaint.category, after.body.complaint.category]).toEqual(['abuse', 'racism']);
    expect(before.body.complaint.summary).toBe('Shouted at.');
    expect(before.body.eventCount).toBe(before.body.events.length);
    expect(after.body.events.at(-1)).toMatchObject({ type: 'EntryCorrected', version });
    const receipts = [before, after].map(({ body }) =>
      body.events.find((entry: { eventId: string }) => entry.eventId === eventId),
    );
    expect(receipts.map(({ corrections }) => corrections.length)).toEqual([0, 1]);
  });

  it('differs between two points by the fields that changed', async () => {
    const { id, version } = await corrected();
    const { status, body } = await auditor.get(
      `/v1/cases/${id}/difference?from=v${version - 1}&to=v${version}`,
    );
    expect(status).toBe(200);
    expect(body.changes).toEqual(
      expect.arrayContaining([{ path: 'complaint.category', was: 'abuse', is: 'racism' }]),
    );
    expect(body.events.map(({ type }: { type: string }) => type)).toEqual(['EntryCorrected']);
  });

  it('does not differ from what its read tables tell, unless somebody wrote there', async () => {
    const id = await life.receive('2026-02-12');
    const position = await headOf(pool);
    const asked = `/v1/cases/${id}/difference?from=${position}`;
    expect((await auditor.get(asked)).body).toMatchObject({ to: null, changes: [], events: [] });
    await pool.query(`UPDATE cases SET detail = replace(detail, '"letter"', '"phone"') WHERE id = $1`, [id]);
    expect((await auditor.get(asked)).body.changes).toEqual([
      { path: 'complaint.channel', was: 'letter', is: 'phone' },
    ]);
    await pool.query(`UPDATE cases SET detail = replace(detail, '"phone"', '"letter"') WHERE id = $1`, [id]);
  });

  it('is asked over GraphQL too', async () => {
    const id = await life.receive('2026-02-12');
    const query = `query ($id: String!) {
      caseVersion(id: $id, version: 1) { position streams { stream version } complaint events { type } }
      caseDifference(id: $id, from: "v1") { changes { path was is } }
    }`;
    const { body } = await auditor.post('/graphql', { query, variables: { id } });
    expect(body).toMatchObject({
      data: {
        caseVersion: {
          streams: [{ stream: `complaint-${id}`, version: 1 }],
          complaint: { category: 'abuse', summary: 'Shouted at.' },
          events: [{ type: 'ComplaintReceived' }],
        },
        caseDifference: { changes: [] },
      },
    });
  });

  it('is refused where there was nothing yet, or is nothing', async () => {
    const id = await life.receive('2026-02-12');
    const codes = async (path: string) => {
      const { status, body } = await auditor.get(`/v1/cases/${id}/${path}`);
      return [status, body.code];
    };
    expect(await codes('versions/2')).toEqual([404, 'not-found']);
    expect(await codes('replay?until=1')).toEqual([404, 'not-found']);
    expect(await codes('replay?until=999999999')).toEqual([400, 'position-not-reached']);
    expect(await codes('replay?until=2030-01-01')).toEqual([400, 'as-of-in-future']);
    expect(await codes('replay?until=soon')).toEqual([400, 'invalid-input']);
    const operator = await redress.as('operator-1', 'operator');
    expect((await operator.get(`/v1/cases/${id}/versions/1`)).status).toBe(403);
  });
});

describe('the register replayed', () => {
  it(
    'tells each case as its read rows were then',
    async () => {
      for (const { position, id, rows } of pick(kept, PAIRS / 20))
        expect(await inSchema(position, async (_, then) => differenceOf(rows, await then.state(id)))).toEqual(
          [],
        );
    },
    MINUTES * 60_000,
  );

  it(
    'agrees with what is asked as known then',
    async () => {
      const knownThen = redress.app.get(KnownThen, { strict: false });
      const moments = redress.app.get(Moments, { strict: false });
      let pairs = 0;
      for (const { recordedAt } of pick(await instants(), PAIRS / 6)) {
        const until = await moments.positionAt({ asOf: '', day: '', until: recordedAt });
        await inSchema(until, async (schema, then) => {
          const { rows } = await pool.query<{ id: string }>(`SELECT id FROM ${schema}.cases ORDER BY id`);
          for (const { id } of pick(rows, 20)) {
            const told = await knownThen.rowsOf(id, { position: until });
            const { complaint, hearings, resolutions } = await then.state(id);
            const asTold = {
              complaint: JSON.parse(told!.row),
              hearings: told!.hearings.map((text) => JSON.parse(text)),
              resolutions: told!.resolutions.map((text) => JSON.parse(text)),
            };
            expect(differenceOf(asTold, { complaint, hearings, resolutions })).toEqual([]);
            pairs += 1;
          }
        });
      }
      expect(pairs).toBeGreaterThanOrEqual(PAIRS);
    },
    MINUTES * 60_000,
  );

  it(
    'has the same digest on every run, in another database with the same log, and while commands come in',
    async () => {
      const house = { pool, config: redress.config };
      const until = await headOf(pool);
      const earlier = kept[Math.floor(kept.length / 2)]!.position;
      const digests = async (from: { pool: Pool; config: typeof redress.config }) => [
        await replayRegister(from, { until }),
        await replayRegister(from, { until: earlier }),
      ];
      const over = new AbortController();
      const recording = (async () => {
        while (!over.signal.aborted) await life.receive('2026-02-02');
      })();
      const first = await digests(house);
      over.abort();
      await recording;
      expect(first[0]!.digest).not.toBe(first[1]!.digest);
      expect(first[0]!.tables.find(({ table }) => table === 'cases')!.rows).toBeGreaterThan(0);
      expect(await digests(house)).toEqual(first);
      const other = await restored();
      try {
        const source = await openDatabase(other.url);
        expect(await digests({ pool: poolOf(source), config: redress.config })).toEqual(first);
        await source.destroy();
      } finally {
        await other.drop();
      }
    },
    MINUTES * 60_000,
  );

  it('does not differ from the live tables, and from another position by what was done between', async () => {
    const house = { pool, config: redress.config };
    const { difference } = await replayRegister(house, { against: 'live' });
    expect(difference!.filter(({ examples }) => examples.length > 0)).toEqual([]);
    const until = await headOf(pool);
    const id = await life.receive('2026-02-12');
    const later = await replayRegister(house, { until, against: until + 1 });
    const cases = later.difference!.find(({ table }) => table === 'cases');
    expect(cases).toEqual({ table: 'cases', gone: 0, come: 1, changed: 0, examples: [id] });
  });

  it('leaves nothing behind unless it is asked to, and fills no schema that is in use', async () => {
    const house = { pool, config: redress.config };
    const schemas = async () =>
      (await pool.query("SELECT nspname FROM pg_namespace WHERE nspname ~ '^(redress_replay|mine)'")).rows;
    await replayRegister(house, { until: 0 });
    expect(await schemas()).toEqual([]);
    await replayRegister(house, { until: 0, into: 'mine' });
    expect(await schemas()).toHaveLength(1);
    await expect(replayRegister(house, { into: 'mine' })).rejects.toMatchObject({ code: 'schema-not-empty' });
    await expect(replayRegister(house, { into: 'public' })).rejects.toMatchObject({
      code: 'schema-not-empty',
    });
    await pool.query('DROP SCHEMA mine CASCADE');
  });

  it('goes to a schema of the owner where a login may make none', async () => {
    const role = `limited_${process.pid}`;
    const owner = new pg.Pool({ connectionString: redress.databaseUrl, max: 1 });
    const limited = new pg.Pool({ connectionString: redress.databaseUrl, max: 2 });
    limited.on('connect', (client) => {
      void client.query(`SET SESSION AUTHORIZATION ${role}; SET ROLE redress_app`);
    });
    const house = { pool: limited, config: redress.config };
    try {
      await owner.query(`CREATE ROLE ${role} IN ROLE redress_app`);
      await expect(replayRegister(house, { until: 9, into: 'mine' })).rejects.toMatchObject({
        code: 'schema-not-permitted',
      });
      await owner.query('CREATE SCHEMA mine AUTHORIZATION redress_app');
      const { digest } = await replayRegister(house, { until: 9, into: 'mine' });
      expect(digest).toBe((await replayRegister({ ...house, pool }, { until: 9 })).digest);
    } finally {
      await limited.end();
      await owner.query(`DROP SCHEMA IF EXISTS mine CASCADE; DROP ROLE ${role}`);
      await owner.end();
    }
  });
});

describe('redress audit replay', () => {
  const redressReplay = (...args: string[]) =>
    atConsole(['audit', 'replay', ...args], {
      DATABASE_URL: redress.databaseUrl,
      MASTER_KEY: redress.config.MASTER_KEY?.[0],
    });

  it('tells a case, what differs, and the register, as JSON and for people', async () => {
    const { id, version } = await corrected();
    const [told, text, difference] = await Promise.all([
      redressReplay('--case', id, '--until', `v${version - 1}`, '--json'),
      redressReplay('--case', id, '--until', `v${version - 1}`),
      redressReplay('--case', id, '--until', `v${version - 1}`, '--diff'),
    ]);
    expect(JSON.parse(told.stdout)).toMatchObject({
      id,
      complaint: { category: 'abuse', summary: 'Shouted at.' },
      hearings: [],
      events: [{ type: 'ComplaintReceived' }],
    });
    expect(text.stdout).toMatch(/complaint\.category +abuse\n/);
    expect(text.stdout).toMatch(/complaint 1 +ComplaintReceived +staff-1/);
    expect(difference.stdout).toMatch(/complaint\.category: abuse → racism\n/);
    const until = (await headOf(pool)) - 1;
    const [register, later] = await Promise.all([
      redressReplay('--all', '--until', String(until), '--diff', String(until + 1), '--json'),
      redressReplay('--until', String(until), '--into', 'then_before'),
    ]);
    const { digest, tables, difference: differing } = JSON.parse(register.stdout);
    expect(differing.find(({ table }: { table: string }) => table === 'cases')).toMatchObject({
      gone: 0,
      come: 0,
      changed: 1,
      examples: [id],
    });
    expect(later.stdout).toContain(digest);
    const { rows } = await pool.query('SELECT count(*)::int AS n FROM then_before.cases');
    expect(rows[0].n).toBe(tables.find(({ table }: { table: string }) => table === 'cases').rows);
    await pool.query('DROP SCHEMA then_before CASCADE');
  });

  it.each([
    [['--case', 'x', '--all'], /^Give --case or --all, not both\.$/],
    [['--case', 'x', '--into', 'then'], /^--into is filled with the whole register\. /],
    [['--into', 'pg_then'], /^--into: Give a name of lower-case letters/],
    [['--until', 'soon'], /^--until: Give a version of the case, v3; a position/],
    [['--until', 'v3'], /^v3 is a version of a case; say of which, with --case\.$/],
  ])('says what to do about %j', async (args, sentence) => {
    const { exit, stderr } = await redressReplay(...args);
    expect([exit, stderr.trimEnd()]).toEqual([2, expect.stringMatching(sentence)]);
  });
});
