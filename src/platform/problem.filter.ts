import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { VersionConflict } from '../event-store/errors.js';
import { lingering } from './lingering.js';
import { problemOf, transportProblem, type Problem } from './problem.js';

const isFastifyRefusal = (error: unknown): error is Error & { statusCode: number } => {
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return error instanceof Error && typeof status === 'number' && status >= 400 && status < 500;
};

const sentences: Readonly<Record<number, (request: FastifyRequest) => string>> = {
  404: ({ method, url }) => `There is no ${method} ${url.split('?')[0]}. /docs shows what there is.`,
  413: () =>
    'The body is larger than 1 MB. Send less of it at once; a document is uploaded as its bytes, to the documents of its case.',
  415: ({ headers: { 'content-type': type = 'no content type', 'content-encoding': packed } }) =>
    `A body of ${type.slice(0, 100)}${packed ? `, packed by ${packed.slice(0, 40)},` : ''} is not read here. Commands and questions come as application/json, the bytes of a document as application/octet-stream, neither of them packed.`,
};

/** Nest and Fastify say no more than that something is so; here stands what to do. */
const ofTransport = (status: number, message: string, request: FastifyRequest): Problem =>
  transportProblem(status, sentences[status]?.(request) ?? message);

const toProblem = (error: unknown, request: FastifyRequest): Problem => {
  if (error instanceof HttpException) return ofTransport(error.getStatus(), error.message, request);
  if (isFastifyRefusal(error)) return ofTransport(error.statusCode, error.message, request);
  const problem = problemOf(error);
  const stale = error instanceof VersionConflict && request.headers['if-match'] !== undefined;
  return stale ? { ...problem, status: 412, title: 'Precondition Failed' } : problem;
};

/** What broke, and who was not let in or not allowed: by the request's id and the door, and never by what was sent. */
export const logProblem = (
  log: Logger,
  { id: requestId, method, routeOptions: { url: route } }: FastifyRequest,
  { problem: { status, code }, error }: { readonly problem: Problem; readonly error: unknown },
): void => {
  if (status === 500) log.error({ requestId, err: error }, 'request failed');
  if (status === 403 || (status === 401 && code !== 'no-token'))
    log.warn({ requestId, method, route, code }, 'refused');
};

/** How to sign in, as RFC 9470 writes what was wanting. */
const challengeOf = ({ acrValues }: Problem): string =>
  Array.isArray(acrValues)
    ? `Bearer error="insufficient_user_authentication", acr_values="${acrValues.join(' ')}"`
    : 'Bearer';

/** The one place where a refusal becomes an HTTP answer. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    this.send(error, request, reply);
  }

  send(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const problem = toProblem(error, request);
    logProblem(this.log, request, { problem, error });
    if (problem.status === 503) void reply.header('retry-after', '2');
    if (problem.status === 429) void reply.header('retry-after', String(problem['retryAfterSeconds']));
    if (problem.status === 401 && !reply.hasHeader('www-authenticate'))
      void reply.header('www-authenticate', challengeOf(problem));
    // Whoever is refused before their last byte is listened to no longer than they need to read why.
    if (!request.raw.complete) {
      void reply.header('connection', 'close');
      lingering(request.raw.socket);
    }
    void reply
      .status(problem.status)
      .header('content-type', 'application/problem+json; charset=utf-8')
      .send(JSON.stringify({ ...problem, instance: request.id }));
  }
}
