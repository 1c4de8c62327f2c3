import { correctEntry, correctionInput } from '../../event-store/correction.js';
import { RuleBroken } from '../../event-store/errors.js';
import type { Entry } from '../../event-store/event.js';
import { fold } from '../../event-store/fold.js';
import {
  checkParties,
  liveRespondentsOf,
  partiesOf,
  respondentsOf,
  type ComplaintContext,
} from '../complaint.context.js';
import { actOnParties } from '../complaint.parties.js';
import { complaintEvents, type ComplaintEvent } from '../complaint.events.js';
import { absent, evolve, known, type KnownComplaint } from '../complaint.state.js';
import { checkEscalationDays } from './escalation.acts.js';
import { refuseNamedInRegister } from '../outside-contacts.js';
import { checkIncident } from './allegation.acts.js';

/** What later entries, other streams or rules rest on: it changes by an act of its own, not by a correction. */
const FIXED: ReadonlySet<string> = new Set(
  `reference policySet allegationId suspensionId holdId hearingId resolutionId complaintId documentId documentIds sha256
  stage proposedFor staffId handlerId investigatorId decision continueInOwnName outcome deadline oldDueOn newDueOn
  people until openingId finding`.split(/\s+/),
);

/** The case as it reads with the correction, and what was corrected. */
interface Corrected {
  readonly file: KnownComplaint;
  readonly type: string;
  readonly field: string;
  readonly value: unknown;
  readonly target: Entry;
}

const checkCorrectable = ({ type, field }: Corrected): void => {
  // Evidence has a source that people wrote; elsewhere it is what the import found.
  if (FIXED.has(field) || (field === 'source' && type !== 'EvidenceSubmitted'))
    throw new RuleBroken(
      'not-correctable',
      `${field} cannot be corrected: later entries rest on it. Record the act that changes it instead.`,
    );
};

const checkDays = ({ file, field }: Corrected, { history, today }: ComplaintContext): void => {
  if (field !== 'receivedOn' && field !== 'acknowledgedOn') return;
  const { receivedOn, acknowledgedOn = today } = file;
  if (receivedOn > today)
    throw new RuleBroken('received-in-future', `${receivedOn} is in the future. Give the day of receipt.`);
  if (acknowledgedOn > today)
    throw new RuleBroken(
      'occurred-in-future',
      `${acknowledgedOn} is in the future. Give the day it was sent.`,
    );
  // What came in with the complaint moves with its receipt.
  const moved = ['ComplaintReceived', 'AllegationAdded', 'ComplaintAcknowledged'];
  const later = history.filter(({ type }) => !moved.includes(type)).map(({ on }) => on);
  const earliest = [...later, acknowledgedOn].toSorted()[0] ?? today;
  if (earliest < receivedOn)
    throw new RuleBroken(
      'occurred-before-receipt',
      `Something happened to the complaint on ${earliest}; it cannot have been received on ${receivedOn}.`,
    );
};

const checkEscalations = ({ file, type }: Corrected, { today }: ComplaintContext): void => {
  if (type === 'ComplaintEscalated' || type === 'EscalationAcknowledged') checkEscalationDays(file, today);
};

const checkIncidentOf = ({ file, field, target }: Corrected, today: string): void => {
  if (!field.startsWith('incident')) return;
  const { allegationId } = target.data as { allegationId: string };
  const allegation = file.allegations.find((each) => each.allegationId === allegationId);
  if (allegation) checkIncident(allegation, today);
};

const checkWho = ({ file, type, field, value }: Corrected, context: ComplaintContext): void => {
  const mustBePartyOf = ['DisclosureMade.to', 'ResponseReceived.from', 'AccuracyCheckCompleted.by'];
  const party = value as string;
  if (mustBePartyOf.includes(`${type}.${field}`) && !partiesOf(file).includes(party))
    throw new RuleBroken('not-a-party', `${party} is not a party to this case.`);
  if (type === 'InterimSuspensionImposed' && field === 'respondentRef') {
    if (!liveRespondentsOf(file).includes(party))
      throw new RuleBroken('not-a-respondent', `${party} is not a respondent of this case.`);
  } else if (field === 'complainantRef' || field === 'respondentRef')
    checkParties({ complainantRef: file.complainantRef, respondentRefs: respondentsOf(file) }, context);
};

const checkReason = ({ type, field, value }: Corrected, { policy }: ComplaintContext): void => {
  const allowed = policy?.procedure.pauseReasons ?? [];
  if (type === 'ClockPaused' && field === 'reason' && !allowed.includes(value as string))
    throw new RuleBroken('pause-reason-not-allowed', `The policy allows a pause for: ${allowed.join(', ')}.`);
};

/** Correcting what was recorded: the case that it makes must be one that could have come about. */
export const correctionActs = {
  CorrectEntry: actOnParties({
    summary: 'Correct an entry; both the old and the new stay on record.',
    when: 'existing',
    input: correctionInput,
    decide: (data, _, context) => {
      const history = context.history as readonly Entry<ComplaintEvent>[];
      const correction = correctEntry(complaintEvents, data, history);
      const { eventId, path, new: value } = correction.data;
      const target = history.find(({ id }) => id === eventId) as Entry<ComplaintEvent>;
      const entry = { ...target, ...correction, id: context.idFor(0) };
      const file = known(fold({ initial: absent, evolve }, [...history, entry]));
      const made: Corrected = { file, target, type: target.type, field: path[0] ?? '', value };
      checkCorrectable(made);
      if (made.type === 'OutsideContactRecorded') refuseNamedInRegister(context);
      checkDays(made, context);
      checkEscalations(made, context);
      checkIncidentOf(made, context.today);
      checkWho(made, context);
      checkReason(made, context);
      return [correction];
    },
  }),
};
