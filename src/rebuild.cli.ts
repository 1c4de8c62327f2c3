import type { Command } from 'commander';
import type { Pool } from 'pg';
import { PolicyBook } from './clocks/policy.queries.js';
import type { Projection } from './event-store/projection.js';
import { compareRebuilt, mend, type Compared } from './event-store/rebuild.js';
import type { Made } from './event-store/refold.js';
import { remake } from './event-store/refollow.js';
import { keepersWith } from './keepers.js';
import { onGround, REFUSED, say, Unusable } from './platform/command-line.js';
import type { Ground } from './platform/platform.module.js';
import { ProgressBar } from './platform/progress-bar.js';
import { projectionsWith } from './projections.js';

interface RebuildOptions {
  readonly swap?: boolean;
  readonly json?: boolean;
}

interface Rebuilt {
  readonly equal: boolean;
  readonly swapped: boolean;
  readonly tables: readonly { table: string; rows: number; differing: number; examples: readonly string[] }[];
}

/** What tells tables from events: a projection, or a follower. */
type Telling = Pick<Projection, 'tables'>;

const nameOf = ({ tables }: Telling): string => Object.keys(tables)[0] ?? '';

const chosen = ({ projections, keepers }: Made, names: readonly string[]): Made => {
  const known = [...projections, ...keepers].map(nameOf);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new Unusable(`There is no projection ${unknown}. Projections: ${known.join(', ')}.`);
  const isChosen = (telling: Telling): boolean => names.length === 0 || names.includes(nameOf(telling));
  return { projections: projections.filter(isChosen), keepers: keepers.filter(isChosen) };
};

const differingIds = ({ tables }: Telling, compared: readonly Compared[]): string[] => {
  const own = compared.filter(({ table }) => Object.hasOwn(tables, table));
  return [...new Set(own.flatMap(({ differing }) => differing))];
};

const swapIn = async (pool: Pool, { projections, keepers }: Made, compared: readonly Compared[]) => {
  for (const projection of projections) await mend(pool, projection, differingIds(projection, compared));
  for (const keeper of keepers) if (differingIds(keeper, compared).length > 0) await remake(pool, keeper);
};

/** Refolds and compares; differing rows are swapped for those made anew when asked. */
export const rebuild = async (
  { pool, config }: Pick<Ground, 'pool' | 'config'>,
  names: readonly string[],
  { swap = false }: RebuildOptions,
): Promise<Rebuilt> => {
  const [client, log] = [await pool.connect(), await pool.connect()];
  const bar = new ProgressBar('Rebuilding');
  try {
    const book = new PolicyBook(client, config);
    const made = chosen({ projections: projectionsWith(book), keepers: keepersWith(book) }, names);
    const compared = await compareRebuilt(client, log, made, (done, all) =>
      bar.show(done / all, `${done} of ${all} events folded and followed`),
    );
    const equal = compared.every(({ differing }) => differing.length === 0);
    if (swap && !equal) await swapIn(pool, made, compared);
    const tables = compared.map(({ differing, ...told }) => ({
      ...told,
      differing: differing.length,
      examples: differing.slice(0, 10),
    }));
    return { equal, swapped: swap && !equal, tables };
  } finally {
    bar.end();
    client.release();
    log.release();
  }
};

const lines = ({ equal, swapped, tables }: Rebuilt): string => {
  const told = tables.map(({ table, rows, differing, examples }) =>
    differing === 0
      ? `${table}: ${rows} rows, equal`
      : `${table}: ${rows} rows, those of ${differing} differ: ${examples.join(', ')}${differing > examples.length ? ', …' : ''}`,
  );
  const end = swapped ? 'The rows that differed were swapped.' : 'Run it again with --swap to mend them.';
  return [...told, ...(equal ? [] : [end])].join('\n');
};

export const addRebuildCommand = (program: Command): void => {
  program
    .command('rebuild')
    .description(
      'makes the read tables and those that followers keep anew from the events beside the live ones and compares; exit 1 when they differ',
    )
    .argument('[projection...]', 'which of them; all, when none is named')
    .option('--swap', 'puts the rows made anew in the place of those that differ')
    .option('--json', 'as JSON')
    .action(async (names: string[], options: RebuildOptions) => {
      const rebuilt = await onGround((ground) => rebuild(ground, names, options));
      say(options.json, rebuilt, () => lines(rebuilt));
      if (!rebuilt.equal && !rebuilt.swapped) process.exitCode = REFUSED;
    });
};
