import { z } from 'zod';
import { described, refTo, type Described, type JsonSchema } from '../platform/json-schema.js';

/** The parts that the operations of the OpenAPI document share. */

export type PathItem = Readonly<Record<string, object>>;
export type Paths = Readonly<Record<string, PathItem>>;

export const json = (schema: JsonSchema) => ({ 'application/json': { schema } });

const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().describe('Stable; docs/errors.md lists every code.'),
    detail: z.string().describe('What was wrong, and what to do.'),
    instance: z.string().describe('The id of the request.'),
  })
  .meta({ id: 'Problem' });

/** Each with the codes that any operation may answer; rules of the domain add their own under 422. */
const refusals: Readonly<Record<string, string>> = {
  400: 'The request cannot be read: malformed-request, invalid-input, bad-if-match, bad-idempotency-key, bad-cursor.',
  401: 'Nobody is known: no-token, token-refused, sign-in-too-weak.',
  403: 'The caller may not do this: not-permitted.',
  404: 'There is no such thing: not-found.',
  409: 'Somebody else was quicker: version-conflict, taken-meanwhile.',
  412: 'The stream is no longer at the version of If-Match: version-conflict.',
  413: 'The body is over the limit: body-too-large.',
  415: 'Bodies are application/json: unsupported-media-type.',
  422: 'A rule says no; the code names it.',
  429: 'More is asked within a minute than is answered: too-many-requests, too-many-failed-sign-ins. Retry-After says when to ask again.',
  503: 'Storage is out of reach: storage-unavailable, outcome-unknown, not-ready. Retry-After says when to try again.',
};

/** What this operation refuses, and that whoever asks too often is told to wait. */
export const refused = (...statuses: readonly number[]): Record<string, object> =>
  refusedOnly(...statuses, 429);

/** What may be asked as often as anybody likes. */
export const refusedOnly = (...statuses: readonly number[]): Record<string, object> =>
  Object.fromEntries(statuses.map((status) => [status, { $ref: `#/components/responses/Refused${status}` }]));

const problemResponses = Object.fromEntries(
  Object.entries(refusals).map(([status, description]) => [
    `Refused${status}`,
    { description, content: { 'application/problem+json': { schema: refTo('Problem') } } },
  ]),
);

/** Every shape under its name; one name must mean one shape. */
export class NamedShapes {
  private readonly shapes = new Map<string, JsonSchema>([
    ['Problem', { ...described(problem, 'output').named['Problem'], additionalProperties: true }],
  ]);

  /** The shape itself, once those that it names are known here. */
  add({ schema, named }: Described): JsonSchema {
    for (const [name, shape] of Object.entries(named)) this.name(name, shape);
    return schema;
  }

  name(name: string, shape: JsonSchema): JsonSchema {
    const known = this.shapes.get(name);
    if (known && JSON.stringify(known) !== JSON.stringify(shape))
      throw new Error(`Two different shapes are called ${name}.`);
    this.shapes.set(name, shape);
    return refTo(name);
  }

  get components(): object {
    return {
      schemas: Object.fromEntries([...this.shapes].toSorted(([a], [b]) => (a < b ? -1 : 1))),
      responses: problemResponses,
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    };
  }
}

export const etag = {
  ETag: { description: 'The version, in quotes; send it as If-Match.', schema: { type: 'string' } },
};
