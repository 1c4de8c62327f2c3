import { Inject, Injectable } from '@nestjs/common';
import { allowedCommands } from '../access/command-door.js';
import type { Sight } from '../access/sight.js';
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
  async one(id: string, sight: Sight): Promise<HearingView & { allowedCommands: string[] }> {
    const found = await this.queries.one(id, sight);
    const { state, context } = await this.slice.seenBy(sight.principal.id, id);
    return { ...found, allowedCommands: allowedCommands(hearing, state, sight.principal, context) };
  }
}
