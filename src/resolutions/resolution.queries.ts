import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { z } from 'zod';
import { notAmong } from '../access/ids.js';
import type { Sight } from '../access/sight.js';
import { NotFound } from '../event-store/errors.js';
import { POOL } from '../platform/database.js';
import { cursorAs, cursorOf, pageRequest, type Page } from '../platform/page.js';
import {
  appealOutcome,
  findingWord,
  resolutionKind,
  sanctionKind,
  standardOfProof,
} from './resolution.events.js';
import { statuses } from './resolution.standing.js';

const finding = z
  .object({
    allegationId: z.uuid(),
    finding: findingWord,
    standardOfProof: standardOfProof.optional(),
    reasons: z.string().optional(),
    by: z.array(z.string()).readonly(),
    appealId: z.uuid().optional(),
    madeOn: z.string(),
    standing: z.enum(['stands', 'vetoed', 'replaced', 'remitted']).describe('stands, or what took it away.'),
  })
  .meta({ id: 'Finding' });

const sanction = z
  .object({
    sanctionId: z.uuid(),
    kind: sanctionKind,
    allegationIds: z.array(z.uuid()).readonly(),
    respondentRef: z.uuid().optional(),
    from: z.string().optional(),
    until: z.string().optional(),
    days: z.int().optional(),
    suspended: z.boolean().optional(),
    details: z.string().optional(),
    reasons: z.string().optional(),
    appealId: z.uuid().optional(),
    imposedOn: z.string(),
    status: z.enum(['imposed', 'stayed', 'breached', 'completed', 'quashed', 'fallen']),
  })
  .meta({ id: 'Sanction' });

const remedy = z
  .object({
    remedyId: z.uuid(),
    remedy: z.string(),
    description: z.string(),
    to: z.uuid().optional(),
    offeredOn: z.string(),
  })
  .meta({ id: 'Remedy' });

const notification = z
  .object({
    to: z.array(z.uuid()).readonly(),
    notifiedOn: z.string(),
    appealUntil: z.string().optional(),
    appealId: z.uuid().optional(),
  })
  .meta({ id: 'DecisionNotification' });

const publication = z
  .object({ where: z.string(), summary: z.string().optional(), publishedOn: z.string() })
  .meta({ id: 'Publication' });

const appeal = z
  .object({
    appealId: z.uuid(),
    by: z.uuid(),
    grounds: z.string(),
    late: z.boolean(),
    lateReasons: z.string().optional(),
    lodgedOn: z.string(),
    status: z.enum(['lodged', 'admitted', 'refused', 'determined']),
    outcome: appealOutcome.optional(),
    reasons: z.string().optional(),
    decidedOn: z.string().optional(),
  })
  .meta({ id: 'Appeal' });

/** A resolution as read; reasons and grounds are sealed until a door opens them. */
export const resolutionView = z
  .object({
    id: z.uuid(),
    version: z.int(),
    complaintId: z.uuid(),
    hearingId: z.uuid().optional(),
    kind: resolutionKind,
    status: z.enum(statuses),
    imported: z.boolean(),
    review: z.enum(['none', 'submitted', 'verified', 'vetoed']),
    vetoReasons: z.string().optional(),
    appealUntil: z.string().nullable(),
    agreement: z
      .object({ terms: z.string(), agreedBy: z.array(z.uuid()).readonly(), agreedOn: z.string() })
      .meta({ id: 'Agreement' })
      .optional(),
    findings: z.array(finding).readonly(),
    sanctions: z.array(sanction).readonly(),
    remedies: z.array(remedy).readonly(),
    notifications: z.array(notification).readonly(),
    publications: z.array(publication).readonly(),
    appeals: z.array(appeal).readonly(),
    remittedOn: z.string().optional(),
  })
  .meta({ id: 'Resolution' });

export type ResolutionView = z.output<typeof resolutionView>;

export const resolutionPage = z.strictObject({
  ...pageRequest.shape,
  caseId: z.uuid().optional().describe('Only those of this case.'),
  status: z.enum(statuses).optional().describe('Only those that stand so.'),
});

/** A resolution without the hearing that it rests on, where that hears another case too which must not be seen. */
export const seenResolution = <Resolution>(resolution: Resolution, sight: Sight): Resolution => {
  const { hearingId, ...rest } = resolution as Resolution & { readonly hearingId?: string };
  return hearingId === undefined || sight.seesHearing(hearingId) ? resolution : (rest as Resolution);
};

const viewOf = ({ detail }: { detail: string }, sight: Sight): ResolutionView =>
  seenResolution(JSON.parse(detail) as ResolutionView, sight);

@Injectable()
export class ResolutionQueries {
  constructor(@Inject(POOL) private readonly pool: Pool) {}

  /** Errors: NotFound. */
  async one(id: string, sight: Sight): Promise<ResolutionView> {
    const { rows } = await this.pool.query<{ detail: string }>(
      'SELECT detail FROM resolutions WHERE id = $1',
      [id],
    );
    const found = rows[0] && viewOf(rows[0], sight);
    if (!found || !sight.sees(found.complaintId)) throw new NotFound('resolution', id);
    return found;
  }

  /** In the order in which they were begun. */
  async page(
    { first, after, caseId, status }: z.output<typeof resolutionPage>,
    sight: Sight,
  ): Promise<Page<ResolutionView>> {
    const [from] = cursorAs(after, z.tuple([z.uuid()])) ?? [];
    const asked = [
      ['id >', from],
      ['case_id =', caseId],
      ['status =', status],
    ].filter(([, value]) => value !== undefined);
    const where = asked.map(([column], index) => `${column} $${index + 3}`).join(' AND ') || 'true';
    const { rows } = await this.pool.query<{ id: string; detail: string }>(
      `SELECT id, detail FROM resolutions WHERE ${where} AND ${notAmong('case_id', '$2')} ORDER BY id LIMIT $1`,
      [first + 1, sight.hidden, ...asked.map(([, value]) => value)],
    );
    const items = rows.slice(0, first).map((row) => viewOf(row, sight));
    return { items, next: rows.length > first ? cursorOf([items.at(-1)?.id ?? '']) : null };
  }

  /** The resolutions of each case, oldest first, in the order asked: one query for many cases. */
  async ofCases(caseIds: readonly string[], sight: Sight): Promise<ResolutionView[][]> {
    const { rows } = await this.pool.query<{ detail: string }>({
      name: 'resolutions-of-cases',
      text: `SELECT detail FROM resolutions WHERE case_id = ANY ($1) AND ${notAmong('case_id', '$2')} ORDER BY id`,
      values: [[...new Set(caseIds)], sight.hidden],
    });
    const views = rows.map((row) => viewOf(row, sight));
    return caseIds.map((caseId) => views.filter(({ complaintId }) => complaintId === caseId));
  }
}
