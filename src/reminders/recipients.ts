import { rungAt, type Duty, type HeldDuty, type Rungs } from '../clocks/ladder.js';

/** Who is told of one case: the people behind the duties that a step of the ladder names. */

/** Who is told when nobody holds any duty: the address of REDRESS_INTAKE_MAIL. */
export const INTAKE = 'intake';

/** Who holds what in the organisation, and who is told in the place of somebody who is away. All are staff references. */
export interface OnDuty {
  holders(duty: HeldDuty): readonly string[];
  leadOf(staffId: string): string | undefined;
  standInFor(staffId: string, now: string): string;
}

/** Who sits at a hearing. */
export type Panel = readonly { readonly staffId: string; readonly role: 'chair' | 'member' }[];

/** Of one case: who handles it, and who must not hear of it (a party to it, or recused); of a hearing, its panel too. */
export interface Seat {
  readonly handlerId: string | null;
  readonly barred: readonly string[];
  /** The only people who may hear of it, where it is restricted or sealed. */
  readonly only?: readonly string[] | undefined;
  readonly panel: Panel;
}

/** Whose turn it is where nobody holds a duty. */
const FALLBACK: Readonly<Record<Duty, Duty | null>> = {
  chair: 'panel',
  panel: 'handler',
  handler: 'intake-lead',
  'team-lead': 'casework-head',
  'independent-reviewer': 'casework-head',
  'casework-head': 'intake-lead',
  'intake-lead': null,
};

/** Who is told, and why. */
export interface Recipient {
  readonly recipient: string;
  /** By which they are told; INTAKE where nobody holds any. */
  readonly duty: Duty | typeof INTAKE;
  /** Whoever holds it, where they are away and this is their deputy. */
  readonly inPlaceOf: string | null;
}

const sitting = (duty: 'chair' | 'panel', panel: Panel): readonly string[] =>
  panel.filter(({ role }) => duty === 'panel' || role === 'chair').map(({ staffId }) => staffId);

const named = (duty: Duty, { handlerId, panel }: Seat, onDuty: OnDuty): readonly string[] => {
  if (duty === 'chair' || duty === 'panel') return sitting(duty, panel);
  if (duty === 'handler') return handlerId === null ? [] : [handlerId];
  const lead = duty === 'team-lead' && handlerId !== null ? onDuty.leadOf(handlerId) : undefined;
  return lead === undefined ? onDuty.holders(duty) : [lead];
};

const mayHear = ({ barred, only }: Seat, staffId: string): boolean =>
  !barred.includes(staffId) && only?.includes(staffId) !== false;

const holdersOf = (duty: Duty, seat: Seat, onDuty: OnDuty, now: string): readonly Recipient[] => {
  const told = named(duty, seat, onDuty)
    .map((staffId) => {
      const recipient = onDuty.standInFor(staffId, now);
      return { recipient, duty, inPlaceOf: recipient === staffId ? null : staffId };
    })
    .filter(({ recipient }) => mayHear(seat, recipient));
  const next = FALLBACK[duty];
  return told.length > 0 || next === null ? told : holdersOf(next, seat, onDuty, now);
};

/** Each once, told by the first of their duties that is named, and by their own before another's. */
const onceEach = (told: readonly Recipient[]): readonly Recipient[] => {
  const byName = new Map<string, Recipient>();
  for (const each of told) {
    const before = byName.get(each.recipient);
    if (before === undefined || (before.inPlaceOf !== null && each.inPlaceOf === null))
      byName.set(each.recipient, each);
  }
  return [...byName.values()].toSorted((one, other) => (one.recipient < other.recipient ? -1 : 1));
};

/**
 * Staff references, each once, in order; `now` is an instant. Where nobody holds any of the duties it is whoever handles the
 * case, of a restricted one those who are named, and in the end INTAKE: somebody is always told.
 */
export const recipientsOf = (
  to: readonly Duty[],
  seat: Seat,
  onDuty: OnDuty,
  now: string,
): readonly Recipient[] => {
  const found = to.flatMap((duty) => holdersOf(duty, seat, onDuty, now));
  const told = found.length > 0 ? found : holdersOf('handler', seat, onDuty, now);
  if (told.length > 0) return onceEach(told);
  const free = (seat.only ?? []).filter((staffId) => mayHear(seat, staffId));
  return free.length > 0
    ? onceEach(free.map((recipient) => ({ recipient, duty: 'handler', inPlaceOf: null })))
    : [{ recipient: INTAKE, duty: INTAKE, inPlaceOf: null }];
};

/** One reminder of a deadline: its step, and who is told. */
export interface Telling extends Recipient {
  readonly step: string;
}

/** Those of one place on the ladder. */
export const tellingsAt = (
  rules: Rungs,
  place: number,
  who: (to: readonly Duty[]) => readonly Recipient[],
): readonly Telling[] => {
  const rung = place < 0 ? null : rungAt(rules, place);
  if (rung === null) return [];
  const { step, to } = rung;
  return who(to).map((told) => ({ step, ...told }));
};

/**
 * The reminders that matter at a place on the ladder: those of the step that has come; and where somebody could not be
 * reached, those of the next one already, to others. Not more than one step ahead: a mail server that is down must not
 * alarm everybody.
 */
export const toTell = (
  rules: Rungs,
  place: number,
  who: (to: readonly Duty[]) => readonly Recipient[],
  hasFailed: (telling: Telling) => boolean,
): readonly Telling[] => {
  const now = tellingsAt(rules, place, who);
  const unreached = now.filter(hasFailed).map(({ recipient }) => recipient);
  if (unreached.length === 0) return now;
  const raised = tellingsAt(rules, place + 1, who).filter(({ recipient }) => !unreached.includes(recipient));
  return [...now, ...raised];
};
