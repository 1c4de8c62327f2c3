import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Sights } from '../access/sights.js';
import { Command, type Answer } from '../event-store/command.js';
import { Desk, hidesNothing, type Slice } from '../event-store/desk.js';
import { Clock } from '../platform/clock.js';
import {
  calendar,
  type CalendarContext,
  type CalendarEvent,
  type CalendarState,
} from './calendar-revision.js';
import { calendarRow } from './calendar.projection.js';
import { LiveCases, type Audience, type Moved } from './live-cases.js';
import { PolicyBook } from './policy.queries.js';
import { surroundings } from './surroundings.slice.js';

export class CalendarCommand extends Command {}

@CommandHandler(CalendarCommand)
export class CalendarHandler implements ICommandHandler<CalendarCommand, Answer> {
  private readonly slice: Slice<CalendarState, CalendarContext, CalendarEvent>;

  constructor(
    @Inject(Desk) private readonly desk: Desk,
    @Inject(PolicyBook) private readonly book: PolicyBook,
    @Inject(LiveCases) private readonly live: LiveCases,
    @Inject(Sights) private readonly sights: Sights,
    @Inject(Clock) clock: Clock,
  ) {
    this.slice = {
      decider: calendar,
      row: calendarRow,
      hides: hidesNothing,
      gather: async (command, own) => {
        await book.look();
        const { circumstances, occurred } = surroundings(clock, command, own);
        const calendarNamed = (name: string) => book.calendarNamed(name);
        return { context: { standing: book.standing(), calendarNamed, ...circumstances }, occurred };
      },
    };
  }

  /** A revision reaches the open cases at once; `moved` says what that did. */
  async execute(command: CalendarCommand, audience?: Audience): Promise<Answer & { readonly moved?: Moved }> {
    const revise = async () => {
      const answer = await this.desk.perform(this.slice, command);
      if (answer.events.length > 0) await this.book.read();
      return answer;
    };
    return this.live.around(revise, audience ?? (await this.sights.ofActor(command.envelope.actor.id)));
  }
}
