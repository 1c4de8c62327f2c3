import type { Append, ReadRow, StreamWrite } from '../event-store/append.js';
import { Command } from '../event-store/command.js';
import { actNamed, type Acts, type Circumstances } from '../event-store/decider.js';
import type { Desk, Slice, Told } from '../event-store/desk.js';
import { InvalidInput } from '../event-store/errors.js';
import type { DomainEvent } from '../event-store/event.js';
import { BornKeys } from '../event-store/sealing.js';
import type { ComplaintSlice } from '../complaints/complaint.slice.js';
import type { ResolutionSlice } from '../resolutions/resolution.slice.js';
import { complaintActs, resolutionActs, type LegacyAct, type Origin } from './legacy-acts.js';
import type { LegacyCase } from './legacy-case.js';
import { legacyIds } from './legacy-ids.js';
import { legacyComplaints, legacyResolutions, type ImportRun } from './legacy.slice.js';

/** Turns one case of a register into the one append that records all of it. */

class LegacyCommand extends Command {}

/** Entries of a register are told of days long past, and this is why. */
const BACKDATING_REASON = 'Imported from a legacy register.';

const envelopeOf = ({ actor, correlationId }: ImportRun, { act, on }: LegacyAct): Command['envelope'] => ({
  actor,
  correlationId,
  occurred: { date: on },
  // An act that begins a stream states its own day.
  ...(act.startsWith('RecordLegacy') ? {} : { backdatingReason: BACKDATING_REASON }),
});

/** The import is a door of its own, so it asks the schemas of the acts. Errors: InvalidInput `case-unacceptable`. */
const checked = (acts: Acts<never, never, unknown>, told: LegacyAct): unknown => {
  const read = actNamed(acts, told.act).input.safeParse(told.input);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const where = issue?.path.join('.') ?? '';
  throw new InvalidInput(
    'case-unacceptable',
    `${where}: ${issue?.message ?? ''} Correct it in the register.`,
  );
};

/** A stream that is not there yet, and what happens to it, act after act. */
interface NewStream<State, Context extends Circumstances, E extends DomainEvent> {
  readonly id: string;
  readonly slice: Slice<State, Context, E>;
  readonly acts: readonly LegacyAct[];
  readonly row: (id: string, version: number, state: State) => ReadRow;
}

export class CaseRecord {
  private readonly complaints;

  constructor(
    private readonly desk: Desk,
    private readonly run: ImportRun,
    private readonly rows: { readonly complaints: ComplaintSlice; readonly resolutions: ResolutionSlice },
  ) {
    this.complaints = legacyComplaints(run);
  }

  /** Errors: RuleBroken, InvalidInput `case-unacceptable`. */
  async append(origin: Origin, found: LegacyCase): Promise<Append> {
    const ids = legacyIds(origin.source, found.sourceId);
    const keys = new BornKeys();
    const writes = [
      ...(await this.write(keys, {
        id: ids('complaint'),
        slice: this.complaints,
        acts: complaintActs(origin, ids, found),
        row: (...of) => this.rows.complaints.row(...of),
      })),
      ...(await this.write(keys, {
        id: ids('resolution'),
        slice: legacyResolutions(this.run, ids),
        acts: resolutionActs(origin, ids, found),
        row: (...of) => this.rows.resolutions.row(...of),
      })),
    ];
    const { actor, correlationId } = this.run;
    return { actor, correlationId, writes, keys: keys.stored };
  }

  /** All acts of one stream, decided one after the other, as one write with one row. */
  private async write<State, Context extends Circumstances, E extends DomainEvent>(
    keys: BornKeys,
    { id, slice, acts, row }: NewStream<State, Context, E>,
  ): Promise<StreamWrite[]> {
    if (acts.length === 0) return [];
    const { kind, initial } = slice.decider;
    let told: Told<State, E> = { stream: `${kind}-${id}`, version: 0, state: initial, history: [] };
    const events: StreamWrite['events'][number][] = [];
    for (const each of acts) {
      const input = checked(slice.decider.acts, each);
      const command = new LegacyCommand(each.act, id, input, envelopeOf(this.run, each));
      const draft = await this.desk.draft(slice, command, told, keys);
      told = draft.told;
      for (const write of draft.writes) events.push(...write.events);
    }
    return [{ stream: told.stream, expected: 0, events, row: row(id, told.version, told.state) }];
  }
}
