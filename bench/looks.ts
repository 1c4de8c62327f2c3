import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { benchDatabase } from './support/database.js';
import { interleaved, printFigure } from './support/figures.js';
import { HttpLoad, type Request } from './support/http-load.js';

// What it costs a read that whoever looks is recorded: the whole application, against the same that records nobody.

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 15);
const MILLISECONDS = Number(process.env['BENCH_MILLISECONDS'] ?? 1000);
const CASES = Number(process.env['BENCH_CASES'] ?? 500);
const AS_STARTED = '--min-semi-space-size=64 --max-semi-space-size=64';

const complaint = {
  receivedOn: '2024-03-01',
  channel: 'email',
  category: 'repairs',
  summary: 'The heating has been off since January, and nobody answers the telephone. '.repeat(4),
};
const program = fileURLToPath(new URL('./support/http-server.js', import.meta.url));

interface Server {
  readonly port: number;
  readonly token: string;
  end(): Promise<void>;
}

const serve = async (databaseUrl: string, recording: 'recorded' | 'unrecorded'): Promise<Server> => {
  const child = fork(program, [databaseUrl, recording], { execArgv: AS_STARTED.split(' ') });
  const [{ port, token }] = (await once(child, 'message')) as [{ port: number; token: string }];
  const end = async () => {
    const ended = once(child, 'exit');
    child.disconnect();
    await ended;
  };
  return { port, token, end };
};

const fill = async ({ port, token }: Server): Promise<{ cases: string[]; parties: string[] }> => {
  const load = await HttpLoad.on(port, 16);
  const created = async (path: string, body: object): Promise<string[]> => {
    const ids: string[] = [];
    while (ids.length < CASES) {
      const answers = await load.each(() => ({ path, token, body: JSON.stringify(body) }));
      ids.push(...answers.map((answer) => (JSON.parse(answer) as { id: string }).id));
    }
    return ids;
  };
  const cases = await created('/v1/complaints', complaint);
  const parties = await created('/v1/parties', {
    kind: 'person',
    name: 'Ada Byron',
    email: 'ada@example.org',
  });
  load.end();
  return { cases, parties };
};

const database = await benchDatabase();
const [recorded, unrecorded] = [
  await serve(database.url, 'recorded'),
  await serve(database.url, 'unrecorded'),
];
try {
  const { cases, parties } = await fill(recorded);
  for (const connections of [32, 1]) {
    const loads = {
      ours: await HttpLoad.on(recorded.port, connections),
      baseline: await HttpLoad.on(unrecorded.port, connections),
    };
    for (const [what, ids] of [
      ['cases', cases],
      ['parties', parties],
    ] as const) {
      let turn = 0;
      const next = (token: string) => (): Request => ({
        path: `/v1/${what}/${ids[(turn += 1) % ids.length]}`,
        token,
      });
      const ours = () => loads.ours.run(next(recorded.token), MILLISECONDS);
      const baseline = () => loads.baseline.run(next(unrecorded.token), MILLISECONDS);
      for (let warm = 0; warm < 3; warm += 1) await Promise.all([ours(), baseline()]);
      printFigure(
        `GET /v1/${what}/{id}, ${connections} connections`,
        await interleaved(ROUNDS, ours, baseline),
      );
    }
    loads.ours.end();
    loads.baseline.end();
  }
} finally {
  await recorded.end();
  await unrecorded.end();
  await database.drop();
}
