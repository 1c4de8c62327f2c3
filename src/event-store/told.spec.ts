import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { aStream, appendOf, happened, write } from '../../test/support/appends.js';
import { type FreshDatabase, freshDatabase } from '../../test/support/database.js';
import { event } from './catalogue.js';
import { EventStore } from './event-store.js';
import { RecentStreams, type Teller } from './told.js';

type Happened = { readonly type: 'Happened'; readonly data: { readonly n: number } };

const counting: Teller<readonly number[], Happened> = {
  catalogue: { Happened: event(z.object({ n: z.int() })) },
  initial: [],
  evolve: (told, { data }) => [...told, data.n],
};

const told = (n: number) => happened(JSON.stringify({ n }));

/** The log, and from which versions it was asked. */
class Asked {
  readonly from: number[] = [];

  constructor(readonly log: Pick<EventStore, 'load'>) {}

  load(stream: string, from = 1) {
    this.from.push(from);
    return this.log.load(stream, from);
  }
}

let database: FreshDatabase;
let store: EventStore;

beforeAll(async () => {
  database = await freshDatabase();
  store = new EventStore(database.pool);
});
afterAll(() => database.drop());

test('what was read once is not read again, and what came later is', async () => {
  const stream = aStream();
  const asked = new Asked(store);
  const recent = new RecentStreams(asked, 1_000_000);
  expect((await recent.told(counting, stream)).version).toBe(0);
  await store.append(appendOf([write(stream, 0, told(1), told(2))]));
  const first = await recent.told(counting, stream);
  const same = await recent.told(counting, stream);
  await store.append(appendOf([write(stream, 2, told(3))]));
  const later = await recent.told(counting, stream);
  expect([first, same, later].map(({ state }) => state)).toEqual([
    [1, 2],
    [1, 2],
    [1, 2, 3],
  ]);
  expect(later.history.map((entry) => (entry as unknown as { version: number }).version)).toEqual([1, 2, 3]);
  expect(later.version).toBe(3);
  expect(asked.from).toEqual([1, 1, 2, 2]);
});

test('when the last known entry is not in the log, the stream is read from the beginning', async () => {
  const stream = aStream();
  const [lost, other] = [aStream(), aStream()];
  await store.append(appendOf([write(lost, 0, told(1), told(2))]));
  await store.append(appendOf([write(other, 0, told(7), told(8), told(9))]));
  let stands = lost;
  const recent = new RecentStreams({ load: (_, from) => store.load(stands, from) }, 1_000_000);
  expect((await recent.told(counting, stream)).state).toEqual([1, 2]);
  stands = other;
  expect((await recent.told(counting, stream)).state).toEqual([7, 8, 9]);
  stands = aStream();
  expect(await recent.told(counting, stream)).toEqual({ stream, version: 0, state: [], history: [] });
});

test('what was not read for the longest time makes room', async () => {
  const streams = [aStream(), aStream(), aStream()];
  for (const stream of streams) await store.append(appendOf([write(stream, 0, told(1), told(2))]));
  const asked = new Asked(store);
  const roomForTwo = new RecentStreams(asked, 5_000);
  for (const turn of [0, 1, 2, 2, 0, 2, 1]) await roomForTwo.told(counting, streams[turn] ?? '');
  expect(asked.from).toEqual([1, 1, 1, 2, 1, 2, 1]);
});

test('two who read one stream at once, each from where they know it, get the same', async () => {
  const stream = aStream();
  await store.append(appendOf([write(stream, 0, told(1), told(2))]));
  const [whole, last, none] = await Promise.all([
    store.load(stream),
    store.load(stream, 2),
    store.load(stream, 3),
  ]);
  expect([whole, last, none].map((events) => events.map(({ version }) => version))).toEqual([
    [1, 2],
    [2],
    [],
  ]);
});
