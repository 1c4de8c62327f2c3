import { Inject, Injectable } from '@nestjs/common';
import { definitionOf } from '../event-store/catalogue.js';
import { EventStore } from '../event-store/event-store.js';
import { freshId } from '../event-store/fresh-bytes.js';
import { BornKeys, Sealing } from '../event-store/sealing.js';
import { toldBy } from '../event-store/told.js';
import { externalRecord, externalRecordEvents, observed, type Observation } from './external-record.js';
import { firstCopy, laterCopies, type ExternalMapping } from './external-register.js';
import { legacyIds } from './legacy-ids.js';
import { Window } from './window.js';

const IMPORTER = { id: 'import', role: 'integration' };
const UNDER_WAY = 128;

export interface ExternalImported {
  observations: number;
  events: number;
}

/** Called before anything is recorded of what a copy showed. */
export type CopyListener = (at: string) => Promise<void>;

/** Records what copies of a register showed, copy by copy; importing again records what is missing and nothing twice. */
@Injectable()
export class ExternalImport {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(Sealing) private readonly sealing: Sealing,
  ) {}

  /** Errors: InvalidInput of the files, `changes-unreadable`. `until` leaves out copies taken later. */
  async run(
    files: { readonly base: string; readonly changes?: string | undefined },
    mapping: ExternalMapping,
    { copy, until = '9' }: { copy?: CopyListener; until?: string } = {},
  ): Promise<ExternalImported> {
    const counts: ExternalImported = { observations: 0, events: 0 };
    const correlationId = freshId();
    let window = new Window(UNDER_WAY);
    let at = '';
    for await (const observation of copies(files, mapping)) {
      if (observation.at > until) break;
      if (observation.at !== at) {
        // One copy after another: nothing of the next is recorded before all of this one.
        await window.drained();
        window = new Window(UNDER_WAY);
        at = observation.at;
        await copy?.(at);
      }
      await window.add(async () => {
        counts.observations += 1;
        const recorded = await this.record(mapping.source, observation, correlationId);
        // Added only now: others counted while this one waited.
        counts.events += recorded;
      });
    }
    await window.drained();
    return counts;
  }

  private async record(source: string, observation: Observation, correlationId: string): Promise<number> {
    const id = legacyIds(source, JSON.stringify(observation.recordId))('complaint');
    const stream = `external-${id}`;
    const own = toldBy(externalRecord, stream, await this.store.load(stream));
    const events = observed(source, own.state, observation);
    if (events.length === 0) return 0;
    const keys = new BornKeys();
    const key = await this.sealing.keyFor(`external:${id}`, own.version === 0, keys);
    const { at } = observation;
    const sealed = events.map(({ type, data }) => ({
      id: freshId(),
      type,
      schemaVersion: 1,
      occurred: { at, zone: 'UTC' },
      on: at.slice(0, 10),
      text: JSON.stringify(this.sealing.seal(data, definitionOf(externalRecordEvents, type).personal, key)),
    }));
    const writes = [{ stream, expected: own.version, events: sealed }];
    await this.store.append({ writes, actor: IMPORTER, correlationId, keys: keys.stored });
    return events.length;
  }
}

async function* copies(
  { base, changes }: { readonly base: string; readonly changes?: string | undefined },
  mapping: ExternalMapping,
): AsyncGenerator<Observation> {
  yield* firstCopy(base, mapping);
  if (changes !== undefined) yield* laterCopies(changes, mapping);
}
