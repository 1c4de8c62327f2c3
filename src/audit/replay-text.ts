import { table } from '../platform/table.js';
import type { HistoryEntry } from './case-history.js';
import type { CaseDifference, CaseReplay } from './case-replay.js';
import { fieldsOf } from './difference.js';
import { historyText } from './history-text.js';
import type { RegisterReplay } from './register-replay.js';

/** What was replayed, as somebody at a terminal reads it. */

const shown = (value: unknown): string => {
  if (value === null) return 'nothing';
  return typeof value === 'string' ? value.replaceAll(/\s+/g, ' ') : JSON.stringify(value);
};

const eventsText = (heading: string, events: readonly HistoryEntry[]): readonly string[] =>
  events.length === 0 ? [] : [`${heading}\n${historyText(events)}`];

export const caseReplayText = (told: CaseReplay): string => {
  const { reference, position, recordedAt, streams, complaint, clocks, hearings, resolutions, record } = told;
  const fields = fieldsOf({ complaint, clocks, hearings, resolutions, record });
  return [
    `${reference} at position ${position}, of what was recorded by ${recordedAt}`,
    `Streams\n${table([['', 'version'], ...streams.map(({ stream, version }) => [stream, String(version)])])}`,
    `State\n${table([['', ''], ...[...fields].map(([path, value]) => [path, shown(value)])])}`,
    ...eventsText('What led there', told.events),
  ].join('\n\n');
};

const changesText = ({ changes }: CaseDifference): string =>
  changes.map(({ path, was, is }) => `  ${path}: ${shown(was)} → ${shown(is)}`).join('\n');

export const differenceText = (told: CaseDifference): string => {
  const { reference, from, to, changes, events } = told;
  const heading = `${reference}: from position ${from} to ${to === null ? 'the live tables' : `position ${to}`}`;
  if (changes.length === 0) return `${heading}: nothing differs.`;
  return [`${heading}\n${changesText(told)}`, ...eventsText('What was recorded between them', events)].join(
    '\n\n',
  );
};

const differing = (told: RegisterReplay): readonly string[] => {
  if (!told.difference) return [];
  const rows = told.difference.filter(({ examples }) => examples.length > 0);
  if (rows.length === 0) return ['Nothing differs.'];
  const lines = rows.map(({ table: name, gone, come, changed, examples }) => [
    name,
    String(gone),
    String(come),
    String(changed),
    `${examples.slice(0, 3).join(', ')}${gone + come + changed > 3 ? ', …' : ''}`,
  ]);
  return [`Differing\n${table([['', 'gone', 'come', 'changed', 'such as'], ...lines])}`];
};

export const registerText = (told: RegisterReplay): string => {
  const rows = told.tables.map(({ table: name, rows: count, digest }) => [name, String(count), digest]);
  return [
    `The register at position ${told.until}${told.into === null ? '' : `, in the schema ${told.into}`}`,
    table([['', 'rows', 'digest (SHA-256)'], ...rows, ['all of it', '', told.digest]]),
    ...differing(told),
  ].join('\n\n');
};
