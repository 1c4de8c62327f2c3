import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { Unavailable } from '../event-store/errors.js';
import { QUEUES, Queues } from './queue.js';

const BOARD_PATH = '/admin/queues';

const PATIENCE_MS = 5_000;

interface Shown {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly rawPayload: Buffer;
}

/** Bull Board over the queues of this house: to be looked at only. It is loaded when somebody first asks for it. */
@Injectable()
export class QueueBoard {
  private opened: Promise<FastifyInstance> | undefined;

  constructor(@Inject(Queues) private readonly queues: Queues) {}

  /** What stands at this address of it. Errors: Unavailable `queue-unreachable`. */
  async show(url: string): Promise<Shown> {
    this.opened ??= this.open().catch((fault: unknown) => {
      this.opened = undefined;
      throw fault;
    });
    const answer = this.opened.then((board) => board.inject({ method: 'GET', url }));
    const shown = await Promise.race([answer, pause(PATIENCE_MS, undefined, { ref: false })]);
    if (shown) return shown;
    throw new Unavailable(
      'queue-unreachable',
      `The queue has not answered for ${PATIENCE_MS / 1000} seconds. See to its Redis or PostgreSQL, and ask again.`,
    );
  }

  private async open(): Promise<FastifyInstance> {
    const [{ createBullBoard }, { BullMQAdapter }, { FastifyAdapter }, { fastify }] = await Promise.all([
      import('@bull-board/api'),
      import('@bull-board/api/bullMQAdapter'),
      import('@bull-board/fastify'),
      import('fastify'),
    ]);
    const queues = await Promise.all(QUEUES.map((name) => this.queues.queue(name)));
    const serverAdapter = new FastifyAdapter().setBasePath(BOARD_PATH);
    createBullBoard({
      queues: queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true })),
      serverAdapter,
      options: { uiConfig: { boardTitle: 'Redress' } },
    });
    // A server that listens nowhere: the house can take no more routes once it is open.
    const board = fastify();
    await board.register(serverAdapter.registerPlugin(), { prefix: BOARD_PATH });
    await board.ready();
    return board;
  }
}
