import { Inject } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Situations } from '../access/circumstances.js';
import { Command, type Answer } from '../event-store/command.js';
import { Desk, type Slice } from '../event-store/desk.js';
import { CasesOfParty } from './cases-of-party.reader.js';
import { party, type Party, type PartyContext, type PartyEvent } from './party.js';
import { partyRow } from './party.projection.js';

export class PartyCommand extends Command {}

@CommandHandler(PartyCommand)
export class PartyHandler implements ICommandHandler<PartyCommand, Answer> {
  readonly slice: Slice<Party, PartyContext, PartyEvent>;

  constructor(
    @Inject(Desk) private readonly desk: Desk,
    @Inject(Situations) situations: Situations,
    @Inject(ModuleRef) modules: ModuleRef,
  ) {
    this.slice = {
      decider: party,
      row: partyRow,
      gather: async (command, own) => {
        const { circumstances, occurred } = await situations.around(command, own);
        const around = { context: circumstances, occurred, subject: `party:${command.id}` };
        if (command.act !== 'Erase') return around;
        // Asked for only now: the rooms that know of cases are built on this one.
        const cases = modules.get(CasesOfParty, { strict: false });
        const { erasable, unchanged } = await cases.of(command.id, circumstances.today);
        return { ...around, context: { ...circumstances, cases: erasable }, unchanged };
      },
    };
  }

  execute(command: PartyCommand): Promise<Answer> {
    return this.desk.perform(this.slice, command);
  }
}
