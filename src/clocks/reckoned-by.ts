import { z } from 'zod';
import { word } from '../event-store/schema.js';
import type { WorkingCalendar } from './calendar.js';
import type { PolicySet } from './policy-set.js';

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

/** The rules that a case goes by, and the calendar that its policy counts in. */
export interface Rules {
  readonly policy: PolicySet;
  readonly calendar: WorkingCalendar;
  readonly reckonedBy: ReckonedBy;
}

/** What holds: the version that came in the place of each, and how often each calendar was revised. */
export interface InForce {
  next(name: string): string | undefined;
  revisionOf(calendar: string): number;
}

/** Versions of policies and revisions of calendars, `default@2` and `GB-ENG@3`. */
export interface Cited {
  readonly policies: readonly string[];
  readonly calendars: readonly string[];
}
