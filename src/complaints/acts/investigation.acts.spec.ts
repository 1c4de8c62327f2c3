import { describe, it } from '@jest/globals';
import {
  alleged,
  complainant,
  given,
  received,
  respondent,
  stranger,
  told,
} from '../../../test/support/complaints.js';
import { anId, madeId } from '../../../test/support/given.js';

const opened = { investigatorId: 'staff-2', termsOfReference: 'All of it.' };
const underInvestigation = told('InvestigationOpened', opened);
const documentId = anId(401);
const sha256 = 'a'.repeat(64);
const submitted = { documentId, sha256, source: 'A witness' };
const inEvidence = told('EvidenceSubmitted', submitted);

describe('opening the investigation', () => {
  it('names the investigator and the terms of reference', () =>
    given(received()).when('OpenInvestigation', opened).then({ type: 'InvestigationOpened', data: opened }));

  it('happens once, and again when the investigator is off the case', () => {
    given(received(), underInvestigation)
      .when('OpenInvestigation', opened)
      .refuses('already-under-investigation');
    const anew = { ...opened, investigatorId: 'staff-3' };
    given(
      received(),
      underInvestigation,
      told('HandlerRecused', { staffId: 'staff-2', reasons: 'A cousin.' }),
    )
      .when('OpenInvestigation', anew)
      .then({ type: 'InvestigationOpened', data: anew });
  });

  it('refuses an investigator who is recused or a party', () => {
    given(received(), told('HandlerRecused', { staffId: 'staff-2', reasons: 'A cousin.' }))
      .when('OpenInvestigation', opened)
      .refuses('recused');
    given(received(), alleged())
      .when('OpenInvestigation', opened, { assigneeParties: [respondent] })
      .refuses('party-to-the-case');
  });

  it('does not follow a rejection', () =>
    given(received(), told('ComplaintRejected', { reasons: 'Out of scope.' }))
      .when('OpenInvestigation', opened)
      .refuses('already-ended'));
});

describe('evidence', () => {
  it('is put in by reference and hash', () =>
    given(received())
      .when('SubmitEvidence', { sha256, source: 'A witness' })
      .then({ type: 'EvidenceSubmitted', data: { ...submitted, documentId: madeId(0) } }));

  it('is a document that was uploaded to this case, with its hash', () => {
    const { documentId: _, ...elsewhere } = submitted;
    given(received())
      .when('SubmitEvidence', submitted, { uploaded: { sha256 } })
      .then({ type: 'EvidenceSubmitted', data: submitted });
    given(received()).when('SubmitEvidence', submitted).refuses('unknown-document');
    given(received())
      .when('SubmitEvidence', submitted, { uploaded: { sha256: 'b'.repeat(64) } })
      .refuses('document-differs');
    given(received())
      .when('SubmitEvidence', elsewhere)
      .then({ type: 'EvidenceSubmitted', data: { ...elsewhere, documentId: madeId(0) } });
  });

  it('is put in once', () => {
    given(received(), inEvidence).when('SubmitEvidence', submitted, { uploaded: { sha256 } }).then();
    given(received(), inEvidence)
      .when('SubmitEvidence', { ...submitted, sha256: 'b'.repeat(64) }, { uploaded: { sha256 } })
      .refuses('document-differs');
  });

  it('refuses a giver whom nobody registered', () =>
    given(received())
      .when(
        'SubmitEvidence',
        { sha256, source: 'A witness', submittedBy: stranger },
        { unknownParties: [stranger] },
      )
      .refuses('unknown-party'));

  it('cannot read a hash of another form', () =>
    given(received())
      .when('SubmitEvidence', { sha256: 'A'.repeat(64), source: 'A witness' })
      .isUnreadable());
});

describe('disclosing', () => {
  const case_ = given(received(), alleged(), inEvidence);

  it('shows a party the evidence', () =>
    case_
      .when('Disclose', { to: respondent, documentIds: [documentId] })
      .then({ type: 'DisclosureMade', data: { to: respondent, documentIds: [documentId] } }));

  it('refuses a stranger, and what is not in evidence', () => {
    case_.when('Disclose', { to: stranger, documentIds: [documentId] }).refuses('not-a-party');
    case_.when('Disclose', { to: respondent, documentIds: [anId(9)] }).refuses('unknown-document');
  });

  it('shows something: without evidence nothing is disclosed', () => {
    case_.when('Disclose', { to: respondent, documentIds: [] }).refuses('nothing-disclosed');
    given(received(), alleged())
      .when('Disclose', { to: respondent, documentIds: [] })
      .refuses('nothing-disclosed');
  });
});

describe('what parties answer', () => {
  it('is recorded', () =>
    given(received(), alleged())
      .when('RecordResponse', { from: respondent, response: 'It was not so.' })
      .then({ type: 'ResponseReceived', data: { from: respondent, response: 'It was not so.' } }));

  it('comes from a party to the case', () => {
    given(received(), underInvestigation)
      .when('RecordResponse', { from: stranger, response: 'Well.' })
      .refuses('not-a-party');
    given(received(), underInvestigation).when('CheckAccuracy', { by: stranger }).refuses('not-a-party');
  });

  it('includes the check of the facts, once there is an investigation', () => {
    given(received(), underInvestigation)
      .when('CheckAccuracy', { by: complainant })
      .then({ type: 'AccuracyCheckCompleted', data: { by: complainant } });
    given(received()).when('CheckAccuracy', { by: complainant }).refuses('not-under-investigation');
  });
});

describe('reporting', () => {
  it('ends the investigation', () =>
    given(received(), underInvestigation, inEvidence)
      .when('Report', { summary: 'It was so.', documentId })
      .then({ type: 'InvestigationReported', data: { summary: 'It was so.', documentId } }));

  it('needs an investigation, and an investigator still on the case', () => {
    given(received()).when('Report', { summary: 'It was so.' }).refuses('not-under-investigation');
    given(
      received(),
      underInvestigation,
      told('ConflictDeclared', { staffId: 'staff-2', nature: 'A cousin.' }),
    )
      .when('Report', { summary: 'It was so.' })
      .refuses('not-under-investigation');
  });

  it('cites only what is in evidence', () =>
    given(received(), underInvestigation)
      .when('Report', { summary: 'It was so.', documentId })
      .refuses('unknown-document'));
});
