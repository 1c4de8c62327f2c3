import { z } from 'zod';
import { unknownCalendar } from '../clocks/calendar.js';
import type { HeldDuty } from '../clocks/ladder.js';
import { actsOn, evolveWith, type Circumstances, type Decider } from '../event-store/decider.js';
import { RuleBroken } from '../event-store/errors.js';
import { day, id, memberRef } from '../event-store/schema.js';
import { arrangement, isQuiet, type Arrangement } from './arrangement.js';
import { absence, duties, staffEvents, type StaffEvent } from './staff.events.js';

/** A member of staff: which duties they hold, who stands in for them, and how they want to be reminded. */

export interface Absence {
  readonly absenceId: string;
  /** Its first and last day, in the zone of whoever is away. */
  readonly from: string;
  readonly until: string;
  readonly deputyId: string;
}

export interface StaffFile {
  readonly staffId: string;
  readonly duties: readonly HeldDuty[];
  readonly leadId?: string | undefined;
  readonly arrangement?: Arrangement;
  readonly absences: readonly Absence[];
  readonly feedId?: string;
}

export type Staff = { readonly phase: 'absent' } | ({ readonly phase: 'open' } & StaffFile);

export interface StaffContext extends Circumstances {
  /** The record under which whoever is to be enrolled stands already. */
  readonly enrolledAs: string | undefined;
  readonly isCalendar: (name: string) => boolean;
  /** Whether the deputy or lead that the command names is enrolled; nobody who is ever ceases to be. */
  readonly isEnrolled: boolean;
  /** Random, for a feed that is to be opened. */
  readonly feedId: string;
}

const known = (state: Staff): { readonly phase: 'open' } & StaffFile => {
  if (state.phase === 'absent') throw new Error('The record of a member of staff begins with StaffEnrolled.');
  return state;
};

/** Of whoever acts only the person themself passes, and who acts in one of these roles. */
const onlyThemself =
  (...orAs: readonly string[]) =>
  (state: Staff, { actor }: Partial<StaffContext>): void => {
    if (!actor || actor.id === known(state).staffId || orAs.includes(actor.role)) return;
    throw new RuleBroken(
      'not-your-record',
      `This is somebody else's record. Ask ${['the person themself', ...orAs].join(' or ')}.`,
    );
  };

const refuseOwnLead = (staffId: string, leadId: string | undefined): void => {
  if (leadId === staffId)
    throw new RuleBroken('own-lead', 'Nobody leads themself. Name somebody else as leadId, or leave it out.');
};

const refuseStrangers = (
  field: 'leadId' | 'deputyId',
  staffId: string | undefined,
  isKnown: boolean,
): void => {
  if (staffId !== undefined && !isKnown)
    throw new RuleBroken(
      'not-on-roster',
      `Nobody is enrolled as ${staffId}. Enrol them first, or name somebody who is as ${field}.`,
    );
};

const checkArrangement = (wish: Arrangement, { isCalendar }: StaffContext): void => {
  const missing = wish.calendars.find((name) => !isCalendar(name));
  if (missing !== undefined) throw unknownCalendar(missing);
  if (wish.digestAt !== null && isQuiet(wish, wish.digestAt))
    throw new RuleBroken(
      'digest-in-quiet-hours',
      `A digest at ${wish.digestAt} falls into the quiet hours. Choose a time outside them.`,
    );
};

type Days = Pick<Absence, 'from' | 'until'>;

const checkDays = ({ from, until }: Days, absences: readonly Absence[]): void => {
  if (until < from)
    throw new RuleBroken(
      'absence-without-days',
      `Nobody is away from ${from} until ${until}. Give the first day as from and the last as until.`,
    );
  const other = absences.find((each) => each.from <= until && from <= each.until);
  if (other)
    throw new RuleBroken(
      'absence-overlaps',
      `They are away from ${other.from} until ${other.until} already. End that absence, or give other days.`,
    );
};

const endAbsence = ({ absenceId, lastDay }: { absenceId: string; lastDay: string }, state: Staff) => {
  const found = known(state).absences.find((each) => each.absenceId === absenceId);
  if (!found)
    throw new RuleBroken('unknown-absence', `They have no absence ${absenceId}. Read their record first.`);
  if (lastDay > found.until)
    throw new RuleBroken(
      'absence-over-by-then',
      `That absence ends on ${found.until}. Record another one for the days that follow.`,
    );
  return lastDay === found.until ? [] : [{ type: 'AbsenceEnded' as const, data: { absenceId, lastDay } }];
};

const refuseNoFeed = (state: Staff): void => {
  if (known(state).feedId === undefined)
    throw new RuleBroken('no-feed-open', 'No calendar feed of theirs is open. There is nothing to revoke.');
};

const sameDuties = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((duty) => other.includes(duty));

const revoked: StaffEvent = { type: 'FeedRevoked', data: {} };

const duty = {
  duties: duties.describe('What they answer for in the organisation; []: nothing beyond their own cases.'),
  leadId: memberRef.optional().describe('The staff reference of whoever leads them.'),
};

const act = actsOn<Staff, StaffContext, StaffEvent>();

export const staff: Decider<Staff, StaffContext, StaffEvent> = {
  kind: 'staff',
  called: 'record of a member of staff',
  catalogue: staffEvents,
  acts: {
    Enrol: act({
      summary: 'Enrol a member of staff, with the duties that they hold.',
      when: 'absent',
      input: z.strictObject({ staffId: memberRef, ...duty }),
      decide: (data, _, { enrolledAs, isEnrolled }) => {
        if (enrolledAs !== undefined)
          throw new RuleBroken(
            'enrolled-already',
            `This member of staff is enrolled already. Change the duties of ${enrolledAs} instead.`,
            { id: enrolledAs },
          );
        refuseOwnLead(data.staffId, data.leadId);
        refuseStrangers('leadId', data.leadId, isEnrolled);
        return [{ type: 'StaffEnrolled', data }];
      },
    }),
    ChangeDuties: act({
      summary: 'State anew which duties somebody holds and who leads them.',
      when: 'open',
      input: z.strictObject(duty),
      decide: (data, state, { isEnrolled }) => {
        const { staffId, duties: before, leadId } = known(state);
        refuseOwnLead(staffId, data.leadId);
        if (leadId !== data.leadId) refuseStrangers('leadId', data.leadId, isEnrolled);
        else if (sameDuties(before, data.duties)) return [];
        return [{ type: 'DutiesChanged', data }];
      },
    }),
    ArrangeReminders: act({
      summary: 'State anew how you want to be reminded.',
      when: 'open',
      possible: onlyThemself(),
      input: z.strictObject(arrangement),
      decide: (data, _, context) => {
        checkArrangement(data, context);
        return [{ type: 'RemindersArranged', data }];
      },
    }),
    RecordAbsence: act({
      summary: 'Record that somebody is away, and who stands in for them.',
      when: 'open',
      possible: onlyThemself('casework-head'),
      input: z.strictObject(absence),
      decide: (data, state, { idFor, isEnrolled }) => {
        const { staffId, absences } = known(state);
        if (data.deputyId === staffId)
          throw new RuleBroken(
            'own-deputy',
            'Nobody stands in for themself. Name somebody else as deputyId.',
          );
        refuseStrangers('deputyId', data.deputyId, isEnrolled);
        checkDays(data, absences);
        return [{ type: 'AbsenceRecorded', data: { absenceId: idFor(0), ...data } }];
      },
    }),
    EndAbsence: act({
      summary: 'End an absence sooner than was recorded, or call it off.',
      when: 'open',
      possible: onlyThemself('casework-head'),
      input: z.strictObject({
        absenceId: id,
        lastDay: day.describe('The last day away; a day before the first calls the absence off.'),
      }),
      decide: (data, state) => endAbsence(data, state),
    }),
    OpenFeed: act({
      summary: 'Open your calendar feed anew; one that was open is revoked.',
      when: 'open',
      possible: onlyThemself(),
      input: z.strictObject({}),
      decide: (_, state, { feedId }) => {
        const opened: StaffEvent = { type: 'FeedOpened', data: { feedId } };
        return known(state).feedId === undefined ? [opened] : [revoked, opened];
      },
    }),
    RevokeFeed: act({
      summary: 'Revoke the calendar feed of somebody; its address serves nobody any more.',
      when: 'open',
      possible: (state, context) => {
        onlyThemself('casework-head', 'operator')(state, context);
        refuseNoFeed(state);
      },
      input: z.strictObject({}),
      decide: () => [revoked],
    }),
  },
  initial: { phase: 'absent' },
  phase: (state) => state.phase,
  evolve: evolveWith<Staff, StaffEvent>({
    StaffEnrolled: (_, { backdatingReason: __, ...told }) => ({ phase: 'open', ...told, absences: [] }),
    DutiesChanged: (state, { duties: held, leadId }) => ({ ...known(state), duties: held, leadId }),
    RemindersArranged: (state, { backdatingReason: _, ...arranged }) => ({
      ...known(state),
      arrangement: arranged,
    }),
    AbsenceRecorded: (state, { backdatingReason: _, ...away }) => ({
      ...known(state),
      absences: [...known(state).absences, away],
    }),
    AbsenceEnded: (state, { absenceId, lastDay }) => ({
      ...known(state),
      absences: known(state)
        .absences.map((each) => (each.absenceId === absenceId ? { ...each, until: lastDay } : each))
        .filter(({ from, until }) => from <= until),
    }),
    FeedOpened: (state, { feedId }) => ({ ...known(state), feedId }),
    FeedRevoked: (state) => {
      const { feedId: _, ...kept } = known(state);
      return kept;
    },
  }),
};
