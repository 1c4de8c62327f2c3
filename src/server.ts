import { setTimeout as pause } from 'node:timers/promises';
import type { INestApplicationContext } from '@nestjs/common';
import { LookMonths } from './access/look-months.worker.js';
import { CheckpointWorker } from './audit/checkpoint.worker.js';
import { PolicyBook } from './clocks/policy.queries.js';
import { EventStore } from './event-store/event-store.js';
import { Followers } from './event-store/followers.js';
import { createWorkshop } from './house.js';
import { loadDemo } from './intake/demo.js';
import { keepersWith } from './keepers.js';
import { Retention } from './personal/retention.worker.js';
import { Unusable } from './platform/command-line.js';
import type { Config } from './platform/config.js';
import type { OpenGround } from './platform/ground.js';
import { openWorkerDoor, portOf } from './platform/worker-door.js';
import { LateImplications } from './parties/late-implications.handler.js';
import { GlassNotices } from './reminders/glass-notices.worker.js';
import { ReminderWorker } from './reminders/reminder.worker.js';

const BEGINNING_MS = 3_000;

/** Where a process opens; `setting` names what moves it elsewhere. */
interface Place {
  readonly port: number;
  readonly host: string;
  readonly setting: string;
}

const unlistened: Readonly<Record<string, (setting: string) => string>> = {
  EADDRINUSE: (setting) => `is in use: set ${setting} to another one, or end the process that has it`,
  EACCES: (setting) => `may not be opened by this user: set ${setting} to one above 1023`,
  EADDRNOTAVAIL: () => 'cannot be opened there: set REDRESS_HOST to an address of this machine',
};

const listening = async <T>(opening: Promise<T>, { port, host, setting }: Place): Promise<T> => {
  try {
    return await opening;
  } catch (error) {
    const why = unlistened[(error as NodeJS.ErrnoException).code ?? ''];
    throw why ? new Unusable(`Port ${port} on ${host} ${why(setting)}.`, 'port-unusable') : error;
  }
};

/** What runs, and how it opens to whoever comes. */
interface Opened {
  readonly house: INestApplicationContext;
  readonly open: () => Promise<void>;
}

const withDoors = async (ground: OpenGround): Promise<Opened> => {
  const { createApplication } = await import('./application.js');
  const app = await createApplication(ground);
  const open = async () => {
    const { PORT: port, REDRESS_HOST: host } = ground.config;
    await listening(app.listen(port, host), { port, host, setting: 'PORT (or --port)' });
    const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
    process.stdout.write(`Redress is ready on ${url}\n  REST and its description: ${url}/docs\n`);
  };
  return { house: app, open };
};

const withoutDoors = async (ground: OpenGround): Promise<Opened> => {
  const house = await createWorkshop(ground);
  const open = async () => {
    const { REDRESS_WORKER_PORT: port } = ground.config;
    const at =
      port === undefined ? '' : `, health and metrics on ${await openOperations(house, ground, port)}`;
    process.stdout.write(`Redress is ready (worker${at})\n`);
  };
  return { house, open };
};

/** They go with the process, as whoever asks of its life expects. */
const openOperations = async (
  house: INestApplicationContext,
  { pool }: OpenGround,
  port: number,
): Promise<string> => {
  const recorder = house.get(EventStore, { strict: false });
  const place = { port, host: '127.0.0.1', setting: 'REDRESS_WORKER_PORT' };
  const server = await listening(openWorkerDoor(port, pool, recorder), place);
  server.unref();
  return `http://127.0.0.1:${portOf(server)}`;
};

const begin = async ({ house, open }: Opened, config: Config): Promise<void> => {
  await open();
  if (config.REDRESS_ROLES.includes('worker')) {
    const followers = house.get(Followers, { strict: false });
    for (const { follower } of keepersWith(house.get(PolicyBook, { strict: false })))
      followers.follow(follower);
    await house.get(LookMonths, { strict: false }).start();
    for (const by of [GlassNotices, LateImplications])
      followers.follow(house.get<GlassNotices | LateImplications>(by, { strict: false }).follower);
    await house.get(CheckpointWorker, { strict: false }).start();
    await house.get(ReminderWorker, { strict: false }).start();
    await house.get(Retention, { strict: false }).start();
  }
};

const showDemo = async (house: INestApplicationContext): Promise<void> => {
  await house.init();
  const cases = await loadDemo(house);
  process.stdout.write(
    `The demonstration register holds 120 invented cases, ${cases} of them new here.\n` +
      '  Look at it: npx redress backlog --as-of 2018-03-28\n',
  );
};

/** What is beginning is let begin before it is closed; whoever waits for a queue that is out of reach is not. */
const untilAsked = async (asked: Promise<void>, begun: Promise<void>): Promise<void> => {
  await Promise.race([asked, begun.then(() => asked)]);
  await Promise.race([begun, pause(BEGINNING_MS, undefined, { ref: false })]);
};

/** Builds what the settings say runs here, opens it, and closes it when it is `asked` to stop. */
export const run = async (ground: OpenGround, asked: Promise<void>, demo = false): Promise<void> => {
  const { config } = ground;
  const opened = await (config.REDRESS_ROLES.includes('api') ? withDoors : withoutDoors)(ground);
  try {
    if (demo) await showDemo(opened.house);
    await untilAsked(asked, begin(opened, config));
  } finally {
    await opened.house.close();
  }
};
