import { describe, expect, it } from '@jest/globals';
import { anId, madeId } from '../../test/support/given.js';
import {
  complaintId,
  given,
  lying,
  respondent,
  sanctionId,
  shouting,
} from '../../test/support/resolution-case.js';
import type { ResolutionEvent } from './resolution.events.js';
import { standingOf, statusOf } from './resolution.standing.js';
import { absent as noComplaint } from '../complaints/complaint.state.js';

const source = {
  name: 'chicago-crms',
  id: 'C-1',
  fileSha256: 'a'.repeat(64),
  line: 2,
  flags: [],
};
const meantime = { complaint: noComplaint, policy: undefined, hearings: [] };

const imported: ResolutionEvent[] = [
  { type: 'ResolutionOpened', data: { complaintId, kind: 'formal', source } },
  { type: 'FindingMade', data: { allegationId: shouting, finding: 'upheld', by: [], source } },
  {
    type: 'SanctionImposed',
    data: { sanctionId, allegationIds: [shouting], kind: 'suspension', days: 30, source },
  },
];

describe('an imported resolution', () => {
  it('becomes one event for each finding and sanction, each marked as imported', () =>
    given()
      .when(
        'RecordLegacyResolution',
        {
          complaintId,
          source,
          findings: [
            { allegationId: shouting, finding: 'upheld', source },
            { allegationId: lying, finding: 'not-upheld', source: { ...source, line: 3 } },
          ],
          sanctions: [{ allegationIds: [shouting], kind: 'suspension', days: 30, source }],
        },
        meantime,
      )
      .then(
        { type: 'ResolutionOpened', data: { complaintId, kind: 'formal', source } },
        { type: 'FindingMade', data: { allegationId: shouting, finding: 'upheld', by: [], source } },
        {
          type: 'FindingMade',
          data: { allegationId: lying, finding: 'not-upheld', by: [], source: { ...source, line: 3 } },
        },
        {
          type: 'SanctionImposed',
          data: { sanctionId: madeId(0), allegationIds: [shouting], kind: 'suspension', days: 30, source },
        },
      ));

  it('may state a sanction without a finding, as registers do', () =>
    given()
      .when(
        'RecordLegacyResolution',
        {
          complaintId,
          source,
          findings: [],
          sanctions: [{ allegationIds: [lying], kind: 'warning', source }],
        },
        meantime,
      )
      .then(
        { type: 'ResolutionOpened', data: { complaintId, kind: 'formal', source } },
        {
          type: 'SanctionImposed',
          data: { sanctionId: madeId(0), allegationIds: [lying], kind: 'warning', source },
        },
      ));

  it('is refused when it states nothing, states two findings on one allegation, or lies in the future', () => {
    const findings = [{ allegationId: shouting, finding: 'upheld', source }];
    const attempt = { complaintId, source, findings, sanctions: [] };
    given()
      .when('RecordLegacyResolution', { ...attempt, findings: [] }, meantime)
      .refuses('nothing-decided');
    given()
      .when('RecordLegacyResolution', { ...attempt, findings: [...findings, ...findings] }, meantime)
      .refuses('finding-exists');
    given()
      .when('RecordLegacyResolution', attempt, { ...meantime, on: '2026-03-03' })
      .refuses('occurred-in-future');
  });

  it('is final: it holds nothing up, and its allegation counts as determined', () => {
    const state = given(...imported).state();
    expect(statusOf(state)).toBe('imported');
    expect(standingOf(state)).toEqual({
      found: [shouting],
      unfinished: false,
      appealPending: false,
      appealUntil: null,
      agreedOn: null,
    });
    given(...imported)
      .when('SubmitForReview', {})
      .refuses('decision-imported');
    given(...imported)
      .when('LodgeAppeal', { by: respondent, grounds: 'Unfair.' })
      .refuses('decision-not-notified');
  });

  it('makes nobody who imported it a maker of the decision', () =>
    expect(given(...imported.map((event) => ({ ...event, by: 'importer' }))).state()).toMatchObject({
      makers: [],
    }));

  it('lets its sanctions be completed or breached', () => {
    given(...imported)
      .when('CompleteSanction', { sanctionId })
      .then({ type: 'SanctionCompleted', data: { sanctionId } });
    given(...imported)
      .when('BreachSanction', { sanctionId: anId(99), details: 'Came to the meeting.' })
      .refuses('unknown-sanction');
  });
});
