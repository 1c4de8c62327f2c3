import { type CanActivate, type ExecutionContext, Inject, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { authorise } from './permissions.js';
import type { Principal } from './principal.js';
import { SignIn } from './sign-in.js';

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

/** What a door asks of whoever comes. */
interface Asks {
  readonly anonymous: boolean;
  readonly reads: string | undefined;
}

/** Nobody passes without a token, but where a door says so. */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  /** What is written on a door does not change, and to read it costs as much as to know a token again. */
  private readonly doors = new WeakMap<object, Asks>();

  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(SignIn) private readonly signIn: SignIn,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { anonymous, reads } = this.asks(context);
    if (anonymous) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const principal = await this.signIn.principal(request);
    principals.set(request, principal);
    if (reads) authorise(principal, 'read', reads);
    return true;
  }

  private asks(context: ExecutionContext): Asks {
    const handler = context.getHandler();
    const known = this.doors.get(handler);
    if (known) return known;
    const targets = [handler, context.getClass()];
    const asks = {
      anonymous: this.reflector.getAllAndOverride<boolean | undefined>(ANONYMOUS, targets) === true,
      reads: this.reflector.getAllAndOverride<string | undefined>(READS, targets),
    };
    this.doors.set(handler, asks);
    return asks;
  }
}
