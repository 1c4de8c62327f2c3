import type pg from 'pg';
import type { SelectedEvent } from './exported-event.js';

/** Which events an export is of. Positions are those of the log, both included. */
export interface Selection {
  readonly first: number;
  readonly last: number;
  readonly caseId: string | null;
  readonly category: string | null;
  readonly types: readonly string[] | null;
  readonly happenedFrom: string | null;
  readonly happenedUntil: string | null;
}

const PAGE = 2_000;
const CASES = 200;
const LEAST_ID = '00000000-0000-0000-0000-000000000000';

/** The cases that an event belongs to, by its stream. */
const CASE_IDS = `CASE split_part(stream, '-', 1)
    WHEN 'complaint' THEN ARRAY[substr(stream, 11)::uuid]
    WHEN 'deadlines' THEN ARRAY[substr(stream, 11)::uuid]
    WHEN 'activity' THEN ARRAY[substr(stream, 10)::uuid]
    WHEN 'hearing' THEN ARRAY(SELECT jsonb_array_elements_text(detail::jsonb -> 'complaintIds')::uuid FROM hearings
      WHERE hearings.id = substr(stream, 9)::uuid)
    WHEN 'resolution' THEN ARRAY(SELECT case_id FROM resolutions WHERE resolutions.id = substr(stream, 12)::uuid)
    ELSE '{}'::uuid[] END`;

const INSTANT = (column: string): string =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** The position stays what it is in the index: sorted as another type, each page would read the whole rest of the log. */
const COLUMNS = `position, event_id AS id, stream, version, type, schema_version AS "schemaVersion",
  occurred_on::text AS "on", ${INSTANT('occurred_at')} AS at, occurred_zone AS zone,
  ${INSTANT('recorded_at')} AS "recordedAt", actor_id AS "actorId", actor_role AS role, on_behalf_of AS "onBehalfOf",
  correlation_id AS "correlationId", causation_id AS "causationId",
  ${CASE_IDS} AS case_ids, data AS text`;

const CHOSEN = `($3::text[] IS NULL OR type = ANY ($3)) AND ($4::date IS NULL OR occurred_on >= $4)
  AND ($5::date IS NULL OR occurred_on <= $5)`;

const BY_POSITION = `SELECT *, case_ids::text[] AS "caseIds" FROM (
    SELECT ${COLUMNS} FROM events WHERE position > $1 AND position <= $2 AND ${CHOSEN}) AS told
  WHERE ($6::uuid IS NULL OR $6 = ANY (case_ids))
    AND ($7::text IS NULL OR EXISTS (SELECT FROM cases WHERE id = ANY (case_ids) AND category = $7))
  ORDER BY position LIMIT ${PAGE}`;

/** Cases, and what was imported as a mere list of activities. */
const CASE_PAGE = `SELECT id::text FROM (
    (SELECT id FROM cases WHERE id > $1 AND ($2::uuid IS NULL OR id = $2) AND ($3::text IS NULL OR category = $3)
      ORDER BY id LIMIT ${CASES})
    UNION ALL
    (SELECT substr(stream, 10)::uuid FROM streams WHERE stream > 'activity-' || $1::uuid AND stream < 'activity.'
      AND $2::uuid IS NULL AND $3::text IS NULL ORDER BY stream LIMIT ${CASES})) AS either
  ORDER BY either.id LIMIT ${CASES}`;

const OF_CASES = `WITH belonging AS (
    SELECT id AS case_id, kind || '-' || id AS name FROM unnest($6::uuid[]) AS id
      CROSS JOIN unnest(ARRAY['complaint', 'deadlines', 'activity']) AS kind
    UNION ALL SELECT case_id, 'hearing-' || hearing_id FROM hearing_cases WHERE case_id = ANY ($6)
    UNION ALL SELECT case_id, 'resolution-' || id FROM resolutions WHERE case_id = ANY ($6))
  SELECT case_id::text AS "traceId", told.*, case_ids::text[] AS "caseIds" FROM belonging
  CROSS JOIN LATERAL (SELECT ${COLUMNS} FROM events
    WHERE stream = name AND position > $1 AND position <= $2 AND ${CHOSEN} OFFSET 0) AS told`;

const BEGINNINGS = `SELECT *, case_ids::text[] AS "caseIds" FROM (
  SELECT ${COLUMNS} FROM events WHERE stream = ANY ($1) AND version = 1) AS told`;

type Row = Omit<SelectedEvent, 'occurred' | 'position'> & {
  readonly position: string;
  readonly at: string | null;
  readonly zone: string | null;
};

const selected = (row: Row): SelectedEvent => ({
  position: Number(row.position),
  id: row.id,
  stream: row.stream,
  version: row.version,
  type: row.type,
  schemaVersion: row.schemaVersion,
  on: row.on,
  occurred: row.at !== null && row.zone !== null ? { at: row.at, zone: row.zone } : { date: row.on },
  recordedAt: row.recordedAt,
  actorId: row.actorId,
  role: row.role,
  onBehalfOf: row.onBehalfOf,
  correlationId: row.correlationId,
  causationId: row.causationId,
  caseIds: row.caseIds,
  text: row.text,
});

/** The events of one case, in no order. */
export interface CaseEvents {
  readonly caseId: string;
  readonly events: readonly SelectedEvent[];
}

/** Pages of the selected events: of so many at once, however many there are. */
export class SelectedEvents {
  constructor(
    private readonly pool: pg.Pool,
    readonly selection: Selection,
    /** Which of a page whoever exports must not see; asked after it was read. */
    private readonly withheld: () => Promise<(event: SelectedEvent) => boolean>,
  ) {}

  /** In the order of the log, after a position. */
  async *byPosition(after: number): AsyncGenerator<readonly SelectedEvent[]> {
    const { caseId, category } = this.selection;
    for (let last = Math.max(after, this.selection.first - 1); ;) {
      const values = [...this.chosen(last), caseId, category];
      const { rows } = await this.pool.query<Row>({ name: 'export-page', text: BY_POSITION, values });
      if (rows.length === 0) return;
      const seen = await this.seenOf(rows.map(selected));
      if (seen.length > 0) yield seen;
      last = Number(rows.at(-1)?.position ?? last);
    }
  }

  /** Case by case, after a case; none of the events of one that is withheld. */
  async *byCase(after = LEAST_ID): AsyncGenerator<readonly CaseEvents[]> {
    for (let last = after; ;) {
      const ids = await this.caseIds(last);
      if (ids.length === 0) return;
      const values = [...this.chosen(this.selection.first - 1), ids];
      const { rows } = await this.pool.query<Row & { traceId: string }>({
        name: 'export-cases',
        text: OF_CASES,
        values,
      });
      const byCase = new Map<string, SelectedEvent[]>(ids.map((id) => [id, []]));
      const withheld = await this.withheld();
      for (const row of rows) {
        const event = selected(row);
        if (!withheld(event)) byCase.get(row.traceId)?.push(event);
      }
      yield [...byCase].map(([caseId, events]) => ({ caseId, events }));
      last = ids.at(-1) ?? last;
    }
  }

  /** The first event of each stream that there is, selected or not. */
  async beginnings(streams: readonly string[]): Promise<SelectedEvent[]> {
    const { rows } = await this.pool.query<Row>({
      name: 'export-beginnings',
      text: BEGINNINGS,
      values: [streams],
    });
    return this.seenOf(rows.map(selected));
  }

  private async seenOf(events: readonly SelectedEvent[]): Promise<SelectedEvent[]> {
    const withheld = await this.withheld();
    return events.filter((event) => !withheld(event));
  }

  private chosen(after: number): unknown[] {
    const { last, types, happenedFrom, happenedUntil } = this.selection;
    return [after, last, types, happenedFrom, happenedUntil];
  }

  private async caseIds(after: string): Promise<string[]> {
    const { caseId, category } = this.selection;
    const values = [after, caseId, category];
    const { rows } = await this.pool.query<{ id: string }>({
      name: 'export-case-ids',
      text: CASE_PAGE,
      values,
    });
    return rows.map(({ id }) => id);
  }
}
