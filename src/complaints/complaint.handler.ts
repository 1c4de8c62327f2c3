import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Answer } from '../event-store/command.js';
import { DocumentArchive } from '../documents/document.archive.js';
import { everything } from '../access/sight.js';
import { noneOf } from '../event-store/decider.js';
import { Desk } from '../event-store/desk.js';
import { NotFound } from '../event-store/errors.js';
import { id as anId } from '../event-store/schema.js';
import { ComplaintCommand } from './complaint.command.js';
import { complaint } from './complaint.js';
import { ComplaintSlice } from './complaint.slice.js';
import { References } from './reference.queries.js';

@CommandHandler(ComplaintCommand)
export class ComplaintHandler implements ICommandHandler<ComplaintCommand, Answer> {
  constructor(
    @Inject(Desk) private readonly desk: Desk,
    @Inject(ComplaintSlice) private readonly slice: ComplaintSlice,
    @Inject(DocumentArchive) private readonly documents: DocumentArchive,
    @Inject(References) private readonly references: References,
  ) {}

  async execute(command: ComplaintCommand): Promise<Answer> {
    const answer = await this.desk.perform(this.slice, await this.withId(command));
    if (command.act === 'Erase') await this.documents.clearErased(command.id);
    return answer;
  }
  /** A case may be named by its reference; whoever must not know of it learns nothing but that name again. */
  private async withId(command: ComplaintCommand): Promise<ComplaintCommand> {
    const { act, id: name, input, envelope } = command;
    const given = anId.safeParse(name);
    if (given.success) return new ComplaintCommand(act, given.data, input, envelope);
    const id = await this.references.idOf(name, everything).catch((error: unknown) => {
      throw error instanceof NotFound ? noneOf(complaint, name) : error;
    });
    const found = new ComplaintCommand(act, id, input, envelope);
    if (await this.slice.hides(found, await this.desk.load(complaint, id))) throw noneOf(complaint, name);
    return found;
  }
}
