import { Module } from '@nestjs/common';
import { ComplaintsModule } from '../complaints/complaints.module.js';
import { ResolutionsModule } from '../resolutions/resolutions.module.js';
import { readController } from '../access/read.controller.js';
import { BacklogModule } from '../backlog/backlog.module.js';
import { ActivityImport } from './activity-import.handler.js';
import { externalReads } from './external.door.js';
import { ExternalImport } from './external-import.handler.js';
import { ExternalRecords } from './external-records.reader.js';
import { LegacyCases } from './legacy-cases.queries.js';
import { RegisterImport } from './import.handler.js';

@Module({
  imports: [BacklogModule, ComplaintsModule, ResolutionsModule],
  controllers: [readController(externalReads)],
  providers: [ActivityImport, ExternalImport, ExternalRecords, RegisterImport, LegacyCases],
})
export class IntakeModule {}
