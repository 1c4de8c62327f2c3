import { Module } from '@nestjs/common';
import { readController } from '../access/read.controller.js';
import { AuditModule } from '../audit/audit.module.js';
import { ClocksModule } from '../clocks/clocks.module.js';
import { ComplaintsModule } from '../complaints/complaints.module.js';
import { HearingsModule } from '../hearings/hearings.module.js';
import { ResolutionsModule } from '../resolutions/resolutions.module.js';
import { AsOf } from './as-of.reader.js';
import { backlogReads, caseFileReads, caseReads } from './backlog.door.js';
import { BacklogQueries } from './backlog.queries.js';
import { Backlog } from './backlog.reader.js';
import { CaseFileQueries } from './case-file.queries.js';
import { CaseList } from './case-list.reader.js';
import { CaseQueries } from './case.queries.js';
import { CaseReader } from './case.reader.js';

@Module({
  imports: [ClocksModule, ComplaintsModule, HearingsModule, ResolutionsModule, AuditModule],
  controllers: [readController(caseReads), readController(caseFileReads), readController(backlogReads)],
  providers: [AsOf, CaseList, CaseQueries, CaseFileQueries, CaseReader, BacklogQueries, Backlog],
  exports: [AsOf],
})
export class BacklogModule {}
