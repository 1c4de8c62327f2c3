import { z } from 'zod';
import type { Closure } from '../clocks/ages.js';
import type { WorkingCalendar } from '../clocks/calendar.js';
import { isOverdue } from '../clocks/deadline.js';
import type { PolicySet } from '../clocks/policy-set.js';
import { liveRespondentsOf } from '../complaints/complaint.context.js';
import { binding, deadlinesOf, type CaseDeadline } from '../complaints/complaint.deadlines.js';
import { allegation } from '../complaints/complaint.events.js';
import { nextDue } from '../complaints/complaint.projection.js';
import type { KnownComplaint } from '../complaints/complaint.state.js';
import { hearingView, type HearingView } from '../hearings/hearing.queries.js';
import { resolutionView, type ResolutionView } from '../resolutions/resolution.queries.js';
import { countMissed, missedDeadline, type MissedDeadline } from './missed.js';
import { age, agesOn, caseSummary, summaryOn, type CaseFacts } from './case-view.js';

/** One case in full, as it is on a day: the same whether its file was read or folded anew. */

const day = z.iso.date();

const deadline = z
  .object({
    key: z.string(),
    occurrence: z
      .int()
      .describe('Which time it falls due, counted from 1; of what recurs, each time missed and the last.'),
    startedOn: day,
    dueOn: day.describe('While a pause holds it, it moves on by the day.'),
    metOn: day.nullable(),
    state: z
      .enum(['met', 'running', 'held', 'overdue', 'lapsed', 'passed'])
      .describe(
        'held: a pause stops it; lapsed: the case was closed before it was met; passed: it is advisory, and its day is over.',
      ),
    advisory: z.boolean().describe('A day to aim for, which is never overdue nor missed.'),
    missed: z.boolean().describe('Its day passed before it was met; what is due today is not missed.'),
  })
  .meta({ id: 'CaseDeadline' });

const source = z
  .object({
    name: z.string(),
    id: z.string(),
    flags: z
      .array(
        z
          .object({ column: z.string(), value: z.string().optional(), reason: z.string() })
          .meta({ id: 'RegisterFlag' }),
      )
      .readonly(),
  })
  .meta({ id: 'CaseSource' });

const backdated = z
  .object({
    position: z.int(),
    type: z.string(),
    happenedOn: day,
    recordedAt: z.iso.datetime(),
    reason: z.string(),
  })
  .meta({ id: 'BackdatedEntry' });

const list = <Item extends z.ZodType>(item: Item) => z.array(item).readonly();

export const caseView = z
  .object({
    ...caseSummary.shape,
    age: z
      .object({
        gross: age.describe('From the receipt to today, or to the closing.'),
        net: age.describe('Without pauses, and without the time between a closing and its reopening.'),
      })
      .meta({ id: 'CaseAge' }),
    deadlines: list(deadline),
    missedDeadlines: list(missedDeadline).describe(
      'Every miss on record, also where the deadline was moved, met or undone since.',
    ),
    channel: z.string(),
    summary: z.string().nullable(),
    standing: z.string().nullable(),
    complainantRef: z.uuid().nullable(),
    policySet: z.string().nullable().describe('null for an imported case that nobody adopted.'),
    source: source.nullable(),
    acknowledgedOn: day.nullable(),
    investigatorId: z.string().nullable(),
    allegations: list(z.object({ ...allegation.shape, withdrawn: z.boolean() }).meta({ id: 'Allegation' })),
    respondentRefs: list(z.uuid()).describe(
      'Whom the complaint is about: identified as such, or named in an allegation that was not withdrawn.',
    ),
    recused: list(z.string()).describe('Staff who declared a conflict or were recused.'),
    escalations: list(
      z
        .object({ stage: z.string(), requestedOn: day, acknowledgedOn: day.optional() })
        .meta({ id: 'Escalation' }),
    ).describe('The further stages that somebody asked for, the present one last.'),
    suspensions: list(
      z
        .object({ suspensionId: z.uuid(), respondentRef: z.uuid(), reviewOn: day, live: z.boolean() })
        .meta({ id: 'InterimSuspension' }),
    ),
    evidence: list(z.object({ documentId: z.uuid(), sha256: z.string() }).meta({ id: 'EvidenceReference' })),
    disclosedTo: list(z.uuid()),
    responses: z.int(),
    outsideContacts: z.int(),
    linked: list(z.uuid()),
    holds: list(z.uuid()).describe('Legal holds that stand.'),
    pauses: list(z.object({ from: day, to: day.nullable(), reason: z.string() }).meta({ id: 'ClockPause' })),
    extensions: list(
      z.object({ deadline: z.string(), grantedOn: day, to: day }).meta({ id: 'DeadlineExtension' }),
    ),
    gaps: list(z.object({ closedOn: day, reopenedOn: day }).meta({ id: 'ClosedSpell' })).describe(
      'Spells in which the case was closed before it was reopened.',
    ),
    ending: z
      .enum(['rejected', 'referred', 'withdrawn'])
      .nullable()
      .describe('What was recorded that ends the case; it is closed by a command of its own.'),
    hearings: list(hearingView),
    resolutions: list(resolutionView),
    backdated: list(backdated).describe(
      'Entries that somebody recorded on a later day than they happened, the receipt and an import left aside.',
    ),
    versions: list(z.object({ stream: z.string(), version: z.int() }).meta({ id: 'StreamVersion' })).describe(
      'What If-Match may name: the version of each stream of this case.',
    ),
  })
  .meta({ id: 'CaseFile' });

export type CaseView = z.output<typeof caseView>;

/** The read row of a case, sealed as it is. */
export type CaseRow = KnownComplaint &
  Pick<CaseFacts, 'id' | 'version' | 'status'> & {
    readonly sourceName?: string;
    readonly sourceId?: string;
  };

/** What a case file is made of, with everything still sealed. */
export interface CaseParts {
  readonly row: CaseRow;
  readonly hearings: readonly HearingView[];
  readonly resolutions: readonly ResolutionView[];
  readonly lastActivityOn: string | null;
  readonly backdated: CaseView['backdated'];
  readonly missedDeadlines: readonly MissedDeadline[];
}

/** Of those what read rows say. */
export type ReadParts = Omit<CaseParts, 'backdated' | 'missedDeadlines'>;

/** By what its days are counted: the organisation's calendar for ages, the policy's for deadlines. */
export interface Counting {
  readonly calendar: WorkingCalendar;
  readonly policy: PolicySet | undefined;
  readonly policyCalendar: WorkingCalendar;
}

const factsOf = (
  { row, lastActivityOn }: CaseParts,
  { policy, policyCalendar }: Counting,
): Omit<CaseFacts, 'missed'> => ({
  id: row.id,
  reference: row.reference,
  status: row.status,
  category: row.category,
  severity: row.severity ?? null,
  handlerId: row.handlerId ?? null,
  receivedOn: row.receivedOn,
  closedOn: row.phase === 'closed' ? row.closedOn : null,
  outcome: row.phase === 'closed' ? row.outcome : null,
  sourceName: row.sourceName ?? null,
  sourceId: row.sourceId ?? null,
  nextDueOn: nextDue(row, binding(deadlinesOf(row, policy, policyCalendar, null))),
  lastActivityOn,
  version: row.version,
});

const closuresOf = (row: CaseRow): Closure[] => [
  ...row.gaps,
  ...(row.phase === 'closed' ? [{ closedOn: row.closedOn, reopenedOn: null }] : []),
];

const stateOf = (
  { metOn, held, dueOn, rule }: CaseDeadline,
  closedOn: string | null,
  asOf: string,
): CaseView['deadlines'][number]['state'] => {
  if (metOn !== null) return 'met';
  if (closedOn !== null) return 'lapsed';
  if (held) return 'held';
  if (!isOverdue(dueOn, asOf)) return 'running';
  return rule.advisory ? 'passed' : 'overdue';
};

const deadlinesOn = (row: CaseRow, asOf: string, { policy, policyCalendar }: Counting) => {
  const closedOn = row.phase === 'closed' ? row.closedOn : null;
  return deadlinesOf(row, policy, policyCalendar, asOf).map((each) => {
    const {
      key,
      occurrence,
      startedOn,
      dueOn,
      metOn,
      rule: { advisory },
    } = each;
    const state = stateOf(each, closedOn, asOf);
    const missed = !advisory && state !== 'held' && isOverdue(dueOn, metOn ?? closedOn ?? asOf);
    return { key, occurrence, startedOn, dueOn, metOn, state, advisory, missed };
  });
};

const versionsOf = ({ row, hearings, resolutions }: CaseParts): CaseView['versions'] => [
  { stream: `complaint-${row.id}`, version: row.version },
  ...hearings.map(({ id, version }) => ({ stream: `hearing-${id}`, version })),
  ...resolutions.map(({ id, version }) => ({ stream: `resolution-${id}`, version })),
];

/** The case as it is on that day; text about people stays sealed. */
export const fileOn = (parts: CaseParts, asOf: string, counting: Counting): CaseView => {
  const { row, hearings, resolutions, missedDeadlines } = parts;
  const deadlines = deadlinesOn(row, asOf, counting);
  const missed = countMissed(missedDeadlines, deadlines);
  const dates = { receivedOn: row.receivedOn, closures: closuresOf(row), pauses: row.pauses };
  return {
    ...summaryOn({ ...factsOf(parts, counting), missed }, asOf, counting.calendar),
    age: agesOn(dates, asOf, counting.calendar),
    deadlines,
    missedDeadlines,
    channel: row.channel,
    summary: row.summary ?? null,
    standing: row.standing ?? null,
    complainantRef: row.complainantRef ?? null,
    policySet: row.policySet ?? null,
    source: row.source ?? null,
    acknowledgedOn: row.acknowledgedOn ?? null,
    investigatorId: row.investigatorId ?? null,
    allegations: row.allegations,
    respondentRefs: [...new Set(liveRespondentsOf(row))],
    recused: row.recused,
    escalations: row.escalations ?? [],
    suspensions: row.suspensions,
    evidence: row.evidence,
    disclosedTo: row.disclosedTo,
    responses: row.responses,
    outsideContacts: row.outsideContacts,
    linked: row.linked,
    holds: row.holds,
    pauses: row.pauses,
    extensions: row.extensions,
    gaps: row.gaps,
    ending: row.ending ?? null,
    hearings,
    resolutions,
    backdated: parts.backdated,
    versions: versionsOf(parts),
  };
};
