import { instantIn } from '../clocks/days.js';
import type { EventData } from '../event-store/catalogue.js';
import { evolveWith, type Phase } from '../event-store/decider.js';
import type { Entry } from '../event-store/event.js';
import { alsoNamed, partiesNamedBy } from '../event-store/named.js';
import { hearingEvents, type HearingEvent } from './hearing.events.js';

/** What a hearing's history amounts to. Personal text in it stays sealed: no rule needs to read it. */

type Data<T extends keyof typeof hearingEvents> = EventData<typeof hearingEvents, T>;

export const statuses = [
  'requested',
  'listed',
  'postponed',
  'vacated',
  'in-session',
  'adjourned',
  'concluded',
  'cancelled',
] as const;

export type Status = (typeof statuses)[number];

export interface Listing {
  /** With the zone's own offset. */
  readonly startsAt: string;
  readonly zone: string;
  readonly mode: Data<'HearingListed'>['mode'];
  /** The day on which it was listed: no notice of it is older. */
  readonly listedOn: string;
  /** Why it is listed at shorter notice than the procedure asks; it holds for every notice of this listing. */
  readonly waiver?: string | undefined;
}

export interface PanelMember {
  readonly staffId: string;
  readonly role: 'chair' | 'member';
  readonly recused: boolean;
}

/** Of the listing that stands: a new listing needs new notices. */
export interface Notice {
  readonly to: string;
  readonly servedOn: string;
  readonly waiver?: string | undefined;
}

/** From the start or a resumption until it was adjourned or concluded; `to` is null while it sits. */
export interface Sitting {
  readonly from: string;
  readonly to: string | null;
  readonly present: readonly string[];
}

export interface HearingFile {
  readonly kind: Data<'HearingRequested'>['kind'];
  readonly complaintIds: readonly string[];
  /** The appeals that it hears; undefined: whichever its cases have. */
  readonly appealIds?: readonly string[] | undefined;
  readonly requestedOn: string;
  readonly status: Status;
  readonly panel: readonly PanelMember[];
  /** Staff recused from this hearing, whether or not the panel still names them. */
  readonly recused: readonly string[];
  readonly listing?: Listing | undefined;
  readonly notices: readonly Notice[];
  readonly companions: readonly { readonly partyRef: string; readonly companionRef: string }[];
  /** What a party asked and nobody decided yet. */
  readonly postponement?: Omit<Data<'PostponementRequested'>, 'backdatingReason'> | undefined;
  readonly sittings: readonly Sitting[];
  readonly resumption?: Data<'HearingAdjourned'>['resumption'];
  /** Parties that any of its entries names. */
  readonly named?: readonly string[] | undefined;
}

export type Hearing = { readonly phase: 'absent' } | ({ readonly phase: 'known' } & HearingFile);

export const absent: Hearing = { phase: 'absent' };

/** The hearing's file; a stream that was never begun has none, and no event can follow nothing. */
export const known = (hearing: Hearing): HearingFile => {
  if (hearing.phase === 'absent') throw new Error('A hearing begins with HearingRequested.');
  return hearing;
};

const over: readonly Status[] = ['concluded', 'cancelled'];

export const phaseOf = (status: Status): Phase => (over.includes(status) ? 'closed' : 'open');

/** Whether a case must wait for it. A vacated hearing holds nothing up: it may be listed again only on open cases. */
export const isLive = (hearing: Hearing): boolean =>
  hearing.phase !== 'absent' && hearing.status !== 'vacated' && phaseOf(hearing.status) === 'open';

/** The members who may act on this hearing. */
export const actingPanel = ({ panel }: HearingFile): readonly PanelMember[] =>
  panel.filter(({ recused }) => !recused);

/** Who sits now: present, and not recused since. */
export const sittingNow = (hearing: HearingFile): readonly string[] =>
  hearing.sittings
    .filter(({ to }) => to === null)
    .flatMap(({ present }) => present)
    .filter((staffId) => !hearing.recused.includes(staffId));

const change = (hearing: Hearing, fields: Partial<HearingFile>): Hearing => ({
  phase: 'known',
  ...known(hearing),
  ...fields,
});

/** Whatever belonged to the listing goes with it. */
const unlisted = (hearing: Hearing, status: Status): Hearing =>
  change(hearing, { status, listing: undefined, notices: [], postponement: undefined });

const sits = (hearing: Hearing, from: string, present: readonly string[]): Hearing =>
  change(hearing, {
    status: 'in-session',
    resumption: undefined,
    sittings: [...known(hearing).sittings, { from, to: null, present }],
  });

const rises = (hearing: Hearing, status: Status, on: string): Hearing =>
  change(hearing, {
    status,
    sittings: known(hearing).sittings.map((sitting) => ({ ...sitting, to: sitting.to ?? on })),
  });

const step = evolveWith<Hearing, HearingEvent>({
  HearingRequested: (_, { complaintIds, kind, appealIds }, { on }) => ({
    phase: 'known',
    kind,
    complaintIds,
    appealIds,
    requestedOn: on,
    status: 'requested',
    panel: [],
    recused: [],
    notices: [],
    companions: [],
    sittings: [],
  }),
  PanelConvened: (hearing, { members }) =>
    change(hearing, { panel: members.map((member) => ({ ...member, recused: false })) }),
  PanelMemberRecused: (hearing, { staffId }) =>
    change(hearing, {
      recused: [...known(hearing).recused, staffId],
      panel: known(hearing).panel.map((member) =>
        member.staffId === staffId ? { ...member, recused: true } : member,
      ),
    }),
  HearingListed: (hearing, { startsAt, zone, mode, waiver }, { on: listedOn }) =>
    change(unlisted(hearing, 'listed'), {
      listing: { startsAt: instantIn(startsAt, zone), zone, mode, listedOn, waiver },
    }),
  NoticeServed: (hearing, { to, servedOn, waiver }) =>
    change(hearing, { notices: [...known(hearing).notices, { to, servedOn, waiver }] }),
  CompanionNominated: (hearing, { partyRef, companionRef }) =>
    change(hearing, {
      companions: [
        ...known(hearing).companions.filter((each) => each.partyRef !== partyRef),
        { partyRef, companionRef },
      ],
    }),
  PostponementRequested: (hearing, { backdatingReason: _, ...postponement }) =>
    change(hearing, { postponement }),
  PostponementGranted: (hearing) => unlisted(hearing, 'postponed'),
  PostponementRefused: (hearing) => change(hearing, { postponement: undefined }),
  HearingVacated: (hearing) => unlisted(hearing, 'vacated'),
  HearingCancelled: (hearing) => change(hearing, { status: 'cancelled', postponement: undefined }),
  HearingStarted: (hearing, { present }, { on }) => sits(hearing, on, present),
  HearingAdjourned: (hearing, { resumption }, { on }) =>
    change(rises(hearing, 'adjourned', on), { resumption }),
  HearingResumed: (hearing, { present }, { on }) => sits(hearing, on, present),
  HearingConcluded: (hearing, _, { on }) => rises(hearing, 'concluded', on),
  EntryCorrected: (hearing) => hearing,
});

const partiesNamedIn = partiesNamedBy(hearingEvents);

export const evolve = (hearing: Hearing, entry: Entry<HearingEvent>): Hearing => {
  const told = step(hearing, entry);
  const named = alsoNamed(known(told).named, partiesNamedIn(entry));
  return named === known(told).named ? told : change(told, { named });
};
