import { z } from 'zod';
import { event, type EventOf } from '../event-store/catalogue.js';
import { actsOn, evolveWith, type Circumstances, type Decider } from '../event-store/decider.js';
import { RuleBroken } from '../event-store/errors.js';
import { day, word } from '../event-store/schema.js';
import { idleYear, refuseIdleCalendars } from './beyond-reason.js';
import {
  calendarName,
  calendarWithout,
  unknownCalendar,
  WEEKDAYS,
  type WorkingCalendar,
} from './calendar.js';
import { dateOf, epochDay, weekdayOf, yearOf } from './days.js';
import { daysOffOf, type DaysOff } from './holidays.js';
import { backdatingReason } from './policy.js';
import type { PolicySet } from './policy-set.js';

/** The revisions of one working calendar. Each says the whole of it: what it adds to and takes from the days off of its base. */

const MOST_DAYS = 5_000;
const dayOff = z.object({ date: day, name: word });
const weekend = z.array(z.int().min(1).max(7)).max(6);

export const calendarEvents = {
  CalendarRevised: event(
    z.object({
      revision: z.int().min(1),
      base: calendarName.nullable(),
      weekend: weekend.optional(),
      added: z.array(dayOff),
      removed: z.array(day),
      source: word,
      reasons: word,
      backdatingReason,
    }),
  ),
};

export type CalendarEvent = EventOf<typeof calendarEvents>;
export type Revision = Readonly<CalendarEvent['data']>;

export type CalendarState =
  { readonly phase: 'absent' } | { readonly phase: 'open'; readonly revisions: readonly Revision[] };

type Days = Pick<Revision, 'base' | 'weekend' | 'added' | 'removed'>;

const NO_DAYS: DaysOff = { weekend: [], holidaysIn: () => [] };

/** The days off that a revision begins with. Errors: RuleBroken `unknown-calendar`. */
const baseOf = (base: string | null): DaysOff => {
  if (base === null) return NO_DAYS;
  const shipped = base === 'weekdays' ? WEEKDAYS : daysOffOf(base);
  if (shipped === null) throw unknownCalendar(base);
  return shipped;
};

const daysOffIn = ({ base, weekend: off, added, removed }: Days): DaysOff => {
  const shipped = baseOf(base);
  const working = new Set(removed.map(epochDay));
  const byYear = new Map<number, number[]>();
  for (const at of added.map(({ date }) => epochDay(date)))
    byYear.set(yearOf(at), [...(byYear.get(yearOf(at)) ?? []), at]);
  return {
    weekend: off ?? shipped.weekend,
    holidaysIn: (year) => [
      ...shipped.holidaysIn(year).filter((at) => !working.has(at)),
      ...(byYear.get(year) ?? []),
    ],
  };
};

/** The working calendar that a revision makes of its base. */
export const calendarOf = (name: string, revision: Revision): WorkingCalendar =>
  calendarWithout(`${name}@${revision.revision}`, daysOffIn(revision));

const isShipped = (name: string): boolean => name === 'weekdays' || daysOffOf(name) !== null;

/** What a calendar is before anybody revises it: the shipped one of its name, or weekdays. */
const asShipped = (name: string): Days => ({
  base: isShipped(name) ? name : 'weekdays',
  added: [],
  removed: [],
});

const wholeYear = z.int().min(1900).max(2199);

export const calendarWish = z.strictObject({
  base: calendarName
    .nullable()
    .optional()
    .describe(
      'The shipped calendar that it begins with: weekdays, a region code, or null for every day of the week.',
    ),
  weekend: weekend
    .optional()
    .describe('The weekdays off, 1 Monday to 7 Sunday; those of the base, when absent.'),
  add: z.array(dayOff).max(MOST_DAYS).default([]).describe('Days off: a holiday, a closure.'),
  remove: z.array(day).max(MOST_DAYS).default([]).describe('Days that are no holiday after all.'),
  complete: z
    .strictObject({ from: wholeYear, to: wholeYear })
    .optional()
    .describe('Of these years, the days in `add` are all there are: any other holiday in them goes.'),
  source: word.describe('Where the days come from.'),
  reasons: word.describe('Why it is revised.'),
});

type Wish = z.output<typeof calendarWish>;

const isWithin = (date: string, years: Wish['complete']): boolean =>
  years !== undefined && date >= `${years.from}-01-01` && date <= `${years.to}-12-31`;

const inYears = ({ holidaysIn }: Pick<DaysOff, 'holidaysIn'>, years: Wish['complete']): string[] => {
  if (!years) return [];
  const all = Array.from({ length: Math.max(0, years.to - years.from + 1) }, (_, n) =>
    holidaysIn(years.from + n),
  );
  return all.flat().map(dateOf);
};

const byDate = (one: { date: string }, other: { date: string }): number => (one.date < other.date ? -1 : 1);

/** The calendar as wished: what the base has off already need not be added, and only that can be taken away. */
const revised = (before: Days, wish: Wish): Days => {
  const base = wish.base === undefined ? before.base : wish.base;
  const off = wish.weekend ?? before.weekend;
  const shipped = baseOf(base);
  const isHoliday = (date: string): boolean =>
    shipped.holidaysIn(Number(date.slice(0, 4))).some((at) => dateOf(at) === date);
  const wished = new Map(wish.add.map((added) => [added.date, added]));
  const gone = new Set(wish.remove);
  const stays = (date: string): boolean =>
    !gone.has(date) && !wished.has(date) && !isWithin(date, wish.complete);
  const kept = before.added.filter(({ date }) => stays(date));
  const isWeekend = (date: string): boolean => (off ?? shipped.weekend).includes(weekdayOf(epochDay(date)));
  const removed = new Set([
    ...before.removed.filter((date) => stays(date) || gone.has(date)),
    ...wish.remove.filter(isHoliday),
    ...inYears({ holidaysIn: (year) => shipped.holidaysIn(year) }, wish.complete).filter(
      (date) => !wished.has(date) && !isWeekend(date),
    ),
  ]);
  const added = [...kept, ...[...wished.values()].filter(({ date }) => !isHoliday(date))].toSorted(byDate);
  return { base, ...(off ? { weekend: off } : {}), added, removed: [...removed].toSorted() };
};

const isSame = (one: Days, other: Days): boolean => {
  const written = ({ base, weekend: off, added, removed }: Days): string =>
    JSON.stringify([base, off, added, removed]);
  return written(one) === written(other);
};

export interface CalendarContext extends Circumstances {
  /** The versions of policies that cases may go by. */
  readonly standing: readonly PolicySet[];
  /** Any other calendar as it is now. */
  readonly calendarNamed: (name: string) => WorkingCalendar;
}

const act = actsOn<CalendarState, CalendarContext, CalendarEvent>();

const checkWish = ({ add, remove }: Wish, name: string): void => {
  if (name === 'weekdays')
    throw new RuleBroken(
      'calendar-fixed',
      'The calendar weekdays is Monday to Friday and nothing else. Revise a calendar of another name.',
    );
  const twice = add.find(({ date }) => remove.includes(date));
  if (twice) throw new RuleBroken('day-added-and-removed', `${twice.date} is both added and removed.`);
};

const checkLength = ({ added, removed }: Days): void => {
  if (added.length > MOST_DAYS || removed.length > MOST_DAYS)
    throw new RuleBroken('calendar-too-long', `A calendar holds ${MOST_DAYS} days of its own at most.`);
};

const revise = (wish: Wish, state: CalendarState, name: string): CalendarEvent[] => {
  checkWish(wish, name);
  const last = state.phase === 'open' ? state.revisions.at(-1) : undefined;
  const before: Days = last ?? asShipped(name);
  const after = revised(before, wish);
  if (isSame(before, after) && (last !== undefined || isShipped(name))) return [];
  checkLength(after);
  const { source, reasons } = wish;
  const revision = (last?.revision ?? 0) + 1;
  return [{ type: 'CalendarRevised', data: { revision, ...after, source, reasons } }];
};

/** Ages are counted in one calendar, deadlines in those of a policy together: of each some days must be left. */
const refuseIdle = (revision: Revision, { id, today, standing, calendarNamed }: CalendarContext): void => {
  const made = calendarOf(id, revision);
  const year = idleYear(made, today);
  if (year !== undefined)
    throw new RuleBroken(
      'no-working-day',
      `${id} would have no working day in ${year}. Leave out some of the days off.`,
    );
  for (const policy of standing.filter(({ calendars }) => calendars.includes(id)))
    refuseIdleCalendars(policy, (name) => (name === id ? made : calendarNamed(name)), today);
};

/** What a wish would make of a calendar; its last revision, where it changes nothing. Errors as those of Revise. */
export const supposedRevision = (
  wish: Omit<Wish, 'source' | 'reasons'>,
  revisions: readonly Revision[],
  name: string,
): Revision | undefined => {
  const state: CalendarState = revisions.length === 0 ? { phase: 'absent' } : { phase: 'open', revisions };
  const [revision] = revise({ ...wish, source: 'supposed', reasons: 'supposed' }, state, name);
  return revision?.data ?? revisions.at(-1);
};

export const calendar: Decider<CalendarState, CalendarContext, CalendarEvent> = {
  kind: 'calendar',
  catalogue: calendarEvents,
  acts: {
    Revise: act({
      summary: 'Revise a working calendar: holidays come or go, the organisation closes for some days.',
      when: 'any',
      input: calendarWish,
      decide: (wish, state, context) => {
        const events = revise(wish, state, context.id);
        for (const { data } of events) refuseIdle(data, context);
        return events;
      },
    }),
  },
  initial: { phase: 'absent' },
  phase: (state) => state.phase,
  evolve: evolveWith<CalendarState, CalendarEvent>({
    CalendarRevised: (state, { backdatingReason: _, ...revision }) => ({
      phase: 'open',
      revisions: [...(state.phase === 'open' ? state.revisions : []), revision],
    }),
  }),
};
