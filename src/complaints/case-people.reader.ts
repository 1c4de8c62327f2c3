import { Inject, Injectable } from '@nestjs/common';
import { everything } from '../access/sight.js';
import { Sights } from '../access/sights.js';
import type { Command } from '../event-store/command.js';
import { Desk, type Gathered } from '../event-store/desk.js';
import { id as anId } from '../event-store/schema.js';
import type { Told } from '../event-store/told.js';
import { party, type Party } from '../parties/party.js';
import { PartyQueries } from '../parties/party.queries.js';
import { CaseSight } from './case-sight.reader.js';
import { unguarded, type ComplaintContext } from './complaint.context.js';
import type { Complaint } from './complaint.state.js';
import { Guards } from './guards.reader.js';
import { Removals, type Removed } from './removals.reader.js';

/** What an input may say of people. */
interface Input {
  readonly staffId?: string;
  readonly handlerId?: string;
  readonly investigatorId?: string;
  readonly people?: readonly string[];
  readonly allegations?: readonly Readonly<Record<string, unknown>>[];
  /** Of a correction: where, and what it should have said. */
  readonly path?: readonly string[];
  readonly new?: unknown;
}

type Known = Pick<
  ComplaintContext,
  | 'actorParties'
  | 'assigneeParties'
  | 'assigneeNames'
  | 'unknownParties'
  | 'erasedParties'
  | 'implicated'
  | 'guarding'
>;

/** Who is named, and who among the staff that an act concerns is a party somewhere. */
export interface People {
  readonly known: Known;
  /** Who the parties are, and who sits on panels, must not change meanwhile. */
  readonly unchanged: readonly Told<unknown>[];
  readonly also: NonNullable<Gathered<ComplaintContext>['also']>;
}

const nobody: People = {
  known: {
    actorParties: [],
    assigneeParties: [],
    assigneeNames: [],
    unknownParties: [],
    erasedParties: [],
    implicated: [],
    guarding: unguarded,
  },
  unchanged: [],
  also: [],
};

const PARTY_FIELDS = ['complainantRef', 'respondentRef', 'submittedBy', 'by', 'whoRef'];

/** The parties that an input names, a correction's new one included; each once. */
const partiesNamed = (input: Input): readonly string[] => {
  const told = input.path ? { [input.path.at(-1) ?? '']: input.new } : input;
  const named = [told, ...(input.allegations ?? [])]
    .flatMap((fields) => PARTY_FIELDS.map((field) => (fields as Readonly<Record<string, unknown>>)[field]))
    .filter((each): each is string => typeof each === 'string' && anId.safeParse(each).success);
  return [...new Set(named)];
};

/** Whom a command takes off the case: they sit at none of its hearings any more. */
const removedBy = (
  { act, input, envelope }: Command,
  implicated: Known['implicated'],
): readonly Removed[] => {
  if (act === 'DeclareConflict')
    return [{ staffId: envelope.actor.id, reasons: 'Declared a conflict in a case that is heard.' }];
  const { staffId = '' } = input as Input;
  if (act === 'Recuse') return [{ staffId, reasons: 'Was recused from a case that is heard.' }];
  return implicated.map((each) => ({ ...each, reasons: 'Is a party to a case that is heard.' }));
};

/** The people around a decision on a case. */
@Injectable()
export class CasePeople {
  constructor(
    @Inject(Desk) private readonly desk: Desk,
    @Inject(PartyQueries) private readonly parties: PartyQueries,
    @Inject(Removals) private readonly removals: Removals,
    @Inject(Sights) private readonly sights: Sights,
    @Inject(CaseSight) readonly sight: CaseSight,
    @Inject(Guards) private readonly guards: Guards,
  ) {}

  async around(command: Command, { state }: Told<Complaint>): Promise<People> {
    const input = command.input as Input;
    const named = partiesNamed(input);
    // A case without parties is nobody's own.
    if (state.phase === 'absent' && named.length === 0) return nobody;
    const assigned = [input.handlerId, input.investigatorId].filter((each) => each !== undefined);
    const staff = [...assigned, ...(input.people ?? [])];
    const { id: actorId } = command.envelope.actor;
    const [actorParties, assignees, sight, guarding, told] = await Promise.all([
      this.parties.ofStaff(actorId),
      Promise.all(staff.map((each) => this.parties.person(each))),
      named.length === 0 ? everything : this.sights.ofActor(actorId),
      this.guards.around(command, state),
      Promise.all(named.map(async (id) => ({ id, told: await this.desk.load(party, id) }))),
    ]);
    const implicated = told.flatMap(({ id, told: { state: each } }) => staffIn(id, each));
    const removed = removedBy(command, implicated);
    const panels = await this.removals.fromPanels([state], removed, command.envelope);
    const hidden = await this.parties.hiddenAmong(named, sight);
    const unknownParties = told
      .filter((each) => each.told.version === 0 || hidden.includes(each.id))
      .map(({ id }) => id);
    const erasedParties = told.filter(({ told: { state: each } }) => isErasedParty(each)).map(({ id }) => id);
    const assigneeParties = assignees.flatMap(({ parties }) => parties);
    const assigneeNames = assignees.flatMap(({ alsoAs }) => alsoAs);
    const who = { actorParties, assigneeParties, assigneeNames, implicated, guarding };
    return {
      known: { ...who, unknownParties, erasedParties },
      unchanged: [...told.map((each) => each.told), ...(panels.unchanged ?? [])],
      also: panels.also ?? [],
    };
  }
}

const staffIn = (partyRef: string, state: Party): Known['implicated'] =>
  state.phase === 'open' ? state.staffIds.map((staffId) => ({ partyRef, staffId })) : [];

const isErasedParty = (state: Party): boolean => state.phase === 'open' && state.erased === true;
