import { csvLine } from '../platform/csv-text.js';
import { FLOW, LIMITS } from './suppression.js';
import { ENDINGS, type StatisticsRow, type StatisticsView } from './statistics-view.js';

const COUNTS = [...FLOW, ...LIMITS, 'missed'] as const;
const HEADER = [
  'period',
  'from',
  'to',
  'category',
  ...COUNTS,
  ...ENDINGS.map((ending) => `outcome ${ending}`),
  'age at closing median',
  'age at closing p90',
  'age of open median',
  'age of open p90',
  'position',
  'threshold',
];

const cells = (row: StatisticsRow) => [
  row.period,
  row.from,
  row.to,
  row.category ?? 'all cases',
  ...COUNTS.map((name) => row[name]),
  ...ENDINGS.map((ending) => row.outcomes[ending] ?? null),
  row.ageAtClosing.median,
  row.ageAtClosing.p90,
  row.ageOfOpen.median,
  row.ageOfOpen.p90,
];

/** One line for each row, RFC 4180; what is left out is an empty cell. */
export const statisticsCsv = ({ rows, position, suppression }: StatisticsView): string =>
  [HEADER, ...rows.map((row) => [...cells(row), position, suppression.threshold])].map(csvLine).join('');
