import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { z } from 'zod';
import { notAmong } from '../access/ids.js';
import type { Sight } from '../access/sight.js';
import { combined } from '../clocks/calendar.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import { moved } from '../clocks/live-cases.js';
import type { PolicySet } from '../clocks/policy-set.js';
import type { Rules } from '../clocks/reckoned-by.js';
import { binding, deadlinesOf } from '../complaints/complaint.deadlines.js';
import { caseIn, clocksOf } from '../complaints/complaint.projection.js';
import { Clock } from '../platform/clock.js';
import { POOL } from '../platform/database.js';
import { differences, Tally, type Difference } from './moves.js';
import { supposedIn, type Supposed, type Supposition } from './supposition.js';

/** What other rules would make of the open cases. Nothing is written. */

const PAGE = 2_000;
const TOLD = 1_000;

const CASES = `SELECT id, detail FROM case_clocks JOIN cases ON id = case_id
  WHERE live AND reckoned_by IS NOT NULL AND ($1::uuid IS NULL OR case_id > $1)
    AND ${notAmong('case_id', '$2')} ORDER BY case_id LIMIT ${PAGE}`;

const change = z
  .object({
    caseId: z.uuid(),
    reference: z.string(),
    deadline: z.string(),
    dueOn: z.iso.date().nullable().describe('Now; null: the case has no such deadline.'),
    wouldBeDueOn: z.iso.date().nullable(),
    becomes: z.enum(['overdue', 'no-longer-overdue', 'due-another-day']),
  })
  .meta({ id: 'WhatIfChange' });

export const whatIf = z
  .object({
    asOf: z.iso.date(),
    ...moved.omit({ missesRecorded: true }).shape,
    changes: z.array(change).readonly().describe(`The first ${TOLD}, those that change their state first.`),
  })
  .meta({ id: 'WhatIf' });

export type WhatIf = z.output<typeof whatIf>;
type Change = z.output<typeof change>;

interface CasePage {
  readonly rows: readonly { readonly id: string; readonly detail: string }[];
}

const becoming = ({ overdueBefore, overdueAfter }: Difference): Change['becomes'] => {
  if (overdueBefore === overdueAfter) return 'due-another-day';
  return overdueAfter ? 'overdue' : 'no-longer-overdue';
};

@Injectable()
export class WhatIfReader {
  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(PolicyBook) private readonly book: PolicyBook,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Errors: those of `supposedIn`. */
  async suppose(asked: Supposition, sight: Sight): Promise<WhatIf> {
    await this.book.read();
    const today = this.clock.today();
    const supposed = supposedIn(asked, this.book, today);
    const { asOf = today } = asked;
    const tally = new Tally();
    const changes: Change[] = [];
    const under = this.supposing(supposed);
    for await (const text of this.openCases(sight)) {
      const { id, complaint } = caseIn(text);
      const rules = this.book.rulesOf(complaint);
      if (!rules) continue;
      const { policy, calendar } = under(rules);
      const told = differences(
        clocksOf(this.book, complaint).deadlines,
        binding(deadlinesOf(complaint, policy, calendar, null)),
        asOf,
      );
      tally.add(told);
      for (const each of told.filter(({ direction }) => direction !== 'unchanged'))
        changes.push({
          caseId: id,
          reference: complaint.reference,
          deadline: each.deadline,
          dueOn: each.from,
          wouldBeDueOn: each.to,
          becomes: becoming(each),
        });
    }
    const { missesRecorded: _, ...totals } = tally.totals;
    const [other, state] = [true, false].map((later) =>
      changes.filter(({ becomes }) => (becomes === 'due-another-day') === later),
    );
    return { asOf, ...totals, changes: [...(state ?? []), ...(other ?? [])].slice(0, TOLD) };
  }

  private async *openCases({ hidden }: Sight): AsyncGenerator<string> {
    for (let after: string | null = null; ;) {
      const page: CasePage = await this.pool.query(CASES, [after, hidden]);
      for (const { detail } of page.rows) yield detail;
      const last = page.rows.at(-1);
      if (!last || page.rows.length < PAGE) return;
      after = last.id;
    }
  }

  private supposing({ policy: other, calendars }: Supposed) {
    const made = new Map<PolicySet, Pick<Rules, 'policy' | 'calendar'>>();
    return (rules: Rules): Pick<Rules, 'policy' | 'calendar'> => {
      const policy = other?.key === rules.policy.key ? other : rules.policy;
      const before = made.get(policy);
      if (before) return before;
      const parts = policy.calendars.map((name) => calendars.get(name) ?? this.book.calendarNamed(name));
      const supposed = { policy, calendar: combined(parts, policy.combine) };
      made.set(policy, supposed);
      return supposed;
    };
  }
}
