import { isEnumType, isInputObjectType, isListType, isNonNullType, type GraphQLInputType } from 'graphql';

const scalars: Readonly<Record<string, unknown>> = {
  ID: '00000000-0000-7000-8000-000000000001',
  Day: '2026-03-02',
  Instant: '2026-03-02T10:00:00Z',
  Int: 1,
  Whole: 1,
  Float: 1,
  Boolean: true,
};

/** The least value that an input type accepts. */
export const exampleOf = (type: GraphQLInputType): unknown => {
  if (isNonNullType(type)) return exampleOf(type.ofType);
  if (isListType(type)) return [];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (!isInputObjectType(type)) return scalars[type.name] ?? 'text';
  const needed = Object.values(type.getFields()).filter((field) => isNonNullType(field.type));
  return Object.fromEntries(needed.map((field) => [field.name, exampleOf(field.type)]));
};
