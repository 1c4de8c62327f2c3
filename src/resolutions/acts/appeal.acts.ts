import { z } from 'zod';
import { partiesOf } from '../../complaints/complaint.context.js';
import { refuseUnlessOne } from '../../event-store/decider.js';
import { RuleBroken } from '../../event-store/errors.js';
import { id, personal, memberRef } from '../../event-store/schema.js';
import {
  appealOf,
  checkAnyAppeal,
  checkDeciders,
  checkIndependent,
  checkParties,
  checkSat,
  decisionNotifications,
  isLive,
  isOpen,
  isUpheld,
  standingFindings,
} from '../resolution.checks.js';
import {
  actInWords,
  actWhileOpen,
  caseOf,
  isKnown,
  procedureOf,
  type ResolutionContext,
  type Surroundings,
} from '../resolution.context.js';
import { appealOutcome, type ResolutionEvent } from '../resolution.events.js';
import { known, type Resolution } from '../resolution.state.js';
import { findingInput } from './decision.acts.js';

const reasons = personal('case').describe('Why; kept with the event.');

/** The party's own time to appeal, or the latest of anybody's where they were not told themselves. */
const appealUntil = (resolution: Resolution, party: string): string => {
  const told = decisionNotifications(resolution);
  const own = told.find(({ to }) => to.includes(party))?.appealUntil;
  return (
    own ??
    told
      .flatMap((each) => each.appealUntil ?? [])
      .toSorted()
      .at(-1) ??
    ''
  );
};

const checkDecisionAppealable = (resolution: Resolution, context: Surroundings) => {
  if (procedureOf(context).appealWindowDays === 0)
    throw new RuleBroken('no-appeal', 'The procedure of this case knows no appeal.');
  if (decisionNotifications(resolution).length === 0)
    throw new RuleBroken('decision-not-notified', 'There is no decision yet that the parties were told.');
};

const checkAppellant = (resolution: Resolution, context: Surroundings, party: string) => {
  checkParties(context, [party]);
  if (known(resolution).appeals.some((appeal) => isOpen(appeal) && appeal.by === party))
    throw new RuleBroken(
      'appeal-already-open',
      `${party} has an appeal on this decision that is still open.`,
    );
};

/** Somebody is left who may appeal; in time or, with reasons, late. */
const checkAnyAppellant = (resolution: Resolution, context: Partial<ResolutionContext>) => {
  if (isKnown(context))
    refuseUnlessOne(
      partiesOf(caseOf(context)),
      (party) => checkAppellant(resolution, context, party),
      () => new RuleBroken('not-a-party', 'This case knows no party who could appeal.'),
    );
};

const checkInTime = (
  until: string,
  { complaint, on }: ResolutionContext,
  lateReasons: string | undefined,
) => {
  if (lateReasons !== undefined) return;
  if (complaint.phase === 'closed')
    throw new RuleBroken(
      'complaint-closed',
      'The case is closed. Give lateReasons to ask that the appeal be admitted all the same, or reopen the case.',
    );
  if (on > until)
    throw new RuleBroken(
      'appeal-out-of-time',
      `An appeal was possible until ${until}. Give lateReasons to ask that it be admitted all the same.`,
    );
};

const checkLodged = (resolution: Resolution, appealId: string) => {
  const { status } = appealOf(resolution, appealId);
  if (status !== 'lodged')
    throw new RuleBroken('appeal-not-lodged', `Appeal ${appealId} was dealt with: ${status}.`);
};

const checkAdmitted = (resolution: Resolution, appealId: string) => {
  const { status } = appealOf(resolution, appealId);
  if (status !== 'admitted')
    throw new RuleBroken(
      'appeal-not-admitted',
      `Appeal ${appealId} is ${status}. Only an admitted one is decided.`,
    );
};

const checkAnyLodged = (resolution: Resolution) =>
  checkAnyAppeal(resolution, ({ appealId }) => checkLodged(resolution, appealId));

const checkActor = (resolution: Resolution, context: Partial<ResolutionContext>) => {
  if (isKnown(context)) checkIndependent(resolution, context);
};

/** An appeal that is to be heard is decided after it was heard. */
const checkHeard = (appealId: string, { hearings }: Surroundings) => {
  const pending = hearings.find(
    ({ kind, live, appealIds }) => kind === 'appeal' && live && (appealIds?.includes(appealId) ?? true),
  );
  if (pending?.hidden)
    throw new RuleBroken(
      'hearing-not-shown',
      'A hearing of this appeal that is not shown to you is not over. Ask a head of casework to whom it is shown; then decide the appeal.',
    );
  if (pending)
    throw new RuleBroken(
      'appeal-hearing-pending',
      `Hearing ${pending.hearingId} of this appeal is not over. Conclude it, or vacate or cancel it when the appeal is decided on paper.`,
    );
};

/** Those who heard it decide it, where a hearing names it. */
const heardOf = (appealId: string, { hearings, on }: ResolutionContext) =>
  hearings.filter(
    ({ appealIds, concludedOn }) =>
      appealIds?.includes(appealId) && concludedOn !== null && concludedOn <= on,
  );

const checkOutcome = (outcome: string, findings: readonly unknown[]) => {
  if (findings.length > 0 && outcome !== 'upheld' && outcome !== 'varied')
    throw new RuleBroken('appeal-changes-nothing', `An appeal that is ${outcome} makes no new finding.`);
};

type Replaced = readonly z.output<typeof findingInput>[];

const checkReplaced = (resolution: Resolution, findings: Replaced) => {
  const standing = standingFindings(resolution).map(({ allegationId }) => allegationId);
  const foreign = findings.find(({ allegationId }) => !standing.includes(allegationId));
  if (foreign)
    throw new RuleBroken(
      'not-in-this-decision',
      `This decision holds no finding on allegation ${foreign.allegationId} to replace.`,
    );
};

/** A sanction whose every finding is gone has lost its ground, and falls with it. */
const groundless = (
  resolution: Resolution,
  { appealId, outcome, findings }: { appealId: string; outcome: string; findings: Replaced },
  why: string,
): ResolutionEvent[] => {
  const replaced = new Map(findings.map((finding) => [finding.allegationId, finding]));
  const grounds = new Set(
    outcome === 'remitted'
      ? []
      : standingFindings(resolution)
          .map((finding) => replaced.get(finding.allegationId) ?? finding)
          .filter(isUpheld)
          .map(({ allegationId }) => allegationId),
  );
  return known(resolution)
    .sanctions.filter(
      (sanction) => isLive(sanction) && !sanction.allegationIds.some((each) => grounds.has(each)),
    )
    .map(({ sanctionId }) => ({ type: 'SanctionQuashed', data: { sanctionId, appealId, reasons: why } }));
};

const undone = (outcome: string, { hearings }: ResolutionContext) =>
  outcome === 'remitted'
    ? {
        undoneHearings: hearings
          .filter(({ kind, concludedOn }) => kind === 'first' && concludedOn !== null)
          .map(({ hearingId }) => hearingId),
      }
    : {};

/** How a decision is appealed. */
export const appealActs = {
  LodgeAppeal: actInWords({
    summary: 'Record that a party appeals.',
    when: 'open',
    input: z.strictObject({
      by: id.describe('The party who appeals.'),
      grounds: personal('case'),
      lateReasons: personal('case').optional().describe('Why it comes late, when it does.'),
    }),
    possible: (resolution, context) => {
      if (isKnown(context)) checkDecisionAppealable(resolution, context);
    },
    conceivable: checkAnyAppellant,
    decide: (data, resolution, context) => {
      checkAppellant(resolution, context, data.by);
      const until = appealUntil(resolution, data.by);
      checkInTime(until, context, data.lateReasons);
      return [
        { type: 'AppealLodged', data: { ...data, appealId: context.idFor(0), late: context.on > until } },
      ];
    },
  }),

  AdmitAppeal: actInWords({
    summary: 'Admit an appeal.',
    when: 'open',
    input: z.strictObject({ appealId: id, reasons }),
    possible: checkActor,
    conceivable: checkAnyLodged,
    decide: (data, resolution) => {
      checkLodged(resolution, data.appealId);
      return [{ type: 'AppealAdmitted', data }];
    },
  }),

  RefuseAppeal: actInWords({
    summary: 'Refuse to admit an appeal.',
    when: 'open',
    input: z.strictObject({ appealId: id, reasons }),
    possible: checkActor,
    conceivable: checkAnyLodged,
    decide: (data, resolution) => {
      checkLodged(resolution, data.appealId);
      return [{ type: 'AppealRefused', data }];
    },
  }),

  DetermineAppeal: actWhileOpen({
    summary:
      'Decide an admitted appeal. When it is remitted, the decision is undone and made anew by others.',
    when: 'open',
    input: z.strictObject({
      appealId: id,
      outcome: appealOutcome,
      reasons,
      findings: z
        .array(findingInput)
        .max(100)
        .default([])
        .describe('Findings that replace those of the decision; sanctions left without ground fall.'),
      by: z
        .array(memberRef)
        .min(1)
        .max(20)
        .optional()
        .describe('Who decided; whoever records it, when absent.'),
    }),
    possible: checkActor,
    conceivable: (resolution, context) =>
      checkAnyAppeal(resolution, ({ appealId }) => {
        checkAdmitted(resolution, appealId);
        if (isKnown(context)) checkHeard(appealId, context);
      }),
    decide: ({ findings, by: named, ...data }, resolution, context) => {
      checkAdmitted(resolution, data.appealId);
      checkHeard(data.appealId, context);
      const by = named ?? [context.actor.id];
      checkDeciders(context);
      checkIndependent(resolution, context, by);
      checkSat(by, heardOf(data.appealId, context));
      checkOutcome(data.outcome, findings);
      checkReplaced(resolution, findings);
      const { appealId, outcome } = data;
      return [
        { type: 'AppealDetermined', data: { ...data, by, ...undone(outcome, context) } },
        ...findings.map((finding) => ({ type: 'FindingMade', data: { ...finding, by, appealId } }) as const),
        ...groundless(resolution, { appealId, outcome, findings }, data.reasons),
      ];
    },
  }),
};
