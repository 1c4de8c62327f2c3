import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import type { Principal } from '../access/principal.js';
import { Sights } from '../access/sights.js';
import type { Recorded } from '../event-store/event.js';
import { POOL } from '../platform/database.js';

/** The streams of cases, of their resolutions, and of parties that stand in no other case. */
const STREAMS = `SELECT unnest(ARRAY['complaint-' || id, 'deadlines-' || id]) AS stream FROM unnest($1::uuid[]) AS id
  UNION SELECT 'resolution-' || id FROM resolutions WHERE case_id = ANY ($1)
  UNION SELECT 'party-' || person FROM case_people AS here WHERE case_id = ANY ($1)
    AND NOT EXISTS (SELECT FROM case_people WHERE person = here.person AND case_id <> ALL ($1))`;

/** An event as it is asked about. */
export type Asked = Pick<Recorded, 'stream' | 'text'>;

/** Which events of a page somebody must not see. */
@Injectable()
export class Withheld {
  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(Sights) private readonly sights: Sights,
  ) {}

  /** Asked after the page was read, so that what was recorded by then counts. */
  async from(principal: Principal): Promise<(event: Asked) => boolean> {
    const sight = await this.sights.of(principal);
    if (sight.hidden.length === 0) return () => false;
    const { rows } = await this.pool.query<{ stream: string }>(STREAMS, [sight.hidden]);
    const streams = new Set(rows.map(({ stream }) => stream));
    return ({ stream, text }) => streams.has(stream) || !sight.seesAllIn(`${stream} ${text}`);
  }
}
