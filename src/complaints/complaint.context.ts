import type { PolicySet } from '../clocks/policy-set.js';
import { actsOn, type Circumstances } from '../event-store/decider.js';
import { RuleBroken } from '../event-store/errors.js';
import type { CaseDeadline } from './complaint.deadlines.js';
import type { ComplaintEvent } from './complaint.events.js';
import { known, type Complaint, type KnownComplaint } from './complaint.state.js';

/** What the hearings and resolutions of this case amount to, for the rules that span streams. */
export interface Proceedings {
  readonly liveHearings: readonly string[];
  readonly determinedAllegations: readonly string[];
  readonly pendingReviews: readonly string[];
  readonly pendingAppeals: readonly string[];
  /** The last day of the latest appeal window, null when nobody may appeal any more or yet. */
  readonly appealUntil: string | null;
}

export interface ComplaintContext extends Circumstances {
  /** The next reference; used by receiving only. */
  readonly reference: string;
  /** The policy set of the case; undefined for an imported case that nobody adopted. For receiving: the one in force. */
  readonly policy: PolicySet | undefined;
  /** Its name in events, `default@1`. */
  readonly policyName: string | undefined;
  readonly deadlines: readonly CaseDeadline[];
  readonly proceedings: Proceedings;
  /** Parties that the member of staff named in the input is known to be. */
  readonly assigneeParties: readonly string[];
  /** Whether the party or complaint that the input refers to exists. */
  readonly referenced: boolean;
}

export const act = actsOn<Complaint, ComplaintContext, ComplaintEvent>();

/** People who are a party to the case. */
export const partiesOf = (complaint: KnownComplaint): readonly string[] => [
  ...(complaint.complainantRef === undefined ? [] : [complaint.complainantRef]),
  ...complaint.respondentRefs,
  ...complaint.allegations.flatMap(({ respondentRef }) => respondentRef ?? []),
];

/** Nobody who is a party to a case, declared a conflict or was recused acts on it, in any of its streams. */
export const refuseTheConflicted = (
  complaint: Complaint,
  person: { readonly id: string; readonly parties: readonly string[] },
): void => {
  if (complaint.phase === 'absent') return;
  if (complaint.recused.includes(person.id))
    throw new RuleBroken('recused', `${person.id} is recused from this case. Somebody else must act.`);
  if (partiesOf(complaint).some((party) => person.parties.includes(party)))
    throw new RuleBroken(
      'party-to-the-case',
      `${person.id} is a party to this case. Somebody else must act.`,
    );
};

export const allegationOf = (complaint: Complaint, allegationId: string) => {
  const allegation = known(complaint).allegations.find((each) => each.allegationId === allegationId);
  if (!allegation) throw new RuleBroken('unknown-allegation', `This case has no allegation ${allegationId}.`);
  if (allegation.withdrawn)
    throw new RuleBroken('allegation-withdrawn', `Allegation ${allegationId} was withdrawn.`);
  return allegation;
};
