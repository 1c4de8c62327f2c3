import type { Command } from 'commander';
import { everything } from '../access/sight.js';
import { onGround, say } from '../platform/command-line.js';
import { table } from '../platform/table.js';
import { addReleaseCommands } from './release.cli.js';
import { asked, withQuestion, type Question } from './question.js';
import { statisticsCsv } from './statistics.csv.js';
import type { StatisticsView } from './statistics-view.js';
import { statisticsOn } from './statistics.reader.js';

interface StatisticsOptions extends Question {
  readonly json?: boolean;
  readonly csv?: boolean;
}

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

/** Figures without a command of their own are asked for most. */
const addFigures = (statistics: Command): void => {
  withQuestion(statistics.command('show', { isDefault: true }))
    .description('the figures')
    .option('--csv', 'as CSV')
    .option('--json', 'as JSON')
    .action(async ({ csv, json, ...options }: StatisticsOptions) => {
      const question = asked(options);
      const view = await onGround((ground) => statisticsOn(ground).of(question, everything));
      if (csv) process.stdout.write(statisticsCsv(view));
      else say(json, view, () => statisticsText(view));
    });
};

export const addStatisticsCommands = (program: Command): void => {
  const statistics = program
    .command('statistics')
    .description('figures for publication: by period and category, small counts left out');
  addFigures(statistics);
  addReleaseCommands(statistics);
};
