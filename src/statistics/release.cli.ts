import type { Command } from 'commander';
import { freshId } from '../event-store/fresh-bytes.js';
import { id } from '../event-store/schema.js';
import { onGround, REFUSED, say, Unusable } from '../platform/command-line.js';
import { table } from '../platform/table.js';
import { envelope, inHouse, part, type AsJson } from '../publishing/in-house.js';
import { asked, withQuestion, type Question } from './question.js';
import { ReleaseCommand, ReleaseHandler } from './release.handler.js';
import { ReleaseQueries, type ReleaseView } from './release.queries.js';
import { Releases, type ReleaseCheck } from './release.reader.js';
import { statisticsOn } from './statistics.reader.js';

const questionText = ({ question: { from, to, period, by, source } }: ReleaseView): string =>
  `${from} to ${to} by ${period}${by ? ` and ${by}` : ''}${source === undefined ? '' : `, ${source}`}`;

const checkText = ({ release, position, same, hash, found }: ReleaseCheck): string =>
  same
    ? `${release}: the same as published, at position ${position}.`
    : `${release}: the figures at position ${position} are not what was published: ${hash} then, ${found} now.`;

const noId = (text: string): Unusable =>
  new Unusable(`${text} is no id of a release. List them with redress statistics releases.`);

const addPublish = (statistics: Command): void => {
  withQuestion(statistics.command('publish'))
    .description(
      'puts the figures on record as published: the question, the position and the hash of the answer',
    )
    .option('--replaces <release>', 'an earlier release of the same question, which this one corrects')
    .option('--json', 'as JSON')
    .action(async ({ json, replaces, ...options }: Question & AsJson & { readonly replaces?: string }) => {
      if (replaces !== undefined && !id.safeParse(replaces).success) throw noId(replaces);
      const question = { ...asked(options), ...(replaces === undefined ? {} : { replaces }) };
      const published = await inHouse(async (house) => {
        const command = new ReleaseCommand('Publish', freshId(), question, envelope('statistics', 'Publish'));
        const answer = await part(house, ReleaseHandler).execute(command);
        return part(house, ReleaseQueries).one(answer.id);
      });
      say(
        json,
        published,
        () => `${published.id}: published at position ${published.position}, ${published.hash}`,
      );
    });
};

const addList = (statistics: Command): void => {
  statistics
    .command('releases')
    .description('what was published, oldest first')
    .option('--json', 'as JSON')
    .action(async ({ json }: AsJson) => {
      const releases = await onGround(({ pool }) => new ReleaseQueries(pool).all());
      say(json, { releases }, () =>
        table([
          ['release', 'published', 'figures', 'position', 'hash'],
          ...releases.map((one) => [
            one.id,
            one.publishedOn,
            questionText(one),
            String(one.position),
            one.hash,
          ]),
        ]),
      );
    });
};

const addCheck = (statistics: Command): void => {
  statistics
    .command('check')
    .description('asks again what was published and compares; exit 1 when a release is not the same')
    .argument('[release]', 'its id; all, when absent')
    .option('--json', 'as JSON')
    .action(async (named: string | undefined, { json }: AsJson) => {
      if (named !== undefined && !id.safeParse(named).success) throw noId(named);
      const checks = await onGround(async (ground) => {
        const queries = new ReleaseQueries(ground.pool);
        const releases = new Releases(queries, statisticsOn(ground));
        const checked: ReleaseCheck[] = [];
        for (const one of named === undefined
          ? await queries.all()
          : [await queries.one(named.toLowerCase())])
          checked.push(await releases.check(one));
        return checked;
      });
      const same = checks.every((check) => check.same);
      say(json, { same, checks }, () => checks.map(checkText).join('\n') || 'Nothing was published yet.');
      if (!same) process.exitCode = REFUSED;
    });
};

export const addReleaseCommands = (statistics: Command): void => {
  addPublish(statistics);
  addList(statistics);
  addCheck(statistics);
};
