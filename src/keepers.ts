import { logTiles } from './audit/log-tiles.follower.js';
import { caseActivity } from './backlog/case-activity.follower.js';
import { caseVersions } from './backlog/case-versions.follower.js';
import type { PolicyBook } from './clocks/policy.queries.js';
import type { Keeper } from './event-store/refollow.js';
import { externalVersions } from './intake/external-versions.follower.js';

/** Every follower of the house that keeps tables. */
export const keepersWith = (book: PolicyBook): readonly Keeper[] => [
  { follower: caseActivity, tables: { case_activity: 'case_id' } },
  {
    follower: caseVersions(book),
    tables: { case_versions: 'case_id', case_days: 'case_id', case_misses: 'case_id' },
  },
  {
    follower: logTiles,
    tables: { log_tiles: "(level || '/' || index)" },
    guards: ['only_grows', 'only_added_to'],
  },
  { follower: externalVersions, tables: { external_versions: 'record_id' } },
];
