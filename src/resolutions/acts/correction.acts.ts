import { correctEntry, correctionInput } from '../../event-store/correction.js';
import { RuleBroken } from '../../event-store/errors.js';
import type { Entry } from '../../event-store/event.js';
import { fold } from '../../event-store/fold.js';
import { checkParties, checkSpan, checkTerm, decisionNotifications } from '../resolution.checks.js';
import { actInWords, type ResolutionContext } from '../resolution.context.js';
import { resolutionEvents, type ResolutionEvent } from '../resolution.events.js';
import { absent, evolve, known, type KnownResolution, type Resolution } from '../resolution.state.js';

/** What later entries rest on: another act changes it, not a correction. */
const FIXED: ReadonlySet<string> = new Set(
  `complaintId hearingId allegationId allegationIds sanctionId remedyId appealId undoneHearings by late source`.split(
    ' ',
  ),
);

/** What was decided. */
const SUBSTANCE: ReadonlySet<string> = new Set(
  'finding outcome kind respondentRef from until days suspended'.split(' '),
);

/** Begun, and nothing more. */
const isUntouched = ({ findings, remedies, sanctions, agreement }: KnownResolution): boolean =>
  agreement === undefined && [findings, remedies, sanctions].every(({ length }) => length === 0);

const isDraft = (resolution: Resolution): boolean => {
  const { imported, review } = known(resolution);
  const settled = review === 'submitted' || review === 'verified';
  return imported || (!settled && decisionNotifications(resolution).length === 0);
};

const checkCorrectable = (resolution: Resolution, type: string, field: string): void => {
  if (type === 'ResolutionOpened' || FIXED.has(field))
    throw new RuleBroken(
      'not-correctable',
      `${field} cannot be corrected: later entries rest on it. Record the act that changes it instead.`,
    );
  if (SUBSTANCE.has(field) && !isDraft(resolution))
    throw new RuleBroken(
      'decision-stands',
      `${field} is part of what was decided. A veto or an appeal changes it, not a correction.`,
    );
};

/** A correction makes a resolution that could have come about. */
const checkConsistent = (
  { sanctions, notifications, agreement, remedies }: KnownResolution,
  context: ResolutionContext,
): void => {
  sanctions.forEach(checkSpan);
  checkParties(context, [
    ...sanctions.flatMap(({ respondentRef }) => respondentRef ?? []),
    ...notifications.flatMap(({ to }) => to),
    ...remedies.flatMap(({ to }) => to ?? []),
    ...(agreement?.agreedBy ?? []),
  ]);
  for (const { notifiedOn, appealUntil = notifiedOn } of notifications) {
    if (notifiedOn > context.today)
      throw new RuleBroken(
        'occurred-in-future',
        `${notifiedOn} has not come yet. Give the day they were told.`,
      );
    if (appealUntil < notifiedOn)
      throw new RuleBroken(
        'appeal-ends-before-it-begins',
        `They were told on ${notifiedOn}; their time to appeal cannot have ended on ${appealUntil}.`,
      );
  }
};

/** A sanction whose own terms are corrected has a term afterwards, as if it were imposed so. */
const checkCorrectedTerm = (
  { sanctions, imported }: KnownResolution,
  { type, data }: Entry<ResolutionEvent>,
  field: string,
): void => {
  if (imported || type !== 'SanctionImposed' || !SUBSTANCE.has(field)) return;
  const sanction = sanctions.find(({ sanctionId }) => sanctionId === data.sanctionId);
  if (sanction) checkTerm(sanction);
};

/** Corrections are for slips; they are no way around the review or the appeal. */
export const correctionActs = {
  CorrectEntry: actInWords({
    summary: 'Correct an entry; both the old and the new stay on record.',
    when: 'existing',
    input: correctionInput,
    possible: (resolution) => {
      if (isUntouched(known(resolution)))
        throw new RuleBroken(
          'not-correctable',
          'This resolution was only begun: there is nothing in it to correct. Open another one.',
        );
    },
    decide: (data, resolution, context) => {
      const history = context.history as readonly Entry<ResolutionEvent>[];
      const correction = correctEntry(resolutionEvents, data, history);
      const target = history.find(({ id }) => id === data.eventId) as Entry<ResolutionEvent>;
      checkCorrectable(resolution, target.type, data.path[0] ?? '');
      const entry = { ...target, ...correction, id: context.idFor(0) };
      const corrected = known(fold({ initial: absent, evolve }, [...history, entry]));
      checkConsistent(corrected, context);
      checkCorrectedTerm(corrected, target, data.path[0] ?? '');
      return [correction];
    },
  }),
};
