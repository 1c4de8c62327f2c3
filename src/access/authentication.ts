import { type CanActivate, type ExecutionContext, Inject, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { authorise } from './permissions.js';
import type { Principal } from './principal.js';
import { Tokens } from './tokens.js';

const ANONYMOUS = Symbol('anonymous');
const READS = Symbol('reads');

/** Health, metrics and the documents: nobody need be known. */
export const Anonymous = () => SetMetadata(ANONYMOUS, true);

/** Which line of the permission table's `read` part this door asks. */
export const Reads = (what: string) => SetMetadata(READS, what);

const principals = new WeakMap<object, Principal>();

/** Who is at the door; only behind the guard. */
export const principalOf = (request: object): Principal => {
  const principal = principals.get(request);
  if (!principal) throw new Error('This door has no guard.');
  return principal;
};

/** Nobody passes without a token, but where a door says so. */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(Tokens) private readonly tokens: Tokens,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(ANONYMOUS, targets)) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const principal = await this.tokens.principal(request.headers.authorization);
    principals.set(request, principal);
    const reads = this.reflector.getAllAndOverride<string>(READS, targets);
    if (reads) authorise(principal, 'read', reads);
    return true;
  }
}
