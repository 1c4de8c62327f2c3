import { z } from 'zod';
import { event, type EventOf } from '../event-store/catalogue.js';
import { correctEntry, correctionInput, EntryCorrected } from '../event-store/correction.js';
import { actsOn, evolveWith, type Circumstances, type Decider } from '../event-store/decider.js';
import {
  alreadyErased,
  erasureInput,
  erasureTold,
  notAllShown,
  refuseBeforeItsDay,
  refuseWhileNeeded,
  type Erasable,
} from '../event-store/erasure.js';
import { RuleBroken } from '../event-store/errors.js';
import { personal, memberRef } from '../event-store/schema.js';

/** A party: the one place where a person's name and contacts stand, sealed under the party's own key. */

const contact = {
  name: personal('party', 300),
  email: personal('party', 320).optional(),
  phone: personal('party', 50).optional(),
  address: personal('party', 1000).optional(),
};
export const partyKind = z.enum(['person', 'organisation']);
const backdatingReason = personal('party').optional();

export const partyEvents = {
  PartyRegistered: event(z.object({ kind: partyKind, ...contact, backdatingReason })),
  PartyContactChanged: event(z.object({ ...contact, backdatingReason })),
  StaffIdentified: event(
    z.object({
      staffId: memberRef.nullable().describe('Null by a correction alone: it was said by mistake.'),
      backdatingReason,
    }),
  ),
  PersonalDataErased: event(z.object({ ...erasureTold, backdatingReason })),
  EntryCorrected,
};

export type PartyEvent = EventOf<typeof partyEvents>;

interface PartyFile {
  readonly kind: z.output<typeof partyKind>;
  readonly name: string;
  readonly email?: string | undefined;
  readonly phone?: string | undefined;
  readonly address?: string | undefined;
  /** Every reference that this person is known by among the staff. */
  readonly staffIds: readonly string[];
  /** Nothing that is sealed here can be read any more. */
  readonly erased?: true;
}

export type Party = { readonly phase: 'absent' } | ({ readonly phase: 'open' } & PartyFile);

const known = (party: Party): { readonly phase: 'open' } & PartyFile => {
  if (party.phase === 'absent') throw new Error('A party begins with PartyRegistered.');
  return party;
};

/** Nobody unties their own record: the rule that they take no part in their own case hangs on it. */
const refuseOwnRecord = (party: Party, { actor }: Circumstances): void => {
  if (known(party).staffIds.includes(actor.id))
    throw new RuleBroken(
      'own-record',
      'This is your own record. Somebody else must change whom it identifies.',
    );
};

export interface PartyContext extends Circumstances {
  /** Where it is said which member of staff the party is: whether it is on any case. */
  readonly isOnCase?: boolean | undefined;
  /** For an erasure: the cases that name the party. */
  readonly cases?: readonly Erasable[] | undefined;
  /** Whether others name it that whoever acts must not know of. */
  readonly onHiddenCases?: boolean | undefined;
  /** Whether a broken glass alone shows this party to whoever acts. */
  readonly throughGlass?: boolean | undefined;
}

/** The glass shows a case, and changes nothing of who works on it: who is said to be a party is off it. */
const refuseThroughGlass = ({ throughGlass, actor }: PartyContext): void => {
  if (throughGlass)
    throw new RuleBroken(
      'not-named',
      `${actor.id} is not named on the restricted case that this party is on. This is for those who may know of it.`,
    );
};

/** Whoever turns out to be a party is off its cases, as if they were recused: that is not for everybody to bring about. */
const refuseTakingOff = (context: PartyContext): void => {
  refuseThroughGlass(context);
  if (context.isOnCase && context.actor.role !== 'casework-head')
    throw new RuleBroken(
      'party-on-a-case',
      'This party is on a case, and whoever it is said to be is taken off it. Ask a head of casework to say who it is.',
    );
};

/** What somebody of the staff is told by mail goes to the address of the party that they are: nobody else turns it aside. */
const refuseTurningAside = (staffIds: readonly string[], { actor }: Partial<PartyContext>): void => {
  if (staffIds.length === 0 || !actor || staffIds.includes(actor.id) || actor.role === 'casework-head')
    return;
  throw new RuleBroken(
    'mail-of-staff',
    `What ${staffIds.join(', ')} is told by mail goes to the address of this party. Ask them or a casework head to do this.`,
  );
};

/** What is corrected of whom the party is said to be; null: nobody of the staff. */
const checkStaffCorrected = (
  { old, new: told }: { readonly old?: unknown; readonly new: unknown },
  state: Party,
  context: PartyContext,
): void => {
  refuseOwnRecord(state, context);
  refuseTakingOff(context);
  const staffIds = [told ?? old].filter((each) => typeof each === 'string');
  if (known(state).email !== undefined) refuseTurningAside(staffIds, context);
};

const act = actsOn<Party, PartyContext, PartyEvent>();

export const party: Decider<Party, PartyContext, PartyEvent> = {
  kind: 'party',
  catalogue: partyEvents,
  acts: {
    Register: act({
      summary: 'Register a person or an organisation that takes part in a case.',
      when: 'absent',
      input: z.strictObject({ kind: partyKind, ...contact }),
      decide: (data) => [{ type: 'PartyRegistered', data }],
    }),
    ChangeContact: act({
      summary: "State a party's name and contacts anew.",
      when: 'open',
      input: z.strictObject(contact),
      possible: (state, context) => refuseTurningAside(known(state).staffIds, context),
      decide: (data) => [{ type: 'PartyContactChanged', data }],
    }),
    IdentifyStaff: act({
      summary:
        'Say which member of staff this party is, so that they never act on a case of their own. Whoever is known by several references is told of by each.',
      when: 'open',
      input: z.strictObject({ staffId: memberRef }),
      decide: (data, state, context) => {
        if (known(state).erased) throw alreadyErased();
        if (known(state).staffIds.includes(data.staffId)) return [];
        refuseOwnRecord(state, context);
        refuseTakingOff(context);
        if (known(state).email !== undefined) refuseTurningAside([data.staffId], context);
        return [{ type: 'StaffIdentified', data }];
      },
    }),
    Erase: act({
      summary:
        'Destroy the key of a party: its name and contacts can never be read again. What its cases say is erased with them.',
      when: 'open',
      input: erasureInput,
      possible: (state, { cases = [] }) => {
        if (known(state).erased) throw alreadyErased();
        cases.forEach(refuseWhileNeeded);
      },
      decide: (data, state, context) => {
        refuseOwnRecord(state, context);
        for (const each of context.cases ?? []) refuseBeforeItsDay(each, data.basis, context.today);
        // Last, so that it is said only where nothing else stands in the way.
        if (context.onHiddenCases) throw notAllShown();
        return [{ type: 'PersonalDataErased', data }];
      },
    }),
    CorrectEntry: act({
      summary: 'Correct an entry; both the old and the new stay on record.',
      when: 'open',
      input: correctionInput,
      decide: (data, state, context) => {
        const correction = correctEntry(partyEvents, data, context.history);
        if (data.path[0] === 'staffId') checkStaffCorrected(correction.data, state, context);
        if (data.path[0] === 'email') refuseTurningAside(known(state).staffIds, context);
        return [correction];
      },
    }),
  },
  initial: { phase: 'absent' },
  phase: (state) => state.phase,
  evolve: evolveWith<Party, PartyEvent>({
    PartyRegistered: (_, { backdatingReason: __, ...told }) => ({ phase: 'open', staffIds: [], ...told }),
    PartyContactChanged: (state, { backdatingReason: _, ...contacts }) => {
      const { phase, kind: same, staffIds } = known(state);
      return { phase, kind: same, ...contacts, staffIds };
    },
    StaffIdentified: (state, { staffId }) => {
      const before = known(state).staffIds;
      const isNew = staffId !== null && !before.includes(staffId);
      return { ...known(state), staffIds: isNew ? [...before, staffId] : before };
    },
    PersonalDataErased: (state) => ({ ...known(state), erased: true }),
    EntryCorrected: (state) => state,
  }),
};
