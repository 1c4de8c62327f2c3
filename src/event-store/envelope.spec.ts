import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { appendOf } from '../../test/support/appends.js';
import { type FreshDatabase, freshDatabase } from '../../test/support/database.js';
import { canonicalText, envelopeOf } from '../audit/log/canonical.js';
import type { Recorded } from './event.js';
import { EventStore } from './event-store.js';

// docs/adr/0001-canonical-envelope.md. Whoever hashes events must agree with these vectors for as long as any hash is kept.

interface Vector {
  readonly event: Omit<Recorded, 'data'>;
  readonly line: string;
  readonly bytes: number;
  readonly sha256: string;
}

const file = new URL('../../docs/adr/0001-vectors.json', import.meta.url);
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vector[];

const expectVector = (event: Vector['event'], { line, bytes, sha256 }: Vector): void => {
  const canonical = Buffer.from(canonicalText(event), 'utf8');
  expect(JSON.stringify(envelopeOf(event))).toBe(line);
  expect(canonical.length).toBe(bytes);
  expect(createHash('sha256').update(canonical).digest('hex')).toBe(sha256);
};

describe('the canonical bytes of an event', () => {
  let database: FreshDatabase;
  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterAll(() => database.drop());

  test.each(vectors)('are those of the vector: $event.type', (vector) => {
    expectVector(vector.event, vector);
  });

  test('are the same once an event was recorded and read back, but for its position and instant', async () => {
    const store = new EventStore(database.pool);
    for (const vector of vectors) {
      const { event } = vector;
      const { stream, correlationId, causationId, actor } = event;
      await store.append(
        appendOf([{ stream, expected: 0, events: [event] }], {
          actor,
          correlationId,
          ...(causationId === null ? {} : { causationId }),
        }),
      );
      const [read] = await store.load(stream);
      if (!read) throw new Error('nothing was recorded');
      const { position, recordedAt } = event;
      expectVector({ ...read, position, recordedAt }, vector);
    }
  });
});
