import { z } from 'zod';
import { allowedNames, type CommandDoor } from '../access/command-door.js';
import { pageOf, readsOf, type ReadDoor } from '../access/read-door.js';
import { day, id } from '../event-store/schema.js';
import { pageRequest } from '../platform/page.js';
import { HearingCommand } from './hearing.handler.js';
import { hearing } from './hearing.js';
import { HearingQueries, hearingStatus, hearingView } from './hearing.queries.js';
import { HearingReader } from './hearing.reader.js';

export const hearingDoor: CommandDoor = {
  kind: 'hearing',
  path: 'hearings',
  creates: 'Request',
  acts: hearing.acts,
  command: HearingCommand,
};

const hearingDetail = hearingView.extend({ allowedCommands: allowedNames }).meta({ id: 'HearingDetail' });

const read = readsOf<HearingQueries>();

export const hearingReads: ReadDoor<HearingQueries> = {
  queries: HearingQueries,
  reads: {
    hearings: read({
      summary:
        'Hearings in the order in which they are held; those not listed come last, and only when no day is given.',
      path: 'hearings',
      looks: 'nothing',
      permission: 'hearings',
      params: z.strictObject({
        ...pageRequest.shape,
        from: day.optional().describe('Held on that day or later.'),
        to: day.optional().describe('Held on that day or earlier.'),
        status: hearingStatus.optional(),
      }),
      answer: pageOf(hearingView),
      ask: (queries, params, sight) => queries.page(params, sight),
    }),
  },
};

const readOne = readsOf<HearingReader>();

export const hearingFileReads: ReadDoor<HearingReader> = {
  queries: HearingReader,
  reads: {
    hearing: readOne({
      summary: 'One hearing, with its panel, notices and sittings.',
      path: 'hearings/:id',
      looks: { shown: (_, one) => [{ kind: 'hearing', id: one.id, cases: one.complaintIds }] },
      permission: 'hearings',
      params: z.strictObject({ id }),
      answer: hearingDetail,
      tagged: true,
      ask: (reader, params, sight) => reader.one(params.id, sight),
    }),
  },
};
