import { STATUS_CODES } from 'node:http';
import { isNativeError } from 'node:util/types';
import {
  Forbidden,
  InvalidInput,
  NotFound,
  Refusal,
  RuleBroken,
  Taken,
  TooMany,
  Unauthenticated,
  Unavailable,
  VersionConflict,
} from '../event-store/errors.js';
import { explained } from '../event-store/lost-connection.js';

/** RFC 9457. `code` is stable; `detail` says what was wrong and what to do; further members say where. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly [extension: string]: unknown;
}

const statuses: readonly (readonly [abstract new (...args: never[]) => Refusal, number])[] = [
  [InvalidInput, 400],
  [Unauthenticated, 401],
  [Forbidden, 403],
  [NotFound, 404],
  [VersionConflict, 409],
  [Taken, 409],
  [RuleBroken, 422],
  [TooMany, 429],
  [Unavailable, 503],
];

/** A code of which the contract fixes the status, whatever class refuses it. */
const statusOfCode: Readonly<Record<string, number>> = {
  'idempotency-mismatch': 422,
  'document-too-large': 413,
  'document-damaged': 500,
};

const problem = (status: number, code: string, detail: string, more: object = {}): Problem => ({
  type: `urn:redress:problem:${code}`,
  title: STATUS_CODES[status] ?? 'Error',
  status,
  code,
  detail,
  ...more,
});

const unexpected = () =>
  problem(
    500,
    'internal',
    'Something went wrong here that is not your doing. It was logged with the request id.',
  );

const refused = (refusal: Refusal): Problem => {
  const status = statusOfCode[refusal.code] ?? statuses.find(([kind]) => refusal instanceof kind)?.[1] ?? 422;
  return problem(status, refusal.code, refusal.message, refusal.details);
};

/** What the caller is told. Never a stack, never SQL. */
export const problemOf = (error: unknown): Problem => {
  // What Node itself throws may come from another realm than ours.
  const told = isNativeError(error) ? explained(error) : error;
  return told instanceof Refusal ? refused(told) : unexpected();
};

/** Problems of the transport itself: malformed JSON, a body over the limit, an unknown path. */
export const transportProblem = (status: number, message: string): Problem => {
  const codes: Readonly<Record<number, string>> = {
    400: 'malformed-request',
    404: 'not-found',
    405: 'method-not-allowed',
    408: 'request-timeout',
    413: 'body-too-large',
    414: 'uri-too-long',
    415: 'unsupported-media-type',
    429: 'too-many-requests',
    431: 'headers-too-large',
    503: 'shutting-down',
  };
  return problem(status, codes[status] ?? 'request-refused', message);
};
