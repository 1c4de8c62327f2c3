import { performance } from 'node:perf_hooks';
import { Temporal } from 'temporal-polyfill';
import { calendarNamed } from '../src/clocks/calendar.js';
import { dateOf, epochDay } from '../src/clocks/days.js';
import { dueOn, reckon, type Clock } from '../src/clocks/deadline.js';
import { deadlineRule } from '../src/clocks/deadline-rule.js';
import { interleaved, printFigure } from './support/figures.js';

// Due dates per second on one core, against the same arithmetic on Temporal objects and without running numbers.

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 7);
const CASES = Number(process.env['BENCH_CASES'] ?? 50_000);
const TODAY = '2026-06-01';

const england = calendarNamed('GB-ENG');
const plain = {
  key: 'respond',
  startEvent: 'ComplaintReceived',
  unit: 'working-days',
  count: 20,
  dayZeroRule: 'exclude',
  nonWorkingReceiptRule: 'as-is',
  rollRule: 'none',
  pausable: true,
  extension: null,
  stopEvents: ['ComplaintClosed'],
};
const rules = {
  'twenty working days': deadlineRule.parse(plain),
  'eight weeks': deadlineRule.parse({ ...plain, unit: 'weeks', count: 8, rollRule: 'next-working-day' }),
  'three months': deadlineRule.parse({ ...plain, unit: 'months', count: 3 }),
};

const first = epochDay('2016-01-01');
const starts = Array.from({ length: CASES }, (_, index) => dateOf(first + ((index * 37) % 3650)));
const clocks = starts.map((startedOn): Clock => ({ startedOn, pauses: [], extensions: [] }));
const paused = starts.map((startedOn): Clock => {
  const from = dateOf(epochDay(startedOn) + 5);
  return { startedOn, pauses: [{ from, to: dateOf(epochDay(from) + 7) }], extensions: [] };
});

/** Due dates per second of one pass over all cases. */
const perSecond = (one: (index: number) => string) => (): Promise<number> => {
  const begun = performance.now();
  let last = '';
  for (let index = 0; index < CASES; index += 1) last = one(index);
  if (last === '') throw new Error('Nothing was reckoned.');
  return Promise.resolve((CASES / (performance.now() - begun)) * 1000);
};

const ours = (rule: (typeof rules)['eight weeks'], of: readonly Clock[]) =>
  perSecond((index) => dueOn(rule, of[index] as Clock, england, TODAY));

/** Day by day on Temporal objects, as it is mostly written. */
const stepping = perSecond((index) => {
  let day = Temporal.PlainDate.from(starts[index] ?? '');
  for (let left = 20; left > 0;) {
    day = day.add({ days: 1 });
    if (england.isWorkingDay(epochDay(day.toString()))) left -= 1;
  }
  return day.toString();
});

/** Day by day on epoch days: without running numbers. */
const counting = perSecond((index) => {
  let day = epochDay(starts[index] ?? '');
  for (let left = 20; left > 0;) {
    day += 1;
    if (england.isWorkingDay(day)) left -= 1;
  }
  return dateOf(day);
});

/** The same sum on Temporal objects instead of epoch days. */
const adding = (duration: Temporal.DurationLike) =>
  perSecond((index) =>
    Temporal.PlainDate.from(starts[index] ?? '')
      .add(duration)
      .toString(),
  );

const { 'twenty working days': working, 'eight weeks': weeks, 'three months': months } = rules;
const compare = async (name: string, one: () => Promise<number>, other: () => Promise<number>) => {
  await one();
  await other();
  printFigure(name, await interleaved(ROUNDS, one, other));
};

await compare('due dates, 20 working days / day by day', ours(working, clocks), counting);
await compare('due dates, 20 working days / Temporal by day', ours(working, clocks), stepping);
await compare('due dates, 8 weeks, rolled / Temporal', ours(weeks, clocks), adding({ weeks: 8 }));
await compare('due dates, 3 months / Temporal', ours(months, clocks), adding({ months: 3 }));
await compare('due dates, with a pause / without', ours(working, paused), ours(working, clocks));
await compare(
  'due dates, explained / plain',
  perSecond(
    (index) =>
      reckon(working, clocks[index] as Clock, { calendar: england, zone: 'Europe/London' }, TODAY).dueOn,
  ),
  ours(working, clocks),
);
