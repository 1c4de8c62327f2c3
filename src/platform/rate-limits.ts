import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { TooMany, Unauthenticated } from '../event-store/errors.js';
import { CONFIG, type Config } from './config.js';

const MINUTE = 60_000;

type Count = ReturnType<FastifyInstance['createRateLimit']>;
type Counted = Awaited<ReturnType<Count>>;

const uncounted: Count = async () => ({ isAllowed: true, key: '' });

/** A network of IPv6 counts as one. The usual IPv4 as a socket of both kinds writes it need not be read at length. */
const networkOf = ({ ip }: FastifyRequest): string =>
  ip.startsWith('::ffff:') ? ip.slice('::ffff:'.length) : normalizeIP(ip);

/** Seconds until more is answered; 0 while it is. */
const secondsOver = (counted: Counted): number =>
  !counted.isAllowed && counted.isExceeded ? counted.ttlInSeconds : 0;

/**
 * How often somebody may ask within a minute. Each process counts for itself: no answer waits for another machine, and a
 * Redis out of reach neither opens nor shuts a door. So many processes let through so many times as much.
 */
@Injectable()
export class RateLimits {
  private readonly people = new WeakMap<FastifyRequest, string>();
  private ofAddress = uncounted;
  private ofPerson = uncounted;
  private ofFailed = uncounted;

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** From now on this server counts, and refuses addresses. Whether it lives may always be asked. */
  async open(server: FastifyInstance): Promise<void> {
    await server.register(rateLimit, { global: false });
    const counting = (max: number, keyGenerator: (request: FastifyRequest) => string): Count =>
      max === 0 ? uncounted : server.createRateLimit({ max, timeWindow: MINUTE, keyGenerator });
    this.ofAddress = counting(this.config.REDRESS_REQUESTS_PER_ADDRESS, networkOf);
    this.ofFailed = counting(this.config.REDRESS_FAILED_SIGN_INS, networkOf);
    this.ofPerson = counting(
      this.config.REDRESS_REQUESTS_PER_PERSON,
      (request) => this.people.get(request) ?? '',
    );
    server.addHook('onRequest', async (request) => {
      if (!request.url.startsWith('/health/')) await this.address(request);
    });
  }

  /** Errors: TooMany `too-many-requests`. */
  async person(request: FastifyRequest, id: string): Promise<void> {
    this.people.set(request, id);
    const wait = secondsOver(await this.ofPerson(request));
    if (wait > 0)
      throw new TooMany('too-many-requests', `You ask more often than is answered. Wait ${wait} seconds.`, {
        retryAfterSeconds: wait,
      });
  }

  /** Proves who somebody is, unless that failed too often from their address. Errors: TooMany `too-many-failed-sign-ins`. */
  async signIn<T>(request: FastifyRequest, prove: () => Promise<T>): Promise<T> {
    const wait = secondsOver(await this.ofFailed(request, { increment: false }));
    if (wait > 0)
      throw new TooMany(
        'too-many-failed-sign-ins',
        `Too many tokens from this address were not valid, so no new one is looked at. Wait ${wait} seconds.`,
        { retryAfterSeconds: wait },
      );
    try {
      return await prove();
    } catch (error) {
      if (error instanceof Unauthenticated && error.code !== 'no-token') await this.ofFailed(request);
      throw error;
    }
  }

  private async address(request: FastifyRequest): Promise<void> {
    const wait = secondsOver(await this.ofAddress(request));
    if (wait > 0)
      throw new TooMany(
        'too-many-requests',
        `More requests come from this address than are answered. Wait ${wait} seconds.`,
        { retryAfterSeconds: wait },
      );
  }
}
