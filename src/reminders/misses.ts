import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { Answer } from '../event-store/command.js';
import { Unavailable } from '../event-store/errors.js';
import { pagesOf } from './pages.js';
import { machineCommand, type ReminderCommand } from './reminder.handler.js';
import { deadlinesMissed } from './reminder.metrics.js';
import { ReminderQueries, type UnrecordedMiss } from './reminder.queries.js';

/** Puts missed deadlines on record, each once, with the instant at which it was missed. */
@Injectable()
export class Misses {
  constructor(
    @Inject(ReminderQueries) private readonly reminders: ReminderQueries,
    @Inject(CommandBus) private readonly commands: CommandBus,
  ) {}

  /**
   * What was missed by the reckoning that the rows show, whatever holds since; how many were put on record. A page is decided
   * and recorded together; a case that is refused keeps none of the others from it, and is told at the end. Only those of
   * cases that `counts` are counted.
   */
  async record(counts: (caseId: string) => boolean = () => true): Promise<number> {
    let recorded = 0;
    let refusal: unknown;
    for await (const misses of pagesOf((request) => this.reminders.missed(request))) {
      const each = oneOfEach(misses);
      const outcomes = await Promise.allSettled(each.map((miss) => this.recordOne(miss)));
      const done = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : 0));
      deadlinesMissed.inc(sum(done));
      recorded += sum(done.filter((_, index) => counts(each[index]?.caseId ?? '')));
      refusal ??= outcomes.find((outcome) => outcome.status === 'rejected')?.reason;
      if (refusal instanceof Unavailable) break;
    }
    if (refusal !== undefined) throw refusal;
    return recorded;
  }

  private async recordOne({ caseId, ...missed }: UnrecordedMiss): Promise<number> {
    const command = machineCommand('RecordMissed', caseId, missed);
    const { events } = await this.commands.execute<ReminderCommand, Answer>(command);
    return events.length;
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/** All that were missed of one deadline of a case are recorded together. */
const oneOfEach = (misses: readonly UnrecordedMiss[]): readonly UnrecordedMiss[] => [
  ...new Map(misses.map((miss) => [`${miss.caseId} ${miss.deadline}`, miss])).values(),
];
