import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { z } from 'zod';
import type { Sight } from '../access/sight.js';
import { policySet } from '../clocks/policy-set.js';
import { dayIn } from '../clocks/days.js';
import { inPlainWords } from '../clocks/explanation.js';
import { policyName } from '../clocks/policy.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import type { Rules } from '../clocks/reckoned-by.js';
import { deadlinesOf, type CaseDeadline } from '../complaints/complaint.deadlines.js';
import { caseIn } from '../complaints/complaint.projection.js';
import type { KnownComplaint } from '../complaints/complaint.state.js';
import { References } from '../complaints/reference.queries.js';
import { NotFound, RuleBroken } from '../event-store/errors.js';
import { Clock } from '../platform/clock.js';
import { POOL } from '../platform/database.js';

/** How the due dates of a case came about. */

export const explanation = z
  .object({
    caseId: z.uuid(),
    reference: z.string(),
    deadline: z.string(),
    occurrence: z.int(),
    dueOn: z.iso.date(),
    dueAt: z.string().describe('The instant from which it is late.'),
    metOn: z.iso.date().nullable(),
    advisory: z.boolean().describe('A day to aim for, which is never overdue nor missed.'),
    policy: z.string().describe('The version that it is reckoned by.'),
    source: z.string().describe('Where the limits of that policy come from.'),
    confidence: policySet.shape.confidence,
    openedUnder: z.string().describe('The version that the case was opened under.'),
    calendars: z.array(z.string()).readonly().describe('Each with its revision; 0: as shipped.'),
    combine: policySet.shape.combine,
    steps: z.array(z.unknown()).readonly().describe('What was reckoned, step by step, each with its kind.'),
    sentences: z.array(z.string()).readonly().describe('The same in plain words.'),
  })
  .meta({ id: 'DeadlineExplanation' });

export type Explanation = z.output<typeof explanation>;

@Injectable()
export class Explanations {
  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(PolicyBook) private readonly book: PolicyBook,
    @Inject(References) private readonly references: References,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** One deadline; of one that recurs its last occurrence. Errors: NotFound, RuleBroken `case-not-adopted`. */
  async one(name: string, deadline: string, sight: Sight): Promise<Explanation> {
    const { deadlines, ...of } = await this.deadlinesOf(name, sight);
    const found = deadlines.findLast(({ key }) => key === deadline);
    if (!found) throw new NotFound('deadline', `${deadline} of this case`, keysIn(deadlines));
    return this.explained(of, found);
  }

  /** All of a case, which is named by its id or its reference. */
  async all(name: string, sight: Sight): Promise<Explanation[]> {
    const { deadlines, ...of } = await this.deadlinesOf(name, sight);
    return deadlines.map((each) => this.explained(of, each));
  }

  private async deadlinesOf(
    name: string,
    sight: Sight,
  ): Promise<Explained & { readonly deadlines: readonly CaseDeadline[] }> {
    const id = await this.references.idOf(name, sight);
    const { rows } = await this.pool.query<{ detail: string }>('SELECT detail FROM cases WHERE id = $1', [
      id,
    ]);
    const { complaint } = caseIn(rows[0]?.detail ?? '{}');
    const rules = await this.book.ofCase(complaint);
    if (!rules)
      throw new RuleBroken(
        'case-not-adopted',
        'This case was imported and has no procedure yet, so it has no deadlines. Adopt it first.',
      );
    const today = dayIn(this.clock.now(), rules.policy.zone);
    const deadlines = deadlinesOf(complaint, rules.policy, rules.calendar, today);
    return { id, complaint, rules, today, deadlines };
  }

  private explained({ id, complaint, rules, today }: Explained, deadline: CaseDeadline): Explanation {
    const { policy, reckonedBy } = rules;
    const reckoning = deadline.explain(today);
    const openedUnder = complaint.policySet ?? policyName(policy);
    return {
      caseId: id,
      reference: complaint.reference,
      deadline: deadline.key,
      occurrence: deadline.occurrence,
      dueOn: reckoning.dueOn,
      dueAt: reckoning.dueAt,
      metOn: deadline.metOn,
      policy: policyName(policy),
      source: policy.source,
      confidence: policy.confidence,
      openedUnder,
      calendars: reckonedBy.calendars,
      combine: policy.combine,
      steps: reckoning.steps,
      advisory: deadline.rule.advisory,
      sentences: [
        ...this.ruled(openedUnder, rules, complaint),
        ...inPlainWords(reckoning),
        ...(deadline.rule.advisory
          ? ['It is advisory: when that day passes, nothing is overdue or missed.']
          : []),
      ],
    };
  }

  private ruled(openedUnder: string, { policy, reckonedBy }: Rules, { phase }: KnownComplaint): string[] {
    const now = policyName(policy);
    const moves = this.book
      .supersededBy(openedUnder)
      .filter(({ by }) => by <= policy.version)
      .map(({ key, version, by, reasons }) => `${key}@${version} was superseded by ${key}@${by}: ${reasons}`);
    const joined = policy.combine === 'union' ? ' or ' : ' and ';
    return [
      `The case was opened under ${openedUnder}${now === openedUnder ? '' : ` and goes by ${now}`}; its limits come from: ${policy.source} (${policy.confidence}).`,
      ...moves,
      `Working days are those of ${reckonedBy.calendars.join(joined)}${phase === 'closed' ? ', as when it was closed' : ''}.`,
    ];
  }
}

const keysIn = (deadlines: readonly CaseDeadline[]): string => {
  const keys = [...new Set(deadlines.map(({ key }) => key))];
  return keys.length === 0 ? 'It has none.' : `It has ${keys.join(', ')}.`;
};

interface Explained {
  readonly id: string;
  readonly complaint: KnownComplaint;
  readonly rules: Rules;
  readonly today: string;
}
