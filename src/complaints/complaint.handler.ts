import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Answer } from '../event-store/command.js';
import { DocumentArchive } from '../documents/document.archive.js';
import { Desk } from '../event-store/desk.js';
import { ComplaintCommand } from './complaint.command.js';
import { ComplaintSlice } from './complaint.slice.js';

@CommandHandler(ComplaintCommand)
export class ComplaintHandler implements ICommandHandler<ComplaintCommand, Answer> {
  constructor(
    @Inject(Desk) private readonly desk: Desk,
    @Inject(ComplaintSlice) private readonly slice: ComplaintSlice,
    @Inject(DocumentArchive) private readonly documents: DocumentArchive,
  ) {}

  async execute(command: ComplaintCommand): Promise<Answer> {
    const answer = await this.desk.perform(this.slice, command);
    if (command.act === 'Erase') await this.documents.clearErased(command.id);
    return answer;
  }
}
