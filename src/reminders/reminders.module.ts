import { Module } from '@nestjs/common';
import { readController } from '../access/read.controller.js';
import { ClocksModule } from '../clocks/clocks.module.js';
import { PartiesModule } from '../parties/parties.module.js';
import { Addresses } from './addresses.js';
import { Claims } from './claims.js';
import { Delivery } from './delivery.worker.js';
import { Letters } from './letters.js';
import { Misses } from './misses.js';
import { reminderReads } from './reminder.door.js';
import { ReminderHandler } from './reminder.handler.js';
import { ReminderQueries } from './reminder.queries.js';
import { ReminderSlice } from './reminder.slice.js';
import { ReminderWorker } from './reminder.worker.js';
import { Sweep } from './sweep.worker.js';

@Module({
  imports: [ClocksModule, PartiesModule],
  controllers: [readController(reminderReads)],
  providers: [
    Addresses,
    Claims,
    Delivery,
    Letters,
    Misses,
    ReminderHandler,
    ReminderQueries,
    ReminderSlice,
    ReminderWorker,
    Sweep,
  ],
  exports: [Misses, ReminderSlice],
})
export class RemindersModule {}
