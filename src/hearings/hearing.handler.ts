import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Command, type Answer } from '../event-store/command.js';
import { Desk } from '../event-store/desk.js';
import { HearingSlice } from './hearing.slice.js';

export class HearingCommand extends Command {}

@CommandHandler(HearingCommand)
export class HearingHandler implements ICommandHandler<HearingCommand, Answer> {
  constructor(
    @Inject(Desk) private readonly desk: Desk,
    @Inject(HearingSlice) private readonly slice: HearingSlice,
  ) {}

  execute(command: HearingCommand): Promise<Answer> {
    return this.desk.perform(this.slice, command);
  }
}
