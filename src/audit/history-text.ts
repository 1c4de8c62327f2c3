import { table } from '../platform/table.js';
import type { HistoryEntry } from './case-history.js';

const happened = ({ occurred, backdated }: HistoryEntry): string =>
  `${'date' in occurred ? occurred.date : occurred.at.slice(0, 16).replace('T', ' ')}${backdated ? ' *' : ''}`;

const lineOf = (entry: HistoryEntry): string[] => [
  String(entry.position),
  entry.recordedAt.slice(0, 19).replace('T', ' '),
  happened(entry),
  `${entry.stream.slice(0, entry.stream.indexOf('-'))} ${entry.version}`,
  entry.type,
  `${entry.actor.id} (${entry.actor.role})`,
  entry.reasons.join(' / ').replaceAll(/\s+/g, ' '),
];

const correctionLines = ({ position, corrections }: HistoryEntry): string[] =>
  corrections.map(
    ({ path, old, new: now, position: by, reason }) =>
      `  ${position}: ${path.join('.')} said ${JSON.stringify(old ?? null)}, corrected by ${by} to ${JSON.stringify(now)}: ${reason}`,
  );

/** The history for people: a line for each event, and what was corrected. */
export const historyText = (entries: readonly HistoryEntry[]): string => {
  const heading = ['', 'recorded (UTC)', 'happened', 'stream', 'what', 'who', 'why'];
  const corrections = entries.flatMap(correctionLines);
  const notes = [
    ...(entries.some(({ backdated }) => backdated) ? ['* on an earlier day than it was recorded'] : []),
    ...(corrections.length > 0 ? [`Corrected\n${corrections.join('\n')}`] : []),
  ];
  return [table([heading, ...entries.map(lineOf)]), ...notes].join('\n\n');
};
