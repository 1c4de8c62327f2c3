import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { Logger } from 'pino';
import type { Pool } from 'pg';
import { Sealing } from '../event-store/sealing.js';
import { PartiesModule } from '../parties/parties.module.js';
import { CONFIG, type Config } from '../platform/config.js';
import { POOL } from '../platform/database.js';
import { LOG } from '../platform/log.js';
import { Answers } from './answers.js';
import { AuthenticationGuard } from './authentication.js';
import { Situations } from './circumstances.js';
import { GraphqlController } from './graphql.controller.js';
import { LookLog } from './look-log.js';
import { LookMonths } from './look-months.worker.js';
import { OperationsController } from './operations.controller.js';
import { QueueBoardController } from './queue-board.controller.js';
import { SignIn } from './sign-in.js';
import { Sights } from './sights.js';
import { Tokens } from './tokens.js';

@Global()
@Module({
  imports: [PartiesModule],
  controllers: [GraphqlController, OperationsController, QueueBoardController],
  providers: [
    Answers,
    LookMonths,
    Situations,
    {
      provide: LookLog,
      useFactory: (pool: Pool, sealing: Sealing) => new LookLog(pool, sealing),
      inject: [POOL, Sealing],
    },
    Sights,
    {
      provide: Tokens,
      useFactory: (config: Config, log: Logger) => Tokens.from(config, { log }),
      inject: [CONFIG, LOG],
    },
    SignIn,
    { provide: APP_GUARD, useClass: AuthenticationGuard },
  ],
  exports: [Answers, LookLog, Sights, Situations, Tokens],
})
export class AccessModule {}
