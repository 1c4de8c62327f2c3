import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { Sights } from '../access/sights.js';
import { plusDays } from '../clocks/days.js';
import { EventStore } from '../event-store/event-store.js';
import type { HearingView } from '../hearings/hearing.queries.js';
import { Clock } from '../platform/clock.js';
import { POOL } from '../platform/database.js';
import type { Feed, FeedDeadline, FeedHearing } from './feed-file.js';

/** How long what is over, or called off, stays. */
const KEPT_DAYS = 31;
/** Of each kind: no program that asks every minute is handed an archive. */
const MOST = 500;

const OFF: readonly HearingView['status'][] = ['vacated', 'postponed', 'cancelled'];

/** Those at which they sit, and those of cases that they handle; the latest first. */
const HEARINGS = `SELECT detail FROM hearings
  WHERE id IN (SELECT id FROM hearings WHERE (detail::jsonb)->'panel' @> $1::jsonb
      UNION SELECT h.hearing_id FROM hearing_cases h JOIN cases c ON c.id = h.case_id WHERE c.handler_id = $2)
    AND status <> 'requested' AND (starts_at >= $3 OR starts_at IS NULL OR status = 'adjourned')
  ORDER BY id DESC LIMIT ${MOST}`;

const DEADLINES = `SELECT d.case_id AS "caseId", c.reference, d.key AS deadline, d.occurrence, d.due_on::text AS "dueOn",
    c.version AS sequence
  FROM deadlines d JOIN cases c ON c.id = d.case_id
  WHERE c.handler_id = $1 AND c.closed_on IS NULL AND d.live AND d.met_on IS NULL AND NOT d.held
  ORDER BY d.due_on, d.case_id, d.key, d.occurrence LIMIT ${MOST}`;

interface Seen {
  readonly reference: string;
  readonly barred: boolean;
}

type When = Pick<FeedHearing, 'startsAt' | 'zone'>;

/** What stands in the calendar of a member of staff: never anything of a case that they must not see. */
@Injectable()
export class FeedReader {
  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(Sights) private readonly sights: Sights,
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Undefined when nobody has this feed open. */
  async of(feedId: string): Promise<(Feed & { readonly staffId: string }) | undefined> {
    const { rows } = await this.pool.query<{ staffId: string }>(
      'SELECT staff_id AS "staffId" FROM staff_members WHERE feed_id = $1',
      [feedId],
    );
    const staffId = rows[0]?.staffId;
    if (staffId === undefined) return undefined;
    const [hearings, deadlines] = await Promise.all([this.hearingsOf(staffId), this.deadlinesOf(staffId)]);
    return { staffId, hearings, deadlines, asOf: this.clock.now() };
  }

  private async hearingsOf(staffId: string): Promise<FeedHearing[]> {
    const since = plusDays(this.clock.today(), -KEPT_DAYS);
    const { rows } = await this.pool.query<{ detail: string }>(HEARINGS, [
      JSON.stringify([{ staffId, recused: false }]),
      staffId,
      since,
    ]);
    const found = rows
      .map(({ detail }) => JSON.parse(detail) as HearingView)
      .filter(({ recused }) => !recused.includes(staffId));
    const cases = await this.casesSeen(
      staffId,
      found.flatMap(({ complaintIds }) => complaintIds),
    );
    const told = await Promise.all(found.map((hearing) => this.tell(hearing, cases)));
    return told.filter((each) => each !== undefined && each.startsAt >= since) as FeedHearing[];
  }

  private async tell(
    hearing: HearingView,
    cases: ReadonlyMap<string, Seen>,
  ): Promise<FeedHearing | undefined> {
    const heard = hearing.complaintIds.flatMap((id) => cases.get(id) ?? []);
    if (heard.some(({ barred }) => barred)) return undefined;
    const when = await this.whenOf(hearing);
    if (!when) return undefined;
    const references = heard.map(({ reference }) => reference);
    const { id, version: sequence } = hearing;
    return { id, references, ...when, isOff: OFF.includes(hearing.status), sequence };
  }

  /** When it goes on, is held, or was to be held before its listing fell away. */
  private async whenOf({ id, startsAt, zone, resumption }: HearingView): Promise<When | undefined> {
    if (resumption) return { startsAt: resumption.at, zone: resumption.zone };
    if (startsAt !== undefined && zone !== undefined) return { startsAt, zone };
    const events = await this.store.load(`hearing-${id}`);
    return events.findLast(({ type }) => type === 'HearingListed')?.data as When | undefined;
  }

  private async deadlinesOf(staffId: string): Promise<FeedDeadline[]> {
    const { rows } = await this.pool.query<FeedDeadline>(DEADLINES, [staffId]);
    const cases = await this.casesSeen(
      staffId,
      rows.map(({ caseId }) => caseId),
    );
    return rows.filter(({ caseId }) => cases.get(caseId)?.barred === false);
  }

  private async casesSeen(staffId: string, ids: readonly string[]): Promise<ReadonlyMap<string, Seen>> {
    const [{ rows }, sight] = await Promise.all([
      this.pool.query<{ id: string; reference: string }>(
        'SELECT id, reference FROM cases WHERE id = ANY($1)',
        [[...new Set(ids)]],
      ),
      this.sights.of({ id: staffId, roles: [] }),
    ]);
    return new Map(rows.map(({ id, reference }) => [id, { reference, barred: !sight.sees(id) }]));
  }
}
