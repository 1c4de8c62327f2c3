import { z } from 'zod';
import type { CommandDoor } from '../access/command-door.js';
import { pageOf, readsOf, type ReadDoor } from '../access/read-door.js';
import { id } from '../event-store/schema.js';
import { pageRequest } from '../platform/page.js';
import { ReleaseCommand } from './release.handler.js';
import { release } from './release.js';
import { ReleaseQueries, releaseView } from './release.queries.js';
import { releaseCheck, Releases } from './release.reader.js';
import { statisticsRequest, statisticsView } from './statistics-view.js';
import { Statistics } from './statistics.reader.js';

const read = readsOf<Statistics>();

export const statisticsReads: ReadDoor<Statistics> = {
  queries: Statistics,
  reads: {
    statistics: read({
      summary:
        'Figures for publication, by period and category, with small counts left out; the same for the same position.',
      path: 'statistics',
      looks: 'nothing',
      permission: 'statistics',
      params: statisticsRequest,
      answer: statisticsView,
      ask: (statistics, params, sight) => statistics.of(params, sight),
    }),
  },
};

export const releaseDoor: CommandDoor = {
  kind: 'statistics',
  path: 'statistics/releases',
  creates: 'Publish',
  acts: release.acts,
  command: ReleaseCommand,
};

const readReleases = readsOf<ReleaseQueries>();

export const releaseReads: ReadDoor<ReleaseQueries> = {
  queries: ReleaseQueries,
  reads: {
    releases: readReleases({
      summary: 'Published figures on record, in the order in which they were published.',
      path: 'statistics/releases',
      looks: 'nothing',
      permission: 'releases',
      params: pageRequest,
      answer: pageOf(releaseView),
      ask: (queries, params) => queries.page(params),
    }),
    release: readReleases({
      summary: 'What one release published: the question, the position and the hash.',
      path: 'statistics/releases/:id',
      looks: 'nothing',
      permission: 'releases',
      params: z.strictObject({ id }),
      answer: releaseView,
      ask: (queries, params) => queries.one(params.id),
    }),
  },
};

const check = readsOf<Releases>();

export const releaseChecks: ReadDoor<Releases> = {
  queries: Releases,
  reads: {
    releaseCheck: check({
      summary: 'Asks the question of a release anew, at its position, and compares the hashes.',
      path: 'statistics/releases/:id/check',
      looks: 'nothing',
      permission: 'releases',
      params: z.strictObject({ id }),
      answer: releaseCheck,
      ask: (releases, params) => releases.checkNamed(params.id),
    }),
  },
};
