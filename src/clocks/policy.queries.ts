import { Inject, Injectable } from '@nestjs/common';
import type { ClientBase } from 'pg';
import { POOL } from '../platform/database.js';
import { CONFIG, type Config } from '../platform/config.js';
import { calendarNamed, combined, type WorkingCalendar } from './calendar.js';
import { policySet, policySetInForce, withCalendars, type PolicySet } from './policy-set.js';

/** The name by which events cite a version, `default@1`. */
export const policyName = ({ key, version }: PolicySet): string => `${key}@${version}`;

/**
 * The published policy sets, from the read table. A published version never changes, so what was read once stays; only
 * which one is in force can change, and that is asked anew.
 */
@Injectable()
export class PolicyBook {
  private readonly published = new Map<string, PolicySet>();
  private readonly combinations = new Map<string, WorkingCalendar>();
  private readAt = 0;
  private reading: Promise<void> | undefined;

  constructor(
    @Inject(POOL) private readonly pool: Pick<ClientBase, 'query'>,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** The organisation's calendar, for ages. */
  get calendar(): WorkingCalendar {
    return calendarNamed(this.config.REDRESS_CALENDAR);
  }

  /** The version for a case received on that day. Errors: RuleBroken `no-policy-in-force`. */
  async inForce(day: string): Promise<PolicySet> {
    // Another process may have published: a look each second is one query, and a new version takes effect that soon.
    if (Date.now() - this.readAt > 1000) await this.readTogether();
    const versions = [...this.published.values()].filter(({ key }) => key === this.config.REDRESS_POLICY);
    return policySetInForce(versions, day);
  }

  /** Every published version. */
  async all(): Promise<readonly PolicySet[]> {
    await this.read();
    return [...this.published.values()];
  }

  /** The version that a case cites, read before any fold needs it. */
  async load(name: string | undefined): Promise<PolicySet | undefined> {
    if (name !== undefined && !this.published.has(name)) await this.read();
    return this.named(name);
  }

  /** The version that a case cites; undefined for a case that nobody adopted. It must have been loaded. */
  named(name: string | undefined): PolicySet | undefined {
    if (name === undefined) return undefined;
    const found = this.published.get(name);
    if (!found) throw new Error(`Policy ${name} is cited by a case but was never published here.`);
    return found;
  }

  calendarOf(policy: PolicySet | undefined): WorkingCalendar {
    if (!policy) return this.calendar;
    const of = `${policy.combine} ${policy.calendars.join(' ')}`;
    // Kept, because a calendar counts its years once.
    const calendar =
      this.combinations.get(of) ?? combined(policy.calendars.map(calendarNamed), policy.combine);
    this.combinations.set(of, calendar);
    return calendar;
  }

  /** Whoever asks while a look is under way shares it. */
  private readTogether(): Promise<void> {
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  /** Every version published so far. */
  async read(): Promise<void> {
    const { rows } = await this.pool.query<{ detail: string }>('SELECT detail FROM policies');
    const sets = rows.flatMap(({ detail }) => (JSON.parse(detail) as { versions: PolicySet[] }).versions);
    for (const set of sets)
      // Parsed: a row that was written before a field existed means that field's default.
      if (!this.published.has(policyName(set)))
        this.published.set(policyName(set), policySet.parse(withCalendars(set)));
    this.readAt = Date.now();
  }
}
