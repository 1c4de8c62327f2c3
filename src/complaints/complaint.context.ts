import type { PolicySet } from '../clocks/policy-set.js';
import type { ReckonedBy } from '../clocks/reckoned-by.js';
import { actsOn, type Circumstances } from '../event-store/decider.js';
import { alreadyErased } from '../event-store/erasure.js';
import { RuleBroken } from '../event-store/errors.js';
import type { CaseDeadline } from './complaint.deadlines.js';
import type { ComplaintEvent } from './complaint.events.js';
import { known, type Complaint, type KnownComplaint } from './complaint.state.js';

/** What the hearings and resolutions of this case amount to, for the rules that span streams. */
export interface Proceedings {
  /** Those that are not over; one that hears a hidden case too is not shown to whoever acts. */
  readonly liveHearings: readonly { readonly id: string; readonly shown: boolean }[];
  /** Who sits on the panels of these, and is not recused from them. */
  readonly seated: readonly { readonly staffId: string; readonly shown: boolean }[];
  readonly determinedAllegations: readonly string[];
  readonly pendingReviews: readonly string[];
  readonly pendingAppeals: readonly string[];
  /** The day on which the sides first settled the matter informally, null while they have not. */
  readonly agreedOn: string | null;
  /** The last day of the latest appeal window, null when nobody may appeal any more or yet. */
  readonly appealUntil: string | null;
}

/** What an erasure must know of a case. */
export interface ErasureContext {
  /** The end of its retention; undefined where no rule says so. */
  readonly keptUntil: string | undefined;
  /** Its hearings that hear no other case that is not erased. */
  readonly hearingIds: readonly string[];
}

/** What guarding a case rests on, beyond the case: the roster, and who can be written to. */
export interface Guarding {
  /** Of the staff whom a restriction names, those who are not enrolled. */
  readonly notEnrolled: readonly string[];
  /** Of a case that is restricted or sealed: heads of casework, as enrolled, who are free to have it. */
  readonly heirs: readonly string[];
  /** Whether anybody could be told of a glass that is broken. */
  readonly heard: boolean;
  /** For how many hours whoever breaks the glass sees a restricted case. */
  readonly glassHours: number;
}

export const unguarded: Guarding = { notEnrolled: [], heirs: [], heard: false, glassHours: 0 };

export interface ComplaintContext extends Circumstances {
  /** The next reference; used by receiving only. */
  readonly reference: string;
  /** The policy set of the case; undefined for an imported case that nobody adopted. For receiving: the one in force. */
  readonly policy: PolicySet | undefined;
  /** Its name in events, `default@1`. */
  readonly policyName: string | undefined;
  /** The version and the calendars that its deadlines are reckoned by; a case that is closed keeps them. */
  readonly reckonedBy: ReckonedBy | undefined;
  readonly deadlines: readonly CaseDeadline[];
  readonly proceedings: Proceedings;
  /** Parties that the member of staff named in the input is known to be. */
  readonly assigneeParties: readonly string[];
  /** And what else they are known as. */
  readonly assigneeNames: readonly string[];
  readonly guarding: Guarding;
  /** Of the parties that the input names, those that nobody registered. */
  readonly unknownParties: readonly string[];
  /** And those whose name and contacts were erased. */
  readonly erasedParties: readonly string[];
  /** And those that are known to be staff. */
  readonly implicated: readonly { readonly partyRef: string; readonly staffId: string }[];
  /** The document that the input cites, as it was uploaded to this case. */
  readonly uploaded: { readonly sha256: string } | undefined;
  /** For an erasure only. */
  readonly erasure: ErasureContext | undefined;
  /** Whether the complaint that the input refers to exists. */
  readonly referenced: boolean;
}

export const act = actsOn<Complaint, ComplaintContext, ComplaintEvent>();

/** The parties that the complaint is about; an allegation that was withdrawn leaves its respondent one for conflicts. */
export const respondentsOf = ({ respondentRefs, allegations }: KnownComplaint): readonly string[] => [
  ...respondentRefs,
  ...allegations.flatMap(({ respondentRef }) => respondentRef ?? []),
];

/** Those of them who still have something to answer. */
export const liveRespondentsOf = (complaint: KnownComplaint): readonly string[] =>
  respondentsOf({ ...complaint, allegations: complaint.allegations.filter(({ withdrawn }) => !withdrawn) });

/** Who must have no part in it: parties by their ids, staff who are recused by a reference. */
export const barredFrom = (complaint: KnownComplaint): readonly string[] => [
  ...partiesOf(complaint),
  ...complaint.recused,
];

/** People who are a party to the case. */
export const partiesOf = (complaint: KnownComplaint): readonly string[] => [
  ...(complaint.complainantRef === undefined ? [] : [complaint.complainantRef]),
  ...respondentsOf(complaint),
];

/** A member of staff, and the parties that they are known to be. */
export interface Person {
  readonly id: string;
  readonly parties: readonly string[];
  /** The other references that they are known by. */
  readonly alsoAs?: readonly string[];
}

const refuseParties = (parties: readonly string[], person: Person): void => {
  if (parties.some((party) => person.parties.includes(party)))
    throw new RuleBroken(
      'party-to-the-case',
      `${person.id} is a party to this case. Somebody else must act.`,
    );
};

export const isErased = (complaint: Complaint): boolean =>
  complaint.phase !== 'absent' && complaint.erased === true;

/** In words: on an erased case they could be kept nowhere. Errors: RuleBroken `personal-data-erased`. */
export const refuseWordsOnErased = (complaints: readonly Complaint[]): void => {
  if (complaints.length > 0 && complaints.every(isErased)) throw alreadyErased();
};

export const isRecused = (complaint: Complaint, staffId: string): boolean =>
  complaint.phase !== 'absent' && complaint.recused.includes(staffId);

/** Nobody who is a party to a case, declared a conflict or was recused acts on it, in any of its streams. */
export const refuseTheConflicted = (complaint: Complaint, person: Person): void => {
  if (complaint.phase === 'absent') return;
  if ([person.id, ...(person.alsoAs ?? [])].some((each) => isRecused(complaint, each)))
    throw new RuleBroken('recused', `${person.id} is recused from this case. Somebody else must act.`);
  refuseParties(partiesOf(complaint), person);
};

/** Whoever handled or investigated a case at one stage leaves the next to others: to handle and to decide. */
export const refuseEarlierHandlers = ({ earlierHandlers = [] }: KnownComplaint, staffId: string): void => {
  if (earlierHandlers.includes(staffId))
    throw new RuleBroken(
      'handled-earlier-stage',
      `${staffId} handled or investigated this case at an earlier stage. Somebody who did not must do this.`,
    );
};

export const partyErased = (party: string): RuleBroken =>
  new RuleBroken(
    'party-erased',
    `The name and contacts of party ${party} were erased. Register the person anew, and name that party.`,
  );

/** For whoever acts: what ends or sorts the case at its stage. */
export const refuseEarlierActor = (
  complaint: KnownComplaint,
  { actor }: Pick<Partial<ComplaintContext>, 'actor'>,
): void => {
  if (actor) refuseEarlierHandlers(complaint, actor.id);
};

/** A party that was erased stays on the cases it is on, and comes onto no other: nobody could say who that is. */
const refuseErasedParties = (complaint: Complaint, erased: readonly string[]): void => {
  const there = complaint.phase === 'absent' ? [] : partiesOf(complaint);
  const added = erased.find((party) => !there.includes(party));
  if (added !== undefined) throw partyErased(added);
};

/** What holds for every act on a case: who acts, on whom, and that nothing happened to it before it came in. */
export const refuseAtOnce = (complaint: Complaint, context: Partial<ComplaintContext>): void => {
  const { actor, actorParties = [], on, unknownParties = [], erasedParties = [] } = context;
  if (actor) refuseTheConflicted(complaint, { id: actor.id, parties: actorParties });
  if (unknownParties.length > 0)
    throw new RuleBroken('unknown-party', `There is no party ${unknownParties[0]}. Register it first.`);
  refuseErasedParties(complaint, erasedParties);
  if (complaint.phase !== 'absent' && on !== undefined && on < complaint.receivedOn)
    throw new RuleBroken(
      'occurred-before-receipt',
      `The complaint was received on ${complaint.receivedOn}; nothing happened to it on ${on}. Check the day.`,
    );
};

/** A complaint as its parties would stand: no complaint about oneself, none that a party puts themself on. */
export const checkParties = (
  {
    complainantRef,
    respondentRefs,
  }: { complainantRef?: string | undefined; respondentRefs: readonly string[] },
  { actor, actorParties }: ComplaintContext,
): void => {
  if (complainantRef !== undefined && respondentRefs.includes(complainantRef))
    throw new RuleBroken(
      'respondent-is-complainant',
      `${complainantRef} cannot be both sides of one complaint.`,
    );
  const parties = complainantRef === undefined ? respondentRefs : [complainantRef, ...respondentRefs];
  refuseParties(parties, { id: actor.id, parties: actorParties });
};

/** The same for one respondent more. */
export const checkRespondent = (
  respondentRef: string | undefined,
  complaint: Complaint,
  context: ComplaintContext,
): void => {
  if (respondentRef === undefined) return;
  checkParties({ complainantRef: known(complaint).complainantRef, respondentRefs: [respondentRef] }, context);
};

export const checkParty = (complaint: Complaint, party: string) => {
  if (!partiesOf(known(complaint)).includes(party))
    throw new RuleBroken('not-a-party', `${party} is not a party to this case.`);
};

/** For an act that concerns a party, whichever. */
export const checkAnyParty = (complaint: Complaint) => {
  if (partiesOf(known(complaint)).length === 0)
    throw new RuleBroken('not-a-party', 'This case knows no party yet. Identify a respondent first.');
};

export const allegationOf = (complaint: Complaint, allegationId: string) => {
  const allegation = known(complaint).allegations.find((each) => each.allegationId === allegationId);
  if (!allegation) throw new RuleBroken('unknown-allegation', `This case has no allegation ${allegationId}.`);
  if (allegation.withdrawn)
    throw new RuleBroken('allegation-withdrawn', `Allegation ${allegationId} was withdrawn.`);
  return allegation;
};
