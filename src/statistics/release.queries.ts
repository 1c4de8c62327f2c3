import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { z } from 'zod';
import { NotFound } from '../event-store/errors.js';
import { POOL } from '../platform/database.js';
import { cursorAs, cursorOf, type Page, type PageRequest } from '../platform/page.js';
import { LENGTHS } from './periods.js';

export const releaseView = z
  .object({
    id: z.uuid(),
    version: z.int(),
    question: z
      .object({
        from: z.iso.date(),
        to: z.iso.date(),
        period: z.enum(LENGTHS),
        by: z.enum(['category']).optional(),
        source: z.string().optional(),
        threshold: z.int(),
      })
      .meta({ id: 'PublishedQuestion' }),
    replaces: z.uuid().optional().describe('The earlier release that counts no more.'),
    position: z.int().describe('Asked with this as asKnown, the question has the answer that was published.'),
    hash: z.string().describe('SHA-256 of that answer, the JSON as GET /v1/statistics sends it.'),
    publishedOn: z.iso.date(),
    publishedBy: z.string(),
  })
  .meta({ id: 'Release' });

export type ReleaseView = z.output<typeof releaseView>;

const cursor = z.tuple([z.uuid()]);

/** The releases on record, in the order in which they were published. */
@Injectable()
export class ReleaseQueries {
  constructor(@Inject(POOL) private readonly pool: Pool) {}

  /** Errors: NotFound. */
  async one(id: string): Promise<ReleaseView> {
    const { rows } = await this.pool.query<{ detail: string }>('SELECT detail FROM releases WHERE id = $1', [
      id,
    ]);
    if (!rows[0]) throw new NotFound('release', id);
    return JSON.parse(rows[0].detail) as ReleaseView;
  }

  async page({ first, after }: PageRequest): Promise<Page<ReleaseView>> {
    const [from] = cursorAs(after, cursor) ?? [];
    const { rows } = await this.pool.query<{ detail: string }>(
      'SELECT detail FROM releases WHERE ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT $2',
      [from ?? null, first + 1],
    );
    const items = rows.slice(0, first).map(({ detail }) => JSON.parse(detail) as ReleaseView);
    return { items, next: rows.length > first ? cursorOf([items.at(-1)?.id ?? '']) : null };
  }

  async all(): Promise<ReleaseView[]> {
    const { rows } = await this.pool.query<{ detail: string }>('SELECT detail FROM releases ORDER BY id');
    return rows.map(({ detail }) => JSON.parse(detail) as ReleaseView);
  }
}
