import { Module } from '@nestjs/common';
import type { Pool } from 'pg';
import { readController } from '../access/read.controller.js';
import { ClocksModule } from '../clocks/clocks.module.js';
import { ComplaintsModule } from '../complaints/complaints.module.js';
import { MasterKeys } from '../event-store/master-keys.js';
import { POOL } from '../platform/database.js';
import { historyReads } from './audit.door.js';
import { CaseReplays } from './case-replay.reader.js';
import { CheckpointWorker } from './checkpoint.worker.js';
import { Checkpoints } from './checkpoints.js';
import { EventFeed } from './event-feed.js';
import { PSEUDONYMS, pseudonymsOf } from './exports/pseudonyms.js';
import { EventsController } from './events.controller.js';
import { HistoryReader } from './history.reader.js';
import { LogController } from './log.controller.js';
import { KnownThen } from './known-then.reader.js';
import { LiveCaseQueries } from './live-case.queries.js';
import { Moments } from './moments.reader.js';
import { QuestionQueries } from './question.queries.js';
import { questionReads } from './question.door.js';
import { replayReads } from './replay.door.js';
import { Withheld } from './withheld.reader.js';

@Module({
  imports: [ClocksModule, ComplaintsModule],
  controllers: [
    readController(historyReads),
    readController(replayReads),
    readController(questionReads),
    LogController,
    EventsController,
  ],
  providers: [
    CaseReplays,
    Checkpoints,
    CheckpointWorker,
    EventFeed,
    HistoryReader,
    KnownThen,
    LiveCaseQueries,
    Moments,
    QuestionQueries,
    {
      provide: PSEUDONYMS,
      useFactory: (pool: Pool, masterKeys: MasterKeys) => pseudonymsOf({ pool, masterKeys }),
      inject: [POOL, MasterKeys],
    },
    Withheld,
  ],
  exports: [HistoryReader, KnownThen],
})
export class AuditModule {}
