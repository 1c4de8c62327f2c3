import { LAYOUT } from './canonical.js';

/** What holds for the envelope of every recorded event, whoever wrote the row. Pure. */

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const STREAM = /^[a-z][a-z-]*-\S+$/;
const DAY = /^\d{4}-\d\d-\d\d$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;

const isText = (value: unknown): boolean => typeof value === 'string';
const isTextOrNull = (value: unknown): boolean => value === null || typeof value === 'string';
const matches = (pattern: RegExp) => (value: unknown) => typeof value === 'string' && pattern.test(value);
const counts = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 1;

const FIELDS: readonly [name: string, holds: (value: unknown) => boolean][] = [
  ['layout', (value) => value === LAYOUT],
  ['position', counts],
  ['event id', matches(UUID)],
  ['stream', matches(STREAM)],
  ['version', counts],
  ['type', (value) => isText(value) && value !== ''],
  ['schema version', counts],
  ['day', matches(DAY)],
  ['instant', (value) => value === null || matches(INSTANT)(value)],
  ['zone', isTextOrNull],
  ['time of recording', matches(INSTANT)],
  ['actor', isText],
  ['role', isText],
  ['acting for', isTextOrNull],
  ['correlation id', isText],
  ['causation id', isTextOrNull],
];

/** Of sixteen values, whatever they are, the sentence about the first that cannot stand there. */
export const brokenRule = (envelope: readonly unknown[]): string | undefined => {
  if (envelope.length !== FIELDS.length) return 'does not have the sixteen parts of an envelope';
  const at = FIELDS.findIndex(([, holds], index) => !holds(envelope[index]));
  if (at >= 0) return `has no ${FIELDS[at]?.[0]} that an event can have`;
  if ((envelope[8] === null) !== (envelope[9] === null))
    return 'has an instant without a zone, or a zone without one';
  return undefined;
};
