import type { Command } from 'commander';
import { AsOf } from '../backlog/as-of.reader.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import { onGround, say, Unusable } from '../platform/command-line.js';
import { table } from '../platform/table.js';
import { statisticsCsv } from './statistics.csv.js';
import { statisticsRequest, type StatisticsRequest, type StatisticsView } from './statistics-view.js';
import { StatisticsQueries } from './statistics.queries.js';
import { Statistics } from './statistics.reader.js';

interface StatisticsOptions {
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly [option: string]: unknown;
}

const asked = ({ json: _, csv: __, ...options }: StatisticsOptions): StatisticsRequest => {
  const read = statisticsRequest.safeParse(options);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new Unusable(`--${String(issue?.path[0] ?? '').replace('asKnown', 'as-known')}: ${issue?.message}`);
};

const shown = (value: number | null): string => (value === null ? '*' : String(value));

const FIGURES = [
  'received',
  'closed',
  'reopened',
  'openAtStart',
  'openAtEnd',
  'withinLimit',
  'overLimit',
  'missed',
] as const;

/** The figures for people; a star is what is left out. */
export const statisticsText = ({ from, to, position, suppression, rows }: StatisticsView): string => {
  const heading = ['period', 'category', ...FIGURES, 'median age'];
  const lines = rows.map((row) => [
    row.period,
    row.category ?? 'all cases',
    ...FIGURES.map((name) => shown(row[name])),
    shown(row.ageAtClosing.median),
  ]);
  return [
    `${from} to ${to}, as known at position ${position}`,
    table([heading, ...lines]),
    `* left out, or no age to tell. Threshold ${suppression.threshold}: ${suppression.rule}`,
  ].join('\n\n');
};

export const addStatisticsCommands = (program: Command): void => {
  program
    .command('statistics')
    .description('figures for publication: by period and category, small counts left out')
    .requiredOption('--from <day>', 'the first day')
    .requiredOption('--to <day>', 'the last day')
    .option('--period <length>', 'month, quarter or year')
    .option('--by <what>', 'category: a row for each category too')
    .option('--source <name>', 'cases of this register alone')
    .option(
      '--as-known <when>',
      'with what had been recorded by then: a position of the log, a day or an instant',
    )
    .option('--threshold <n>', 'the least count that is shown; 5 when absent, never less')
    .option('--csv', 'as CSV')
    .option('--json', 'as JSON')
    .action(async (options: StatisticsOptions) => {
      const question = asked(options);
      const view = await onGround(({ pool, config, clock }) => {
        const asOf = AsOf.patient(pool, new PolicyBook(pool, config), clock);
        return new Statistics(new StatisticsQueries(pool), asOf).of(question);
      });
      if (options.csv) process.stdout.write(statisticsCsv(view));
      else say(options.json, view, () => statisticsText(view));
    });
};
