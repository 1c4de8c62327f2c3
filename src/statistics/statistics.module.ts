import { Module } from '@nestjs/common';
import { readController } from '../access/read.controller.js';
import { BacklogModule } from '../backlog/backlog.module.js';
import { statisticsReads } from './statistics.door.js';
import { StatisticsQueries } from './statistics.queries.js';
import { Statistics } from './statistics.reader.js';

@Module({
  imports: [BacklogModule],
  controllers: [readController(statisticsReads)],
  providers: [StatisticsQueries, Statistics],
})
export class StatisticsModule {}
