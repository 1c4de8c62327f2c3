import type { Socket } from 'node:net';
import { STATUS_CODES } from 'node:http';
import { freshId } from '../event-store/fresh-bytes.js';
import { securityHeaders } from './headers.js';
import { transportProblem } from './problem.js';

/** What the HTTP parser itself gives up on: there is no request yet, so the answer is written to the bare connection. */

const told: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The headers are larger than 16 KB. Send fewer or shorter ones.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time. Send it again.'],
};
const MALFORMED = [
  400,
  'This is not HTTP/1.1 as RFC 9112 writes it. Check the request line and the headers.',
] as const;

const HEADERS = Object.entries(securityHeaders)
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join('');

/** The answer that is being written to a connection, as node:http notes it there and tells in its manual. */
type Connection = Socket & { readonly _httpMessage?: { readonly headersSent: boolean } | null };

export const answerBrokenRequest = (error: Error & { code?: string }, socket: Connection): void => {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const [status, detail] = told[error.code ?? ''] ?? MALFORMED;
  const body = JSON.stringify({ ...transportProblem(status, detail), instance: freshId() });
  // An answer that is under way must not be broken into.
  if (socket.writable && !socket._httpMessage?.headersSent)
    socket.write(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/problem+json; charset=utf-8\r\n` +
        `content-length: ${Buffer.byteLength(body)}\r\n${HEADERS}connection: close\r\n\r\n${body}`,
    );
  socket.destroy(error);
};
