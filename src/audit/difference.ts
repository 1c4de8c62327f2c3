import { z } from 'zod';

/** Two states, field by field. Pure; text about people stays sealed, so what was sealed anew differs though it may read the same. */

export const fieldChange = z
  .object({
    path: z
      .string()
      .describe('Such as `complaint.status`; in lists by what names an item there, else by its place.'),
    was: z.unknown().describe('Null when there was nothing.'),
    is: z.unknown().describe('Null when there is nothing.'),
  })
  .meta({ id: 'FieldChange' });

export type FieldChange = z.output<typeof fieldChange>;

export type Fields = ReadonlyMap<string, unknown>;

type Item = Readonly<Record<string, unknown>>;

const isItem = (value: unknown): value is Item =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const areDistinct = (names: readonly unknown[]): boolean =>
  names.every((name) => typeof name === 'string') && new Set(names).size === names.length;

/** How the items of a list are told apart, so that one that comes or goes moves no other. */
const namesOf = (list: readonly unknown[]): readonly string[] => {
  const places = list.map((_, index) => String(index));
  if (!list.every(isItem)) return places;
  const occurrences = list.map(({ key, occurrence }) => `${String(key)} ${String(occurrence)}`);
  if (list.every((item) => 'key' in item && 'occurrence' in item)) return occurrences;
  const ids = ['id', ...Object.keys(list[0] ?? {}).filter((name) => name.endsWith('Id'))];
  const id = ids.find((name) => areDistinct(list.map((item) => item[name])));
  return id === undefined ? places : list.map((item) => String(item[id]));
};

const collect = (value: unknown, path: string, fields: Map<string, unknown>): void => {
  if (Array.isArray(value)) {
    const names = namesOf(value);
    value.forEach((item, index) => collect(item, `${path}[${names[index]}]`, fields));
  } else if (isItem(value)) {
    for (const [name, inner] of Object.entries(value))
      collect(inner, path === '' ? name : `${path}.${name}`, fields);
  } else if (value !== null && value !== undefined) fields.set(path, value);
};

/** Whatever a state says, by where it says it; what is absent or null is not among it. */
export const fieldsOf = (state: unknown): Fields => {
  const fields = new Map<string, unknown>();
  collect(state, '', fields);
  return fields;
};

/** In the order of the paths. */
export const differenceOf = (before: unknown, after: unknown): FieldChange[] => {
  const [was, is] = [fieldsOf(before), fieldsOf(after)];
  const paths = [...new Set([...was.keys(), ...is.keys()])].filter((path) => was.get(path) !== is.get(path));
  return paths.toSorted().map((path) => ({ path, was: was.get(path) ?? null, is: is.get(path) ?? null }));
};
