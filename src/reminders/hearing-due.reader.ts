import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { dayIn } from '../clocks/days.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import { fromLine, type Rules } from '../clocks/reckoned-by.js';
import { caseIn } from '../complaints/complaint.projection.js';
import type { KnownComplaint } from '../complaints/complaint.state.js';
import { partiesHeard, type HeardCase } from '../hearings/hearing.context.js';
import { PartyQueries } from '../parties/party.queries.js';
import { Clock } from '../platform/clock.js';
import { POOL } from '../platform/database.js';
import type { Decided } from './hearing-ladder.js';
import { remindersOf, type HeardTogether, type SeatedHearing } from './hearing-seats.js';
import type { Placed } from './placed.js';

export interface HearingsAsked {
  readonly first: number;
  /** The case and the hearing after which to go on. */
  readonly after: readonly [string, string];
  readonly caseId?: string | undefined;
  /** As if it were that day. */
  readonly on?: string | undefined;
}

interface Row {
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

/** Hearings that ask something of somebody, once for each open case that they hear. */
const HEARINGS = `SELECT hc.case_id AS "caseId", hc.hearing_id AS "hearingId", h.detail
  FROM hearing_cases hc JOIN hearings h ON h.id = hc.hearing_id JOIN case_clocks k USING (case_id)
  WHERE k.live AND k.reckoned_by IS NOT NULL AND h.status IN ('listed', 'adjourned', 'concluded')
    AND ($1::uuid IS NULL OR hc.case_id = $1) AND (hc.case_id, hc.hearing_id) > ($2::uuid, $3::uuid)
  ORDER BY hc.case_id, hc.hearing_id LIMIT $4`;

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
  async page({ first, after, caseId, on }: HearingsAsked): Promise<{
    placed: readonly Placed[];
    taken: number;
    next: readonly [string, string] | null;
  }> {
    const { rows } = await this.pool.query<Row>({
      name: 'hearings-reminded-of',
      text: HEARINGS,
      values: [caseId ?? null, ...after, first + 1],
    });
    const shown = rows.slice(0, first);
    const last = shown.at(-1);
    return {
      placed: await this.placed(shown, on),
      taken: shown.length,
      next: last && rows.length > first ? [last.caseId, last.hearingId] : null,
    };
  }

  private async placed(rows: readonly Row[], on: string | undefined): Promise<Placed[]> {
    if (rows.length === 0) return [];
    const heard = rows.map((row) => ({ ...row, hearing: JSON.parse(row.detail) as SeatedHearing }));
    const cases = await this.casesIn(heard.flatMap(({ hearing }) => hearing.complaintIds));
    const concluded = heard.filter(({ hearing }) => hearing.status === 'concluded');
    const decided = await this.decidedIn(concluded.map(({ caseId }) => caseId));
    const staff = await this.parties.staffAmong(partiesHeard({ cases: [...cases.values()] }));
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
