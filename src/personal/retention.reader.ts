import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { z } from 'zod';
import { policyName } from '../clocks/policy.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import type { PolicySet } from '../clocks/policy-set.js';
import { keptUntil } from '../clocks/retention.js';
import { pageOf } from '../access/read-door.js';
import type { Sight } from '../access/sight.js';
import { legacyOutcome } from '../complaints/complaint.events.js';
import { RuleBroken } from '../event-store/errors.js';
import { day } from '../event-store/schema.js';
import { Clock } from '../platform/clock.js';
import { POOL } from '../platform/database.js';
import { cursorAs, cursorOf, pageRequest, type Page } from '../platform/page.js';

/** A closed case whose time is over: it is erased, or held. */
export const dueErasure = z
  .object({
    caseId: z.uuid(),
    reference: z.string(),
    category: z.string(),
    outcome: legacyOutcome,
    closedOn: day,
    keptUntil: day,
    policy: z.string().describe('The version whose retention says so.'),
    held: z.boolean().describe('A legal hold stands on it: it is not erased.'),
  })
  .meta({ id: 'DueErasure' });

export type DueErasure = z.output<typeof dueErasure>;
export const dueErasures = pageOf(dueErasure);

export const retentionRequest = z.strictObject({
  ...pageRequest.shape,
  on: day.optional().describe('As of that day; today, when absent.'),
});
export type RetentionRequest = z.output<typeof retentionRequest>;

interface Closed {
  readonly caseId: string;
  readonly reference: string;
  readonly category: string;
  readonly outcome: DueErasure['outcome'];
  readonly closedOn: string;
  readonly policySet: string | null;
  readonly held: boolean;
}

const CLOSED = `SELECT id AS "caseId", reference, category, outcome, closed_on::text AS "closedOn",
    j->>'policySet' AS "policySet", jsonb_array_length(j->'holds') > 0 AS held
  FROM (SELECT *, detail::jsonb AS j FROM cases
    WHERE closed_on <= $1::date AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3) AS closed
  WHERE NOT j ? 'erased' ORDER BY id`;

const LOOKED_AT = 500;
const cursor = z.tuple([z.uuid()]);

/** What retention asks for, case by case in the order of their ids. */
@Injectable()
export class RetentionReader {
  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(PolicyBook) private readonly policies: PolicyBook,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async page(
    { first, after, on = this.clock.today() }: RetentionRequest,
    sight: Sight,
  ): Promise<Page<DueErasure>> {
    const [from] = cursorAs(after, cursor) ?? [];
    const items: DueErasure[] = [];
    for await (const due of this.dueAfter(on, from)) {
      if (!sight.sees(due.caseId)) continue;
      if (items.length === first) return { items, next: cursorOf([items.at(-1)?.caseId ?? '']) };
      items.push(due);
    }
    return { items, next: null };
  }

  private async *dueAfter(on: string, after: string | undefined): AsyncGenerator<DueErasure> {
    let from = after;
    do {
      const { rows, last } = await this.closedBy(on, from);
      for (const row of rows) {
        const due = await this.due(row, on);
        if (due) yield due;
      }
      from = last;
    } while (from !== undefined);
  }

  private async closedBy(
    on: string,
    after: string | undefined,
  ): Promise<{ rows: Closed[]; last: string | undefined }> {
    const { rows: ids } = await this.pool.query<{ id: string }>(
      `SELECT id FROM cases WHERE closed_on <= $1::date AND ($2::uuid IS NULL OR id > $2)
       ORDER BY id OFFSET ${LOOKED_AT - 1} LIMIT 1`,
      [on, after ?? null],
    );
    const { rows } = await this.pool.query<Closed>(CLOSED, [on, after ?? null, LOOKED_AT]);
    return { rows, last: ids[0]?.id };
  }

  private async due({ policySet, ...row }: Closed, on: string): Promise<DueErasure | undefined> {
    const policy = await this.policyOf(policySet, on);
    const until = policy?.retention && keptUntil(policy.retention, row);
    if (!policy || until === undefined || until > on) return undefined;
    return { ...row, keptUntil: until, policy: policyName(policy) };
  }

  private policyOf(policySet: string | null, on: string): Promise<PolicySet | undefined> {
    return this.policies.inForce(on, policySet?.split('@')[0]).catch((refusal: unknown) => {
      // No version holds on that day, so nothing says that anything is due.
      if (refusal instanceof RuleBroken) return undefined;
      throw refusal;
    });
  }
}
