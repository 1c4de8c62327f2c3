import { Inject, Injectable } from '@nestjs/common';
import { allowedCommands } from '../access/command-door.js';
import type { Principal } from '../access/principal.js';
import type { Sight } from '../access/sight.js';
import type { HistoryEntry } from '../audit/case-history.js';
import { HistoryReader } from '../audit/history.reader.js';
import { KnownThen, type Knowledge } from '../audit/known-then.reader.js';
import { seenParts } from '../audit/seen-parts.js';
import { dayIn } from '../clocks/days.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import type { Rules } from '../clocks/reckoned-by.js';
import { complaint } from '../complaints/complaint.js';
import { ComplaintSlice } from '../complaints/complaint.slice.js';
import { References } from '../complaints/reference.queries.js';
import { NotFound } from '../event-store/errors.js';
import { AsOf } from './as-of.reader.js';
import { fileOn, type CaseView, type ReadParts } from './case-file.js';
import { CaseFileQueries } from './case-file.queries.js';
import { missedIn } from './missed.js';
import type { Basis } from './moment.js';

/** What a case file is made of, and the rules that the case goes or went by. */
interface Ruled {
  readonly parts: ReadParts;
  readonly rules: Rules | undefined;
}

const isOf = (
  by: Knowledge | undefined,
  { position, occurredOn }: { position: number; occurredOn: string },
) => {
  if (!by) return true;
  return 'position' in by ? position <= by.position : occurredOn <= by.day;
};

const dayOf = ({ occurred }: HistoryEntry): string =>
  'date' in occurred ? occurred.date : dayIn(occurred.at, occurred.zone);

const backdatedIn = (entries: readonly HistoryEntry[], by: Knowledge | undefined): CaseView['backdated'] =>
  entries.flatMap((entry) => {
    const { position, type, recordedAt, backdated, backdatingReason: reason } = entry;
    if (!backdated || reason === null) return [];
    const happenedOn = dayOf(entry);
    if (!isOf(by, { position, occurredOn: happenedOn })) return [];
    return [{ position, type, happenedOn, recordedAt, reason }];
  });

/** One case in full: as it stands, from the read rows; as it was, from the events that were recorded or happened by then. */
@Injectable()
export class CaseReader {
  constructor(
    @Inject(CaseFileQueries) private readonly queries: CaseFileQueries,
    @Inject(KnownThen) private readonly knownThen: KnownThen,
    @Inject(HistoryReader) private readonly history: HistoryReader,
    @Inject(References) private readonly references: References,
    @Inject(PolicyBook) private readonly policies: PolicyBook,
    @Inject(AsOf) private readonly asOf: AsOf,
    @Inject(ComplaintSlice) private readonly complaints: ComplaintSlice,
  ) {}

  /** `name` is an id or a reference. Errors: NotFound, InvalidInput `as-of-in-future`. */
  async one(name: string, asOf: string | undefined, basis: Basis, sight: Sight): Promise<CaseView> {
    const moment = this.asOf.moment(asOf);
    const { day } = moment;
    const id = await this.references.idOf(name, sight);
    const by = asOf === undefined ? undefined : await this.asOf.known(moment, basis);
    const { parts, rules } = by
      ? await this.partsBy(id, by, `${name} that ${KNOWN[basis]} by ${asOf}`)
      : await this.partsNow(id, sight);
    const policy = rules?.policy;
    const { calendar } = this.policies;
    const entries = await this.history.of(id, sight);
    const missedDeadlines = missedIn(entries, by);
    const counting = { calendar, policy, policyCalendar: rules?.calendar ?? calendar };
    const seen = { ...parts, ...seenParts(parts, sight) };
    const file = fileOn({ ...seen, backdated: backdatedIn(entries, by), missedDeadlines }, day, counting);
    // As lists of the past tell it, which keep what was on record.
    return by ? { ...file, missed: missedDeadlines.length } : file;
  }

  /** What somebody may do to it now. */
  async allowed(id: string, principal: Principal): Promise<readonly string[]> {
    const { state, context } = await this.complaints.seenBy(principal.id, id);
    return allowedCommands(complaint, state, principal, context);
  }

  private async partsNow(id: string, sight: Sight): Promise<Ruled> {
    const parts = await this.queries.parts(id, sight);
    return { parts, rules: await this.policies.ofCase(parts.row) };
  }

  private async partsBy(id: string, by: Knowledge, sought: string): Promise<Ruled> {
    const then = await this.knownThen.rowsOf(id, by);
    if (!then) throw new NotFound('case', sought);
    const parts = {
      lastActivityOn: then.lastActivityOn,
      row: JSON.parse(then.row) as ReadParts['row'],
      hearings: then.hearings.map((text) => JSON.parse(text) as ReadParts['hearings'][number]),
      resolutions: then.resolutions.map((text) => JSON.parse(text) as ReadParts['resolutions'][number]),
    };
    return { parts, rules: then.rules };
  }
}

const KNOWN = { 'known-then': 'had been recorded', 'known-now': 'had been received' } as const;
