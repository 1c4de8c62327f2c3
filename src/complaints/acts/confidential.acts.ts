import { z } from 'zod';
import { minutesBefore, plusDays } from '../../clocks/days.js';
import { refuseUnlessOne } from '../../event-store/decider.js';
import { RuleBroken } from '../../event-store/errors.js';
import type { Actor } from '../../event-store/event.js';
import { day, id, personal, memberRef } from '../../event-store/schema.js';
import {
  guardedUntil,
  onlyFor,
  openingOf,
  refuseThroughGlass,
  restricted,
  restrictionOf,
  sealed,
  sealedAnew,
  sealOf,
  type Opening,
} from '../complaint.confidential.js';
import { act, refuseTheConflicted, type ComplaintContext } from '../complaint.context.js';
import { glassFinding } from '../complaint.events.js';
import { refuseNobodyLeft } from '../complaint.heirs.js';
import { known, type Complaint, type KnownComplaint } from '../complaint.state.js';

const basis = personal('case').describe('On what ground; kept with the event.');
const reasons = personal('case').describe('Why; kept with the event.');
const until = day.describe('To the end of this day; then it is over by itself.');

/** Who looks, and when; unknown where only the case is asked. */
type Looked = Partial<Pick<ComplaintContext, 'today' | 'actor' | 'proceedings'>>;

/** A seal that nobody looks at again is how a case is forgotten: whoever wants more says so anew. */
const LONGEST_SEAL = 366;

/**
 * Ten years. When it ends, everybody sees the case whose role allows it: it may last for as long as the case is kept, and auditors look at it
 * meanwhile. A year with a slip in it is refused.
 */
const LONGEST_RESTRICTION = 3653;

const checkAhead = (end: string, today: string): void => {
  if (end < today) throw new RuleBroken('ends-in-past', `${end} is over. Give today or a day to come.`);
};

const checkSealEnds = (end: string, today: string): void => {
  const last = plusDays(today, LONGEST_SEAL);
  if (end > last)
    throw new RuleBroken(
      'seal-too-long',
      `A seal holds to ${last} at most. Seal it again when that is near.`,
    );
};

const checkRestrictionEnds = (end: string, today: string): void => {
  const last = plusDays(today, LONGEST_RESTRICTION);
  if (end > last)
    throw new RuleBroken(
      'restriction-too-long',
      `A restriction holds to ${last} at most. Restrict it again when that is near.`,
    );
};

/** Whoever works on it, or sits on a panel that hears it, goes on doing so: they are named, or leave it first. */
const checkHolders = (
  { handlerId, investigatorId }: KnownComplaint,
  { seated }: Pick<ComplaintContext['proceedings'], 'seated'>,
  people: readonly string[],
): void => {
  const holders = [handlerId, investigatorId].flatMap((staffId) => staffId ?? []);
  const all = [...holders.map((staffId) => ({ staffId, shown: true })), ...seated];
  const left = all.filter(({ staffId }) => !people.includes(staffId));
  const named = left.find(({ shown }) => shown)?.staffId;
  if (named === undefined && left.length > 0)
    throw new RuleBroken(
      'panel-not-shown',
      'Somebody who hears this case, in a hearing that is not shown to you, is not named. Ask a head of casework to whom it is shown to restrict or seal the case.',
    );
  if (named !== undefined)
    throw new RuleBroken(
      'holder-not-named',
      `${named} handles, investigates or hears this case. Name them in a restriction too, or first give it to somebody whom you name, or recuse them from the panel.`,
    );
};

/** A seal leaves the case to those whom a restriction names and to whoever sealed it first. */
const checkNobodyShutOut = (complaint: Complaint, { today, actor, proceedings }: Looked): void => {
  if (today === undefined || !actor || !proceedings) return;
  const file = known(complaint);
  const sealer = sealOf(file, { today })?.by ?? actor.id;
  checkHolders(file, proceedings, [...(restrictionOf(file, { today })?.people ?? []), sealer]);
};

/** Whoever works on it is not shut out later either, by the one that lasts longer. */
const checkHoldersToTheEnd = (file: KnownComplaint, { today, proceedings }: ComplaintContext): void => {
  const last = guardedUntil(file, today);
  if (last !== undefined) checkHolders(file, proceedings, onlyFor(file, { today: last }) ?? []);
};

/** A reference with a slip in it names nobody. Whoever acts is there. */
const checkEnrolled = (notEnrolled: readonly string[], actor: Actor): void => {
  const unknown = notEnrolled.find((each) => each !== actor.id);
  if (unknown !== undefined)
    throw new RuleBroken(
      'not-on-roster',
      `Nobody is enrolled as ${unknown}. Enrol them first, or name somebody who is in people.`,
    );
};

const checkRestricted = (complaint: Complaint, today: string | undefined): void => {
  const file = known(complaint);
  if (!(today === undefined ? file.confidential?.restriction : restrictionOf(file, { today })))
    throw new RuleBroken('not-restricted', 'This case is not restricted.');
};

const checkSealed = (complaint: Complaint, today: string | undefined): void => {
  const file = known(complaint);
  if (!(today === undefined ? file.confidential?.seal : sealOf(file, { today })))
    throw new RuleBroken('not-sealed', 'This case is not sealed.');
};

/** What stays in force leaves the case to somebody. */
const checkLeftWithout = (
  lifted: 'restriction' | 'seal',
  complaint: Complaint,
  today: string | undefined,
): void => {
  if (today === undefined) return;
  const file = known(complaint);
  const without = lifted === 'seal' ? sealed(file, undefined) : restricted(file, undefined);
  refuseNobodyLeft({ ...file, ...without }, today);
};

/** A glass that nobody hears is not broken. */
const checkHeard = (heard: boolean): void => {
  if (!heard)
    throw new RuleBroken(
      'nobody-to-tell',
      'Nobody could be told that you see this case. Have REDRESS_INTAKE_MAIL set, or a head of casework enrolled who has a mail address; or ask somebody who is named on it.',
    );
};

const noOpening = () =>
  new RuleBroken(
    'unknown-opening',
    'Nobody broke the glass of this case under that id. See the list of openings.',
  );

const checkReviewable = ({ staffId, reviewedBy }: Opening, actor: Actor | undefined): void => {
  if (staffId === actor?.id)
    throw new RuleBroken('own-opening', 'You did that yourself. Somebody else must review it.');
  if (reviewedBy !== undefined)
    throw new RuleBroken('reviewed-already', `${reviewedBy} reviewed this already.`);
};

/** Who may know of a case, and who looked at it all the same. */
export const confidentialActs = {
  RestrictCase: act({
    summary: 'Let only these people know of the case, until a day; again to name others or another day.',
    when: 'existing',
    input: z.strictObject({
      people: z
        .array(memberRef)
        .min(1)
        .max(50)
        .refine((named) => new Set(named).size === named.length, 'Name each of them once.')
        .describe('Staff references. Auditors know of it too; nobody else does.'),
      basis,
      until,
    }),
    possible: (complaint, context) => refuseThroughGlass(known(complaint), context),
    decide: (data, complaint, context) => {
      const {
        today,
        actor,
        assigneeParties: parties,
        assigneeNames: alsoAs,
        guarding,
        proceedings,
      } = context;
      const file = known(complaint);
      checkAhead(data.until, today);
      checkRestrictionEnds(data.until, today);
      checkEnrolled(guarding.notEnrolled, actor);
      for (const staffId of data.people) refuseTheConflicted(complaint, { id: staffId, parties, alsoAs });
      checkHolders(file, proceedings, data.people);
      const guarded = { ...file, ...restricted(file, data) };
      refuseNobodyLeft(guarded, today);
      checkHoldersToTheEnd(guarded, context);
      return [{ type: 'CaseRestricted', data }];
    },
  }),

  LiftRestriction: act({
    summary: 'Let everybody know of the case again whose role allows it.',
    when: 'existing',
    input: z.strictObject({ reasons }),
    possible: (complaint, context) => {
      checkRestricted(complaint, context.today);
      refuseThroughGlass(known(complaint), context);
      checkLeftWithout('restriction', complaint, context.today);
    },
    decide: (data) => [{ type: 'RestrictionLifted', data }],
  }),

  SealCase: act({
    summary:
      'Seal the case until a day: nobody knows of it but you and those whom a restriction names, auditors included.',
    when: 'existing',
    input: z.strictObject({ basis, until }),
    possible: (complaint, context) => {
      refuseThroughGlass(known(complaint), context);
      checkNobodyShutOut(complaint, context);
    },
    decide: (data, complaint, context) => {
      const { today, actor } = context;
      const file = known(complaint);
      checkAhead(data.until, today);
      checkSealEnds(data.until, today);
      const seal = { by: actor.id, until: data.until };
      checkHoldersToTheEnd({ ...file, ...sealedAnew(file, seal, today) }, context);
      return [{ type: 'CaseSealed', data }];
    },
  }),

  LiftSeal: act({
    summary: 'Take the seal off the case before its day.',
    when: 'existing',
    input: z.strictObject({ reasons }),
    possible: (complaint, { today }) => {
      checkSealed(complaint, today);
      checkLeftWithout('seal', complaint, today);
    },
    decide: (data) => [{ type: 'SealLifted', data }],
  }),

  BreakGlass: act({
    summary:
      'See a restricted case without being named, for a stated reason and a few hours: it is recorded, told and reviewed.',
    when: 'existing',
    input: z.strictObject({
      reason: personal('case').describe('Why it cannot wait; somebody else reviews it.'),
    }),
    possible: (complaint, { today, now, actor }) => {
      checkRestricted(complaint, today);
      if (today === undefined || now === undefined || !actor) return;
      const file = known(complaint);
      const isIn =
        restrictionOf(file, { today })?.people.includes(actor.id) || openingOf(file, actor.id, now);
      if (isIn) throw new RuleBroken('sees-it-already', `${actor.id} may see this case already.`);
    },
    decide: ({ reason }, _, { actor, now, guarding, idFor }) => {
      checkHeard(guarding.heard);
      const shownUntil = minutesBefore(now, -60 * guarding.glassHours);
      return [
        {
          type: 'BreakGlassOpened',
          data: { openingId: idFor(0), staffId: actor.id, reason, until: shownUntil },
        },
      ];
    },
  }),

  ReviewBreakGlass: act({
    summary:
      'Say of somebody else, who saw a restricted case without being named, whether that was justified.',
    when: 'existing',
    input: z.strictObject({ openingId: id, finding: glassFinding, remarks: personal('case').optional() }),
    conceivable: (complaint, { actor }) =>
      refuseUnlessOne(
        known(complaint).confidential?.openings ?? [],
        (opening) => checkReviewable(opening, actor),
        noOpening,
      ),
    decide: (data, complaint, { actor }) => {
      const openings = known(complaint).confidential?.openings ?? [];
      const opening = openings.find(({ openingId }) => openingId === data.openingId);
      if (!opening) throw noOpening();
      checkReviewable(opening, actor);
      return [{ type: 'BreakGlassReviewed', data }];
    },
  }),
};
