import { dayIn, daysBetween, isBefore, minutesBefore } from '../clocks/days.js';
import { refuseThroughGlass, refuseUnnamed } from '../complaints/complaint.confidential.js';
import { isRecused } from '../complaints/complaint.context.js';
import { known as knownCase } from '../complaints/complaint.state.js';
import { RuleBroken } from '../event-store/errors.js';
import {
  investigated,
  judgedBefore,
  noticeDaysOf,
  partiesHeard,
  quorumOf,
  refuseInvestigators,
  refuseWhoeverMayNotAct,
  type HearingContext,
  type Surroundings,
} from './hearing.context.js';
import {
  actingPanel,
  known,
  type Hearing,
  type HearingFile,
  type Listing,
  type Notice,
  type PanelMember,
  type Status,
} from './hearing.state.js';

/** The rules that more than one act of a hearing keeps. */

const begun: readonly Status[] = ['in-session', 'adjourned'];

export const checkNotBegun = ({ status }: HearingFile): void => {
  if (begun.includes(status))
    throw new RuleBroken('already-begun', 'The hearing has begun. Adjourn it, conclude it, or cancel it.');
};

/** The listing that stands. */
export const checkListed = (hearing: HearingFile): Listing => {
  checkNotBegun(hearing);
  if (!hearing.listing || hearing.status !== 'listed')
    throw new RuleBroken('not-listed', `The hearing is ${hearing.status}, not listed. List it first.`);
  return hearing.listing;
};

/** The local day of a listing. */
export const dayOf = ({ startsAt, zone }: Listing): string => dayIn(startsAt, zone);

const isShort = (servedOn: string, listing: Listing, context: Surroundings): boolean =>
  daysBetween(servedOn, dayOf(listing)) < noticeDaysOf(context);

/** The waiver of a listing is one for every notice of it. */
const isWaived = (notice: Notice, listing: Listing): boolean =>
  (notice.waiver ?? listing.waiver) !== undefined;

/** Who is there before the hour need not wait for it, but nobody who comes in time may find it begun long ago. */
const EARLY_MINUTES = 30;

/**
 * A hearing begins on its day, where it is held, and not before its hour but for a little. Of a start that is recorded
 * later by its day alone, the day is all that is known.
 */
export const checkTimeCame = (listing: Listing, { on, at, today, now }: Surroundings): void => {
  const instant = at ?? (on === today ? now : undefined);
  if ((instant === undefined ? on : dayIn(instant, listing.zone)) < dayOf(listing))
    throw new RuleBroken(
      'before-its-day',
      `The hearing is listed for ${dayOf(listing)}. Vacate it and list it anew to hold it sooner.`,
    );
  if (instant !== undefined && isBefore(instant, minutesBefore(listing.startsAt, EARLY_MINUTES)))
    throw new RuleBroken(
      'before-its-time',
      `The hearing is listed for ${listing.startsAt} and begins ${EARLY_MINUTES} minutes before that at the earliest. Vacate it and list it anew to hold it sooner.`,
    );
};

/** A listing so near that no notice of it can be in time is refused without a waiver. */
export const checkListingInTime = (listing: Listing, context: HearingContext): void => {
  if (listing.waiver === undefined && isShort(listing.listedOn, listing, context))
    throw new RuleBroken(
      'listing-short',
      `${dayOf(listing)} is fewer than ${noticeDaysOf(context)} days after ${listing.listedOn}: no notice would be in time. List a later day, or say in \`waiver\` why shorter notice is accepted.`,
    );
};

/** Refuses a short notice without a waiver, its own or that of the listing. */
export const checkNotice = (notice: Notice, listing: Listing, context: Surroundings): void => {
  if (!isWaived(notice, listing) && isShort(notice.servedOn, listing, context))
    throw new RuleBroken(
      'notice-short',
      `Notice served on ${notice.servedOn} is fewer than ${noticeDaysOf(context)} days before ${dayOf(listing)}. Vacate it and list a later day, or say in \`waiver\` why shorter notice is accepted.`,
    );
};

/** Every party was told in time, or the shortness was waived. */
export const checkAllNoticed = (hearing: HearingFile, listing: Listing, context: Surroundings): void => {
  for (const party of partiesHeard(context)) {
    const notices = hearing.notices.filter(({ to }) => to === party);
    const best = notices.find((each) => isWaived(each, listing) || !isShort(each.servedOn, listing, context));
    const notice = best ?? notices.at(-1);
    if (!notice)
      throw new RuleBroken(
        'notice-missing',
        `Party ${party} was served no notice of this listing. Serve it, or record that it was served.`,
      );
    checkNotice(notice, listing, context);
  }
};

/** Nobody on the panel is in conflict, recused, or has investigated or judged these cases before. */
export const checkMaySit = (hearing: Hearing, context: HearingContext): void => {
  const before = judgedBefore(hearing, context);
  for (const person of context.people) {
    refuseWhoeverMayNotAct(hearing, context.cases, person);
    for (const { complaint } of context.cases) refuseUnnamed(knownCase(complaint), person.id, context.today);
    refuseInvestigators(person, context);
    if (before.includes(person.id))
      throw new RuleBroken(
        'acted-before',
        `${person.id} acted on these cases at an earlier stage. Name somebody who did not.`,
      );
  }
};

/** Who hears a restricted case is for those to say who may know of it. */
export const refuseThroughTheGlass = (context: Partial<HearingContext>): void => {
  for (const { complaint } of context.cases ?? [])
    if (complaint.phase !== 'absent') refuseThroughGlass(complaint, context);
};

/** Enough of the panel are left, its chair among them, to sit at all. */
export const checkCanSit = (hearing: HearingFile, context: Surroundings): void => {
  const acting = actingPanel(hearing);
  const able = acting.filter(
    ({ staffId }) =>
      !context.cases.some(({ complaint }) => isRecused(complaint, staffId)) &&
      !investigated(staffId, context),
  );
  checkQuorum(able.length, context);
  if (acting.length > 0) checkChair(able);
};

const checkChair = (present: readonly PanelMember[]): void => {
  if (!present.some(({ role }) => role === 'chair'))
    throw new RuleBroken('chair-absent', 'The chair of the panel is not present, or there is none any more.');
};

/** Those present are of the panel, the chair among them, and enough. */
export const checkPresent = (present: readonly string[], hearing: Hearing, context: HearingContext): void => {
  const acting = actingPanel(known(hearing));
  const stranger = present.find((staffId) => !acting.some((member) => member.staffId === staffId));
  if (stranger !== undefined)
    throw new RuleBroken('not-on-panel', `${stranger} is not on the panel, or is recused from it.`);
  checkMaySit(hearing, context);
  checkQuorum(new Set(present).size, context);
  if (acting.length > 0) checkChair(acting.filter(({ staffId }) => present.includes(staffId)));
};

/** The chair presides; once the chair is recused, any member who may still act does. */
export const checkPresides = (hearing: HearingFile, { actor }: Partial<HearingContext>): void => {
  const acting = actingPanel(hearing);
  const chair = acting.find(({ role }) => role === 'chair');
  const presiding = (chair ? [chair] : acting).map(({ staffId }) => staffId);
  if (actor && presiding.length > 0 && !presiding.includes(actor.id))
    throw new RuleBroken(
      'not-presiding',
      `${actor.id} does not preside over this hearing. Let ${presiding.join(' or ')} do it, or convene another panel before it begins.`,
    );
};

export const checkQuorum = (count: number, context: Surroundings): void => {
  if (count < quorumOf(context))
    throw new RuleBroken(
      'below-quorum',
      `${count} members are present and not recused; the procedure asks for ${quorumOf(context)}.`,
    );
};
