import { Module } from '@nestjs/common';
import { commandController } from '../access/command.controller.js';
import { readController } from '../access/read.controller.js';
import { ComplaintsModule } from '../complaints/complaints.module.js';
import { LateImplications } from './late-implications.handler.js';
import { partyDoor, partyReads } from './party.door.js';
import { PartyHandler } from './party.handler.js';
import { PartiesModule } from './parties.module.js';

/** The doors of parties, apart from what others ask about them: who a party is concerns every case of theirs. */
@Module({
  imports: [ComplaintsModule, PartiesModule],
  controllers: [commandController(partyDoor), readController(partyReads)],
  providers: [LateImplications, PartyHandler],
  exports: [PartyHandler],
})
export class PartyRecordsModule {}
