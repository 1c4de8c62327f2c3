import { Module } from '@nestjs/common';
import { CalendarHandler } from './calendar.handler.js';
import { PolicyBook } from './policy.queries.js';
import { PolicyHandler } from './policy.handler.js';

@Module({
  providers: [CalendarHandler, PolicyBook, PolicyHandler],
  exports: [PolicyBook, PolicyHandler, CalendarHandler],
})
export class ClocksModule {}
