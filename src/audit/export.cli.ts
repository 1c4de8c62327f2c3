import type { Command } from 'commander';
import { z } from 'zod';
import { principalAtConsole } from '../access/console.js';
import { REASON, showAtConsole } from '../access/console-looks.js';
import { theLog } from '../access/look.js';
import type { Principal } from '../access/principal.js';
import { Sights } from '../access/sights.js';
import { caseName } from '../complaints/case-name.js';
import { References } from '../complaints/reference.queries.js';
import { day } from '../event-store/schema.js';
import { onGround, optionsAs, say, Unusable } from '../platform/command-line.js';
import type { Ground } from '../platform/platform.module.js';
import { ProgressBar } from '../platform/progress-bar.js';
import { Export, FORMATS, type Manifest } from './exports/export.js';
import type { Selection } from './exports/selected-events.reader.js';
import { LogExport, type Exported } from './log-export.js';
import { Moments } from './moments.reader.js';
import { momentOrPosition, pointOf } from './point.js';

const exportOptions = z.object({
  format: z.enum(['log', 'cloudevents', 'xes', 'ocel', 'ocel-xml', 'csv']),
  out: z.string(),
  from: momentOrPosition.optional(),
  until: momentOrPosition.optional(),
  case: caseName.optional(),
  category: z.string().min(1).max(200).optional(),
  type: z.array(z.string().min(1).max(200)).optional(),
  happenedFrom: day.optional(),
  happenedUntil: day.optional(),
  clearReferences: z.literal(true).optional(),
  reason: z.string().optional(),
  json: z.literal(true).optional(),
});

type Options = z.output<typeof exportOptions>;
type Show = (position: number, of: number) => void;

const FILTERS = [
  'until',
  'case',
  'category',
  'type',
  'happenedFrom',
  'happenedUntil',
  'clearReferences',
] as const;

/** Whatever is left out of the log, or changed in it, cannot be proved any more. */
const refuseFilters = (options: Options): void => {
  const given = FILTERS.find((name) => options[name] !== undefined);
  const position = options.from === undefined || /^[1-9]\d*$/.test(options.from);
  if (given !== undefined || !position)
    throw new Unusable(
      'An export as log is whole and exact: it takes --from with a position, and no other choice. The other formats do.',
    );
};

/** The last position recorded before a point: that point itself, when it is a position. */
const positionOf = async (moments: Moments, given: string, before: boolean): Promise<number> => {
  const point = pointOf(given);
  if ('position' in point) return before ? point.position - 1 : moments.reached(point.position);
  if (!('moment' in point)) throw new Unusable(`${given} is no point of the log.`);
  return before ? moments.positionBefore(point.moment) : moments.positionAt(moments.moment(point.moment));
};

const selectionOf = async ({ pool, clock }: Ground, options: Options, by: Principal): Promise<Selection> => {
  const moments = new Moments(pool, clock);
  const { from = '1', until, case: name, category = null, type = null } = options;
  return {
    first: Math.max(1, (await positionOf(moments, from, true)) + 1),
    last: until === undefined ? await moments.head() : await positionOf(moments, until, false),
    caseId:
      name === undefined ? null : await new References(pool).idOf(name, await new Sights(pool, clock).of(by)),
    category,
    types: type,
    happenedFrom: options.happenedFrom ?? null,
    happenedUntil: options.happenedUntil ?? null,
  };
};

/** Before anything of it is written. */
const lookAt = (ground: Ground, { case: name, reason }: Options, positions: string): Promise<unknown> => {
  const seen = { ...theLog(positions), cases: name === undefined ? [] : [name] };
  return showAtConsole(ground, { line: 'audit export', seen: [seen], reason }, undefined);
};

const exportTold = async (ground: Ground, options: Options, show: Show): Promise<Manifest> => {
  const { format, out: directory, clearReferences = false, json: _, reason: __, ...filters } = options;
  if (format === 'log') throw new Unusable('An export as log is made otherwise.');
  const by = principalAtConsole('command-line', 'audit export');
  const selection = await selectionOf(ground, options, by);
  await lookAt(ground, options, `${selection.first}-${selection.last}`);
  return new Export(ground, { format, directory, selection, filters, clearReferences, by }, show).run();
};

const logText = ({ events, last, directory }: Exported): string =>
  `${events} events up to position ${last}, in ${directory}.\nVerify them with redress-verify ${directory}`;

const toldText = ({ events, first, last, files }: Manifest, directory: string): string =>
  `${events} events of positions ${first} to ${last}, in ${directory}: ${files.map(({ name }) => name).join(', ')}, manifest.json.`;

const exportEvents = async (given: unknown): Promise<void> => {
  const options = optionsAs(exportOptions, given);
  const { format, out, from, json } = options;
  const bar = new ProgressBar('Exporting');
  const show: Show = (position, of) => bar.show(position / of, `position ${position} of ${of}`);
  if (format === 'log') {
    refuseFilters(options);
    const told = await onGround(async (ground) => {
      await lookAt(ground, options, `${from ?? 1}-`);
      return LogExport.of(ground, out, Number(from ?? 1), show);
    }).finally(() => bar.end());
    say(json, told, () => logText(told));
    return;
  }
  const told = await onGround((ground) => exportTold(ground, options, show)).finally(() => bar.end());
  say(json, told, () => toldText(told, out));
};

export const addExportCommand = (audit: Command): void => {
  audit
    .command('export')
    .description(
      'the events for other tools, with a manifest; run again after it was cut off, it goes on where it was',
    )
    .requiredOption(
      '--format <format>',
      `log: the exact bytes and their proofs, which verify without a database; ${Object.keys(FORMATS).join(', ')}: for other tools, people under pseudonyms`,
    )
    .requiredOption('--out <dir>', 'the directory')
    .option('--from <point>', 'leaves out what was recorded before a position, a day or an instant')
    .option('--until <point>', 'leaves out what was recorded after a position, a day or an instant')
    .option('--case <case>', 'of one case, by its id or reference')
    .option('--category <word>', 'of cases of this category')
    .option('--type <types...>', 'events of these types, such as ComplaintReceived')
    .option('--happened-from <day>', 'leaves out what happened before this day')
    .option('--happened-until <day>', 'leaves out what happened after this day')
    .option('--clear-references', 'staff references and ids of parties as they are, no pseudonyms')
    .option(...REASON)
    .option('--json', 'the manifest, as JSON')
    .action(exportEvents);
};
