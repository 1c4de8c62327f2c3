import { Global, Module } from '@nestjs/common';
import { ClocksModule } from '../clocks/clocks.module.js';
import { LiveCases } from '../clocks/live-cases.js';
import { RemindersModule } from '../reminders/reminders.module.js';
import { Reach } from './reach.js';

/** Global, because the rules' own room, which knows no case, makes every change of them reach the cases. */
@Global()
@Module({
  imports: [ClocksModule, RemindersModule],
  providers: [{ provide: LiveCases, useClass: Reach }],
  exports: [LiveCases],
})
export class PublishingModule {}
