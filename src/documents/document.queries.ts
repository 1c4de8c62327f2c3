import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { z } from 'zod';
import type { Sight } from '../access/sight.js';
import { NotFound } from '../event-store/errors.js';
import { POOL } from '../platform/database.js';
import { cursorAs, cursorOf, type Page, type PageRequest } from '../platform/page.js';

/** A document as it was uploaded; its name is sealed until a door opens it. */
export const documentView = z
  .object({
    documentId: z.uuid(),
    caseId: z.uuid(),
    name: z.string(),
    sha256: z.string(),
    size: z.int(),
    uploadedBy: z.string(),
    uploadedAt: z.string(),
  })
  .meta({ id: 'Document' });

export type DocumentView = z.output<typeof documentView>;

/** Where its bytes are, besides. */
export type KeptDocument = DocumentView & { readonly address: string };

const cursor = z.tuple([z.uuid()]);

const COLUMNS = `id AS "documentId", case_id AS "caseId", name, sha256, size::float8 AS size, uploaded_by AS "uploadedBy",
  to_char(uploaded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "uploadedAt"`;

@Injectable()
export class DocumentQueries {
  constructor(@Inject(POOL) private readonly pool: Pool) {}

  /** Errors: NotFound. */
  async one(id: string, sight: Sight): Promise<KeptDocument> {
    const { rows } = await this.pool.query<KeptDocument>(
      `SELECT ${COLUMNS}, address FROM documents WHERE id = $1`,
      [id],
    );
    if (!rows[0] || !sight.sees(rows[0].caseId)) throw new NotFound('document', id);
    return rows[0];
  }

  /** A document of this case; undefined when the case has none by that id. */
  async ofCase(caseId: string, id: string): Promise<Pick<DocumentView, 'sha256'> | undefined> {
    const { rows } = await this.pool.query<{ sha256: string }>(
      'SELECT sha256 FROM documents WHERE id = $1 AND case_id = $2',
      [id, caseId],
    );
    return rows[0];
  }

  async page({ id, first, after }: PageRequest & { id: string }): Promise<Page<DocumentView>> {
    const [from] = cursorAs(after, cursor) ?? [];
    const { rows } = await this.pool.query<DocumentView>(
      `SELECT ${COLUMNS} FROM documents WHERE case_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`,
      [id, from ?? null, first + 1],
    );
    const items = rows.slice(0, first);
    return { items, next: rows.length > first ? cursorOf([items.at(-1)?.documentId ?? '']) : null };
  }
}
