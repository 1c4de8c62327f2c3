import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { everything } from '../access/sight.js';
import type { Pinned } from './release.js';
import { ReleaseQueries, type ReleaseView } from './release.queries.js';
import { Statistics } from './statistics.reader.js';
import type { StatisticsRequest } from './statistics-view.js';

export const releaseCheck = z
  .object({
    release: z.uuid(),
    position: z.int(),
    hash: z.string().describe('As published.'),
    found: z.string().describe('Of the same question, asked anew at that position.'),
    same: z.boolean(),
  })
  .meta({ id: 'ReleaseCheck' });

export type ReleaseCheck = z.output<typeof releaseCheck>;

/** Answers to questions with their hash, and whether they still are what was published. */
@Injectable()
export class Releases {
  constructor(
    @Inject(ReleaseQueries) private readonly queries: ReleaseQueries,
    @Inject(Statistics) private readonly statistics: Statistics,
  ) {}

  /** Errors: those of `Statistics.of`. */
  async pinned(asked: StatisticsRequest): Promise<Pinned> {
    const view = await this.statistics.of(asked, everything);
    return {
      position: view.position,
      hash: createHash('sha256').update(JSON.stringify(view)).digest('hex'),
    };
  }

  /** Errors: NotFound. */
  async checkNamed(id: string): Promise<ReleaseCheck> {
    return this.check(await this.queries.one(id));
  }

  async check({ id, question, position, hash }: ReleaseView): Promise<ReleaseCheck> {
    const { hash: found } = await this.pinned({ ...question, asKnown: String(position) });
    return { release: id, position, hash, found, same: found === hash };
  }
}
