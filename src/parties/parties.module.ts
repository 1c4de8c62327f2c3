import { Module } from '@nestjs/common';
import { commandController } from '../access/command.controller.js';
import { readController } from '../access/read.controller.js';
import { partyDoor, partyReads } from './party.door.js';
import { PartyHandler } from './party.handler.js';
import { PartyQueries } from './party.queries.js';

@Module({
  controllers: [commandController(partyDoor), readController(partyReads)],
  providers: [PartyHandler, PartyQueries],
  exports: [PartyHandler, PartyQueries],
})
export class PartiesModule {}
