import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Pool } from 'pg';
import { NotFound } from '../event-store/errors.js';
import { exposition, watchPool } from './metrics.js';
import { problemOf } from './problem.js';
import { checkReadiness, type Recorder } from './readiness.js';

/** What those who run Redress ask of a process that serves nobody, on the loopback address alone. */

interface Told {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

const json = (status: number, body: object, type = 'application/json'): Told => ({
  status,
  type,
  text: JSON.stringify(body),
});

const refused = (error: unknown): Told => {
  const problem = problemOf(error);
  return json(problem.status, problem, 'application/problem+json');
};

type Answers = Readonly<Record<string, () => Promise<Told>>>;

const told = async (answers: Answers, method = '', path = ''): Promise<Told> => {
  const answer = method === 'GET' && Object.hasOwn(answers, path) ? answers[path] : undefined;
  if (!answer) throw new NotFound('page', path, `Ask for one of ${Object.keys(answers).join(', ')}.`);
  return answer();
};

/** Listens for `/health/live`, `/health/ready` and `/metrics`. Errors: those of listening. */
export const openWorkerDoor = async (port: number, pool: Pool, recorder: Recorder): Promise<Server> => {
  watchPool(pool);
  const answers: Answers = {
    '/health/live': async () => json(200, { status: 'live' }),
    '/health/ready': async () => {
      await checkReadiness(pool, recorder);
      return json(200, { status: 'ready' });
    },
    '/metrics': async () => ({ status: 200, ...(await exposition()) }),
  };
  const server = createServer(({ method, url }, response) => {
    const answer = told(answers, method, url).catch(refused);
    void answer.then(({ status, type, text }) =>
      response.writeHead(status, { 'content-type': type }).end(text),
    );
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
};

export const portOf = (server: Server): number => (server.address() as AddressInfo).port;
