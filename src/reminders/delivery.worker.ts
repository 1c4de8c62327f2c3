import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { LOG } from '../platform/log.js';
import { Undelivered } from '../platform/mail.js';
import { Claims } from './claims.js';
import { Letters, type Posted } from './letters.js';
import { machineCommand } from './reminder.handler.js';
import { reminderOutcomes } from './reminder.metrics.js';
import type { failureReason } from './reminder.events.js';
import { isSettled, isSnoozed } from './reminder.js';
import { ReminderSlice } from './reminder.slice.js';
import { superseded, type Standing } from './reminder.standing.js';
import { lineOf, type ReminderKey } from './reminder.key.js';

/** `recorded`: it was on record already. `claimed`: somebody else is at it. `unaddressed`: nobody knows where to write; it stays due. */
export type Outcome = 'sent' | 'failed' | 'superseded' | 'recorded' | 'claimed' | 'unaddressed';

interface Failure {
  readonly reason: z.output<typeof failureReason>;
  readonly smtpCode?: number;
}

/** For the log. The recipient stays out of it: where references are mail addresses, it is one. */
export const named = ({ caseId, deadline, step }: ReminderKey) => ({ caseId, deadline, step });

const failureOf = (error: unknown): Failure => {
  if (!(error instanceof Undelivered)) return { reason: 'outbox-unwritable' };
  const { reason, smtpCode } = error;
  return smtpCode === undefined ? { reason } : { reason, smtpCode };
};

/**
 * One reminder: claimed, asked whether it still matters, sent, recorded. Should the process die in between, it is sent
 * again under the same Message-ID, and recorded once.
 */
@Injectable()
export class Delivery {
  constructor(
    @Inject(Claims) private readonly claims: Claims,
    @Inject(ReminderSlice) private readonly slice: ReminderSlice,
    @Inject(Letters) private readonly letters: Letters,
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  /** Throws when it should be tried again. A letter that does not get away on the `last` attempt is recorded as failed. */
  async deliver(key: ReminderKey, last: boolean): Promise<Outcome> {
    const outcome = (await this.claims.holding(lineOf(key), () => this.claimed(key, last))) ?? 'claimed';
    reminderOutcomes.inc({ outcome });
    return outcome;
  }

  private async claimed(key: ReminderKey, last: boolean): Promise<Outcome> {
    const { record, standing } = await this.slice.look(key.caseId);
    if (isSettled(record, key)) return 'recorded';
    const why = superseded(standing, key, standing !== undefined && isSnoozed(record, key, standing.today));
    if (why === null && standing) return this.send(key, standing, last);
    await this.record('RecordSuperseded', key, { why });
    this.log.info({ ...named(key), why }, 'reminders: superseded');
    return 'superseded';
  }

  private async send(key: ReminderKey, standing: Standing, last: boolean): Promise<Outcome> {
    let posted: Posted | undefined;
    try {
      posted = await this.letters.send(key, standing);
    } catch (error) {
      if (!last && !(error instanceof Undelivered && error.final)) throw error;
      return this.recordFailure(key, failureOf(error));
    }
    if (!posted) return 'unaddressed';
    await this.record('RecordSent', key, posted);
    return 'sent';
  }

  private async recordFailure(key: ReminderKey, failure: Failure): Promise<'failed'> {
    await this.record('RecordFailed', key, failure);
    this.log.warn({ ...named(key), ...failure }, 'reminders: failed; see `redress reminders failed`');
    return 'failed';
  }

  private record(
    act: 'RecordSent' | 'RecordFailed' | 'RecordSuperseded',
    { caseId, ...key }: ReminderKey,
    more: object,
  ) {
    return this.commands.execute(machineCommand(act, caseId, { ...key, ...more }));
  }
}
