import { refused, type Paths } from '../access/open-api-parts.js';
import { rolesFor } from '../access/permissions.js';
import { described } from '../platform/json-schema.js';
import { EVENT_BATCH, EVENT_STREAM, eventsAsked, LAST_EVENT_ID } from './events-asked.js';

const parameters = Object.entries(described(eventsAsked, 'input').schema.properties ?? {}).map(
  ([name, { description, ...schema }]) => ({ name, in: 'query', required: false, description, schema }),
);

const cloudEvent = {
  type: 'object',
  required: ['specversion', 'id', 'source', 'type', 'position'],
  description:
    'CloudEvents 1.0 in JSON. Of an event that is withheld only its position is told, with the type redress.Withheld.',
  properties: {
    specversion: { type: 'string', const: '1.0' },
    id: { type: 'string' },
    source: { type: 'string', format: 'uri-reference' },
    type: { type: 'string', description: 'redress. and the type of the event.' },
    subject: { type: 'string', description: 'Its stream.' },
    time: { type: 'string', format: 'date-time', description: 'When it was recorded.' },
    datacontenttype: { type: 'string' },
    position: { type: 'string', description: 'Its place in the log; without gaps, in order.' },
    streamversion: { type: 'integer' },
    schemaversion: { type: 'integer' },
    occurredon: { type: 'string', format: 'date' },
    occurredat: { type: 'string', format: 'date-time' },
    occurredzone: { type: 'string' },
    actor: { type: 'string' },
    actorrole: { type: 'string' },
    onbehalfof: { type: 'string' },
    correlationid: { type: 'string' },
    causationid: { type: 'string' },
    cases: { type: 'string', description: 'In exports alone: the ids of its cases, separated by blanks.' },
    data: { type: 'object', additionalProperties: true },
  },
};

/** The controller's path: neither batches of CloudEvents nor streams are plain JSON. */
export const eventPaths: Paths = {
  '/v1/events': {
    get: {
      operationId: 'events',
      tags: ['audit'],
      summary:
        'The log for other systems, as CloudEvents 1.0: every position, in order; as batches, or as Server-Sent Events.',
      description: `For ${(rolesFor('read', 'events') ?? []).join(', ')}. See docs/events.md.`,
      parameters: [
        ...parameters,
        { name: LAST_EVENT_ID, in: 'header', required: false, schema: { type: 'string' } },
      ],
      responses: {
        200: {
          description: 'A batch, or with Accept: text/event-stream a stream whose ids are positions.',
          content: {
            [EVENT_BATCH]: { schema: { type: 'array', items: cloudEvent } },
            [EVENT_STREAM]: { schema: { type: 'string' } },
          },
        },
        ...refused(400, 401, 403, 422, 503),
      },
    },
  },
};
