import { Inject, Injectable } from '@nestjs/common';
import type { Sight } from '../access/sight.js';
import { caseIn, clocksOf, clocksText } from '../complaints/complaint.projection.js';
import { References } from '../complaints/reference.queries.js';
import { NotFound } from '../event-store/errors.js';
import { EventStore } from '../event-store/event-store.js';
import { toldBy } from '../event-store/told.js';
import { reminder } from '../reminders/reminder.js';
import { reminderRow } from '../reminders/reminder.projection.js';
import type { HistoryEntry } from './case-history.js';
import type { CaseDifference, CaseReplay, CaseState } from './case-replay.js';
import { differenceOf } from './difference.js';
import { HistoryReader } from './history.reader.js';
import { KnownThen } from './known-then.reader.js';
import { LiveCaseQueries } from './live-case.queries.js';
import { Moments } from './moments.reader.js';
import { pointOf } from './point.js';
import { seenParts } from './seen-parts.js';

type Part = CaseState['complaint'];

const parsed = (text: string): Part => JSON.parse(text) as Part;

/** What had been recorded by then, and what of it had been corrected by then. */
const until = (entries: readonly HistoryEntry[], position: number): HistoryEntry[] =>
  entries
    .filter((entry) => entry.position <= position)
    .map((entry) => ({
      ...entry,
      corrections: entry.corrections.filter((correction) => correction.position <= position),
    }));

const streamsOf = (entries: readonly HistoryEntry[]): CaseReplay['streams'] => {
  const versions = new Map(entries.map(({ stream, version }) => [stream, version]));
  return [...versions].map(([stream, version]) => ({ stream, version }));
};

/** The lists of a record name deadlines, and some of those a hearing. */
const seenRecord = (record: Part | null, sight: Sight): Part | null =>
  record &&
  Object.fromEntries(
    Object.entries(record).map(([name, told]) => [
      name,
      Array.isArray(told) ? told.filter((each) => sight.seesAllIn(JSON.stringify(each))) : told,
    ]),
  );

const seenIn = ({ complaint: own, hearings, resolutions, ...rest }: CaseState, sight: Sight): CaseState => {
  const { row: complaint, ...others } = seenParts({ row: own, hearings, resolutions }, sight);
  return { ...rest, complaint, ...others, record: seenRecord(rest.record, sight) };
};

const referenceIn = ({ complaint }: CaseState): string => String(complaint['reference']);

/** A case by the name that somebody gave it, and all its entries. */
interface Named {
  readonly name: string;
  readonly id: string;
  readonly entries: readonly HistoryEntry[];
}

/** A single case as it was at any point of the log, and the difference between two. */
@Injectable()
export class CaseReplays {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(References) private readonly references: References,
    @Inject(HistoryReader) private readonly history: HistoryReader,
    @Inject(KnownThen) private readonly knownThen: KnownThen,
    @Inject(LiveCaseQueries) private readonly live: LiveCaseQueries,
    @Inject(Moments) private readonly moments: Moments,
  ) {}

  /**
   * The case at a point as `casePoint` reads it, with the latest entries that led there. Errors: NotFound, InvalidInput
   * `as-of-in-future`, `position-not-reached`.
   */
  async at(name: string, point: string, sight: Sight, most = Infinity): Promise<CaseReplay> {
    const named = await this.named(name, sight);
    const position = await this.positionOf(named, point);
    const state = seenIn(await this.stateAt(named, position), sight);
    const events = until(named.entries, position);
    return {
      id: named.id,
      reference: referenceIn(state),
      position,
      recordedAt: events.at(-1)?.recordedAt ?? '',
      streams: streamsOf(events),
      ...state,
      eventCount: events.length,
      events: events.slice(-most),
    };
  }

  /** From one point to another, or to what the read tables tell now; with the latest entries between them. Errors: as of `at`. */
  async difference(
    name: string,
    [from, to]: readonly [from: string, to: string | undefined],
    sight: Sight,
    most = Infinity,
  ): Promise<CaseDifference> {
    const named = await this.named(name, sight);
    const begun = await this.positionOf(named, from);
    const ended = to === undefined ? await this.moments.head() : await this.positionOf(named, to);
    const [before, then] = [await this.stateAt(named, begun), await this.stateAt(named, ended)];
    const after = to === undefined ? { ...(await this.live.state(named.id)), record: then.record } : then;
    const events = until(named.entries, Math.max(begun, ended)).filter(
      ({ position }) => position > Math.min(begun, ended),
    );
    return {
      id: named.id,
      reference: referenceIn(before),
      from: begun,
      to: to === undefined ? null : ended,
      changes: differenceOf(seenIn(before, sight), seenIn(after, sight)),
      eventCount: events.length,
      events: events.slice(-most),
    };
  }

  private async named(name: string, sight: Sight): Promise<Named> {
    const id = await this.references.idOf(name, sight);
    return { name, id, entries: await this.history.of(name, sight) };
  }

  private async positionOf({ name, id, entries }: Named, given: string): Promise<number> {
    const point = pointOf(given);
    if ('position' in point) return this.moments.reached(point.position);
    if ('moment' in point) return this.moments.positionAt(this.moments.moment(point.moment));
    const own = entries.filter(({ stream }) => stream === `complaint-${id}`);
    const told = own.find(({ version }) => version === point.version);
    if (!told)
      throw new NotFound('version', `${point.version} of ${name}`, `It stands at version ${own.length}.`);
    return told.position;
  }

  private async stateAt({ name, id }: Named, position: number): Promise<CaseState> {
    const rows = await this.knownThen.rowsOf(id, { position });
    if (!rows) throw new NotFound('case', `${name} that had been recorded by position ${position}`);
    const file = caseIn(rows.row);
    const clocks = clocksOf({ rulesOf: () => rows.rules }, file.complaint);
    return {
      complaint: parsed(rows.row),
      clocks: parsed(clocksText(file, clocks)),
      hearings: rows.hearings.map(parsed),
      resolutions: rows.resolutions.map(parsed),
      record: await this.recordAt(id, position),
    };
  }

  private async recordAt(id: string, position: number): Promise<Part | null> {
    const stream = `deadlines-${id}`;
    const recorded = (await this.store.load(stream)).filter((event) => event.position <= position);
    const { version, state } = toldBy(reminder, stream, recorded);
    return version === 0 ? null : parsed(reminderRow(id, version, state).text);
  }
}
