import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RateLimits } from '../platform/rate-limits.js';
import type { Principal } from './principal.js';
import { Tokens } from './tokens.js';

/** Who shows a token at the door, unless too much comes from them. */
@Injectable()
export class SignIn {
  constructor(
    @Inject(Tokens) private readonly tokens: Tokens,
    @Inject(RateLimits) private readonly limits: RateLimits,
  ) {}

  /** Whoever was proved before passes, however many strangers share their address. Errors: Unauthenticated, TooMany. */
  async principal(
    request: FastifyRequest,
    authorization = request.headers.authorization,
  ): Promise<Principal> {
    const principal =
      this.tokens.known(authorization) ??
      (await this.limits.signIn(request, () => this.tokens.principal(authorization)));
    await this.limits.person(request, principal.id);
    return principal;
  }
}
