import { z } from 'zod';
import { RuleBroken } from '../../event-store/errors.js';
import { day, id, personal, word } from '../../event-store/schema.js';
import { act, checkParties, refuseEarlierActor } from '../complaint.context.js';
import { actOnParties } from '../complaint.parties.js';
import { severity } from '../complaint.events.js';
import { known, type Complaint } from '../complaint.state.js';
import { allegationInput, checkIncident } from './allegation.acts.js';

const reasons = personal('case').describe('Why; kept with the event.');

const checkReceipt = (receivedOn: string, { today, on }: { today: string; on: string }) => {
  if (receivedOn > today)
    throw new RuleBroken('received-in-future', `${receivedOn} is in the future. Give the day of receipt.`);
  checkStated(receivedOn, on);
};

/** A day that an act states is the day it happened; when the envelope says another, one of them is wrong. */
export const checkStated = (stated: string, on: string) => {
  if (stated !== on)
    throw new RuleBroken('days-differ', `It says ${stated} here and ${on} in \`occurred\`. Give one day.`);
};

const checkNotEnded = (complaint: Complaint, ending: 'rejected' | 'referred') => {
  if (known(complaint).ending === ending)
    throw new RuleBroken(`already-${ending}`, `The complaint was ${ending} already. Close it.`);
};

/** How a complaint comes in and is sorted. */
export const intakeActs = {
  Receive: actOnParties({
    summary: 'Record a complaint that was received.',
    when: 'absent',
    input: z.strictObject({
      receivedOn: day,
      channel: word.describe('letter, email, telephone, in person, …'),
      category: word,
      summary: personal('case'),
      standing: word
        .optional()
        .describe('As what the complainant complains: member, tenant, student, public, …'),
      complainantRef: id.optional().describe('The party who complains; absent when anonymous.'),
      allegations: z.array(allegationInput).max(100).optional(),
    }),
    decide: ({ allegations = [], ...input }, _, context) => {
      const { reference, policyName, idFor } = context;
      checkReceipt(input.receivedOn, context);
      for (const allegation of allegations) checkIncident(allegation, context.today);
      const respondentRefs = allegations.flatMap(({ respondentRef }) => respondentRef ?? []);
      checkParties({ complainantRef: input.complainantRef, respondentRefs }, context);
      return [
        {
          type: 'ComplaintReceived',
          data: { reference, ...(policyName === undefined ? {} : { policySet: policyName }), ...input },
        },
        ...allegations.map(
          (allegation, index) =>
            ({ type: 'AllegationAdded', data: { ...allegation, allegationId: idFor(index) } }) as const,
        ),
      ];
    },
  }),

  Acknowledge: act({
    summary: 'Record that the complainant was told the complaint has arrived.',
    when: 'open',
    input: z.strictObject({
      acknowledgedOn: day.optional().describe('The day it was sent; the day of the act when absent.'),
    }),
    possible: (complaint) => {
      const { acknowledgedOn: already } = known(complaint);
      if (already !== undefined)
        throw new RuleBroken('already-acknowledged', `This complaint was acknowledged on ${already}.`);
    },
    decide: ({ acknowledgedOn: stated }, _, { on }) => {
      const acknowledgedOn = stated ?? on;
      checkStated(acknowledgedOn, on);
      return [{ type: 'ComplaintAcknowledged', data: { acknowledgedOn } }];
    },
  }),

  Triage: act({
    summary: 'Decide what happens to the complaint, and how grave it is; again when that was wrong.',
    when: 'open',
    input: z.strictObject({
      decision: z.enum(['investigate', 'resolve-informally', 'reject', 'refer']),
      severity,
      reasons,
    }),
    possible: (complaint, context) => refuseEarlierActor(known(complaint), context),
    decide: (data) => [{ type: 'TriageCompleted', data }],
  }),

  Reject: act({
    summary: 'Reject the complaint; it is closed by a close of its own.',
    when: 'open',
    input: z.strictObject({ reasons }),
    possible: (complaint, context) => {
      checkNotEnded(complaint, 'rejected');
      refuseEarlierActor(known(complaint), context);
    },
    decide: (data) => [{ type: 'ComplaintRejected', data }],
  }),

  Refer: act({
    summary: 'Refer the complaint to another body.',
    when: 'open',
    input: z.strictObject({ to: personal('case', 500), reasons }),
    possible: (complaint, context) => {
      checkNotEnded(complaint, 'referred');
      refuseEarlierActor(known(complaint), context);
    },
    decide: (data) => [{ type: 'ComplaintReferred', data }],
  }),

  Link: act({
    summary: 'Link another complaint to this one.',
    when: 'open',
    input: z.strictObject({ complaintId: id, reasons }),
    decide: (data, complaint, { id: own, referenced }) => {
      if (data.complaintId === own)
        throw new RuleBroken('linked-to-itself', 'A complaint is not linked to itself.');
      if (!referenced)
        throw new RuleBroken('unknown-complaint', `There is no complaint ${data.complaintId}.`);
      return known(complaint).linked.includes(data.complaintId) ? [] : [{ type: 'ComplaintsLinked', data }];
    },
  }),

  Adopt: act({
    summary: 'Take an imported case into work: from now on its deadlines and reminders run.',
    when: 'open',
    input: z.strictObject({ reasons }),
    possible: (complaint) => {
      if (known(complaint).policySet !== undefined)
        throw new RuleBroken('not-imported', 'Only an imported case that nobody adopted can be adopted.');
    },
    decide: (data, _, { policyName }) => {
      if (policyName === undefined)
        throw new RuleBroken('no-policy-in-force', 'No policy set is in force on the day of the adoption.');
      return [{ type: 'CaseAdopted', data: { ...data, policySet: policyName } }];
    },
  }),
};
