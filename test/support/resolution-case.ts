import { readFileSync } from 'node:fs';
import { parsePolicySet, type PolicySet } from '../../src/clocks/policy-set.js';
import { complaint } from '../../src/complaints/complaint.js';
import type { ComplaintEvent } from '../../src/complaints/complaint.events.js';
import type { Complaint } from '../../src/complaints/complaint.state.js';
import type { ResolutionContext } from '../../src/resolutions/resolution.context.js';
import type { ResolutionEvent } from '../../src/resolutions/resolution.events.js';
import { resolution } from '../../src/resolutions/resolution.js';
import { anId, circumstances, specOf, type Told } from './given.js';

/** A case that is ready to be decided under the default policy, for the specs of its resolution. */

export const complaintId = anId(10);
export const complainant = anId(11);
export const respondent = anId(12);
export const shouting = anId(21);
export const lying = anId(22);
export const withdrawn = anId(23);
export const hearingId = anId(31);

export const policyOf = (name: string): PolicySet =>
  parsePolicySet(readFileSync(`policies/${name}.yaml`, 'utf8'), name);
export const defaultPolicy = policyOf('default');
export const landlordPolicy = policyOf('housing-ombudsman');

const alleged = (allegationId: string): ComplaintEvent => ({
  type: 'AllegationAdded',
  data: {
    allegationId,
    respondentRef: respondent,
    category: 'abuse',
    characteristics: [],
    rules: [],
  },
});

const history: readonly ComplaintEvent[] = [
  {
    type: 'ComplaintReceived',
    data: {
      reference: '2026-000001',
      channel: 'letter',
      receivedOn: '2026-02-02',
      category: 'abuse',
      complainantRef: complainant,
      policySet: 'default@1',
    },
  },
  alleged(shouting),
  alleged(lying),
  alleged(withdrawn),
  { type: 'AllegationWithdrawn', data: { allegationId: withdrawn, reasons: 'A mistake.' } },
  { type: 'InvestigationOpened', data: { investigatorId: 'investigator', termsOfReference: 'All of it.' } },
  { type: 'HearingAttached', data: { hearingId } },
];

const disclosed: ComplaintEvent = { type: 'DisclosureMade', data: { to: respondent, documentIds: [] } };

/** The case with more of its history; the evidence was disclosed unless `undisclosed`. */
export const theCase = (...more: readonly ComplaintEvent[]): Complaint =>
  specOf(complaint, circumstances as never)
    .given(...history, disclosed, ...more)
    .state();

export const undisclosedCase = (): Complaint =>
  specOf(complaint, circumstances as never)
    .given(...history)
    .state();

export const closed: ComplaintEvent = { type: 'ComplaintClosed', data: { outcome: 'determined' } };
export const erased: ComplaintEvent = {
  type: 'PersonalDataErased',
  data: { basis: 'no-longer-needed', hearingIds: [] },
};

const panel = ['maker', 'chair', 'member'];

export const usual: ResolutionContext = {
  ...circumstances,
  actor: { id: 'maker', role: 'decision-maker' },
  complaint: theCase(),
  policy: defaultPolicy,
  hearings: [{ hearingId, kind: 'first', live: false, concludedOn: '2026-02-27', concludedBy: panel, panel }],
  people: [],
  foundElsewhere: [],
  sentBackElsewhere: [],
  decidedElsewhere: [],
  decidedEarlier: [],
  begunEarlier: false,
};

/** Somebody who had no part in the first stage. */
export const independent = { actor: { id: 'reviewer', role: 'independent-reviewer' } };

export const { given } = specOf(resolution, usual);

type Given = Told<ResolutionEvent>;

export const opened: ResolutionEvent = {
  type: 'ResolutionOpened',
  data: { complaintId, hearingId, kind: 'formal' },
};

export const found = (
  allegationId = shouting,
  finding: 'upheld' | 'partly-upheld' | 'not-upheld' = 'upheld',
): ResolutionEvent => ({
  type: 'FindingMade',
  data: {
    allegationId,
    finding,
    standardOfProof: 'balance-of-probabilities',
    reasons: 'Three people heard it.',
    by: ['maker'],
  },
});

export const sanctionId = anId(41);

export const sanctioned: ResolutionEvent = {
  type: 'SanctionImposed',
  data: {
    sanctionId,
    kind: 'suspension',
    allegationIds: [shouting],
    respondentRef: respondent,
    from: '2026-03-02',
    until: '2026-06-02',
    suspended: false,
    reasons: 'Grave.',
  },
};

/** The decision of one upheld allegation with a sanction, up to each of its stages. */
export const drafted: readonly Given[] = [
  opened,
  { ...found(), by: 'maker' },
  { ...sanctioned, by: 'maker' },
];
export const submitted: readonly Given[] = [
  ...drafted,
  { type: 'DecisionSubmittedForReview', data: {}, by: 'submitter' },
];
export const verified: readonly Given[] = [
  ...submitted,
  { type: 'DecisionVerified', data: {}, by: 'verifier' },
];
export const notified: readonly Given[] = [
  ...verified,
  {
    type: 'DecisionNotified',
    data: { to: [respondent], notifiedOn: '2026-03-02', appealUntil: '2026-03-30' },
  },
];

export const appealId = anId(51);

export const lodged: readonly Given[] = [
  ...notified,
  {
    type: 'AppealLodged',
    data: { appealId, by: respondent, grounds: 'Nobody heard it.', late: false },
  },
];
export const admitted: readonly Given[] = [
  ...lodged,
  { type: 'AppealAdmitted', data: { appealId, reasons: 'New facts.' }, by: 'reviewer' },
];
export const determinedAs = (outcome: 'upheld' | 'varied' | 'remitted' | 'dismissed'): readonly Given[] => [
  ...admitted,
  {
    type: 'AppealDetermined',
    data: {
      appealId,
      outcome,
      reasons: 'Heard again.',
      by: ['reviewer'],
      ...(outcome === 'remitted' ? { undoneHearings: [hearingId] } : {}),
    },
    by: 'reviewer',
  },
];
