import type { Command } from 'commander';
import { everything } from '../access/sight.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import { onGround, optionsAs, say } from '../platform/command-line.js';
import { table } from '../platform/table.js';
import { AsOf } from './as-of.reader.js';
import { backlogRequest, type BacklogView } from './backlog-view.js';
import { BacklogQueries } from './backlog.queries.js';
import { Backlog } from './backlog.reader.js';

interface BacklogOptions {
  readonly asOf?: string;
  readonly basis?: string;
  readonly over?: string;
  readonly source?: string;
  readonly calendar?: string;
  readonly json?: boolean;
}

const FIGURES = ['n', 'min', 'median', 'mean', 'p90', 'max', 'sum'] as const;
const UNITS = { 'calendar days': 'calendarDays', 'working days': 'workingDays' } as const;

const shown = (value: number | string | null): string => (value === null ? '' : String(value));

/** The backlog for people: its figures, and the oldest cases by name. */
export const backlogText = ({ asOf, basis, open, age, over, oldest }: BacklogView): string => {
  const ages = Object.entries(UNITS).map(([title, unit]) => [
    title,
    ...FIGURES.map((figure) => shown(age[unit][figure])),
  ]);
  const limits = Object.keys(over.calendarDays);
  const overs = Object.entries(UNITS).map(([title, unit]) => [
    title,
    ...limits.map((limit) => shown(over[unit][limit] ?? 0)),
  ]);
  const cases = oldest.map(({ reference, receivedOn, calendarDays, workingDays }) => [
    reference,
    receivedOn,
    shown(calendarDays),
    shown(workingDays),
  ]);
  const parts = [
    `${open} open on ${asOf} (${basis})`,
    `Age\n${table([['', ...FIGURES], ...ages])}`,
    `Older than\n${table([['', ...limits], ...overs])}`,
    ...(cases.length === 0
      ? []
      : [`Oldest\n${table([['reference', 'received', ...Object.keys(UNITS)], ...cases])}`]),
  ];
  return parts.join('\n\n');
};

export const addBacklogCommands = (program: Command): void => {
  program
    .command('backlog')
    .description('how many cases were open on a day, and how old they were')
    .option('--as-of <when>', 'the end of that day, or an instant; today, when absent')
    .option('--basis <basis>', 'known-now, or known-then: with what had been recorded by then')
    .option('--over <days>', 'count the cases older than each of these, such as 90,180,365')
    .option('--source <name>', 'cases of this register alone')
    .option(
      '--calendar <name>',
      "weekdays, a region such as GB-ENG, or a calendar of your own; the organisation's, when absent",
    )
    .option('--json', 'as JSON')
    .action(async ({ json, ...options }: BacklogOptions) => {
      const question = optionsAs(backlogRequest, options);
      const view = await onGround(({ pool, config, clock }) => {
        const policies = new PolicyBook(pool, config);
        const asOf = AsOf.patient(pool, policies, clock);
        return new Backlog(new BacklogQueries(pool), asOf, policies).on(question, everything);
      });
      say(json, view, () => backlogText(view));
    });
};
