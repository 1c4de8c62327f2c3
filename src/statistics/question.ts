import type { Command } from 'commander';
import { optionsAs } from '../platform/command-line.js';
import { statisticsRequest, type StatisticsRequest } from './statistics-view.js';

/** The question about figures, as the command line asks it. */

export type Question = Readonly<Record<string, unknown>>;

export const withQuestion = (command: Command): Command =>
  command
    .requiredOption('--from <day>', 'the first day')
    .requiredOption('--to <day>', 'the last day')
    .option('--period <length>', 'month, quarter or year')
    .option('--by <what>', 'category: a row for each category too')
    .option('--source <name>', 'cases of this register alone')
    .option(
      '--as-known <when>',
      'with what had been recorded by then: a position of the log, a day or an instant',
    )
    .option('--threshold <n>', 'the least count that is shown; 5 when absent, never less');

export const asked = (options: Question): StatisticsRequest => optionsAs(statisticsRequest, options);
