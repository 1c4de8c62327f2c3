import { describe, expect, it } from '@jest/globals';
import { anId } from '../../test/support/given.js';
import { deliveryJob, inPages, lettersOf } from './delivery.jobs.js';

const keys = Array.from({ length: 1_000 }, (_, at) => ({
  caseId: anId(at),
  deadline: 'resolve',
  dueOn: '2026-03-02',
  step: 'due-today',
  recipient: 'ann@example.org',
}));
const idsOf = (some: typeof keys): string[] =>
  inPages(some).pages.map((page) => deliveryJob({ keys: page }, 0).opts.jobId);

describe('the pages in which reminders are queued', () => {
  it('hold each of them once, in order, about thirty', () => {
    const { pages, rest } = inPages(keys);
    expect([...pages, rest].flat()).toEqual(keys);
    expect(pages.length).toBeGreaterThan(20);
    expect(pages.length).toBeLessThan(50);
  });

  it('are the same in the next sweep, but for the one out of which some were told', () => {
    const ids = idsOf(keys);
    expect(idsOf(keys)).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    const [first = []] = inPages(keys).pages;
    const untouched = ids.slice(2);
    expect(idsOf(keys.slice(first.length + 1)).slice(-untouched.length)).toEqual(untouched);
  });

  it('have an end where no reminder says so', () => {
    const [key] = inPages(keys).rest;
    const same = Array.from({ length: 300 }, () => key ?? keys[0]!);
    expect(inPages(same).pages.map(({ length }) => length)).toEqual([128, 128]);
  });
});

it('a job that is queued again has another id, and a digest is one letter', () => {
  const digest = { recipient: 'ann@example.org', day: '2026-03-02', keys };
  const ids = [0, 1].map((again) => deliveryJob(digest, 0, { again }).opts.jobId);
  expect(new Set(ids).size).toBe(2);
  expect([lettersOf(digest).length, lettersOf({ keys }).length]).toEqual([1, 1_000]);
});
