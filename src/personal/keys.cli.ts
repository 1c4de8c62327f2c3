import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { RuleBroken } from '../event-store/errors.js';
import { masterKeyOf } from '../event-store/master-keys.js';
import { rewrap, wrappedCounts } from '../event-store/rewrap.js';
import { onGround, say, Unusable } from '../platform/command-line.js';
import { keysIn, replaceKeys } from '../platform/key-files.js';
import { kmsOf, openedKey } from '../platform/kms.js';
import { keyFileOf, LOOK_EVERY_MS } from '../platform/master-key-ring.js';
import type { Ground } from '../platform/platform.module.js';
import { ProgressBar } from '../platform/progress-bar.js';

interface Listed {
  readonly id: string;
  readonly current: boolean;
  /** Keys of people and cases that it wraps. */
  readonly wraps: number;
}

const listed = async ({ pool, masterKeys }: Ground): Promise<Listed[]> => {
  const counts = await wrappedCounts(pool);
  return masterKeys.all.map(({ id }, index) => ({ id, current: index === 0, wraps: counts.get(id) ?? 0 }));
};

const lineOf = ({ id, current, wraps }: Listed): string =>
  `${id}  wraps ${wraps}${current ? ', and every new one' : ''}`;

/** Whether a rotation was begun and not ended: there are several keys, and not the first alone wraps. */
const isUnfinished = async ({ pool, masterKeys }: Ground): Promise<boolean> => {
  if (masterKeys.all.length < 2) return false;
  const wrapping = [...(await wrappedCounts(pool)).keys()];
  return wrapping.some((id) => id !== masterKeys.current.id);
};

/** Errors: Unusable where the keys stand in no file that can be written. */
const putFreshKeyFirst = async ({ config, masterKeys }: Ground): Promise<void> => {
  const file = await keyFileOf(config);
  if (file === undefined)
    throw new Unusable(
      'Everything is wrapped by the first key of MASTER_KEY. To change it put a new one before it, with a blank between, in every process, and run this again.',
    );
  const key = await kmsOf(config).wrap(randomBytes(32));
  const keys = [key, ...(await keysIn(file))];
  await replaceKeys(file, keys).catch((error: Error) => {
    throw new Unusable(
      `${file} cannot be written. Put a new key before those that stand there, and run this again. (${error.message})`,
    );
  });
  masterKeys.hold(await Promise.all(keys.map((text) => openedKey(config, text))));
  // Until every other process has seen it, some would go on to wrap by the old one.
  await pause(2 * LOOK_EVERY_MS);
};

interface Options {
  readonly json?: boolean;
}

const rotate = ({ json }: Options): Promise<void> =>
  onGround(async (ground) => {
    if (!(await isUnfinished(ground))) await putFreshKeyFirst(ground);
    const bar = new ProgressBar('Wrapping keys');
    const all = [...(await wrappedCounts(ground.pool)).values()].reduce((sum, count) => sum + count, 0);
    const rewrapped = await rewrap(ground.pool, ground.masterKeys, (done) =>
      bar.show(done / all, `${done} of ${all} keys`),
    ).finally(() => bar.end());
    const keys = await listed(ground);
    say(json, { rewrapped, keys }, () =>
      [
        `${rewrapped} keys are wrapped by ${ground.masterKeys.current.id} now.`,
        ...keys.map(lineOf),
        ...keys
          .filter(({ current, wraps }) => !current && wraps === 0)
          .map(({ id }) => `Backups from before need ${id}. When there are none: redress keys retire ${id}`),
      ].join('\n'),
    );
  });

const retire = (id: string, { json }: Options): Promise<void> =>
  onGround(async (ground) => {
    const { pool, masterKeys, config } = ground;
    if (masterKeys.current.id === id)
      throw new RuleBroken(
        'master-key-in-use',
        `${id} wraps every new key. Run \`redress keys rotate\` first.`,
      );
    if (!masterKeys.all.some((each) => each.id === id))
      throw new Unusable(`There is no master key ${id}. See \`redress keys list\`.`);
    const { rows } = await pool.query<{ wrapping: number }>(
      `SELECT retire_master_key(decode($1, 'hex'))::int AS wrapping`,
      [id],
    );
    const wrapping = rows[0]?.wrapping ?? 0;
    if (wrapping > 0)
      throw new RuleBroken(
        'master-key-in-use',
        `${wrapping} keys are wrapped by ${id}. Run \`redress keys rotate\` first.`,
      );
    const file = await keyFileOf(config);
    if (file !== undefined) await removeKey(ground, file, id);
    say(json, { retired: id, removed: file !== undefined }, () =>
      file === undefined
        ? `${id} wraps nothing any more. Take it out of MASTER_KEY.`
        : `${id} is gone from ${file}.`,
    );
  });

const removeKey = async ({ config }: Ground, file: string, id: string): Promise<void> => {
  const kept: string[] = [];
  for (const text of await keysIn(file))
    if (masterKeyOf(await openedKey(config, text)).id !== id) kept.push(text);
  await replaceKeys(file, kept);
};

export const addKeyCommands = (program: Command): void => {
  const keys = program
    .command('keys')
    .description('the master keys, which wrap the keys of people and cases');
  keys
    .command('list')
    .description('each master key by its id, and how many keys it wraps')
    .option('--json', 'as JSON')
    .action(({ json }: Options) =>
      onGround(async (ground) => {
        const all = await listed(ground);
        say(json, { keys: all }, () => all.map(lineOf).join('\n'));
      }),
    );
  keys
    .command('rotate')
    .description(
      'makes a new master key and wraps everything by it, while the server runs; one that was cut off is gone on with',
    )
    .option('--json', 'as JSON')
    .action(rotate);
  keys
    .command('retire')
    .argument('<id>', 'see keys list')
    .description('removes a master key that wraps nothing any more, for good')
    .option('--json', 'as JSON')
    .action(retire);
};
