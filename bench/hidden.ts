import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { fill } from './support/cases.js';
import { benchDatabase } from './support/database.js';
import { interleaved, printTimes } from './support/figures.js';
import { HttpLoad } from './support/http-load.js';
import { fillPeople } from './support/staff-on-cases.js';

// What it costs a list that cases are hidden from whoever asks: the whole application, against somebody from whom none is.

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 9);
const MILLISECONDS = Number(process.env['BENCH_MILLISECONDS'] ?? 500);
const CASES = Number(process.env['BENCH_CASES'] ?? 300_000);

const HIDDEN = { 'staff-50': 50, 'staff-5000': 5_000 };
const PAGES = ['/v1/cases', '/v1/cases?status=open&sort=-age', '/v1/cases?q=2026-00', '/v1/parties'];

const program = fileURLToPath(new URL('./support/http-server.js', import.meta.url));

const database = await benchDatabase();
await fill(database.url, CASES);
await fillPeople(database.url, HIDDEN);
const server = fork(program, [database.url, 'recorded']);
const [{ port }] = (await once(server, 'message')) as [{ port: number }];

const tokenOf = async (sub: string): Promise<string> => {
  server.send({ sub });
  const [{ token }] = (await once(server, 'message')) as [{ token: string }];
  return token;
};

/** Milliseconds that an answer takes. */
const asking = (load: HttpLoad, path: string, token: string) => async (): Promise<number> =>
  1000 / (await load.run(() => ({ path, token }), MILLISECONDS));

try {
  const load = await HttpLoad.on(port, 1);
  const none = await tokenOf('staff-0');
  for (const path of PAGES)
    for (const [sub, hidden] of Object.entries(HIDDEN)) {
      const [ours, baseline] = [asking(load, path, await tokenOf(sub)), asking(load, path, none)];
      await ours();
      await baseline();
      printTimes(`GET ${path}, ${hidden} hidden / none`, await interleaved(ROUNDS, ours, baseline));
    }
  load.end();
} finally {
  const ended = once(server, 'exit');
  server.disconnect();
  await ended;
  await database.drop();
}
