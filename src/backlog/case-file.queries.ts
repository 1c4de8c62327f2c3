import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import type { Sight } from '../access/sight.js';
import { NotFound } from '../event-store/errors.js';
import { HearingQueries } from '../hearings/hearing.queries.js';
import { POOL } from '../platform/database.js';
import { ResolutionQueries } from '../resolutions/resolution.queries.js';
import type { CaseRow, ReadParts } from './case-file.js';

/** One case and what belongs to it, from the read rows. */
@Injectable()
export class CaseFileQueries {
  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(HearingQueries) private readonly hearings: HearingQueries,
    @Inject(ResolutionQueries) private readonly resolutions: ResolutionQueries,
  ) {}

  /** What a case file is made of; text about people stays sealed. Errors: NotFound. */
  async parts(id: string, sight: Sight): Promise<ReadParts> {
    const [file, [hearings = []], [resolutions = []]] = await Promise.all([
      this.pool.query<{ detail: string; lastActivityOn: string | null }>({
        name: 'case-detail',
        text: `SELECT detail, last_on::text AS "lastActivityOn"
          FROM cases LEFT JOIN case_activity ON case_id = id WHERE id = $1`,
        values: [id],
      }),
      this.hearings.ofCases([id], sight),
      this.resolutions.ofCases([id], sight),
    ]);
    if (!file.rows[0]) throw new NotFound('case', id);
    const { detail, lastActivityOn } = file.rows[0];
    return { row: JSON.parse(detail) as CaseRow, hearings, resolutions, lastActivityOn };
  }
}
