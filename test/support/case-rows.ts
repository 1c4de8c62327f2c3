import type pg from 'pg';
import { anId } from './given.js';

/** Read rows of cases, as their projection tells them, for specs of what reads them. */
export interface RowFacts {
  readonly n: number;
  readonly receivedOn?: string;
  readonly closedOn?: string | undefined;
  readonly gaps?: readonly { closedOn: string; reopenedOn: string }[];
  readonly nextDueOn?: string | undefined;
  /** Deadlines that do not recur. */
  readonly deadlines?: readonly {
    readonly key: string;
    readonly dueOn: string;
    readonly metOn?: string | undefined;
    readonly held?: boolean;
  }[];
  readonly category?: string;
  readonly stage?: string;
  readonly severity?: string;
  readonly handlerId?: string | undefined;
  readonly source?: { readonly name: string; readonly id: string };
}

/** The lists of a case file in which nothing stands yet. */
const NOTHING_YET = Object.fromEntries(
  [
    'allegations',
    'respondentRefs',
    'recused',
    'suspensions',
    'evidence',
    'disclosedTo',
    'linked',
    'holds',
    'hearings',
    'resolutions',
    'pauses',
    'extensions',
    'milestones',
  ].map((name) => [name, []]),
);

export const caseRow = (facts: RowFacts) => {
  const { n, receivedOn = '2026-02-20', closedOn, gaps = [], nextDueOn, stage = 'received', source } = facts;
  const reference = source ? `${source.name}/${source.id}` : `2026-${String(n).padStart(6, '0')}`;
  return {
    id: anId(n),
    version: 1,
    phase: closedOn === undefined ? 'open' : 'closed',
    reference,
    status: closedOn === undefined ? stage : 'closed',
    category: facts.category ?? 'abuse',
    severity: facts.severity,
    handlerId: facts.handlerId,
    receivedOn,
    closedOn,
    outcome: closedOn === undefined ? undefined : 'determined',
    nextDueOn: closedOn === undefined ? (nextDueOn ?? null) : null,
    sourceName: source?.name,
    sourceId: source?.id,
    sortId: source?.id ?? reference,
    gaps,
    deadlines: (facts.deadlines ?? []).map(({ key, dueOn, metOn = null, held = false }) => ({
      key,
      occurrence: 1,
      startedOn: receivedOn,
      dueOn,
      metOn,
      held,
    })),
    channel: 'letter',
    responses: 0,
    outsideContacts: 0,
    ...NOTHING_YET,
  };
};

const rowText = (facts: RowFacts): string => {
  const { nextDueOn, deadlines, ...file } = caseRow(facts);
  const clocks = { id: file.id, live: file.phase === 'open', nextDueOn, deadlines };
  return `${JSON.stringify(file)}\n${JSON.stringify(clocks)}`;
};

/** Writes them as an append does. */
export const recordCases = (pool: pg.Pool, cases: readonly RowFacts[]) =>
  pool.query('SELECT upsert_cases($1)', [cases.map(rowText)]);
