import { z } from 'zod';
import { id, personal, memberRef } from '../../event-store/schema.js';
import { refuseThroughGlass, refuseUnnamed } from '../complaint.confidential.js';
import {
  act,
  partiesOf,
  refuseEarlierHandlers,
  refuseTheConflicted,
  type ComplaintContext,
} from '../complaint.context.js';
import type { ComplaintEvent } from '../complaint.events.js';
import { handedOn, refuseNobodyLeft } from '../complaint.heirs.js';
import { steppedAside, implicated } from '../complaint.people.js';
import { known, type Complaint } from '../complaint.state.js';

const reasons = personal('case').describe('Why; kept with the event.');

/** With what leaves it to nobody, a restricted or sealed case is handed on. */
const leaving = (
  event: ComplaintEvent,
  staffId: string,
  complaint: Complaint,
  context: ComplaintContext,
): readonly ComplaintEvent[] => {
  const file = { ...known(complaint), ...steppedAside(known(complaint), staffId) };
  const handed = handedOn(file, context);
  if (handed.length === 0) refuseNobodyLeft(file, context.today);
  return [event, ...handed];
};

/** Who works on the case, who must not, and who tried to influence it. */
export const peopleActs = {
  AssignHandler: act({
    summary: 'Give the case to a handler.',
    when: 'open',
    input: z.strictObject({ handlerId: memberRef }),
    possible: (complaint, context) => refuseThroughGlass(known(complaint), context),
    decide: (data, complaint, { assigneeParties: parties, assigneeNames: alsoAs, today }) => {
      refuseTheConflicted(complaint, { id: data.handlerId, parties, alsoAs });
      refuseUnnamed(known(complaint), data.handlerId, today);
      refuseEarlierHandlers(known(complaint), data.handlerId);
      return known(complaint).handlerId === data.handlerId ? [] : [{ type: 'HandlerAssigned', data }];
    },
  }),

  DeclareConflict: act({
    summary: 'Declare an own conflict of interest; from then on the person acts on this case no more.',
    when: 'existing',
    input: z.strictObject({ nature: personal('case') }),
    leaves: true,
    decide: (data, complaint, context) => {
      const staffId = context.actor.id;
      return leaving({ type: 'ConflictDeclared', data: { ...data, staffId } }, staffId, complaint, context);
    },
  }),

  Recuse: act({
    summary: 'Take a member of staff off the case for good.',
    when: 'existing',
    input: z.strictObject({ staffId: memberRef, reasons }),
    possible: (complaint, context) => refuseThroughGlass(known(complaint), context),
    decide: (data, complaint, context) =>
      known(complaint).recused.includes(data.staffId)
        ? []
        : leaving({ type: 'HandlerRecused', data }, data.staffId, complaint, context),
  }),

  /** Through no door of its own: recorded with what says which member of staff a party is. */
  Implicate: act({
    summary: 'A member of staff turns out to be a party to the case.',
    when: 'existing',
    follows: true,
    input: z.strictObject({ staffId: memberRef, partyRef: id }),
    decide: (data, complaint, context) => {
      const file = known(complaint);
      if (!partiesOf(file).includes(data.partyRef)) return [];
      // Whoever is a party is off it whether anybody is left or not.
      const without = { ...file, ...implicated(file, data.staffId) };
      return [{ type: 'StaffImplicated', data }, ...handedOn(without, context)];
    },
  }),

  RecordOutsideContact: act({
    summary: 'Enter a contact from outside the process in the register of interference.',
    when: 'existing',
    input: z.strictObject({
      who: personal('case', 500),
      office: personal('case', 500),
      subject: personal('case'),
      response: personal('case'),
      whoRef: id.optional().describe('The party who made the contact, if it was one.'),
      named: z
        .array(memberRef)
        .max(20)
        .optional()
        .describe('Members of staff whom this entry names: they do not correct the register.'),
    }),
    decide: (data) => [{ type: 'OutsideContactRecorded', data }],
  }),
};
