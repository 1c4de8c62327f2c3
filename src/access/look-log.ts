import type { Pool, QueryConfig } from 'pg';
import { Unavailable } from '../event-store/errors.js';
import { BornKeys, type Sealing } from '../event-store/sealing.js';
import type { Look, Seen } from './look.js';

/** Where looks are written: `looks`, which is only added to. */

const MOST = 2_000;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** What was said of no case and no party in particular is sealed under a key of its own. */
const OTHERS = 'looks';

const COLUMNS = [
  'request_id',
  'actor_id',
  'actor_role',
  'door',
  'question',
  'kind',
  'thing',
  'case_id',
  'reason',
];
type Row = readonly (string | null)[];

const typed = COLUMNS.map((name, index) => `$${index + 1}::${name === 'case_id' ? 'uuid' : 'text'}`);

/** The disk is not waited for, which is most of what writing costs a read: PostgreSQL has it there within a second. */
const into = `INSERT INTO looks (${COLUMNS.join(', ')}) SELECT seen.* FROM set_config('synchronous_commit', 'off', true),`;
const WRITE = {
  name: 'write-looks',
  text: `${into} unnest(${typed.map((parameter) => `${parameter}[]`).join(', ')}) AS seen`,
};
/** What most readers wait for, at two thirds of the cost. */
const WRITE_ONE = { name: 'write-look', text: `${into} (SELECT ${typed.join(', ')}) AS seen` };

const statementOf = (rows: readonly Row[]): QueryConfig => {
  const [row] = rows;
  if (row && rows.length === 1) return { ...WRITE_ONE, values: [...row] };
  return { ...WRITE, values: COLUMNS.map((_, column) => rows.map((each) => each[column])) };
};

interface Thing {
  readonly kind: string;
  readonly id: string;
  readonly caseId: string | null;
}

interface Waiting {
  readonly rows: readonly Row[];
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** What belongs to several cases is one thing in each. */
const thingsIn = ({ kind, id, cases }: Seen, ids: ReadonlyMap<string, string>): readonly Thing[] => {
  if (cases.length === 0) return [{ kind, id, caseId: null }];
  return cases.map((name) => {
    const caseId = ids.get(name) ?? null;
    return { kind, id: kind === 'case' ? (caseId ?? id) : id, caseId };
  });
};

const isOfTheData = (error: unknown): boolean => (error as { code?: string }).code?.startsWith('22') === true;

const unwritten = (cause: unknown): Unavailable =>
  Object.assign(
    new Unavailable(
      'look-not-recorded',
      'Whoever looks at a case or a person here is recorded, and just now that cannot be written. Ask again in a moment.',
    ),
    { cause },
  );

/**
 * Writes looks in batches, before what was looked at is shown. There is no timer: while one batch is written, the next
 * gathers.
 */
export class LookLog {
  private waiting: Waiting[] = [];
  private writing = false;

  constructor(
    private readonly pool: Pool,
    private readonly sealing: Sealing,
  ) {}

  /** Resolves when it is on record. Errors: Unavailable `look-not-recorded`, RuleBroken `personal-data-erased`. */
  async record(look: Look): Promise<void> {
    if (look.seen.length === 0 && !look.opened?.length) return;
    const rows = await this.rowsOf(look);
    await new Promise<void>((resolve, reject) => {
      this.waiting.push({ rows, resolve, reject });
      if (!this.writing) setImmediate(() => void this.writeAll());
    });
  }

  private async writeAll(): Promise<void> {
    if (this.writing) return;
    this.writing = true;
    while (this.waiting.length > 0) await this.write(this.waiting.splice(0, MOST));
    this.writing = false;
  }

  private async write(batch: readonly Waiting[]): Promise<void> {
    const rows = batch.flatMap((waiting) => waiting.rows);
    try {
      await this.pool.query(statementOf(rows));
      for (const { resolve } of batch) resolve();
    } catch (error) {
      // What cannot be stored of one is no matter of the others.
      if (batch.length > 1 && isOfTheData(error)) for (const one of batch) await this.write([one]);
      else for (const { reject } of batch) reject(unwritten(error));
    }
  }

  /** One for each thing and each case of it. */
  private async rowsOf(look: Look): Promise<readonly Row[]> {
    const { requestId, actor, door, question, reason } = look;
    const things = await this.thingsOf(look);
    return Promise.all(
      things.map(async (thing) => {
        const why = reason === undefined ? null : await this.sealed(reason, thing);
        return [requestId, actor.id, actor.role, door, question, thing.kind, thing.id, thing.caseId, why];
      }),
    );
  }

  /** What the question was about, and what was opened of other cases and people besides. */
  private async thingsOf({ seen, opened = [] }: Look): Promise<readonly Thing[]> {
    const told = await this.things(seen);
    const others = opened.filter(({ kind, id }) => !told.some((one) => one.kind === kind && one.id === id));
    if (others.length === 0) return told;
    const cases = new Set(told.map(({ caseId }) => caseId));
    const more = await this.things(await this.withCases(others));
    return [...told, ...more.filter(({ caseId }) => caseId === null || !cases.has(caseId))];
  }

  /** Each once, whatever its case was called. */
  private async things(seen: readonly Seen[]): Promise<readonly Thing[]> {
    const ids = await this.idsOf(seen.flatMap(({ cases }) => cases));
    const all = seen.flatMap((each) => thingsIn(each, ids));
    return [...new Map(all.map((thing) => [Object.values(thing).join(' '), thing])).values()];
  }

  /** The text of a hearing is sealed under a key of its own, for it may be that of several cases. */
  private async withCases(seen: readonly Seen[]): Promise<readonly Seen[]> {
    const hearings = seen.filter(({ kind }) => kind === 'hearing').map(({ id }) => id);
    if (hearings.length === 0) return seen;
    const { rows } = await this.pool.query<{ hearing: string; cases: string[] }>({
      name: 'cases-of-hearings-looked-at',
      text: `SELECT hearing_id AS hearing, array_agg(case_id::text) AS cases FROM hearing_cases
        WHERE hearing_id = ANY ($1) GROUP BY hearing_id`,
      values: [hearings],
    });
    const cases = new Map(rows.map((row) => [row.hearing, row.cases]));
    return seen.map((each) =>
      each.kind === 'hearing' ? { ...each, cases: cases.get(each.id) ?? [] } : each,
    );
  }

  /** The ids of cases by what they were called. */
  private async idsOf(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const ids = new Map<string, string>();
    const references: string[] = [];
    for (const name of names) {
      const lower = name.toLowerCase();
      if (ID.test(lower)) ids.set(name, lower);
      else references.push(name);
    }
    if (references.length === 0) return ids;
    const { rows } = await this.pool.query<{ id: string; reference: string }>({
      name: 'cases-looked-at',
      text: 'SELECT id, reference FROM cases WHERE reference = ANY ($1)',
      values: [references],
    });
    for (const { id, reference } of rows) ids.set(reference, id);
    return ids;
  }

  private async sealed(reason: string, { kind, id, caseId }: Thing): Promise<string> {
    const party = kind === 'party' ? `party:${id}` : OTHERS;
    const subject = caseId === null ? party : `case:${caseId}`;
    if (subject === OTHERS) await this.makeKey();
    const key = await this.sealing.keyFor(subject, false, new BornKeys());
    const told = this.sealing.seal({ reason }, [{ path: ['reason'], about: 'case' }], key);
    return (told as { reason: string }).reason;
  }

  private async makeKey(): Promise<void> {
    if (await this.sealing.keyOf(OTHERS)) return;
    const keys = new BornKeys();
    this.sealing.bear(OTHERS, keys);
    for (const { subject, wrapped } of keys.stored)
      await this.pool.query(
        'INSERT INTO subject_keys (subject, wrapped) VALUES ($1, $2) ON CONFLICT DO NOTHING',
        [subject, wrapped],
      );
  }
}
