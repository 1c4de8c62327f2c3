import { Inject, Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import type { Pool } from 'pg';
import { z } from 'zod';
import { NotFound } from '../event-store/errors.js';
import { POOL } from '../platform/database.js';
import { cursorAs, cursorOf, type Page, type PageRequest } from '../platform/page.js';
import { partyKind } from './party.js';

/** A party as read; names and contacts are sealed until a door opens them. */
export const partyView = z
  .object({
    id: z.uuid(),
    version: z.int(),
    kind: partyKind,
    name: z.string(),
    email: z.string().optional(),
    phone: z.string().optional(),
    address: z.string().optional(),
    staffId: z.string().optional(),
  })
  .meta({ id: 'Party' });

export type PartyView = z.output<typeof partyView>;

/** What a door may show of a read row, which holds what deciding needs as well. */
const viewOf = ({ detail }: { readonly detail: string }): PartyView => partyView.parse(JSON.parse(detail));

const cursor = z.tuple([z.uuid()]);

@Injectable()
export class PartyQueries {
  /** Commands that wait together ask together; nothing is remembered, for a conflict counts from its first moment. */
  private readonly staff = new DataLoader<string, string[]>((ids) => this.partiesOfStaff(ids), {
    cache: false,
  });

  constructor(@Inject(POOL) private readonly pool: Pool) {}

  /** The parties that a member of staff is. */
  ofStaff(staffId: string): Promise<string[]> {
    return this.staff.load(staffId);
  }

  /** Of these parties, those who are members of staff. */
  async staffAmong(ids: readonly string[]): Promise<readonly { id: string; staffId: string }[]> {
    if (ids.length === 0) return [];
    const { rows } = await this.pool.query<{ id: string; staffId: string }>({
      name: 'staff-among-parties',
      text: 'SELECT id, staff_id AS "staffId" FROM parties WHERE id = ANY($1) AND staff_id IS NOT NULL',
      values: [ids],
    });
    return rows;
  }

  async exists(id: string): Promise<boolean> {
    return (await this.missing([id])).length === 0;
  }

  /** Of these, the ones that nobody registered. */
  async missing(ids: readonly string[]): Promise<string[]> {
    if (ids.length === 0) return [];
    const { rows } = await this.pool.query<{ id: string }>({
      name: 'parties-known',
      text: 'SELECT id FROM parties WHERE id = ANY($1)',
      values: [ids],
    });
    return ids.filter((id) => !rows.some((row) => row.id === id));
  }

  /** Names and contacts are sealed in the answer. Errors: NotFound. */
  async one(id: string): Promise<PartyView> {
    const { rows } = await this.pool.query<{ detail: string }>('SELECT detail FROM parties WHERE id = $1', [
      id,
    ]);
    if (!rows[0]) throw new NotFound('party', id);
    return viewOf(rows[0]);
  }

  async page({ first, after }: PageRequest): Promise<Page<PartyView>> {
    const [from] = cursorAs(after, cursor) ?? [];
    const { rows } = await this.pool.query<{ id: string; detail: string }>(
      'SELECT id, detail FROM parties WHERE ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT $2',
      [from ?? null, first + 1],
    );
    const items = rows.slice(0, first).map(viewOf);
    return { items, next: rows.length > first ? cursorOf([items.at(-1)?.id ?? '']) : null };
  }

  private async partiesOfStaff(staffIds: readonly string[]): Promise<string[][]> {
    const { rows } = await this.pool.query<{ id: string; staff_id: string }>({
      name: 'parties-of-staff',
      text: 'SELECT id, staff_id FROM parties WHERE staff_id = ANY($1)',
      values: [[...new Set(staffIds)]],
    });
    return staffIds.map((staffId) => rows.filter((row) => row.staff_id === staffId).map(({ id }) => id));
  }
}
