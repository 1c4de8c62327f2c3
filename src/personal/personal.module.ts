import { Module } from '@nestjs/common';
import { readController } from '../access/read.controller.js';
import { ClocksModule } from '../clocks/clocks.module.js';
import { ComplaintsModule } from '../complaints/complaints.module.js';
import { DocumentsModule } from '../documents/documents.module.js';
import { PartyRecordsModule } from '../parties/party-records.module.js';
import { ErasurePreviews } from './erasure-preview.reader.js';
import { personalReads } from './personal.door.js';
import { retentionReads } from './retention.door.js';
import { RetentionReader } from './retention.reader.js';
import { Retention } from './retention.worker.js';

@Module({
  imports: [ClocksModule, ComplaintsModule, DocumentsModule, PartyRecordsModule],
  controllers: [readController(personalReads), readController(retentionReads)],
  providers: [ErasurePreviews, Retention, RetentionReader],
})
export class PersonalModule {}
