import { describe, expect, test } from '@jest/globals';
import { appendOf, happened, write } from '../../test/support/appends.js';
import type { Append } from './append.js';
import { Committer, type CommitterOptions } from './committer.js';
import { VersionConflict } from './errors.js';
import { gathered } from './gathered.js';

const OPTIONS = { lanes: 1, fewAppends: 1, mostAppends: 4, mostText: 1000 };
const appended = { outcome: 'appended', firstPosition: 1, recordedAt: '' } as const;

/** Commits nothing, but keeps the batches, by the streams that each append names. */
const batching = (options = OPTIONS) => {
  const batches: string[][] = [];
  const commit = async (appends: readonly Append[]) => {
    batches.push(appends.map(({ writes }) => writes.map(({ stream }) => stream).join('+')));
    await new Promise((resolve) => setImmediate(resolve));
    return appends.map(({ correlationId }) =>
      correlationId === 'refused' ? new VersionConflict('a', 1, 2) : appended,
    );
  };
  return { committer: new Committer(commit, options), batches };
};

const on = (stream: string, more: Partial<Append> = {}) => appendOf([write(stream, 0, happened())], more);

describe('appends that wait together', () => {
  test('are committed together, up to the size of a batch', async () => {
    const { committer, batches } = batching();
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((stream) => committer.append(on(stream))));
    expect(batches).toEqual([['a', 'b', 'c', 'd'], ['e']]);
  });

  test('are not packed beyond the text that a batch may hold', async () => {
    const { committer, batches } = batching();
    const big = (stream: string) => appendOf([write(stream, 0, happened('x'.repeat(600)))]);
    await Promise.all(['a', 'b', 'c'].map((stream) => committer.append(big(stream))));
    expect(batches).toEqual([['a', 'b'], ['c']]);
  });

  test('and touch the same stream, key or subject go one after the other, and nobody overtakes', async () => {
    const { committer, batches } = batching();
    const once = { key: 'k', request: 'r', answer: 'a' };
    const keys = [{ subject: 's', wrapped: Buffer.alloc(1) }];
    await Promise.all([
      committer.append(on('a')),
      committer.append(appendOf([write('a', 1, happened()), write('b', 0, happened())])),
      committer.append(on('b')),
      committer.append(on('c', { once })),
      committer.append(on('d', { once })),
      committer.append(on('e', { keys })),
      committer.append(on('f', { keys })),
    ]);
    expect(batches).toEqual([['a', 'c', 'e'], ['a+b', 'd', 'f'], ['b']]);
  });

  test('may share a stream that they only assert', async () => {
    const { committer, batches } = batching();
    await Promise.all([
      committer.append(asserting('a')),
      committer.append(asserting('b')),
      committer.append(on('read')),
      committer.append(asserting('c')),
    ]);
    expect(batches).toEqual([['read+a', 'read+b'], ['read'], ['read+c']]);
  });

  test('fail each for itself', async () => {
    const { committer } = batching();
    const outcomes = await Promise.allSettled([
      committer.append(on('a', { correlationId: 'refused' })),
      committer.append(on('b')),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });
});

/** Keeps batches under way until they are told to end. */
const batchesUnderWay = (options: Partial<CommitterOptions>) => {
  const batches: string[][] = [];
  const ends: (() => void)[] = [];
  const commit = async (appends: readonly Append[]) => {
    batches.push(appends.map(({ writes }) => writes.map(({ stream }) => stream).join('+')));
    await new Promise<void>((resolve) => ends.push(resolve));
    return appends.map(() => appended);
  };
  const committer = new Committer(commit, { ...OPTIONS, lanes: 2, ...options });
  const turn = async () => {
    for (let turns = 0; turns < 3; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    batches,
    send: async (...appends: Append[]) => {
      for (const append of appends) void committer.append(append);
      await turn();
    },
    end: async (batch: number) => {
      ends[batch]?.();
      await turn();
    },
  };
};

const asserting = (stream: string) => appendOf([write('read', 1), write(stream, 0, happened())]);

describe('two batches under way', () => {
  test('divide many appends evenly', async () => {
    const { batches, send } = batchesUnderWay({ fewAppends: 2, mostAppends: 10 });
    await send(...['a', 'b', 'c', 'd', 'e', 'f'].map((stream) => on(stream)));
    expect(batches).toEqual([
      ['a', 'b', 'c'],
      ['d', 'e', 'f'],
    ]);
  });

  test('are not made of few appends: these gather while a batch is under way', async () => {
    const { batches, send, end } = batchesUnderWay({ fewAppends: 3 });
    await send(on('a'));
    await send(on('b'), on('c'));
    expect(batches).toEqual([['a']]);
    await end(0);
    expect(batches).toEqual([['a'], ['b', 'c']]);
    await send(on('d'), on('e'), on('f'));
    expect(batches).toEqual([['a'], ['b', 'c'], ['d', 'e', 'f']]);
  });

  test('never write the same stream, key or subject', async () => {
    const once = { key: 'k', request: 'r', answer: 'a' };
    const keys = [{ subject: 's', wrapped: Buffer.alloc(1) }];
    const { batches, send, end } = batchesUnderWay({});
    await send(on('a', { once, keys }));
    await send(on('a'));
    await send(on('b', { once }));
    await send(on('c', { keys }));
    expect(batches).toEqual([['a']]);
    await send(on('d'));
    expect(batches).toEqual([['a'], ['d']]);
    await end(0);
    expect(batches).toEqual([['a'], ['d'], ['a', 'b']]);
    await end(2);
    expect(batches).toEqual([['a'], ['d'], ['a', 'b'], ['c']]);
  });

  test('may both assert a stream, and nobody writes it before both are done', async () => {
    const { batches, send, end } = batchesUnderWay({});
    await send(asserting('a'));
    await send(asserting('b'));
    expect(batches).toEqual([['read+a'], ['read+b']]);
    await send(on('read'));
    await end(0);
    expect(batches.length).toBe(2);
    await end(1);
    expect(batches).toEqual([['read+a'], ['read+b'], ['read']]);
    await send(asserting('c'));
    expect(batches.length).toBe(3);
    await end(2);
    expect(batches.at(-1)).toEqual(['read+c']);
  });
});

describe('questions that wait together', () => {
  test('are asked together, and never answered by what was asked before them', async () => {
    const asked: number[][] = [];
    const answer = gathered(async (questions: readonly number[]) => {
      asked.push([...questions]);
      await new Promise((resolve) => setImmediate(resolve));
      return questions.map((question) => question * 2);
    });
    const first = [answer(1), answer(2)];
    await new Promise((resolve) => setImmediate(resolve));
    const later = answer(3);
    expect(await Promise.all([...first, later])).toEqual([2, 4, 6]);
    expect(asked).toEqual([[1, 2], [3]]);
  });

  test('fail together, and the next ones are asked anew', async () => {
    let working = false;
    const answer = gathered(async (questions: readonly number[]) => {
      if (!working) throw new Error('no answer');
      return questions;
    });
    const outcomes = await Promise.allSettled([answer(1), answer(2)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    working = true;
    expect(await answer(3)).toBe(3);
  });
});
