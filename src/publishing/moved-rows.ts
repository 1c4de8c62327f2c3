import type { ClientBase } from 'pg';
import type { CaseDeadline } from '../complaints/complaint.deadlines.js';
import { caseTold, type CaseRow } from '../complaints/complaint.projection.js';

/** What a new reckoning changes of an open case's row: what falls due next, by what that was reckoned, and its text. */
const CASES = `UPDATE cases SET next_due_on = told.next_due_on, detail = told.detail
  FROM unnest($1::uuid[], $2::date[], $3::text[]) AS told(id, next_due_on, detail)
  WHERE cases.id = told.id`;

const MOVED = `UPDATE deadlines SET due_on = told.due_on, met_on = told.met_on, held = told.held
  FROM unnest($1::uuid[], $2::text[], $3::int[], $4::date[], $5::date[], $6::boolean[])
    AS told(case_id, key, occurrence, due_on, met_on, held)
  WHERE deadlines.case_id = told.case_id AND deadlines.key = told.key AND deadlines.occurrence = told.occurrence`;

type Told = ReturnType<typeof caseTold>;
type Known = CaseRow['deadlines'][number];

const isSame = (one: Known, other: Known): boolean =>
  one.key === other.key && one.occurrence === other.occurrence;

const saysTheSame = (one: Known, other: Known): boolean =>
  one.dueOn === other.dueOn && one.metOn === other.metOn && one.held === other.held;

/**
 * The rows of a page that was reckoned anew, written in as few columns as a reckoning changes. Where a rule gives a case
 * other deadlines than it had, the projection's own function writes the whole of it.
 */
export class MovedRows {
  private readonly whole: string[] = [];
  private readonly cases: [id: string[], next: (string | null)[], text: string[]] = [[], [], []];
  private readonly moved: (readonly [string, CaseDeadline])[] = [];

  add({ id, deadlines: before }: CaseRow, { row, nextDueOn, deadlines }: Told): void {
    const isAsBefore = before.length === deadlines.length;
    if (!isAsBefore || !deadlines.every((due, index) => before[index] && isSame(before[index], due))) {
      this.whole.push(row.text);
      return;
    }
    const [ids, next, texts] = this.cases;
    ids.push(id);
    next.push(nextDueOn);
    texts.push(row.text);
    deadlines.forEach((due, index) => {
      if (!before[index] || !saysTheSame(before[index], due)) this.moved.push([id, due]);
    });
  }

  async write(client: ClientBase): Promise<void> {
    if (this.whole.length > 0) await client.query('SELECT upsert_cases($1)', [this.whole]);
    if (this.cases[0].length > 0) await client.query(CASES, [...this.cases]);
    if (this.moved.length > 0) await client.query(MOVED, this.movedColumns());
  }

  private movedColumns(): unknown[][] {
    return [
      this.moved.map(([id]) => id),
      this.moved.map(([, { key }]) => key),
      this.moved.map(([, { occurrence }]) => occurrence),
      this.moved.map(([, { dueOn }]) => dueOn),
      this.moved.map(([, { metOn }]) => metOn),
      this.moved.map(([, { held }]) => held),
    ];
  }
}
