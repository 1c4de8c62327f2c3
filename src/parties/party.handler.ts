import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Situations } from '../access/circumstances.js';
import { Sights } from '../access/sights.js';
import { Implications, type Implicated } from '../complaints/implications.reader.js';
import { Command, type Answer } from '../event-store/command.js';
import { Desk, type Slice } from '../event-store/desk.js';
import { CasesOfParty } from './cases-of-party.reader.js';
import { party, type Party, type PartyContext, type PartyEvent } from './party.js';
import { partyRow } from './party.projection.js';
import { PartyQueries } from './party.queries.js';

export class PartyCommand extends Command {}

/** Whom a command says to be that party, be it by a correction. */
const implicatedBy = ({ act, id, input }: Command): Implicated | undefined => {
  const { staffId, path, new: told } = input as Readonly<Record<string, unknown>>;
  const isCorrection = act === 'CorrectEntry' && (path as readonly string[])[0] === 'staffId';
  const named = isCorrection ? told : act === 'IdentifyStaff' ? staffId : undefined;
  return typeof named === 'string' ? { partyRef: id, staffId: named } : undefined;
};

@CommandHandler(PartyCommand)
export class PartyHandler implements ICommandHandler<PartyCommand, Answer> {
  readonly slice: Slice<Party, PartyContext, PartyEvent>;

  constructor(
    @Inject(Desk) private readonly desk: Desk,
    @Inject(Situations) situations: Situations,
    @Inject(Sights) sights: Sights,
    @Inject(PartyQueries) queries: PartyQueries,
    @Inject(CasesOfParty) cases: CasesOfParty,
    @Inject(Implications) implications: Implications,
  ) {
    this.slice = {
      decider: party,
      row: partyRow,
      hides: async ({ id, envelope: { actor } }, { version }) =>
        version > 0 && !(await queries.isSeen(id, await sights.ofActor(actor.id, actor.role))),
      gather: async (command, own) => {
        const { circumstances, occurred } = await situations.around(command, own);
        const around = { context: circumstances, occurred, subject: `party:${command.id}` };
        const implicated = implicatedBy(command);
        if (implicated) {
          const { isOnCase, ...parts } = await implications.inCases(implicated, command.envelope);
          return { ...around, context: { ...circumstances, isOnCase }, ...parts };
        }
        if (command.act !== 'Erase') return around;
        const { id: actorId, role } = circumstances.actor;
        const sight = await sights.ofActor(actorId, role);
        const { erasable, onHidden, unchanged } = await cases.of(command.id, circumstances.today, sight);
        return {
          ...around,
          context: { ...circumstances, cases: erasable, onHiddenCases: onHidden },
          unchanged,
        };
      },
    };
  }

  /** Whoever turns out to be a party is off its cases with the same append; off those it was put on meanwhile by `LateImplications`. */
  execute(command: PartyCommand): Promise<Answer> {
    return this.desk.perform(this.slice, command);
  }
}
