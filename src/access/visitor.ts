import type { FastifyRequest } from 'fastify';
import { InvalidInput } from '../event-store/errors.js';
import { text } from '../event-store/schema.js';
import { principalOf } from './authentication.js';
import type { Look, Seen, Visitor } from './look.js';
import { authorise } from './permissions.js';
import { readInput } from './read-door.js';

/** Who asks at an HTTP door, and what is recorded of it. */

export const whyLooked = text(1000);

const decoded = (value: string): string => {
  try {
    return decodeURIComponent(value);
  } catch {
    throw new InvalidInput('invalid-input', 'Redress-Reason is a text, percent-encoded.');
  }
};

/** Only behind the guard. Errors: InvalidInput. */
export const visitorAt = (request: FastifyRequest, door: Visitor['door']): Visitor => {
  const given = request.headers['redress-reason'];
  return {
    principal: principalOf(request),
    requestId: request.id,
    door,
    reason: typeof given === 'string' ? readInput(whyLooked, decoded(given)) : undefined,
  };
};

/** The look of somebody who may ask this line of the permission table's `read` part. Errors: Forbidden. */
export const lookBy = (visitor: Visitor, line: string, question: string, seen: readonly Seen[]): Look => {
  const { principal, requestId, door, reason: why } = visitor;
  const actor = { id: principal.id, role: authorise(principal, 'read', line) };
  return { actor, requestId, door, reason: why, question, seen };
};
