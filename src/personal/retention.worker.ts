import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { Logger } from 'pino';
import { everything } from '../access/sight.js';
import { ComplaintCommand } from '../complaints/complaint.command.js';
import { complaint } from '../complaints/complaint.js';
import { partiesOf } from '../complaints/complaint.context.js';
import type { KnownComplaint } from '../complaints/complaint.state.js';
import { DocumentArchive } from '../documents/document.archive.js';
import { Desk } from '../event-store/desk.js';
import { RuleBroken } from '../event-store/errors.js';
import { freshId } from '../event-store/fresh-bytes.js';
import { hearing } from '../hearings/hearing.js';
import { CasesOfParty } from '../parties/cases-of-party.reader.js';
import { PartyCommand } from '../parties/party.handler.js';
import { Clock } from '../platform/clock.js';
import { LOG } from '../platform/log.js';
import { Queues } from '../platform/queue.js';
import { RetentionReader, type DueErasure } from './retention.reader.js';

export interface Retained {
  readonly erasedCases: number;
  readonly erasedParties: number;
  /** Due, and on hold. */
  readonly held: number;
}

const EVERY_MS = 60 * 60 * 1000;
const PAGE = 100;
/** Retention erases in the name of the house; the policy in whose words it does stands with the event. */
const HOUSE = { id: 'redress', role: 'operator' };

/** Erases what is due and not held, and the parties that no case names any more that is kept. It can be cut off and run at any time. */
@Injectable()
export class Retention {
  constructor(
    @Inject(RetentionReader) private readonly due: RetentionReader,
    @Inject(CommandBus) private readonly bus: CommandBus,
    @Inject(Desk) private readonly desk: Desk,
    @Inject(CasesOfParty) private readonly cases: CasesOfParty,
    @Inject(DocumentArchive) private readonly documents: DocumentArchive,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(Queues) private readonly queues: Queues,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  /** The worker role: looks each hour, in one process of several. */
  async start(): Promise<void> {
    const queue = await this.queues.queue('retention');
    await this.queues.work<object, Retained>('retention', () => this.run(), {
      failed: (_, error) => this.log.warn({ reason: error.message }, 'retention: a run failed'),
    });
    const opts = { removeOnComplete: true, removeOnFail: true };
    await queue.upsertJobScheduler('retention', { every: EVERY_MS }, { name: 'retention', opts });
  }

  async run(): Promise<Retained> {
    // Of what was cut off when its bytes were to go.
    await this.documents.clearErased();
    const told = { erasedCases: 0, erasedParties: 0, held: 0 };
    let after: string | undefined;
    do {
      const page = await this.due.page({ first: PAGE, after }, everything);
      for (const each of page.items) {
        if (each.held) told.held += 1;
        else if (await this.erased(each)) {
          told.erasedCases += 1;
          told.erasedParties += await this.erasedPartiesOf(each);
        }
      }
      after = page.next ?? undefined;
    } while (after !== undefined);
    this.log.info(told, 'retention: done');
    return told;
  }

  private erased({ caseId, policy }: DueErasure): Promise<boolean> {
    const input = { basis: 'no-longer-needed', request: policy };
    return this.done(new ComplaintCommand('Erase', caseId, input, this.envelope()));
  }

  private async erasedPartiesOf({ caseId, policy }: DueErasure): Promise<number> {
    const { state } = await this.desk.load(complaint, caseId);
    if (state.phase === 'absent') return 0;
    let erased = 0;
    for (const party of await this.namedBy(state)) {
      const { erasable } = await this.cases.of(party, this.clock.today(), everything);
      if (!erasable.every((each) => each.erased)) continue;
      const input = { basis: 'no-longer-needed', request: policy };
      if (await this.done(new PartyCommand('Erase', party, input, this.envelope()))) erased += 1;
    }
    return erased;
  }

  /** As sides, or otherwise, or in its hearings. */
  private async namedBy(state: KnownComplaint): Promise<ReadonlySet<string>> {
    const heard = await Promise.all(state.hearings.map((id) => this.desk.load(hearing, id)));
    const atHearings = heard.map((each) => (each.state.phase === 'absent' ? [] : (each.state.named ?? [])));
    return new Set([...partiesOf(state), ...(state.named ?? []), ...atHearings.flat()]);
  }

  /** Held, reopened or erased since it was found: the next run looks again. */
  private async done(command: ComplaintCommand | PartyCommand): Promise<boolean> {
    try {
      await this.bus.execute(command);
      return true;
    } catch (refusal) {
      if (refusal instanceof RuleBroken) return false;
      throw refusal;
    }
  }

  private envelope() {
    return { actor: HOUSE, correlationId: freshId() };
  }
}
