import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { plusDays } from '../clocks/days.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import { Clock } from '../platform/clock.js';
import { POOL } from '../platform/database.js';
import type { Roster } from '../staff/roster.js';
import { StaffQueries } from '../staff/staff.queries.js';
import { Addresses } from './addresses.js';
import { DigestLetters } from './digest-letters.js';

/**
 * Whether somebody is told now: letter by letter, in the digest of their day, or not yet (it is quiet with them, or they had
 * their digest). `unaddressed`: nobody knows where to write. A digest that was to be sent before `takes` only what it said then.
 */
export type Turn =
  | { readonly now: 'one by one' | 'wait' | 'unaddressed' }
  | { readonly digest: string; takes(line: string): boolean };

type DigestsHad = (recipient: string, day: string) => boolean;

const DIGESTS = `SELECT DISTINCT recipient, digest::text AS day FROM reminders WHERE digest >= $1`;

/** When recipients are told. */
@Injectable()
export class Turns {
  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(DigestLetters) private readonly digests: DigestLetters,
    @Inject(Addresses) private readonly addresses: Addresses,
    @Inject(StaffQueries) private readonly staff: StaffQueries,
    @Inject(PolicyBook) private readonly book: PolicyBook,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** For one sweep, in which each recipient is looked up once. */
  async asOfNow(): Promise<(recipient: string) => Promise<Turn>> {
    const roster = await this.staff.roster();
    const had = await this.digestsHad();
    const asked = new Map<string, Promise<Turn>>();
    return (recipient) => {
      const turn = asked.get(recipient) ?? this.turnOf(recipient, roster, had);
      asked.set(recipient, turn);
      return turn;
    };
  }

  /** Whether somebody is told now in that way; they may have arranged otherwise since it was queued. */
  async areReady(recipient: string, way: 'one by one' | 'in a digest'): Promise<boolean> {
    const roster = await this.staff.roster();
    const wanted = roster.arrangementOf(recipient).digestAt === null ? 'one by one' : 'in a digest';
    return way === wanted && this.tellable(recipient, roster);
  }

  private async turnOf(recipient: string, roster: Roster, had: DigestsHad): Promise<Turn> {
    if ((await this.addresses.of(recipient)) === undefined) return { now: 'unaddressed' };
    if (!this.tellable(recipient, roster)) return { now: 'wait' };
    if (roster.arrangementOf(recipient).digestAt === null) return { now: 'one by one' };
    const digest = roster.digestDue(recipient, this.clock.now());
    if (digest === null || had(recipient, digest)) return { now: 'wait' };
    const fixed = await this.digests.fixedLinesOf(recipient, digest);
    return { digest, takes: (line) => fixed?.has(line) ?? true };
  }

  private tellable(recipient: string, roster: Roster): boolean {
    return roster.isTellable(recipient, this.clock.now(), (name) => this.book.calendarNamed(name));
  }

  /** Which digests of late anybody had; of the day before too, because it is another day elsewhere. */
  async digestsHad(): Promise<DigestsHad> {
    const { rows } = await this.pool.query<{ recipient: string; day: string }>({
      name: 'digests-had',
      text: DIGESTS,
      values: [plusDays(this.clock.today(), -1)],
    });
    const lines = new Set(rows.map(({ recipient, day }) => lineOf(recipient, day)));
    return (recipient, day) => lines.has(lineOf(recipient, day));
  }
}

const lineOf = (recipient: string, day: string): string => `${day} ${recipient}`;
