import { isBefore } from '../clocks/days.js';
import { RuleBroken } from '../event-store/errors.js';
import type { StaffOnCase } from './complaint.people.js';

/** Who may know of a case beyond what their role says: restrictions by name, seals, and the glass that somebody broke. */

/** Only these people know of it, to the end of a day. */
export interface Restriction {
  readonly people: readonly string[];
  readonly until: string;
}

/** Nobody knows of it but whoever sealed it and those whom a restriction names, auditors included, to the end of a day. */
export interface Seal {
  readonly by: string;
  readonly until: string;
}

/** Somebody who was not named looked all the same, until an instant; somebody else looks at why. */
export interface Opening {
  readonly openingId: string;
  readonly staffId: string;
  readonly openedOn: string;
  readonly until: string;
  readonly reason: string;
  readonly reviewedBy?: string | undefined;
  readonly finding?: string | undefined;
}

export interface Confidential {
  readonly restriction?: Restriction | undefined;
  readonly seal?: Seal | undefined;
  readonly openings: readonly Opening[];
}

/** What a case says of it; nothing while it was never restricted nor sealed. */
export interface Guarded {
  readonly confidential?: Confidential | undefined;
}

export type Guard = 'restriction' | 'seal';

/** When one looks. */
export interface Moment {
  readonly today: string;
  readonly now: string;
}

/** It ends by itself: the day is asked for whenever somebody looks. */
export const restrictionOf = ({ confidential }: Guarded, { today }: Pick<Moment, 'today'>) =>
  confidential?.restriction && today <= confidential.restriction.until ? confidential.restriction : undefined;

export const sealOf = ({ confidential }: Guarded, { today }: Pick<Moment, 'today'>) =>
  confidential?.seal && today <= confidential.seal.until ? confidential.seal : undefined;

export const openingOf = ({ confidential }: Guarded, staffId: string, now: string): Opening | undefined =>
  confidential?.openings.find((each) => each.staffId === staffId && isBefore(now, each.until));

const mayHaveAPart = ({ recused, implicated = [] }: StaffOnCase, staffId: string): boolean =>
  !recused.includes(staffId) && !implicated.includes(staffId);

const isNamed = (guarded: Guarded, staffId: string, moment: Moment): boolean =>
  restrictionOf(guarded, moment)?.people.includes(staffId) === true;

export const isSealedFrom = (guarded: Guarded, staffId: string, moment: Moment): boolean => {
  const seal = sealOf(guarded, moment);
  return seal !== undefined && seal.by !== staffId && !isNamed(guarded, staffId, moment);
};

export const isRestrictedFrom = (guarded: Guarded, staffId: string, moment: Moment): boolean =>
  restrictionOf(guarded, moment) !== undefined &&
  !isNamed(guarded, staffId, moment) &&
  openingOf(guarded, staffId, moment.now) === undefined;

const changed = ({ confidential }: Guarded, fields: Partial<Confidential>): Guarded => ({
  confidential: { openings: [], ...confidential, ...fields },
});

export const restricted = (guarded: Guarded, restriction: Restriction | undefined): Guarded =>
  changed(guarded, { restriction });

export const sealed = (guarded: Guarded, seal: Seal | undefined): Guarded => changed(guarded, { seal });

/** Whoever is merely named may seal it for longer, and shuts out nobody who sealed it before and may have a part in it still. */
export const sealedAnew = (file: Guarded & StaffOnCase, { by, until }: Seal, today: string): Guarded => {
  const sealer = sealOf(file, { today })?.by;
  return sealed(file, { by: sealer !== undefined && mayHaveAPart(file, sealer) ? sealer : by, until });
};

export const opened = (guarded: Guarded, opening: Opening): Guarded =>
  changed(guarded, { openings: [...(guarded.confidential?.openings ?? []), opening] });

export const reviewed = (guarded: Guarded, review: Pick<Opening, 'openingId' | 'reviewedBy' | 'finding'>) =>
  changed(guarded, {
    openings: (guarded.confidential?.openings ?? []).map((each) =>
      each.openingId === review.openingId ? { ...each, ...review } : each,
    ),
  });

/** The only people who may hear of it and hold it; undefined: whoever else may. */
export const onlyFor = (guarded: Guarded, moment: Pick<Moment, 'today'>): readonly string[] | undefined => {
  const seal = sealOf(guarded, moment);
  const named = restrictionOf(guarded, moment)?.people;
  return seal ? [...new Set([...(named ?? []), seal.by])] : named;
};

export const refuseUnnamed = (guarded: Guarded, staffId: string, today: string): void => {
  if (onlyFor(guarded, { today })?.includes(staffId) === false)
    throw new RuleBroken(
      'not-named',
      `${staffId} is not named on this restricted case. Name them on it first.`,
    );
};

/** Whoever ever broke its glass and is not named sees it so at most: what guards it, and who works on it, is for those who may know of it. */
export const refuseThroughGlass = (
  guarded: Guarded,
  { today, actor }: { readonly today?: string; readonly actor?: { readonly id: string } },
): void => {
  if (today === undefined || !actor) return;
  if (guarded.confidential?.openings.some(({ staffId }) => staffId === actor.id) === true)
    refuseUnnamed(guarded, actor.id, today);
};

/** Of those who alone may know of it on a day, those who may have a part in it; undefined: whoever else may. */
export const leftOn = (file: Guarded & StaffOnCase, today: string): readonly string[] | undefined =>
  onlyFor(file, { today })?.filter((staffId) => mayHaveAPart(file, staffId));

/** The last day on which it is restricted or sealed, as it stands; undefined where it is neither. */
export const guardedUntil = (guarded: Guarded, today: string): string | undefined =>
  [restrictionOf(guarded, { today }), sealOf(guarded, { today })]
    .flatMap((guard) => guard?.until ?? [])
    .toSorted()
    .at(-1);

/** Whether nobody may know of it today, or will on the last day that it is guarded. */
export const isLeftToNobody = (file: Guarded & StaffOnCase, today: string): boolean => {
  const last = guardedUntil(file, today);
  return last !== undefined && [today, last].some((day) => leftOn(file, day)?.length === 0);
};

/**
 * What hides nothing from whoever says of an opening whether it was justified: neither a restriction, nor a seal that came later
 * while nobody else has said so. An opening that there is not shows nothing.
 */
export const seenByReview = (
  { confidential }: Guarded,
  openingId: string,
  staffId: string,
): readonly Guard[] => {
  const opening = confidential?.openings.find((each) => each.openingId === openingId);
  if (!opening) return [];
  const isOver = opening.staffId === staffId || ![undefined, staffId].includes(opening.reviewedBy);
  return isOver ? ['restriction'] : ['restriction', 'seal'];
};
