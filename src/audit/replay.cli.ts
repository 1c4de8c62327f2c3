import type { Command } from 'commander';
import { z } from 'zod';
import { REASON, showAtConsole } from '../access/console-looks.js';
import { aCase, theLog } from '../access/look.js';
import { everything } from '../access/sight.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import { caseName } from '../complaints/case-name.js';
import { References } from '../complaints/reference.queries.js';
import { EventStore } from '../event-store/event-store.js';
import { onGround, optionsAs, say, Unusable } from '../platform/command-line.js';
import type { Ground } from '../platform/platform.module.js';
import { ProgressBar } from '../platform/progress-bar.js';
import { CaseReplays } from './case-replay.reader.js';
import { HistoryReader } from './history.reader.js';
import { KnownThen } from './known-then.reader.js';
import { LiveCaseQueries } from './live-case.queries.js';
import { Moments } from './moments.reader.js';
import { casePoint, pointOf } from './point.js';
import { replayRegister, type RegisterReplay } from './register-replay.js';
import { caseReplayText, differenceText, registerText } from './replay-text.js';

const schemaName = z
  .string()
  .regex(
    /^(?!pg_|public$|information_schema$)[a-z][a-z0-9_]{0,62}$/,
    'Give a name of lower-case letters, digits and underscores that is not one of the database’s own, such as then_2018.',
  );

const replayOptions = z.object({
  case: caseName.optional(),
  all: z.literal(true).optional(),
  until: casePoint.optional(),
  into: schemaName.optional(),
  diff: z.union([z.literal(true), casePoint]).optional(),
  reason: z.string().optional(),
  json: z.literal(true).optional(),
});

type Options = z.output<typeof replayOptions>;

const refuseWhatDoesNotGoTogether = ({ case: name, all, into }: Options): void => {
  if (name !== undefined && all) throw new Unusable('Give --case or --all, not both.');
  if (name !== undefined && into !== undefined)
    throw new Unusable('--into is filled with the whole register. Leave it away, or leave --case away.');
};

/** What a door would make of the house, here made by hand: to load the whole of it takes a second. */
const replaysOf = ({ pool, config, clock }: Ground): CaseReplays => {
  const store = new EventStore(pool);
  const references = new References(pool);
  const history = new HistoryReader(store, references, clock);
  const knownThen = new KnownThen(store, new PolicyBook(pool, config), pool);
  const moments = new Moments(pool, clock);
  return new CaseReplays(store, references, history, knownThen, new LiveCaseQueries(pool), moments);
};

const replayCase = async (
  ground: Ground,
  name: string,
  { until, diff, reason, json }: Options,
): Promise<void> => {
  const replays = replaysOf(ground);
  const showing = { line: 'audit replay', seen: [aCase(name)], reason };
  const from = until ?? String(await new Moments(ground.pool, ground.clock).head());
  if (diff === undefined) {
    const told = await showAtConsole(ground, showing, await replays.at(name, from, everything));
    say(json, told, () => caseReplayText(told));
    return;
  }
  const difference = await replays.difference(name, [from, diff === true ? undefined : diff], everything);
  const told = await showAtConsole(ground, showing, difference);
  say(json, told, () => differenceText(told));
};

const positionOf = async ({ pool, clock }: Ground, given: string): Promise<number> => {
  const moments = new Moments(pool, clock);
  const point = pointOf(given);
  if ('version' in point) throw new Unusable(`${given} is a version of a case; say of which, with --case.`);
  return 'position' in point
    ? moments.reached(point.position)
    : moments.positionAt(moments.moment(point.moment));
};

const replayAll = async (ground: Ground, { until, into, diff }: Options): Promise<RegisterReplay> => {
  const bar = new ProgressBar('Replaying');
  try {
    return await replayRegister(ground, {
      until: until === undefined ? undefined : await positionOf(ground, until),
      into,
      against: diff === undefined || diff === true ? diff && 'live' : await positionOf(ground, diff),
      progress: (done, all) => bar.show(done / all, `${done} of ${all} events folded and followed`),
    });
  } finally {
    bar.end();
  }
};

export const addReplayCommand = (audit: Command): void => {
  audit
    .command('replay')
    .description('state and read tables as they were, made anew from the events beside the live ones')
    .option('--case <case>', 'one case, by its id or reference, with the events that led there')
    .option(
      '--all',
      'the whole register: every read table, and a digest of each; this, when no case is named',
    )
    .option(
      '--until <point>',
      'a position; a day, or an instant: what was recorded by then; of a case also a version, v3; now, when absent',
    )
    .option('--into <schema>', 'keeps the tables in this schema, which must be empty or new')
    .option('--diff [point]', 'what differs at another such point, or in the live tables')
    .option(...REASON)
    .option('--json', 'as JSON')
    .action(async (given: unknown) => {
      const options = optionsAs(replayOptions, given);
      refuseWhatDoesNotGoTogether(options);
      await onGround(async (ground) => {
        if (options.case !== undefined) return replayCase(ground, options.case, options);
        const { until, reason } = options;
        const showing = { line: 'audit replay', seen: [theLog(`1-${until ?? ''}`)], reason };
        await showAtConsole(ground, showing, undefined);
        const told = await replayAll(ground, options);
        return say(options.json, told, () => registerText(told));
      });
    });
};
