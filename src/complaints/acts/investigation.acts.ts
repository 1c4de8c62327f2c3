import { z } from 'zod';
import { RuleBroken } from '../../event-store/errors.js';
import { id, personal, sha256, memberRef } from '../../event-store/schema.js';
import { refuseThroughGlass, refuseUnnamed } from '../complaint.confidential.js';
import {
  act,
  checkAnyParty,
  checkParty,
  refuseEarlierHandlers,
  refuseTheConflicted,
  type ComplaintContext,
} from '../complaint.context.js';
import { known, type Complaint } from '../complaint.state.js';

const checkEvidence = (complaint: Complaint, documentIds: readonly string[]) => {
  const held = new Set(known(complaint).evidence.map(({ documentId }) => documentId));
  const missing = documentIds.find((documentId) => !held.has(documentId));
  if (missing !== undefined)
    throw new RuleBroken('unknown-document', `Document ${missing} is not in evidence here. Submit it first.`);
};

const checkAnyEvidence = (complaint: Complaint) => {
  if (known(complaint).evidence.length === 0)
    throw new RuleBroken(
      'nothing-disclosed',
      'Nothing is in evidence yet. Submit it first, were it a note of what was said.',
    );
};

const checkShown = (complaint: Complaint, documentIds: readonly string[]) => {
  if (documentIds.length === 0)
    throw new RuleBroken('nothing-disclosed', 'Name in `documentIds` what the party was shown.');
  checkEvidence(complaint, documentIds);
};

const checkInvestigated = (complaint: Complaint) => {
  if (known(complaint).investigatorId === undefined)
    throw new RuleBroken('not-under-investigation', 'Open the investigation first.');
};

const checkUploaded = (documentId: string, cited: string, uploaded: ComplaintContext['uploaded']) => {
  if (!uploaded)
    throw new RuleBroken(
      'unknown-document',
      `No document ${documentId} was uploaded to this case. Upload it first, or leave its id out when it is held elsewhere.`,
    );
  if (uploaded.sha256 !== cited)
    throw new RuleBroken('document-differs', `Document ${documentId} was uploaded with another hash.`);
};

/** Finding out what happened. */
export const investigationActs = {
  OpenInvestigation: act({
    summary: 'Open the investigation, with an investigator and terms of reference.',
    when: 'open',
    input: z.strictObject({ investigatorId: memberRef, termsOfReference: personal('case') }),
    possible: (complaint, context) => {
      const { investigatorId, ending } = known(complaint);
      if (investigatorId !== undefined)
        throw new RuleBroken('already-under-investigation', 'The investigation is open already.');
      if (ending !== undefined)
        throw new RuleBroken('already-ended', `The complaint was ${ending}. Close it, or triage it anew.`);
      refuseThroughGlass(known(complaint), context);
    },
    decide: (data, complaint, { assigneeParties: parties, assigneeNames: alsoAs, today }) => {
      refuseTheConflicted(complaint, { id: data.investigatorId, parties, alsoAs });
      refuseUnnamed(known(complaint), data.investigatorId, today);
      refuseEarlierHandlers(known(complaint), data.investigatorId);
      return [{ type: 'InvestigationOpened', data }];
    },
  }),

  SubmitEvidence: act({
    summary: 'Put a document in evidence, by its hash and reference.',
    when: 'open',
    input: z.strictObject({
      documentId: id
        .optional()
        .describe('The document as uploaded here; a new reference when it is held elsewhere.'),
      sha256,
      source: personal('case', 500).describe('Where it comes from.'),
      description: personal('case').optional(),
      submittedBy: id.optional().describe('The party who gave it.'),
    }),
    decide: ({ documentId: given, ...data }, complaint, { idFor, uploaded }) => {
      const documentId = given ?? idFor(0);
      const same = known(complaint).evidence.find((each) => each.documentId === documentId);
      if (same?.sha256 === data.sha256) return [];
      if (same)
        throw new RuleBroken('document-differs', `Document ${documentId} is in evidence with another hash.`);
      if (given !== undefined) checkUploaded(given, data.sha256, uploaded);
      return [{ type: 'EvidenceSubmitted', data: { ...data, documentId } }];
    },
  }),

  Disclose: act({
    summary: 'Show a party the evidence.',
    when: 'open',
    input: z.strictObject({ to: id, documentIds: z.array(id).max(1000) }),
    possible: (complaint) => {
      checkAnyParty(complaint);
      checkAnyEvidence(complaint);
    },
    decide: (data, complaint) => {
      checkParty(complaint, data.to);
      checkShown(complaint, data.documentIds);
      return [{ type: 'DisclosureMade', data }];
    },
  }),

  RecordResponse: act({
    summary: "Record a party's answer to what was disclosed.",
    when: 'open',
    input: z.strictObject({ from: id, response: personal('case') }),
    possible: checkAnyParty,
    decide: (data, complaint) => {
      checkParty(complaint, data.from);
      return [{ type: 'ResponseReceived', data }];
    },
  }),

  CheckAccuracy: act({
    summary: "Record a party's check of the facts in the draft report.",
    when: 'open',
    input: z.strictObject({ by: id, remarks: personal('case').optional() }),
    possible: (complaint) => {
      checkInvestigated(complaint);
      checkAnyParty(complaint);
    },
    decide: (data, complaint) => {
      checkParty(complaint, data.by);
      return [{ type: 'AccuracyCheckCompleted', data }];
    },
  }),

  Report: act({
    summary: 'Report the investigation.',
    when: 'open',
    input: z.strictObject({ summary: personal('case'), documentId: id.optional() }),
    possible: checkInvestigated,
    decide: (data, complaint) => {
      if (data.documentId !== undefined) checkEvidence(complaint, [data.documentId]);
      return [{ type: 'InvestigationReported', data }];
    },
  }),
};
