import { z } from 'zod';
import { word } from '../event-store/schema.js';

/** By what the days of a case are counted: a version of a policy, and the revisions of the calendars that it names. */
export const reckonedBy = z.object({
  /** Such as `default@2`. */
  policy: word,
  /** Such as `GB-ENG@3`; a calendar that nobody revised has revision 0. */
  calendars: z.array(word),
});

export type ReckonedBy = Readonly<z.output<typeof reckonedBy>>;

/** As one line of text, `default@2 GB-ENG@3`; no name holds a space. */
export const lineOf = ({ policy, calendars }: ReckonedBy): string => [policy, ...calendars].join(' ');

export const fromLine = (line: string): ReckonedBy => {
  const [policy = '', ...calendars] = line.split(' ');
  return { policy, calendars };
};

/** What a case says of the rules that it goes by. */
export interface Ruled {
  readonly phase: 'absent' | 'open' | 'closed';
  /** The version that it was opened under; undefined for an imported case that nobody adopted. */
  readonly policySet?: string | undefined;
  /** What it was reckoned by when it was closed; it keeps that, whatever comes. */
  readonly reckoned?: ReckonedBy | undefined;
}
