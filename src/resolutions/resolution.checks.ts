import { partiesOf, refuseEarlierHandlers, refuseTheConflicted } from '../complaints/complaint.context.js';
import { refuseUnlessOne } from '../event-store/decider.js';
import { RuleBroken } from '../event-store/errors.js';
import {
  caseOf,
  isKnown,
  type HearingFacts,
  type ResolutionContext,
  type Surroundings,
} from './resolution.context.js';
import {
  known,
  type Appeal,
  type Finding,
  type Notification,
  type Resolution,
  type Sanction,
} from './resolution.state.js';

/** Questions that several acts ask of a resolution and its case. */

export const standingFindings = (resolution: Resolution): readonly Finding[] =>
  known(resolution).findings.filter(({ standing }) => standing === 'stands');

export const isUpheld = ({ finding }: Pick<Finding, 'finding'>): boolean => finding !== 'not-upheld';

/** Notifications of the decision itself, not of an appeal's outcome. */
export const decisionNotifications = (resolution: Resolution): readonly Notification[] =>
  known(resolution).notifications.filter(({ appealId }) => appealId === undefined);

/** In force, or waiting for the end of a stay. */
export const isLive = ({ status }: Sanction): boolean => ['imposed', 'stayed', 'breached'].includes(status);

export const checkParties = (context: Surroundings, parties: readonly string[]): void => {
  const sides = partiesOf(caseOf(context));
  const stranger = parties.find((party) => !sides.includes(party));
  if (stranger !== undefined) throw new RuleBroken('not-a-party', `${stranger} is not a party to this case.`);
};

export const appealOf = (resolution: Resolution, appealId: string): Appeal => {
  const appeal = known(resolution).appeals.find((each) => each.appealId === appealId);
  if (!appeal) throw new RuleBroken('unknown-appeal', `This resolution has no appeal ${appealId}.`);
  return appeal;
};

/** For an act through or on an appeal: refuses when none of them bears it. */
export const checkAnyAppeal = (resolution: Resolution, check: (appeal: Appeal) => unknown): void =>
  refuseUnlessOne(
    known(resolution).appeals,
    check,
    () => new RuleBroken('unknown-appeal', 'This resolution has no appeal.'),
  );

/** The same for sanctions. */
export const checkAnySanction = (resolution: Resolution, check: (sanction: Sanction) => unknown): void =>
  refuseUnlessOne(
    known(resolution).sanctions,
    check,
    () => new RuleBroken('unknown-sanction', 'This resolution has no sanction.'),
  );

export const isOpen = ({ status }: Appeal): boolean => status === 'lodged' || status === 'admitted';

/** What was begun at one stage is not gone on with at the next: that is decided anew, by others, in a resolution of its own. */
export const refuseEarlierStage = ({ begunEarlier }: Partial<ResolutionContext>): void => {
  if (begunEarlier)
    throw new RuleBroken(
      'resolution-of-earlier-stage',
      'This resolution was begun at an earlier stage of the case. Open another one for this stage.',
    );
};

/** Nobody who handled, investigated, decided or reviewed it at one stage decides at a later one. */
export const checkStage = (staffId: string, context: Surroundings): void => {
  refuseEarlierHandlers(caseOf(context), staffId);
  if (context.decidedEarlier.includes(staffId))
    throw new RuleBroken(
      'decided-earlier-stage',
      `${staffId} made or reviewed a decision on this case at an earlier stage. Somebody who did not must decide now.`,
    );
};

/** For an act that decides at the stage that the case is at, or submits what was decided. */
export const refuseEarlierPeople = (context: Partial<ResolutionContext>): void => {
  refuseEarlierStage(context);
  if (isKnown(context)) checkStage(context.actor.id, context);
};

/** A decision is made as a draft. What is under review, verified, notified or of an earlier stage is no draft. */
export const checkDraft = (resolution: Resolution, context: Partial<ResolutionContext>): void => {
  const { kind, imported, review, appeals } = known(resolution);
  if (kind === 'informal')
    throw new RuleBroken(
      'resolution-is-informal',
      'An informal resolution holds no decision. Open a formal one to decide the case.',
    );
  if (imported)
    throw new RuleBroken(
      'decision-imported',
      'This decision was imported as it stood. Open another resolution to decide more.',
    );
  if (decisionNotifications(resolution).length > 0)
    throw new RuleBroken(
      'decision-notified',
      'The parties were told this decision. Only an appeal changes it.',
    );
  if (appeals.some(isOpen))
    throw new RuleBroken('appeal-pending', 'An appeal is open. Decide it before anything is decided anew.');
  refuseEarlierStage(context);
  if (review === 'submitted')
    throw new RuleBroken('review-pending', 'This decision is under review. A veto would send it back.');
  if (review === 'verified')
    throw new RuleBroken('decision-verified', 'This decision was verified as it stands. Notify it.');
};

const succeeded = ({ outcome, overtaken }: Appeal): boolean =>
  !overtaken && (outcome === 'upheld' || outcome === 'varied');

/** An appeal pends until it is decided and, when it succeeds, until something was changed through it. */
export const pends = (appeal: Appeal): boolean => isOpen(appeal) || (succeeded(appeal) && !appeal.carriedOut);

/** An appeal that succeeded, so that the decision may be changed through it. */
export const successfulAppeal = (resolution: Resolution, appealId: string): Appeal => {
  const appeal = appealOf(resolution, appealId);
  if (!succeeded(appeal))
    throw new RuleBroken(
      'appeal-changes-nothing',
      `Appeal ${appealId} was not determined as upheld or varied, so it changes nothing.`,
    );
  if (known(resolution).notifications.some((told) => told.appealId === appealId))
    throw new RuleBroken(
      'decision-notified',
      'The parties were told the outcome of this appeal. It is final.',
    );
  return appeal;
};

/** Whoever had a part in the case before its decision is reviewed: handled, investigated or heard it, or decided an earlier stage. */
export const beforeReview = (context: Surroundings): readonly string[] => {
  const { handlers = [], earlierHandlers = [] } = caseOf(context);
  const panels = context.hearings.filter(({ kind }) => kind === 'first').flatMap(({ panel }) => panel);
  return [...panels, ...handlers, ...earlierHandlers, ...context.decidedEarlier];
};

/** Everybody who acted at the first stage: they too who decided or reviewed. */
const firstStage = (resolution: Resolution, context: Surroundings): readonly string[] => {
  const { makers, reviewers } = known(resolution);
  return [...makers, ...reviewers, ...context.decidedElsewhere, ...beforeReview(context)];
};

/** Nobody who acted at one stage decides a later one. */
export const checkIndependent = (
  resolution: Resolution,
  context: Surroundings,
  others: readonly string[] = [],
): void => {
  const before = firstStage(resolution, context);
  const partial = [context.actor.id, ...others].find((staffId) => before.includes(staffId));
  if (partial !== undefined)
    throw new RuleBroken(
      'acted-at-first-stage',
      `${partial} acted at the first stage of this case. Somebody else must decide on the appeal.`,
    );
};

/** What holds for every act: who acts, and that nothing was resolved before the complaint came in. */
export const refuseAtOnce = (context: Partial<ResolutionContext>): void => {
  const { complaint, actor, actorParties = [], on } = context;
  if (!complaint || complaint.phase === 'absent') return;
  if (actor) refuseTheConflicted(complaint, { id: actor.id, parties: actorParties });
  if (on !== undefined && on < complaint.receivedOn)
    throw new RuleBroken(
      'occurred-before-receipt',
      `The complaint was received on ${complaint.receivedOn}; nothing was resolved on ${on}. Check the day.`,
    );
};

/** Whoever hears decides: those who sat when the hearing was concluded, where it had a panel. */
export const checkSat = (deciders: readonly string[], heard: readonly HearingFacts[]) => {
  const judged = ({ panel, concludedBy }: HearingFacts) =>
    panel.length === 0 || deciders.every((staffId) => concludedBy.includes(staffId));
  const last = heard.at(-1);
  if (!last || heard.some(judged)) return;
  const absent = deciders.find((staffId) => !last.concludedBy.includes(staffId));
  const those = last.hidden ? '' : `: ${last.concludedBy.join(', ')}`;
  throw new RuleBroken(
    'did-not-sit',
    `${absent} did not sit when the hearing was concluded. Name in \`by\` only those who did${those}.`,
  );
};

/** Whoever is named as having decided may have done so. */
export const checkDeciders = ({ complaint, people }: ResolutionContext): void => {
  for (const person of people) refuseTheConflicted(complaint, person);
};

export const sanctionOf = (resolution: Resolution, sanctionId: string): Sanction => {
  const sanction = known(resolution).sanctions.find((each) => each.sanctionId === sanctionId);
  if (!sanction) throw new RuleBroken('unknown-sanction', `This resolution has no sanction ${sanctionId}.`);
  return sanction;
};

export const liveSanctionOf = (resolution: Resolution, sanctionId: string): Sanction => {
  const sanction = sanctionOf(resolution, sanctionId);
  if (!isLive(sanction))
    throw new RuleBroken('sanction-over', `Sanction ${sanctionId} is over: ${sanction.status}.`);
  return sanction;
};

type Term = { readonly [K in 'from' | 'until' | 'suspended']?: Sanction[K] | undefined } & Pick<
  Sanction,
  'kind'
>;

/** Imposed for a fixed period: the person must be able to see when it ends. */
const TIMED: ReadonlySet<Sanction['kind']> = new Set([
  'suspension',
  'exclusion',
  'conditions',
  'disqualification',
  'withdrawal-of-designation',
]);

/** One day may be the first and the last. */
export const checkSpan = ({ from, until }: Pick<Term, 'from' | 'until'>): void => {
  if (from !== undefined && until !== undefined && until < from)
    throw new RuleBroken('sanction-ends-before-it-begins', `It cannot end on ${until}, before ${from}.`);
};

/** What is for a fixed period says for which; what is suspended, until when it waits. */
export const checkTerm = (term: Term): void => {
  checkSpan(term);
  const { kind, from, until, suspended } = term;
  if (suspended) {
    if (until === undefined)
      throw new RuleBroken(
        'sanction-without-end',
        'A suspended sanction lapses on a day. Give that day in `until`.',
      );
  } else if (TIMED.has(kind) && (from === undefined || until === undefined))
    throw new RuleBroken(
      'sanction-without-term',
      `A sanction of the kind ${kind} is for a fixed period. Give its first and last day in \`from\` and \`until\`.`,
    );
};
