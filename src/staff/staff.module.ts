import { Module } from '@nestjs/common';
import { commandController } from '../access/command.controller.js';
import { readController } from '../access/read.controller.js';
import { ClocksModule } from '../clocks/clocks.module.js';
import { staffDoor, staffReads } from './staff.door.js';
import { StaffHandler } from './staff.handler.js';
import { StaffQueries } from './staff.queries.js';

@Module({
  imports: [ClocksModule],
  controllers: [commandController(staffDoor), readController(staffReads)],
  providers: [StaffHandler, StaffQueries],
  exports: [StaffQueries],
})
export class StaffModule {}
