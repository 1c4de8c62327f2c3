import type { Actor, Occurred } from './event.js';

/** An idempotent request: the hash of actor, route and key, and the hash of what it asked. */
export interface RequestKey {
  readonly key: string;
  readonly request: string;
}

/** Around every command: who, why it runs, and on what the caller based it. */
export interface Envelope {
  readonly actor: Actor;
  readonly correlationId: string;
  readonly causationId?: string;
  readonly expectedVersion?: number;
  readonly once?: RequestKey;
  readonly occurred?: Occurred;
  readonly backdatingReason?: string;
}

/** A validated wish to act on one stream. Each slice has one subclass, so that each has one handler on the bus. */
export abstract class Command {
  constructor(
    readonly act: string,
    readonly id: string,
    readonly input: unknown,
    readonly envelope: Envelope,
  ) {}
}

/** What every command answers. `reference` only for what was just created. */
export interface Answer {
  readonly id: string;
  readonly version: number;
  readonly events: readonly string[];
  readonly reference?: string;
}
