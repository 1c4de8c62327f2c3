import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { Checkpoints } from '../src/audit/checkpoints.js';
import { logTiles } from '../src/audit/log-tiles.follower.js';
import { verifierKey } from '../src/audit/log/note.js';
import type { Verdict } from '../src/audit/log/verdict.js';
import { verifyExport } from '../src/audit/log/verify-export.js';
import { LogExport } from '../src/audit/log-export.js';
import { verifyLive } from '../src/audit/verify-live.js';
import { EventStore } from '../src/event-store/event-store.js';
import { catchUp } from '../src/event-store/followers.js';
import { readConfig, type Config } from '../src/platform/config.js';
import { appendOf, happened, write } from './support/appends.js';
import { freshDatabase, type FreshDatabase } from './support/database.js';

// A superuser changes the log behind everybody's back. The auditor has one checkpoint elsewhere, and the public key.

const configFor = (url: string, key = 1): Config =>
  readConfig({
    DATABASE_URL: url,
    MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    AUDIT_SIGNING_KEY: Buffer.alloc(32, key).toString('base64'),
  });

let directory: string;
let database: FreshDatabase;
let pool: pg.Pool;
let config: Config;
/** What was kept elsewhere: the head at 400, and the key. */
let since: string;
let keys: ReturnType<typeof verifierKey>[];

const record = async (from: number, to: number, what = 'n'): Promise<void> => {
  const store = new EventStore(pool);
  for (let at = from; at <= to; at += 10) {
    const stream = `thing-${String(at % 50).padStart(3, '0')}`;
    const [{ version } = { version: 0 }] = (
      await pool.query<{ version: number }>('SELECT version FROM streams WHERE stream = $1', [stream])
    ).rows;
    const events = Array.from({ length: 10 }, (_, n) => happened(`{"${what}":${at + n}}`));
    await store.append(appendOf([write(stream, version, ...events)]));
  }
  await catchUp(pool, logTiles, to);
};

const sign = (): Promise<string> => new Checkpoints(pool, config).signHead();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'redress-tamper-'));
});
afterAll(() => rm(directory, { recursive: true }));

beforeEach(async () => {
  database = await freshDatabase();
  ({ pool } = database);
  config = configFor(database.url);
  await record(1, 100);
  await sign();
  await record(101, 400);
  since = await sign();
  keys = (await new Checkpoints(pool, config).keys()).map(({ key }) => verifierKey(key));
});
afterEach(() => database.drop());

const live = (brought = { since, keys } as object): Promise<Verdict> => verifyLive({ pool, config }, brought);

const offline = async (brought = { since, keys } as object): Promise<Verdict> => {
  const out = join(directory, new URL(database.url).pathname);
  await LogExport.of({ pool, config }, out, 1);
  return verifyExport(out, brought);
};

const GUARDED = {
  events: ['events_are_immutable'],
  log_tiles: ['only_grows', 'only_added_to'],
  log_checkpoints: ['only_added_to'],
  log_keys: ['only_added_to'],
};

/** Who owns the server can switch every guard off. */
const superuser = (...statements: string[]) => {
  const guards = (how: string) =>
    Object.entries(GUARDED).flatMap(([table, triggers]) =>
      triggers.map((trigger) => `ALTER TABLE ${table} ${how} TRIGGER ${trigger}`),
    );
  const all = [
    'BEGIN',
    ...guards('DISABLE'),
    ...statements,
    'SET CONSTRAINTS ALL IMMEDIATE',
    ...guards('ENABLE ALWAYS'),
  ];
  return pool.query(`${all.join('; ')}; COMMIT`);
};

const told = ({ ok, faults }: Verdict) => ({
  ok,
  first: faults[0] && { code: faults[0].code, position: faults[0].position },
});

const wrong = (code: string, position: number) => ({ ok: false, first: { code, position } });

/** Hashes all of it anew, as the follower does. */
const rehash = async (): Promise<void> => {
  await superuser(
    'DELETE FROM log_tiles',
    "UPDATE checkpoints SET position = 0 WHERE follower = 'log-tiles'",
  );
  const { rows } = await pool.query<{ head: string }>('SELECT max(position) AS head FROM events');
  await catchUp(pool, logTiles, Number(rows[0]?.head));
};

const SUFFIX = `UPDATE events SET data = replace(data, '{"n":', '{"m":') WHERE position >= 280`;

describe('a log that nobody touched', () => {
  it('is proven, live and offline, from its beginning or from later on, also as it goes on', async () => {
    const anchored = { ok: true, first: 1, last: 400, events: 400, faultCount: 0 };
    expect(await live()).toMatchObject({ ...anchored, checkpoints: 3 });
    expect(await offline()).toMatchObject({ ...anchored, checkpoints: 2 });
    await record(401, 700);
    expect(await live()).toMatchObject({ ok: true, last: 700 });
    for (const from of [1, 2, 257, 400, 401, 512, 700]) {
      const out = join(directory, `from-${from}`);
      await LogExport.of({ pool, config }, out, from);
      const verdict = await verifyExport(out, { since, keys });
      expect(verdict).toMatchObject({ ok: true, first: from, last: 700, events: 701 - from });
      expect(verdict.anchor).toEqual({
        size: 400,
        called: 'the checkpoint over 400 events that was kept elsewhere',
      });
    }
  });

  it('without anything kept elsewhere has no anchor, and says so', async () => {
    expect(await live({})).toMatchObject({ ok: true, anchor: null });
    expect(await offline({})).toMatchObject({ ok: true, anchor: null });
    for (const verdict of [await live({ requireAnchor: true }), await offline({ requireAnchor: true })]) {
      expect(verdict.ok).toBe(false);
      expect(verdict.faults[0]?.says).toMatch(/^No outside anchor: /);
    }
  });

  it('may be read while it goes on', async () => {
    const [verdict] = await Promise.all([live(), record(401, 500)]);
    expect(verdict).toMatchObject({ ok: true });
  });
});

describe('it is caught, live and offline, where', () => {
  it('one byte is changed', async () => {
    await superuser(`UPDATE events SET data = replace(data, '150', '159') WHERE position = 150`);
    for (const verdict of [await live(), await offline()]) {
      expect(told(verdict)).toEqual(wrong('event-changed', 150));
      expect(verdict.faults.length).toBe(1);
      expect(verdict.faults[0]?.says).toMatch(
        /^The event at position 150 \("thing-041", version 30\) is not what was hashed when it was recorded\.$/,
      );
    }
  });

  it('what is stored is no JSON any more', async () => {
    await superuser(`UPDATE events SET data = '{' WHERE position = 150`);
    for (const verdict of [await live(), await offline()])
      expect(verdict.faults.map(({ code, position }) => [code, position])).toEqual([
        ['envelope', 150],
        ['event-changed', 150],
      ]);
  });

  it.each(['actor_id', 'actor_role', 'correlation_id', 'type', 'occurred_zone'])(
    'somebody else is said to have acted, or otherwise: %s',
    async (column) => {
      const zone = column === 'occurred_zone' ? ', occurred_at = now()' : '';
      await superuser(`UPDATE events SET ${column} = 'Europe/Paris' ${zone} WHERE position = 77`);
      expect(told(await live())).toEqual(wrong('event-changed', 77));
      expect(told(await offline())).toEqual(wrong('event-changed', 77));
    },
  );

  it('two rows are swapped', async () => {
    await superuser(
      'UPDATE events SET position = -1 WHERE position = 120',
      'UPDATE events SET position = 120 WHERE position = 121',
      'UPDATE events SET position = 121 WHERE position = -1',
    );
    for (const verdict of [await live(), await offline()]) {
      expect(told(verdict)).toEqual(wrong('event-changed', 120));
      expect(verdict.faults.map(({ position }) => position)).toEqual(expect.arrayContaining([120, 121]));
    }
  });

  it('the last event is deleted', async () => {
    await superuser('DELETE FROM events WHERE position = 400');
    for (const verdict of [await live(), await offline()])
      expect(told(verdict)).toEqual(wrong('events-missing', 400));
  });

  it('one is deleted in the middle, also when the gap is closed', async () => {
    await superuser('DELETE FROM events WHERE position = 200');
    for (const verdict of [await live(), await offline()]) {
      expect(told(verdict)).toEqual(wrong('events-missing', 200));
      expect(verdict.faults[0]?.says).toBe('Position 200 is missing: what was recorded there was removed.');
    }
    await superuser(
      'UPDATE events SET position = -position WHERE position > 200',
      'UPDATE events SET position = -position - 1 WHERE position < 0',
    );
    for (const verdict of [await live(), await offline()])
      expect(told(verdict)).toEqual(wrong('event-changed', 200));
  });

  it('one is inserted', async () => {
    await superuser(
      'UPDATE events SET position = -position WHERE position >= 250',
      'UPDATE events SET position = 1 - position WHERE position < 0',
      `INSERT INTO events SELECT 250, gen_random_uuid(), 'thing-new', 1, type, 1, occurred_on, occurred_at, occurred_zone,
         recorded_at, actor_id, actor_role, on_behalf_of, correlation_id, causation_id, data FROM events WHERE position = 249`,
    );
    expect(told(await live())).toEqual(wrong('event-changed', 250));
    expect(told(await offline())).toEqual(wrong('event-changed', 250));
  });

  it('one is inserted twice at a position', async () => {
    await superuser(
      'ALTER TABLE events DROP CONSTRAINT events_pkey',
      `INSERT INTO events SELECT 250, gen_random_uuid(), 'thing-new', 1, type, 1, occurred_on, occurred_at, occurred_zone,
         recorded_at, actor_id, actor_role, on_behalf_of, correlation_id, causation_id, data FROM events WHERE position = 249`,
    );
    expect((await live()).faults.map(({ code }) => code)).toContain('event-repeated');
    expect((await offline()).faults.map(({ code }) => code)).toContain('event-repeated');
  });

  it('a suffix is rewritten and the tree reckoned anew, without the key', async () => {
    await superuser(SUFFIX);
    await rehash();
    const where = wrong('checkpoint', 101);
    expect(told(await live())).toEqual(where);
    expect(told(await live({}))).toEqual(where);
    expect((await live()).faults[0]?.says).toMatch(
      /^What stands at positions 101 to 400 is not what the checkpoint over 400 events was signed for: .* Up to position 100 it is as another checkpoint says\.$/,
    );
    await expect(sign()).rejects.toMatchObject({ code: 'log-rewritten' });
    // What the key signed is taken away; whoever did it signs with another.
    await superuser('DELETE FROM log_checkpoints WHERE size > 100');
    config = configFor(database.url, 2);
    expect(told(await offline())).toEqual(wrong('checkpoint', 1));
    expect((await offline({ since })).ok).toBe(false);
    expect((await offline({ keys })).faults[0]?.says).toBe(
      'Nobody whose key is known signed the checkpoint of the export.',
    );
  });

  it('a suffix is rewritten, the tree reckoned anew, and signed with the very key', async () => {
    await superuser(SUFFIX);
    await rehash();
    await superuser('DELETE FROM log_checkpoints WHERE size > 100');
    await sign();
    // Without a checkpoint kept elsewhere nobody can know.
    expect(await live({ keys })).toMatchObject({ ok: true, anchor: null });
    expect(told(await live())).toEqual(wrong('checkpoint', 101));
    expect(told(await offline())).toEqual(wrong('checkpoint', 1));
  });

  it('all is rolled back to a backup, also when it goes on from there', async () => {
    await superuser(
      'DELETE FROM events WHERE position > 350',
      'DELETE FROM streams',
      'INSERT INTO streams SELECT stream, max(version) FROM events GROUP BY stream',
      'DELETE FROM log_checkpoints WHERE size > 350',
    );
    await rehash();
    for (const verdict of [await live(), await offline()]) {
      expect(told(verdict)).toEqual(wrong('events-missing', 351));
      expect(verdict.faults[0]?.says).toBe(
        'The log ends at position 350, but the checkpoint that was kept elsewhere was signed for 400: positions 351 to 400 are missing.',
      );
    }
    await record(351, 420, 'other');
    expect((await live()).faults[0]).toMatchObject({ code: 'checkpoint' });
    expect((await offline()).faults[0]).toMatchObject({ code: 'checkpoint' });
  });

  it('a version is left out, or a time of recording is before the last, though all was hashed and signed so', async () => {
    await superuser(
      `UPDATE events SET version = version + 100 WHERE position = 400`,
      `UPDATE events SET recorded_at = recorded_at - interval '1 day' WHERE position = 390`,
    );
    await rehash();
    await superuser('DELETE FROM log_checkpoints WHERE size > 100');
    await sign();
    for (const verdict of [await live({}), await offline({})])
      expect(verdict.faults.map(({ code, position }) => [code, position])).toEqual([
        ['recorded-earlier', 390],
        ['version', 400],
      ]);
  });

  it('a tile, a checkpoint or a key is changed', async () => {
    await superuser(
      `UPDATE log_tiles SET hashes = set_byte(hashes, 32 * 9, 255 - get_byte(hashes, 32 * 9)) WHERE level = 0 AND index = 0`,
    );
    const codes = async () => [...new Set((await live()).faults.map(({ code }) => code))];
    expect(await codes()).toEqual(['checkpoint', 'tile', 'event-changed']);
    await rehash();
    await superuser(`UPDATE log_tiles SET hashes = hashes || hashes WHERE level = 1`);
    expect(await live()).toMatchObject({ ok: true });
    await superuser(`UPDATE log_checkpoints SET note = replace(note, '400', '401') WHERE size = 400`);
    expect(await codes()).toContain('signature');
    await superuser(
      'ALTER TABLE log_checkpoints DROP CONSTRAINT log_checkpoints_key_fkey',
      `UPDATE log_keys SET key = key || 'A'`,
    );
    const faults = (await verifyLive({ pool, config }, {})).faults;
    expect(faults[0]?.says).toMatch(/^This is no public key: /);
  });
});
