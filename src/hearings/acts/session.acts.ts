import { z } from 'zod';
import { isBefore } from '../../clocks/days.js';
import { isRecused } from '../../complaints/complaint.context.js';
import { RuleBroken } from '../../event-store/errors.js';
import { personal, staffRef } from '../../event-store/schema.js';
import { actOnOpenCases, isKnown, type HearingContext, type Surroundings } from '../hearing.context.js';
import { resumption } from '../hearing.events.js';
import {
  checkAllNoticed,
  checkCanSit,
  checkListed,
  checkPresent,
  checkPresides,
  checkQuorum,
  checkTimeCame,
} from '../hearing.rules.js';
import { known, sittingNow, type Hearing, type HearingFile } from '../hearing.state.js';

const present = z.array(staffRef).max(20).describe('The members of the panel who are present.');

const checkInSession = (hearing: Hearing, context: Partial<HearingContext>) => {
  const { status } = known(hearing);
  if (status !== 'in-session')
    throw new RuleBroken(
      'not-in-session',
      `The hearing is ${status}, not in session. Start or resume it first.`,
    );
  checkPresides(known(hearing), context);
};

/** A member who was recused from one of the cases since the start no longer counts. */
const stillSitting = (hearing: HearingFile, { cases }: Surroundings) =>
  sittingNow(hearing).filter((staffId) => !cases.some(({ complaint }) => isRecused(complaint, staffId)));

const checkOrder = ({ sittings }: HearingFile, { on }: HearingContext) => {
  const last = sittings.at(-1);
  const since = last?.to ?? last?.from ?? on;
  if (on < since) throw new RuleBroken('before-the-sitting', `${on} is before ${since}, when it last sat.`);
};

const checkAbleToSit = (hearing: Hearing, context: Partial<HearingContext>) => {
  if (isKnown(context)) checkCanSit(known(hearing), context);
};

/** The hearing itself. */
export const sessionActs = {
  Start: actOnOpenCases({
    summary: 'Begin the hearing: listed, every party noticed, the panel quorate.',
    when: 'open',
    input: z.strictObject({ present }),
    possible: (hearing, context) => {
      const listing = checkListed(known(hearing));
      checkPresides(known(hearing), context);
      if (known(hearing).postponement)
        throw new RuleBroken('postponement-pending', 'A party asked for a postponement. Decide on it first.');
      if (!isKnown(context)) return;
      checkTimeCame(listing, context);
      checkAllNoticed(known(hearing), listing, context);
    },
    conceivable: checkAbleToSit,

    decide: (data, hearing, context) => {
      checkPresent(data.present, hearing, context);
      return [{ type: 'HearingStarted', data }];
    },
  }),

  Adjourn: actOnOpenCases({
    summary: 'Break the hearing off; it goes on later.',
    when: 'open',
    input: z.strictObject({
      reasons: personal('case').describe('Why; kept with the event.'),
      resumption: resumption.optional().describe('When it goes on, when that is known.'),
    }),
    possible: checkInSession,
    decide: (data, hearing, context) => {
      checkOrder(known(hearing), context);
      if (data.resumption && isBefore(data.resumption.at, context.now))
        throw new RuleBroken(
          'resumption-in-past',
          `${data.resumption.at} has passed. Give a time that lies ahead.`,
        );
      return [{ type: 'HearingAdjourned', data }];
    },
  }),

  Resume: actOnOpenCases({
    summary: 'Go on with an adjourned hearing.',
    when: 'open',
    input: z.strictObject({ present }),
    possible: (hearing, context) => {
      const { status } = known(hearing);
      if (status !== 'adjourned')
        throw new RuleBroken('not-adjourned', `The hearing is ${status}; only an adjourned one is resumed.`);
      checkPresides(known(hearing), context);
    },

    conceivable: checkAbleToSit,
    decide: (data, hearing, context) => {
      checkOrder(known(hearing), context);
      checkPresent(data.present, hearing, context);
      return [{ type: 'HearingResumed', data }];
    },
  }),

  Conclude: actOnOpenCases({
    summary: 'End the hearing; what was found is recorded as a resolution.',
    when: 'open',
    input: z.strictObject({ remarks: personal('case').optional() }),
    possible: (hearing, context) => {
      checkInSession(hearing, context);
      if (isKnown(context)) checkQuorum(stillSitting(known(hearing), context).length, context);
    },
    decide: (data, hearing, context) => {
      checkOrder(known(hearing), context);
      return [{ type: 'HearingConcluded', data }];
    },
  }),
};
