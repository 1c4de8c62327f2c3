import type { z } from 'zod';
import type { PolicySet } from '../clocks/policy-set.js';
import { barredFrom, partiesOf, refuseTheConflicted, type Person } from '../complaints/complaint.context.js';
import {
  known as knownComplaint,
  type Complaint,
  type KnownComplaint,
} from '../complaints/complaint.state.js';
import { actsOn, type Act, type Circumstances } from '../event-store/decider.js';
import { RuleBroken } from '../event-store/errors.js';
import type { Appeal } from '../resolutions/resolution.state.js';
import type { HearingEvent } from './hearing.events.js';
import { known, type Hearing } from './hearing.state.js';

type Procedure = PolicySet['procedure'];

/** A case that the hearing hears, as it stands, with the procedure that it cites. */
export interface HeardCase {
  readonly complaintId: string;
  readonly complaint: Complaint;
  /** Undefined for an imported case that nobody adopted. */
  readonly procedure: Procedure | undefined;
}

export interface HearingContext extends Circumstances {
  readonly cases: readonly HeardCase[];
  /** Whoever the input puts on the panel. */
  readonly people: readonly Person[];
  /** The other hearings of these cases. */
  readonly otherHearings: readonly Hearing[];
  /** The appeals of these cases, where the input names any. */
  readonly appeals: readonly Pick<Appeal, 'appealId' | 'status'>[];
  /** Whether the companion that the input names is a registered party. */
  readonly companion: 'unknown' | 'erased' | 'registered';
}

/** What rules on the state of a hearing look at: its cases, and the moment. Whoever only looks knows that much too. */
export type Surroundings = Pick<HearingContext, 'cases' | 'on' | 'today' | 'now' | 'at'>;

export const isKnown = (
  context: Partial<HearingContext>,
): context is Partial<HearingContext> & Surroundings =>
  context.cases !== undefined && context.on !== undefined;

/** For the one act that closed cases allow: correcting. */
export const act = actsOn<Hearing, HearingContext, HearingEvent>();

const refuseClosedCases = ({ cases = [] }: Partial<HearingContext>): void => {
  const closed = cases.find(({ complaint }) => complaint.phase === 'closed');
  if (closed)
    throw new RuleBroken(
      'complaint-closed',
      `Complaint ${closed.complaintId} is closed. Reopen it first, giving the reason.`,
    );
};

/** An act that needs every case of the hearing to be open. */
export const actOnOpenCases = <Input extends z.ZodType>(
  told: Act<Input, Hearing, HearingContext, HearingEvent>,
) =>
  act({
    ...told,
    possible: (hearing, context) => {
      refuseClosedCases(context);
      told.possible?.(hearing, context);
    },
  });

const presentCases = ({ cases }: Pick<HearingContext, 'cases'>): readonly KnownComplaint[] =>
  cases.map(({ complaint }) => knownComplaint(complaint));

/** Cases heard together are heard by the strictest of their procedures. */
const strictest = ({ cases }: Pick<HearingContext, 'cases'>, rule: 'panelQuorum' | 'noticeDays'): number =>
  Math.max(0, ...cases.map(({ procedure }) => procedure?.[rule] ?? 0));

export const quorumOf = (context: Pick<HearingContext, 'cases'>): number => strictest(context, 'panelQuorum');
export const noticeDaysOf = (context: Pick<HearingContext, 'cases'>): number =>
  strictest(context, 'noticeDays');

/** Everybody who must be told of the hearing, once. */
export const partiesHeard = (context: Pick<HearingContext, 'cases'>): readonly string[] => [
  ...new Set(presentCases(context).flatMap(partiesOf)),
];

/** Who must have no part in it, for the sake of whichever of its cases: parties by their ids, staff by a reference. */
export const barredFromHeard = (context: Pick<HearingContext, 'cases'>): readonly string[] => [
  ...new Set(presentCases(context).flatMap(barredFrom)),
];

export const checkParty = (party: string, context: HearingContext): void => {
  if (!partiesHeard(context).includes(party))
    throw new RuleBroken('not-a-party', `${party} is not a party to any case of this hearing.`);
};

/** For an act that concerns a party, whichever. */
export const checkAnyParty = ({ cases }: Partial<HearingContext>): void => {
  if (cases && partiesHeard({ cases }).length === 0)
    throw new RuleBroken(
      'not-a-party',
      'The cases of this hearing know no party yet. Identify a respondent first.',
    );
};

/** Nobody who is a party to one of the cases, or recused from it or from this hearing, acts on the hearing. */
export const refuseWhoeverMayNotAct = (
  hearing: Hearing,
  cases: readonly HeardCase[],
  person: Person,
): void => {
  for (const { complaint } of cases) refuseTheConflicted(complaint, person);
  if (hearing.phase !== 'absent' && hearing.recused.includes(person.id))
    throw new RuleBroken('recused', `${person.id} is recused from this hearing. Somebody else must act.`);
};

/** What holds for every act on a hearing: who acts, and that nothing happened to it before it was asked for. */
export const refuseAtOnce = (hearing: Hearing, context: Partial<HearingContext>): void => {
  const { actor, actorParties = [], cases = [], on } = context;
  if (actor) refuseWhoeverMayNotAct(hearing, cases, { id: actor.id, parties: actorParties });
  if (hearing.phase !== 'absent' && on !== undefined && on < hearing.requestedOn)
    throw new RuleBroken(
      'occurred-before-request',
      `The hearing was requested on ${hearing.requestedOn}; nothing happened to it on ${on}. Check the day.`,
    );
};

export const investigated = (staffId: string, context: Pick<HearingContext, 'cases'>): boolean =>
  presentCases(context).some(({ investigatorId }) => investigatorId === staffId);

/** Whoever investigated a case does not judge what they found. */
export const refuseInvestigators = (person: Person, context: HearingContext): void => {
  if (investigated(person.id, context))
    throw new RuleBroken(
      'investigated-the-case',
      `${person.id} investigated one of these cases. Name somebody who did not.`,
    );
};

const sat = (hearings: readonly Hearing[]): readonly string[] =>
  hearings.map(known).flatMap(({ sittings }) => sittings.flatMap(({ present }) => present));

/** Who has judged these cases before: for an appeal, whoever sat at the first hearing; for a case sent back, at any. */
export const judgedBefore = (hearing: Hearing, context: HearingContext): readonly string[] => {
  const { kind } = known(hearing);
  const others = context.otherHearings.filter((each) => each.phase !== 'absent');
  const first = others.filter((each) => known(each).kind === 'first');
  if (kind === 'appeal') return sat(first);
  const sentBack = others.some((each) => known(each).kind === 'appeal' && known(each).status === 'concluded');
  return sentBack ? sat(others) : [];
};
