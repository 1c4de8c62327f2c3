import { decisionNotifications, pends, standingFindings } from './resolution.checks.js';
import { known, type KnownResolution, type Resolution } from './resolution.state.js';

/** What a resolution means for its case: what is decided, what is unfinished, and until when it may be appealed. */
export interface Standing {
  readonly found: readonly string[];
  /** Decided but not told to anybody yet. */
  readonly unfinished: boolean;
  readonly appealPending: boolean;
  readonly appealUntil: string | null;
  /** The day on which the sides settled it informally. */
  readonly agreedOn: string | null;
}

const isDecision = (resolution: KnownResolution): boolean =>
  resolution.imported || decisionNotifications(resolution).length > 0;

/** `begunEarlier`, at another stage than the case is at: what was drafted there and told to nobody counts no more. */
export const standingOf = (resolution: Resolution, begunEarlier = false): Standing => {
  if (resolution.phase === 'absent')
    return { found: [], unfinished: false, appealPending: false, appealUntil: null, agreedOn: null };
  const findings = begunEarlier && !isDecision(resolution) ? [] : standingFindings(resolution);
  const told = decisionNotifications(resolution);
  return {
    found: findings.map(({ allegationId }) => allegationId),
    unfinished: findings.length > 0 && told.length === 0 && !resolution.imported,
    appealPending: resolution.appeals.some(pends),
    appealUntil:
      told
        .flatMap(({ appealUntil }) => appealUntil ?? [])
        .toSorted()
        .at(-1) ?? null,
    agreedOn: resolution.agreement?.agreedOn ?? null,
  };
};

export const statuses = [
  'open',
  'drafted',
  'submitted',
  'verified',
  'vetoed',
  'notified',
  'under-appeal',
  'remitted',
  'agreed',
  'imported',
] as const;

type Status = (typeof statuses)[number];

const decisionStatus = (resolution: KnownResolution): Status => {
  if (resolution.review !== 'none' && resolution.review !== 'vetoed') return resolution.review;
  if (standingFindings(resolution).length > 0) return 'drafted';
  if (resolution.review === 'vetoed') return 'vetoed';
  return resolution.remittedOn === undefined ? 'open' : 'remitted';
};

/** Where a resolution stands, in one word. */
export const statusOf = (state: Resolution): Status => {
  const resolution = known(state);
  if (resolution.imported) return 'imported';
  if (resolution.agreement) return 'agreed';
  if (resolution.appeals.some(pends)) return 'under-appeal';
  return decisionNotifications(resolution).length > 0 ? 'notified' : decisionStatus(resolution);
};
