import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { POOL } from '../platform/database.js';

/** Which cases of a register are there already. */
@Injectable()
export class LegacyCases {
  constructor(@Inject(POOL) private readonly pool: Pool) {}

  async present(source: string, sourceIds: readonly string[]): Promise<ReadonlySet<string>> {
    const { rows } = await this.pool.query<{ sort_id: string }>({
      name: 'legacy-cases-present',
      text: 'SELECT sort_id FROM cases WHERE source = $1 AND sort_id = ANY ($2)',
      values: [source, sourceIds],
    });
    return new Set(rows.map(({ sort_id: id }) => id));
  }
}
