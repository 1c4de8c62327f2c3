import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { NotFound } from '../event-store/errors.js';
import { POOL } from '../platform/database.js';
import type { CaseState } from './case-replay.js';

type Part = CaseState['complaint'];

const LIVE = `SELECT detail AS complaint,
  (SELECT json_build_object('id', case_id, 'live', live, 'nextDueOn', next_due_on, 'reckonedBy', reckoned_by,
      'deadlines', (SELECT coalesce(json_agg(json_build_object('key', key, 'occurrence', occurrence,
          'dueOn', due_on, 'metOn', met_on, 'held', held)), '[]') FROM deadlines WHERE case_id = id))
    FROM case_clocks WHERE case_id = id) AS clocks,
  ARRAY(SELECT h.detail FROM hearing_cases JOIN hearings AS h ON h.id = hearing_id WHERE case_id = cases.id) AS hearings,
  ARRAY(SELECT r.detail FROM resolutions AS r WHERE case_id = cases.id) AS resolutions
FROM cases WHERE id = $1`;

/** A case as the read tables tell it, to be held against what its events amount to. */
@Injectable()
export class LiveCaseQueries {
  constructor(@Inject(POOL) private readonly pool: Pool) {}

  /** Errors: NotFound. */
  async state(id: string): Promise<Omit<CaseState, 'record'>> {
    const { rows } = await this.pool.query<{
      complaint: string;
      clocks: Part | null;
      hearings: string[];
      resolutions: string[];
    }>({ name: 'live-case', text: LIVE, values: [id] });
    const [row] = rows;
    if (!row) throw new NotFound('case', id);
    const parsed = (texts: readonly string[]) => texts.map((text) => JSON.parse(text) as Part);
    return {
      complaint: JSON.parse(row.complaint) as Part,
      clocks: row.clocks ?? {},
      hearings: parsed(row.hearings),
      resolutions: parsed(row.resolutions),
    };
  }
}
