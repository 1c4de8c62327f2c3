import { Taken, Unavailable } from './errors.js';

interface DriverError {
  readonly code?: string;
  readonly severity?: string;
}

/** Connection exceptions, shutdown, crash recovery, too many connections: the next connection may be better. */
const CONNECTION_STATES = /^(08|57P0[1-5]|53300|25P0[34])/;
/** Disk full, out of memory, locks held too long, deadlock, read-only standby: the server refused, and said so. */
const REFUSING_STATES = /^(53|57014|55P03|40|25006|58)/;
/** A unique index or a reference of a read table says no: another append was quicker. A CHECK that fails is our own fault. */
const TAKEN_STATES = /^(23505|23P01|23503)$/;
const SOCKET_CODES = /^(ECONN|EPIPE|ENOENT|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_AGAIN)/;
const DRIVER_MESSAGES =
  /connection (terminated|error|ended)|timeout exceeded when trying to connect|not queryable/i;

/** Whether the statement may have run although no answer came: the connection died, or the server is closing it. */
export function isConnectionLost(error: unknown): boolean {
  const { code = '', severity } = error as DriverError;
  if (severity !== undefined)
    return severity === 'FATAL' || severity === 'PANIC' || CONNECTION_STATES.test(code);
  return SOCKET_CODES.test(code) || DRIVER_MESSAGES.test((error as Error).message);
}

/** What the caller is told: storage trouble as Unavailable and what is taken as Taken (nothing was recorded), anything else as it is. */
export function explained(error: unknown): Error {
  const { code = '' } = error as DriverError;
  if (isConnectionLost(error) || REFUSING_STATES.test(code)) {
    return new Unavailable(
      'storage-unavailable',
      'Storage is out of reach or full; nothing was recorded. Send the same request again in a moment.',
      { cause: code },
    );
  }
  if (TAKEN_STATES.test(code)) {
    return new Taken(
      'taken-meanwhile',
      'Something here must be unique, and another has it since a moment ago; nothing was recorded. Read again, then repeat what still applies.',
    );
  }
  return error as Error;
}

export function outcomeUnknown(): Unavailable {
  return new Unavailable(
    'outcome-unknown',
    'The connection to storage was lost while recording, and it is not known whether it was recorded. ' +
      'Repeat the request with the same Idempotency-Key, or read the stream first.',
  );
}
