import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { definitionOf, event, upcast } from './catalogue.js';
import { correctEntry, EntryCorrected, personalIn } from './correction.js';
import { RuleBroken } from './errors.js';
import type { Entry } from './event.js';
import { corrected } from './fold.js';
import { MasterKeys } from './master-keys.js';
import { day, personal } from './schema.js';
import { BornKeys, ERASED, Sealing, UNREADABLE } from './sealing.js';

// How event data is described, lifted to its latest schema, corrected and sealed.

const catalogue = {
  Told: event(
    z.object({
      on: day,
      text: personal('case'),
      people: z.array(z.object({ name: personal('case').optional(), part: z.string() })),
    }),
    (old) => ({ ...old, people: [] }),
    (old) => ({ ...old, on: old['day'] }),
  ),
  EntryCorrected,
};

const entry = (id: string, type: string, data: object): Entry => ({
  id,
  type,
  data,
  occurred: { date: '2026-03-02' },
  on: '2026-03-02',
  actor: { id: 'staff-1', role: 'intake' },
});

const first = '00000000-0000-7000-8000-000000000001';
const told = entry(first, 'Told', {
  on: '2026-03-01',
  text: 'a',
  people: [{ name: 'Ada', part: 'witness' }],
});

describe('a stored event', () => {
  test('of an older schema reads as the latest, step by step; the newest is left alone', () => {
    expect(definitionOf(catalogue, 'Told').version).toBe(3);
    expect(upcast(catalogue, 'Told', 1, { day: '2026-03-01' })).toMatchObject({
      on: '2026-03-01',
      people: [],
    });
    expect(upcast(catalogue, 'Told', 2, { day: '2026-03-01', people: [1] })).toMatchObject({ people: [1] });
    const latest = { on: '2026-03-01' };
    expect(upcast(catalogue, 'Told', 3, latest)).toBe(latest);
  });

  test('of a type that nobody knows is an error, also under a name that every object has', () => {
    expect(() => definitionOf(catalogue, 'Untold')).toThrow('No schema is known');
    expect(() => definitionOf(catalogue, 'constructor')).toThrow('No schema is known');
  });

  test('says where it holds personal text, also inside lists and optional fields', () => {
    expect(definitionOf(catalogue, 'Told').personal).toEqual([
      { path: ['text'], about: 'case' },
      { path: ['people', '*', 'name'], about: 'case' },
    ]);
  });
});

describe('a correction', () => {
  const basis = { reason: 'misread', basis: 'the letter' };
  const correct = (path: string[], value: z.core.util.JSONType, eventId = first, history = [told]) =>
    correctEntry(catalogue, { eventId, path, new: value, ...basis }, history);

  test('states the old and the new, and the history reads as corrected while the entry stays', () => {
    const correction = correct(['people', '0', 'part'], 'companion');
    expect(correction.data).toEqual({
      eventId: first,
      path: ['people', '0', 'part'],
      old: 'witness',
      new: 'companion',
      ...basis,
    });
    const [now] = corrected([told, entry('2', 'EntryCorrected', correction.data)]);
    expect(now?.data).toMatchObject({ people: [{ name: 'Ada', part: 'companion' }], text: 'a' });
    expect(told.data).toMatchObject({ people: [{ part: 'witness' }] });
  });

  test('of a correction already made goes by what is now known; the last one counts', () => {
    const history = [told, entry('2', 'EntryCorrected', correct(['on'], '2026-02-01').data)];
    const second = correct(['on'], '2026-02-02', first, history);
    expect(second.data.old).toBe('2026-02-01');
    const [now] = corrected([...history, entry('3', 'EntryCorrected', second.data)]);
    expect(now?.data).toMatchObject({ on: '2026-02-02' });
  });

  test.each([
    ['unknown-entry', ['on'], '2026-01-01', '00000000-0000-7000-8000-000000000009'],
    ['unknown-field', ['colour'], 'red', first],
    ['unknown-field', ['people', 'first', 'part'], 'x', first],
    ['unknown-field', ['constructor'], 'x', first],
    ['wrong-value', ['on'], '2019-02-30', first],
    ['wrong-value', ['people', '0', 'part'], 3, first],
    ['unknown-field', ['people', '0'], { part: 'x' }, first],
    ['nothing-to-correct', ['on'], '2026-03-01', first],
  ])('is refused as %s', (code, path, value, eventId) => {
    expect(() => correct(path, value, eventId)).toThrow(expect.objectContaining({ code }));
    expect(() => correct(path, value, eventId)).toThrow(RuleBroken);
  });

  test('holds personal text where the entry that it corrects does', () => {
    const paths = (path: string[]) =>
      personalIn(catalogue, { type: 'EntryCorrected', data: { eventId: first, path } }, [told]).map((at) =>
        at.path.join('.'),
      );
    expect(paths(['text'])).toEqual(['reason', 'basis', 'backdatingReason', 'new']);
    expect(paths(['people', '0', 'name'])).toEqual(['reason', 'basis', 'backdatingReason', 'new']);
    expect(paths(['on'])).toEqual(['reason', 'basis', 'backdatingReason']);
  });
});

describe('personal text', () => {
  const keys = new Map<string, Buffer>();
  const table = { subjectKey: (subject: string) => Promise.resolve(keys.get(subject)) };
  const sealing = new Sealing(new MasterKeys([randomBytes(32)]), table);
  const paths = definitionOf(catalogue, 'Told').personal;

  const sealed = async (subject: string, data: object): Promise<object> => {
    const born = new BornKeys();
    const key = await sealing.keyFor(subject, true, born);
    for (const { wrapped } of born.stored) keys.set(subject, wrapped);
    return sealing.seal(data, paths, key);
  };

  test('is ciphertext at rest and opens to what it was', async () => {
    const data = {
      on: '2026-03-01',
      text: 'ünï 😀',
      people: [{ name: 'Ada', part: 'witness' }, { part: 'none' }],
    };
    const closed = await sealed('case:1', data);
    expect(JSON.stringify(closed)).not.toMatch(/ünï|Ada/);
    expect(closed).toMatchObject({ on: '2026-03-01', people: [{ part: 'witness' }, { part: 'none' }] });
    expect(await sealing.open({ some: [closed] })).toEqual({ some: [data] });
  });

  test('is never sealed twice, and two seals of one text differ', async () => {
    const closed = await sealed('case:2', { text: 'a' });
    const key = await sealing.keyFor('case:2', false, new BornKeys());
    expect(sealing.seal(closed, paths, key)).toEqual(closed);
    expect(sealing.seal({ text: 'a' }, paths, key)).not.toEqual(closed);
  });

  test('does not open under another master key, another subject or when it was tampered with', async () => {
    const closed = (await sealed('case:3', { text: 'a secret of some length' })) as { text: string };
    await expect(new Sealing(new MasterKeys([randomBytes(32)]), table).open(closed)).rejects.toThrow();
    await sealed('case:4', { text: 'b' });
    expect(await sealing.open(closed.text.replace('case:3', 'case:4'))).toBe(UNREADABLE);
    const flipped = `${closed.text.slice(0, -4)}${closed.text.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`;
    expect(await sealing.open(flipped)).toBe(UNREADABLE);
  });

  test('reads as erased once its key is destroyed, and nothing can be added', async () => {
    const closed = await sealed('case:5', { text: 'a', on: '2026-03-01' });
    keys.delete('case:5');
    expect(await sealing.open(closed)).toEqual({ text: ERASED, on: '2026-03-01' });
    await expect(sealing.keyFor('case:5', false, new BornKeys())).rejects.toMatchObject({
      code: 'personal-data-erased',
    });
  });
});
