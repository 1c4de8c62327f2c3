import { z } from 'zod';
import { allowedCommands, type CommandDoor } from '../access/command-door.js';
import { pageOf, readsOf, type ReadDoor } from '../access/read-door.js';
import { id } from '../event-store/schema.js';
import { ResolutionCommand } from './resolution.command.js';
import { resolution } from './resolution.js';
import {
  resolutionPage,
  ResolutionQueries,
  resolutionView,
  type ResolutionView,
} from './resolution.queries.js';
import type { KnownResolution, Resolution } from './resolution.state.js';

export const resolutionDoor: CommandDoor = {
  kind: 'resolution',
  path: 'resolutions',
  creates: 'Open',
  acts: resolution.acts,
  command: ResolutionCommand,
};

const resolutionDetail = resolutionView
  .extend({ allowedCommands: z.array(z.string()).readonly() })
  .meta({ id: 'ResolutionDetail' });

/** The resolution that a read row was made of; who took part in it is not told there, and no act is ruled out by it. */
const resolutionOf = (view: ResolutionView): Resolution => {
  const untold = { makers: [], reviewers: [], sentBack: [] };
  return { ...(view as object as Omit<KnownResolution, 'phase'>), ...untold, phase: 'open' };
};

const read = readsOf<ResolutionQueries>();

export const resolutionReads: ReadDoor<ResolutionQueries> = {
  queries: ResolutionQueries,
  reads: {
    resolutions: read({
      summary: 'Resolutions, in the order in which they were begun.',
      path: 'resolutions',
      permission: 'resolutions',
      params: resolutionPage,
      answer: pageOf(resolutionView),
      ask: (queries, params) => queries.page(params),
    }),
    resolution: read({
      summary:
        'One resolution, with its findings, sanctions, remedies and appeals, and what the caller may do.',
      path: 'resolutions/:id',
      permission: 'resolutions',
      params: z.strictObject({ id }),
      answer: resolutionDetail,
      ask: async (queries, params, principal) => {
        const found = await queries.one(params.id);
        return { ...found, allowedCommands: allowedCommands(resolution, resolutionOf(found), principal) };
      },
    }),
  },
};
