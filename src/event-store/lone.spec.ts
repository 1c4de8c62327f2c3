import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { aStream, appendOf, happened, write } from '../../test/support/appends.js';
import { type FreshDatabase, freshDatabase } from '../../test/support/database.js';
import type { Append } from './append.js';
import { commitBatch } from './commit-batch.js';
import type { Occurred } from './event.js';
import { loneOf } from './lone.js';
import { VersionConflict } from './errors.js';

let database: FreshDatabase;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

const first = (stream: string) => appendOf([write(stream, 0, happened())]);

/** Everything stored of a stream but what is its own: name, ids, place and time. */
const stored = async (stream: string) => {
  const { rows } = await database.pool.query(
    `SELECT version, type, schema_version, occurred_on::text, occurred_at, occurred_zone, actor_id, actor_role,
      on_behalf_of, correlation_id, causation_id, data::text,
      (SELECT version FROM streams s WHERE s.stream = e.stream) AS head
     FROM events e WHERE stream = $1 ORDER BY version`,
    [stream],
  );
  return rows;
};

describe('an append of one event to one stream', () => {
  test.each<[string, Occurred]>([
    ['on a day', { date: '2024-02-29' }],
    ['at an instant', { at: '2024-03-01T00:30:00.5+02:00', zone: 'America/New_York' }],
  ])('that happened %s is stored alone as it is in company', async (_, occurred) => {
    const more = {
      actor: { id: 'staff-1', role: 'intake', onBehalfOf: 'party-1' },
      causationId: 'cause-1',
    };
    const twice = async (stream: string, company: () => Append[]) => {
      for (const expected of [0, 1]) {
        const append = appendOf([write(stream, expected, happened('{"a": 1}', occurred))], more);
        const [outcome] = await commitBatch(database.pool, [append, ...company()]);
        expect(outcome).toMatchObject({ outcome: 'appended' });
      }
      return stored(stream);
    };
    const alone = await twice(aStream(), () => []);
    expect(alone).toHaveLength(2);
    expect(alone).toEqual(await twice(aStream(), () => [first(aStream())]));
  });

  test('finds another version of its stream, or none, alone as in company', async () => {
    const taken = aStream();
    await commitBatch(database.pool, [first(taken)]);
    for (const [stream, expected, actual] of [
      [taken, 0, 1],
      [taken, 2, 1],
      [aStream(), 3, 0],
    ] as const) {
      const stale = () => appendOf([write(stream, expected, happened())]);
      const [alone] = await commitBatch(database.pool, [stale()]);
      const [inCompany] = await commitBatch(database.pool, [stale(), first(aStream())]);
      expect(alone).toBeInstanceOf(VersionConflict);
      expect([alone, (alone as VersionConflict).actual]).toEqual([inCompany, actual]);
    }
    expect(await stored(taken)).toHaveLength(1);
  });

  test('goes alone only when it asks for nothing else', () => {
    const [a, b] = [aStream(), aStream()];
    expect(loneOf([first(a)])).toBeDefined();
    expect(loneOf([first(a), first(b)])).toBeUndefined();
    expect(loneOf([appendOf([write(a, 0, happened(), happened())])])).toBeUndefined();
    expect(loneOf([appendOf([write(a, 0, happened()), write(b, 1)])])).toBeUndefined();
    const once = { key: 'k', request: 'r', answer: 'a' };
    expect(loneOf([appendOf([write(a, 0, happened())], { once })])).toBeUndefined();
    const keys = [{ subject: 's', wrapped: Buffer.alloc(1) }];
    expect(loneOf([appendOf([write(a, 0, happened())], { keys })])).toBeUndefined();
  });
});
