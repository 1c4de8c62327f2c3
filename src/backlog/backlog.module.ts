import { Module } from '@nestjs/common';
import { readController } from '../access/read.controller.js';
import { ClocksModule } from '../clocks/clocks.module.js';
import { backlogReads, caseReads } from './backlog.door.js';
import { BacklogQueries } from './backlog.queries.js';
import { Backlog } from './backlog.reader.js';
import { CaseQueries } from './case.queries.js';

@Module({
  imports: [ClocksModule],
  controllers: [readController(caseReads), readController(backlogReads)],
  providers: [CaseQueries, BacklogQueries, Backlog],
})
export class BacklogModule {}
