import type { Command } from 'commander';
import { References } from '../complaints/reference.queries.js';
import { EventStore } from '../event-store/event-store.js';
import { Sealing } from '../event-store/sealing.js';
import { onGround, say } from '../platform/command-line.js';
import { table } from '../platform/table.js';
import type { HistoryEntry } from './case-history.js';
import { HistoryReader } from './history.reader.js';
import { addLogCommands } from './log.cli.js';

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

export const addAuditCommands = (program: Command): void => {
  const audit = program.command('audit').description('what was recorded, and proof of it');
  addLogCommands(audit);
  audit
    .command('history')
    .argument('<case>', 'an id or a reference')
    .description('every event of a case, in order: who, when it happened, when it was recorded, why')
    .option('--json', 'as JSON')
    .action(async (name: string, { json }: { json?: boolean }) => {
      const entries = await onGround(async ({ pool, clock, masterKey }) => {
        const store = new EventStore(pool);
        const history = await new HistoryReader(store, new References(pool), clock).of(name);
        return new Sealing(masterKey, store).open(history);
      });
      say(json, entries, () => historyText(entries));
    });
};
