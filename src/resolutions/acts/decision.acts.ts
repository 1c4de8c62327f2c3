import { z } from 'zod';
import { allegationOf, partiesOf } from '../../complaints/complaint.context.js';
import { RuleBroken } from '../../event-store/errors.js';
import { id, personal, staffRef } from '../../event-store/schema.js';
import {
  checkDraft,
  checkIndependent,
  checkNotRecused,
  checkSpan,
  isUpheld,
  standingFindings,
  successfulAppeal,
} from '../resolution.checks.js';
import { actWhileOpen, caseOf, procedureOf, type ResolutionContext } from '../resolution.context.js';
import { findingWord, sanctionKind, sanctionTerms, standardOfProof } from '../resolution.events.js';
import { known, type Resolution } from '../resolution.state.js';

const reasons = personal('case').describe('Why; kept with the event.');

export const findingInput = z.strictObject({
  allegationId: id,
  finding: findingWord,
  standardOfProof,
  reasons,
});

const checkNotFound = (
  resolution: Resolution,
  { foundElsewhere }: ResolutionContext,
  allegationId: string,
) => {
  const here = standingFindings(resolution).some((finding) => finding.allegationId === allegationId);
  if (here || foundElsewhere.includes(allegationId))
    throw new RuleBroken(
      'finding-exists',
      `Allegation ${allegationId} has a finding already. A veto or an appeal takes it away.`,
    );
};

/** Where nobody is named in the allegation, whoever the case is about must have seen the evidence. */
const checkDisclosed = (context: ResolutionContext, respondentRef: string | undefined) => {
  const { disclosedTo, respondentRefs } = caseOf(context);
  const respondents = respondentRef === undefined ? respondentRefs : [respondentRef];
  const unseen = respondents.find((respondent) => !disclosedTo.includes(respondent));
  if (procedureOf(context).disclosureBeforeFinding && unseen !== undefined)
    throw new RuleBroken('not-disclosed', `Disclose the evidence to ${unseen} before making a finding.`);
};

/** What was heard before the matter was sent back does not count again, nor does the hearing that was named then. */
const checkHeard = (resolution: Resolution, context: ResolutionContext) => {
  if (!procedureOf(context).hearingRequired) return;
  const { hearingId, undoneHearings } = known(resolution);
  const named = hearingId === undefined || undoneHearings.includes(hearingId) ? undefined : hearingId;
  const heard = context.hearings.some(
    (hearing) =>
      hearing.kind === 'first' &&
      hearing.concludedOn !== null &&
      hearing.concludedOn <= context.on &&
      !undoneHearings.includes(hearing.hearingId) &&
      (named ?? hearing.hearingId) === hearing.hearingId,
  );
  if (!heard)
    throw new RuleBroken('not-heard', 'The policy requires a hearing. Conclude it before making a finding.');
};

/** Nobody who decided, reviewed or heard what was sent back decides it again. */
const checkFresh = (resolution: Resolution, context: ResolutionContext, people: readonly string[]) => {
  const { undone, undoneHearings } = known(resolution);
  const heard = context.hearings.filter(({ hearingId }) => undoneHearings.includes(hearingId));
  const before = [...undone, ...heard.flatMap(({ panel }) => panel)];
  const again = people.find((staffId) => before.includes(staffId));
  if (again !== undefined)
    throw new RuleBroken(
      'decided-before-remittal',
      `${again} took part in the decision that was sent back. Somebody else must decide anew.`,
    );
};

interface Concerned {
  readonly allegationIds: readonly string[];
  readonly respondentRef: string | undefined;
}

/** On whom, and for which allegations; each of the two follows from the other where it is not given. */
const concerned = (resolution: Resolution, context: ResolutionContext, asked: Concerned): Concerned => {
  const upheld = standingFindings(resolution).filter(isUpheld);
  const without = asked.allegationIds.find(
    (each) => !upheld.some(({ allegationId }) => allegationId === each),
  );
  if (without !== undefined)
    throw new RuleBroken('no-upheld-finding', `No finding upholds allegation ${without}, even in part.`);
  const respondentOf = (each: string) => allegationOf(context.complaint, each).respondentRef;
  const chosen =
    asked.allegationIds.length > 0
      ? asked.allegationIds
      : upheld
          .map(({ allegationId }) => allegationId)
          .filter((each) => respondentOf(each) === asked.respondentRef);
  if (chosen.length === 0)
    throw new RuleBroken('no-upheld-finding', 'No finding upholds anything against this respondent.');
  const respondents = [
    ...new Set([asked.respondentRef, ...chosen.map(respondentOf)].flatMap((ref) => ref ?? [])),
  ];
  if (respondents.length > 1)
    throw new RuleBroken(
      'several-respondents',
      'These allegations are not all about that one respondent. Impose a sanction on each of them.',
    );
  const respondentRef = respondents[0];
  if (respondentRef !== undefined && !partiesOf(caseOf(context)).includes(respondentRef))
    throw new RuleBroken('not-a-party', `${respondentRef} is not a party to this case.`);
  return { allegationIds: chosen, respondentRef };
};

/** What is found, and what follows from it. */
export const decisionActs = {
  MakeFinding: actWhileOpen({
    summary: 'Decide one allegation.',
    when: 'open',
    input: z.strictObject({
      ...findingInput.shape,
      by: z
        .array(staffRef)
        .min(1)
        .max(20)
        .optional()
        .describe('Who decided; whoever records it, when absent.'),
    }),
    decide: ({ by = [], ...data }, resolution, context) => {
      checkDraft(resolution);
      const { respondentRef } = allegationOf(context.complaint, data.allegationId);
      checkNotFound(resolution, context, data.allegationId);
      checkDisclosed(context, respondentRef);
      checkHeard(resolution, context);
      const deciders = by.length > 0 ? by : [context.actor.id];
      checkNotRecused(context, deciders);
      checkFresh(resolution, context, [context.actor.id, ...deciders]);
      return [{ type: 'FindingMade', data: { ...data, by: deciders } }];
    },
  }),

  ImposeSanction: actWhileOpen({
    summary: 'Impose a sanction for what was upheld.',
    when: 'open',
    input: z.strictObject({
      allegationIds: z
        .array(id)
        .max(100)
        .default([])
        .describe('For what; all upheld of that respondent, when absent.'),
      respondentRef: id.optional().describe('On whom; the respondent of the allegations, when absent.'),
      kind: sanctionKind,
      ...sanctionTerms,
      suspended: z.boolean().default(false).describe('Suspended from immediate effect.'),
      reasons,
      appealId: id.optional().describe('The appeal through which it is imposed, once the parties were told.'),
    }),
    decide: ({ allegationIds, respondentRef, ...data }, resolution, context) => {
      if (data.appealId === undefined) checkDraft(resolution);
      else {
        successfulAppeal(resolution, data.appealId);
        checkIndependent(resolution, context);
      }
      checkSpan(data);
      if (allegationIds.length === 0 && respondentRef === undefined)
        throw new RuleBroken('sanction-on-nobody', 'Say for which allegations or on which respondent.');
      const on = concerned(resolution, context, { allegationIds, respondentRef });
      return [
        {
          type: 'SanctionImposed',
          data: { ...data, ...on, allegationIds: [...on.allegationIds], sanctionId: context.idFor(0) },
        },
      ];
    },
  }),
};
