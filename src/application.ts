import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { freshId } from './event-store/fresh-bytes.js';
import { openDocs } from './access/api-docs.js';
import { openGraphql } from './access/graphql-door.js';
import { schemaOf } from './access/graphql-schema.js';
import { Tokens } from './access/tokens.js';
import { openApiOf } from './access/open-api.js';
import { AppModule } from './app.module.js';
import { answerBrokenRequest } from './platform/broken-request.js';
import { endConnectionsOnClosing } from './platform/closing.js';
import { securityHeaders, setSecurityHeaders } from './platform/headers.js';
import { refuseRepeatedFields } from './platform/json-body.js';
import { NestLog } from './platform/log.js';
import { openBook } from './house.js';
import { commandDoors, otherPaths, readDoors } from './doors.js';
import { watchPool, watchRequests } from './platform/metrics.js';
import type { Ground } from './platform/platform.module.js';
import { ProblemFilter } from './platform/problem.filter.js';
import { RateLimits } from './platform/rate-limits.js';
import { Templates } from './reminders/templates.js';

const MOST_CONNECTIONS = 10_000;
const BODY_LIMIT = 1024 * 1024;
/** What a page of another place may send, and what it may see of an answer. */
const CORS = {
  // Where Nest would put it by itself, a preflight would be answered before the other headers are told.
  hook: 'preParsing' as const,
  methods: ['GET', 'POST'],
  allowedHeaders: [
    'authorization',
    'content-type',
    'if-match',
    'idempotency-key',
    'last-event-id',
    'redress-reason',
    'x-file-name',
    'x-request-id',
  ],
  exposedHeaders: ['etag', 'location', 'retry-after'],
  maxAge: 600,
};
/** Of the code alone, so once for every house in this process. */
const once = <T>(make: () => T): (() => T) => {
  let made: T | undefined;
  return () => (made ??= make());
};
const openApi = once(() => openApiOf(commandDoors, readDoors, otherPaths));
const graphql = once(() => schemaOf(commandDoors, readDoors));
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const requestId = ({ headers }: { headers: Record<string, string | string[] | undefined> }): string => {
  const given = headers['x-request-id'];
  return typeof given === 'string' && UUID.test(given) ? given.toLowerCase() : freshId();
};

/** What is taken from a connection, how long that may take, and how it is told what is not. */
const httpAdapter = ({ config }: Ground, filter: ProblemFilter): FastifyAdapter =>
  new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    trustProxy: config.REDRESS_TRUSTED_PROXIES ?? false,
    genReqId: requestId,
    // The largest document on a slow line takes minutes; headers have seconds, and so many connections are held at once.
    requestTimeout: 300_000,
    // Whoever takes nothing of their answer holds a connection, and a file with it.
    connectionTimeout: 300_000,
    http: { headersTimeout: 15_000, connectionsCheckingInterval: 1_000 },
    // Fastify's own refusal is no problem document.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    clientErrorHandler: answerBrokenRequest,
    // What the router itself refuses, before any route: a broken escape, an over-long id.
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      filter.send(error, request, reply.headers(securityHeaders)),
  });

/** The application on its ground, not listening yet. */
export const createApplication = async (ground: Ground): Promise<NestFastifyApplication> => {
  const filter = new ProblemFilter(ground.log);
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.on(ground),
    httpAdapter(ground, filter),
    {
      logger: new NestLog(ground.log),
      // Fastify reads JSON itself; nothing else is taken for a command.
      bodyParser: false,
    },
  );
  const server = app.getHttpAdapter().getInstance();
  server.server.maxConnections = MOST_CONNECTIONS;
  setSecurityHeaders(server);
  const { REDRESS_CORS_ORIGINS: origin } = ground.config;
  if (origin) app.enableCors({ origin, ...CORS });
  // Bytes are handed on as they come; the documents' own door says how many may.
  server.addContentTypeParser('application/octet-stream', (_, bytes, done) => done(null, bytes));
  server.removeContentTypeParser('text/plain');
  refuseRepeatedFields(server);
  endConnectionsOnClosing(server);
  await app.get(RateLimits, { strict: false }).open(server);
  watchPool(ground.pool);
  watchRequests(server);
  await openDocs(server, openApi);
  await openGraphql(server, graphql());
  app.useGlobalFilters(filter);
  await app.get(Templates, { strict: false }).check();
  await app.get(Tokens, { strict: false }).check();
  for (const why of await openBook(app, ground)) ground.log.warn(why);
  return app;
};
