import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { z } from 'zod';
import { notAmong } from '../access/ids.js';
import type { Sight } from '../access/sight.js';
import { NotFound } from '../event-store/errors.js';
import { CONFIG, type Config } from '../platform/config.js';
import { POOL } from '../platform/database.js';
import { cursorAs, cursorOf, type Page, type PageRequest } from '../platform/page.js';
import { kind, mode, panelRole, postponementCause } from './hearing.events.js';
import { statuses } from './hearing.state.js';

export const hearingStatus = z.enum(statuses);

const notice = z
  .object({ to: z.uuid(), servedOn: z.string(), waiver: z.string().optional() })
  .meta({ id: 'HearingNotice' });

const panelMember = z
  .object({ staffId: z.string(), role: panelRole, recused: z.boolean() })
  .meta({ id: 'PanelMember' });

const sitting = z
  .object({ from: z.string(), to: z.string().nullable(), present: z.array(z.string()) })
  .meta({ id: 'HearingSitting' });

/** A hearing as read; personal text is sealed until a door opens it. */
export const hearingView = z
  .object({
    id: z.uuid(),
    version: z.int(),
    kind,
    status: hearingStatus,
    complaintIds: z.array(z.uuid()),
    appealIds: z
      .array(z.uuid())
      .optional()
      .describe('The appeals that it hears; any of these cases when absent.'),
    requestedOn: z.string(),
    startsAt: z.string().optional().describe('Of the listing that stands.'),
    zone: z.string().optional(),
    mode: mode.optional(),
    listedOn: z.string().optional(),
    waiver: z.string().optional().describe('Why it is listed at shorter notice than the procedure asks.'),
    panel: z.array(panelMember),
    recused: z.array(z.string()),
    notices: z.array(notice).describe('Of the listing that stands.'),
    companions: z.array(
      z.object({ partyRef: z.uuid(), companionRef: z.uuid() }).meta({ id: 'HearingCompanion' }),
    ),
    postponement: z
      .object({ by: z.uuid(), reasons: z.string(), cause: postponementCause.optional() })
      .meta({ id: 'PostponementRequest' })
      .optional()
      .describe('What a party asked and nobody decided yet.'),
    sittings: z.array(sitting),
    resumption: z
      .object({ at: z.string(), zone: z.string() })
      .meta({ id: 'HearingResumption' })
      .optional()
      .describe('When an adjourned hearing goes on.'),
  })
  .meta({ id: 'Hearing' });

export type HearingView = z.output<typeof hearingView>;

/** Days in the organisation's zone; with either of them, hearings that are not listed are left out. */
export interface HearingPageRequest extends PageRequest {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly status?: HearingView['status'] | undefined;
}

const UNLISTED = 'infinity';
const cursor = z.tuple([z.union([z.iso.datetime({ offset: true }), z.literal(UNLISTED)]), z.uuid()]);

const PAGE = `
SELECT detail FROM hearings
WHERE ($1::date IS NULL OR starts_at >= $1::date::timestamp AT TIME ZONE $3)
  AND ($2::date IS NULL OR starts_at < ($2::date + 1)::timestamp AT TIME ZONE $3)
  AND ($4::text IS NULL OR status = $4)
  AND ${notAmong('id', '$8')}
  AND ($5::timestamptz IS NULL OR (coalesce(starts_at, 'infinity'), id) > ($5, $6::uuid))
ORDER BY coalesce(starts_at, 'infinity'), id
LIMIT $7`;

const read = (detail: string): HearingView => JSON.parse(detail) as HearingView;

@Injectable()
export class HearingQueries {
  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Errors: NotFound. */
  async one(id: string, sight: Sight): Promise<HearingView> {
    const { rows } = await this.pool.query<{ detail: string }>('SELECT detail FROM hearings WHERE id = $1', [
      id,
    ]);
    if (!rows[0] || !sight.seesHearing(id.toLowerCase())) throw new NotFound('hearing', id);
    return read(rows[0].detail);
  }

  /** In the order in which they are held; those not listed come last. */
  async page(
    { first, after, from, to, status }: HearingPageRequest,
    { hiddenHearings }: Sight,
  ): Promise<Page<HearingView>> {
    const [startsAt, id] = cursorAs(after, cursor) ?? [];
    const { rows } = await this.pool.query<{ detail: string }>(PAGE, [
      from ?? null,
      to ?? null,
      this.config.REDRESS_TIME_ZONE,
      status ?? null,
      startsAt ?? null,
      id ?? null,
      first + 1,
      hiddenHearings,
    ]);
    const items = rows.slice(0, first).map(({ detail }) => read(detail));
    const last = items.at(-1);
    const next = last && rows.length > first ? cursorOf([last.startsAt ?? UNLISTED, last.id]) : null;
    return { items, next };
  }

  /** The hearings of each of these cases, in the order in which they are held: one query for many cases. */
  async ofCases(caseIds: readonly string[], sight: Sight): Promise<HearingView[][]> {
    const { rows } = await this.pool.query<{ case_id: string; detail: string }>({
      name: 'hearings-of-cases',
      text: `SELECT c.case_id, h.detail FROM hearing_cases c JOIN hearings h ON h.id = c.hearing_id
        WHERE c.case_id = ANY($1) ORDER BY coalesce(h.starts_at, 'infinity'), h.id`,
      values: [[...new Set(caseIds)]],
    });
    return caseIds.map((caseId) =>
      rows
        .filter((row) => row.case_id === caseId)
        .map(({ detail }) => read(detail))
        .filter(({ id }) => sight.seesHearing(id)),
    );
  }
}
