import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Answer } from '../event-store/command.js';
import { Desk } from '../event-store/desk.js';
import { ResolutionCommand } from './resolution.command.js';
import { ResolutionSlice } from './resolution.slice.js';

@CommandHandler(ResolutionCommand)
export class ResolutionHandler implements ICommandHandler<ResolutionCommand, Answer> {
  constructor(
    @Inject(Desk) private readonly desk: Desk,
    @Inject(ResolutionSlice) private readonly slice: ResolutionSlice,
  ) {}

  execute(command: ResolutionCommand): Promise<Answer> {
    return this.desk.perform(this.slice, command);
  }
}
