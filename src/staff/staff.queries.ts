import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { z } from 'zod';
import type { HeldDuty } from '../clocks/ladder.js';
import { NotFound } from '../event-store/errors.js';
import { Clock } from '../platform/clock.js';
import { POOL } from '../platform/database.js';
import { FeedAddresses } from '../platform/feed-addresses.js';
import { cursorAs, cursorOf, type Page, type PageRequest } from '../platform/page.js';
import { arrangement } from './arrangement.js';
import { Roster } from './roster.js';
import { absence, duties } from './staff.events.js';
import type { StaffFile } from './staff.js';

export const staffView = z
  .object({
    id: z.uuid(),
    version: z.int(),
    staffId: z.string(),
    duties: duties.readonly(),
    leadId: z.string().optional(),
    arrangement: z
      .object(arrangement)
      .meta({ id: 'ReminderArrangement' })
      .optional()
      .describe('How they are reminded; where nothing is arranged by mail, one by one, at any time.'),
    absences: z.array(z.object({ absenceId: z.uuid(), ...absence }).meta({ id: 'Absence' })).readonly(),
    feedOpen: z.boolean().describe('Whether their calendar feed is open.'),
    feedUrl: z
      .string()
      .optional()
      .describe('The address of the feed that is open, for themself alone: whoever has it reads the feed.'),
  })
  .meta({ id: 'StaffMember' });

export type StaffView = z.output<typeof staffView>;

interface Row {
  readonly detail: string;
}

type Kept = StaffFile & { readonly id: string; readonly version: number };

const keptIn = ({ detail }: Row): Kept => JSON.parse(detail) as Kept;

const cursor = z.tuple([z.uuid()]);

const LOOK_EVERY_MS = 1000;

@Injectable()
export class StaffQueries {
  private known: Promise<Roster> | undefined;
  private readAt = 0;

  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(Clock) private readonly clock: Pick<Clock, 'zone'>,
    @Inject(FeedAddresses) private readonly feeds?: FeedAddresses,
  ) {}

  /** The record under which a member of staff is enrolled. */
  async idOf(staffId: string): Promise<string | undefined> {
    const { rows } = await this.pool.query<{ id: string }>(
      'SELECT id FROM staff_members WHERE staff_id = $1',
      [staffId],
    );
    return rows[0]?.id;
  }

  /** `seenBy`: who asks. Errors: NotFound. */
  async one(id: string, seenBy?: string): Promise<StaffView> {
    const { rows } = await this.pool.query<Row>('SELECT detail FROM staff_members WHERE id = $1', [id]);
    if (!rows[0]) throw new NotFound('member of staff', id);
    return this.viewOf(rows[0], seenBy);
  }

  /** In the order in which they were enrolled; `staffId`: of this one only. `seenBy`: who asks. */
  async page(
    { first, after, staffId }: PageRequest & { readonly staffId?: string | undefined },
    seenBy?: string,
  ): Promise<Page<StaffView>> {
    const [from] = cursorAs(after, cursor) ?? [];
    const { rows } = await this.pool.query<Row>(
      `SELECT detail FROM staff_members
       WHERE ($1::uuid IS NULL OR id > $1) AND ($2::text IS NULL OR staff_id = $2) ORDER BY id LIMIT $3`,
      [from ?? null, staffId ?? null, first + 1],
    );
    const items = rows.slice(0, first).map((row) => this.viewOf(row, seenBy));
    return { items, next: rows.length > first ? cursorOf([items.at(-1)?.id ?? '']) : null };
  }

  /** Who holds a duty at this moment, sorted: for a decision that is recorded. */
  async holders(duty: HeldDuty): Promise<readonly string[]> {
    return (await this.readRoster()).holders(duty);
  }

  /** Everybody, as reminders need to know them; as of a second ago at most, because each delivery asks. */
  roster(): Promise<Roster> {
    if (this.known === undefined || Date.now() - this.readAt > LOOK_EVERY_MS) {
      this.readAt = Date.now();
      this.known = this.readRoster().catch((fault: unknown) => {
        this.known = undefined;
        throw fault;
      });
    }
    return this.known;
  }

  /** What a door may show of a row: of a feed that it is open, and where only to whoever opened it. */
  private viewOf(row: Row, seenBy: string | undefined): StaffView {
    const kept = keptIn(row);
    const { feedId, staffId } = kept;
    const feedUrl = feedId !== undefined && staffId === seenBy ? this.feeds?.urlOf(feedId) : undefined;
    return staffView.parse({ ...kept, feedOpen: feedId !== undefined, feedUrl });
  }

  private async readRoster(): Promise<Roster> {
    const { rows } = await this.pool.query<Row>('SELECT detail FROM staff_members');
    return new Roster(rows.map(keptIn), this.clock.zone);
  }
}
