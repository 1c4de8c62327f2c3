import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { z } from 'zod';
import { notAmong } from '../access/ids.js';
import type { Sight } from '../access/sight.js';
import { dayIn } from '../clocks/days.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import { fromLine, type Rules } from '../clocks/reckoned-by.js';
import { caseIn } from '../complaints/complaint.projection.js';
import type { KnownComplaint } from '../complaints/complaint.state.js';
import { barredFromHeard, type HeardCase } from '../hearings/hearing.context.js';
import { PartyQueries } from '../parties/party.queries.js';
import { Clock } from '../platform/clock.js';
import { POOL } from '../platform/database.js';
import { cursorAs, cursorOf, type PageRequest } from '../platform/page.js';
import type { Decided } from './hearing-ladder.js';
import { remindersOf, type HeardTogether, type SeatedHearing } from './hearing-seats.js';
import type { Placed } from './placed.js';

export interface HearingsAsked extends PageRequest {
  readonly caseId?: string | undefined;
  /** As if it were that day. */
  readonly on?: string | undefined;
}

/** A page of the hearings of cases: `taken` of them, of which these ask for something. */
interface HearingPage {
  readonly placed: readonly Placed[];
  readonly taken: number;
  readonly next: string | null;
}

interface Row {
  readonly reckonedBy: string;
  readonly caseId: string;
  readonly hearingId: string;
  readonly detail: string;
}

/** A page of hearings, and what it is read with. */
interface Around {
  readonly cases: ReadonlyMap<
    string,
    HeardCase & { readonly complaint: KnownComplaint; readonly rules: Rules }
  >;
  readonly decided: readonly (Decided & { readonly complaintId: string })[];
  readonly staff: HeardTogether['staff'];
  readonly on: string | undefined;
}

/** The reckoning of the case, the case, the hearing. */
const cursor = z.tuple([z.string(), z.uuid(), z.uuid()]);
const NO_ID = '00000000-0000-0000-0000-000000000000';
const FIRST = ['', NO_ID, NO_ID] as const;

/**
 * Hearings that ask something of somebody, once for each open case that they hear: in the order of the index of open cases, so
 * that those of the archive cost nothing.
 */
const HEARINGS = `SELECT k.reckoned_by AS "reckonedBy", hc.case_id AS "caseId", hc.hearing_id AS "hearingId", h.detail
  FROM case_clocks k JOIN hearing_cases hc USING (case_id) JOIN hearings h ON h.id = hc.hearing_id
  WHERE k.live AND k.reckoned_by IS NOT NULL AND h.status IN ('listed', 'in-session', 'adjourned', 'concluded')
    AND ($1::uuid IS NULL OR k.case_id = $1) AND (k.reckoned_by, k.case_id) >= ($2, $3::uuid)
    AND (k.reckoned_by, k.case_id, hc.hearing_id) > ($2, $3::uuid, $4::uuid) AND ${notAmong('hc.hearing_id', '$6')}
  ORDER BY k.reckoned_by, k.case_id, hc.hearing_id LIMIT $5`;

/** From the read tables, the deadlines that open cases have from their hearings. */
@Injectable()
export class HearingDueReader {
  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(PolicyBook) private readonly policies: PolicyBook,
    @Inject(PartyQueries) private readonly parties: PartyQueries,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Those that are met are left out. */
  async page({ first, after, caseId, on }: HearingsAsked, sight: Sight): Promise<HearingPage> {
    const { rows } = await this.pool.query<Row>({
      name: 'hearings-reminded-of',
      text: HEARINGS,
      values: [caseId ?? null, ...(cursorAs(after, cursor) ?? FIRST), first + 1, sight.hiddenHearings],
    });
    const shown = rows.slice(0, first);
    const last = shown.at(-1);
    return {
      placed: await this.placed(shown, on),
      taken: shown.length,
      next: last && rows.length > first ? cursorOf([last.reckonedBy, last.caseId, last.hearingId]) : null,
    };
  }

  private async placed(rows: readonly Row[], on: string | undefined): Promise<Placed[]> {
    if (rows.length === 0) return [];
    const heard = rows.map((row) => ({ ...row, hearing: JSON.parse(row.detail) as SeatedHearing }));
    const cases = await this.casesIn(heard.flatMap(({ hearing }) => hearing.complaintIds));
    const concluded = heard.filter(({ hearing }) => hearing.status === 'concluded');
    const decided = await this.decidedIn(concluded.map(({ caseId }) => caseId));
    const barred = barredFromHeard({ cases: [...cases.values()] });
    const recused = heard.flatMap(({ hearing }) => hearing.recused);
    const staff = await this.parties.staffAmong([...barred, ...recused]);
    return heard.flatMap((each) => this.dueOf(each, { cases, decided, staff, on }));
  }

  private dueOf(
    { caseId, hearing }: { caseId: string; hearing: SeatedHearing },
    { cases, decided, staff, on }: Around,
  ): Placed[] {
    const own = cases.get(caseId);
    if (!own) return [];
    const { complaint, rules } = own;
    const together = {
      complaint,
      rules,
      cases: hearing.complaintIds.flatMap((id) => cases.get(id) ?? []),
      decided: decided.filter(({ complaintId }) => complaintId === caseId),
      staff,
    };
    const today = on ?? dayIn(this.clock.now(), rules.policy.zone);
    const now = on === undefined ? this.clock.now() : `${on}T12:00:00Z`;
    const { reference } = complaint;
    return remindersOf(hearing, together, today)
      .filter(({ metOn }) => metOn === null)
      .map(({ metOn: _, ...each }) => ({ ...each, caseId, reference, today, now }));
  }

  private async casesIn(ids: readonly string[]): Promise<Around['cases']> {
    const { rows } = await this.pool.query<{ detail: string; reckonedBy: string }>({
      name: 'cases-heard',
      text: `SELECT c.detail, k.reckoned_by AS "reckonedBy" FROM cases c JOIN case_clocks k ON k.case_id = c.id
        WHERE c.id = ANY($1) AND k.reckoned_by IS NOT NULL`,
      values: [ids],
    });
    const found = await Promise.all(
      rows.map(async ({ detail, reckonedBy }) => {
        await this.policies.look(undefined, fromLine(reckonedBy));
        const { id, complaint } = caseIn(detail);
        const rules = this.policies.rulesNamed(reckonedBy);
        return [id, { complaintId: id, complaint, rules, procedure: rules.policy.procedure }] as const;
      }),
    );
    return new Map(found);
  }

  private async decidedIn(caseIds: readonly string[]): Promise<Around['decided']> {
    if (caseIds.length === 0) return [];
    const { rows } = await this.pool.query<{ detail: string }>({
      name: 'decided-after-hearings',
      text: 'SELECT detail FROM resolutions WHERE case_id = ANY($1)',
      values: [caseIds],
    });
    return rows.map(({ detail }) => JSON.parse(detail) as Around['decided'][number]);
  }
}
