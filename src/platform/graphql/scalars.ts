import { GraphQLError, GraphQLScalarType } from 'graphql';

/** Scalars that GraphQL lacks. What a day or an instant must look like is checked by the act's own schema. */

const textOf = (what: string, example: string) => (value: unknown) => {
  if (typeof value === 'string') return value;
  throw new GraphQLError(`Write a ${what} as text, such as "${example}".`);
};

const wholeNumber = (value: unknown): number => {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new GraphQLError('Give a whole number below 2^53.');
};

export const Day = new GraphQLScalarType<string, string>({
  name: 'Day',
  description: 'A calendar day, 2018-03-28.',
  serialize: String,
  parseValue: textOf('day', '2018-03-28'),
});

export const Instant = new GraphQLScalarType<string, string>({
  name: 'Instant',
  description: 'An instant with its offset, 2018-03-28T10:00:00+01:00.',
  serialize: String,
  parseValue: textOf('instant', '2018-03-28T10:00:00+01:00'),
});

export const Whole = new GraphQLScalarType<number, number>({
  name: 'Whole',
  description: 'A whole number below 2^53; it may be larger than an Int.',
  serialize: wholeNumber,
  parseValue: wholeNumber,
});

export const Json = new GraphQLScalarType<unknown, unknown>({
  name: 'JSON',
  description: 'Any JSON value.',
  serialize: (value) => value,
  parseValue: (value) => value,
});
