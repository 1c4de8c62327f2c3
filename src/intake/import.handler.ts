import { setImmediate as nextTurn } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { freshId } from '../event-store/fresh-bytes.js';
import { ComplaintSlice } from '../complaints/complaint.slice.js';
import { InvalidInput, RuleBroken, Taken, VersionConflict } from '../event-store/errors.js';
import { EventStore } from '../event-store/event-store.js';
import { Sealing } from '../event-store/sealing.js';
import { Clock } from '../platform/clock.js';
import { ResolutionSlice } from '../resolutions/resolution.slice.js';
import { CaseRecord } from './case-record.js';
import type { LegacyCase, Reject } from './legacy-case.js';
import { LegacyCases } from './legacy-cases.queries.js';
import type { LegacyRegister } from './legacy-register.js';
import { Window } from './window.js';

/** What was recorded so far: cases, their allegations, and events in all. `refused` cases were read but not accepted. */
export interface Imported {
  imported: number;
  alreadyPresent: number;
  refused: number;
  allegations: number;
  events: number;
}

/** A flag, and where the case that it is on stands. */
export type Flagged = Omit<Reject, 'code'>;

export interface ImportListener {
  rejected(reject: Reject): Promise<void>;
  /** Something odd about a case that is imported all the same. */
  flagged?(flag: Flagged): Promise<void>;
  progressed?(imported: Imported): void;
}

/**
 * Cases that are looked up together, and cases that may be under way: enough for one batch to be made while another is
 * committed. More cost more: what is under way is copied at each collection of garbage.
 */
const TOGETHER = 128;
const UNDER_WAY = 160;
/** Cases made at one turn of the event loop: no more, because the committer waits for its turn meanwhile. */
const AT_A_TURN = 8;

const IMPORTER = { id: 'import', role: 'integration' };

/** A refusal of this case, and not of whatever comes next. */
const isOfTheCase = (error: unknown): error is Error =>
  error instanceof RuleBroken || error instanceof InvalidInput || error instanceof Taken;

const tellFlags = async (
  { flags, line, allegations }: LegacyCase,
  file: string,
  listener: ImportListener,
): Promise<void> => {
  for (const { column, value, reason } of [...flags, ...allegations.flatMap((each) => each.flags)])
    await listener.flagged?.({ file, line, column, value, reason });
};

/** Records the cases of a register as events: each case with all that it has in one append, or not at all. */
@Injectable()
export class RegisterImport {
  constructor(
    @Inject(Sealing) private readonly sealing: Sealing,
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(ComplaintSlice) private readonly complaints: ComplaintSlice,
    @Inject(ResolutionSlice) private readonly resolutions: ResolutionSlice,
    @Inject(LegacyCases) private readonly cases: LegacyCases,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Importing again, also after it was cut off, records what is missing and nothing twice. */
  async run(register: LegacyRegister, listener: ImportListener): Promise<Imported> {
    const counts: Imported = { imported: 0, alreadyPresent: 0, refused: 0, allegations: 0, events: 0 };
    const record = this.recorder(register, listener, counts);
    const window = new Window(UNDER_WAY);
    let waiting: LegacyCase[] = [];
    const begin = async () => {
      const present = await this.cases.present(
        register.origin.source,
        waiting.map(({ sourceId }) => sourceId),
      );
      const missing = waiting.filter(({ sourceId }) => !present.has(sourceId));
      counts.alreadyPresent += waiting.length - missing.length;
      waiting = [];
      for (const [index, found] of missing.entries()) {
        await window.add(() => record(found));
        if (index % AT_A_TURN === 0) await nextTurn();
      }
      listener.progressed?.(counts);
    };
    try {
      for await (const entry of register.entries()) {
        if (entry.kind === 'reject') await listener.rejected(entry.reject);
        else {
          await tellFlags(entry.case, register.casesFile.name, listener);
          if (waiting.push(entry.case) === TOGETHER) await begin();
        }
      }
      await begin();
    } finally {
      await window.drained();
    }
    return counts;
  }

  private recorder(register: LegacyRegister, listener: ImportListener, counts: Imported) {
    const { origin, today, casesFile } = register;
    const run = { actor: IMPORTER, correlationId: freshId(), today, now: this.clock.now() };
    const { complaints, resolutions } = this;
    const record = new CaseRecord(this.sealing, run, { complaints, resolutions });
    return async (found: LegacyCase): Promise<void> => {
      try {
        const append = record.append(origin, found);
        await this.store.append(append);
        counts.imported += 1;
        counts.allegations += found.allegations.length;
        for (const { events } of append.writes) counts.events += events.length;
      } catch (error) {
        // Another import of the same register was quicker.
        if (error instanceof VersionConflict) counts.alreadyPresent += 1;
        else if (isOfTheCase(error)) {
          counts.refused += 1;
          const where = { file: casesFile.name, line: found.line, column: '', value: found.sourceId };
          await listener.rejected({ ...where, code: 'case-refused', reason: error.message });
        } else throw error;
      }
    };
  }
}
