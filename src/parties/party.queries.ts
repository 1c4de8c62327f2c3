import { Inject, Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import type { Pool } from 'pg';
import { z } from 'zod';
import { notAmong } from '../access/ids.js';
import type { Sight } from '../access/sight.js';
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
    staffIds: z.array(z.string()).describe('The references of the member of staff that this party is.'),
  })
  .meta({ id: 'Party' });

export type PartyView = z.output<typeof partyView>;

interface Row {
  readonly id: string;
  readonly detail: string;
  readonly staffIds: readonly string[];
}

const PARTIES = `SELECT id, detail,
  ARRAY(SELECT staff_id FROM party_staff WHERE party_id = id ORDER BY staff_id) AS "staffIds" FROM parties`;

/** What a door may show of a read row, which holds what deciding needs as well. */
const viewOf = ({ detail, staffIds }: Row): PartyView =>
  partyView.parse({ ...(JSON.parse(detail) as object), staffIds });

const anId = z.uuid();
const cursor = z.tuple([anId]);

/**
 * Whoever must not see a case or a hearing must not see whom it names, unless something else that they see names that party
 * too; whom nothing names is seen. `hidden` are both.
 */
export const seenParty = (id: string, hidden: string): string => `(${hidden}::uuid[] = '{}' OR (
  SELECT bool_or(${notAmong('n.thing', hidden)}) FROM named_parties AS n WHERE n.person = ${id}::text
) IS NOT FALSE)`;

const OTHER_NAMES = `SELECT own.staff_id AS id, other.staff_id AS "staffId"
  FROM party_staff AS own JOIN party_staff AS other USING (party_id)
  WHERE own.staff_id = ANY($1) AND other.staff_id <> own.staff_id`;

@Injectable()
export class PartyQueries {
  /** Commands that wait together ask together; nothing is remembered, for a conflict counts from its first moment. */
  private readonly staff = new DataLoader<string, string[]>((ids) => this.partiesOfStaff(ids), {
    cache: false,
  });

  private readonly names = new DataLoader<string, string[]>((ids) => this.otherNamesOf(ids), {
    cache: false,
  });

  constructor(@Inject(POOL) private readonly pool: Pool) {}

  /** The parties that a member of staff is. */
  ofStaff(staffId: string): Promise<string[]> {
    return this.staff.load(staffId);
  }

  /** What else a member of staff is known as: the other references of the parties that they are. */
  alsoKnownAs(staffId: string): Promise<string[]> {
    return this.names.load(staffId);
  }

  /** Whoever is known by that reference: the parties that they are, and the other references. */
  async person(id: string): Promise<{ id: string; parties: string[]; alsoAs: string[] }> {
    const [parties, alsoAs] = await Promise.all([this.ofStaff(id), this.alsoKnownAs(id)]);
    return { id, parties, alsoAs };
  }

  /** Of these people, parties by their ids and staff by a reference, who they are among the staff: by every other reference of theirs. */
  async staffAmong(people: readonly string[]): Promise<readonly { id: string; staffId: string }[]> {
    if (people.length === 0) return [];
    const { rows } = await this.pool.query<{ id: string; staffId: string }>({
      name: 'staff-among-people',
      text: `SELECT party_id::text AS id, staff_id AS "staffId" FROM party_staff WHERE party_id = ANY($1)
        UNION ALL ${OTHER_NAMES.replace('$1', '$2')}`,
      values: [people.filter((each) => anId.safeParse(each).success), people],
    });
    return rows;
  }

  async isSeen(id: string, { hiddenThings }: Sight): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `SELECT FROM parties WHERE id = $1 AND ${seenParty('id', '$2')}`,
      [id, hiddenThings],
    );
    return rowCount === 1;
  }

  /** Of these parties those that somebody must not know of. */
  async hiddenAmong(ids: readonly string[], { hiddenThings }: Sight): Promise<readonly string[]> {
    if (hiddenThings.isEmpty) return [];
    const { rows } = await this.pool.query<{ id: string }>({
      name: 'parties-seen-among',
      text: `SELECT id FROM parties WHERE id = ANY ($1) AND ${seenParty('id', '$2')}`,
      values: [ids, hiddenThings],
    });
    const seen = new Set(rows.map(({ id }) => id));
    return ids.filter((id) => !seen.has(id));
  }

  /** Names and contacts are sealed in the answer. Errors: NotFound. */
  async one(id: string, { hiddenThings }: Sight): Promise<PartyView> {
    const { rows } = await this.pool.query<Row>(`${PARTIES} WHERE id = $1 AND ${seenParty('id', '$2')}`, [
      id,
      hiddenThings,
    ]);
    if (!rows[0]) throw new NotFound('party', id);
    return viewOf(rows[0]);
  }

  async page({ first, after }: PageRequest, { hiddenThings }: Sight): Promise<Page<PartyView>> {
    const [from] = cursorAs(after, cursor) ?? [];
    const { rows } = await this.pool.query<Row>(
      `${PARTIES} WHERE ($1::uuid IS NULL OR id > $1) AND ${seenParty('id', '$3')}
        ORDER BY id LIMIT $2`,
      [from ?? null, first + 1, hiddenThings],
    );
    const items = rows.slice(0, first).map(viewOf);
    return { items, next: rows.length > first ? cursorOf([items.at(-1)?.id ?? '']) : null };
  }

  private async otherNamesOf(staffIds: readonly string[]): Promise<string[][]> {
    const { rows } = await this.pool.query<{ id: string; staffId: string }>({
      name: 'other-names-of-staff',
      text: OTHER_NAMES,
      values: [[...new Set(staffIds)]],
    });
    return staffIds.map((each) => rows.filter(({ id }) => id === each).map(({ staffId }) => staffId));
  }

  private async partiesOfStaff(staffIds: readonly string[]): Promise<string[][]> {
    const { rows } = await this.pool.query<{ id: string; staff_id: string }>({
      name: 'parties-of-staff',
      text: 'SELECT party_id AS id, staff_id FROM party_staff WHERE staff_id = ANY($1)',
      values: [[...new Set(staffIds)]],
    });
    return staffIds.map((staffId) => rows.filter((row) => row.staff_id === staffId).map(({ id }) => id));
  }
}
