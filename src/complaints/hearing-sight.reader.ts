import { Inject, Injectable } from '@nestjs/common';
import { Desk } from '../event-store/desk.js';
import type { Hearing } from '../hearings/hearing.state.js';
import { CaseSight } from './case-sight.reader.js';
import { complaint } from './complaint.js';

/** What somebody who acts sees of a hearing: nothing, where any of the cases that it hears is hidden from them. */
@Injectable()
export class HearingSight {
  constructor(
    @Inject(Desk) private readonly desk: Desk,
    @Inject(CaseSight) private readonly sight: CaseSight,
  ) {}

  async hides(hearing: Hearing, staffId: string): Promise<boolean> {
    const ids = hearing.phase === 'absent' ? [] : hearing.complaintIds;
    const cases = await Promise.all(ids.map((id) => this.desk.load(complaint, id)));
    const hidden = await Promise.all(cases.map(({ state }) => this.sight.hides(state, staffId)));
    return hidden.includes(true);
  }
}
