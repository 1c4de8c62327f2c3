import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addressOf, opened, sealed } from './sealed-bytes.js';

const key = Buffer.alloc(32, 1);
const PIECE = 64 * 1024;

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const all = async (bytes: AsyncIterable<Buffer>): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
};

describe('bytes at rest', () => {
  it('come back as they were, whatever their length and however they arrive', () =>
    fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.nat({ max: 200 }),
          fc.constantFrom(PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 7),
        ),
        fc.constantFrom(1000, 16_384, PIECE, 100_000),
        async (length, size) => {
          const plain = randomBytes(length);
          const stored = await all(sealed(inChunks(plain, size), key));
          expect((await all(opened(inChunks(stored, size + 1), key))).equals(plain)).toBe(true);
        },
      ),
      { numRuns: 60 },
    ));

  const stored = async (length: number) => all(sealed(inChunks(randomBytes(length), 5000), key));
  const reading = (bytes: Buffer, by = key) => all(opened(inChunks(bytes, 5000), by));

  it.each([0, 3, 10, 20, 30, 70_000, 131_000])('betray a changed byte at %i', async (at) => {
    const bytes = await stored(2 * PIECE);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    await expect(reading(bytes)).rejects.toThrow();
  });

  it('betray a missing, an added and an exchanged piece', async () => {
    const bytes = await stored(2 * PIECE + 5);
    const piece = PIECE + 16;
    const [head, first, second] = [
      bytes.subarray(0, 20),
      bytes.subarray(20, 20 + piece),
      bytes.subarray(20 + piece),
    ];
    await expect(reading(Buffer.concat([head, first]))).rejects.toThrow();
    await expect(reading(Buffer.concat([head, second]))).rejects.toThrow();
    await expect(reading(Buffer.concat([bytes, first]))).rejects.toThrow();
    await expect(
      reading(Buffer.concat([head, second.subarray(0, piece), first, second.subarray(piece)])),
    ).rejects.toThrow();
    await expect(reading(head)).rejects.toThrow();
    await expect(reading(Buffer.alloc(0))).rejects.toThrow();
  });

  it('are let go of by whoever stops reading, and where they are none', async () => {
    const bytes = await stored(2 * PIECE);
    for (const given of [bytes, Buffer.alloc(PIECE)]) {
      let letGo = false;
      const source = async function* () {
        try {
          yield* inChunks(given, 100);
        } finally {
          letGo = true;
        }
      };
      const reader = opened(source(), key);
      await reader.next().catch(() => {});
      await reader.return(undefined);
      expect(letGo).toBe(true);
    }
  });

  it('are closed to another case', async () => {
    await expect(reading(await stored(100), Buffer.alloc(32, 2))).rejects.toThrow();
  });

  it('lie at another address in another case', () => {
    const hash = 'a'.repeat(64);
    expect(addressOf(key, hash)).toBe(addressOf(key, hash));
    expect(addressOf(key, hash)).not.toBe(addressOf(Buffer.alloc(32, 2), hash));
    expect(addressOf(key, hash)).toMatch(/^[0-9a-f]{64}$/);
  });
});
