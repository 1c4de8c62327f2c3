import type { z } from 'zod';
import type { legacySource } from '../event-store/legacy-source.js';
import type { LegacyIds } from './legacy-ids.js';
import type { Flag, LegacyAllegation, LegacyCase } from './legacy-case.js';

/** What the import does with one decided case: pure, from the register's words to the input of legacy acts. */

/** The register that a case comes from. */
export interface Origin {
  /** Its name: with the id it is the key of a case for ever. */
  readonly source: string;
  readonly casesSha256: string;
  /** Empty without a file of allegations. */
  readonly allegationsSha256: string;
  /** The day on which the register stood as it does: that of its release, else today. */
  readonly standsOn: string;
}

/** One act, and the day on which it happened. */
export interface LegacyAct {
  readonly act: string;
  readonly on: string;
  readonly input: unknown;
}

type Source = z.input<typeof legacySource>;

const LONGEST_VALUE = 1000;
const LONGEST_COLUMN = 200;
/** A day that an event can hold; what is found outside stays as found. */
const FIRST_DAY = '1900-01-01';
const LAST_DAY = '2199-12-31';

const cut = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…` : text;

const flagsOf = (flags: readonly Flag[]): Source['flags'] =>
  flags.map(({ code, column, value, reason }) => ({
    code,
    column: cut(column, LONGEST_COLUMN),
    reason,
    ...(value.trim() === '' ? {} : { value: cut(value, LONGEST_VALUE) }),
  }));

const caseSource = (origin: Origin, { sourceId, line, flags }: LegacyCase): Source => ({
  name: origin.source,
  id: sourceId,
  fileSha256: origin.casesSha256,
  line,
  flags: flagsOf(flags),
});

const allegationSource = (origin: Origin, sourceId: string, found: LegacyAllegation): Source => {
  const rows = [found, ...found.further].map(({ asFound }) => asFound);
  return {
    name: origin.source,
    id: sourceId,
    fileSha256: origin.allegationsSha256,
    line: found.line,
    asFound: JSON.stringify(rows.length === 1 ? rows[0] : rows),
    flags: flagsOf(found.flags),
  };
};

/** What was decided in a case, apart from its own stream. */
const decisionOf = (origin: Origin, ids: LegacyIds, found: LegacyCase) => {
  const stated = found.allegations.map((allegation, index) => ({
    allegation,
    allegationId: ids('allegation', index),
  }));
  const source = (line: number): Source => ({
    name: origin.source,
    id: found.sourceId,
    fileSha256: origin.allegationsSha256,
    line,
    flags: [],
  });
  const findings = stated.flatMap(({ allegation: { finding, line }, allegationId }) =>
    finding === null ? [] : [{ allegationId, finding, source: source(line) }],
  );
  const sanctions = stated.flatMap(({ allegation, allegationId }) =>
    allegation.sanctions.map(({ kind, days, note, line }) => ({
      allegationIds: [allegationId],
      kind,
      source: source(line),
      ...(days === null ? {} : { days }),
      ...(note === null ? {} : { details: note }),
    })),
  );
  return { findings, sanctions };
};

/** No register says on which day it was decided: at the latest when it was closed, or when the register stood so. */
const decidedOn = ({ standsOn }: Origin, { closedOn }: LegacyCase): string => closedOn ?? standsOn;

/** The act on the stream of the case's decision; none where nothing was found or imposed. */
export const resolutionActs = (origin: Origin, ids: LegacyIds, found: LegacyCase): LegacyAct[] => {
  const decision = decisionOf(origin, ids, found);
  if (decision.findings.length + decision.sanctions.length === 0) return [];
  const input = {
    complaintId: ids('complaint'),
    source: caseSource(origin, { ...found, flags: [] }),
    ...decision,
  };
  return [{ act: 'RecordLegacyResolution', on: decidedOn(origin, found), input }];
};

const incidentDay = (name: string, day: string | null): Record<string, string> =>
  day === null || day < FIRST_DAY || day > LAST_DAY ? {} : { [name]: day };

/** The acts on the case's own stream, in the order in which they happened. */
export const complaintActs = (origin: Origin, ids: LegacyIds, found: LegacyCase): LegacyAct[] => {
  const source = caseSource(origin, found);
  const incident = {
    ...incidentDay('incidentFrom', found.incidentFrom),
    ...incidentDay('incidentTo', found.incidentTo),
  };
  const allegations = found.allegations.map((allegation, index) => ({
    allegationId: ids('allegation', index),
    category: allegation.category,
    characteristics: [],
    rules: [],
    source: allegationSource(origin, found.sourceId, allegation),
    ...incident,
  }));
  const { receivedOn, channel, category } = found;
  const stated = { asFound: JSON.stringify(found.asFound), ...source };
  const record = { receivedOn, channel, category, source: stated, allegations };
  return [
    { act: 'RecordLegacyCase', on: receivedOn, input: record },
    ...attachment(origin, ids, found),
    ...closing(origin, found),
  ];
};

const attachment = (origin: Origin, ids: LegacyIds, found: LegacyCase): LegacyAct[] =>
  resolutionActs(origin, ids, found).map(({ on }) => ({
    act: 'AttachResolution',
    on,
    input: { resolutionId: ids('resolution') },
  }));

const closing = (origin: Origin, found: LegacyCase): LegacyAct[] =>
  found.closedOn === null
    ? []
    : [
        {
          act: 'CloseLegacyCase',
          on: found.closedOn,
          input: {
            outcome: found.outcome ?? 'not-stated',
            source: caseSource(origin, { ...found, flags: [] }),
          },
        },
      ];
