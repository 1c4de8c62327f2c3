import { Inject, Injectable } from '@nestjs/common';
import { allowedCommands } from '../access/command-door.js';
import type { Sight } from '../access/sight.js';
import { resolution } from './resolution.js';
import { ResolutionQueries, type ResolutionView } from './resolution.queries.js';
import { ResolutionSlice } from './resolution.slice.js';

/** One resolution, and what somebody may do to it now. */
@Injectable()
export class ResolutionReader {
  constructor(
    @Inject(ResolutionQueries) private readonly queries: ResolutionQueries,
    @Inject(ResolutionSlice) private readonly slice: ResolutionSlice,
  ) {}

  /** Errors: NotFound. */
  async one(id: string, sight: Sight): Promise<ResolutionView & { allowedCommands: string[] }> {
    const found = await this.queries.one(id, sight);
    const { state, context } = await this.slice.seenBy(sight.principal.id, id);
    return { ...found, allowedCommands: allowedCommands(resolution, state, sight.principal, context) };
  }
}
