import { Module } from '@nestjs/common';
import { commandController } from '../access/command.controller.js';
import { readController } from '../access/read.controller.js';
import { ClocksModule } from '../clocks/clocks.module.js';
import { ComplaintsModule } from '../complaints/complaints.module.js';
import { PartiesModule } from '../parties/parties.module.js';
import { resolutionDoor, resolutionReads } from './resolution.door.js';
import { ResolutionHandler } from './resolution.handler.js';
import { ResolutionQueries } from './resolution.queries.js';
import { ResolutionSlice } from './resolution.slice.js';

@Module({
  imports: [ClocksModule, ComplaintsModule, PartiesModule],
  controllers: [commandController(resolutionDoor), readController(resolutionReads)],
  providers: [ResolutionHandler, ResolutionSlice, ResolutionQueries],
  exports: [ResolutionSlice, ResolutionQueries],
})
export class ResolutionsModule {}
