import type { Command } from 'commander';
import { onGround, say, settings } from './platform/command-line.js';
import type { Config } from './platform/config.js';
import { migrate } from './platform/database.js';
import { openGround } from './platform/ground.js';
import { migrateQueue } from './platform/queue.js';
import { endSilentConnections } from './platform/silence.js';

const LINGER_MS = 500;

interface ServeOptions {
  readonly roles?: string;
  readonly port?: string;
  readonly demo?: boolean;
}

const serveSettings = ({ roles, port }: ServeOptions): Config => {
  if (roles !== undefined) process.env['REDRESS_ROLES'] = roles;
  if (port !== undefined) process.env['PORT'] = port;
  return settings();
};

/**
 * Resolves at the first signal to stop. Later ones change nothing: a terminal and npm both pass Ctrl-C on, and a process that
 * died of the second would leave its database behind. SIGHUP: the terminal was closed.
 */
const signalled = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });

/** While the database starts: both take a second or more. */
const loadServer = async ({ REDRESS_ROLES }: Config): Promise<typeof import('./server.js')> => {
  if (REDRESS_ROLES.includes('api')) await import('./application.js');
  return import('./server.js');
};

const serve = async (options: ServeOptions): Promise<void> => {
  const config = serveSettings(options);
  const asked = signalled();
  const [ground, { run }] = await Promise.all([openGround(config), loadServer(config)]);
  endSilentConnections(ground.pool);
  try {
    // Whoever names a database migrates it with the owner's rights, by `redress migrate`.
    if (!config.DATABASE_URL) await migrateQueue(ground.databaseUrl);
    await run(ground, asked, options.demo);
  } finally {
    await ground.close();
    endSoon();
  }
};

/** All is closed; what a queue out of reach still waits for must not keep the process. */
const endSoon = (): void => {
  setTimeout(() => process.exit(), LINGER_MS).unref();
};

const migrateDatabase = async (): Promise<string[]> => {
  const config = settings();
  const owner = config.DATABASE_OWNER_URL ?? config.DATABASE_URL;
  if (!owner) {
    // The embedded database is migrated as it is opened.
    await onGround(({ databaseUrl }) => migrateQueue(databaseUrl), config);
    return [];
  }
  const ran = await migrate(owner);
  await migrateQueue(owner);
  return ran;
};

export const addServerCommands = (program: Command): void => {
  program
    .command('serve')
    .description('the server')
    .option('--roles <api,worker>', 'which parts run in this process')
    .option('--port <n>', 'where it listens')
    .option('--demo', 'also loads a small demonstration register')
    .action(serve);
  program
    .command('migrate')
    .description('brings the schema up to date')
    .option('--json', 'as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const ran = await migrateDatabase();
      say(json, { migrations: ran }, () => (ran.length === 0 ? 'The schema is up to date.' : ran.join('\n')));
    });
};
