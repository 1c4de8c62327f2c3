import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { Answer } from '../event-store/command.js';
import { pagesOf } from './pages.js';
import { ReminderCommand } from './reminder.handler.js';
import { deadlinesMissed } from './reminder.metrics.js';
import { ReminderQueries, type UnrecordedMiss } from './reminder.queries.js';

/** Puts missed deadlines on record, each once, with the instant at which it was missed. */
@Injectable()
export class Misses {
  constructor(
    @Inject(ReminderQueries) private readonly reminders: ReminderQueries,
    @Inject(CommandBus) private readonly commands: CommandBus,
  ) {}

  /** What was missed by the reckoning that the rows show, whatever holds since. How many were put on record. */
  async record(): Promise<number> {
    let recorded = 0;
    for await (const misses of pagesOf((request) => this.reminders.missed(request))) {
      const done = await Promise.all(misses.map((miss) => this.recordOne(miss)));
      recorded += done.filter(Boolean).length;
    }
    deadlinesMissed.inc(recorded);
    return recorded;
  }

  private async recordOne({ caseId, ...missed }: UnrecordedMiss): Promise<boolean> {
    const command = new ReminderCommand('RecordMissed', caseId, missed);
    const { events } = await this.commands.execute<ReminderCommand, Answer>(command);
    return events.length > 0;
  }
}
