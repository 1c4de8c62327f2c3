import fc from 'fast-check';
import { complainant, policy, respondent, stranger, usual } from '../complaints.js';
import { givenId } from '../given.js';
import { calendarNamed } from '../../../src/clocks/calendar.js';
import { dateOf, epochDay } from '../../../src/clocks/days.js';
import { decide } from '../../../src/event-store/decider.js';
import { Refusal } from '../../../src/event-store/errors.js';
import type { Entry } from '../../../src/event-store/event.js';
import { fold } from '../../../src/event-store/fold.js';
import { deadlinesOf } from '../../../src/complaints/complaint.deadlines.js';
import type { ComplaintEvent } from '../../../src/complaints/complaint.events.js';
import { complaint } from '../../../src/complaints/complaint.js';
import type { Complaint } from '../../../src/complaints/complaint.state.js';

/** What people may try on a case, in whatever order. */

export const calendar = calendarNamed('weekdays');
export const FIRST_DAY = epochDay('2026-03-02');

const party = fc.constantFrom(complainant, respondent, stranger);
const staff = fc.nat({ max: 9 }).map((n) => `staff-${n}`);
const reasons = fc.constant('For reasons.');
/** Which of the things that are there; made an id when it is tried, so that acts often meet something. */
const pick = fc.nat({ max: 20 });
const day = fc.nat({ max: 60 }).map((n) => dateOf(FIRST_DAY - 20 + n));

const wishes: Readonly<Record<string, fc.Arbitrary<object>>> = {
  Receive: fc.record({
    receivedOn: day,
    channel: fc.constant('letter'),
    category: fc.constant('abuse'),
    summary: fc.constant('Shouted.'),
  }),
  Acknowledge: fc.record({ acknowledgedOn: day }, { requiredKeys: [] }),
  AddAllegation: fc.record({ category: fc.constant('abuse'), respondentRef: party }),
  WithdrawAllegation: fc.record({ allegationId: pick, reasons }),
  IdentifyRespondent: fc.record({ respondentRef: party }),
  Triage: fc.record({
    decision: fc.constantFrom('investigate', 'reject'),
    severity: fc.constant('low'),
    reasons,
  }),
  Reject: fc.record({ reasons }),
  Refer: fc.record({ to: fc.constant('The police'), reasons }),
  AssignHandler: fc.record({ handlerId: staff }),
  DeclareConflict: fc.record({ nature: fc.constant('A cousin.') }),
  Recuse: fc.record({ staffId: staff, reasons }),
  ImposeInterimSuspension: fc.record({ respondentRef: party, reasons, reviewOn: day }),
  LiftInterimSuspension: fc.record({ suspensionId: pick, reasons }),
  OpenInvestigation: fc.record({ investigatorId: staff, termsOfReference: fc.constant('All of it.') }),
  SubmitEvidence: fc.record({ sha256: fc.constant('a'.repeat(64)), source: fc.constant('Post') }),
  Report: fc.record({ summary: fc.constant('It was so.') }),
  PauseClock: fc.record({
    reason: fc.constantFrom('court-proceedings', 'holidays'),
    basis: fc.constant('A letter.'),
  }),
  ResumeClock: fc.constant({}),
  ExtendDeadline: fc.record({ deadline: fc.constantFrom('resolve', 'acknowledge'), newDueOn: day, reasons }),
  Withdraw: fc.record({ continueInOwnName: fc.boolean(), reasons }),
  Close: fc.record({ outcome: fc.constantFrom('remedied', 'withdrawn', 'rejected', 'determined'), reasons }),
  Reopen: fc.record({ reasons }),
  CorrectEntry: fc
    .oneof(
      fc.record({ eventId: fc.constant(0), path: fc.constant(['receivedOn']), new: day }),
      fc.record({ eventId: fc.constant(0), path: fc.constant(['complainantRef']), new: party }),
      fc.record({ eventId: pick, path: fc.constant(['acknowledgedOn']), new: day }),
      fc.record({ eventId: pick, path: fc.constant(['respondentRef']), new: party }),
      fc.record({ eventId: pick, path: fc.constant(['outcome']), new: fc.constant('determined') }),
      fc.record({ eventId: pick, path: fc.constant(['staffId']), new: staff }),
    )
    .map((what) => ({ ...what, reason: 'Misread.', basis: 'The letter.' })),
  PlaceLegalHold: fc.constant({ basis: 'A claim.' }),
  ReleaseLegalHold: fc.record({ holdId: pick, reasons }),
};

export interface Attempt {
  readonly act: string;
  readonly input: object;
  readonly by: string;
  /** Days since the attempt before, and days before today on which it is said to have happened. */
  readonly later: number;
  readonly ago: number;
}

export const attempt: fc.Arbitrary<Attempt> = fc.constantFrom(...Object.keys(wishes)).chain((act) =>
  fc.record({
    act: fc.constant(act),
    input: wishes[act] ?? fc.constant({}),
    by: staff,
    later: fc.nat({ max: 3 }),
    ago: fc.oneof(fc.constant(0), fc.integer({ min: -1, max: 10 })),
  }),
);

/** A month of attempts, most of them after a receipt, so that not all are refused for want of a case. */
export const life = fc
  .tuple(fc.boolean(), fc.array(attempt, { minLength: 1, maxLength: 40 }))
  .map(([begun, attempts]) => (begun ? [{ ...beginning }, ...attempts] : attempts));
const beginning: Attempt = {
  act: 'Receive',
  input: {
    receivedOn: '2026-02-27',
    channel: 'letter',
    category: 'abuse',
    summary: 'Shouted.',
    complainantRef: complainant,
  },
  by: 'staff-3',
  later: 0,
  ago: 3,
};

/** The input with what it picks from the case as ids. */
const picked = (input: object, state: Complaint, history: readonly Entry[]): object => {
  const file = state.phase === 'absent' ? { allegations: [], suspensions: [], holds: [] } : state;
  const there: Readonly<Record<string, readonly string[]>> = {
    allegationId: file.allegations.map((each) => each.allegationId),
    suspensionId: file.suspensions.map((each) => each.suspensionId),
    holdId: file.holds,
    eventId: history.map(({ id }) => id),
  };
  const ids = Object.entries(input).flatMap(([field, n]) => {
    const from = there[field];
    return from ? [[field, from[Number(n) % Math.max(1, from.length)] ?? givenId(999)] as const] : [];
  });
  return { ...input, ...Object.fromEntries(ids) };
};

export const tried = (
  { act, input, by, ago }: Attempt,
  history: readonly Entry<ComplaintEvent>[],
  today: string,
): readonly Entry<ComplaintEvent>[] => {
  const state = fold(complaint, history);
  const stated = input as { receivedOn?: string; acknowledgedOn?: string };
  const on = stated.receivedOn ?? stated.acknowledgedOn ?? dateOf(epochDay(today) - ago);
  const actor = { id: by, role: 'casework-head' };
  const context = {
    ...usual,
    actor,
    // Staff-2 is the stranger, who may become a respondent at any time.
    actorParties: by === 'staff-2' ? [stranger] : [],
    history,
    today,
    on,
    deadlines: state.phase === 'absent' ? [] : deadlinesOf(state, policy, calendar, today),
    idFor: (index: number) => givenId(1000 + history.length + index),
  };
  const told = complaint.acts[act]?.input.parse(picked(input, state, history));
  try {
    const events = decide(complaint, { act, input: told, backdatingReason: 'Late.' }, state, context);
    return events.map((event, index) => {
      const id = givenId(history.length + index);
      return { ...event, id, occurred: { date: on }, on, actor };
    });
  } catch (error) {
    if (error instanceof Refusal) return [];
    throw error;
  }
};

/** What came of all these attempts, and on which day the last of them was made. */
export const lived = (
  attempts: readonly Attempt[],
): { readonly history: readonly Entry<ComplaintEvent>[]; readonly day: string } => {
  let history: readonly Entry<ComplaintEvent>[] = [];
  let today = FIRST_DAY;
  for (const wish of attempts) {
    today += wish.later;
    history = [...history, ...tried(wish, history, dateOf(today))];
  }
  return { history, day: dateOf(today) };
};
