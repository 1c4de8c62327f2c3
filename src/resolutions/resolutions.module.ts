import { Module } from '@nestjs/common';
import { commandController } from '../access/command.controller.js';
import { readController } from '../access/read.controller.js';
import { ClocksModule } from '../clocks/clocks.module.js';
import { ComplaintsModule } from '../complaints/complaints.module.js';
import { PartiesModule } from '../parties/parties.module.js';
import { resolutionDoor, resolutionFileReads, resolutionReads } from './resolution.door.js';
import { ResolutionHandler } from './resolution.handler.js';
import { ResolutionQueries } from './resolution.queries.js';
import { ResolutionReader } from './resolution.reader.js';
import { ResolutionSlice } from './resolution.slice.js';

@Module({
  imports: [ClocksModule, ComplaintsModule, PartiesModule],
  controllers: [
    commandController(resolutionDoor),
    readController(resolutionReads),
    readController(resolutionFileReads),
  ],
  providers: [ResolutionHandler, ResolutionSlice, ResolutionQueries, ResolutionReader],
  exports: [ResolutionSlice, ResolutionQueries],
})
export class ResolutionsModule {}
