import type { z } from 'zod';
import type { PolicySet } from '../clocks/policy-set.js';
import { refuseWordsOnErased, type Person } from '../complaints/complaint.context.js';
import { known as knownCase, type Complaint, type KnownComplaint } from '../complaints/complaint.state.js';
import { actsOn, type Act, type Circumstances } from '../event-store/decider.js';
import { RuleBroken } from '../event-store/errors.js';
import { actingPanel, isLive, type Hearing } from '../hearings/hearing.state.js';
import type { ResolutionEvent } from './resolution.events.js';
import type { Resolution, SentBack } from './resolution.state.js';

/** What a hearing of the case amounts to, for a decision. */
export interface HearingFacts {
  readonly hearingId: string;
  readonly kind: 'first' | 'appeal';
  /** The appeals that it hears; undefined: whichever the case has. */
  readonly appealIds?: readonly string[] | undefined;
  /** Asked for, listed, adjourned or sitting: the matter waits for it. */
  readonly live: boolean;
  /** Null while it is not concluded. */
  readonly concludedOn: string | null;
  /** Who sat when it was concluded. */
  readonly concludedBy: readonly string[];
  /** Whoever sat at any time, or may sit. */
  readonly panel: readonly string[];
  /** It hears a case too that is hidden from whoever acts, and so is it. */
  readonly hidden?: boolean;
}

export const hearingFacts = (hearingId: string, hearing: Hearing): readonly HearingFacts[] => {
  if (hearing.phase === 'absent') return [];
  const { kind, appealIds, status, sittings } = hearing;
  const sat = sittings.flatMap(({ present }) => present);
  const panel = [...new Set([...sat, ...actingPanel(hearing).map(({ staffId }) => staffId)])];
  const last = status === 'concluded' ? sittings.at(-1) : undefined;
  const concludedBy = last?.present.filter((staffId) => !hearing.recused.includes(staffId)) ?? [];
  const concludedOn = last?.to ?? null;
  return [{ hearingId, kind, appealIds, live: isLive(hearing), concludedOn, concludedBy, panel }];
};

export interface ResolutionContext extends Circumstances {
  /** Staff whom the input names as having decided, and the parties that they are known to be. */
  readonly people: readonly Person[];
  readonly complaint: Complaint;
  /** The policy set of the case; undefined for an imported case that nobody adopted. */
  readonly policy: PolicySet | undefined;
  readonly hearings: readonly HearingFacts[];
  /** Allegations on which another resolution of the case holds a standing finding. */
  readonly foundElsewhere: readonly string[];
  /** What appeals in the other resolutions of the case sent back. */
  readonly sentBackElsewhere: readonly SentBack[];
  /** Who made or reviewed the decisions in the other resolutions of the case. */
  readonly decidedElsewhere: readonly string[];
  /** Those of them who did at an earlier stage of the case. */
  readonly decidedEarlier: readonly string[];
  /** Whether this resolution was begun at an earlier stage of the case. */
  readonly begunEarlier: boolean;
}

/** What rules on the state of a resolution look at: its case, and who acts. Whoever only looks knows that much too. */
export type Surroundings = Omit<ResolutionContext, 'people' | 'id' | 'now' | 'history' | 'idFor'>;

export const isKnown = (
  context: Partial<ResolutionContext>,
): context is Partial<ResolutionContext> & Surroundings =>
  context.complaint !== undefined && context.hearings !== undefined && context.actor !== undefined;

export const act = actsOn<Resolution, ResolutionContext, ResolutionEvent>();

export const caseOf = ({ complaint }: Pick<ResolutionContext, 'complaint'>): KnownComplaint =>
  knownCase(complaint);

/** Acts that some cases do not bear: `refuse` says which, before the act's own rules are asked. */
const actUnless =
  (refuse: (context: Partial<ResolutionContext>) => void) =>
  <Input extends z.ZodType>(
    told: Act<Input, Resolution, ResolutionContext, ResolutionEvent>,
  ): Act<z.ZodType, Resolution, ResolutionContext, ResolutionEvent> =>
    act({
      ...told,
      possible: (resolution, context) => {
        refuse(context);
        told.possible?.(resolution, context);
      },
    });

/** An act that a closed case does not bear. */
export const actWhileOpen = actUnless(({ complaint }) => {
  if (complaint?.phase === 'closed')
    throw new RuleBroken(
      'complaint-closed',
      'The case of this resolution is closed. Reopen it first, giving the reason.',
    );
});

/** An act that is told in words: a closed case bears it, an erased one does not. */
export const actInWords = actUnless(({ complaint }) => {
  if (complaint) refuseWordsOnErased([complaint]);
});

/** What the case's policy says must have happened before what. */
export const procedureOf = ({ policy }: Pick<ResolutionContext, 'policy'>): PolicySet['procedure'] => {
  if (!policy)
    throw new RuleBroken(
      'case-not-adopted',
      'This case was imported and has no procedure yet. Adopt it first; then decide it.',
    );
  return policy.procedure;
};
