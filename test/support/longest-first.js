import { basename } from 'node:path';

/** What takes longest, by processor time of all its processes; the rest is short, in whatever order. */
const LONGEST = [
  'reminders-plugs',
  'access-circumstances',
  'start',
  'no-plaintext',
  'reminders',
  'independence',
  'access-matrix',
  'redis-setups',
  'embedded-postgres',
  'import-killed',
  'events',
  'fuzz',
  'external-records',
  'looks',
  'reach',
];

/** Jest's order of files, so that two workers end at about the same time on a clone that has no times of its own yet. */
export default class LongestFirst {
  sort(tests) {
    const place = ({ path }) => {
      const at = LONGEST.indexOf(basename(path).split('.')[0]);
      return at < 0 ? LONGEST.length : at;
    };
    return tests.toSorted((one, other) => place(one) - place(other));
  }

  cacheResults() {}
}
