import { z } from 'zod';
import { event, type EventOf } from '../event-store/catalogue.js';
import { actsOn, evolveWith, type Circumstances, type Decider } from '../event-store/decider.js';
import { day, id, sha256, word } from '../event-store/schema.js';
import { LENGTHS } from './periods.js';
import { checkRelease, type OnRecord } from './published-days.js';
import { statisticsRequest } from './statistics-view.js';

/** Figures that were published: what was asked, on which part of the log, and the hash of what was answered. */

const question = z.object({
  from: day,
  to: day,
  period: z.enum(LENGTHS),
  by: z.enum(['category']).optional(),
  source: word.optional(),
  threshold: z.int(),
});

export const releaseEvents = {
  ReleasePublished: event(z.object({ question, position: z.int(), hash: sha256, replaces: id.optional() })),
};

export type ReleaseEvent = EventOf<typeof releaseEvents>;

/** The answer to a question: the position that it rests on, and the SHA-256 of its JSON. */
export interface Pinned {
  readonly position: number;
  readonly hash: string;
}

export interface Published extends Pinned {
  readonly question: z.output<typeof question>;
  /** An earlier release that counts no more. */
  readonly replaces?: string | undefined;
  readonly publishedOn: string;
  readonly publishedBy: string;
}

export type Release = { readonly phase: 'absent' } | ({ readonly phase: 'open' } & Published);

export interface ReleaseContext extends Circumstances {
  readonly pinned: Pinned;
  /** Every release on record. */
  readonly releases: readonly OnRecord[];
}

export const releaseRequest = z.strictObject({
  ...statisticsRequest.shape,
  replaces: id
    .optional()
    .describe(
      'An earlier release of the same question, which this one corrects; it stays on record and counts no more.',
    ),
});

export type ReleaseRequest = z.output<typeof releaseRequest>;

const act = actsOn<Release, ReleaseContext, ReleaseEvent>();

export const release: Decider<Release, ReleaseContext, ReleaseEvent> = {
  kind: 'statistics',
  catalogue: releaseEvents,
  acts: {
    Publish: act({
      summary: 'Put published figures on record, so that anybody can check later that they were not changed.',
      when: 'absent',
      input: releaseRequest,
      decide: ({ asKnown: _, replaces, ...asked }, __, { pinned: { position, hash }, today, releases }) => {
        checkRelease(asked, replaces, { today, releases });
        const data = { question: asked, position, hash, ...(replaces === undefined ? {} : { replaces }) };
        return [{ type: 'ReleasePublished', data }];
      },
    }),
  },
  initial: { phase: 'absent' },
  phase: (state) => state.phase,
  evolve: evolveWith<Release, ReleaseEvent>({
    ReleasePublished: (_, data, { on, actor }) => ({
      phase: 'open',
      ...data,
      publishedOn: on,
      publishedBy: actor.id,
    }),
  }),
};
