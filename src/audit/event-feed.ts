import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { RuleBroken, Unavailable } from '../event-store/errors.js';
import type { Recorded } from '../event-store/event.js';
import { EventStore } from '../event-store/event-store.js';
import { Followers, type Ear } from '../event-store/followers.js';
import { CONFIG, type Config } from '../platform/config.js';

const PAGE = 100;
const HEARTBEAT = 15_000;
/** Then it ends, whatever token it was opened with, and whoever comes back is shown in anew. */
const LIFETIME = 3_600_000;

/** Who takes nothing any more when the server stops is not waited for. */
const GRACE = 1_000;

const ended = async (ear: Ear, answer: ServerResponse): Promise<void> => {
  const away = once(answer, 'close');
  ear.close();
  const late = setTimeout(() => answer.destroy(), GRACE);
  await away;
  clearTimeout(late);
};

const tooMany = () =>
  new Unavailable(
    'too-many-readers',
    'As many readers wait for events here as are let in at once. Come again in a moment, from the position you have reached.',
  );

/** What others read on in the log as it grows: every position, in order. */
@Injectable()
export class EventFeed implements OnModuleDestroy {
  private readonly open = new Map<Ear, ServerResponse>();
  private leaving = false;

  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(Followers) private readonly followers: Followers,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Ends every answer under way, and waits until it is away. */
  async onModuleDestroy(): Promise<void> {
    this.leaving = true;
    await Promise.all([...this.open].map(([ear, answer]) => ended(ear, answer)));
  }

  /** One who waits, for as long as they are answered. Errors: Unavailable `too-many-readers`. */
  enter(answer: ServerResponse): Ear {
    if (this.open.size >= this.config.REDRESS_EVENT_READERS) throw tooMany();
    const ear = this.followers.ear();
    if (this.leaving || answer.destroyed) {
      ear.close();
      return ear;
    }
    this.open.set(ear, answer);
    answer.once('close', () => {
      ear.close();
      this.open.delete(ear);
    });
    return ear;
  }

  /** At most `limit` events after a position. Errors: RuleBroken `position-ahead`. */
  async page(after: number, limit: number): Promise<Recorded[]> {
    const events = await this.store.page(after, limit);
    if (events.length === 0 && after > 0 && (await this.store.page(after - 1, 1)).length === 0)
      throw new RuleBroken(
        'position-ahead',
        `Nothing was recorded at position ${after} yet. If you have read that far before, an older state of the database was restored: ask its operator, and read again from a position that both have.`,
      );
    return events;
  }

  /** As a page; while there is nothing, waits for something, so many milliseconds at most. */
  async nextPage(after: number, limit: number, patience: number, ear: Ear): Promise<Recorded[]> {
    const over = performance.now() + patience;
    let events = await this.page(after, limit);
    while (events.length === 0 && !ear.closed && performance.now() < over) {
      await ear.news(over - performance.now());
      events = await this.store.page(after, limit);
    }
    return events;
  }

  /**
   * Pages for as long as somebody takes them and may still be there; an empty one says that nothing happened for a while.
   * Errors: those of `still`.
   */
  async *pages(after: number, ear: Ear, still: () => Promise<unknown>): AsyncGenerator<readonly Recorded[]> {
    const over = performance.now() + LIFETIME;
    let position = after;
    let spoken = performance.now();
    while (!ear.closed && performance.now() < over) {
      await still();
      const events = await this.store.page(position, PAGE);
      position = events.at(-1)?.position ?? position;
      if (events.length === 0) await ear.news(HEARTBEAT);
      if (events.length === 0 && performance.now() - spoken < HEARTBEAT) continue;
      spoken = performance.now();
      yield events;
    }
  }
}
