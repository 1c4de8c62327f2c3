import { z } from 'zod';
import type { CommandDoor } from '../access/command-door.js';
import { flag, pageOf, readsOf, type ReadDoor } from '../access/read-door.js';
import { id } from '../event-store/schema.js';
import { pageRequest } from '../platform/page.js';
import { StaffCommand } from './staff.handler.js';
import { staff } from './staff.js';
import { StaffQueries, staffView } from './staff.queries.js';

export const staffDoor: CommandDoor = {
  kind: 'staff',
  path: 'staff',
  creates: 'Enrol',
  acts: staff.acts,
  command: StaffCommand,
};

const read = readsOf<StaffQueries>();

export const staffReads: ReadDoor<StaffQueries> = {
  queries: StaffQueries,
  reads: {
    staff: read({
      summary: 'Members of staff, in the order in which they were enrolled.',
      path: 'staff',
      looks: 'nothing',
      permission: 'staff',
      params: pageRequest.extend({ mine: flag.optional().describe('true: only your own record.') }),
      answer: pageOf(staffView),
      ask: (queries, { mine, ...page }, { principal: { id: seenBy } }) =>
        queries.page({ ...page, staffId: mine ? seenBy : undefined }, seenBy),
    }),
    staffMember: read({
      summary: 'One member of staff: duties, absences, and how they are reminded.',
      path: 'staff/:id',
      looks: 'nothing',
      permission: 'staff',
      params: z.strictObject({ id }),
      answer: staffView,
      tagged: true,
      ask: (queries, params, { principal }) => queries.one(params.id, principal.id),
    }),
  },
};
