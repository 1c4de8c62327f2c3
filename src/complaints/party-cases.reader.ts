import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import type { Sight } from '../access/sight.js';
import { Desk } from '../event-store/desk.js';
import type { CasesOfParty, ErasableCase, OnCases } from '../parties/cases-of-party.reader.js';
import { POOL } from '../platform/database.js';
import { erasable } from './acts/erasure.acts.js';
import { complaint } from './complaint.js';
import { ErasureReader } from './erasure.reader.js';

/** The cases that name a party: as a side, now or once, as somebody who gave evidence or wrote from outside, or in one of their hearings. */
const NAMING = `SELECT DISTINCT coalesce(case_id, thing) AS id
  FROM named_parties LEFT JOIN hearing_cases ON hearing_id = thing WHERE person = $1 ORDER BY id`;

@Injectable()
export class PartyCases implements CasesOfParty {
  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(Desk) private readonly desk: Desk,
    @Inject(ErasureReader) private readonly erasures: ErasureReader,
  ) {}

  async of(partyId: string, today: string, sight: Sight): Promise<OnCases> {
    const ids = await this.idsOf(partyId);
    const told = await Promise.all(ids.map((id) => this.desk.load(complaint, id)));
    const erasableAt = async (index: number): Promise<ErasableCase[]> => {
      const id = ids[index] ?? '';
      const state = told[index]?.state ?? complaint.initial;
      if (state.phase === 'absent' || !sight.sees(id)) return [];
      const kept = await this.erasures.keptUntil(state, today);
      return [{ id, erased: state.erased === true, ...erasable(state, kept) }];
    };
    const cases = await Promise.all(told.map((_, index) => erasableAt(index)));
    return { erasable: cases.flat(), onHidden: ids.some((id) => !sight.sees(id)), unchanged: told };
  }

  private async idsOf(partyId: string): Promise<string[]> {
    const { rows } = await this.pool.query<{ id: string }>(NAMING, [partyId]);
    return rows.map(({ id }) => id);
  }
}
