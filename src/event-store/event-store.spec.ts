import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { aStream, appendOf, happened, write } from '../../test/support/appends.js';
import { type FreshDatabase, freshDatabase } from '../../test/support/database.js';
import { VersionConflict } from './errors.js';
import { EventStore } from './event-store.js';

let database: FreshDatabase;
let store: EventStore;

beforeAll(async () => {
  database = await freshDatabase();
  store = new EventStore(database.pool);
});
afterAll(() => database.drop());

describe('appending', () => {
  test('reads back the exact bytes, the envelope, and both ways to say when', async () => {
    const stream = aStream();
    const text = '{"b": 1.0,  "a":"q\\"uo\\\\te ünï 😀 {x},\\u0000 \\ud800"}';
    const dated = happened(text);
    const timed = happened('{"n":null}', { at: '2024-03-01T00:30:00.5+02:00', zone: 'America/New_York' });
    const appended = await store.append(
      appendOf([write(stream, 0, dated, timed)], {
        actor: { id: 'staff-1', role: 'intake', onBehalfOf: 'party-1' },
        causationId: 'cause-1',
      }),
    );
    const events = await store.load(stream);
    if (appended.outcome !== 'appended') throw new Error('not appended');
    expect(events).toEqual([
      {
        position: appended.firstPosition,
        id: dated.id,
        stream,
        version: 1,
        type: 'Happened',
        schemaVersion: 1,
        on: '2024-02-29',
        occurred: { date: '2024-02-29' },
        recordedAt: appended.recordedAt,
        actor: { id: 'staff-1', role: 'intake', onBehalfOf: 'party-1' },
        correlationId: 'request-1',
        causationId: 'cause-1',
        text,
        data: JSON.parse(text),
      },
      expect.objectContaining({
        position: appended.firstPosition + 1,
        version: 2,
        occurred: { at: '2024-02-29T22:30:00.500000Z', zone: 'America/New_York' },
        text: '{"n":null}',
      }),
    ]);
    expect(appended.recordedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    const { rows } = await database.pool.query(
      'SELECT occurred_on::text FROM events WHERE stream = $1 ORDER BY version',
      [stream],
    );
    expect(rows.map((row) => row.occurred_on)).toEqual(['2024-02-29', '2024-02-29']);
  });

  test('a stream that does not exist loads as empty', async () => {
    expect(await store.load(aStream())).toEqual([]);
  });

  test('a conflict in a batch fails its own caller only', async () => {
    const [taken, other, third] = [aStream(), aStream(), aStream()];
    await store.append(appendOf([write(taken, 0, happened(), happened())]));
    const results = await Promise.allSettled([
      store.append(appendOf([write(other, 0, happened())])),
      store.append(appendOf([write(taken, 1, happened())])),
      store.append(appendOf([write(aStream(), 4, happened())])),
      store.append(appendOf([write(third, 0, happened(), happened())])),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({
      reason: { code: 'version-conflict', stream: taken, expected: 1, actual: 2 },
    });
    expect(results[2]).toMatchObject({ reason: { expected: 4, actual: 0 } });
    expect((await store.load(other)).length).toBe(1);
    expect((await store.load(third)).map(({ version }) => version)).toEqual([1, 2]);
  });

  test('several streams are written together or not at all, and a refused one leaves no head', async () => {
    const [first, second] = [aStream(), aStream()];
    await store.append(appendOf([write(second, 0, happened())]));
    const refused = store.append(
      appendOf([write(first, 0, happened()), write(second, 0, happened())], {
        once: { key: 'refused', request: 'r', answer: 'a' },
      }),
    );
    await expect(refused).rejects.toBeInstanceOf(VersionConflict);
    expect(await store.load(first)).toEqual([]);
    expect(await store.answered('refused')).toBeUndefined();
    const heads = await database.pool.query('SELECT FROM streams WHERE stream = $1', [first]);
    expect(heads.rowCount).toBe(0);
    await store.append(appendOf([write(first, 0, happened()), write(second, 1, happened())]));
    expect((await store.load(second)).length).toBe(2);
  });

  test('a stream that was only read can be asserted unchanged, or still absent', async () => {
    const [read, written, absent] = [aStream(), aStream(), aStream()];
    await store.append(appendOf([write(read, 0, happened())]));
    await Promise.all([
      store.append(appendOf([write(read, 1), write(written, 0, happened())])),
      store.append(appendOf([write(read, 1), write(absent, 0), write(aStream(), 0, happened())])),
      store.append(appendOf([write(absent, 0), write(aStream(), 0, happened())])),
    ]);
    const stale = store.append(appendOf([write(read, 2), write(written, 1, happened())]));
    await expect(stale).rejects.toMatchObject({ stream: read, expected: 2, actual: 1 });
    const gone = store.append(appendOf([write(read, 0), write(written, 1, happened())]));
    await expect(gone).rejects.toMatchObject({ stream: read, expected: 0, actual: 1 });
    await store.append(appendOf([write(absent, 0, happened())]));
    expect((await store.load(written)).length).toBe(1);
  });

  test('an error that is one append’s own, such as an impossible zone, fails that one only', async () => {
    const [good, bad] = [aStream(), aStream()];
    const results = await Promise.allSettled([
      store.append(appendOf([write(good, 0, happened())])),
      store.append(
        appendOf([write(bad, 0, happened('{}', { at: '2024-01-01T00:00:00Z', zone: 'Moon/Base' }))]),
      ),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect((await store.load(good)).length).toBe(1);
    expect(await store.load(bad)).toEqual([]);
  });

  test('a new subject’s key is stored with its stream, and never replaced', async () => {
    const wrapped = Buffer.from([0, 1, 92, 255]);
    await store.append(
      appendOf([write(aStream(), 0, happened())], { keys: [{ subject: 'party-9', wrapped }] }),
    );
    expect(await store.subjectKey('party-9')).toEqual(wrapped);
    expect(await store.subjectKey('party-8')).toBeUndefined();
    const stream = aStream();
    const again = { subject: 'party-9', wrapped: Buffer.from([7]) };
    await expect(store.append(appendOf([write(stream, 0, happened())], { keys: [again] }))).rejects.toThrow();
    expect(await store.load(stream)).toEqual([]);
    expect(await store.subjectKey('party-9')).toEqual(wrapped);
  });
});

describe('repeating under an idempotency key', () => {
  test('repeats the first answer, writes nothing, and wins over a stale version', async () => {
    const stream = aStream();
    const once = { key: 'k-1', request: 'asked', answer: 'answered' };
    await store.append(appendOf([write(stream, 0, happened())], { once }));
    const repeated = await store.append(
      appendOf([write(stream, 0, happened())], { once: { ...once, request: 'asked else', answer: 'no' } }),
    );
    expect(repeated).toEqual({ outcome: 'repeated', request: 'asked', answer: 'answered' });
    expect((await store.load(stream)).length).toBe(1);
    expect(await store.answered('k-1')).toEqual({ request: 'asked', answer: 'answered' });
  });

  test('of many racing, also through several stores, one is recorded', async () => {
    const stores = [store, new EventStore(database.pool), new EventStore(database.pool)];
    for (let round = 0; round < 20; round += 1) {
      const streams = Array.from({ length: 9 }, aStream);
      const results = await Promise.all(
        streams.map((stream, index) =>
          stores[index % 3]!.append(
            appendOf([write(stream, 0, happened())], {
              once: { key: `race-${round}`, request: stream, answer: stream },
            }),
          ),
        ),
      );
      const winners = streams.filter((_, index) => results[index]?.outcome === 'appended');
      expect(winners.length).toBe(1);
      const answers = results.filter((result) => result.outcome === 'repeated').map(({ answer }) => answer);
      expect(answers).toEqual(Array(8).fill(winners[0]));
      const loaded = await Promise.all(streams.map((stream) => store.load(stream)));
      expect(loaded.flat().length).toBe(1);
    }
  });
});

describe('the log', () => {
  test('20 parallel appends to one stream lose none', async () => {
    const stream = aStream();
    const stores = [store, new EventStore(database.pool)];
    async function appendUntilDone(appending: EventStore, text: string): Promise<void> {
      for (;;) {
        const expected = (await appending.load(stream)).length;
        try {
          await appending.append(appendOf([write(stream, expected, happened(text))]));
          return;
        } catch (error) {
          if (!(error instanceof VersionConflict)) throw error;
        }
      }
    }
    await Promise.all(Array.from({ length: 20 }, (_, n) => appendUntilDone(stores[n % 2]!, `{"n":${n}}`)));
    const events = await store.load(stream);
    expect(events.map(({ version }) => version)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    const seen = events.map(({ text }) => (JSON.parse(text) as { n: number }).n).toSorted((a, b) => a - b);
    expect(seen).toEqual(Array.from({ length: 20 }, (_, n) => n));
  });

  test('positions are gapless and recorded instants never go back', async () => {
    const [first] = await store.page(0, 1);
    expect(first?.position).toBe(1);
    const all = await store.page(0, 10_000);
    expect(all.map(({ position }) => position)).toEqual(all.map((_, index) => index + 1));
    const instants = all.map(({ recordedAt }) => recordedAt);
    expect(instants).toEqual(instants.toSorted());
  });

  test('pages by position, and by type', async () => {
    const stream = aStream();
    const typed = { ...happened(), type: 'Rare' };
    const appended = await store.append(appendOf([write(stream, 0, happened(), typed, happened())]));
    if (appended.outcome !== 'appended') throw new Error('not appended');
    const from = appended.firstPosition;
    expect((await store.page(from, 1)).map(({ position }) => position)).toEqual([from + 1]);
    expect((await store.page(0, 10, { types: ['Rare'] })).map(({ id }) => id)).toEqual([typed.id]);
  });
});

describe('history', () => {
  const attempts = [
    "UPDATE events SET data = '{}'",
    'DELETE FROM events',
    'TRUNCATE events',
    "UPDATE events SET data = '{}' WHERE false",
  ];

  test.each(attempts)('is not open to the application: %s', async (sql) => {
    await store.append(appendOf([write(aStream(), 0, happened())]));
    const client = await database.pool.connect();
    try {
      await client.query('BEGIN; SET LOCAL ROLE redress_app');
      await expect(client.query(sql)).rejects.toThrow('permission denied for table events');
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  });

  test.each(attempts)(
    'is not open to the owner either, nor to a superuser who switches triggers off: %s',
    async (sql) => {
      await expect(database.pool.query(sql)).rejects.toThrow('events are immutable');
      const client = await database.pool.connect();
      try {
        await client.query("BEGIN; SET LOCAL session_replication_role = 'replica'");
        await expect(client.query(sql)).rejects.toThrow('events are immutable');
      } finally {
        await client.query('ROLLBACK');
        client.release();
      }
    },
  );
});
