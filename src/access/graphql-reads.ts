import { getNullableType, type GraphQLFieldConfig, type GraphQLFieldConfigMap } from 'graphql';
import { connectionAsked, connectionOf } from '../platform/graphql/connection.js';
import { COST_OF_READ } from '../platform/graphql/limits.js';
import { withoutNulls, type Types } from '../platform/graphql/types.js';
import { described } from '../platform/json-schema.js';
import type { Page } from '../platform/page.js';
import type { AtTheDoor, Question } from './at-the-door.js';
import { authorise } from './permissions.js';
import { itemOf, readInput, type ReadDoor } from './read-door.js';

/** A query for each question; answers in pages become Relay connections. */

type Field = GraphQLFieldConfig<unknown, AtTheDoor, Record<string, unknown>>;

const pascal = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

interface TypedQuestion extends Question {
  readonly types: Types;
}

const asker = (question: Question) => {
  const { read } = question;
  const params = described(read.params, 'input');
  return async (given: object, { principal, ask }: AtTheDoor): Promise<unknown> => {
    authorise(principal, 'read', read.permission);
    const asked = readInput(read.params, withoutNulls(given, params));
    return ask(question, asked);
  };
};

const plainField = (question: TypedQuestion): Field => {
  const { name, read, types } = question;
  const ask = asker(question);
  return {
    description: read.summary,
    type: getNullableType(types.output(described(read.answer, 'output'), pascal(name))),
    args: types.inputFields(described(read.params, 'input'), pascal(name)),
    extensions: {
      complexity: ({ childComplexity }: { childComplexity: number }) => COST_OF_READ + childComplexity,
    },
    resolve: (_, given, at) => ask(given, at),
  };
};

interface Window {
  readonly first: number;
  readonly after?: string | null;
}

const pageField = (question: TypedQuestion, item: Parameters<typeof described>[0]): Field => {
  const { name, read, types } = question;
  const ask = asker(question);
  const perItem = ({ args, childComplexity }: { args: Record<string, unknown>; childComplexity: number }) =>
    COST_OF_READ + Math.max(Number(args['first'] ?? 1), 1) * childComplexity;
  return {
    description: read.summary,
    type: connectionOf(pascal(name), types.output(described(item, 'output'), `${pascal(name)}Item`)),
    args: types.inputFields(described(read.params, 'input'), pascal(name)),
    extensions: { complexity: perItem },
    resolve: (_, given, at) =>
      connectionAsked(
        (window) => ask({ ...given, after: null, ...window }, at) as Promise<Page<unknown>>,
        given as unknown as Window,
      ),
  };
};

const fieldOf = (question: TypedQuestion): Field => {
  const item = itemOf(question.read.answer);
  return item ? pageField(question, item) : plainField(question);
};

export const readFieldsOf = (
  doors: readonly ReadDoor[],
  types: Types,
): GraphQLFieldConfigMap<unknown, AtTheDoor> => {
  const questions = doors.flatMap((door) =>
    Object.entries(door.reads).map(([name, read]) => ({ door, name, read, types })),
  );
  const twice = questions.find(
    ({ name }, index) => questions.findIndex((other) => other.name === name) < index,
  );
  if (twice) throw new Error(`Two questions are called ${twice.name}.`);
  return Object.fromEntries(questions.map((question) => [question.name, fieldOf(question)]));
};
