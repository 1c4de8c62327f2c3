import { correctEntry, correctionInput } from '../../event-store/correction.js';
import { RuleBroken } from '../../event-store/errors.js';
import { act } from '../resolution.context.js';
import { decisionNotifications } from '../resolution.checks.js';
import { resolutionEvents } from '../resolution.events.js';
import { known, type Resolution } from '../resolution.state.js';

/** What ties an entry to its case, allegation, sanction or appeal, and who decided: another entry, not a correction. */
const FIXED = [
  'complaintId',
  'kind',
  'hearingId',
  'allegationId',
  'allegationIds',
  'sanctionId',
  'appealId',
  'by',
];

/** What was decided. */
const SUBSTANCE = ['kind', 'finding', 'outcome', 'respondentRef', 'from', 'until', 'suspended'];

const isDraft = (resolution: Resolution): boolean => {
  const { imported, review } = known(resolution);
  const settled = review === 'submitted' || review === 'verified';
  return imported || (!settled && decisionNotifications(resolution).length === 0);
};

/** Corrections are for slips; they are no way around the review or the appeal. */
export const correctionActs = {
  CorrectEntry: act({
    summary: 'Correct an entry; both the old and the new stay on record.',
    when: 'existing',
    input: correctionInput,
    decide: (data, resolution, { history }) => {
      const [field = ''] = data.path;
      const opening = history.some(({ id, type }) => id === data.eventId && type === 'ResolutionOpened');
      if (opening || FIXED.includes(field))
        throw new RuleBroken(
          'not-correctable',
          `${field} says what the entry is about; it is not corrected.`,
        );
      if (SUBSTANCE.includes(field) && !isDraft(resolution))
        throw new RuleBroken(
          'decision-stands',
          `${field} is part of what was decided. A veto or an appeal changes it, not a correction.`,
        );
      return [correctEntry(resolutionEvents, data, history)];
    },
  }),
};
