import { z } from 'zod';
import { moved } from '../clocks/live-cases.js';
import { described, type JsonSchema } from '../platform/json-schema.js';
import { aroundEveryCommand, kebab, type CommandDoor } from './command-door.js';
import { etag, json, refused, type NamedShapes, type Paths } from './open-api-parts.js';
import { rolesFor } from './permissions.js';
import type { Role } from './principal.js';

/** The operations of the acts. */

const created = z
  .object({ id: z.uuid(), reference: z.string().optional(), version: z.int() })
  .meta({ id: 'Created' });
const recorded = z
  .object({ id: z.uuid(), version: z.int(), events: z.array(z.string()) })
  .meta({ id: 'Recorded' });

/** Of rules, which people name, and which reach the open cases at once. */
const createdByName = z.object({ id: z.string(), version: z.int() }).meta({ id: 'CreatedByName' });
const recordedByName = z
  .object({ id: z.string(), version: z.int(), events: z.array(z.string()), moved: moved.optional() })
  .meta({ id: 'RecordedByName' });

const answerOf = ({ named, creates }: CommandDoor, act: string): z.ZodType => {
  if (named) return act === creates ? createdByName : recordedByName;
  return act === creates ? created : recorded;
};

const header = (name: string, description: string) => ({
  name,
  description,
  in: 'header',
  required: false,
  schema: { type: 'string' },
});
const idempotencyKey = header('Idempotency-Key', 'A repeat with the same key gets the first answer.');
const ifMatch = header(
  'If-Match',
  'The version as last read, in quotes: "3". Refused with 412 when it is stale.',
);
const idOf = ({ named, calledBy }: CommandDoor, act: string) => ({
  name: 'id',
  in: 'path',
  required: true,
  schema: named || calledBy?.acts.includes(act) ? { type: 'string' } : { type: 'string', format: 'uuid' },
});

/** An act's own input and what every command may say besides. */
const bodyOf = (input: JsonSchema, around: JsonSchema): JsonSchema => {
  if (input.anyOf) return { anyOf: input.anyOf.map((one) => bodyOf(one, around)) };
  return { ...input, type: 'object', properties: { ...input.properties, ...around.properties } };
};

interface Operation {
  readonly door: CommandDoor;
  readonly act: string;
  readonly roles: readonly Role[];
  readonly shapes: NamedShapes;
}

const pascal = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

const requestBody = ({ door, act, shapes }: Operation): object => {
  const { input } = door.acts[act] ?? {};
  if (!input) throw new Error(`${door.kind} has no act ${act}.`);
  const own = shapes.add(described(input, 'input'));
  const body = bodyOf(own, shapes.add(described(aroundEveryCommand, 'input')));
  const required = (own.required ?? []).length > 0;
  return { required, content: json(shapes.name(`${pascal(door.kind)}${act}`, body)) };
};

const told = ({ door, act, roles, shapes }: Operation): object => {
  const creates = act === door.creates;
  const answer = shapes.add(described(answerOf(door, act), 'output'));
  const location = { Location: { description: 'Where it is.', schema: { type: 'string' } } };
  const headers = creates ? { ...etag, ...location } : etag;
  const done = { description: door.acts[act]?.summary ?? '', headers, content: json(answer) };
  return {
    operationId: `${door.kind}${act}`,
    tags: [door.path],
    summary: door.acts[act]?.summary,
    description: `For ${roles.join(', ')}.`,
    parameters: creates ? [idempotencyKey] : [idOf(door, act), idempotencyKey, ifMatch],
    requestBody: requestBody({ door, act, roles, shapes }),
    responses: {
      [creates ? 201 : 200]: done,
      ...refused(400, 401, 403, ...(creates ? [] : [404, 412]), 409, 413, 415, 422, 503),
    },
  };
};

export const commandPaths = (doors: readonly CommandDoor[], shapes: NamedShapes): Paths =>
  Object.fromEntries(
    doors.flatMap((door) =>
      Object.keys(door.acts).flatMap((act) => {
        const roles = rolesFor(door.kind, act);
        if (!roles) return [];
        const path = act === door.creates ? `/v1/${door.path}` : `/v1/${door.path}/{id}/${kebab(act)}`;
        return [[path, { post: told({ door, act, roles, shapes }) }] as const];
      }),
    ),
  );
