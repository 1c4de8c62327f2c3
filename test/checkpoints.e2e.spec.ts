import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { CheckpointWorker } from '../src/audit/checkpoint.worker.js';
import { Checkpoints } from '../src/audit/checkpoints.js';
import { logTiles } from '../src/audit/log-tiles.follower.js';
import { readCheckpoint } from '../src/audit/log/checkpoint.js';
import { canonicalText } from '../src/audit/log/canonical.js';
import { leafHashOf, provesConsistency, provesInclusion } from '../src/audit/log/merkle.js';
import { signersOf, verifierKey } from '../src/audit/log/note.js';
import { consistencyProof, inclusionProof } from '../src/audit/log/tiles.js';
import { StoredTiles } from '../src/audit/stored-tiles.js';
import { EventStore } from '../src/event-store/event-store.js';
import { catchUp } from '../src/event-store/followers.js';
import { readPage } from '../src/event-store/loader.js';
import { appendOf, aStream, happened, write } from './support/appends.js';
import { testApplication, type Caller, type TestApplication } from './support/application.js';
import { eventually } from './support/eventually.js';

const keyOf = (n: number): string => Buffer.alloc(32, n).toString('base64');

describe('checkpoints of the log', () => {
  let redress: TestApplication;
  let pool: pg.Pool;
  let auditor: Caller;
  let directory: string;
  let checkpoints: Checkpoints;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'redress-drop-'));
    redress = await testApplication({
      AUDIT_SIGNING_KEY: keyOf(1),
      REDRESS_LOG_ORIGIN: 'redress.test/log',
      REDRESS_CHECKPOINT_EVENTS: '5',
      REDRESS_CHECKPOINT_SECONDS: '86400',
      REDRESS_CHECKPOINT_DIR: directory,
    });
    pool = new pg.Pool({ connectionString: redress.databaseUrl });
    auditor = await redress.as('auditor-1', 'auditor');
    checkpoints = redress.app.get(Checkpoints, { strict: false });
  });
  afterAll(async () => {
    await pool.end();
    await redress.close();
    await rm(directory, { recursive: true });
  });

  const record = async (count: number): Promise<void> => {
    const events = Array.from({ length: count }, (_, n) => happened(`{"n":${n}}`));
    await new EventStore(pool).append(appendOf([write(aStream(), 0, ...events)]));
  };
  const keys = async () => (await checkpoints.keys()).map(({ key }) => verifierKey(key));

  it('are of everything recorded, signed, and served to auditors', async () => {
    expect((await auditor.get('/v1/audit/checkpoint')).body.detail).toBe(
      'There is no checkpoint yet. One is signed soon after the first event.',
    );
    // What Redress itself records at its first start stands before.
    const begun = Number((await pool.query('SELECT count(*) FROM events')).rows[0].count);
    await record(300 - begun);
    const note = await checkpoints.signHead();
    const { origin, size, note: read } = readCheckpoint(note);
    expect([origin, size]).toEqual(['redress.test/log', 300]);
    expect(signersOf(read, await keys()).map(({ name }) => name)).toEqual(['redress.test/log']);
    const asked = async (path: string, caller = auditor) => caller.get(path);
    expect((await asked('/v1/audit/checkpoint')).headers['content-type']).toBe('text/plain; charset=utf-8');
    expect((await asked('/v1/audit/tile/0/000')).headers['content-length']).toBe(String(256 * 32));
    expect((await asked('/v1/audit/tile/0/001.p/44')).headers['content-length']).toBe(String(44 * 32));
    expect((await asked('/v1/audit/tile/1/000.p/1')).status).toBe(200);
    for (const absent of [
      '0/001',
      '0/001.p/45',
      '0/1',
      '1/000.p/0',
      '0/x000/000',
      '9/000',
      '0/..%2f000',
      'x',
    ])
      expect([absent, (await asked(`/v1/audit/tile/${absent}`)).status]).toEqual([absent, 404]);
    const handler = await redress.as('staff-1', 'case-handler');
    for (const path of ['/v1/audit/checkpoint', '/v1/audit/tile/0/000'])
      expect((await asked(path, handler)).status).toBe(403);
  });

  it('prove every event, and that what was signed before is the beginning', async () => {
    const before = readCheckpoint(await checkpoints.signHead());
    await record(7);
    const after = readCheckpoint(await checkpoints.signHead());
    const tiles = new StoredTiles(pool);
    for (const event of await readPage(pool, 0, 1_000)) {
      const index = event.position - 1;
      const path = await inclusionProof(tiles, index, after.size);
      expect(provesInclusion(leafHashOf(canonicalText(event)), index, after, path)).toBe(true);
    }
    const proof = await consistencyProof(tiles, before.size, after.size);
    expect(provesConsistency(before, after, proof)).toBe(true);
  });

  it('verify by the key that signed them also when another one signs', async () => {
    const older = readCheckpoint(await checkpoints.signHead());
    const config = { ...redress.config, AUDIT_SIGNING_KEY: Buffer.alloc(32, 2) };
    const newer = readCheckpoint(await new Checkpoints(pool, config).signHead());
    expect(newer.size).toBe(older.size);
    const known = await keys();
    expect(known.length).toBe(2);
    const signers = [older, newer].flatMap(({ note }) => signersOf(note, known));
    expect(signers.map(({ id }) => id)).toEqual(known.map(({ id }) => id));
    const none = { ...redress.config, AUDIT_SIGNING_KEY: undefined };
    await expect(new Checkpoints(pool, none as never).signHead()).rejects.toThrow(
      /^Configuration: AUDIT_SIGNING_KEY \(or AUDIT_SIGNING_KEY_FILE\) must be set/,
    );
  });

  it('are signed by the worker every so many events and dropped where the settings say, never over another', async () => {
    const worker = redress.app.get(CheckpointWorker, { strict: false });
    await worker.start();
    await record(5);
    const size = await checkpoints.size();
    await catchUp(pool, logTiles, size + 5);
    const file = join(directory, `checkpoint-${size + 5}.txt`);
    await eventually(async () =>
      expect(await readFile(file, 'utf8')).toBe((await checkpoints.latest())?.note),
    );
    await writeFile(join(directory, `checkpoint-${size + 10}.txt`), 'another\n\n');
    await record(5);
    await catchUp(pool, logTiles, size + 10);
    await eventually(async () => expect((await checkpoints.latest())?.size).toBe(size + 10));
    await worker.beforeApplicationShutdown();
    expect((await readdir(directory)).filter((name) => name.startsWith('.'))).toEqual([]);
    expect(await readFile(join(directory, `checkpoint-${size + 10}.txt`), 'utf8')).toBe('another\n\n');
  });

  it('are not signed over a log that lost events or was rewritten', async () => {
    const { size } = readCheckpoint(await checkpoints.signHead());
    await expect(checkpoints.sign(size - 1)).rejects.toMatchObject({ code: 'log-shorter' });
    await record(1);
    await pool.query(`ALTER TABLE log_tiles DISABLE TRIGGER only_grows;
      UPDATE log_tiles SET hashes = overlay(hashes PLACING decode(repeat('00', 32), 'hex') FROM 1) WHERE level = 1`);
    await expect(checkpoints.signHead()).rejects.toMatchObject({ code: 'log-rewritten' });
  });
});
