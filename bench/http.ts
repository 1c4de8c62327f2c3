import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { benchDatabase } from './support/database.js';
import { interleaved, printFigure } from './support/figures.js';
import { HttpLoad, type Request } from './support/http-load.js';

// Commands over HTTP, durable on disk, against the same server answering a constant to the same request.

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5);
const MILLISECONDS = Number(process.env['BENCH_MILLISECONDS'] ?? 1000);
// The engine compiles what runs often: a server's first thousands of commands cost several times what they cost later.
const WARM_UP = 5 * MILLISECONDS;
const CONNECTIONS = 32;
const CASES = 1000;
// The flags of `npm start`: a small space for what is young is collected so often that it costs a third of the processor.
const AS_STARTED = '--min-semi-space-size=64 --max-semi-space-size=64';

const complaint = {
  receivedOn: '2024-03-01',
  channel: 'email',
  category: 'repairs',
  summary: 'The heating has been off since January, and nobody answers the telephone. '.repeat(4),
};

const database = await benchDatabase();
const program = fileURLToPath(new URL('./support/http-server.js', import.meta.url));
const server = fork(program, [database.url], {
  execArgv: (process.env['BENCH_SERVER_FLAGS'] ?? AS_STARTED).split(' '),
});
const [{ port, token }] = (await once(server, 'message')) as [{ port: number; token: string }];
const load = await HttpLoad.on(port, CONNECTIONS);
const post = (path: string, body: object): Request => ({ path, token, body: JSON.stringify(body) });

const idOf = (answer: string): string => (JSON.parse(answer) as { id: string }).id;

try {
  const constant = () => load.run(() => post('/constant', complaint), MILLISECONDS);
  const creating = () => load.run(() => post('/v1/complaints', complaint), MILLISECONDS);
  await constant();
  await load.run(() => post('/v1/complaints', complaint), WARM_UP);
  printFigure(
    `POST /v1/complaints, ${CONNECTIONS} connections`,
    await interleaved(ROUNDS, creating, constant),
  );

  const cases: string[] = [];
  while (cases.length < CASES) {
    const answers = await load.each(() => post('/v1/complaints', complaint));
    cases.push(...answers.map(idOf));
  }
  let turn = 0;
  const assign = () => {
    turn += 1;
    const handlerId = `staff-${Math.floor(turn / cases.length) % 2}`;
    return post(`/v1/complaints/${cases[turn % cases.length]}/assign-handler`, { handlerId });
  };
  const commanding = () => load.run(assign, MILLISECONDS);
  const same = () => load.run(() => post('/constant', { handlerId: 'staff-1' }), MILLISECONDS);
  await load.run(assign, WARM_UP);
  printFigure(
    `a command on an existing case, ${CONNECTIONS} connections`,
    await interleaved(ROUNDS, commanding, same),
  );
} finally {
  load.end();
  const ended = once(server, 'exit');
  server.disconnect();
  await ended;
  await database.drop();
}
