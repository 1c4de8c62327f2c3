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
  /** Batches that may be under way at once. */
  readonly lanes: number;
  /** Fewer than these are not divided between the lanes, and wait while a batch is under way. */
  readonly fewAppends: number;
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

/** Whoever writes a name holds it alone; any number may hold it who only assert. */
const ALONE = -1;

/** Names held: by how many who assert, or by one alone. */
class Held {
  private readonly holders = new Map<string, number>();

  bars(touches: readonly Touched[]): boolean {
    return touches.some(({ name, shareable }) => {
      const holders = this.holders.get(name);
      return holders !== undefined && (holders === ALONE || !shareable);
    });
  }

  take(touches: readonly Touched[]): void {
    for (const { name, shareable } of touches) {
      const holders = this.holders.get(name) ?? 0;
      this.holders.set(name, shareable && holders !== ALONE ? holders + 1 : ALONE);
    }
  }

  /** One of several who assert lets go: the others still hold. */
  release(touches: readonly Touched[]): void {
    for (const { name, shareable } of touches) {
      const holders = this.holders.get(name) ?? 0;
      if (shareable && holders > 1) this.holders.set(name, holders - 1);
      else if (!shareable || holders === 1) this.holders.delete(name);
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
 * Commits the appends that wait in batches, two of which may be under way: while PostgreSQL works on one, or waits for
 * the disk, the other is prepared. There is no timer: while batches commit, the next gathers. An append that touches
 * what an earlier one touches waits until that is done, and whatever comes later does not overtake it.
 */
export class Committer {
  private waiting: Waiting[] = [];
  private readonly busy = new Held();
  private lanesBusy = 0;
  private underWay = 0;
  private woken = false;

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
    if (this.woken || !this.opens()) return;
    this.woken = true;
    setImmediate(() => {
      this.woken = false;
      if (!this.opens()) return;
      const batch = this.takeBatch();
      if (batch.length > 0) void this.run(batch);
    });
  }

  /** A second lane opens only for many: few wait for the first, because small batches only make more commits. */
  private opens(): boolean {
    const { lanes, fewAppends } = this.options;
    if (this.lanesBusy >= lanes) return false;
    return this.waiting.length >= (this.lanesBusy === 0 ? 1 : fewAppends);
  }

  /** Many are divided evenly, so that no lane idles. */
  private share(): number {
    const { lanes, mostAppends, fewAppends } = this.options;
    const fair = Math.ceil((this.waiting.length + this.underWay) / lanes);
    return Math.min(mostAppends, Math.max(fewAppends, fair));
  }

  private takeBatch(): Waiting[] {
    const batch: Waiting[] = [];
    const left: Waiting[] = [];
    const ahead = new Held();
    const most = this.share();
    let size = 0;
    for (const next of this.waiting) {
      const full = batch.length >= most || size >= this.options.mostText;
      if (full || this.busy.bars(next.touches) || ahead.bars(next.touches)) left.push(next);
      else {
        batch.push(next);
        size += next.size;
      }
      ahead.take(next.touches);
    }
    this.waiting = left;
    return batch;
  }

  private async run(batch: readonly Waiting[]): Promise<void> {
    this.lanesBusy += 1;
    this.underWay += batch.length;
    for (const { touches } of batch) this.busy.take(touches);
    this.wake();
    const began = performance.now();
    const outcomes = await this.commit(batch.map(({ append }) => append));
    if (batches.hasSubscribers) batches.publish(told(batch, outcomes, performance.now() - began));
    for (const { touches } of batch) this.busy.release(touches);
    this.underWay -= batch.length;
    this.lanesBusy -= 1;
    batch.forEach(({ resolve, reject }, index) => {
      const outcome = outcomes[index];
      if (outcome instanceof Error) reject(outcome);
      else if (outcome) resolve(outcome);
    });
    this.wake();
  }
}
