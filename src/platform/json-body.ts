import type { FastifyInstance } from 'fastify';
import { InvalidInput } from '../event-store/errors.js';
import { repeatedField, type Found } from './json-text.js';

const repeated = ({ path, line }: Found): InvalidInput =>
  new InvalidInput(
    'repeated-field',
    `${path} stands twice in this object, again on line ${line}. Leave one of them out.`,
  );

/** What Fastify reads JSON with takes the last of two fields of one name, and nobody learns of the first. */
export const refuseRepeatedFields = (server: FastifyInstance): void => {
  const parse = server.getDefaultJsonParser('error', 'error');
  server.removeContentTypeParser('application/json');
  server.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) =>
    parse(request, body, (error, value) => {
      const twice = error ? undefined : repeatedField(body);
      done(twice ? repeated(twice) : error, value);
    }),
  );
};
