import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { dayIn } from '../clocks/days.js';
import { insiders, LiveCases, type Audience, type Moved } from '../clocks/live-cases.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import { caseIn, clocksOf } from '../complaints/complaint.projection.js';
import { numberArray, textArray } from '../event-store/encode.js';
import { Clock } from '../platform/clock.js';
import { POOL } from '../platform/database.js';
import { Misses } from '../reminders/misses.js';
import { differences, haveSameNames, moveOf, Tally, type Difference, type Due } from './moves.js';

const PAGE = 2_000;
/** One page is reckoned while another is being written. */
const LANES = 2;

// From one reckoning to the next by the index, whatever the number of cases.
const RECKONINGS = `WITH RECURSIVE told AS (
    (SELECT reckoned_by FROM case_clocks WHERE live AND reckoned_by IS NOT NULL ORDER BY reckoned_by LIMIT 1)
    UNION ALL
    SELECT (SELECT k.reckoned_by FROM case_clocks k
      WHERE k.live AND k.reckoned_by IS NOT NULL AND k.reckoned_by > told.reckoned_by
      ORDER BY k.reckoned_by LIMIT 1)
    FROM told WHERE told.reckoned_by IS NOT NULL)
  SELECT reckoned_by AS line FROM told WHERE reckoned_by IS NOT NULL AND reckoned_by <> ALL ($1)`;

// Of the cases those of the page alone are looked for, by one walk through the index: a join walked all before them, page for page.
const CASES = `SELECT id, detail FROM cases WHERE id = ANY (ARRAY(SELECT case_id FROM case_clocks
  WHERE live AND reckoned_by = $1 AND ($2::uuid IS NULL OR case_id > $2) ORDER BY case_id LIMIT ${PAGE})) ORDER BY id`;

const MOVE = 'SELECT move_case_clocks($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) AS "leftAlone"';

/**
 * Makes a new rule reach the open cases: what it makes of each is reckoned anew by the one engine from the state that the
 * row of the case holds, and written many at a time. A page is locked only while it is
 * written, and a case that somebody wrote to since it was read is left to that, so nothing is lost and nothing overtaken.
 * Whatever is interrupted goes on where it stopped, for each row says what it was reckoned by.
 */
@Injectable()
export class Reach extends LiveCases {
  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(PolicyBook) private readonly book: PolicyBook,
    @Inject(Misses) private readonly misses: Misses,
    @Inject(Clock) private readonly clock: Clock,
  ) {
    super();
  }

  recordMissed(audience: Audience = insiders): Promise<number> {
    return this.misses.record((caseId) => audience.sees(caseId));
  }

  async reach(audience: Audience = insiders): Promise<Moved> {
    await this.book.read();
    const missesRecorded = await this.recordMissed(audience);
    const tally = new Tally();
    for (const line of await this.stale()) await this.moveAll({ line, tally, audience });
    return { ...tally.totals, missesRecorded };
  }

  /** The reckonings of open cases that hold no more. */
  private async stale(): Promise<string[]> {
    const { rows } = await this.pool.query<{ line: string }>(RECKONINGS, [this.book.current()]);
    return rows.map(({ line }) => line);
  }

  private async moveAll(moving: Moving): Promise<void> {
    const pages = this.pagesOf(moving.line);
    const lane = async () => {
      for await (const page of pages) await this.move(page, moving);
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  }

  private async *pagesOf(line: string): AsyncGenerator<readonly string[]> {
    for (let after: string | null = null; ;) {
      const page: { rows: { id: string; detail: string }[] } = await this.pool.query(CASES, [line, after]);
      const last = page.rows.at(-1);
      if (!last) return;
      after = last.id;
      yield page.rows.map(({ detail }) => detail);
    }
  }

  /** Cases that somebody wrote to since they were read are left alone: what that made of them is found when it is stale too. */
  private async move(page: readonly string[], { line, tally, audience }: Moving): Promise<void> {
    const anew = this.reckoned(page, line);
    const { rows } = await this.pool.query<{ leftAlone: string[] }>(MOVE, [line, ...columnsOf(anew)]);
    const leftAlone = new Set(rows[0]?.leftAlone);
    for (const { id: caseId, reference, told } of anew) {
      if (leftAlone.has(caseId) || !audience.sees(caseId)) continue;
      tally.add(told);
      for (const each of audience.hear ? told : [])
        if (each.direction !== 'unchanged') audience.hear?.(moveOf({ caseId, reference }, each));
    }
  }

  /** Of a page only this is kept until it is written: whole cases would cost more to collect than to reckon. */
  private reckoned(page: readonly string[], line: string): readonly Reckoned[] {
    const todayIn = daysAt(this.clock.now());
    const rulesBefore = this.book.rulesNamed(line);
    const asBefore = { rulesOf: () => rulesBefore };
    return page.map((detail) => {
      const { id, version, complaint } = caseIn(detail);
      const before = clocksOf(asBefore, complaint);
      const { reckonedBy = null, nextDueOn, deadlines } = clocksOf(this.book, complaint);
      const { zone } = this.book.rulesOf(complaint)?.policy ?? rulesBefore.policy;
      return {
        id,
        version,
        reference: complaint.reference,
        reckonedBy,
        nextDueOn,
        deadlines: deadlines.map(({ key, occurrence, dueOn, metOn, held }) => ({
          caseId: id,
          key,
          occurrence,
          dueOn,
          metOn,
          held,
        })),
        reshaped: !haveSameNames(before.deadlines, deadlines),
        told: differences(before.deadlines, deadlines, todayIn(zone)),
      };
    });
  }
}

/** Today in each zone, asked once. */
const daysAt = (now: string): ((zone: string) => string) => {
  const known = new Map<string, string>();
  return (zone) => {
    const day = known.get(zone) ?? dayIn(now, zone);
    known.set(zone, day);
    return day;
  };
};

interface Reckoned {
  readonly id: string;
  readonly version: number;
  readonly reference: string;
  readonly reckonedBy: string | null;
  readonly nextDueOn: string | null;
  readonly deadlines: readonly (Due & { readonly caseId: string; readonly occurrence: number })[];
  /** Whether it has other deadlines than before, and not only the same at other days. */
  readonly reshaped: boolean;
  readonly told: readonly Difference[];
}

/** What `move_case_clocks` is given: cases, and their deadlines, column by column. */
const columnsOf = (cases: readonly Reckoned[]): string[] => {
  const deadlines = cases.flatMap((each) => each.deadlines);
  return [
    textArray(cases.map(({ id }) => id)),
    numberArray(cases.map(({ version }) => version)),
    textArray(cases.map(({ reckonedBy }) => reckonedBy)),
    textArray(cases.map(({ nextDueOn }) => nextDueOn)),
    textArray(deadlines.map(({ caseId }) => caseId)),
    textArray(deadlines.map(({ key }) => key)),
    numberArray(deadlines.map(({ occurrence }) => occurrence)),
    textArray(deadlines.map(({ dueOn }) => dueOn)),
    textArray(deadlines.map(({ metOn }) => metOn)),
    textArray(deadlines.map(({ held }) => String(held))),
    textArray(cases.filter(({ reshaped }) => reshaped).map(({ id }) => id)),
  ];
};

interface Moving {
  readonly line: string;
  readonly tally: Tally;
  readonly audience: Audience;
}
