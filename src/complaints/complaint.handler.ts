import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Command, type Answer } from '../event-store/command.js';
import { Desk } from '../event-store/desk.js';
import { ComplaintSlice } from './complaint.slice.js';

export class ComplaintCommand extends Command {}

@CommandHandler(ComplaintCommand)
export class ComplaintHandler implements ICommandHandler<ComplaintCommand, Answer> {
  constructor(
    @Inject(Desk) private readonly desk: Desk,
    @Inject(ComplaintSlice) private readonly slice: ComplaintSlice,
  ) {}

  execute(command: ComplaintCommand): Promise<Answer> {
    return this.desk.perform(this.slice, command);
  }
}
