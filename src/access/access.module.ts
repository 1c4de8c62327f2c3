import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { PartiesModule } from '../parties/parties.module.js';
import { CONFIG, type Config } from '../platform/config.js';
import { AuthenticationGuard } from './authentication.js';
import { Situations } from './circumstances.js';
import { GraphqlController } from './graphql.controller.js';
import { OperationsController } from './operations.controller.js';
import { QueueBoardController } from './queue-board.controller.js';
import { SignIn } from './sign-in.js';
import { Tokens } from './tokens.js';

@Global()
@Module({
  imports: [PartiesModule],
  controllers: [GraphqlController, OperationsController, QueueBoardController],
  providers: [
    Situations,
    { provide: Tokens, useFactory: (config: Config) => Tokens.from(config), inject: [CONFIG] },
    SignIn,
    { provide: APP_GUARD, useClass: AuthenticationGuard },
  ],
  exports: [Situations, Tokens],
})
export class AccessModule {}
