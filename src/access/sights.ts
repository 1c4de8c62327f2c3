import { Inject, Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import type { Pool } from 'pg';
import { isHouse } from '../event-store/schema.js';
import { Clock } from '../platform/clock.js';
import { POOL } from '../platform/database.js';
import type { Principal } from './principal.js';
import { Sight } from './sight.js';

/** Whether a case is sealed, or restricted, from whoever asks: each to the end of its day, a glass until its instant. */
const GUARDED = `SELECT case_id, coalesce(sealed_until >= $3 AND sealed_by <> asked.staff_id AND NOT named, false) AS sealed,
    coalesce(until >= $3 AND NOT named AND NOT asked.audits AND NOT EXISTS (
      SELECT FROM case_openings AS o WHERE o.case_id = r.case_id AND o.staff_id = asked.staff_id AND o.until > $4), false) AS restricted
  FROM case_restrictions AS r
  CROSS JOIN LATERAL (SELECT coalesce(until >= $3 AND asked.staff_id = ANY (people), false) AS named) AS naming
  WHERE greatest(until, sealed_until) >= $3`;

/**
 * By who asks: the cases that they are a party to, known as such since whenever, or that they are recused from; and those
 * that others restricted or sealed.
 */
const HIDDEN = `SELECT asked.nth::int, hidden.case_id AS "caseId", barred, sealed,
    ARRAY(SELECT hearing_id FROM hearing_cases AS heard WHERE heard.case_id = hidden.case_id) AS hearings
  FROM unnest($1::text[], $2::boolean[]) WITH ORDINALITY AS asked(staff_id, audits, nth)
  CROSS JOIN LATERAL (
    SELECT case_id, true AS barred, false AS sealed FROM case_people WHERE person = asked.staff_id
    UNION SELECT case_id, true, false FROM party_staff JOIN case_people ON person = party_id::text WHERE staff_id = asked.staff_id
    UNION SELECT case_id, sealed, sealed FROM (${GUARDED}) AS guarded WHERE sealed OR restricted
  ) AS hidden`;

interface Hidden {
  readonly nth: number;
  readonly caseId: string;
  readonly barred: boolean;
  readonly sealed: boolean;
  readonly hearings: readonly string[];
}

const acting = (id: string, role: string | undefined): Principal => ({
  id,
  roles: role === 'auditor' ? [role] : [],
});

/** Asks what somebody must not see. */
@Injectable()
export class Sights {
  /** Requests that wait together ask together; nothing is remembered, for a conflict counts from its first moment. */
  private readonly asking = new DataLoader<Principal, Sight>((all) => this.ask(all), { cache: false });

  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  of(principal: Principal): Promise<Sight> {
    return this.asking.load(principal);
  }

  /** Of somebody who acts, in a role that counts only where somebody who audits asks what an act would meet. The house itself sees. */
  async ofActor(staffId: string, role?: string): Promise<Sight> {
    const principal = acting(staffId, role);
    return isHouse(staffId) ? new Sight(principal) : this.of(principal);
  }

  /** The same, had they broken no glass. */
  async withoutGlass(staffId: string, role?: string): Promise<Sight> {
    const principal = acting(staffId, role);
    const [sight] = isHouse(staffId) ? [] : await this.ask([principal], 'infinity');
    return sight ?? new Sight(principal);
  }

  /** `now`: a glass that is broken until then shows nothing any more. */
  private async ask(principals: readonly Principal[], now = this.clock.now()): Promise<Sight[]> {
    const { rows } = await this.pool.query<Hidden>({
      name: 'cases-hidden',
      text: HIDDEN,
      values: [
        principals.map(({ id }) => id),
        principals.map(({ roles }) => roles.includes('auditor')),
        this.clock.today(),
        now,
      ],
    });
    return principals.map((principal, index) => {
      const hidden = rows.filter(({ nth }) => nth === index + 1);
      const idsOf = (some: readonly Hidden[]) => [...new Set(some.map(({ caseId }) => caseId))];
      const own = idsOf(hidden.filter(({ barred, sealed }) => barred && !sealed));
      const sealed = idsOf(hidden.filter((each) => each.sealed));
      return new Sight(principal, {
        hidden: idsOf(hidden),
        hiddenHearings: hidden.flatMap(({ hearings }) => hearings),
        barred: [...new Set([...own, ...sealed])],
        sealed: sealed.filter((id) => !own.includes(id)),
      });
    });
  }
}
