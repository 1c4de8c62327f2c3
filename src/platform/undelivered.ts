import { createHash } from 'node:crypto';

/** What a mail server or a webhook answered. Its own words may name people, so only its code is kept. */
interface Answer {
  readonly smtpCode?: number;
  readonly httpStatus?: number;
}

type Reason =
  | 'refused'
  | 'unreachable'
  | 'webhook-refused'
  | 'webhook-unreachable'
  | 'webhook-forbidden'
  | 'template-broken';

/** What was to be told did not get away. */
export class Undelivered extends Error {
  constructor(
    readonly reason: Reason,
    /** Trying again would end the same way. */
    readonly final: boolean,
    readonly answer: Answer = {},
    /** How long whoever refused it asked to be left alone. */
    readonly retryAfterMs = 0,
  ) {
    super(['not delivered:', reason, ...Object.values(answer)].join(' '));
  }
}

/** A name for what is told, from stable words about it: told again it has the same. */
export const nameOf = (identity: string): string =>
  createHash('sha256').update(identity).digest('hex').slice(0, 40);
