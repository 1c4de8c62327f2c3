import { Inject, Injectable } from '@nestjs/common';
import { Sights } from '../access/sights.js';
import { Clock } from '../platform/clock.js';
import { StaffQueries } from '../staff/staff.queries.js';
import { INTAKE } from './recipients.js';

/** Who is told that somebody broke the glass of a restricted case. */
@Injectable()
export class GlassRecipients {
  constructor(
    @Inject(StaffQueries) private readonly staff: StaffQueries,
    @Inject(Sights) private readonly sights: Sights,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Heads of casework and whoever is named; nobody who must have no part in the case, and not whoever did it. */
  async of(caseId: string, named: readonly string[], by: string): Promise<readonly string[]> {
    const onDuty = await this.staff.roster();
    const heads = onDuty.holders('casework-head').map((each) => onDuty.standInFor(each, this.clock.now()));
    const told = [...new Set([...heads, ...named])].filter((each) => each !== by);
    const sights = await Promise.all(told.map((id) => this.sights.of({ id, roles: [] })));
    const free = told.filter((_, index) => sights[index]?.barred.has(caseId) === false);
    return free.length > 0 ? free : [INTAKE];
  }
}
