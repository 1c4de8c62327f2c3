import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { gathered } from '../event-store/gathered.js';
import { POOL } from '../platform/database.js';
import { lineOf, type ReminderKey } from './reminder.key.js';

/** Longer than a delivery can take: what a worker that died had claimed is free again after this time. */
const LEASE = '90 seconds';
/** Longer than the longest wait between two attempts. */
const FORGOTTEN = '1 day';

/** What is claimed here: by which claim, and how often it failed before. */
interface Held {
  readonly reminder: string;
  readonly claim: string;
  readonly failures: number;
}

/** Why an attempt came to nothing, and how long until the next one. */
export interface FailedAttempt {
  readonly reason: string;
  readonly againInMs: number;
}

/** How it stands with a reminder that somebody is at, or that did not get away yet. Instants are RFC 3339. */
export interface ClaimStanding {
  readonly reminder: string;
  /** Null when nobody is at it. */
  readonly claimedUntil: string | null;
  readonly failures: number;
  readonly reason: string | null;
  /** When it is tried again; null when that time has come, or nothing failed. */
  readonly againAt: string | null;
}

const NOBODY = { claimedUntil: null, againAt: null };

const INSTANT = (column: string): string =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;

/**
 * Who is at a reminder just now, so that two workers never send it at once, and how often it failed so far. The database's
 * clock says when a claim lapsed. Claims that are wanted at the same time share a statement, and so do those that are given back.
 */
@Injectable()
export class Claims {
  private readonly claim = gathered((asked: readonly (readonly string[])[]) => this.claimAll(asked));
  private readonly release = gathered((done: readonly (readonly string[])[]) => this.releaseAll(done));

  constructor(@Inject(POOL) private readonly pool: Pool) {}

  /**
   * Works on all of them, or, while somebody else is at one, on none: undefined. A digest that went without that one would leave
   * it to the next day's. What the work throws is noted as `failed` says, who is told how often it failed before, and thrown.
   */
  async holding<T>(
    reminders: readonly string[],
    work: (failures: number) => Promise<T>,
    failed: (error: unknown, failures: number) => FailedAttempt,
  ): Promise<T | undefined> {
    const held = await this.claim(reminders);
    const claims = held.map(({ claim }) => claim);
    if (held.length < reminders.length) {
      await this.yield(claims);
      return undefined;
    }
    const failures = Math.max(...held.map((each) => each.failures));
    const done = await work(failures).catch(async (error: unknown) => {
      await this.note(claims, failed(error, failures));
      throw error;
    });
    await this.release(claims);
    return done;
  }

  /** Of each who asked, what they hold now; whoever asks for what was asked for before them has it not. */
  private async claimAll(asked: readonly (readonly string[])[]): Promise<readonly (readonly Held[])[]> {
    const { rows } = await this.pool.query<Held>({
      name: 'claim-reminders',
      // In one order, so that two who claim the same ones wait for each other and never for good.
      text: `INSERT INTO reminder_claims AS c (reminder, until)
        SELECT r, clock_timestamp() + interval '${LEASE}' FROM unnest($1::text[]) AS r ORDER BY r
        ON CONFLICT (reminder) DO UPDATE SET until = excluded.until, claim = gen_random_uuid()
        WHERE c.until < clock_timestamp() RETURNING reminder, claim, failures`,
      values: [[...new Set(asked.flat())]],
    });
    const free = new Map(rows.map((row) => [row.reminder, row]));
    const take = (reminder: string): readonly Held[] => {
      const held = free.get(reminder);
      free.delete(reminder);
      return held ? [held] : [];
    };
    return asked.map((reminders) => reminders.flatMap(take));
  }

  private async releaseAll(done: readonly (readonly string[])[]): Promise<readonly void[]> {
    await this.pool.query({
      name: 'release-claims',
      text: 'DELETE FROM reminder_claims WHERE claim = ANY($1)',
      values: [done.flat()],
    });
    return done.map(() => undefined);
  }

  /** Those that nobody is at, and that do not wait to be tried again. */
  async untouched<T extends ReminderKey>(keys: readonly T[]): Promise<readonly T[]> {
    const standing = await this.standing(keys.map(lineOf));
    return keys.filter((key) => {
      const { claimedUntil, againAt } = standing.get(lineOf(key)) ?? NOBODY;
      return claimedUntil === null && againAt === null;
    });
  }

  /** Of these reminders, those that somebody is at or that failed. */
  async standing(reminders: readonly string[]): Promise<ReadonlyMap<string, ClaimStanding>> {
    const { rows } = await this.pool.query<ClaimStanding>({
      name: 'claims-standing',
      text: `SELECT reminder, failures, reason,
          CASE WHEN until > clock_timestamp() THEN ${INSTANT('until')} END AS "claimedUntil",
          CASE WHEN again_at > clock_timestamp() THEN ${INSTANT('again_at')} END AS "againAt"
        FROM reminder_claims WHERE reminder = ANY($1) AND (until > clock_timestamp() OR failures > 0)`,
      values: [reminders],
    });
    return new Map(rows.map((row) => [row.reminder, row]));
  }

  /** Of what is due no more nobody asks again. */
  async forget(): Promise<void> {
    await this.pool.query(
      `DELETE FROM reminder_claims WHERE greatest(until, again_at) < clock_timestamp() - interval '${FORGOTTEN}'`,
    );
  }

  /** How often they failed so far stays known. */
  private async yield(claims: readonly string[]): Promise<void> {
    if (claims.length === 0) return;
    await this.pool.query({
      name: 'yield-claims',
      text: "UPDATE reminder_claims SET until = '-infinity' WHERE claim = ANY($1)",
      values: [claims],
    });
  }

  /** Where the database is away too, the claims lapse by themselves. */
  private async note(claims: readonly string[], { reason, againInMs }: FailedAttempt): Promise<void> {
    await this.pool
      .query({
        name: 'note-failed-attempt',
        text: `UPDATE reminder_claims SET until = '-infinity', failures = failures + 1, reason = $2,
          again_at = clock_timestamp() + $3 * interval '1 millisecond' WHERE claim = ANY($1)`,
        values: [claims, reason, Math.round(againInMs)],
      })
      .catch(() => {});
  }
}
