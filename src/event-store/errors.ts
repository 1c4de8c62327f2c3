/** A refusal with a stable code and a sentence that says what to do. Nothing was recorded. */
export abstract class Refusal extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = new.target.name;
  }
}

/** A rule of the domain says no. */
export class RuleBroken extends Refusal {}

/** The thing addressed does not exist, or not for this caller. */
export class NotFound extends Refusal {
  constructor(what: string, id: string, instead = 'Check the id or the reference.') {
    super('not-found', `There is no ${what} ${id}. ${instead}`);
  }
}

/** The caller decided on a version that is no longer the latest. */
export class VersionConflict extends Refusal {
  constructor(
    readonly stream: string,
    readonly expected: number,
    readonly actual: number,
  ) {
    super(
      'version-conflict',
      `${stream} is at version ${actual}, not ${expected}. Read it again, then repeat what still applies.`,
      { stream, expected, actual },
    );
  }
}

/** Something that only one may have, another has; it came to light only as this was recorded. */
export class Taken extends Refusal {}

/** The request could not be read: malformed, unknown field, wrong type. `details.issues` says where. */
export class InvalidInput extends Refusal {}

/** Nobody is known at the door: no token, or one that proves nothing. */
export class Unauthenticated extends Refusal {}

/** The caller may not do this. */
export class Forbidden extends Refusal {}

/** The caller asks more often than is answered; `details.retryAfterSeconds` says until when. */
export class TooMany extends Refusal {}

/** Storage is out of reach or full; nothing was recorded and the same request may be sent again. */
export class Unavailable extends Refusal {}

/**
 * What was taken, and what moved elsewhere, is seen by the next decision; a version of its own stream that the caller named
 * does not change by deciding anew.
 */
export const mayDecideAnew = (error: unknown, stream: string, named: number | undefined): boolean =>
  error instanceof Taken ||
  (error instanceof VersionConflict && (named === undefined || error.stream !== stream));

/** After the last attempt: of another stream than the addressed one nobody is told, for it may not be shown to them. */
export const givenUp = (error: unknown, stream: string): unknown =>
  error instanceof VersionConflict && error.stream !== stream
    ? new Unavailable(
        'too-busy',
        'What this rests on is being changed all the time. Nothing was recorded; send it again in a moment.',
      )
    : error;
