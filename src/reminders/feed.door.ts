import { refused, type Paths } from '../access/open-api-parts.js';

/** The controller's path: a calendar file is no JSON question. */
export const feedPaths: Paths = {
  '/v1/feeds/{secret}.ics': {
    get: {
      operationId: 'calendarFeed',
      tags: ['staff'],
      summary: 'The calendar of a member of staff: their hearings, and the open deadlines of their cases.',
      description:
        'For calendar programs, which send no token: the address is the secret. Its owner finds it as feedUrl of their own record, and a feed that was revoked is not found.',
      security: [],
      parameters: [{ name: 'secret', in: 'path', required: true, schema: { type: 'string' } }],
      responses: {
        200: {
          description: 'iCalendar (RFC 5545).',
          content: { 'text/calendar': { schema: { type: 'string' } } },
        },
        ...refused(404, 503),
      },
    },
  },
};
