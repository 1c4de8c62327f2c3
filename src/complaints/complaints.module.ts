import { Module } from '@nestjs/common';
import { commandController } from '../access/command.controller.js';
import { readController } from '../access/read.controller.js';
import { ClocksModule } from '../clocks/clocks.module.js';
import { DocumentsModule } from '../documents/documents.module.js';
import { PartiesModule } from '../parties/parties.module.js';
import { Addresses } from '../reminders/addresses.js';
import { StaffModule } from '../staff/staff.module.js';
import { CasePeople } from './case-people.reader.js';
import { CaseSight } from './case-sight.reader.js';
import { complaintDoor } from './complaint.door.js';
import { ComplaintHandler } from './complaint.handler.js';
import { ComplaintSlice } from './complaint.slice.js';
import { CasesOfParty } from '../parties/cases-of-party.reader.js';
import { ErasureReader } from './erasure.reader.js';
import { PartyCases } from './party-cases.reader.js';
import { Guards } from './guards.reader.js';
import { openingReads } from './opening.door.js';
import { OpeningQueries } from './opening.queries.js';
import { HearingSight } from './hearing-sight.reader.js';
import { Implications } from './implications.reader.js';
import { ProceedingsReader } from './proceedings.reader.js';
import { References } from './reference.queries.js';
import { Removals } from './removals.reader.js';

@Module({
  imports: [PartiesModule, ClocksModule, DocumentsModule, StaffModule],
  controllers: [commandController(complaintDoor), readController(openingReads)],
  providers: [
    Addresses,
    CasePeople,
    CaseSight,
    ComplaintHandler,
    ComplaintSlice,
    ErasureReader,
    HearingSight,
    Guards,
    Implications,
    OpeningQueries,
    ProceedingsReader,
    References,
    Removals,
    { provide: CasesOfParty, useClass: PartyCases },
  ],
  exports: [CaseSight, CasesOfParty, ComplaintSlice, ErasureReader, HearingSight, Implications, References],
})
export class ComplaintsModule {}
