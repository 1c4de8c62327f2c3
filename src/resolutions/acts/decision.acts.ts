import { z } from 'zod';
import { allegationOf, partiesOf } from '../../complaints/complaint.context.js';
import { refuseUnlessOne } from '../../event-store/decider.js';
import { RuleBroken } from '../../event-store/errors.js';
import { id, personal, memberRef } from '../../event-store/schema.js';
import {
  checkAnyAppeal,
  checkDeciders,
  checkDraft,
  checkIndependent,
  checkSat,
  checkStage,
  checkTerm,
  isUpheld,
  standingFindings,
  successfulAppeal,
} from '../resolution.checks.js';
import {
  actWhileOpen,
  caseOf,
  isKnown,
  procedureOf,
  type ResolutionContext,
  type Surroundings,
} from '../resolution.context.js';
import { findingWord, sanctionKind, sanctionTerms, standardOfProof } from '../resolution.events.js';
import { known, type Resolution } from '../resolution.state.js';

const reasons = personal('case').describe('Why; kept with the event.');

export const findingInput = z.strictObject({
  allegationId: id,
  finding: findingWord,
  standardOfProof,
  reasons,
});

const checkNotFound = (resolution: Resolution, { foundElsewhere }: Surroundings, allegationId: string) => {
  const here = standingFindings(resolution).some((finding) => finding.allegationId === allegationId);
  if (here || foundElsewhere.includes(allegationId))
    throw new RuleBroken(
      'finding-exists',
      `Allegation ${allegationId} has a finding already. A veto or an appeal takes it away.`,
    );
};

/** Where nobody is named in the allegation, whoever the case is about must have seen the evidence. */
const checkDisclosed = (context: Surroundings, respondentRef: string | undefined) => {
  const { disclosedTo, respondentRefs } = caseOf(context);
  const respondents = respondentRef === undefined ? respondentRefs : [respondentRef];
  const unseen = respondents.find((respondent) => !disclosedTo.includes(respondent));
  if (procedureOf(context).disclosureBeforeFinding && unseen !== undefined)
    throw new RuleBroken('not-disclosed', `Disclose the evidence to ${unseen} before making a finding.`);
};

/** What appeals sent back of this allegation, here or in another resolution of the case. */
const sentBack = (resolution: Resolution, context: Surroundings, allegationId: string) =>
  [...known(resolution).sentBack, ...context.sentBackElsewhere].filter(({ allegationIds }) =>
    allegationIds.includes(allegationId),
  );

/**
 * The hearings on which a finding may rest: the one that the resolution names, else any of the case, where the policy
 * requires one. What was heard before the matter was sent back does not count again.
 */
const heardFor = (resolution: Resolution, context: Surroundings, undone: readonly string[]) => {
  const { hearingId } = known(resolution);
  const named = hearingId === undefined || undone.includes(hearingId) ? undefined : hearingId;
  if (named === undefined && !procedureOf(context).hearingRequired) return [];
  const heard = context.hearings.filter(
    (hearing) =>
      hearing.kind === 'first' &&
      hearing.concludedOn !== null &&
      hearing.concludedOn <= context.on &&
      !undone.includes(hearing.hearingId) &&
      (named ?? hearing.hearingId) === hearing.hearingId,
  );
  if (heard.length === 0)
    throw new RuleBroken(
      'not-heard',
      'This finding rests on a hearing. Conclude the hearing before making the finding.',
    );
  return heard;
};

/** Nobody who decided, reviewed or heard what was sent back decides it again. */
const checkFresh = (people: readonly string[], before: readonly string[]) => {
  const again = people.find((staffId) => before.includes(staffId));
  if (again !== undefined)
    throw new RuleBroken(
      'decided-before-remittal',
      `${again} took part in the decision that was sent back. Somebody else must decide anew.`,
    );
};

/** What was undone of that allegation, and whoever took part in it. */
const undoneOf = (resolution: Resolution, context: Surroundings, allegationId: string) => {
  const undone = sentBack(resolution, context, allegationId);
  const hearingIds = undone.flatMap((each) => each.hearingIds);
  const sat = context.hearings.filter(({ hearingId }) => hearingIds.includes(hearingId));
  const people = [...undone.flatMap((each) => each.people), ...sat.flatMap(({ panel }) => panel)];
  return { hearingIds, people };
};

const checkMayDecide = (people: readonly string[], context: Surroundings, before: readonly string[]) => {
  checkFresh(people, before);
  for (const staffId of people) checkStage(staffId, context);
};

/** What a finding on that allegation rests on; refuses where none can be made now, whoever decides. */
const checkRipe = (resolution: Resolution, context: Surroundings, allegationId: string) => {
  const { respondentRef } = allegationOf(context.complaint, allegationId);
  checkNotFound(resolution, context, allegationId);
  checkDisclosed(context, respondentRef);
  const { hearingIds, people: before } = undoneOf(resolution, context, allegationId);
  const heard = heardFor(resolution, context, hearingIds);
  checkMayDecide([context.actor.id], context, before);
  return { heard, before };
};

const checkAnyRipe = (resolution: Resolution, context: Surroundings) =>
  refuseUnlessOne(
    caseOf(context).allegations,
    ({ allegationId }) => checkRipe(resolution, context, allegationId),
    () => new RuleBroken('unknown-allegation', 'This case has no allegation to decide on. Add one first.'),
  );

interface Concerned {
  readonly allegationIds: readonly string[];
  readonly respondentRef: string | undefined;
}

/** On whom, and for which allegations; each of the two follows from the other where it is not given. */
const concerned = (resolution: Resolution, context: Surroundings, asked: Concerned): Concerned => {
  const found = standingFindings(resolution)
    .filter(isUpheld)
    .map(({ allegationId }) => allegationId);
  const upheld = caseOf(context).allegations.filter(
    ({ allegationId, withdrawn }) => !withdrawn && found.includes(allegationId),
  );
  const without = asked.allegationIds.find(
    (each) => !upheld.some(({ allegationId }) => allegationId === each),
  );
  if (without !== undefined)
    throw new RuleBroken('no-upheld-finding', `No finding upholds allegation ${without}, even in part.`);
  const chosen = upheld.filter(({ allegationId, respondentRef }) =>
    asked.allegationIds.length > 0
      ? asked.allegationIds.includes(allegationId)
      : respondentRef === asked.respondentRef,
  );
  if (chosen.length === 0)
    throw new RuleBroken('no-upheld-finding', 'No finding upholds anything against this respondent.');
  const respondents = [...new Set([asked, ...chosen].flatMap(({ respondentRef: each }) => each ?? []))];
  if (respondents.length > 1)
    throw new RuleBroken(
      'several-respondents',
      'These allegations are not all about that one respondent. Impose a sanction on each of them.',
    );
  const respondentRef = respondents[0];
  if (respondentRef !== undefined && !partiesOf(caseOf(context)).includes(respondentRef))
    throw new RuleBroken('not-a-party', `${respondentRef} is not a party to this case.`);
  return { allegationIds: chosen.map(({ allegationId }) => allegationId), respondentRef };
};

/** What follows from a finding is decided by whoever could have made it. */
const checkMaySanction = (resolution: Resolution, context: Surroundings, allegationId: string) =>
  checkMayDecide([context.actor.id], context, undoneOf(resolution, context, allegationId).people);

/** A sanction is part of a draft, or follows an appeal that succeeded. */
const checkImposable = (resolution: Resolution, context: Partial<ResolutionContext>) => {
  const throughAppeal = () => {
    checkAnyAppeal(resolution, ({ appealId }) => successfulAppeal(resolution, appealId));
    if (isKnown(context)) checkIndependent(resolution, context);
  };
  const none = () => new RuleBroken('no-upheld-finding', 'Nothing is upheld yet. Make the finding first.');
  const inDraft = () => {
    checkDraft(resolution, context);
    if (isKnown(context))
      refuseUnlessOne(
        standingFindings(resolution),
        ({ allegationId }) => checkMaySanction(resolution, context, allegationId),
        none,
      );
  };
  refuseUnlessOne([throughAppeal, inDraft], (way) => way(), none);
  if (isKnown(context))
    refuseUnlessOne(
      standingFindings(resolution),
      ({ allegationId }) =>
        concerned(resolution, context, { allegationIds: [allegationId], respondentRef: undefined }),
      none,
    );
};

/** What is found, and what follows from it. */
export const decisionActs = {
  MakeFinding: actWhileOpen({
    summary: 'Decide one allegation.',
    when: 'open',
    input: z.strictObject({
      ...findingInput.shape,
      by: z
        .array(memberRef)
        .min(1)
        .max(20)
        .optional()
        .describe(
          'Who decided: of those who heard the case, where it was heard; whoever records it, when absent.',
        ),
    }),
    possible: checkDraft,
    conceivable: (resolution, context) => {
      if (isKnown(context)) checkAnyRipe(resolution, context);
    },
    decide: ({ by = [], ...data }, resolution, context) => {
      const { heard, before } = checkRipe(resolution, context, data.allegationId);
      const deciders = by.length > 0 ? by : [context.actor.id];
      checkDeciders(context);
      checkMayDecide(deciders, context, before);
      checkSat(deciders, heard);
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
    conceivable: checkImposable,
    decide: ({ allegationIds, respondentRef, ...data }, resolution, context) => {
      if (data.appealId === undefined) checkDraft(resolution, context);
      else {
        successfulAppeal(resolution, data.appealId);
        checkIndependent(resolution, context);
      }
      checkTerm(data);
      if (allegationIds.length === 0 && respondentRef === undefined)
        throw new RuleBroken('sanction-on-nobody', 'Say for which allegations or on which respondent.');
      const on = concerned(resolution, context, { allegationIds, respondentRef });
      if (data.appealId === undefined)
        for (const allegationId of on.allegationIds) checkMaySanction(resolution, context, allegationId);
      return [
        {
          type: 'SanctionImposed',
          data: { ...data, ...on, allegationIds: [...on.allegationIds], sanctionId: context.idFor(0) },
        },
      ];
    },
  }),
};
