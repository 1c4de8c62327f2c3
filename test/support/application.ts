import type { Logger } from 'pino';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { developmentToken } from '../../src/access/tokens.js';
import type { Role } from '../../src/access/principal.js';
import { createApplication } from '../../src/application.js';
import { Clock } from '../../src/platform/clock.js';
import { readConfig, type Config } from '../../src/platform/config.js';
import { openDatabase, poolOf } from '../../src/platform/database.js';
import { logAt } from '../../src/platform/log.js';
import { openMasterKeys } from '../../src/platform/master-key-ring.js';
import { freshDatabase } from './database.js';

/** A clock that stands still until it is set. */
export class FixedClock extends Clock {
  readonly zone = 'Europe/London';

  constructor(private instant = '2026-03-02T10:00:00.000000Z') {
    super();
  }

  now(): string {
    return this.instant;
  }

  set(instant: string): void {
    this.instant = instant;
  }
}

export interface Answered {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  // Answers are read as a client would: by the names the contract promises.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

export interface Caller {
  get(path: string, headers?: Record<string, string>): Promise<Answered>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answered>;
}

export interface TestApplication {
  readonly app: NestFastifyApplication;
  readonly clock: FixedClock;
  readonly config: Config;
  /** The database's URL, as its owner. */
  readonly databaseUrl: string;
  /** A person with these roles, at the real HTTP door. */
  as(id: string, ...roles: Role[]): Promise<Caller>;
  close(): Promise<void>;
}

/** The whole application on a database of its own, reached through its HTTP door without a socket. */
export const testApplication = async (
  env: NodeJS.ProcessEnv = {},
  log?: Logger,
): Promise<TestApplication> => {
  const database = await freshDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'redress-spec-'));
  const config = readConfig({
    DATABASE_URL: database.url,
    MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    REDRESS_DATA_DIR: dataDir,
    LOG_LEVEL: 'fatal',
    // Counted as ever; but a spec asks more in a minute than anybody else.
    REDRESS_REQUESTS_PER_PERSON: '10000000',
    REDRESS_REQUESTS_PER_ADDRESS: '10000000',
    REDRESS_FAILED_SIGN_INS: '10000000',
    ...env,
  });
  const source = await openDatabase(database.url);
  const ring = await openMasterKeys(config);
  const clock = new FixedClock();
  const app = await createApplication({
    config,
    databaseUrl: database.url,
    pool: poolOf(source),
    masterKeys: ring.keys,
    clock,
    log: log ?? logAt(config.LOG_LEVEL),
  });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return {
    app,
    clock,
    config,
    databaseUrl: database.url,
    as: async (sub, ...roles) => callerOf(app, await developmentToken(config, { sub, roles, ttl: '1h' })),
    close: async () => {
      await app.close();
      ring.stop();
      await source.destroy();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};

const callerOf = (app: NestFastifyApplication, token: string): Caller => {
  const send = async (method: 'GET' | 'POST', url: string, more: object): Promise<Answered> => {
    const answer = await app.inject({ method, url, ...more });
    const json = String(answer.headers['content-type']).includes('json');
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: json ? answer.json() : answer.body,
    };
  };
  const authorization = `Bearer ${token}`;
  return {
    get: (url, headers = {}) => send('GET', url, { headers: { authorization, ...headers } }),
    post: (url, body = {}, headers = {}) =>
      send('POST', url, { headers: { authorization, ...headers }, payload: body as object }),
  };
};
