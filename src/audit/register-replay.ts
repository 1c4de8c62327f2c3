import { randomBytes } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import { PolicyBook } from '../clocks/policy.queries.js';
import { catchUp } from '../event-store/followers.js';
import { inTransaction } from '../event-store/in-transaction.js';
import { headOf } from '../event-store/loader.js';
import { tablesOf, type Progress } from '../event-store/refold.js';
import { replayInto, type Replayed } from '../event-store/replay.js';
import { differenceBetween, type TableDifference } from '../event-store/schema-comparison.js';
import { keepersWith } from '../keepers.js';
import type { Config } from '../platform/config.js';
import { projectionsWith } from '../projections.js';
import { logTiles } from './log-tiles.follower.js';

/** The whole register as it was: every read table, filled from the log beside the live ones. */

interface House {
  readonly pool: Pool;
  readonly config: Config;
}

export interface RegisterAsked {
  /** The latest position, when absent. */
  readonly until?: number | undefined;
  /** The schema that is kept; when absent, what is made is gone once it has been told. */
  readonly into?: string | undefined;
  /** What it is held against: the live tables, or those of another position. */
  readonly against?: 'live' | number | undefined;
  readonly progress?: Progress;
}

export interface RegisterReplay extends Replayed {
  readonly into: string | null;
  readonly difference: readonly TableDifference[] | null;
}

/** One replay on a connection that is in a transaction. */
class RegisterFilling {
  private readonly scratches: string[] = [];

  constructor(
    private readonly config: Config,
    private readonly client: ClientBase,
    private readonly log: ClientBase,
    private readonly progress: Progress,
  ) {}

  scratch(): string {
    const schema = `redress_replay_${randomBytes(4).toString('hex')}`;
    this.scratches.push(schema);
    return schema;
  }

  fill(schema: string, until: number): Promise<Replayed> {
    const { client, log } = this;
    return replayInto(schema, { client, log, until }, this.made(), this.progress);
  }

  async difference(schemas: readonly [string, string]): Promise<TableDifference[]> {
    const differences: TableDifference[] = [];
    for (const table of tablesOf(this.made()))
      differences.push(await differenceBetween(this.client, schemas, table));
    return differences;
  }

  async dropScratches(): Promise<void> {
    for (const schema of this.scratches) await this.client.query(`DROP SCHEMA "${schema}" CASCADE`);
  }

  /** Its rules are read where they were filled in: those that were published by then. */
  private made() {
    const book = new PolicyBook(this.client, this.config);
    // The tree of the log is no telling of it: it proves the log itself.
    const keepers = keepersWith(book).filter(({ follower }) => follower !== logTiles);
    return { projections: projectionsWith(book), keepers };
  }
}

/** What followers keep lags a moment behind; that is no difference. */
const followAll = async ({ pool, config }: House): Promise<void> => {
  const head = await headOf(pool);
  for (const { follower } of keepersWith(new PolicyBook(pool, config))) await catchUp(pool, follower, head);
};

const told = async (
  filling: RegisterFilling,
  { into, until, against }: RegisterAsked & { readonly until: number },
): Promise<RegisterReplay> => {
  const schema = into ?? filling.scratch();
  const replayed = await filling.fill(schema, until);
  let difference: TableDifference[] | null = null;
  if (against !== undefined) {
    const other = against === 'live' ? 'public' : filling.scratch();
    if (against !== 'live') await filling.fill(other, against);
    difference = await filling.difference([schema, other]);
  }
  await filling.dropScratches();
  return { ...replayed, into: into ?? null, difference };
};

/** Errors: RuleBroken `schema-not-empty`, `schema-not-permitted`. */
export const replayRegister = async (house: House, asked: RegisterAsked): Promise<RegisterReplay> => {
  if (asked.against === 'live') await followAll(house);
  const log = await house.pool.connect();
  try {
    return await inTransaction(house.pool, async (client) => {
      // What is live is seen as it was when this began, whatever is recorded meanwhile.
      await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
      const until = asked.until ?? (await headOf(client));
      const filling = new RegisterFilling(house.config, client, log, asked.progress ?? (() => {}));
      return told(filling, { ...asked, until });
    });
  } finally {
    log.release();
  }
};
