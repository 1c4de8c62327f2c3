import { z } from 'zod';
import { dayIn, isBefore } from '../../clocks/days.js';
import { partyErased } from '../../complaints/complaint.context.js';
import { RuleBroken } from '../../event-store/errors.js';
import { day, id, instant, personal, zone } from '../../event-store/schema.js';
import {
  actOnOpenCases,
  checkAnyParty,
  checkParty,
  partiesHeard,
  type HearingContext,
} from '../hearing.context.js';
import { mode, postponementCause } from '../hearing.events.js';
import { checkListed, checkListingInTime, checkNotBegun, checkNotice, dayOf } from '../hearing.rules.js';
import { known, type Hearing, type Listing, type Notice } from '../hearing.state.js';

const reasons = personal('case').describe('Why; kept with the event.');

const checkAhead = (
  { startsAt, zone: where }: Pick<Listing, 'startsAt' | 'zone'>,
  context: HearingContext,
) => {
  const { on, today, now } = context;
  if (on === today ? isBefore(startsAt, now) : dayIn(startsAt, where) < on)
    throw new RuleBroken('listed-in-past', `${startsAt} has passed. List it for a time that lies ahead.`);
};

/** A notice cannot be told ahead, nor be older than what it tells of. */
export const checkServed = (
  { servedOn }: Pick<Notice, 'servedOn'>,
  listing: Listing,
  { on }: Pick<HearingContext, 'on'>,
): void => {
  if (servedOn > on)
    throw new RuleBroken('occurred-in-future', `${servedOn} has not come yet. Record it when it has.`);
  if (servedOn < listing.listedOn)
    throw new RuleBroken(
      'notice-before-listing',
      `It was listed on ${listing.listedOn}; a notice of ${servedOn} cannot have told of it.`,
    );
  if (servedOn > dayOf(listing))
    throw new RuleBroken(
      'notice-after-hearing',
      `The hearing was listed for ${dayOf(listing)}. List it anew.`,
    );
};

const isServed = (hearing: Hearing, notice: Notice) =>
  known(hearing).notices.some((each) => each.to === notice.to && each.servedOn === notice.servedOn);

const checkCompanion = (companionRef: string, context: HearingContext) => {
  if (context.companion === 'unknown')
    throw new RuleBroken('unknown-party', `There is no party ${companionRef}. Register the companion first.`);
  if (context.companion === 'erased') throw partyErased(companionRef);
  if (partiesHeard(context).includes(companionRef))
    throw new RuleBroken('companion-is-a-party', `${companionRef} is a party to these cases already.`);
};

const checkAsked = (hearing: Hearing) => {
  if (!known(hearing).postponement)
    throw new RuleBroken('no-postponement-requested', 'Nobody asked for a postponement that is undecided.');
};

/** When and where it is heard, who is told and who comes along, and how a listing falls. */
export const listingActs = {
  List: actOnOpenCases({
    summary: 'Fix when the hearing is held; each party is then served notice of it.',
    when: 'open',
    input: z.strictObject({
      startsAt: instant,
      zone,
      mode,
      waiver: personal('case')
        .optional()
        .describe(
          'Why it is listed at shorter notice than the procedure asks; it holds for the notice of every party.',
        ),
    }),
    possible: (hearing) => {
      checkNotBegun(known(hearing));
      if (known(hearing).status === 'listed')
        throw new RuleBroken(
          'already-listed',
          'It is listed already. Vacate or postpone that listing first.',
        );
    },
    decide: (data, _, context) => {
      checkAhead(data, context);
      checkListingInTime({ ...data, listedOn: context.on }, context);
      return [{ type: 'HearingListed', data }];
    },
  }),

  ServeNotice: actOnOpenCases({
    summary: 'Record that a party was told of the listing.',
    when: 'open',
    input: z.strictObject({
      to: id,
      servedOn: day.optional().describe('The day of the act when absent.'),
      waiver: personal('case')
        .optional()
        .describe(
          'Why shorter notice than the procedure asks is accepted, where the listing does not say it.',
        ),
    }),
    possible: (hearing, context) => {
      checkListed(known(hearing));
      checkAnyParty(context);
    },
    decide: ({ to, servedOn, waiver }, hearing, context) => {
      const listing = checkListed(known(hearing));
      checkParty(to, context);
      const notice = { to, servedOn: servedOn ?? context.on, ...(waiver === undefined ? {} : { waiver }) };
      checkServed(notice, listing, context);
      checkNotice(notice, listing, context);
      if (waiver === undefined && isServed(hearing, notice)) return [];
      return [{ type: 'NoticeServed', data: notice }];
    },
  }),

  NominateCompanion: actOnOpenCases({
    summary: 'Record whom a party brings along; another one replaces the one before.',
    when: 'open',
    input: z.strictObject({
      partyRef: id,
      companionRef: id.describe('The companion, registered as a party of their own.'),
    }),
    possible: (_, context) => checkAnyParty(context),
    decide: (data, _, context) => {
      checkParty(data.partyRef, context);
      checkCompanion(data.companionRef, context);
      return [{ type: 'CompanionNominated', data }];
    },
  }),

  RequestPostponement: actOnOpenCases({
    summary: 'Record that a party asks for another day.',
    when: 'open',
    input: z.strictObject({
      by: id,
      reasons,
      cause: postponementCause
        .optional()
        .describe(
          'companion-unavailable where it is because the companion cannot come on that day: the policy may limit how much later it is then held.',
        ),
    }),
    possible: (hearing, context) => {
      checkListed(known(hearing));
      checkAnyParty(context);
      if (known(hearing).postponement)
        throw new RuleBroken(
          'postponement-pending',
          'A postponement was asked for already. Decide on it first.',
        );
    },
    decide: (data, _, context) => {
      checkParty(data.by, context);
      return [{ type: 'PostponementRequested', data }];
    },
  }),

  GrantPostponement: actOnOpenCases({
    summary: 'Postpone the hearing; it waits to be listed again.',
    when: 'open',
    input: z.strictObject({ reasons }),
    possible: checkAsked,
    decide: (data) => [{ type: 'PostponementGranted', data }],
  }),

  RefusePostponement: actOnOpenCases({
    summary: 'Refuse to postpone the hearing; the listing stands.',
    when: 'open',
    input: z.strictObject({ reasons }),
    possible: checkAsked,
    decide: (data) => [{ type: 'PostponementRefused', data }],
  }),

  Vacate: actOnOpenCases({
    summary: 'Remove the listing before the hearing has begun.',
    when: 'open',
    input: z.strictObject({ reasons }),
    possible: (hearing) => void checkListed(known(hearing)),
    decide: (data) => [{ type: 'HearingVacated', data }],
  }),
};
