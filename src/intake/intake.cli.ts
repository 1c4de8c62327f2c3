import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { dayIn } from '../clocks/days.js';
import { InvalidInput } from '../event-store/errors.js';
import { createHouse } from '../house.js';
import { onGround, say, settings, Unusable } from '../platform/command-line.js';
import type { OpenGround } from '../platform/ground.js';
import { SystemClock } from '../platform/clock.js';
import { ProgressBar } from '../platform/progress-bar.js';
import { ActivityImport, type ActivitiesImported, type ActivityListener } from './activity-import.handler.js';
import { activityMappingIn, ActivityRegister, type ActivityMapping } from './activity-register.js';
import { ExternalImport } from './external-import.handler.js';
import { externalMappingIn, type ExternalMapping } from './external-register.js';
import { LegacyRegister } from './legacy-register.js';
import { readMapping } from './mapping.js';
import { RegisterImport, type ImportListener, type Imported } from './import.handler.js';
import { RejectsCsv } from './rejects-csv.js';

interface ImportOptions {
  readonly mapping: string;
  readonly allegations?: string;
  readonly changes?: string;
  readonly rejects?: string;
  readonly json?: boolean;
}

/** What arguments name must be there: refused as arguments, whatever else may be wrong later. */
const NOT_THERE = ['file-not-found', 'mapping-not-found', 'allegations-not-mapped', 'rejects-in-the-way'];

const asArguments = (error: unknown): never => {
  if (error instanceof InvalidInput && NOT_THERE.includes(error.code))
    throw new Unusable(error.message, error.code);
  throw error;
};

const rejectsPath = (file: string): string =>
  resolve(`${basename(file).replace(/(\.csv)?(\.gz)?$/i, '')}.rejected.csv`);

/** Beside the rejected rows. */
const flagsPath = (rejects: string): string => `${rejects.replace(/(\.rejected)?\.csv$/i, '')}.flagged.csv`;

/** Reads the whole register first, so that an unusable one is refused before anything is opened or written. */
const prepare = async (file: string, { mapping: named, allegations }: ImportOptions) => {
  const mapping = await readMapping(named);
  const today = dayIn(new SystemClock(mapping.zone).now(), mapping.zone);
  const files = { cases: file, ...(allegations === undefined ? {} : { allegations }) };
  return LegacyRegister.prepare({ ...files, mapping, today });
};

const imported = async (ground: OpenGround, register: LegacyRegister, listener: ImportListener) => {
  const house = await createHouse(ground);
  try {
    return await house.get(RegisterImport, { strict: false }).run(register, listener);
  } finally {
    await house.close();
  }
};

const summary = (register: LegacyRegister, counts: Imported, seconds: number) => {
  const { cases, children } = register.counts;
  return {
    read: cases.read,
    imported: counts.imported,
    alreadyPresent: counts.alreadyPresent,
    rejected: cases.rejected + counts.refused,
    merged: cases.merged + cases.differing,
    flagged: cases.flagged,
    events: counts.events,
    allegations: {
      read: children.read,
      imported: counts.allegations,
      merged: children.merged + children.grouped,
      rejected: children.rejected,
    },
    seconds: Math.round(seconds * 10) / 10,
  };
};

type Summary = ReturnType<typeof summary> & {
  readonly rejects: string | null;
  readonly flags: string | null;
};

const number = (value: number): string => value.toLocaleString('en');

const inWords = ({ allegations, rejects, flags, ...cases }: Summary): string =>
  [
    `${number(cases.read)} rows of cases read: ${number(cases.imported)} cases imported, ` +
      `${number(cases.alreadyPresent)} already present, ${number(cases.merged)} rows merged, ` +
      `${number(cases.rejected)} rejected.`,
    `${number(allegations.read)} rows of allegations read: ${number(allegations.imported)} allegations imported, ` +
      `${number(allegations.merged)} rows merged, ${number(allegations.rejected)} rejected.`,
    `${number(cases.events)} events in ${cases.seconds} s; ${number(cases.flagged)} cases are flagged.`,
    ...(rejects === null ? [] : [`Rejected rows, each with its reason: ${rejects}`]),
    ...(flags === null ? [] : [`What is flagged, line by line, and why: ${flags}`]),
  ].join('\n');

const observed = async (
  ground: OpenGround,
  file: string,
  changes: string | undefined,
  mapping: ExternalMapping,
) => {
  const house = await createHouse(ground);
  try {
    return await house.get(ExternalImport, { strict: false }).run({ base: file, changes }, mapping);
  } finally {
    await house.close();
  }
};

const activitiesImported = async (
  ground: OpenGround,
  register: ActivityRegister,
  listener: ActivityListener,
) => {
  const house = await createHouse(ground);
  try {
    return await house.get(ActivityImport, { strict: false }).run(register, listener);
  } finally {
    await house.close();
  }
};

const activitiesText = (told: ActivitiesImported & { seconds: number; rejects: string | null }): string =>
  [
    `${number(told.read)} rows read: ${number(told.imported)} activities imported, ` +
      `${number(told.alreadyPresent)} already present, ${number(told.rejected)} rejected; ` +
      `${number(told.cases)} cases in ${told.seconds} s.`,
    ...(told.rejects === null ? [] : [`Rejected rows, each with its reason: ${told.rejects}`]),
  ].join('\n');

/** A register without days of receipt: its records stay outside the backlog. */
const importObservations = async (
  file: string,
  { changes, json }: ImportOptions,
  mapping: ExternalMapping,
): Promise<void> => {
  const told = await onGround((ground) => observed(ground, file, changes, mapping)).catch(asArguments);
  say(
    json,
    told,
    () => `${number(told.observations)} observations read, ${number(told.events)} events recorded.`,
  );
};

/** A log of what was done in cases: it makes no case. */
const importActivities = async (
  file: string,
  { rejects: wished, json }: ImportOptions,
  mapping: ActivityMapping,
): Promise<void> => {
  const began = performance.now();
  const config = settings();
  const register = await ActivityRegister.prepare(file, mapping).catch(asArguments);
  const rejects = await RejectsCsv.open(resolve(wished ?? rejectsPath(file))).catch(asArguments);
  const bar = new ProgressBar('Importing');
  const listener: ActivityListener = {
    rejected: rejects.write.bind(rejects),
    progressed: ({ imported: done, alreadyPresent }) =>
      bar.show(register.progress(), `${number(done + alreadyPresent)} activities`),
  };
  const counts = await onGround((ground) => activitiesImported(ground, register, listener), config).finally(
    () => bar.end(),
  );
  await rejects.close();
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  const told = { ...counts, seconds, rejects: rejects.count === 0 ? null : rejects.path };
  say(json, told, () => activitiesText(told));
};

const importRegister = async (file: string, options: ImportOptions): Promise<void> => {
  const external = await externalMappingIn(options.mapping).catch(asArguments);
  if (external) return importObservations(file, options, external);
  const activities = await activityMappingIn(options.mapping).catch(asArguments);
  if (activities) return importActivities(file, options, activities);
  const began = performance.now();
  const config = settings();
  const register = await prepare(file, options).catch(asArguments);
  try {
    const path = resolve(options.rejects ?? rejectsPath(file));
    const rejects = await RejectsCsv.open(path).catch(asArguments);
    const flags = await RejectsCsv.open(flagsPath(path)).catch(asArguments);
    const bar = new ProgressBar('Importing');
    const show = ({ imported: done, alreadyPresent }: Imported) => {
      const { done: bytes, total } = register.progress();
      bar.show(bytes / total, `${number(done + alreadyPresent)} cases`);
    };
    const listener = {
      rejected: rejects.write.bind(rejects),
      flagged: flags.write.bind(flags),
      progressed: show,
    };
    const counts = await onGround((ground) => imported(ground, register, listener), config).finally(() =>
      bar.end(),
    );
    await Promise.all([rejects.close(), flags.close()]);
    const told = {
      ...summary(register, counts, (performance.now() - began) / 1000),
      rejects: rejects.count === 0 ? null : path,
      flags: flags.count === 0 ? null : flags.path,
    };
    say(options.json, told, () => inWords(told));
  } finally {
    register.close();
  }
};

export const addIntakeCommands = (program: Command): void => {
  program
    .command('import')
    .description(
      'imports a legacy register as events; importing it again adds what is missing and nothing twice',
    )
    .argument('<file>', 'the cases: FILE.csv or FILE.csv.gz, in UTF-8')
    .requiredOption(
      '--mapping <map>',
      'a mapping (docs/mapping.md): a JSON file, or the name of a shipped one',
    )
    .option('--allegations <file>', 'allegations, findings and sanctions of the cases')
    .option('--changes <file>', 'of a register that was only observed: how later copies of it differed')
    .option('--rejects <file>', 'where rows that are not imported go; FILE.rejected.csv here, when absent')
    .option('--json', 'as JSON')
    .action(importRegister);
};
