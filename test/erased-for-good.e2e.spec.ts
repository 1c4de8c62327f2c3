import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { developmentToken } from '../src/access/tokens.js';
import { createApplication } from '../src/application.js';
import { openDatabase, poolOf } from '../src/platform/database.js';
import { logAt } from '../src/platform/log.js';
import { rebuild } from '../src/rebuild.cli.js';
import { testApplication, type Caller, type TestApplication } from './support/application.js';
import { freshDatabase, type FreshDatabase } from './support/database.js';
import { masterKeysIn } from './support/master-keys.js';
import { atConsole } from './support/console.js';

// After an erasure: verify, replay, rebuild, and a restore without the table of keys. Nothing personal comes back.

const MARK = 'Zwölfmarken-8R';
/** Each command of the command line is a process. */
const SLOW = 240_000;

let folder: string;
let redress: TestApplication;
let owner: pg.Pool;
let head: Caller;
let caseId: string;
let partyId: string;
let backup: FreshDatabase;

const done = async (path: string, body: object = {}) => {
  const answer = await head.post(path, body);
  if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.body.detail}`);
  return answer.body;
};

const redressSays = async (...args: readonly string[]) => {
  const said = await atConsole(args, {
    DATABASE_URL: redress.databaseUrl,
    MASTER_KEY: redress.config.MASTER_KEY?.[0],
    AUDIT_SIGNING_KEY: Buffer.alloc(32, 3).toString('base64'),
    REDRESS_DATA_DIR: folder,
    REDRESS_ACTOR_ROLES: 'auditor,operator',
  });
  expect(said).toMatchObject({ exit: 0 });
  return said;
};

/** All tables as a backup has them that leaves the keys out. */
const copyWithoutKeys = async (from: pg.Pool, to: pg.Pool): Promise<void> => {
  const { rows: tables } = await from.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'
     AND tablename NOT IN ('subject_keys', 'migrations')`,
  );
  const client = await to.connect();
  try {
    await client.query(`SET session_replication_role = replica`);
    for (const { name } of tables) {
      const { rows: columns } = await client.query<{ name: string }>(
        `SELECT column_name AS name FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name = $1 AND is_generated = 'NEVER'`,
        [name],
      );
      const named = columns.map((each) => `"${each.name}"`).join(', ');
      if (named === '') continue;
      const { rows } = await from.query(`SELECT coalesce(json_agg(t), '[]')::text AS all FROM "${name}" t`);
      await client.query(
        `INSERT INTO "${name}" (${named})
         SELECT ${named} FROM json_populate_recordset(NULL::"${name}", $1::json) ON CONFLICT DO NOTHING`,
        [rows[0].all],
      );
    }
  } finally {
    client.release(true);
  }
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'redress-erased-'));
  redress = await testApplication();
  owner = new pg.Pool({ connectionString: redress.databaseUrl });
  head = await redress.as('staff-1', 'casework-head', 'intake', 'investigator');
  partyId = (await done('/v1/parties', { kind: 'person', name: `Ada ${MARK}`, address: `1 ${MARK} Street` }))
    .id;
  caseId = (
    await done('/v1/complaints', {
      receivedOn: '2026-02-27',
      channel: 'letter',
      category: 'abuse',
      summary: `${MARK} shouted.`,
      complainantRef: partyId,
    })
  ).id;
  for (const [act, body] of [
    ['record-outside-contact', { who: MARK, office: MARK, subject: MARK, response: MARK }],
    ['triage', { decision: 'reject', severity: 'low', reasons: MARK }],
    ['reject', { reasons: MARK }],
    ['close', { outcome: 'rejected', reasons: MARK }],
  ] as const)
    await done(`/v1/complaints/${caseId}/${act}`, body);
  backup = await freshDatabase();
  await copyWithoutKeys(owner, backup.pool);
});
afterAll(async () => {
  await owner.end();
  await redress.close();
  await backup.drop();
  await rm(folder, { recursive: true, force: true });
});

describe('after an erasure', () => {
  it(
    'what was proved before is proved still, and an export from before verifies against it',
    async () => {
      await redressSays('audit', 'checkpoint', '--out', join(folder, 'before.txt'));
      await redressSays('audit', 'export', '--format', 'log', '--out', join(folder, 'export'));
      expect((await redressSays('audit', 'history', caseId)).stdout).toContain(MARK);

      await done(`/v1/complaints/${caseId}/erase`, { basis: 'objection' });
      await done(`/v1/parties/${partyId}/erase`, { basis: 'objection' });

      const since = join(folder, 'before.txt');
      expect((await redressSays('audit', 'verify', '--since', since)).stdout).toMatch(/\S/);
      const from = join(folder, 'export');
      expect((await redressSays('audit', 'verify', '--from', from, '--since', since)).stdout).toMatch(/\S/);
    },
    SLOW,
  );

  it(
    'replay and history tell it at every point, and nothing personal',
    async () => {
      const { rows } = await owner.query<{ position: string }>(
        'SELECT position FROM events WHERE stream = $1 ORDER BY position',
        [`complaint-${caseId}`],
      );
      for (const { position } of rows.filter((_, index) => index % 3 === 0)) {
        const { stdout } = await redressSays(
          'audit',
          'replay',
          '--case',
          caseId,
          '--json',
          '--until',
          position,
        );
        expect(stdout).toContain('[erased]');
        expect(stdout).not.toContain(MARK);
      }
      const { stdout } = await redressSays('audit', 'history', caseId);
      expect(stdout).toContain('[erased]');
      expect(stdout).not.toContain(MARK);
    },
    SLOW,
  );

  it('rebuild makes the same tables anew', async () => {
    const rebuilt = await rebuild(
      { pool: owner, config: redress.config },
      ['cases', 'parties', 'log_tiles'],
      {},
    );
    expect(rebuilt).toMatchObject({ equal: true });
  });

  it('a backup from before it, without the keys, opens nothing at any door', async () => {
    const source = await openDatabase(backup.url);
    const app = await createApplication({
      config: redress.config,
      databaseUrl: backup.url,
      pool: poolOf(source),
      masterKeys: masterKeysIn(redress.config),
      clock: redress.clock,
      log: logAt('fatal'),
    });
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    const token = await developmentToken(redress.config, {
      sub: 'staff-1',
      roles: ['casework-head'],
      ttl: '1h',
    });
    const headers = { authorization: `Bearer ${token}` };
    const get = (url: string) => app.inject({ url, headers });
    for (const url of [
      `/v1/cases/${caseId}`,
      `/v1/cases/${caseId}/history`,
      `/v1/parties/${partyId}`,
      '/v1/parties',
      '/v1/cases',
      `/v1/cases/${caseId}/versions/2`,
    ]) {
      const answer = await get(url);
      expect([url, answer.statusCode]).toEqual([url, 200]);
      expect(answer.body).not.toContain(MARK);
    }
    expect((await get(`/v1/cases/${caseId}`)).json().summary).toBe('[erased]');
    expect((await get(`/v1/parties/${partyId}`)).json().name).toBe('[erased]');
    await app.close();
    await source.destroy();
  });
});
