import { Module } from '@nestjs/common';
import { readController } from '../access/read.controller.js';
import { ComplaintsModule } from '../complaints/complaints.module.js';
import { PartyRecordsModule } from '../parties/party-records.module.js';
import { ErasurePreviews } from './erasure-preview.reader.js';
import { personalReads } from './personal.door.js';

@Module({
  imports: [ComplaintsModule, PartyRecordsModule],
  controllers: [readController(personalReads)],
  providers: [ErasurePreviews],
})
export class PersonalModule {}
