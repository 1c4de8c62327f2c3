import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import type { Principal } from '../access/principal.js';
import { Sights } from '../access/sights.js';
import type { Recorded } from '../event-store/event.js';
import { POOL } from '../platform/database.js';

/** The streams of cases, of their resolutions, and of parties that nothing else names. */
const STREAMS = `SELECT unnest(ARRAY['complaint-' || id, 'deadlines-' || id]) AS stream FROM unnest($1::uuid[]) AS id
  UNION SELECT 'resolution-' || id FROM resolutions WHERE case_id = ANY ($1)
  UNION SELECT 'party-' || person FROM named_parties
    WHERE person IN (SELECT person FROM named_parties WHERE thing IN (SELECT unnest($2::uuid[])))
    GROUP BY person HAVING bool_and(thing IN (SELECT unnest($2::uuid[])))`;

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
    if (sight.hidden.isEmpty) return () => false;
    const { rows } = await this.pool.query<{ stream: string }>(STREAMS, [sight.hidden, sight.hiddenThings]);
    const streams = new Set(rows.map(({ stream }) => stream));
    return ({ stream, text }) => streams.has(stream) || !sight.seesAllIn(`${stream} ${text}`);
  }
}
