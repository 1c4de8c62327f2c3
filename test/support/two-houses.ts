import { setImmediate as turn } from 'node:timers/promises';
import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { createHouse } from '../../src/house.js';
import { commandDoors } from '../../src/doors.js';
import type { Answer } from '../../src/event-store/command.js';
import { Refusal } from '../../src/event-store/errors.js';
import { catchUp } from '../../src/event-store/followers.js';
import { LateImplications } from '../../src/parties/late-implications.handler.js';
import { freshId } from '../../src/event-store/fresh-bytes.js';
import { readConfig } from '../../src/platform/config.js';
import { openDatabase, poolOf } from '../../src/platform/database.js';
import { logAt } from '../../src/platform/log.js';
import { FixedClock } from './application.js';
import { freshDatabase } from './database.js';
import { masterKeysIn } from './master-keys.js';

/** Two processes' worth of Redress on one database: each with its own memory of streams, its own committer and pool. */

/** Somebody does something to a stream; a new one when it has no id. */
export interface Deed {
  readonly kind: 'complaint' | 'hearing' | 'resolution' | 'party' | 'policy' | 'staff';
  readonly act: string;
  readonly id?: string;
  readonly input: object;
  readonly by: string;
}

export interface Happened {
  readonly position: number;
  readonly stream: string;
  readonly type: string;
  readonly actor: string;
  // Data of any event, read by the names that its schema promises.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly data: any;
}

export interface TwoHouses {
  readonly clock: FixedClock;
  /** Through the first house. Errors: what the command refuses. */
  act(deed: Deed): Promise<Answer>;
  /** Both at once, one in each house; answers what each was refused for, undefined where it was done. */
  race(round: number, deeds: readonly [Deed, Deed]): Promise<readonly (string | undefined)[]>;
  /** Returns when what follows from all that is in the log was done. */
  settled(): Promise<void>;
  /** The events of these streams in the order of the log. */
  log(...streams: readonly string[]): Promise<readonly Happened[]>;
  close(): Promise<void>;
}

const doneIn = (house: INestApplicationContext, { kind, act, id, input, by }: Deed): Promise<Answer> => {
  const door = commandDoors.find((each) => each.kind === kind);
  const told = door?.acts[act]?.input.parse(input);
  if (!door) throw new Error(`There is no door to a ${kind}.`);
  const envelope = { actor: { id: by, role: 'casework-head' }, correlationId: freshId() };
  const command = new door.command(act, id ?? freshId(), told, envelope);
  return house.get(CommandBus, { strict: false }).execute(command);
};

const refusalOf = async (deed: Promise<unknown>): Promise<string | undefined> => {
  try {
    await deed;
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
};

export const twoHouses = async (): Promise<TwoHouses> => {
  const database = await freshDatabase();
  const clock = new FixedClock();
  const config = readConfig({
    DATABASE_URL: database.url,
    MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    LOG_LEVEL: 'fatal',
  });
  const open = async () => {
    const source = await openDatabase(database.url);
    const masterKeys = masterKeysIn(config);
    const ground = { config, databaseUrl: database.url, pool: poolOf(source), masterKeys, clock };
    return { source, house: await createHouse({ ...ground, log: logAt(config.LOG_LEVEL) }) };
  };
  const [one, other] = [await open(), await open()];
  return {
    clock,
    act: (deed) => doneIn(one.house, deed),
    race: async (round, [first, second]) => {
      const houses = round % 2 === 0 ? [one.house, other.house] : [other.house, one.house];
      const inOrder = round % 4 < 2 ? [first, second] : [second, first];
      const doing = inOrder.map(async (deed, index) => {
        // A little later from round to round, so that they meet at different points of their way.
        for (let turns = 0; turns < index * (round % 13); turns += 1) await turn();
        return refusalOf(doneIn(houses[index] ?? one.house, deed));
      });
      const refused = await Promise.all(doing);
      return round % 4 < 2 ? refused : refused.toReversed();
    },
    settled: async () => {
      const { rows } = await database.pool.query<{ head: string }>(
        'SELECT max(position) AS head FROM events',
      );
      const { follower } = one.house.get(LateImplications, { strict: false });
      await catchUp(database.pool, follower, Number(rows[0]?.head));
    },
    log: async (...streams) => {
      const { rows } = await database.pool.query<Omit<Happened, 'data'> & { data: string }>(
        `SELECT position::int, stream, type, actor_id AS actor, data FROM events
         WHERE stream = ANY ($1) ORDER BY position`,
        [streams],
      );
      return rows.map((row) => ({ ...row, data: JSON.parse(row.data) as unknown }));
    },
    close: async () => {
      for (const { house, source } of [one, other]) {
        await house.close();
        await source.destroy();
      }
      await database.drop();
    },
  };
};
