import { Inject, Injectable } from '@nestjs/common';
import { EventStore } from '../event-store/event-store.js';
import type { Entry } from '../event-store/event.js';
import { Sealing } from '../event-store/sealing.js';
import {
  externalRecord,
  externalRecordEvents,
  type ExternalRecord,
  type ExternalRecordEvent,
} from './external-record.js';

const AT_ONCE = 5_000;

/** The records of registers that were only observed, as they had been seen by a position of the log. */
@Injectable()
export class ExternalRecords {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(Sealing) private readonly sealing: Sealing,
  ) {}

  /** Opened: what stood in its cells of each record of the source that was there. */
  async knownAt(position: number, source: string): Promise<readonly ExternalRecord[]> {
    const records = new Map<string, ExternalRecord>();
    const types = Object.keys(externalRecordEvents);
    for (let after = 0; ;) {
      const page = await this.store.page(after, AT_ONCE, { types });
      const then = page.filter((event) => event.position <= position);
      for (const event of then) {
        const before = records.get(event.stream) ?? externalRecord.initial;
        records.set(
          event.stream,
          externalRecord.evolve(before, event as unknown as Entry<ExternalRecordEvent>),
        );
      }
      const last = then.at(-1);
      if (!last || then.length < AT_ONCE) break;
      after = last.position;
    }
    return this.sealing.open(
      [...records.values()].filter((record) => record.there && record.source === source),
    );
  }
}
