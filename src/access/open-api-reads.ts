import { described, type JsonSchema } from '../platform/json-schema.js';
import { etag, json, refused, type NamedShapes, type Paths } from './open-api-parts.js';
import { rolesFor } from './permissions.js';
import type { Read, ReadDoor } from './read-door.js';

/** The operations of the questions. */

const inPath = (path: string): readonly string[] =>
  [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);

const parametersOf = (read: Read<unknown>, schema: JsonSchema): object[] => {
  const names = inPath(read.path);
  return Object.entries(schema.properties ?? {}).map(([name, { description, ...shape }]) => ({
    name,
    in: names.includes(name) ? 'path' : 'query',
    required: names.includes(name) || (schema.required ?? []).includes(name),
    ...(description === undefined ? {} : { description }),
    schema: shape,
  }));
};

/** Taken at every door; kept where the answer shows something of a case or a person. */
const reason = {
  name: 'Redress-Reason',
  in: 'header',
  required: false,
  description: 'Why you look, percent-encoded; kept with the record that you did.',
  schema: { type: 'string', maxLength: 9000 },
};

const told = (name: string, read: Read<unknown>, shapes: NamedShapes): object => {
  const params = shapes.add(described(read.params, 'input'));
  const answer = shapes.add(described(read.answer, 'output'));
  return {
    operationId: name,
    tags: [read.path.split('/')[0]],
    summary: read.summary,
    description: `For ${(rolesFor('read', read.permission) ?? []).join(', ')}.`,
    ...(read.posted
      ? { parameters: [reason], requestBody: { required: true, content: json(params) } }
      : { parameters: [...parametersOf(read, params), reason] }),
    responses: {
      200: { description: read.summary, ...(read.tagged ? { headers: etag } : {}), content: json(answer) },
      ...refused(400, 401, 403, 404, ...(read.posted ? [413, 415] : []), 422, 503),
    },
  };
};

/** One path for each question, which may be asked in two ways. */
export const readPaths = (doors: readonly ReadDoor[], shapes: NamedShapes): readonly Paths[] =>
  doors.flatMap(({ reads }) =>
    Object.entries(reads).map(([name, read]) => {
      const path = `/v1/${read.path.replace(/:(\w+)/g, '{$1}')}`;
      return { [path]: { [read.posted ? 'post' : 'get']: told(name, read, shapes) } };
    }),
  );
