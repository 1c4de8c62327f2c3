import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Situations } from '../access/circumstances.js';
import { Command, type Answer } from '../event-store/command.js';
import type { Circumstances } from '../event-store/decider.js';
import { Desk, type Slice } from '../event-store/desk.js';
import { party, type Party, type PartyEvent } from './party.js';
import { partyRow } from './party.projection.js';

export class PartyCommand extends Command {}

@CommandHandler(PartyCommand)
export class PartyHandler implements ICommandHandler<PartyCommand, Answer> {
  private readonly slice: Slice<Party, Circumstances, PartyEvent>;

  constructor(
    @Inject(Desk) private readonly desk: Desk,
    @Inject(Situations) situations: Situations,
  ) {
    this.slice = {
      decider: party,
      row: partyRow,
      gather: async (command, own) => {
        const { circumstances, occurred } = await situations.around(command, own);
        return { context: circumstances, occurred, subject: `party:${command.id}` };
      },
    };
  }

  execute(command: PartyCommand): Promise<Answer> {
    return this.desk.perform(this.slice, command);
  }
}
