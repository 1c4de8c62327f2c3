import { Module } from '@nestjs/common';
import { commandController } from '../access/command.controller.js';
import { readController } from '../access/read.controller.js';
import { ClocksModule } from '../clocks/clocks.module.js';
import { ComplaintsModule } from '../complaints/complaints.module.js';
import { PartiesModule } from '../parties/parties.module.js';
import { hearingDoor, hearingFileReads, hearingReads } from './hearing.door.js';
import { HearingHandler } from './hearing.handler.js';
import { HearingQueries } from './hearing.queries.js';
import { HearingReader } from './hearing.reader.js';
import { HearingSlice } from './hearing.slice.js';

@Module({
  imports: [ClocksModule, PartiesModule, ComplaintsModule],
  controllers: [
    commandController(hearingDoor),
    readController(hearingReads),
    readController(hearingFileReads),
  ],
  providers: [HearingHandler, HearingSlice, HearingQueries, HearingReader],
  exports: [HearingQueries],
})
export class HearingsModule {}
