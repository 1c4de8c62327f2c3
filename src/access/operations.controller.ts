import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Pool } from 'pg';
import { Forbidden } from '../event-store/errors.js';
import { EventStore } from '../event-store/event-store.js';
import { POOL } from '../platform/database.js';
import { exposition } from '../platform/metrics.js';
import { checkReadiness } from '../platform/readiness.js';
import { Anonymous } from './authentication.js';

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;

/** From this machine itself; what a proxy on it passes on for somebody else is not. */
const isLocal = ({ socket, headers }: FastifyRequest): boolean =>
  LOOPBACK.test(socket.remoteAddress ?? '') &&
  headers['x-forwarded-for'] === undefined &&
  headers.forwarded === undefined;

/** What those who run Redress ask: does it live, is it ready, how busy is it. */
@Anonymous()
@Controller()
export class OperationsController {
  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(EventStore) private readonly store: EventStore,
  ) {}

  /** For whoever comes with nothing but the address. */
  @Get()
  start(): object {
    return {
      name: 'Redress',
      docs: '/docs',
      openapi: '/openapi.json',
      graphql: '/graphql',
      ready: '/health/ready',
    };
  }

  @Get('health/live')
  live(): object {
    return { status: 'live' };
  }

  @Get('health/ready')
  async ready(): Promise<object> {
    await checkReadiness(this.pool, this.store);
    return { status: 'ready' };
  }

  @Get('metrics')
  async metrics(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    if (!isLocal(request))
      throw new Forbidden('loopback-only', 'Metrics are told on the loopback address only.');
    const { type, text } = await exposition();
    void reply.header('content-type', type);
    return text;
  }
}
