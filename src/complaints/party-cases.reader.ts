import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import type { Sight } from '../access/sight.js';
import { Desk } from '../event-store/desk.js';
import type { CasesOfParty, ErasableCase, OnCases } from '../parties/cases-of-party.reader.js';
import { POOL } from '../platform/database.js';
import { erasable } from './acts/erasure.acts.js';
import { complaint } from './complaint.js';
import { ErasureReader } from './erasure.reader.js';

/** The cases that a party is on: who complained, and whom they complained about. */
@Injectable()
export class PartyCases implements CasesOfParty {
  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(Desk) private readonly desk: Desk,
    @Inject(ErasureReader) private readonly erasures: ErasureReader,
  ) {}

  async idsOf(partyId: string): Promise<string[]> {
    const { rows } = await this.pool.query<{ id: string }>(
      'SELECT case_id AS id FROM case_people WHERE person = $1 ORDER BY case_id',
      [partyId],
    );
    return rows.map(({ id }) => id);
  }

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
}
