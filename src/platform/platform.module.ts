import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { EVENT_POOL, EventStore } from '../event-store/event-store.js';
import { Followers } from '../event-store/followers.js';
import { MasterKeys } from '../event-store/master-keys.js';
import { Sealing } from '../event-store/sealing.js';
import { Clock } from './clock.js';
import { CONFIG, type Config } from './config.js';
import { POOL } from './database.js';
import { FeedAddresses } from './feed-addresses.js';
import { LOG } from './log.js';
import { Post } from './mail.js';
import { QueueBoard } from './queue-board.js';
import { Queues } from './queue.js';
import { RateLimits } from './rate-limits.js';
import { Hook } from './webhook.js';

/** What a process is given before its modules are made: opened before Nest starts, closed after it stops. */
export interface Ground {
  readonly config: Config;
  /** Where the database is, for what opens connections of its own. */
  readonly databaseUrl: string;
  readonly pool: Pool;
  readonly masterKeys: MasterKeys;
  readonly clock: Clock;
  readonly log: Logger;
}

const OFFERED = [
  CONFIG,
  POOL,
  EVENT_POOL,
  Clock,
  LOG,
  Queues,
  QueueBoard,
  RateLimits,
  FeedAddresses,
  MasterKeys,
  Post,
  Hook,
  Followers,
  Sealing,
];

@Global()
@Module({})
export class PlatformModule {
  static on({ config, databaseUrl, pool, masterKeys, clock, log }: Ground): DynamicModule {
    return {
      module: PlatformModule,
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: POOL, useValue: pool },
        { provide: EVENT_POOL, useValue: pool },
        { provide: Clock, useValue: clock },
        { provide: LOG, useValue: log },
        { provide: Queues, useFactory: () => new Queues(config, databaseUrl, log) },
        QueueBoard,
        RateLimits,
        { provide: FeedAddresses, useFactory: () => FeedAddresses.on(pool, masterKeys, config) },
        { provide: MasterKeys, useValue: masterKeys },
        { provide: Post, useFactory: () => new Post(config) },
        {
          provide: Hook,
          useFactory: () => new Hook(config, config.REDRESS_WEBHOOK_URL, config.WEBHOOK_SECRET),
        },
        {
          provide: Followers,
          useFactory: () =>
            new Followers(pool, ({ error, ...failure }) =>
              log.error(
                { ...failure, reason: (error as Error).message },
                'a follower failed and tries again',
              ),
            ),
        },
        {
          provide: Sealing,
          useFactory: (store: EventStore) => new Sealing(masterKeys, store),
          inject: [EventStore],
        },
      ],
      exports: OFFERED,
    };
  }
}
