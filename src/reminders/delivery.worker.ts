import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { CONFIG, type Config } from '../platform/config.js';
import { LOG } from '../platform/log.js';
import { Undelivered } from '../platform/undelivered.js';
import { Claims } from './claims.js';
import { DigestLetters } from './digest-letters.js';
import type { Entry } from './letter.js';
import { Letters } from './letters.js';
import { machineCommand } from './reminder.handler.js';
import { reminderOutcomes } from './reminder.metrics.js';
import type { failureReason } from './reminder.events.js';
import { isSettled, isSnoozed } from './reminder.js';
import { ReminderSlice } from './reminder.slice.js';
import { superseded } from './reminder.standing.js';
import { digestLine, lineOf, type Digest, type ReminderKey } from './reminder.key.js';
import { Turns } from './turns.reader.js';
import { waitAfter } from './waits.js';

/**
 * `recorded`: it was on record already. `claimed`: somebody else is at it. `waits`: its recipient is not told at this hour; it
 * stays due. `unaddressed`: nobody knows where to write; it stays due.
 */
export type Outcome = 'sent' | 'failed' | 'superseded' | 'recorded' | 'claimed' | 'waits' | 'unaddressed';

/** It did not get away, and is to be tried again after that time. */
export class NotYet extends Error {
  constructor(
    { message }: Error,
    readonly againInMs: number,
  ) {
    super(message);
  }
}

interface Sending {
  readonly recipient: string;
  readonly line: string;
  readonly attempts: number;
  /** Of a digest. */
  readonly day?: string;
}

interface Failure {
  readonly reason: z.output<typeof failureReason>;
  readonly smtpCode?: number;
  readonly httpStatus?: number;
}

/** An attempt that came to nothing for a reason of this house, such as its database or its disk: the log tells it. */
const UNFINISHED = 'unfinished';

/** For the log. The recipient stays out of it: where references are mail addresses, it is one. */
export const named = ({ caseId, deadline, step }: ReminderKey) => ({ caseId, deadline, step });

const failureOf = (error: unknown): Failure => {
  if (!(error instanceof Undelivered)) return { reason: 'outbox-unwritable' };
  return { reason: error.reason, ...error.answer };
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
    @Inject(Turns) private readonly turns: Turns,
    @Inject(Letters) private readonly letters: Letters,
    @Inject(DigestLetters) private readonly digests: DigestLetters,
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  /** Errors: NotYet, unless that was the last of its attempts: then it is recorded as failed; else those of the database. */
  async deliver(key: ReminderKey, attempts = this.config.REDRESS_MAIL_ATTEMPTS): Promise<Outcome> {
    return this.tell({ recipient: key.recipient, line: lineOf(key), attempts }, [key]);
  }

  /** As `deliver`, of all that one person is told on a day. */
  async digest(digest: Digest, attempts = this.config.REDRESS_MAIL_ATTEMPTS): Promise<Outcome> {
    const { recipient, day, keys } = digest;
    return this.tell({ recipient, line: digestLine(digest), attempts, day }, keys);
  }

  private async tell(letter: Sending, keys: readonly ReminderKey[]): Promise<Outcome> {
    const work = async (failures: number) => {
      const last = failures + 1 >= letter.attempts;
      const found: (Entry | Outcome)[] = [];
      for (const key of keys) found.push(await this.matters(key));
      const entries = found.filter((each) => typeof each !== 'string');
      return entries.length > 0
        ? this.send(letter, entries, last)
        : (found.find((each) => typeof each === 'string') ?? 'recorded');
    };
    let againInMs: number | undefined;
    const failed = (error: unknown, failures: number) => {
      againInMs = waitAfter(error, letter.line, failures + 1, 1000 * this.config.REDRESS_MAIL_RETRY_SECONDS);
      return { reason: error instanceof Undelivered ? error.reason : UNFINISHED, againInMs };
    };
    const told = this.claims.holding(keys.map(lineOf), work, failed).catch((error: Error) => {
      throw againInMs === undefined ? error : new NotYet(error, againInMs);
    });
    const outcome = (await told) ?? 'claimed';
    reminderOutcomes.inc({ outcome }, keys.length);
    return outcome;
  }

  /** The reminder as it is to be told; else what became of it. */
  private async matters(key: ReminderKey): Promise<Entry | 'recorded' | 'superseded'> {
    const { record, standing } = await this.slice.look(key.caseId);
    if (isSettled(record, key)) return 'recorded';
    const why = superseded(standing, key, standing !== undefined && isSnoozed(record, key, standing.today));
    if (why === null && standing) return { key, standing };
    await this.record('RecordSuperseded', key, { why });
    this.log.info({ ...named(key), why }, 'reminders: superseded');
    return 'superseded';
  }

  private async send(letter: Sending, mattering: readonly Entry[], last: boolean): Promise<Outcome> {
    const entries = await this.whoseTurnItIs(letter, mattering);
    if (entries.length === 0) return 'waits';
    const posted = await this.post(letter, entries, last);
    if (!posted) return 'unaddressed';
    if ('reason' in posted) {
      for (const { key } of entries) await this.record('RecordFailed', key, posted);
      this.warn(entries, posted);
      return 'failed';
    }
    const { day } = letter;
    const told = day === undefined ? posted : { ...posted, digest: day };
    for (const { key } of entries) await this.record('RecordSent', key, told);
    return 'sent';
  }

  /** None while its recipient is not told; what came due since a digest was first to be sent waits for the next one. */
  private async whoseTurnItIs({ recipient, day }: Sending, entries: readonly Entry[]) {
    const way = day === undefined ? 'one by one' : 'in a digest';
    if (!(await this.turns.areReady(recipient, way))) return [];
    if (day === undefined) return entries;
    const names = entries.map(({ key }) => lineOf(key));
    const lines = await this.digests.linesOf({ recipient, day }, names);
    return entries.filter(({ key }) => lines.has(lineOf(key)));
  }

  /** Throws when it should be tried again. */
  private async post({ recipient, line }: Sending, entries: readonly Entry[], last: boolean) {
    try {
      return await this.letters.send(recipient, entries, line);
    } catch (error) {
      if (last || (error instanceof Undelivered && error.final)) return failureOf(error);
      throw error;
    }
  }

  private warn(entries: readonly Entry[], failure: object): void {
    for (const { key } of entries)
      this.log.warn({ ...named(key), ...failure }, 'reminders: failed; see `redress reminders failed`');
  }

  private record(
    act: 'RecordSent' | 'RecordFailed' | 'RecordSuperseded',
    { caseId, ...key }: ReminderKey,
    more: object,
  ) {
    return this.commands.execute(machineCommand(act, caseId, { ...key, ...more }));
  }
}
