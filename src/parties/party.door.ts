import { z } from 'zod';
import type { CommandDoor } from '../access/command-door.js';
import { pageOf, readsOf, type ReadDoor } from '../access/read-door.js';
import { id } from '../event-store/schema.js';
import { pageRequest } from '../platform/page.js';
import { PartyCommand } from './party.handler.js';
import { party } from './party.js';
import { PartyQueries, partyView } from './party.queries.js';

export const partyDoor: CommandDoor = {
  kind: 'party',
  path: 'parties',
  creates: 'Register',
  acts: party.acts,
  command: PartyCommand,
};

const read = readsOf<PartyQueries>();

export const partyReads: ReadDoor<PartyQueries> = {
  queries: PartyQueries,
  reads: {
    parties: read({
      summary: 'Parties, in the order in which they were registered.',
      path: 'parties',
      looks: 'nothing',
      permission: 'parties',
      params: pageRequest,
      answer: pageOf(partyView),
      ask: (queries, params, sight) => queries.page(params, sight),
    }),
    party: read({
      summary: 'One party, with its contacts.',
      path: 'parties/:id',
      looks: { shown: (_, one) => [{ kind: 'party', id: one.id, cases: [] }] },
      permission: 'parties',
      params: z.strictObject({ id }),
      answer: partyView,
      tagged: true,
      ask: (queries, params, sight) => queries.one(params.id, sight),
    }),
  },
};
