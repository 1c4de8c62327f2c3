import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { aStream, appendOf, happened, write } from '../../test/support/appends.js';
import { appendingProcess, eventually } from '../../test/support/appending-process.js';
import { type FreshDatabase, freshDatabase } from '../../test/support/database.js';
import { Taken, Unavailable, VersionConflict } from './errors.js';
import { EventStore } from './event-store.js';

// What becomes of appends when processes, connections or the disk fail, and when many want the same at once.

let database: FreshDatabase;
let store: EventStore;

beforeAll(async () => {
  database = await freshDatabase();
  store = new EventStore(database.pool);
});
afterAll(() => database.drop());

const recordedIds = async (): Promise<string[]> => {
  const { rows } = await database.pool.query<{ event_id: string }>('SELECT event_id FROM events');
  return rows.map(({ event_id }) => event_id);
};

const expectGapless = async (): Promise<void> => {
  const { rows } = await database.pool.query(
    'SELECT count(*) = coalesce(max(position), 0) AS gapless FROM events',
  );
  expect(rows[0].gapless).toBe(true);
};

const millisecondsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const began = Date.now();
  await work();
  return Date.now() - began;
};

const appendOne = () => store.append(appendOf([write(aStream(), 0, happened())]));

describe('a process that appends', () => {
  test('holds nobody up while it is stopped, and loses nothing', async () => {
    const other = await appendingProcess(database.url);
    const before = (await recordedIds()).length;
    const acknowledged = other.load({ callers: 8, appends: 400 });
    for (let stop = 0; stop < 4; stop += 1) {
      await eventually(async () => expect((await recordedIds()).length).toBeGreaterThan(before + stop * 30));
      other.signal('SIGSTOP');
      expect(await millisecondsOf(appendOne)).toBeLessThan(5_000);
      other.signal('SIGCONT');
    }
    const ids = await acknowledged;
    expect(ids.length).toBe(400);
    expect(await recordedIds()).toEqual(expect.arrayContaining(ids));
    await expectGapless();
    await other.end();
  });

  test('holds nobody up when it is killed, and what it acknowledged is there', async () => {
    for (let round = 0; round < 3; round += 1) {
      const other = await appendingProcess(database.url);
      const before = (await recordedIds()).length;
      const acknowledged = other.load({ callers: 8, appends: 100_000 });
      await eventually(async () => expect((await recordedIds()).length).toBeGreaterThan(before + 20));
      other.signal('SIGKILL');
      expect(await millisecondsOf(appendOne)).toBeLessThan(5_000);
      expect(await recordedIds()).toEqual(expect.arrayContaining(await acknowledged));
      await expectGapless();
    }
  });

  test('records one of two requests under one idempotency key, whichever process they reach', async () => {
    const processes = [await appendingProcess(database.url), await appendingProcess(database.url)];
    for (let round = 0; round < 20; round += 1) {
      const before = (await recordedIds()).length;
      const answers = await Promise.all(processes.map((each) => each.race(`two-processes-${round}`)));
      expect(answers.map(({ outcome }) => outcome).toSorted()).toEqual(['appended', 'repeated']);
      expect(answers[0]?.answer).toBe(answers[1]?.answer);
      expect((await recordedIds()).length).toBe(before + 1);
    }
    await Promise.all(processes.map((each) => each.end()));
  });
});

describe('a connection that is cut while it appends', () => {
  test('leaves each append recorded once or reported, never doubled', async () => {
    const pool = new pg.Pool({ connectionString: database.url, application_name: 'cut', max: 4 });
    pool.on('error', () => {});
    const cut = new EventStore(pool);
    const cutting = (async () => {
      for (let time = 0; time < 12; time += 1) {
        await database.pool.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cut'",
        );
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
    const appends = Array.from({ length: 200 }, () => appendOf([write(aStream(), 0, happened())]));
    const outcomes: PromiseSettledResult<unknown>[] = [];
    for (let first = 0; first < appends.length; first += 20)
      outcomes.push(
        ...(await Promise.allSettled(appends.slice(first, first + 20).map((each) => cut.append(each)))),
      );
    await cutting;
    const recorded = new Set(await recordedIds());
    outcomes.forEach((outcome, index) => {
      const id = appends[index]?.writes[0]?.events[0]?.id ?? '';
      if (outcome.status === 'fulfilled') expect(recorded.has(id)).toBe(true);
      else expect(outcome.reason).toMatchObject({ code: 'outcome-unknown' });
    });
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(150);
    await expectGapless();
    await pool.end();
  });
});

describe('storage that refuses', () => {
  test('a full disk fails the append that it hits, as unavailable, and leaves nothing of it', async () => {
    await database.pool.query(`
      CREATE FUNCTION run_out_of_room() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF new.stream LIKE 'big-%' THEN RAISE EXCEPTION 'no space left on device' USING ERRCODE = 'disk_full'; END IF;
        RETURN new;
      END $$;
      CREATE TRIGGER full_disk BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION run_out_of_room()`);
    const big = `big-${aStream()}`;
    const once = { key: 'big', request: 'r', answer: 'a' };
    const [small, full] = await Promise.allSettled([
      appendOne(),
      store.append(appendOf([write(big, 0, happened())], { once })),
    ]);
    expect(small.status).toBe('fulfilled');
    expect(full).toMatchObject({ reason: expect.any(Unavailable) });
    expect(full).toMatchObject({ reason: { code: 'storage-unavailable' } });
    await database.pool.query('DROP TRIGGER full_disk ON events');
    expect(await store.load(big)).toEqual([]);
    const again = await store.append(appendOf([write(big, 0, happened())], { once }));
    expect(again.outcome).toBe('appended');
    await expectGapless();
  });

  test('what fails a batch as a whole is sent again one by one', async () => {
    await database.pool.query(`
      CREATE FUNCTION upsert_moody(rows text[]) RETURNS void LANGUAGE plpgsql AS $$
      BEGIN IF cardinality(rows) > 1 THEN RAISE EXCEPTION 'too many at once'; END IF; END $$`);
    const moody = () => ({ ...write(aStream(), 0, happened()), row: { table: 'moody', text: '{}' } });
    const outcomes = await Promise.all([1, 2, 3].map(() => store.append(appendOf([moody()]))));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['appended', 'appended', 'appended']);
  });
});

describe('what only one may have', () => {
  beforeAll(() =>
    database.pool.query(`
      CREATE TABLE seats (id uuid PRIMARY KEY, seat text UNIQUE);
      CREATE FUNCTION upsert_seats(rows text[]) RETURNS void LANGUAGE sql AS $$
        INSERT INTO seats SELECT gen_random_uuid(), r FROM unnest(rows) AS r $$;
      GRANT INSERT ON seats TO redress_app`),
  );

  const taking = (seat: string) => {
    const append = appendOf([{ ...write(aStream(), 0, happened()), row: { table: 'seats', text: seat } }]);
    return store.append(append);
  };

  test('goes to one of those who want it at once; nobody else in their batch fails', async () => {
    const outcomes = await Promise.allSettled([
      taking('one'),
      appendOne(),
      taking('one'),
      taking('two'),
      appendOne(),
    ]);
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(refused).toEqual([
      { status: 'rejected', reason: expect.objectContaining({ code: 'taken-meanwhile' }) },
    ]);
    expect(outcomes[2]).toBe(refused[0]);
    await expectGapless();
  });

  test('is refused when another process has it', async () => {
    await database.pool.query("INSERT INTO seats VALUES (gen_random_uuid(), 'three')");
    await expect(taking('three')).rejects.toBeInstanceOf(Taken);
    await expectGapless();
  });
});

describe('many who want the same streams at once', () => {
  test('conflict, but never deadlock', async () => {
    const pools = Array.from({ length: 4 }, () => new pg.Pool({ connectionString: database.url, max: 2 }));
    const stores = pools.map((pool) => new EventStore(pool));
    let accepted = 0;
    for (let round = 0; round < 25; round += 1) {
      const streams = Array.from({ length: 6 }, aStream);
      const heads = new Map(streams.map((stream, index) => [stream, index % 2]));
      await store.append(
        appendOf(streams.flatMap((stream) => (heads.get(stream) ? [write(stream, 0, happened())] : []))),
      );
      const pick = (seed: number) =>
        streams.filter((_, index) => (seed * 7 + index * 3) % 4 < 2).toReversed();
      const attempts = stores.flatMap((each, s) =>
        Array.from({ length: 6 }, (_, n) =>
          each.append(
            appendOf(
              pick(s * 6 + n + round).map((stream, index) =>
                index % 3 === 2
                  ? write(stream, heads.get(stream) ?? 0)
                  : write(stream, heads.get(stream) ?? 0, happened()),
              ),
              n % 2 ? { once: { key: `round-${round}-${n}`, request: 'r', answer: String(s) } } : {},
            ),
          ),
        ),
      );
      for (const outcome of await Promise.allSettled(attempts)) {
        if (outcome.status === 'fulfilled') accepted += 1;
        else expect(outcome.reason).toBeInstanceOf(VersionConflict);
      }
    }
    expect(accepted).toBeGreaterThan(25);
    await expectGapless();
    const heads = await database.pool.query(
      `SELECT FROM streams s WHERE version <> (SELECT count(*) FROM events e WHERE e.stream = s.stream)`,
    );
    expect(heads.rowCount).toBe(0);
    const { rows } = await database.pool.query(
      'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
    );
    expect(Number(rows[0].deadlocks)).toBe(0);
    await Promise.all(pools.map((pool) => pool.end()));
  });
});
