import { setTimeout as pause } from 'node:timers/promises';
import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type pg from 'pg';
import type { Logger } from 'pino';
import { Clock } from '../platform/clock.js';
import { CONFIG, type Config } from '../platform/config.js';
import { POOL } from '../platform/database.js';
import { LOG } from '../platform/log.js';
import { Post } from '../platform/mail.js';
import { watchCheckpoints } from './checkpoint.metrics.js';
import { CheckpointPushes } from './checkpoint-pushes.js';
import { waysOf, type Way } from './checkpoint-ways.js';
import { Checkpoints, type Latest } from './checkpoints.js';
import { signerOf } from './signing.js';

const LOOK_MS = 1_000;
/** Whoever does not answer must not hold up the end; it is tried again by another process. */
const PATIENCE_MS = 5_000;

type Work = 'sign' | Way['name'];

/**
 * The worker role: signs the log's head every so many events or seconds, and pushes it off this host by the ways that the
 * settings name. Signing waits for none of them, and none for another.
 */
@Injectable()
export class CheckpointWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly ways: readonly Way[];
  private readonly pushes: CheckpointPushes;
  private watch: NodeJS.Timeout | undefined;
  private readonly busy = new Map<Work, Promise<void>>();
  private readonly trouble = new Map<Work, string>();

  constructor(
    @Inject(Checkpoints) private readonly checkpoints: Checkpoints,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(POOL) private readonly pool: pg.Pool,
    @Inject(Post) post: Post,
    @Inject(Clock) clock: Clock,
    @Inject(LOG) private readonly log: Logger,
  ) {
    this.ways = waysOf(config, post, clock);
    this.pushes = new CheckpointPushes(pool, config.REDRESS_MAIL_RETRY_SECONDS);
  }

  onApplicationBootstrap(): void {
    watchCheckpoints(
      this.pool,
      this.ways.map(({ name }) => name),
    );
  }

  async start(): Promise<void> {
    if (!(await signerOf(this.config))) {
      this.log.warn('no checkpoints of the log are signed: AUDIT_SIGNING_KEY is not set');
      return;
    }
    this.watch = setInterval(() => this.look(), LOOK_MS);
    this.watch.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.watch);
    await Promise.race([Promise.all(this.busy.values()), pause(PATIENCE_MS, undefined, { ref: false })]);
  }

  private look(): void {
    this.begin('sign', () => this.signIfDue());
    for (const way of this.ways) this.begin(way.name, () => this.push(way));
  }

  /** Unless it is under way. */
  private begin(work: Work, doing: () => Promise<void>): void {
    if (this.busy.has(work)) return;
    const done = doing()
      .catch((error: Error) => this.tell(work, error.message))
      .then(() => void this.busy.delete(work));
    this.busy.set(work, done);
  }

  /** Once, however often the same goes wrong. */
  private tell(work: Work, reason: string): void {
    if (reason === this.trouble.get(work)) return;
    this.trouble.set(work, reason);
    if (work === 'sign') this.log.error({ reason }, 'audit: no checkpoint was made');
    else
      this.log.error({ way: work, reason }, 'audit: a checkpoint did not leave this host and is tried again');
  }

  private async signIfDue(): Promise<void> {
    const [latest, size] = [await this.checkpoints.latest(), await this.checkpoints.size()];
    if (this.isDue(latest, size)) await this.checkpoints.sign(size);
    this.trouble.delete('sign');
  }

  private isDue(latest: Latest | undefined, size: number): boolean {
    const { REDRESS_CHECKPOINT_EVENTS: events, REDRESS_CHECKPOINT_SECONDS: seconds } = this.config;
    if (!latest) return size > 0;
    // A shorter log than was signed is no log to sign; that it is so, is told.
    return (
      size < latest.size || size - latest.size >= events || (size > latest.size && latest.age >= seconds)
    );
  }

  private async push(way: Way): Promise<void> {
    const latest = await this.checkpoints.latest();
    if (!latest || !(await this.pushes.push(way, latest))) return;
    if (this.trouble.delete(way.name))
      this.log.info({ way: way.name, size: latest.size }, 'audit: checkpoints leave this host again');
  }
}
