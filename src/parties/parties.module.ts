import { Module } from '@nestjs/common';
import { commandController } from '../access/command.controller.js';
import { partyDoor } from './party.door.js';
import { PartyHandler } from './party.handler.js';
import { PartyQueries } from './party.queries.js';

@Module({
  controllers: [commandController(partyDoor)],
  providers: [PartyHandler, PartyQueries],
  exports: [PartyQueries],
})
export class PartiesModule {}
