import { Inject, Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import type { Pool } from 'pg';
import { isHouse } from '../event-store/schema.js';
import { Clock } from '../platform/clock.js';
import { POOL } from '../platform/database.js';
import type { Principal } from './principal.js';
import { Ids } from './ids.js';
import { Sight, type Unseen } from './sight.js';

/** Whether a case is sealed, or restricted, from whoever asks: each to the end of its day, a glass until its instant. */
const GUARDED = `SELECT case_id, coalesce(sealed_until >= $3 AND sealed_by <> asked.staff_id AND NOT named, false) AS sealed,
    coalesce(until >= $3 AND NOT named AND NOT asked.audits AND NOT EXISTS (
      SELECT FROM case_openings AS o WHERE o.case_id = r.case_id AND o.staff_id = asked.staff_id AND o.until > $4), false) AS restricted
  FROM case_restrictions AS r
  CROSS JOIN LATERAL (SELECT coalesce(until >= $3 AND asked.staff_id = ANY (people), false) AS named) AS naming
  WHERE greatest(until, sealed_until) >= $3`;

/**
 * By who asks: the cases that they are a party to, known as such since whenever, or that they are recused from, under whichever of
 * their references; those that others sealed, or restricted; and the hearings that hear any of all these.
 * Thousands are read twice sooner than kept (NOT MATERIALIZED).
 */
const HIDDEN = `SELECT hidden.* FROM unnest($1::text[], $2::boolean[]) WITH ORDINALITY AS asked(staff_id, audits, nth)
  CROSS JOIN LATERAL (
    WITH hidden AS NOT MATERIALIZED (
      SELECT case_id, false AS sealed, false AS restricted FROM case_people WHERE person = asked.staff_id
      UNION ALL SELECT case_id, false, false FROM party_staff JOIN case_people ON person = party_id::text WHERE staff_id = asked.staff_id
      UNION ALL SELECT case_id, false, false FROM party_staff AS own JOIN party_staff AS other USING (party_id)
        JOIN case_people ON person = other.staff_id WHERE own.staff_id = asked.staff_id AND other.staff_id <> own.staff_id
      UNION ALL SELECT * FROM (${GUARDED}) AS guarded WHERE sealed OR restricted)
    SELECT ${Ids.packing('case_id', 'NOT sealed AND NOT restricted')} AS own,
      ${Ids.packing('case_id', 'sealed')} AS sealed,
      ${Ids.packing('case_id', 'NOT sealed AND restricted')} AS restricted,
      (SELECT ${Ids.packing('hearing_id')} FROM hearing_cases
        WHERE case_id = ANY (ARRAY(SELECT case_id FROM hidden))) AS hearings
    FROM hidden) AS hidden ORDER BY nth`;

type Hidden = Readonly<Record<'own' | 'sealed' | 'restricted' | 'hearings', string | null>>;

const unseenIn = (told: Hidden): Unseen => {
  const own = Ids.packed(told.own);
  const sealed = Ids.packed(told.sealed);
  const barred = own.and(sealed);
  return {
    hidden: barred.and(Ids.packed(told.restricted)),
    hiddenHearings: Ids.packed(told.hearings),
    barred,
    sealed: sealed.without(own),
  };
};

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
    return rows.map((told, index) => new Sight(principals[index] as Principal, unseenIn(told)));
  }
}
