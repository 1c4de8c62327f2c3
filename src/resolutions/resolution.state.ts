import type { EventData } from '../event-store/catalogue.js';
import { evolveWith } from '../event-store/decider.js';
import type { Entry } from '../event-store/event.js';
import type { ResolutionEvent, resolutionEvents } from './resolution.events.js';

/** What a resolution's history amounts to. Personal text in it stays sealed: no rule needs to read it. */

type Data<T extends keyof typeof resolutionEvents> = EventData<typeof resolutionEvents, T>;
type Told<T extends keyof typeof resolutionEvents> = Omit<Data<T>, 'source' | 'backdatingReason'>;

/** A finding stands until a veto or an appeal takes it away. */
export type Finding = Told<'FindingMade'> & {
  readonly madeOn: string;
  readonly standing: 'stands' | 'vetoed' | 'replaced' | 'remitted';
};

/** `fallen`: it was part of a decision that was vetoed, so it never came into force. */
export type Sanction = Told<'SanctionImposed'> & {
  readonly imposedOn: string;
  readonly status: 'imposed' | 'stayed' | 'breached' | 'completed' | 'quashed' | 'fallen';
  readonly stayedFor?: string | undefined;
};

export type Appeal = Told<'AppealLodged'> & {
  readonly lodgedOn: string;
  readonly status: 'lodged' | 'admitted' | 'refused' | 'determined';
  readonly outcome?: Data<'AppealDetermined'>['outcome'];
  readonly reasons?: string;
  readonly decidedOn?: string;
  /** Whether anything was changed yet, as an appeal that succeeds demands. */
  readonly carriedOut: boolean;
  /** The decision that it was about was sent back since. */
  readonly overtaken: boolean;
};

export type Notification = Told<'DecisionNotified'>;

/** Allegations that an appeal sent back: neither the people who decided them nor what was heard counts again. */
export interface SentBack {
  readonly allegationIds: readonly string[];
  readonly people: readonly string[];
  readonly hearingIds: readonly string[];
}

export interface ResolutionFile {
  readonly complaintId: string;
  readonly hearingId?: string | undefined;
  readonly kind: Data<'ResolutionOpened'>['kind'];
  /** From a legacy register: decided elsewhere, and final here. */
  readonly imported: boolean;
  readonly agreement?: Told<'InformalResolutionAgreed'> & { readonly agreedOn: string };
  readonly findings: readonly Finding[];
  readonly sanctions: readonly Sanction[];
  readonly remedies: readonly (Told<'RemedyOffered'> & { readonly offeredOn: string })[];
  readonly review: 'none' | 'submitted' | 'verified' | 'vetoed';
  readonly vetoReasons?: string;
  /** The latest day on which something was decided: nobody can have been told before it. */
  readonly decidedOn?: string;
  readonly notifications: readonly Notification[];
  readonly publications: readonly (Told<'DecisionPublished'> & { readonly publishedOn: string })[];
  readonly appeals: readonly Appeal[];
  readonly remittedOn?: string;
  /** Staff who made, recorded or submitted the decision, and those who reviewed it, before and after a veto. */
  readonly makers: readonly string[];
  readonly reviewers: readonly string[];
  readonly sentBack: readonly SentBack[];
}

export type KnownResolution = ResolutionFile & { readonly phase: 'open' };
export type Resolution = { readonly phase: 'absent' } | KnownResolution;

export const absent: Resolution = { phase: 'absent' };

/** The resolution as begun; no event can follow nothing. */
export const known = (resolution: Resolution): KnownResolution => {
  if (resolution.phase === 'absent') throw new Error('A resolution begins with ResolutionOpened.');
  return resolution;
};

export const sentBackBy = (resolution: Resolution): readonly SentBack[] =>
  resolution.phase === 'absent' ? [] : resolution.sentBack;

/** Whoever made the decision or reviewed it. */
export const decidersOf = (resolution: Resolution): readonly string[] =>
  resolution.phase === 'absent' ? [] : [...resolution.makers, ...resolution.reviewers];

const change = (resolution: Resolution, fields: Partial<ResolutionFile>): Resolution => ({
  ...known(resolution),
  ...fields,
});

const opened = ({ complaintId, hearingId, kind, source }: Data<'ResolutionOpened'>): Resolution => ({
  phase: 'open',
  complaintId,
  hearingId,
  kind,
  imported: source !== undefined,
  findings: [],
  sanctions: [],
  remedies: [],
  review: 'none',
  notifications: [],
  publications: [],
  appeals: [],
  makers: [],
  reviewers: [],
  sentBack: [],
});

const standing = (findings: readonly Finding[], now: Finding['standing'], allegationId?: string) =>
  findings.map((finding) =>
    finding.standing === 'stands' && (allegationId ?? finding.allegationId) === finding.allegationId
      ? { ...finding, standing: now }
      : finding,
  );

const sanctionChanged = (
  resolution: Resolution,
  sanctionId: string,
  fields: (sanction: Sanction) => Partial<Sanction>,
): Resolution =>
  change(resolution, {
    sanctions: known(resolution).sanctions.map((sanction) =>
      sanction.sanctionId === sanctionId ? { ...sanction, ...fields(sanction) } : sanction,
    ),
  });

const appealChanged = (
  resolution: Resolution,
  appealId: string | undefined,
  fields: Partial<Appeal>,
): Resolution =>
  change(resolution, {
    appeals: known(resolution).appeals.map((appeal) =>
      appeal.appealId === appealId ? { ...appeal, ...fields } : appeal,
    ),
  });

/** A stay lasts as long as the appeal for which it was ordered. */
const endStays = (resolution: Resolution, appealId: string): Resolution =>
  change(resolution, {
    sanctions: known(resolution).sanctions.map((sanction) =>
      sanction.status === 'stayed' && sanction.stayedFor === appealId
        ? { ...sanction, status: 'imposed', stayedFor: undefined }
        : sanction,
    ),
  });

const made = (resolution: Resolution, people: readonly string[]) => ({
  makers: [...new Set([...known(resolution).makers, ...people])],
});

const reviewed = (resolution: Resolution, staffId: string) => ({
  reviewers: [...new Set([...known(resolution).reviewers, staffId])],
});

/** What an appeal body decides belongs to the appeal: it makes nobody a maker of the first decision. */
const decided = (
  resolution: Resolution,
  { appealId, by }: { appealId?: string | undefined; by: readonly string[] },
  { on, actor }: Pick<Entry, 'on' | 'actor'>,
): Resolution => {
  if (appealId !== undefined) return appealChanged(resolution, appealId, { carriedOut: true });
  const imported = known(resolution).imported;
  return change(resolution, { decidedOn: on, ...(imported ? {} : made(resolution, [actor.id, ...by])) });
};

const foundAnew = (
  resolution: Resolution,
  { source: _, backdatingReason: __, ...finding }: Data<'FindingMade'>,
  entry: Pick<Entry, 'on' | 'actor'>,
): Resolution => {
  const earlier = standing(known(resolution).findings, 'replaced', finding.allegationId);
  const findings = [...earlier, { madeOn: entry.on, standing: 'stands' as const, ...finding }];
  return change(decided(resolution, finding, entry), { findings });
};

const imposed = (
  resolution: Resolution,
  { source: _, backdatingReason: __, ...sanction }: Data<'SanctionImposed'>,
  entry: Pick<Entry, 'on' | 'actor'>,
): Resolution => {
  const sanctions = [
    ...known(resolution).sanctions,
    { imposedOn: entry.on, status: 'imposed' as const, ...sanction },
  ];
  return change(decided(resolution, { appealId: sanction.appealId, by: [] }, entry), { sanctions });
};

/** A vetoed decision falls as a whole, and is made anew. */
const vetoed = (resolution: Resolution, reasons: string): Resolution => {
  const { findings, sanctions } = known(resolution);
  return change(resolution, {
    review: 'vetoed',
    vetoReasons: reasons,
    findings: standing(findings, 'vetoed'),
    sanctions: sanctions.map((sanction) =>
      sanction.status === 'imposed' ? { ...sanction, status: 'fallen' } : sanction,
    ),
  });
};

/** A remitted matter is open again, and for other people. */
const remitted = (resolution: Resolution, hearingIds: readonly string[], remittedOn: string): Resolution => {
  const { findings, appeals, makers, reviewers, sentBack } = known(resolution);
  const fallen = findings.filter((finding) => finding.standing === 'stands');
  const allegationIds = fallen.map(({ allegationId }) => allegationId);
  return change(resolution, {
    remittedOn,
    findings: standing(findings, 'remitted'),
    review: 'none',
    notifications: [],
    appeals: appeals.map((appeal) =>
      appeal.decidedOn === undefined ? appeal : { ...appeal, overtaken: true },
    ),
    sentBack: [...sentBack, { allegationIds, people: [...makers, ...reviewers], hearingIds }],
  });
};

const determined = (
  resolution: Resolution,
  { appealId, outcome, reasons, undoneHearings = [] }: Data<'AppealDetermined'>,
  decidedOn: string,
): Resolution => {
  const ended = endStays(
    appealChanged(resolution, appealId, { status: 'determined', outcome, reasons, decidedOn }),
    appealId,
  );
  return outcome === 'remitted' ? remitted(ended, undoneHearings, decidedOn) : ended;
};

export const evolve = evolveWith<Resolution, ResolutionEvent>({
  ResolutionOpened: (_, data) => opened(data),
  InformalResolutionAgreed: (resolution, { terms, agreedBy }, { on: agreedOn }) =>
    change(resolution, { agreement: { terms, agreedBy, agreedOn } }),
  FindingMade: foundAnew,
  SanctionImposed: imposed,
  DecisionSubmittedForReview: (resolution, _, { actor }) =>
    change(resolution, { review: 'submitted', ...made(resolution, [actor.id]) }),
  DecisionVerified: (resolution, _, { actor, on: decidedOn }) =>
    change(resolution, { review: 'verified', decidedOn, ...reviewed(resolution, actor.id) }),
  DecisionVetoed: (resolution, { reasons }, { actor }) =>
    change(vetoed(resolution, reasons), reviewed(resolution, actor.id)),
  DecisionNotified: (resolution, { backdatingReason: _, ...told }) =>
    change(resolution, { notifications: [...known(resolution).notifications, told] }),
  RemedyOffered: (resolution, { backdatingReason: _, ...remedy }, { on: offeredOn }) =>
    change(resolution, { remedies: [...known(resolution).remedies, { ...remedy, offeredOn }] }),
  DecisionPublished: (resolution, { where, summary }, { on: publishedOn }) =>
    change(resolution, {
      publications: [...known(resolution).publications, { where, summary, publishedOn }],
    }),
  AppealLodged: (resolution, { backdatingReason: _, ...appeal }, { on: lodgedOn }) =>
    change(resolution, {
      appeals: [
        ...known(resolution).appeals,
        { ...appeal, lodgedOn, status: 'lodged', carriedOut: false, overtaken: false },
      ],
    }),
  AppealAdmitted: (resolution, { appealId, reasons }) =>
    appealChanged(resolution, appealId, { status: 'admitted', reasons }),
  AppealRefused: (resolution, { appealId, reasons }, { on: decidedOn }) =>
    endStays(appealChanged(resolution, appealId, { status: 'refused', reasons, decidedOn }), appealId),
  AppealDetermined: (resolution, data, { on }) => determined(resolution, data, on),
  SanctionVaried: (resolution, { sanctionId, appealId, reasons: _, backdatingReason: __, ...terms }) =>
    appealChanged(
      sanctionChanged(resolution, sanctionId, ({ kind }) => ({ ...terms, kind: terms.kind ?? kind })),
      appealId,
      { carriedOut: true },
    ),
  SanctionQuashed: (resolution, { sanctionId, appealId }) =>
    appealChanged(
      sanctionChanged(resolution, sanctionId, () => ({ status: 'quashed' })),
      appealId,
      { carriedOut: true },
    ),
  SanctionStayed: (resolution, { sanctionId, appealId }) =>
    sanctionChanged(resolution, sanctionId, () => ({ status: 'stayed', stayedFor: appealId })),
  SanctionCompleted: (resolution, { sanctionId }) =>
    sanctionChanged(resolution, sanctionId, () => ({ status: 'completed' })),
  SanctionBreached: (resolution, { sanctionId }) =>
    sanctionChanged(resolution, sanctionId, () => ({ status: 'breached' })),
  EntryCorrected: (resolution) => resolution,
});
