import { z } from 'zod';
import { allowedNames, type CommandDoor } from '../access/command-door.js';
import { pageOf, readsOf, type ReadDoor } from '../access/read-door.js';
import { id } from '../event-store/schema.js';
import { ResolutionCommand } from './resolution.command.js';
import { resolution } from './resolution.js';
import { resolutionPage, ResolutionQueries, resolutionView } from './resolution.queries.js';
import { ResolutionReader } from './resolution.reader.js';

export const resolutionDoor: CommandDoor = {
  kind: 'resolution',
  path: 'resolutions',
  creates: 'Open',
  acts: resolution.acts,
  command: ResolutionCommand,
};

const resolutionDetail = resolutionView
  .extend({ allowedCommands: allowedNames })
  .meta({ id: 'ResolutionDetail' });

const read = readsOf<ResolutionQueries>();

export const resolutionReads: ReadDoor<ResolutionQueries> = {
  queries: ResolutionQueries,
  reads: {
    resolutions: read({
      summary: 'Resolutions, in the order in which they were begun.',
      path: 'resolutions',
      looks: 'nothing',
      permission: 'resolutions',
      params: resolutionPage,
      answer: pageOf(resolutionView),
      ask: (queries, params, sight) => queries.page(params, sight),
    }),
  },
};

const readOne = readsOf<ResolutionReader>();

export const resolutionFileReads: ReadDoor<ResolutionReader> = {
  queries: ResolutionReader,
  reads: {
    resolution: readOne({
      summary:
        'One resolution, with its findings, sanctions, remedies and appeals, and what the caller may do.',
      path: 'resolutions/:id',
      looks: { shown: (_, one) => [{ kind: 'resolution', id: one.id, cases: [one.complaintId] }] },
      permission: 'resolutions',
      params: z.strictObject({ id }),
      answer: resolutionDetail,
      tagged: true,
      ask: (reader, params, sight) => reader.one(params.id, sight),
    }),
  },
};
