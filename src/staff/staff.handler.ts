import { randomUUID } from 'node:crypto';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Situations } from '../access/circumstances.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import { Command, type Answer } from '../event-store/command.js';
import { Desk, hidesNothing, type Slice } from '../event-store/desk.js';
import type { StaffEvent } from './staff.events.js';
import { staff, type Staff, type StaffContext } from './staff.js';
import { staffRow } from './staff.projection.js';
import { StaffQueries } from './staff.queries.js';

export class StaffCommand extends Command {}

@CommandHandler(StaffCommand)
export class StaffHandler implements ICommandHandler<StaffCommand, Answer> {
  private readonly slice: Slice<Staff, StaffContext, StaffEvent>;

  constructor(
    @Inject(Desk) private readonly desk: Desk,
    @Inject(Situations) situations: Situations,
    @Inject(StaffQueries) queries: StaffQueries,
    @Inject(PolicyBook) book: PolicyBook,
  ) {
    this.slice = {
      decider: staff,
      row: staffRow,
      hides: hidesNothing,
      gather: async (command, own) => {
        const { circumstances, occurred } = await situations.around(command, own);
        await book.look();
        const context = {
          ...circumstances,
          enrolledAs: await enrolledAs(command, queries),
          isCalendar: (name: string) => book.isCalendar(name),
          isEnrolled: await isEnrolled(command, queries),
          feedId: randomUUID(),
        };
        return { context, occurred, subject: `staff:${command.id}` };
      },
    };
  }

  execute(command: StaffCommand): Promise<Answer> {
    return this.desk.perform(this.slice, command);
  }
}

/** Of two who enrol the same person at once, the table's key refuses one, who then is decided anew and finds the other. */
const enrolledAs = async ({ act, input }: Command, queries: StaffQueries): Promise<string | undefined> =>
  act === 'Enrol' ? queries.idOf((input as { readonly staffId: string }).staffId) : undefined;

const isEnrolled = async ({ input }: Command, queries: StaffQueries): Promise<boolean> => {
  const { leadId, deputyId } = input as { readonly leadId?: string; readonly deputyId?: string };
  const named = leadId ?? deputyId;
  return named !== undefined && (await queries.idOf(named)) !== undefined;
};
