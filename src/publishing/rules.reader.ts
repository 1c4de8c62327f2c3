import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { dateOf, epochDay, weekdayOf } from '../clocks/days.js';
import { daysOffOf } from '../clocks/holidays.js';
import { policyName, SEE_POLICIES } from '../clocks/policy.js';
import { PolicyBook, type CalendarFile } from '../clocks/policy.queries.js';
import { policySet, type PolicySet } from '../clocks/policy-set.js';
import { NotFound } from '../event-store/errors.js';
import { Clock } from '../platform/clock.js';

/** The rules that clocks go by, as they were published. */

const policyLine = z
  .object({
    name: z.string().describe('Such as default@2.'),
    key: z.string(),
    version: z.int(),
    effectiveFrom: z.iso.date(),
    calendars: z.array(z.string()).readonly(),
    source: z.string(),
    confidence: policySet.shape.confidence,
    supersededBy: z.string().nullable().describe('The version that its open cases go by now; null: itself.'),
  })
  .meta({ id: 'PolicyVersion' });

export const policyList = z
  .object({ policies: z.array(policyLine).readonly() })
  .meta({ id: 'PolicyVersions' });

export const policyView = z.object({ ...policyLine.shape, policy: policySet }).meta({ id: 'PolicyFile' });

const calendarLine = z
  .object({
    name: z.string(),
    version: z.int().describe('Send it as If-Match; 0: nobody revised it, it is as Redress ships it.'),
    revision: z.int(),
    source: z.string().nullable().describe('Of the last revision; null: as shipped.'),
    reasons: z.string().nullable(),
  })
  .meta({ id: 'CalendarLine' });

export const calendarList = z
  .object({ calendars: z.array(calendarLine).readonly() })
  .meta({ id: 'CalendarLines' });

export const calendarView = z
  .object({
    ...calendarLine.shape,
    year: z.int(),
    holidays: z
      .array(z.object({ date: z.iso.date(), name: z.string().nullable() }).meta({ id: 'DayOff' }))
      .readonly()
      .describe(
        'The days off of that year that are not weekends; a name where a revision or the shipped calendar gives one.',
      ),
    workingDays: z.int().describe('How many working days the year has.'),
    revisions: z
      .array(
        z
          .object({
            revision: z.int(),
            base: z.string().nullable(),
            added: z.int().describe('How many days off it has besides those of its base.'),
            removed: z.int().describe('How many of those of its base it has not.'),
            source: z.string(),
            reasons: z.string(),
          })
          .meta({ id: 'CalendarRevision' }),
      )
      .readonly(),
  })
  .meta({ id: 'CalendarFile' });

export type PolicyView = z.output<typeof policyView>;
export type CalendarView = z.output<typeof calendarView>;

const byName = (one: PolicySet, other: PolicySet): number =>
  one.key === other.key ? one.version - other.version : Number(one.key > other.key) || -1;

@Injectable()
export class RulesReader {
  constructor(
    @Inject(PolicyBook) private readonly book: PolicyBook,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async policies(): Promise<z.output<typeof policyList>> {
    const all = await this.book.all();
    return { policies: all.toSorted(byName).map((set) => this.line(set)) };
  }

  /** `default@2`, or `default` for its latest version. Errors: NotFound. */
  async policy(name: string): Promise<PolicyView> {
    const all = (await this.book.all()).toSorted(byName);
    const found = all.findLast((set) => policyName(set) === name || set.key === name);
    if (!found) throw new NotFound('policy version', name, SEE_POLICIES);
    return { ...this.line(found), policy: found };
  }

  async calendars(): Promise<z.output<typeof calendarList>> {
    await this.book.read();
    return { calendars: this.book.calendarFiles().map((file) => lineOf(file)) };
  }

  /** This year, when none is asked. Errors: RuleBroken `unknown-calendar`. */
  async calendar(name: string, asked: number | undefined): Promise<CalendarView> {
    const year = asked ?? Number(this.clock.today().slice(0, 4));
    await this.book.read();
    const file = this.book.calendarFile(name);
    const calendar = this.book.calendarNamed(name);
    const names = namesOf(file, year);
    const [first, last] = [epochDay(`${year}-01-01`), epochDay(`${year}-12-31`)];
    const off = Array.from({ length: last - first + 1 }, (_, n) => first + n).filter(
      (day) => !calendar.isWorkingDay(day) && weekdayOf(day) < 6,
    );
    return {
      ...lineOf(file),
      year,
      holidays: off.map(dateOf).map((date) => ({ date, name: names.get(date) ?? null })),
      workingDays: calendar.workingDaysAfter(first - 1, last),
      revisions: file.revisions.map(({ revision, base, added, removed, source, reasons }) => ({
        revision,
        base,
        added: added.length,
        removed: removed.length,
        source,
        reasons,
      })),
    };
  }

  private line(set: PolicySet): z.output<typeof policyLine> {
    const { key, version, effectiveFrom, calendars, source, confidence } = set;
    const last = this.book.supersededBy(policyName(set)).at(-1);
    const supersededBy = last ? `${last.key}@${last.by}` : null;
    return {
      name: policyName(set),
      key,
      version,
      effectiveFrom,
      calendars,
      source,
      confidence,
      supersededBy,
    };
  }
}

/** Those that the last revision gave, and of its base those that the library gives. */
const namesOf = ({ name, revisions }: CalendarFile, year: number): ReadonlyMap<string, string> => {
  const last = revisions.at(-1);
  const base = last ? last.base : name;
  const shipped = base === null ? undefined : daysOffOf(base)?.namesIn(year);
  return new Map([
    ...[...(shipped ?? [])].map(([day, called]) => [dateOf(day), called] as const),
    ...(last?.added ?? []).map((added) => [added.date, added.name] as const),
  ]);
};

const lineOf = ({ name, version, revisions }: CalendarFile): z.output<typeof calendarLine> => {
  const last = revisions.at(-1);
  return {
    name,
    version,
    revision: last?.revision ?? 0,
    source: last?.source ?? null,
    reasons: last?.reasons ?? null,
  };
};
