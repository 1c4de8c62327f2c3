import { Global, Module } from '@nestjs/common';
import { commandController } from '../access/command.controller.js';
import { readController } from '../access/read.controller.js';
import { ClocksModule } from '../clocks/clocks.module.js';
import { LiveCases } from '../clocks/live-cases.js';
import { ComplaintsModule } from '../complaints/complaints.module.js';
import { RemindersModule } from '../reminders/reminders.module.js';
import { Explanations } from './explanation.reader.js';
import { calendarDoor, explanationReads, policyDoor, rulesReads, whatIfReads } from './publishing.door.js';
import { Reach } from './reach.js';
import { RulesReader } from './rules.reader.js';
import { WhatIfReader } from './what-if.reader.js';

/** Global, because the rules' own room, which knows no case, makes every change of them reach the cases. */
@Global()
@Module({
  imports: [ClocksModule, ComplaintsModule, RemindersModule],
  controllers: [
    commandController(policyDoor),
    commandController(calendarDoor),
    readController(rulesReads),
    readController(explanationReads),
    readController(whatIfReads),
  ],
  providers: [Explanations, RulesReader, WhatIfReader, { provide: LiveCases, useClass: Reach }],
  exports: [LiveCases],
})
export class PublishingModule {}
