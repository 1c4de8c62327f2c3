import { Inject, Injectable } from '@nestjs/common';
import { allowedCommands } from '../access/command-door.js';
import type { Principal } from '../access/principal.js';
import { hearing } from './hearing.js';
import { HearingQueries, type HearingView } from './hearing.queries.js';
import { HearingSlice } from './hearing.slice.js';

/** One hearing, and what somebody may do to it now. */
@Injectable()
export class HearingReader {
  constructor(
    @Inject(HearingQueries) private readonly queries: HearingQueries,
    @Inject(HearingSlice) private readonly slice: HearingSlice,
  ) {}

  /** Errors: NotFound. */
  async one(id: string, principal: Principal): Promise<HearingView & { allowedCommands: string[] }> {
    const found = await this.queries.one(id);
    const { state, context } = await this.slice.seenBy(principal.id, id);
    return { ...found, allowedCommands: allowedCommands(hearing, state, principal, context) };
  }
}
