import { CLOCK_EVENTS } from '../clocks/deadline-rule.js';
import type { Entry } from '../event-store/event.js';
import type { ComplaintEvent } from './complaint.events.js';

/** A day on which a clock may start or stop. */
export interface Milestone {
  readonly event: string;
  readonly on: string;
  /** When on that day, where it is known. */
  readonly at?: string;
  /** When it was said, of a day that lay ahead then: what comes after that may meet a clock before the day itself. */
  readonly toldOn?: string;
  /** An ending that did not last: the day on which the case was reopened, or taken up again. */
  readonly undoneOn?: string;
  /** An ending of an earlier stage: it stands, whatever happens to the case later. */
  readonly stands?: true;
}

/** What ends a case for the time being. */
const ENDINGS: ReadonlySet<string> = new Set([
  'ComplaintRejected',
  'ComplaintReferred',
  'ComplaintWithdrawn',
  'ComplaintClosed',
]);

/** The endings of that kind did not last: what they met is to be done after all. */
export const undone = (
  milestones: readonly Milestone[],
  undoneOn: string,
  ofKind: (event: string) => boolean,
): readonly Milestone[] =>
  milestones.map((milestone) =>
    milestone.undoneOn === undefined &&
    !milestone.stands &&
    ENDINGS.has(milestone.event) &&
    ofKind(milestone.event)
      ? { ...milestone, undoneOn }
      : milestone,
  );

/** What ended a stage by now stands: a later stage follows it. */
export const standing = (milestones: readonly Milestone[]): readonly Milestone[] =>
  milestones.map((milestone) =>
    milestone.undoneOn === undefined && ENDINGS.has(milestone.event)
      ? { ...milestone, stands: true }
      : milestone,
  );

const clockEvents = new Set<string>(CLOCK_EVENTS);

/** The day that a clock goes by: the stated day of receipt, request, acknowledgement or hearing, else the day of the act. */
export const clockDay = ({ type, data, on }: Entry<ComplaintEvent>): string => {
  if (type === 'ComplaintReceived') return data.receivedOn;
  if (type === 'ComplaintEscalated') return data.requestedOn;
  if (type === 'HearingPostponedForCompanion') return data.proposedFor;
  return type === 'ComplaintAcknowledged' || type === 'EscalationAcknowledged' ? data.acknowledgedOn : on;
};

export const milestoneOf = (entry: Entry<ComplaintEvent>): Milestone => {
  const { type: event, occurred } = entry;
  const on = clockDay(entry);
  if (on > entry.on) return { event, on, toldOn: entry.on };
  return 'at' in occurred && on === entry.on ? { event, on, at: occurred.at } : { event, on };
};

/** A complainant who withdraws while the body goes on in its own name stops no clock: the case goes on. */
export const countsForClocks = (entry: Entry<ComplaintEvent>): boolean =>
  clockEvents.has(entry.type) && !(entry.type === 'ComplaintWithdrawn' && entry.data.continueInOwnName);
