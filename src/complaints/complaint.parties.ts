import type { z } from 'zod';
import type { Act } from '../event-store/decider.js';
import { refuseThroughGlass } from './complaint.confidential.js';
import { act, partiesOf, type ComplaintContext } from './complaint.context.js';
import type { ComplaintEvent } from './complaint.events.js';
import { handedOn } from './complaint.heirs.js';
import { implicated as withoutThem } from './complaint.people.js';
import type { Complaint, KnownComplaint } from './complaint.state.js';

/** The party that an event puts on the case. */
const partyIn = ({ type, data }: ComplaintEvent): unknown => {
  if (type === 'ComplaintReceived') return data.complainantRef;
  if (type === 'AllegationAdded' || type === 'AllegationAmended' || type === 'RespondentIdentified')
    return data.respondentRef;
  const isParty = type === 'EntryCorrected' && /^(complainant|respondent)Ref$/.test(data.path[0] ?? '');
  return isParty ? data.new : undefined;
};

/** Of the parties that come onto the case with these events, each that is known to be a member of staff. */
const implicatedBy = (
  events: readonly ComplaintEvent[],
  complaint: Complaint,
  context: ComplaintContext,
): readonly ComplaintEvent[] => {
  const before = complaint.phase === 'absent' ? [] : partiesOf(complaint);
  const named = new Set(events.map(partyIn));
  const added = context.implicated.filter(
    ({ partyRef }) => named.has(partyRef) && !before.includes(partyRef),
  );
  const told = added.map((data): ComplaintEvent => ({ type: 'StaffImplicated', data }));
  if (complaint.phase === 'absent' || added.length === 0) return told;
  refuseThroughGlass(complaint, context);
  const left = added.reduce<KnownComplaint>(
    (file, { staffId }) => ({ ...file, ...withoutThem(file, staffId) }),
    complaint,
  );
  return [...told, ...handedOn(left, context)];
};

/** An act that puts parties on a case: who of them is staff holds it no more from that moment. */
export const actOnParties = <Input extends z.ZodType>(
  told: Act<Input, Complaint, ComplaintContext, ComplaintEvent>,
) =>
  act({
    ...told,
    decide: (input: z.output<Input>, complaint: Complaint, context: ComplaintContext) => {
      const events = told.decide(input, complaint, context);
      return [...events, ...implicatedBy(events, complaint, context)];
    },
  });
