import { z } from 'zod';
import { id, personal, staffRef } from '../../event-store/schema.js';
import { refuseUnnamed } from '../complaint.confidential.js';
import { act, partiesOf, refuseEarlierHandlers, refuseTheConflicted } from '../complaint.context.js';
import { known } from '../complaint.state.js';

const reasons = personal('case').describe('Why; kept with the event.');

/** Who works on the case, who must not, and who tried to influence it. */
export const peopleActs = {
  AssignHandler: act({
    summary: 'Give the case to a handler.',
    when: 'open',
    input: z.strictObject({ handlerId: staffRef }),
    decide: (data, complaint, { assigneeParties, today }) => {
      refuseTheConflicted(complaint, { id: data.handlerId, parties: assigneeParties });
      refuseUnnamed(known(complaint), data.handlerId, today);
      refuseEarlierHandlers(known(complaint), data.handlerId);
      return known(complaint).handlerId === data.handlerId ? [] : [{ type: 'HandlerAssigned', data }];
    },
  }),

  DeclareConflict: act({
    summary: 'Declare an own conflict of interest; from then on the person acts on this case no more.',
    when: 'existing',
    input: z.strictObject({ nature: personal('case') }),
    decide: (data, _, { actor }) => [{ type: 'ConflictDeclared', data: { ...data, staffId: actor.id } }],
  }),

  Recuse: act({
    summary: 'Take a member of staff off the case for good.',
    when: 'existing',
    input: z.strictObject({ staffId: staffRef, reasons }),
    decide: (data, complaint) =>
      known(complaint).recused.includes(data.staffId) ? [] : [{ type: 'HandlerRecused', data }],
  }),

  /** Through no door of its own: recorded with what says which member of staff a party is. */
  Implicate: act({
    summary: 'A member of staff turns out to be a party to the case.',
    when: 'existing',
    follows: true,
    input: z.strictObject({ staffId: staffRef, partyRef: id }),
    decide: (data, complaint) =>
      partiesOf(known(complaint)).includes(data.partyRef) ? [{ type: 'StaffImplicated', data }] : [],
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
        .array(staffRef)
        .max(20)
        .optional()
        .describe('Members of staff whom this entry names: they do not correct the register.'),
    }),
    decide: (data) => [{ type: 'OutsideContactRecorded', data }],
  }),
};
