import { Inject, Injectable } from '@nestjs/common';
import type { ClientBase, Pool } from 'pg';
import { dayIn } from '../clocks/days.js';
import { LiveCases, type Listener, type Moved } from '../clocks/live-cases.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import { caseIn, caseTold, type CaseRow } from '../complaints/complaint.projection.js';
import { inTransaction } from '../event-store/in-transaction.js';
import { Clock } from '../platform/clock.js';
import { POOL } from '../platform/database.js';
import { Misses } from '../reminders/misses.js';
import { MovedRows } from './moved-rows.js';
import { differences, moveOf, Tally, type Due } from './moves.js';

const PAGE = 2_000;

// From one reckoning to the next by the index, whatever the number of cases.
const RECKONINGS = `WITH RECURSIVE told AS (
    (SELECT reckoned_by FROM cases WHERE closed_on IS NULL AND reckoned_by IS NOT NULL
     ORDER BY reckoned_by LIMIT 1)
    UNION ALL
    SELECT (SELECT c.reckoned_by FROM cases c
      WHERE c.closed_on IS NULL AND c.reckoned_by IS NOT NULL AND c.reckoned_by > told.reckoned_by
      ORDER BY c.reckoned_by LIMIT 1)
    FROM told WHERE told.reckoned_by IS NOT NULL)
  SELECT reckoned_by AS line FROM told WHERE reckoned_by IS NOT NULL AND reckoned_by <> ALL ($1)`;

// Locked in the order in which an append writes them, so that neither waits for the other in a circle.
const CASES = `SELECT id, detail FROM cases
  WHERE closed_on IS NULL AND reckoned_by = $1 AND ($2::uuid IS NULL OR id > $2)
  ORDER BY id LIMIT ${PAGE} FOR UPDATE`;

/**
 * Makes a new rule reach the open cases: their rows are made anew by the one engine from the state that they hold, and
 * written many at a time. A page is locked while it is reckoned, so a command on one of its cases waits for a moment, and
 * is neither lost nor overtaken. Whatever is interrupted goes on where it stopped, for each row says what it was reckoned by.
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

  recordMissed(): Promise<number> {
    return this.misses.record();
  }

  async reach(tell?: Listener): Promise<Moved> {
    await this.book.read();
    const missesRecorded = await this.recordMissed();
    const tally = new Tally();
    for (const line of await this.stale()) await this.moveAll(line, tally, tell);
    return { ...tally.totals, missesRecorded };
  }

  /** The reckonings of open cases that hold no more. */
  private async stale(): Promise<string[]> {
    const { rows } = await this.pool.query<{ line: string }>(RECKONINGS, [this.book.current()]);
    return rows.map(({ line }) => line);
  }

  private async moveAll(line: string, tally: Tally, tell: Listener | undefined): Promise<void> {
    let after: string | undefined;
    do {
      const from: string | null = after ?? null;
      after = await inTransaction(this.pool, (client) => this.movePage({ client, line, tally, tell }, from));
    } while (after !== undefined);
  }

  /** The last case of the page; undefined when there was none. */
  private async movePage(
    { client, line, tally, tell }: Page,
    after: string | null,
  ): Promise<string | undefined> {
    const { rows } = await client.query<{ id: string; detail: string }>(CASES, [line, after]);
    const last = rows.at(-1);
    if (!last) return undefined;
    const moved = new MovedRows();
    for (const { detail } of rows) {
      const before = caseIn(detail);
      const told = caseTold(this.book, before);
      this.compare(before, told.deadlines, { tally, tell });
      moved.add(before, told);
    }
    await moved.write(client);
    return last.id;
  }

  private compare(
    { id, complaint, deadlines }: CaseRow,
    anew: readonly Due[],
    { tally, tell }: Pick<Page, 'tally' | 'tell'>,
  ): void {
    const rules = this.book.rulesOf(complaint);
    if (!rules) return;
    const told = differences(deadlines, anew, dayIn(this.clock.now(), rules.policy.zone));
    tally.add(told);
    if (!tell) return;
    for (const each of told)
      if (each.direction !== 'unchanged') tell(moveOf({ caseId: id, reference: complaint.reference }, each));
  }
}

interface Page {
  readonly client: ClientBase;
  readonly line: string;
  readonly tally: Tally;
  readonly tell: Listener | undefined;
}
