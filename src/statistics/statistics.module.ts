import { Module } from '@nestjs/common';
import { commandController } from '../access/command.controller.js';
import { readController } from '../access/read.controller.js';
import { BacklogModule } from '../backlog/backlog.module.js';
import { ReleaseHandler } from './release.handler.js';
import { ReleaseQueries } from './release.queries.js';
import { Releases } from './release.reader.js';
import { releaseChecks, releaseDoor, releaseReads, statisticsReads } from './statistics.door.js';
import { StatisticsQueries } from './statistics.queries.js';
import { Statistics } from './statistics.reader.js';

@Module({
  imports: [BacklogModule],
  controllers: [
    commandController(releaseDoor),
    readController(statisticsReads),
    readController(releaseReads),
    readController(releaseChecks),
  ],
  providers: [ReleaseHandler, ReleaseQueries, Releases, StatisticsQueries, Statistics],
})
export class StatisticsModule {}
