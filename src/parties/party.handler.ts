import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Situations } from '../access/circumstances.js';
import { Sights } from '../access/sights.js';
import { Implications } from '../complaints/implications.reader.js';
import { Command, type Answer } from '../event-store/command.js';
import { Desk, type Slice } from '../event-store/desk.js';
import { CasesOfParty } from './cases-of-party.reader.js';
import { party, type Party, type PartyContext, type PartyEvent } from './party.js';
import { partyRow } from './party.projection.js';
import { PartyQueries } from './party.queries.js';

export class PartyCommand extends Command {}

/** Whom a command says to be that party, be it by a correction; null where that takes it back. */
const staffSaidBy = ({ act, input }: Command): unknown => {
  const { staffId, path, new: told } = input as Readonly<Record<string, unknown>>;
  const isCorrection = act === 'CorrectEntry' && (path as readonly string[])[0] === 'staffId';
  return isCorrection ? told : act === 'IdentifyStaff' ? staffId : undefined;
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
    @Inject(Implications) private readonly implications: Implications,
  ) {
    this.slice = {
      decider: party,
      row: partyRow,
      hides: async ({ id, envelope: { actor } }, { version }) =>
        version > 0 && !(await queries.isSeen(id, await sights.ofActor(actor.id, actor.role))),
      gather: async (command, own) => {
        const { circumstances, occurred } = await situations.around(command, own);
        const around = { context: circumstances, occurred, subject: `party:${command.id}` };
        const said = staffSaidBy(command);
        if (said === undefined && command.act !== 'Erase') return around;
        // The glass shows a case: whom it takes off it, and whether its parties are erased, is for those who may know of it.
        const sight = await sights.withoutGlass(circumstances.actor.id, circumstances.actor.role);
        if (said !== undefined) {
          const [isOnCase, isSeen] = await Promise.all([
            implications.isOnCase(command.id),
            queries.isSeen(command.id, sight),
          ]);
          const context = { ...circumstances, isOnCase, throughGlass: !isSeen };
          return { ...around, context, ...(await this.implicatedIn(command, said)) };
        }
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

  private async implicatedIn({ id, envelope }: Command, staffId: unknown) {
    return typeof staffId === 'string'
      ? this.implications.inCases({ partyRef: id, staffId }, envelope)
      : undefined;
  }
}
