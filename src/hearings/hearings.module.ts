import { Module } from '@nestjs/common';
import { commandController } from '../access/command.controller.js';
import { readController } from '../access/read.controller.js';
import { ClocksModule } from '../clocks/clocks.module.js';
import { ComplaintsModule } from '../complaints/complaints.module.js';
import { PartiesModule } from '../parties/parties.module.js';
import { hearingDoor, hearingReads } from './hearing.door.js';
import { HearingHandler } from './hearing.handler.js';
import { HearingQueries } from './hearing.queries.js';
import { HearingSlice } from './hearing.slice.js';

@Module({
  imports: [ClocksModule, PartiesModule, ComplaintsModule],
  controllers: [commandController(hearingDoor), readController(hearingReads)],
  providers: [HearingHandler, HearingSlice, HearingQueries],
  exports: [HearingQueries],
})
export class HearingsModule {}
