import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { z } from 'zod';
import { notAmong } from '../access/ids.js';
import type { Sight } from '../access/sight.js';
import { dayIn } from '../clocks/days.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import type { PolicySet } from '../clocks/policy-set.js';
import { InvalidInput, NotFound } from '../event-store/errors.js';
import { Clock } from '../platform/clock.js';
import { POOL } from '../platform/database.js';
import { cursorAs, cursorOf, type Page, type PageRequest } from '../platform/page.js';
import { DueReader, type DueRequest } from './due.reader.js';
import { Holdups } from './holdups.reader.js';
import { readFrom } from './pages.js';
import type { ReminderView } from './reminder.view.js';

export interface ReminderRequest extends DueRequest {
  /** `due`: its step has come and it is not on record. Without a state: all that are on record. */
  readonly state?: ReminderView['state'] | undefined;
}

/** A deadline whose due day is over and of which the record does not say so. */
export interface UnrecordedMiss {
  readonly caseId: string;
  readonly deadline: string;
  readonly dueOn: string;
  /** By which its row was reckoned. */
  readonly reckonedBy: string;
}

/** One way of having been missed: a page of it that is not on record, found from the cursor on by its index. */
const missedBy = (key: string, dueOn: string, from: string, where: string): string =>
  `(SELECT d.case_id, ${key} AS key, ${dueOn} AS due_on FROM ${from}
    WHERE ${where} AND (${dueOn}, d.case_id, ${key}) > ($2::date, $3::uuid, $4) AND NOT EXISTS (
      SELECT FROM missed_deadlines m WHERE m.case_id = d.case_id AND m.deadline = ${key} AND m.due_on = ${dueOn})
    ORDER BY ${dueOn}, d.case_id, ${key} LIMIT $5)`;

const RUNS_LATE = missedBy(
  'd.key',
  'd.due_on',
  'deadlines d',
  'd.live AND d.met_on IS NULL AND NOT d.held AND d.due_on < $1',
);
/** Met, or its case closed, only after the due day. */
const ENDED_LATE = missedBy(
  'd.key',
  'd.due_on',
  'deadlines d JOIN cases c ON c.id = d.case_id',
  `(d.met_on > d.due_on OR (d.met_on IS NULL AND NOT d.live)) AND coalesce(d.met_on, c.closed_on) > d.due_on`,
);
const PASSED_AGAIN = missedBy(
  'd.deadline',
  'd.next_due_on',
  'missed_deadlines d',
  `d.next_due_on < $1 AND EXISTS (SELECT FROM deadlines r
    WHERE r.case_id = d.case_id AND r.key = d.deadline AND r.live AND r.met_on IS NULL AND NOT r.held)`,
);

const MISSED = `SELECT l.case_id AS "caseId", l.key AS deadline, l.due_on::text AS "dueOn",
    told.reckoned_by AS "reckonedBy"
  FROM (${RUNS_LATE} UNION ALL ${ENDED_LATE} UNION ALL ${PASSED_AGAIN}) AS l JOIN case_clocks told USING (case_id)
  ORDER BY l.due_on, l.case_id, l.key LIMIT $5`;

const RECORDED = `SELECT r.id, r.case_id AS "caseId", c.reference, r.deadline, r.due_on::text AS "dueOn", r.step,
    r.recipient, r.state, r.at, r.reason
  FROM reminders r JOIN cases c ON c.id = r.case_id
  WHERE ($1::text IS NULL OR r.state = $1) AND ($2::uuid IS NULL OR r.case_id = $2)
    AND ($3::text IS NULL OR r.recipient = $3) AND ($4::uuid IS NULL OR r.id > $4)
    AND ${notAmong('r.case_id', '$6')} AND split_part(r.deadline, ':', 2) <> ALL ($7::uuid[]::text[])
  ORDER BY r.id LIMIT $5`;

/** The last reminder shown. */
const cursor = z.tuple([z.uuid()]);

/** Which reminders are due, which were sent, which failed; from the read tables. */
@Injectable()
export class ReminderQueries {
  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(PolicyBook) private readonly policies: PolicyBook,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(DueReader) private readonly due: DueReader,
    @Inject(Holdups) private readonly holdups: Holdups,
  ) {}

  /** Errors: InvalidInput. */
  async page(asked: ReminderRequest, sight: Sight): Promise<Page<ReminderView>> {
    if (asked.on !== undefined && asked.state !== 'due') {
      const message = 'Only what is due is told as of a day. Ask for the state due with it.';
      throw new InvalidInput('invalid-input', `on: ${message}`, { issues: [{ path: 'on', message }] });
    }
    return asked.state === 'due' ? this.dueNow(asked, sight) : this.recorded(asked, sight);
  }

  /** What its recipient put off is due as well, and waits; in a preview it does not come. */
  private async dueNow(asked: ReminderRequest, sight: Sight): Promise<Page<ReminderView>> {
    const { on } = asked;
    const { items, next } = await this.due.page({ ...asked, putOff: on === undefined }, sight);
    const waits = await (on === undefined ? this.holdups.now(items) : this.holdups.on(on, items));
    const viewed = items.map(({ inPlaceOf: _, putOffUntil: __, ...key }, index) => ({
      ...key,
      state: 'due' as const,
      at: null,
      reason: null,
      waits: waits[index] ?? [],
    }));
    return { items: viewed, next };
  }

  async missed({ first, after }: PageRequest): Promise<Page<UnrecordedMiss>> {
    const { rows } = await this.pool.query<UnrecordedMiss>({
      name: 'unrecorded-misses',
      text: MISSED,
      values: [await this.latestToday(), ...readFrom(after), first + 1],
    });
    const items = rows.slice(0, first);
    const last = items.at(-1);
    return {
      items,
      next: last && rows.length > first ? cursorOf([last.dueOn, last.caseId, last.deadline]) : null,
    };
  }

  /** A case by its id or its reference. Errors: NotFound. */
  async caseNamed(name: string): Promise<string> {
    const { rows } = await this.pool.query<{ id: string }>(
      'SELECT id FROM cases WHERE reference = $1 OR id::text = lower($1)',
      [name],
    );
    if (!rows[0]) throw new NotFound('case', name);
    return rows[0].id;
  }

  private async recorded(
    { first, after, state, caseId, recipient }: ReminderRequest,
    { hidden, hiddenHearings }: Sight,
  ): Promise<Page<ReminderView>> {
    const [from] = cursorAs(after, cursor) ?? [];
    const { rows } = await this.pool.query<ReminderView & { id: string }>(RECORDED, [
      state ?? null,
      caseId ?? null,
      recipient ?? null,
      from ?? null,
      first + 1,
      hidden,
      hiddenHearings,
    ]);
    const items = rows.slice(0, first).map(({ id: _, ...view }) => ({ ...view, waits: [] }));
    return { items, next: rows.length > first ? cursorOf([rows[first - 1]?.id ?? '']) : null };
  }

  /** Today in the easternmost zone of any policy; whoever records a miss looks at the case's own. */
  private async latestToday(): Promise<string> {
    const days = (await this.policies.all()).map((policy) => this.todayOf(policy));
    return days.toSorted().at(-1) ?? this.clock.today();
  }

  private todayOf(policy: PolicySet): string {
    return dayIn(this.clock.now(), policy.zone);
  }
}
