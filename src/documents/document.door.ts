import { z } from 'zod';
import { json, refused, type Paths } from '../access/open-api-parts.js';
import { rolesFor } from '../access/permissions.js';
import { aCase } from '../access/look.js';
import { pageOf, readsOf, type ReadDoor } from '../access/read-door.js';
import { id } from '../event-store/schema.js';
import { pageRequest } from '../platform/page.js';
import { DocumentArchive } from './document.archive.js';
import { documentView } from './document.queries.js';

const read = readsOf<DocumentArchive>();

export const documentReads: ReadDoor<DocumentArchive> = {
  queries: DocumentArchive,
  reads: {
    documents: read({
      summary: 'The documents uploaded to a case, in evidence or not, in the order in which they came.',
      path: 'cases/:id/documents',
      looks: { shown: (asked) => [aCase(asked.id)] },
      permission: 'documents',
      params: z.strictObject({ ...pageRequest.shape, id }),
      answer: pageOf(documentView),
      ask: (archive, params, sight) => archive.list(params, sight),
    }),
  },
};

const bytes = { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } };
const inPath = { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } };
const rolesOf = (kind: string, act: string): string => `For ${(rolesFor(kind, act) ?? []).join(', ')}.`;

const uploaded = {
  type: 'object',
  properties: {
    documentId: { type: 'string', format: 'uuid' },
    sha256: {
      type: 'string',
      description: 'Of the bytes as sent; cite it when it is submitted as evidence.',
    },
    size: { type: 'integer' },
  },
  required: ['documentId', 'sha256', 'size'],
};

/** The controller's two paths: bytes are no JSON questions. */
export const documentPaths: Paths = {
  '/v1/cases/{id}/documents': {
    post: {
      operationId: 'uploadDocument',
      tags: ['cases'],
      summary: 'Upload a document to a case; the same bytes twice are one document.',
      description: rolesOf('document', 'Upload'),
      parameters: [
        inPath,
        {
          name: 'X-File-Name',
          in: 'header',
          required: false,
          description: 'Its name, percent-encoded.',
          schema: { type: 'string' },
        },
      ],
      requestBody: { required: true, content: bytes },
      responses: {
        201: { description: 'Kept.', content: json(uploaded) },
        ...refused(400, 401, 403, 404, 413, 415, 422, 503),
      },
    },
  },
  '/v1/documents/{id}': {
    get: {
      operationId: 'document',
      tags: ['documents'],
      summary: 'The bytes of a document, as they were uploaded.',
      description: rolesOf('read', 'documents'),
      parameters: [inPath],
      responses: {
        200: { description: 'The bytes.', content: bytes },
        ...refused(400, 401, 403, 404, 422, 503),
      },
    },
  },
};
