import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Command, Envelope, RequestKey } from '../event-store/command.js';
import { actNamed, isPossible, type Acts, type Circumstances, type Decider } from '../event-store/decider.js';
import type { DomainEvent } from '../event-store/event.js';
import { InvalidInput } from '../event-store/errors.js';
import { freshId } from '../event-store/fresh-bytes.js';
import { id as anId, occurred, personal } from '../event-store/schema.js';
import { authorise, authorisingRole } from './permissions.js';
import type { Principal } from './principal.js';
import { readInput } from './read-door.js';

/** Where a slice's commands come in, whatever the transport: authorise, validate once, wrap in the envelope. */

/**
 * A slice as its doors see it. `path` is its REST collection; `creates` the act that begins a stream under a fresh id, or
 * under the name that its input gives.
 */
export interface CommandDoor {
  readonly kind: string;
  readonly path: string;
  readonly creates?: string;
  /** The collection that shows what it creates, where that is another one. */
  readonly shownAt?: string;
  readonly acts: Acts<never, never, unknown>;
  readonly command: new (act: string, id: string, input: unknown, envelope: Envelope) => Command;
  /** Acts that also take what people call the stream, such as a reference that was read out to them; the handler finds it. */
  readonly calledBy?: { readonly acts: readonly string[]; readonly schema: z.ZodType<string> };
  /** Of streams that people name; others have ids that Redress gave. */
  readonly named?: { readonly schema: z.ZodType<string>; readonly by?: (input: unknown) => string };
}

/** What every command may say besides its own fields. */
export const aroundEveryCommand = z.object({
  occurred: occurred.optional().describe('When it happened; now, when absent.'),
  backdatingReason: personal('case')
    .optional()
    .describe('Why it is recorded only now; required for a day past.'),
});

/** One request to do something, as a transport hands it over. */
export interface CommandRequest {
  readonly act: string;
  readonly id?: string;
  readonly body: unknown;
  readonly principal: Principal;
  readonly requestId: string;
  readonly ifMatch?: string | undefined;
  readonly idempotencyKey?: string | undefined;
}

export const kebab = (act: string): string => act.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();

/** The acts of a door by the path segment that names each; the creating one has none. */
export const actsByPath = ({ acts, creates }: CommandDoor): ReadonlyMap<string, string> =>
  new Map(
    Object.keys(acts)
      .filter((act) => act !== creates)
      .map((act) => [kebab(act), act]),
  );

/** The names of `allowedCommands` in an answer, the same at every door. */
export const allowedNames = z
  .array(z.string())
  .readonly()
  .describe(
    'What your roles let you do to it now, each by the last part of its path: `assign-handler`. Over GraphQL that of a complaint is the mutation assignComplaintHandler.',
  );

/** What a caller may do to a stream as it stands, as path segments; `context`: what is known around it. */
export const allowedCommands = <State, Context, Event extends DomainEvent>(
  decider: Pick<Decider<State, Context & Circumstances, Event>, 'kind' | 'acts' | 'guard' | 'phase' | 'over'>,
  state: State,
  principal: Principal,
  context: Partial<Context & Circumstances> = {},
): string[] =>
  Object.keys(decider.acts)
    .filter((name) => {
      const role = authorisingRole(principal, decider.kind, name);
      return role && isPossible(decider, name, state, { ...context, actor: { id: principal.id, role } });
    })
    .map(kebab);

const objectOf = (body: unknown): Record<string, unknown> => {
  if (body === undefined || body === null) return {};
  // A stream of bytes, which another door takes, is none.
  if (Object.getPrototypeOf(body) === Object.prototype) return body as Record<string, unknown>;
  throw new InvalidInput('invalid-input', 'Send a JSON object.');
};

const versionOf = (ifMatch: string): number => {
  const version = /^"(0|[1-9]\d{0,8})"$/.exec(ifMatch)?.[1];
  if (!version)
    throw new InvalidInput(
      'bad-if-match',
      'If-Match names the one version that was last read, as it was told: "3".',
    );
  return Number(version);
};

const hash = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');

const requestKey = (door: CommandDoor, asked: CommandRequest, key: string): RequestKey => {
  if (!/^[\x21-\x7e]{1,200}$/.test(key))
    throw new InvalidInput('bad-idempotency-key', 'An Idempotency-Key is 1 to 200 visible ASCII characters.');
  const route = `${door.path}/${asked.id ?? ''}/${asked.act}`;
  return {
    key: hash(asked.principal.id, route, key),
    // With the key in it: else it would outlive an erasure, for whoever tries what the body may have said.
    request: hash(key, JSON.stringify(asked.body ?? {}), asked.ifMatch ?? ''),
  };
};

/** What an id at the door of an act may be. */
const idFor = ({ named, calledBy }: CommandDoor, act: string): z.ZodType<string> =>
  named?.schema ?? (calledBy?.acts.includes(act) ? calledBy.schema : anId);

const idOf = (door: CommandDoor, { id, act }: CommandRequest, input: unknown): string => {
  if (id !== undefined) return readInput(idFor(door, act), id, [], ['id']);
  return door.named?.by?.(input) ?? freshId();
};

/** Errors: Forbidden, InvalidInput. */
export const commandFrom = (door: CommandDoor, asked: CommandRequest): Command => {
  const { input: schema } = actNamed(door.acts, asked.act);
  const role = authorise(asked.principal, door.kind, asked.act);
  const { occurred: when, backdatingReason, ...own } = objectOf(asked.body);
  const around = readInput(aroundEveryCommand, { occurred: when, backdatingReason });
  const input = readInput(schema, own, Object.keys(aroundEveryCommand.shape));
  const envelope: Envelope = {
    actor: { id: asked.principal.id, role },
    correlationId: asked.requestId,
    ...(asked.ifMatch === undefined ? {} : { expectedVersion: versionOf(asked.ifMatch) }),
    ...(asked.idempotencyKey === undefined ? {} : { once: requestKey(door, asked, asked.idempotencyKey) }),
    ...(around.occurred === undefined ? {} : { occurred: around.occurred }),
    ...(around.backdatingReason === undefined ? {} : { backdatingReason: around.backdatingReason }),
  };
  return new door.command(asked.act, idOf(door, asked, input), input, envelope);
};
