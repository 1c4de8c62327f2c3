import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { freshId } from '../event-store/fresh-bytes.js';
import { Command, type Answer } from '../event-store/command.js';
import { Desk } from '../event-store/desk.js';
import { ReminderSlice } from './reminder.slice.js';

export class ReminderCommand extends Command {}

/** Given by the sweep and the worker, never by a person. */
export const machineCommand = (
  act: 'RecordMissed' | 'RecordSent' | 'RecordFailed' | 'RecordSuperseded',
  caseId: string,
  input: object,
): ReminderCommand =>
  new ReminderCommand(act, caseId, input, {
    actor: { id: 'redress', role: 'operator' },
    correlationId: freshId(),
  });

@CommandHandler(ReminderCommand)
export class ReminderHandler implements ICommandHandler<ReminderCommand, Answer> {
  constructor(
    @Inject(Desk) private readonly desk: Desk,
    @Inject(ReminderSlice) private readonly slice: ReminderSlice,
  ) {}

  execute(command: ReminderCommand): Promise<Answer> {
    return this.desk.perform(this.slice, command);
  }
}
