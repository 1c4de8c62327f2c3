import { standing, type Milestone } from './complaint.milestones.js';

/** A further stage that somebody asked for. */
export interface Escalation {
  readonly stage: string;
  readonly requestedOn: string;
  readonly acknowledgedOn?: string;
}

/** What a case says of its stages; nothing while it is at the first. */
export interface Staged {
  readonly escalations?: readonly Escalation[] | undefined;
  /** Staff who handled or investigated it at this stage. */
  readonly handlers?: readonly string[] | undefined;
  /** Staff who did at an earlier one: they do not at a later. */
  readonly earlierHandlers?: readonly string[] | undefined;
  /** What was begun at an earlier stage to resolve it. */
  readonly earlierResolutions?: readonly string[] | undefined;
}

export const handledBy = ({ handlers = [] }: Staged, staffId: string): Staged =>
  handlers.includes(staffId) ? {} : { handlers: [...handlers, staffId] };

/** At its next stage: with nobody who handled it before, and what ended the earlier stage stands. */
export const escalated = (
  { escalations = [], handlers = [], earlierHandlers = [], milestones, resolutions }: Staged & StagedHistory,
  { stage, requestedOn }: Escalation,
) => ({
  escalations: [...escalations, { stage, requestedOn }],
  earlierHandlers: [...earlierHandlers, ...handlers],
  earlierResolutions: resolutions,
  handlers: [],
  handlerId: undefined,
  investigatorId: undefined,
  milestones: standing(milestones),
});

interface StagedHistory {
  readonly milestones: readonly Milestone[];
  readonly resolutions: readonly string[];
}

export const acknowledged = ({ escalations = [] }: Staged, acknowledgedOn: string): Staged => ({
  escalations: escalations.map((each, index) =>
    index === escalations.length - 1 ? { ...each, acknowledgedOn } : each,
  ),
});
