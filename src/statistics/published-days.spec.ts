import { describe, expect, it } from '@jest/globals';
import { checkRelease, type OnRecord } from './published-days.js';

const whole = { from: '2025-01-01', to: '2025-12-31', period: 'quarter', threshold: 5 } as const;
const today = '2026-03-02';
const one: OnRecord = { id: 'one', question: whole };

const check = (
  question: Partial<OnRecord['question']>,
  { replaces, releases = [] }: { replaces?: string; releases?: readonly OnRecord[] } = {},
) => checkRelease({ ...whole, ...question }, replaces, { today, releases });

const refused = (code: string) => expect.objectContaining({ code });

describe('a release', () => {
  it.each([
    ['a quarter cut at its beginning', { from: '2025-01-02' }, 'periods-cut'],
    ['a quarter cut at its end', { to: '2025-12-30' }, 'periods-cut'],
    ['quarters called a year', { from: '2025-04-01', period: 'year' }, 'periods-cut'],
    ['a period that is not over', { to: '2026-03-31' }, 'period-not-over'],
  ] as const)('of %s is refused', (_, question, code) =>
    expect(() => check(question)).toThrow(refused(code)),
  );

  it('is of whole periods that are over', () => {
    expect(() => check({})).not.toThrow();
    expect(() => check({ from: '2025-02-01', to: '2026-02-28', period: 'month' })).not.toThrow();
  });

  it.each([
    ['in months', { period: 'month' }],
    ['of a part of its days', { from: '2025-10-01' }],
    ['of more days', { from: '2024-01-01' }],
    ['of one register', { source: 'council' }],
    ['in the same words', {}],
  ] as const)('is not repeated %s, for the two could be subtracted', (_, question) =>
    expect(() => check(question, { releases: [one] })).toThrow(refused('already-published')),
  );

  it('stands beside those of other days and of other registers', () => {
    expect(() => check({ from: '2024-01-01', to: '2024-12-31' }, { releases: [one] })).not.toThrow();
    const council = { id: 'council', question: { ...whole, source: 'council' } };
    expect(() => check({ source: 'police' }, { releases: [council] })).not.toThrow();
    expect(() => check({}, { releases: [council] })).toThrow(refused('already-published'));
  });

  it('is corrected by one that asks the same question and says which it replaces', () => {
    expect(() => check({}, { releases: [one], replaces: 'one' })).not.toThrow();
    expect(() => check({ period: 'month' }, { releases: [one], replaces: 'one' })).toThrow(
      refused('another-question'),
    );
    expect(() => check({}, { releases: [one], replaces: 'none' })).toThrow(refused('not-found'));
    const two = { id: 'two', question: whole, replaces: 'one' };
    expect(() => check({}, { releases: [one, two], replaces: 'one' })).toThrow(refused('not-found'));
    expect(() => check({}, { releases: [one, two], replaces: 'two' })).not.toThrow();
  });
});
