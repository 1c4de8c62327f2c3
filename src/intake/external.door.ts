import { z } from 'zod';
import { pageOf, readsOf, type ReadDoor } from '../access/read-door.js';
import { ExternalRecords } from './external-records.reader.js';
import {
  externalAsked,
  externalListAsked,
  externalRecordView,
  externalRegisters,
  externalStateView,
} from './external-view.js';

const read = readsOf<ExternalRecords>();

export const externalReads: ReadDoor<ExternalRecords> = {
  queries: ExternalRecords,
  reads: {
    externalRecords: read({
      summary: 'The records of a register that was only observed, as they stood, a page at a time.',
      path: 'external-records',
      looks: 'nothing',
      permission: 'externalRecords',
      params: externalListAsked,
      answer: pageOf(externalRecordView),
      ask: (records, params) => records.page(params),
    }),
    externalState: read({
      summary:
        'How such a register stood as a whole: counts of each value, and a hash to compare with a copy of it.',
      path: 'external-records/state',
      looks: 'nothing',
      permission: 'externalRecords',
      params: externalAsked,
      answer: externalStateView,
      ask: (records, params) => records.state(params),
    }),
    externalRegisters: read({
      summary: 'The registers that were only observed.',
      path: 'external-registers',
      looks: 'nothing',
      permission: 'externalRecords',
      params: z.strictObject({}),
      answer: externalRegisters,
      ask: (records) => records.registers(),
    }),
  },
};
