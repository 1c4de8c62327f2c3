import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { z } from 'zod';
import { notAmong } from '../access/ids.js';
import type { Sight } from '../access/sight.js';
import { POOL } from '../platform/database.js';
import { cursorAs, cursorOf, type Page, type PageRequest } from '../platform/page.js';
import { glassFinding } from './complaint.events.js';

/** Somebody saw a restricted case without being named; the reason is sealed until a door opens it. */
export const openingView = z
  .object({
    openingId: z.uuid(),
    caseId: z.uuid(),
    reference: z.string(),
    staffId: z.string().describe('Who saw it.'),
    openedOn: z.string(),
    until: z.string(),
    reason: z.string(),
    reviewedBy: z.string().nullable(),
    finding: glassFinding.nullable(),
  })
  .meta({ id: 'GlassOpening' });

export type OpeningView = z.output<typeof openingView>;

export interface OpeningsAsked extends PageRequest {
  readonly reviewed?: boolean | undefined;
}

const OPENINGS = `SELECT opening_id AS "openingId", case_id AS "caseId", reference, staff_id AS "staffId",
    opened_on::text AS "openedOn", to_char(o.until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS until, o.reason,
    reviewed_by AS "reviewedBy", finding
  FROM case_openings o JOIN cases ON id = case_id
  WHERE (${notAmong('case_id', '$1')} OR (case_id = ANY ($5::uuid[]) AND reviewed_by IS NULL AND staff_id <> $6)) AND ($2::boolean IS NULL OR (reviewed_by IS NOT NULL) = $2)
    AND ($3::uuid IS NULL OR opening_id > $3)
  ORDER BY opening_id LIMIT $4`;

@Injectable()
export class OpeningQueries {
  constructor(@Inject(POOL) private readonly pool: Pool) {}

  /**
   * Oldest first. Whoever reviews need not be named on a case; but never sees that of one from which they are barred. A seal
   * that came later hides only what is reviewed: otherwise whoever broke the glass would have it sealed.
   */
  async page(
    { first, after, reviewed }: OpeningsAsked,
    { barred, sealed, principal: { id, roles } }: Sight,
  ): Promise<Page<OpeningView>> {
    const [from] = cursorAs(after, z.tuple([z.uuid()])) ?? [];
    const toReview = roles.includes('auditor') ? [] : sealed;
    const values = [barred, reviewed ?? null, from ?? null, first + 1, toReview, id];
    const { rows } = await this.pool.query<OpeningView>(OPENINGS, values);
    const items = rows.slice(0, first);
    return { items, next: rows.length > first ? cursorOf([items.at(-1)?.openingId ?? '']) : null };
  }
}
