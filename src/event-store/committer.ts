import { channel } from 'node:diagnostics_channel';
import type { Append, Appended } from './append.js';
import type { Outcome } from './batch.js';
import { VersionConflict } from './errors.js';

/** Where each committed batch is told, for whoever watches; `BatchTold`. */
export const BATCHES = 'redress:batches';
const batches = channel(BATCHES);

export interface BatchTold {
  readonly seconds: number;
  readonly outcomes: readonly ('appended' | 'repeated' | 'conflict' | 'failed')[];
  /** Events recorded. */
  readonly recorded: number;
}

export interface CommitterOptions {
  /** A batch is closed when it has reached this many appends, ... */
  readonly mostAppends: number;
  /** ... or this many characters of event data and read rows. */
  readonly mostText: number;
}

interface Waiting {
  readonly append: Append;
  readonly touches: readonly Touched[];
  readonly size: number;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: Error) => void;
}

/** What no two appends under way may share, except that assertions share a stream with assertions. */
interface Touched {
  readonly name: string;
  readonly shareable: boolean;
}

function touched({ writes, once, keys }: Append): Touched[] {
  const touches = writes.map(({ stream, events }) => ({
    name: `stream ${stream}`,
    shareable: events.length === 0,
  }));
  if (once) touches.push({ name: `key ${once.key}`, shareable: false });
  for (const { subject } of keys ?? []) touches.push({ name: `subject ${subject}`, shareable: false });
  return touches;
}

/** Names taken, and whether they may be taken once more by who only asserts. */
class Taken {
  private readonly shareable = new Map<string, boolean>();

  bars(touches: readonly Touched[]): boolean {
    return touches.some(({ name, shareable }) => {
      const taken = this.shareable.get(name);
      return taken === false || (taken === true && !shareable);
    });
  }

  take(touches: readonly Touched[]): void {
    for (const { name, shareable } of touches) {
      this.shareable.set(name, shareable && this.shareable.get(name) !== false);
    }
  }
}

function sizeOf({ writes }: Append): number {
  let size = 0;
  for (const { events, row } of writes) {
    size += row?.text.length ?? 0;
    for (const { text } of events) size += text.length;
  }
  return size;
}

const wordFor = (outcome: Outcome | Error | undefined): BatchTold['outcomes'][number] => {
  if (outcome instanceof VersionConflict) return 'conflict';
  return outcome && 'outcome' in outcome ? outcome.outcome : 'failed';
};

const told = (
  batch: readonly Waiting[],
  outcomes: readonly (Outcome | Error)[],
  milliseconds: number,
): BatchTold => {
  const words = batch.map((_, index) => wordFor(outcomes[index]));
  const eventsOf = ({ append }: Waiting) => append.writes.reduce((sum, { events }) => sum + events.length, 0);
  const recorded = batch.reduce(
    (sum, waiting, index) => sum + (words[index] === 'appended' ? eventsOf(waiting) : 0),
    0,
  );
  return { seconds: milliseconds / 1000, outcomes: words, recorded };
};

/**
 * Commits whatever appends wait as one batch. There is no timer: while one batch commits, the next gathers. An append
 * that touches what an earlier one touches waits for the next batch, and whatever comes later does not overtake it.
 */
export class Committer {
  private waiting: Waiting[] = [];
  private busy = false;

  constructor(
    private readonly commit: (appends: readonly Append[]) => Promise<readonly (Outcome | Error)[]>,
    private readonly options: CommitterOptions,
  ) {}

  append(append: Append): Promise<Appended> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ append, touches: touched(append), size: sizeOf(append), resolve, reject });
      this.wake();
    });
  }

  /** After this turn of the event loop, so that all requests that it brings go together. */
  private wake(): void {
    if (this.busy || this.waiting.length === 0) return;
    this.busy = true;
    setImmediate(() => void this.run(this.takeBatch()));
  }

  private takeBatch(): Waiting[] {
    const batch: Waiting[] = [];
    const left: Waiting[] = [];
    const taken = new Taken();
    let size = 0;
    for (const next of this.waiting) {
      const full = batch.length >= this.options.mostAppends || size >= this.options.mostText;
      if (full || taken.bars(next.touches)) left.push(next);
      else {
        batch.push(next);
        size += next.size;
      }
      taken.take(next.touches);
    }
    this.waiting = left;
    return batch;
  }

  private async run(batch: readonly Waiting[]): Promise<void> {
    const began = performance.now();
    const outcomes = await this.commit(batch.map(({ append }) => append));
    if (batches.hasSubscribers) batches.publish(told(batch, outcomes, performance.now() - began));
    batch.forEach(({ resolve, reject }, index) => {
      const outcome = outcomes[index];
      if (outcome instanceof Error) reject(outcome);
      else if (outcome) resolve(outcome);
    });
    this.busy = false;
    this.wake();
  }
}
