/** The room table: who may import whom. `npm run lint` and CI hold the tree to it. */
const SLICES =
  'complaints|hearings|resolutions|parties|staff|clocks|backlog|statistics|reminders|audit|access|intake|documents|publishing';
/** Whatever is neither wiring nor a door nor reads or writes tables: pure, so that a rule can be tested in milliseconds. */
const DECIDER_ROOMS =
  '^src/((complaints|hearings|resolutions|parties|staff|clocks)/|reminders/(reminder|reminder[.](events|standing|key)|recipients|hearing-(ladder|seats))[.]ts$)';
/** A reader loads and folds other slices' streams for a handler. */
const ROLES =
  '[.](handler|slice|reader|projection|follower|queries|controller|resolver|door|module|cli|spec)[.]ts$';
const DOORS = '[.](controller|resolver|door)[.]ts$';
const SPECS = '[.]spec[.]ts$';

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    rule('no-cycles', 'Split what two files need from each other into a third.', {}, { circular: true }),
    rule(
      'no-unresolved',
      'The import leads nowhere (what is built is not there yet on a fresh clone).',
      {},
      {
        couldNotResolve: true,
        pathNot: '/dist/',
      },
    ),
    rule(
      'decider-is-pure',
      'A decider has no framework, no I/O and no clock: kernel types, clock arithmetic, the wording of faults and its own vocabulary only.',
      { path: DECIDER_ROOMS, pathNot: ROLES },
      {
        pathNot: [
          DECIDER_ROOMS,
          '^src/event-store/(event|errors|catalogue|command|decider|fold|append|schema|correction|erasure|legacy-source|named)[.]ts$',
          '^src/platform/reading[.]ts$',
          '(^|/)node_modules/(zod|temporal-polyfill|date-holidays|yaml)/',
        ],
      },
    ),
    rule(
      'decider-knows-no-role',
      'A decider imports deciders, never a handler, projection, query, door or module.',
      { path: DECIDER_ROOMS, pathNot: ROLES },
      { path: `^src/.*${ROLES}` },
    ),
    rule(
      'verifier-stands-alone',
      'What an auditor runs offline needs nothing but Node: no database, no framework, no package.',
      { path: '^src/audit/log/', pathNot: SPECS },
      {
        pathNot: ['^src/audit/log/', '^src/event-store/event[.]ts$', '^src/platform/progress-bar[.]ts$'],
        dependencyTypesNot: ['core'],
      },
    ),
    rule(
      'kernel-knows-no-slice',
      'The event store knows no slice.',
      { path: '^src/event-store/', pathNot: SPECS },
      { path: `^src/(?:${SLICES})/` },
    ),
    rule(
      'platform-knows-no-slice',
      'The platform knows no slice.',
      { path: '^src/platform/', pathNot: SPECS },
      { path: `^src/(?:${SLICES})/` },
    ),
    rule(
      'queries-read-tables',
      'A screen is answered from read tables, never from the event store (its refusals excepted).',
      { path: '[.]queries[.]ts$' },
      { path: '^src/event-store/', pathNot: '^src/event-store/errors[.]ts$' },
    ),
    rule(
      'queries-know-no-projection',
      'Queries read what projections wrote; neither calls the other.',
      { path: '[.]queries[.]ts$' },
      { path: '[.](projection|follower|handler)[.]ts$' },
    ),
    rule(
      'projection-reads-event-types',
      'A projection knows event types, its own or another slice’s: no handler, no query.',
      { path: '[.]projection[.]ts$' },
      { path: '[.](handler|queries|controller|resolver|door|module)[.]ts$' },
    ),
    rule(
      'follower-writes-its-table',
      'A follower turns stored events into rows of its own: it decides nothing, asks no query and knows no door.',
      { path: '[.]follower[.]ts$' },
      { path: '[.](handler|slice|reader|queries|controller|resolver|door|module)[.]ts$' },
    ),
    rule(
      'handler-decides',
      'A handler loads, decides and appends: it may look things up, but knows no handler or projection of another slice.',
      { path: '^src/([^/]+)/.*[.](handler|slice)[.]ts$' },
      { path: `^src/(?!$1/)(?:${SLICES})/.*[.](handler|projection|module)[.]ts$` },
    ),
    rule(
      'doors-stay-outside',
      'Only a module imports a door.',
      {
        pathNot: [
          '[.]module[.]ts$',
          '^src/(main|application|doors)[.]ts$',
          '^src/cli[.]ts$',
          SPECS,
          '^test/',
        ],
      },
      { path: DOORS },
    ),
    rule(
      'production-imports-no-test',
      'Neither specs nor test support belong into what runs.',
      { path: '^(src|migrations)/', pathNot: SPECS },
      { path: ['^test/', '^bench/', SPECS] },
    ),
    rule(
      'no-development-package',
      'What runs needs its packages in dependencies.',
      { path: '^(src|migrations)/', pathNot: SPECS },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|var|coverage)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
