import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import type { Sight } from '../access/sight.js';
import { NotFound } from '../event-store/errors.js';
import { POOL } from '../platform/database.js';

const BLOCK = 50;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** References that people read out, `2026-000042`: unique, not gapless. Each process takes a block at a time. */
@Injectable()
export class References {
  private latest = 0;
  private left = 0;
  private taking: Promise<void> | undefined;

  constructor(@Inject(POOL) private readonly pool: Pool) {}

  async next(today: string): Promise<string> {
    while (this.left === 0) await (this.taking ??= this.takeBlock());
    this.left -= 1;
    this.latest += 1;
    return `${today.slice(0, 4)}-${String(this.latest).padStart(6, '0')}`;
  }

  /** The id of the case that somebody names by its id or its reference. Errors: NotFound, also for one that they must not see. */
  async idOf(name: string, sight: Sight): Promise<string> {
    const { rows } = await this.pool.query<{ id: string }>({
      name: 'case-by-name',
      text: 'SELECT id FROM cases WHERE id = $1 OR reference = $2',
      values: [ID.test(name) ? name : null, name],
    });
    if (!rows[0] || !sight.sees(rows[0].id)) throw new NotFound('case', name);
    return rows[0].id;
  }

  private async takeBlock(): Promise<void> {
    try {
      const { rows } = await this.pool.query<{ nextval: string }>("SELECT nextval('case_references')");
      this.latest = (Number(rows[0]?.nextval) - 1) * BLOCK;
      this.left = BLOCK;
    } finally {
      this.taking = undefined;
    }
  }
}
