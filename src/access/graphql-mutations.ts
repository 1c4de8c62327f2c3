import {
  GraphQLID,
  GraphQLInt,
  GraphQLNonNull,
  GraphQLString,
  getNullableType,
  isNonNullType,
  type GraphQLInputFieldConfig,
  type GraphQLFieldConfig,
  type GraphQLFieldConfigArgumentMap,
  type GraphQLFieldConfigMap,
} from 'graphql';
import { z } from 'zod';
import { moved } from '../clocks/live-cases.js';
import { COST_OF_COMMAND } from '../platform/graphql/limits.js';
import { withoutNulls, type Types } from '../platform/graphql/types.js';
import { described } from '../platform/json-schema.js';
import { aroundEveryCommand, commandFrom, type CommandDoor } from './command-door.js';
import type { AtTheDoor } from './at-the-door.js';
import { rolesFor } from './permissions.js';

/** A mutation for each act that somebody may do. */

const answer = z
  .object({
    id: z.uuid(),
    reference: z.string().optional().describe('What people call it; for what was just created.'),
    version: z.int().describe('Where the stream stands now; send it as expectedVersion.'),
    events: z.array(z.string()).describe('The types of the events that were recorded.'),
  })
  .meta({ id: 'Recorded' });

const ruleAnswer = z
  .object({ ...answer.omit({ reference: true }).shape, id: z.string(), moved: moved.optional() })
  .meta({ id: 'RecordedRule' });

const answerOf = ({ named }: CommandDoor, types: Types) =>
  named
    ? types.output(described(ruleAnswer, 'output'), 'RecordedRule')
    : types.output(described(answer, 'output'), 'Recorded');

/** `AddAllegation` of a complaint is `addComplaintAllegation`. */
export const mutationName = ({ kind }: CommandDoor, act: string): string => {
  const [verb = '', ...rest] = act.split(/(?=[A-Z])/);
  return `${verb.toLowerCase()}${kind.charAt(0).toUpperCase()}${kind.slice(1)}${rest.join('')}`;
};

interface Arguments {
  readonly id?: string;
  readonly input?: object | null;
  readonly occurred?: unknown;
  readonly backdatingReason?: string | null;
  readonly idempotencyKey?: string | null;
  readonly expectedVersion?: number | null;
}

const envelopeArguments = (types: Types): GraphQLFieldConfigArgumentMap => ({
  ...types.inputFields(described(aroundEveryCommand, 'input'), ''),
  idempotencyKey: { type: GraphQLString, description: 'A repeat with the same key gets the first answer.' },
  expectedVersion: { type: GraphQLInt, description: 'Refused when the stream has moved on since.' },
});

const isNeeded = ({ type, defaultValue }: GraphQLInputFieldConfig): boolean =>
  isNonNullType(type) && defaultValue === undefined;

const mutation = (door: CommandDoor, act: string, types: Types): GraphQLFieldConfig<unknown, AtTheDoor> => {
  const { input: schema, summary } = door.acts[act] ?? {};
  if (!schema) throw new Error(`${door.kind} has no act ${act}.`);
  const name = mutationName(door, act);
  const inputName = name.charAt(0).toUpperCase() + name.slice(1);
  const asked = described(schema, 'input');
  const fields = Object.values(types.inputFields(asked, inputName));
  const inputType = fields.some(isNeeded)
    ? types.input(asked, inputName)
    : getNullableType(types.input(asked, inputName));
  return {
    description: summary ?? '',
    // Nullable, so that a refused command does not hide what its neighbours recorded.
    type: getNullableType(answerOf(door, types)),
    args: {
      ...(act === door.creates ? {} : { id: { type: new GraphQLNonNull(GraphQLID) } }),
      ...(fields.length > 0 ? { input: { type: inputType } } : {}),
      ...envelopeArguments(types),
    },
    extensions: { complexity: COST_OF_COMMAND },
    resolve: (_, given, { principal, requestId, perform }) => {
      const { id, input, idempotencyKey, expectedVersion, ...around } = given as Arguments;
      const body = {
        ...(withoutNulls(input ?? {}, asked) as object),
        ...(withoutNulls(around, described(aroundEveryCommand, 'input')) as object),
      };
      return perform(
        commandFrom(door, {
          act,
          body,
          principal,
          requestId,
          ...(id === undefined ? {} : { id }),
          idempotencyKey: idempotencyKey ?? undefined,
          ifMatch: typeof expectedVersion === 'number' ? `"${expectedVersion}"` : undefined,
        }),
      );
    },
  };
};

export const mutationsOf = (
  doors: readonly CommandDoor[],
  types: Types,
): GraphQLFieldConfigMap<unknown, AtTheDoor> =>
  Object.fromEntries(
    doors.flatMap((door) =>
      Object.keys(door.acts)
        .filter((act) => rolesFor(door.kind, act))
        .map((act) => [mutationName(door, act), mutation(door, act, types)] as const),
    ),
  );
