import { Inject, Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import type { Pool } from 'pg';
import { POOL } from '../platform/database.js';
import type { Principal } from './principal.js';
import { Sight } from './sight.js';

/** By who asks: the cases that they are a party to, known as such since whenever, or that they are recused from. */
const HIDDEN = `SELECT asked.nth::int, hidden.case_id AS "caseId",
    ARRAY(SELECT hearing_id FROM hearing_cases AS heard WHERE heard.case_id = hidden.case_id) AS hearings
  FROM unnest($1::text[]) WITH ORDINALITY AS asked(staff_id, nth)
  CROSS JOIN LATERAL (
    SELECT case_id FROM case_people WHERE person = asked.staff_id
    UNION SELECT case_id FROM parties JOIN case_people ON person = id::text WHERE staff_id = asked.staff_id
  ) AS hidden`;

interface Hidden {
  readonly nth: number;
  readonly caseId: string;
  readonly hearings: readonly string[];
}

/** Asks what somebody must not see. */
@Injectable()
export class Sights {
  /** Requests that wait together ask together; nothing is remembered, for a conflict counts from its first moment. */
  private readonly asking = new DataLoader<Principal, Sight>((all) => this.ask(all), { cache: false });

  constructor(@Inject(POOL) private readonly pool: Pool) {}

  of(principal: Principal): Promise<Sight> {
    return this.asking.load(principal);
  }

  private async ask(principals: readonly Principal[]): Promise<Sight[]> {
    const { rows } = await this.pool.query<Hidden>({
      name: 'cases-hidden',
      text: HIDDEN,
      values: [principals.map(({ id }) => id)],
    });
    return principals.map((principal, index) => {
      const hidden = rows.filter(({ nth }) => nth === index + 1);
      const hearings = hidden.flatMap((each) => each.hearings);
      return new Sight(
        principal,
        hidden.map(({ caseId }) => caseId),
        hearings,
      );
    });
  }
}
