import type { Command } from 'commander';
import { PolicyBook } from './clocks/policy.queries.js';
import type { Projection } from './event-store/projection.js';
import { compareRebuilt, mend, type Compared } from './event-store/rebuild.js';
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

const nameOf = ({ tables }: Projection): string => Object.keys(tables)[0] ?? '';

const chosen = (all: readonly Projection[], names: readonly string[]): readonly Projection[] => {
  const known = all.map(nameOf);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new Unusable(`There is no projection ${unknown}. Projections: ${known.join(', ')}.`);
  return names.length === 0 ? all : all.filter((projection) => names.includes(nameOf(projection)));
};

const differingIds = ({ tables }: Projection, compared: readonly Compared[]): string[] => {
  const own = compared.filter(({ table }) => Object.hasOwn(tables, table));
  return [...new Set(own.flatMap(({ differing }) => differing))];
};

/** Refolds and compares; differing rows are swapped for those made anew when asked. */
export const rebuild = async (
  { pool, config }: Pick<Ground, 'pool' | 'config'>,
  names: readonly string[],
  { swap = false }: RebuildOptions,
): Promise<Rebuilt> => {
  const client = await pool.connect();
  const bar = new ProgressBar('Rebuilding');
  try {
    const projections = chosen(projectionsWith(new PolicyBook(client, config)), names);
    const compared = await compareRebuilt(client, projections, (done, all) =>
      bar.show(done / all, `${done} of ${all} streams`),
    );
    const equal = compared.every(({ differing }) => differing.length === 0);
    if (swap && !equal)
      for (const projection of projections) await mend(pool, projection, differingIds(projection, compared));
    const tables = compared.map(({ differing, ...told }) => ({
      ...told,
      differing: differing.length,
      examples: differing.slice(0, 10),
    }));
    return { equal, swapped: swap && !equal, tables };
  } finally {
    bar.end();
    client.release();
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
      'refolds the read tables from the events beside the live ones and compares; exit 1 when they differ',
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
