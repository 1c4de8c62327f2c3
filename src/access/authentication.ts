import {
  type CanActivate,
  type ExecutionContext,
  Inject,
  Injectable,
  SetMetadata,
  type Type,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { authorise } from './permissions.js';
import type { Principal } from './principal.js';
import { SignIn } from './sign-in.js';

const ASKS = Symbol('asks');

/**
 * What a door asks of whoever comes: no token, a line of the table of roles, or one that depends on what is sent, which it
 * then asks itself.
 */
export type Asks = 'nothing' | 'itself' | Line;

interface Line {
  readonly kind: string;
  readonly act: string;
  /** The token comes in another way than the guard knows, so the door asks by itself. */
  readonly unguarded?: true;
}

/** Nobody need be known: `openDoors` gives the reason. */
export const Anonymous = () => SetMetadata<symbol, Asks>(ASKS, 'nothing');

/** Which line of the table this door asks. */
export const AsksLine = (kind: string, act: string) => SetMetadata<symbol, Asks>(ASKS, { kind, act });

export const Reads = (what: string) => AsksLine('read', what);

/** Which line of the table this door asks by itself, of a token that the guard does not see. */
export const ReadsUnguarded = (what: string) =>
  SetMetadata<symbol, Asks>(ASKS, { kind: 'read', act: what, unguarded: true });

/** Behind it stand many lines of the table; whatever passes asks its own. */
export const AsksItself = () => SetMetadata<symbol, Asks>(ASKS, 'itself');

/** What is written on a door; undefined when nothing is, and nobody passes. */
export const asksAt = (reflector: Reflector, handler: object, controller: object): Asks | undefined =>
  reflector.getAllAndOverride<Asks | undefined>(ASKS, [handler, controller] as Type[]);

const principals = new WeakMap<object, Principal>();

/** Who is at the door; only behind the guard. */
export const principalOf = (request: object): Principal => {
  const principal = principals.get(request);
  if (!principal) throw new Error('This door has no guard.');
  return principal;
};

/** Nobody passes without a token, but where a door says so; and nobody at all where a door says nothing. */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  /** What is written on a door does not change, and to read it costs as much as to know a token again. */
  private readonly doors = new WeakMap<object, Asks>();

  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(SignIn) private readonly signIn: SignIn,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const asks = this.asks(context);
    if (asks === 'nothing' || (asks !== 'itself' && asks.unguarded)) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const principal = await this.signIn.principal(request);
    principals.set(request, principal);
    if (asks !== 'itself') authorise(principal, asks.kind, asks.act);
    return true;
  }

  private asks(context: ExecutionContext): Asks {
    const handler = context.getHandler();
    const known = this.doors.get(handler);
    if (known) return known;
    const unlisted = { kind: context.getClass().name, act: handler.name };
    const asks = asksAt(this.reflector, handler, context.getClass()) ?? unlisted;
    this.doors.set(handler, asks);
    return asks;
  }
}
