import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { day, id, occurred, text } from '../event-store/schema.js';
import { pageRequest } from './page.js';
import { reading, sentenceOf } from './reading.js';

const said = (schema: z.ZodType, value: unknown): string => {
  const read = reading(schema, value);
  return read.ok ? 'fine' : sentenceOf(read.faults);
};

const complaint = z.strictObject({
  receivedOn: day,
  channel: z.enum(['letter', 'email']),
  summary: text(20),
  members: z
    .array(z.strictObject({ id, chair: z.boolean() }))
    .min(1)
    .max(3)
    .optional(),
  days: z.int().min(1).max(5).optional(),
  note: z.string().min(2).max(4).nullable().optional(),
  words: z.record(z.string().min(2), z.enum(['open', 'closed'])).optional(),
});
const good = { receivedOn: '2026-02-27', channel: 'letter', summary: 'Shouted at.' };

describe('a fault is told', () => {
  it.each([
    [
      'when a text is missing',
      { summary: undefined },
      'summary: This is missing. Give a text of at most 20 characters.',
    ],
    [
      'when a day is missing',
      { receivedOn: undefined },
      'receivedOn: This is missing. Give a real day as YYYY-MM-DD.',
    ],
    ['once for one bad day', { receivedOn: 'soon' }, 'receivedOn: Give a real day as YYYY-MM-DD.'],
    ['with the words that are known', { channel: 'fax' }, 'channel: Give letter or email.'],
    ['when a word is missing', { channel: undefined }, 'channel: This is missing. Give letter or email.'],
    [
      'with what was given instead',
      { summary: 5 },
      'summary: Give a text of at most 20 characters, not a number.',
    ],
    ['of null', { summary: null }, 'summary: Give a text of at most 20 characters, not null.'],
    ['with both bounds of a number', { days: 9 }, 'days: Give a whole number, 1 to 5.'],
    ['of a number that is not whole', { days: 1.5 }, 'days: Give a whole number, 1 to 5.'],
    ['of a text that is too short', { note: 'a' }, 'note: Give a text of 2 to 4 characters.'],
    ['of an empty list', { members: [] }, 'members: Give a list of 1 to 3.'],
    [
      'by its place in a list',
      { members: [{ id: 'x', chair: 'yes' }] },
      'members.0.id: Give an id as Redress returned it. members.0.chair: Give true or false, not a text.',
    ],
    ['of a name in a table', { words: { a: 'open' } }, 'words.a: Give a text of at least 2 characters.'],
    [
      'of an unknown field, with those that are known',
      { colour: 'red' },
      'colour: There is no such field here. Known are receivedOn, channel, summary, members, days, note, words.',
    ],
    [
      'of a field whose name is no word, in quotes',
      { ' ': 1 },
      '" ": There is no such field here. Known are receivedOn, channel, summary, members, days, note, words.',
    ],
    [
      'of a misspelt field first',
      { summary: undefined, sumary: 'x' },
      'sumary: There is no such field here. Known are receivedOn, channel, summary, members, days, note, words. ' +
        'summary: This is missing. Give a text of at most 20 characters.',
    ],
  ])('%s', (_, change, sentence) => expect(said(complaint, { ...good, ...change })).toBe(sentence));

  it.each([
    [{ date: '2019-02-30' }, 'date: Give a real day as YYYY-MM-DD.'],
    [
      { at: '2026-03-01T10:00:00Z', zone: 'Mars/Base' },
      'zone: Give an IANA time zone such as Europe/London.',
    ],
    ['today', 'Give an object with date or an object with at, zone.'],
  ])('of the shape that was most likely meant: %j', (value, sentence) =>
    expect(said(occurred, value)).toBe(sentence),
  );

  it.each([
    [{ first: '9999' }, 'first: Give a whole number, 1 to 200.'],
    [{ first: 'ten' }, 'first: Give a whole number, 1 to 200.'],
    [{ first: ['1', '2'] }, 'first: Give a whole number, 1 to 200.'],
    [{ page: '2' }, 'page: There is no such field here. Known are first, after.'],
  ])('of a query: %j', (value, sentence) => expect(said(pageRequest, value)).toBe(sentence));

  it('of a whole that is something else', () =>
    expect(said(complaint, [good])).toBe('Give an object with receivedOn, channel, summary, not a list.'));

  it('of a kind that stands for no shape', () =>
    expect(
      said(
        z.strictObject({
          by: z.discriminatedUnion('kind', [
            z.object({ kind: z.literal('a') }),
            z.object({ kind: z.literal('b') }),
          ]),
        }),
        {
          by: { kind: 'c' },
        },
      ),
    ).toBe('by.kind: Give a or b.'));
});
