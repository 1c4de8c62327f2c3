import { Module } from '@nestjs/common';
import { readController } from '../access/read.controller.js';
import { ClocksModule } from '../clocks/clocks.module.js';
import { ComplaintsModule } from '../complaints/complaints.module.js';
import { historyReads } from './audit.door.js';
import { CheckpointWorker } from './checkpoint.worker.js';
import { Checkpoints } from './checkpoints.js';
import { HistoryReader } from './history.reader.js';
import { LogController } from './log.controller.js';
import { KnownThen } from './known-then.reader.js';

@Module({
  imports: [ClocksModule, ComplaintsModule],
  controllers: [readController(historyReads), LogController],
  providers: [HistoryReader, KnownThen, Checkpoints, CheckpointWorker],
  exports: [HistoryReader, KnownThen],
})
export class AuditModule {}
