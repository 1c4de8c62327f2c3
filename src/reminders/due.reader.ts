import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { notAmong } from '../access/ids.js';
import type { Sight } from '../access/sight.js';
import { dayIn } from '../clocks/days.js';
import { horizonOn, placeOn, type Duty } from '../clocks/ladder.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import type { PolicySet } from '../clocks/policy-set.js';
import { fromLine } from '../clocks/reckoned-by.js';
import { onlyFor } from '../complaints/complaint.confidential.js';
import { barredFrom } from '../complaints/complaint.context.js';
import { caseIn } from '../complaints/complaint.projection.js';
import { PartyQueries } from '../parties/party.queries.js';
import { Clock } from '../platform/clock.js';
import { POOL } from '../platform/database.js';
import { cursorOf, type Page, type PageRequest } from '../platform/page.js';
import { StaffQueries } from '../staff/staff.queries.js';
import { HearingDueReader } from './hearing-due.reader.js';
import { readFrom } from './pages.js';
import type { Placed } from './placed.js';
import { recipientsOf, tellingsAt, toTell, type OnDuty, type Telling } from './recipients.js';
import type { ReminderKey } from './reminder.key.js';

export interface DueRequest extends PageRequest {
  readonly caseId?: string | undefined;
  /** As if it were that day. */
  readonly on?: string | undefined;
  readonly recipient?: string | undefined;
  /** Whether what its recipient put off is shown too. */
  readonly putOff?: boolean | undefined;
}

/** A reminder that is due and not on record. */
export interface Due extends ReminderKey {
  readonly reference: string;
  /** Whose deputy the recipient is, where they are told for that. */
  readonly inPlaceOf: string | null;
  /** The day before which the recipient is told nothing of it; null: they put nothing off. */
  readonly putOffUntil: string | null;
}

interface Running {
  readonly caseId: string;
  readonly reference: string;
  readonly deadline: string;
  readonly dueOn: string;
  readonly handlerId: string | null;
  readonly reckonedBy: string;
}

const RUNNING = `SELECT d.case_id AS "caseId", d.key AS deadline, d.due_on::text AS "dueOn", c.reference,
    c.handler_id AS "handlerId", k.reckoned_by AS "reckonedBy"
  FROM deadlines d JOIN cases c ON c.id = d.case_id JOIN case_clocks k USING (case_id)
  WHERE d.live AND d.met_on IS NULL AND NOT d.held AND d.due_on <= $1 AND ($2::uuid IS NULL OR d.case_id = $2)
    AND (d.due_on, d.case_id, d.key) > ($3::date, $4::uuid, $5) AND ${notAmong('d.case_id', '$7')}
  ORDER BY d.due_on, d.case_id, d.key LIMIT $6`;

/** Of the reminders asked about, what stands on record: sent, failed, or put off by its recipient. */
const ON_RECORD = `SELECT k.nth::int, r.state, s.until::text
  FROM unnest($1::uuid[], $2::text[], $3::date[], $4::text[], $5::text[])
    WITH ORDINALITY AS k (case_id, deadline, due_on, step, recipient, nth)
  LEFT JOIN reminders r USING (case_id, deadline, due_on, step, recipient)
  LEFT JOIN reminder_snoozes s USING (case_id, deadline, due_on, recipient)
  WHERE r.state IS NOT NULL OR s.until IS NOT NULL`;

/** A part of a page; `taken`: how many rows it was made of. */
interface Part {
  readonly told: readonly Due[];
  readonly taken: number;
  readonly next: readonly string[] | null;
}

const NONE: Part = { told: [], taken: 0, next: null };
/** In a cursor, in the place of a due day: the page goes on among the hearings, after this cursor of theirs. */
const HEARINGS = 'hearings';
const BEFORE_HEARINGS = [HEARINGS, '', ''] as const;

interface Seen {
  readonly sent: ReadonlySet<string>;
  readonly failed: ReadonlySet<string>;
  /** By name, the day before which nothing is told. */
  readonly putOff: ReadonlyMap<string, string>;
}

const nameOf = ({ caseId, deadline, dueOn }: Placed, { step, recipient }: Telling): string =>
  JSON.stringify([caseId, deadline, dueOn, step, recipient]);

/** Which reminders are due: their step has come, and they are not on record. */
@Injectable()
export class DueReader {
  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(PolicyBook) private readonly policies: PolicyBook,
    @Inject(PartyQueries) private readonly parties: PartyQueries,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(StaffQueries) private readonly staff: StaffQueries,
    @Inject(HearingDueReader) private readonly hearings: HearingDueReader,
  ) {}

  /**
   * Those of the deadlines of cases first, then those of their hearings. A page may hold fewer than asked for, or none, and
   * still not be the last: `next` says so.
   */
  async page(asked: DueRequest, sight: Sight): Promise<Page<Due>> {
    const { first, after, recipient, putOff } = asked;
    const from = readFrom(after);
    const own = from[0] === HEARINGS ? NONE : await this.ofDeadlines(asked, from, sight);
    const left = own.next === null ? first - own.taken : 0;
    const start = from[0] === HEARINGS ? from : BEFORE_HEARINGS;
    const heard =
      left > 0 ? await this.ofHearings({ ...asked, first: left }, start, sight) : { ...NONE, next: start };
    const next = own.next ?? heard.next;
    return {
      items: [...own.told, ...heard.told].filter(
        ({ recipient: told, putOffUntil }) =>
          (recipient === undefined || told === recipient) && (putOff === true || putOffUntil === null),
      ),
      next: next && cursorOf(next),
    };
  }

  /** What is hidden is left out by the statement: a page that goes on after it would name it in its cursor. */
  private async ofDeadlines(
    { first, caseId, on }: DueRequest,
    from: readonly string[],
    { hidden }: Sight,
  ): Promise<Part> {
    const horizon = await this.horizon(on);
    if (horizon === undefined) return NONE;
    const { rows } = await this.pool.query<Running>({
      name: 'running-deadlines',
      text: RUNNING,
      values: [horizon, caseId ?? null, ...from, first + 1, hidden],
    });
    const shown = rows.slice(0, first);
    const last = shown.at(-1);
    return {
      told: await this.tell(await Promise.all(shown.map((row) => this.placed(row, on)))),
      taken: shown.length,
      next: last && rows.length > first ? [last.dueOn, last.caseId, last.deadline] : null,
    };
  }

  private async ofHearings(asked: DueRequest, [, after]: readonly string[], sight: Sight): Promise<Part> {
    const page = { ...asked, after: after || undefined };
    const { placed, taken, next } = await this.hearings.page(page, sight);
    const come = placed.filter(({ place }) => place >= 0);
    return {
      told: await this.unrecorded(come, await this.staff.roster()),
      taken,
      next: next === null ? null : [HEARINGS, next, ''],
    };
  }

  private async tell(placed: readonly Placed[]): Promise<Due[]> {
    const onDuty = await this.staff.roster();
    const anyone = await this.unrecorded(
      placed.filter(({ place }) => place >= 0),
      onDuty,
    );
    // Who must not hear of a case is asked only where somebody is to be told.
    const hearing = await this.hearingOf([...new Set(anyone.map(({ caseId }) => caseId))]);
    const told = placed.flatMap((each) => {
      const who = hearing.get(each.caseId);
      return who === undefined ? [] : [{ ...each, ...who }];
    });
    return this.unrecorded(told, onDuty);
  }

  private async placed(row: Running, on: string | undefined): Promise<Placed> {
    await this.policies.look(undefined, fromLine(row.reckonedBy));
    const { policy, calendar } = this.policies.rulesNamed(row.reckonedBy);
    const today = on ?? this.todayOf(policy);
    const now = on === undefined ? this.clock.now() : `${on}T12:00:00Z`;
    const rungs = policy.reminders;
    return {
      ...row,
      rungs,
      place: placeOn(row.dueOn, today, rungs, calendar),
      today,
      now,
      barred: [],
      panel: [],
    };
  }

  private async unrecorded(placed: readonly Placed[], onDuty: OnDuty): Promise<Due[]> {
    const asked = placed.map((each) => {
      const who = (to: readonly Duty[]) => recipientsOf(to, each, onDuty, each.now);
      return {
        each,
        who,
        tellings: [each.place, each.place + 1].flatMap((at) => tellingsAt(each.rungs, at, who)),
      };
    });
    const seen = await this.seen(
      asked.flatMap(({ each, tellings }) => tellings.map((telling) => ({ each, telling }))),
    );
    return asked.flatMap(({ each, who }) =>
      toTell(each.rungs, each.place, who, (telling) => seen.failed.has(nameOf(each, telling)))
        .map((telling) => ({ telling, name: nameOf(each, telling) }))
        .filter(({ name }) => !seen.sent.has(name) && !seen.failed.has(name))
        .map(({ telling, name }) => dueOf(each, telling, seen.putOff.get(name) ?? null)),
    );
  }

  private async seen(asked: readonly { each: Placed; telling: Telling }[]): Promise<Seen> {
    const { rows } = await this.pool.query<{ nth: number; state: string | null; until: string | null }>({
      name: 'reminders-on-record',
      text: ON_RECORD,
      values: [
        asked.map(({ each }) => each.caseId),
        asked.map(({ each }) => each.deadline),
        asked.map(({ each }) => each.dueOn),
        asked.map(({ telling }) => telling.step),
        asked.map(({ telling }) => telling.recipient),
      ],
    });
    const found = rows.map(({ nth, state, until }) => ({
      ...(asked[nth - 1] as (typeof asked)[number]),
      state,
      until,
    }));
    const named = (which: (row: (typeof found)[number]) => boolean) =>
      new Set(found.filter(which).map(({ each, telling }) => nameOf(each, telling)));
    return {
      sent: named(({ state }) => state === 'sent'),
      failed: named(({ state }) => state === 'failed'),
      putOff: new Map(
        found.flatMap(({ each, telling, until }) =>
          until !== null && each.today < until ? [[nameOf(each, telling), until] as const] : [],
        ),
      ),
    };
  }

  /** By case, the staff who are a party to it or recused from it, and the only ones who may hear of it. */
  private async hearingOf(
    caseIds: readonly string[],
  ): Promise<ReadonlyMap<string, Pick<Placed, 'barred' | 'only'>>> {
    if (caseIds.length === 0) return new Map();
    const { rows } = await this.pool.query<{ detail: string }>({
      name: 'cases-reminded-of',
      text: 'SELECT detail FROM cases WHERE id = ANY($1)',
      values: [caseIds],
    });
    const cases = rows.map(({ detail }) => caseIn(detail));
    const staff = await this.parties.staffAmong(cases.flatMap(({ complaint }) => barredFrom(complaint)));
    return new Map(
      cases.map(({ id, complaint }) => {
        const people = barredFrom(complaint);
        const known = staff.filter((each) => people.includes(each.id)).map(({ staffId }) => staffId);
        const only = onlyFor(complaint, { today: this.clock.today() });
        return [id, { barred: [...complaint.recused, ...known], only }];
      }),
    );
  }

  /** The last due day of which any policy tells yet; undefined when there is no policy. */
  private async horizon(on: string | undefined): Promise<string | undefined> {
    const days = (await this.policies.all()).map((policy) =>
      horizonOn(on ?? this.todayOf(policy), policy.reminders, this.policies.rulesUnder(policy).calendar),
    );
    return days.toSorted().at(-1);
  }

  private todayOf(policy: PolicySet): string {
    return dayIn(this.clock.now(), policy.zone);
  }
}

const dueOf = (
  { caseId, reference, deadline, dueOn }: Placed,
  { step, recipient, inPlaceOf }: Telling,
  putOffUntil: string | null,
): Due => ({ caseId, reference, deadline, dueOn, step, recipient, inPlaceOf, putOffUntil });
