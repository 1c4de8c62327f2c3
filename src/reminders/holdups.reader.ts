import { Inject, Injectable } from '@nestjs/common';
import { PolicyBook } from '../clocks/policy.queries.js';
import { Clock } from '../platform/clock.js';
import type { Roster } from '../staff/roster.js';
import { StaffQueries } from '../staff/staff.queries.js';
import { Addresses } from './addresses.js';
import { Claims, type ClaimStanding } from './claims.js';
import type { Due } from './due.reader.js';
import { heldUp, type Holdup } from './holdup.js';
import { lineOf } from './reminder.key.js';
import { Turns } from './turns.reader.js';

/** Why reminders that are due were not sent yet, as far as this process can tell: by its own settings, and by the database. */
@Injectable()
export class Holdups {
  constructor(
    @Inject(Turns) private readonly turns: Turns,
    @Inject(Claims) private readonly claims: Claims,
    @Inject(Addresses) private readonly addresses: Addresses,
    @Inject(StaffQueries) private readonly staff: StaffQueries,
    @Inject(PolicyBook) private readonly book: PolicyBook,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Of each, in their order; at least one. */
  async now(due: readonly Due[]): Promise<readonly (readonly Holdup[])[]> {
    const now = this.clock.now();
    const roster = await this.staff.roster();
    const [turnOf, had] = [await this.turns.asOfNow(), await this.turns.digestsHad()];
    const claims = await this.claims.standing(due.map(lineOf));
    const ofRecipient = async (each: Due): Promise<readonly Holdup[]> => {
      const { recipient } = each;
      const turn = await turnOf(recipient);
      if ('digest' in turn) {
        if (turn.takes(lineOf(each))) return [];
        const past = (day: string) => day === turn.digest || had(recipient, day);
        return digestOf(roster.nextDigest(recipient, now, past, this.calendarNamed));
      }
      if (turn.now === 'one by one') return [];
      if (turn.now === 'unaddressed') return [heldUp('no-address')];
      const hush = roster.hush(recipient, now, this.calendarNamed);
      return [
        ...(hush ? [heldUp(hush.why, hush.until)] : []),
        ...digestOf(roster.nextDigest(recipient, now, (day) => had(recipient, day), this.calendarNamed)),
      ];
    };
    return Promise.all(
      due.map(async (each) => {
        const holds = [...putOff(each), ...(await ofRecipient(each)), ...attempts(claims.get(lineOf(each)))];
        return [...absence(each, roster, now), ...(holds.length > 0 ? holds : [heldUp('next-sweep')])];
      }),
    );
  }

  /** As if it were that day: what its hours and workers will be like nobody knows. */
  async on(day: string, due: readonly Due[]): Promise<readonly (readonly Holdup[])[]> {
    const noon = `${day}T12:00:00Z`;
    const roster = await this.staff.roster();
    return Promise.all(
      due.map(async (each) => {
        const { recipient } = each;
        const hush = roster.hush(recipient, noon, this.calendarNamed);
        const isUnaddressed = (await this.addresses.of(recipient)) === undefined;
        return [
          ...absence(each, roster, noon),
          ...(isUnaddressed ? [heldUp('no-address')] : []),
          ...(hush?.why === 'non-working-day' ? [heldUp(hush.why, hush.until)] : []),
          ...digestOf(roster.nextDigest(recipient, noon, () => false, this.calendarNamed)),
        ];
      }),
    );
  }

  private readonly calendarNamed = (name: string) => this.book.calendarNamed(name);
}

const absence = ({ inPlaceOf }: Due, roster: Roster, now: string): readonly Holdup[] =>
  inPlaceOf === null ? [] : [heldUp('absence', roster.awayUntil(inPlaceOf, now) ?? null, inPlaceOf)];

const putOff = ({ putOffUntil }: Due): readonly Holdup[] =>
  putOffUntil === null ? [] : [heldUp('snoozed', putOffUntil)];

const digestOf = (at: string | null): readonly Holdup[] => (at === null ? [] : [heldUp('digest', at)]);

const attempts = (claim: ClaimStanding | undefined): readonly Holdup[] => {
  if (!claim) return [];
  const { claimedUntil, failures, reason, againAt } = claim;
  const tried = `${reason}, ${failures === 1 ? 'once' : `${failures} times`}`;
  return [
    ...(failures > 0 ? [heldUp('retry', againAt, tried)] : []),
    ...(claimedUntil === null ? [] : [heldUp('claimed', claimedUntil)]),
  ];
};
