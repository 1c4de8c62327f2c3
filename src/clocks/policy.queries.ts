import { Inject, Injectable } from '@nestjs/common';
import type { ClientBase } from 'pg';
import { NotFound } from '../event-store/errors.js';
import { CONFIG, WrongSetting, type Config } from '../platform/config.js';
import { POOL } from '../platform/database.js';
import { calendarNamed, combined, findCalendar, unknownCalendar, type WorkingCalendar } from './calendar.js';
import { calendarOf, type Revision } from './calendar-revision.js';
import { policyName, SEE_POLICIES, type Superseded } from './policy.js';
import { inTodaysForm, policySet, policySetInForce, type PolicySet } from './policy-set.js';
import {
  fromLine,
  lineOf,
  type Cited,
  type InForce,
  type ReckonedBy,
  type Ruled,
  type Rules,
} from './reckoned-by.js';

/** A calendar and its revisions; one that nobody revised is as Redress ships it. */
export interface CalendarFile {
  readonly name: string;
  readonly version: number;
  readonly revisions: readonly Revision[];
}

const citedIn = ({ policy, calendars }: ReckonedBy): Cited => ({ policies: [policy], calendars });

interface Published {
  readonly versions: readonly PolicySet[];
  readonly superseded?: readonly Superseded[];
}

const LOOK_EVERY_MS = 1000;

/**
 * The published policy sets and the revisions of calendars, from the read tables. What was published never changes, so
 * what was read once stays; only what holds now can change, and that is asked anew.
 */
@Injectable()
export class PolicyBook {
  private readonly published = new Map<string, PolicySet>();
  private readonly supersessions = new Map<string, Superseded & { readonly key: string }>();
  private readonly files = new Map<string, CalendarFile>();
  private readonly made = new Map<string, WorkingCalendar>();
  private readonly rulesMade = new Map<string, Rules>();
  private readonly now: InForce = {
    next: (name) => {
      const last = this.supersessions.get(name);
      return last && `${last.key}@${last.by}`;
    },
    revisionOf: (calendar) => this.files.get(calendar)?.revisions.length ?? 0,
  };
  private readAt = 0;
  private reading: Promise<void> | undefined;

  constructor(
    @Inject(POOL) private readonly pool: Pick<ClientBase, 'query'>,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** The organisation's calendar, for ages. */
  get calendar(): WorkingCalendar {
    return this.calendarNamed(this.config.REDRESS_CALENDAR);
  }

  /** The version for a case received on that day, of the organisation's own policy or another. Errors: RuleBroken `no-policy-in-force`. */
  async inForce(day: string, policy = this.config.REDRESS_POLICY): Promise<PolicySet> {
    await this.look();
    const versions = [...this.published.values()].filter(({ key }) => key === policy);
    return policySetInForce(versions, day);
  }

  /** Errors: WrongSetting when a setting names a policy or a calendar that is not there. */
  async checkSettings(): Promise<void> {
    const { REDRESS_POLICY: policy, REDRESS_CALENDAR: calendar } = this.config;
    const keys = [...new Set((await this.all()).map(({ key }) => key))];
    if (!keys.includes(policy))
      throw new WrongSetting(
        `REDRESS_POLICY is ${policy}, which nobody published. Choose from: ${keys.join(', ')}.`,
      );
    if (!this.isCalendar(calendar))
      throw new WrongSetting(
        `REDRESS_CALENDAR is ${calendar}, which is no calendar. Use weekdays, or a region such as GB-ENG.`,
      );
  }

  /** Every published version. */
  async all(): Promise<readonly PolicySet[]> {
    await this.read();
    return [...this.published.values()];
  }

  /**
   * The rules that a case goes by: while it is open, the version that it was opened under or what has superseded that, and
   * the calendars as last revised; once closed, what it was reckoned by then. Undefined for one that nobody adopted.
   */
  async ofCase(cited: Ruled): Promise<Rules | undefined> {
    await this.look(cited.policySet, cited.reckoned);
    return this.rulesOf(cited);
  }

  /** As `ofCase`, from what was read before; whoever makes rows asks for each of them. */
  rulesOf({ phase, policySet: opened, reckoned }: Ruled, inForce = this.now): Rules | undefined {
    if (opened === undefined) return undefined;
    // A case that was closed before it could say so was closed before anything could be superseded or revised.
    if (phase === 'closed') return this.rulesBy(reckoned ?? this.asShipped(opened));
    let name = opened;
    for (let next = inForce.next(name); next !== undefined; next = inForce.next(name)) name = next;
    return this.rulesUnder(this.version(name), inForce);
  }

  /** A version with the calendars in force. */
  rulesUnder(policy: PolicySet, inForce = this.now): Rules {
    const calendars = policy.calendars.map((name) => `${name}@${inForce.revisionOf(name)}`);
    return this.rulesBy({ policy: policyName(policy), calendars });
  }

  /** As a row says that it was reckoned, `default@2 GB-ENG@3`. */
  rulesNamed(line: string): Rules {
    return this.rulesMade.get(line) ?? this.rulesBy(fromLine(line));
  }

  /** The versions that open cases may go by now. */
  standing(): readonly PolicySet[] {
    return [...this.published.values()].filter((set) => !this.supersessions.has(policyName(set)));
  }

  /** The reckonings that open cases may go by now. */
  current(): readonly string[] {
    return this.standing().map((set) => lineOf(this.rulesUnder(set).reckonedBy));
  }

  /** What a version was superseded by, down to the one that holds. */
  supersededBy(name: string): readonly (Superseded & { readonly key: string })[] {
    const next = this.supersessions.get(name);
    return next ? [next, ...this.supersededBy(`${next.key}@${next.by}`)] : [];
  }

  /** Errors: NotFound. */
  version(name: string): PolicySet {
    const found = this.published.get(name);
    if (!found) throw new NotFound('policy version', name, SEE_POLICIES);
    return found;
  }

  isCalendar(name: string): boolean {
    return this.files.has(name) || findCalendar(name) !== null;
  }

  /** As last revised, else as shipped. Errors: RuleBroken `unknown-calendar`. */
  calendarNamed(name: string): WorkingCalendar {
    if (!this.isCalendar(name)) throw unknownCalendar(name);
    return this.calendarAt(`${name}@${this.now.revisionOf(name)}`);
  }

  /** Errors: RuleBroken `unknown-calendar`. */
  calendarFile(name: string): CalendarFile {
    const file = this.files.get(name);
    if (!file && findCalendar(name) === null) throw unknownCalendar(name);
    return file ?? { name, version: 0, revisions: [] };
  }

  /** The calendars that were revised, and those that policies name. */
  calendarFiles(): readonly CalendarFile[] {
    const named = [...this.published.values()].flatMap(({ calendars }) => calendars);
    const names = new Set([this.config.REDRESS_CALENDAR, ...named, ...this.files.keys()]);
    return [...names].toSorted().map((name) => this.calendarFile(name));
  }

  /** Another process may have published: a look each second is one query, and what is new takes effect that soon. */
  async look(cited?: string, reckoned?: ReckonedBy): Promise<void> {
    const known = cited === undefined || this.published.has(cited);
    const isFresh = Date.now() - this.readAt <= LOOK_EVERY_MS;
    if (isFresh && known && (reckoned === undefined || this.knows(citedIn(reckoned)))) return;
    // Whoever asks while a look is under way shares it.
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
    });
    await this.reading;
  }

  /** What the log tells of was published, though perhaps after the last look. */
  async lookFor(cited: Cited): Promise<void> {
    if (!this.knows(cited)) await this.read();
  }

  /** Everything published so far. */
  async read(): Promise<void> {
    const { rows } = await this.pool.query<{ what: string; detail: string }>(
      `SELECT 'policy' AS what, detail FROM policies UNION ALL SELECT 'calendar', detail FROM calendars`,
    );
    for (const { what, detail } of rows) {
      if (what === 'policy') this.keepPolicy(JSON.parse(detail) as Published & { readonly key: string });
      else this.keepCalendar(JSON.parse(detail) as CalendarFile);
    }
    this.readAt = Date.now();
  }

  private keepPolicy({ key, versions, superseded = [] }: Published & { readonly key: string }): void {
    for (const set of versions) {
      const name = policyName(set);
      // Parsed: a row that was written before a field existed means that field's default.
      if (!this.published.has(name)) this.published.set(name, policySet.parse(inTodaysForm(set)));
    }
    for (const each of superseded) this.supersessions.set(`${key}@${each.version}`, { key, ...each });
  }

  private keepCalendar(file: CalendarFile): void {
    this.files.set(file.name, file);
  }

  private knows({ policies, calendars }: Cited): boolean {
    return (
      policies.every((name) => this.published.has(name)) && calendars.every((name) => this.isRevision(name))
    );
  }

  private isRevision(cited: string): boolean {
    const [name = '', revision] = cited.split('@');
    return Number(revision) <= this.now.revisionOf(name);
  }

  private asShipped(name: string): ReckonedBy {
    return { policy: name, calendars: this.version(name).calendars.map((calendar) => `${calendar}@0`) };
  }

  private rulesBy(reckonedBy: ReckonedBy): Rules {
    const line = lineOf(reckonedBy);
    const before = this.rulesMade.get(line);
    if (before) return before;
    const policy = this.version(reckonedBy.policy);
    const calendar = combined(
      reckonedBy.calendars.map((name) => this.calendarAt(name)),
      policy.combine,
    );
    const rules = { policy, calendar, reckonedBy };
    // Kept, because a calendar counts its years once.
    this.rulesMade.set(line, rules);
    return rules;
  }

  /** `GB-ENG@3`. */
  private calendarAt(cited: string): WorkingCalendar {
    const before = this.made.get(cited);
    if (before) return before;
    if (!this.isRevision(cited)) throw new Error(`The calendar ${cited} is cited but was not read here.`);
    const [name = '', revision] = cited.split('@');
    const told = this.files.get(name)?.revisions[Number(revision) - 1];
    const calendar = told ? calendarOf(name, told) : calendarNamed(name);
    this.made.set(cited, calendar);
    return calendar;
  }
}
