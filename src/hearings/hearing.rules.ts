import { dayIn, daysBetween } from '../clocks/days.js';
import { RuleBroken } from '../event-store/errors.js';
import {
  judgedBefore,
  noticeDaysOf,
  partiesHeard,
  quorumOf,
  refuseInvestigators,
  refuseWhoeverMayNotAct,
  type HearingContext,
} from './hearing.context.js';
import {
  actingPanel,
  known,
  type Hearing,
  type HearingFile,
  type Listing,
  type Notice,
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

const isShort = (servedOn: string, listing: Listing, context: HearingContext): boolean =>
  daysBetween(servedOn, dayOf(listing)) < noticeDaysOf(context);

/** A listing so near that no notice of it can be in time is refused without a waiver. */
export const checkListingInTime = (listing: Listing, context: HearingContext): void => {
  if (listing.waiver === undefined && isShort(listing.listedOn, listing, context))
    throw new RuleBroken(
      'listing-short',
      `${dayOf(listing)} is fewer than ${noticeDaysOf(context)} days after ${listing.listedOn}: no notice would be in time. List a later day, or record in waiver why shorter notice is accepted.`,
    );
};

/** Refuses a short notice without a waiver. */
export const checkNotice = (notice: Notice, listing: Listing, context: HearingContext): void => {
  if (notice.waiver === undefined && isShort(notice.servedOn, listing, context))
    throw new RuleBroken(
      'notice-short',
      `Notice served on ${notice.servedOn} is fewer than ${noticeDaysOf(context)} days before ${dayOf(listing)}. List a later day, or record why it is waived.`,
    );
};

/** Every party was told in time, or the shortness was waived. */
export const checkAllNoticed = (hearing: HearingFile, listing: Listing, context: HearingContext): void => {
  for (const party of partiesHeard(context)) {
    const notices = hearing.notices.filter(({ to }) => to === party);
    const best = notices.find(
      ({ waiver, servedOn }) => waiver !== undefined || !isShort(servedOn, listing, context),
    );
    const notice = best ?? notices.at(-1);
    if (!notice)
      throw new RuleBroken(
        'notice-missing',
        `Party ${party} was served no notice of this listing. Serve it.`,
      );
    checkNotice(notice, listing, context);
  }
};

/** Nobody on the panel is in conflict, recused, or has investigated or judged these cases before. */
export const checkMaySit = (hearing: Hearing, context: HearingContext): void => {
  const before = judgedBefore(hearing, context);
  for (const person of context.people) {
    refuseWhoeverMayNotAct(hearing, context.cases, person);
    refuseInvestigators(person, context);
    if (before.includes(person.id))
      throw new RuleBroken(
        'acted-before',
        `${person.id} acted on these cases at an earlier stage. Name somebody who did not.`,
      );
  }
};

/** Those present are of the panel, the chair among them, and enough. */
export const checkPresent = (present: readonly string[], hearing: Hearing, context: HearingContext): void => {
  const acting = actingPanel(known(hearing));
  const chair = acting.find(({ role }) => role === 'chair');
  const stranger = present.find((staffId) => !acting.some((member) => member.staffId === staffId));
  if (stranger !== undefined)
    throw new RuleBroken('not-on-panel', `${stranger} is not on the panel, or is recused from it.`);
  checkMaySit(hearing, context);
  checkQuorum(new Set(present).size, context);
  if (acting.length > 0 && !present.includes(chair?.staffId ?? ''))
    throw new RuleBroken('chair-absent', 'The chair of the panel is not present, or there is none any more.');
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

export const checkQuorum = (count: number, context: HearingContext): void => {
  if (count < quorumOf(context))
    throw new RuleBroken(
      'below-quorum',
      `${count} members are present and not recused; the procedure asks for ${quorumOf(context)}.`,
    );
};
