import { z } from 'zod';
import { pageOf, readsOf, type ReadDoor } from '../access/read-door.js';
import { id } from '../event-store/schema.js';
import { pageRequest } from '../platform/page.js';
import { DocumentQueries, documentView } from './document.queries.js';

const read = readsOf<DocumentQueries>();

export const documentReads: ReadDoor<DocumentQueries> = {
  queries: DocumentQueries,
  reads: {
    documents: read({
      summary: 'The documents uploaded to a case, in evidence or not, in the order in which they came.',
      path: 'cases/:id/documents',
      permission: 'documents',
      params: z.strictObject({ ...pageRequest.shape, id }),
      answer: pageOf(documentView),
      ask: (queries, params) => queries.page(params),
    }),
  },
};
