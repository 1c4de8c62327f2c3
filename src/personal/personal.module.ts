import { Module } from '@nestjs/common';
import { readController } from '../access/read.controller.js';
import { AuditModule } from '../audit/audit.module.js';
import { ClocksModule } from '../clocks/clocks.module.js';
import { ComplaintsModule } from '../complaints/complaints.module.js';
import { DocumentsModule } from '../documents/documents.module.js';
import { PartiesModule } from '../parties/parties.module.js';
import { PartyRecordsModule } from '../parties/party-records.module.js';
import { ErasurePreviews } from './erasure-preview.reader.js';
import { personalReads } from './personal.door.js';
import { retentionReads } from './retention.door.js';
import { RetentionReader } from './retention.reader.js';
import { Retention } from './retention.worker.js';
import { subjectAccessReads } from './subject-access.door.js';
import { SubjectAccessReader } from './subject-access.reader.js';

@Module({
  imports: [AuditModule, ClocksModule, ComplaintsModule, DocumentsModule, PartiesModule, PartyRecordsModule],
  controllers: [
    readController(personalReads),
    readController(retentionReads),
    readController(subjectAccessReads),
  ],
  providers: [ErasurePreviews, Retention, RetentionReader, SubjectAccessReader],
})
export class PersonalModule {}
