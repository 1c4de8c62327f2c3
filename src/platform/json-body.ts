import type { FastifyInstance } from 'fastify';
import { InvalidInput } from '../event-store/errors.js';
import { jsonFault } from './json-fault.js';
import { repeatedField, type Found } from './json-text.js';

const repeated = ({ path, line }: Found): InvalidInput =>
  new InvalidInput(
    'repeated-field',
    `${path} stands twice in this object, again on line ${line}. Leave one of them out.`,
  );

/** Of whatever is wrong with a body Fastify says no more than that. */
const whyMalformed = (body: string, encoding: string | undefined): string => {
  if (encoding !== undefined && encoding !== 'identity')
    return `A body with Content-Encoding ${encoding.slice(0, 40)} is not unpacked here. Send the JSON as it is.`;
  if (body.trim() === '') return 'The body is empty. Send a JSON object, were it {}.';
  const fault = jsonFault(body);
  return fault
    ? `This is not JSON: on line ${fault.line}, in column ${fault.column}, ${fault.why}.`
    : 'A field is called __proto__, or constructor with a prototype in it. Leave it out: no field has such a name.';
};

const malformed = (body: string, encoding: string | undefined): InvalidInput =>
  new InvalidInput('malformed-request', whyMalformed(body, encoding));

/** What Fastify reads JSON with takes the last of two fields of one name, and nobody learns of the first. */
export const refuseRepeatedFields = (server: FastifyInstance): void => {
  const parse = server.getDefaultJsonParser('error', 'error');
  server.removeContentTypeParser('application/json');
  server.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) =>
    parse(request, body, (error, value) => {
      if (error) return done(malformed(body, request.headers['content-encoding']));
      const twice = repeatedField(body);
      done(twice ? repeated(twice) : null, value);
    }),
  );
};
