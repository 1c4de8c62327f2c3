import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { CONFIG, type Config } from '../platform/config.js';
import { LOG } from '../platform/log.js';
import { Checkpoints, type Latest } from './checkpoints.js';
import { dropCheckpoint } from './checkpoint-drop.js';
import { signerOf } from './signing.js';

const LOOK_MS = 1_000;

/** The worker role: signs the log's head every so many events or seconds, and puts it where the settings say. */
@Injectable()
export class CheckpointWorker implements BeforeApplicationShutdown {
  private watch: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private dropped = -1;
  private told = '';

  constructor(
    @Inject(Checkpoints) private readonly checkpoints: Checkpoints,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOG) private readonly log: Logger,
  ) {}

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
    await this.looking;
  }

  private look(): void {
    this.looking ??= this.signIfDue()
      .then(() => (this.told = ''))
      .catch((error: Error) => this.tell(error.message))
      .then(() => (this.looking = undefined));
  }

  /** Once, however often the same goes wrong. */
  private tell(reason: string): void {
    if (reason !== this.told) this.log.error({ reason }, 'audit: no checkpoint was made');
    this.told = reason;
  }

  private async signIfDue(): Promise<void> {
    const [latest, size] = [await this.checkpoints.latest(), await this.checkpoints.size()];
    if (this.isDue(latest, size)) {
      await this.drop(size, await this.checkpoints.sign(size));
    } else if (latest) await this.drop(latest.size, latest.note);
  }

  private isDue(latest: Latest | undefined, size: number): boolean {
    const { REDRESS_CHECKPOINT_EVENTS: events, REDRESS_CHECKPOINT_SECONDS: seconds } = this.config;
    if (!latest) return size > 0;
    // A shorter log than was signed is no log to sign; that it is so, is told.
    return (
      size < latest.size || size - latest.size >= events || (size > latest.size && latest.age >= seconds)
    );
  }

  private async drop(size: number, note: string): Promise<void> {
    const { REDRESS_CHECKPOINT_DIR: directory } = this.config;
    if (directory === undefined || size === this.dropped) return;
    await dropCheckpoint(directory, size, note);
    this.dropped = size;
  }
}
