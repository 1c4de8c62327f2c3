import { definitionOf, type Catalogue } from './catalogue.js';
import type { Entry } from './event.js';

/** Whom the events of a stream name. */

const at = (data: unknown, [step, ...rest]: readonly string[]): unknown => {
  if (step === undefined || data === undefined || data === null) return data;
  return step === '*'
    ? (data as readonly unknown[]).map((item) => at(item, rest))
    : at((data as Readonly<Record<string, unknown>>)[step], rest);
};

const isWord = (step: string): boolean => !/^(\*|\d+)$/.test(step);

/** The parties that an event names; a correction both the one that was said and the one that should have been. */
export const partiesNamedBy = (catalogue: Catalogue): ((entry: Entry) => readonly string[]) => {
  const fields = new Set(
    Object.values(catalogue).flatMap(({ parties }) => parties.map((path) => path.findLast(isWord))),
  );
  return ({ type, data }) => {
    const told =
      type === 'EntryCorrected'
        ? fields.has((data as { readonly path: readonly string[] }).path.findLast(isWord)) &&
          ['old', 'new'].map((field) => at(data, [field]))
        : definitionOf(catalogue, type).parties.map((path) => at(data, path));
    return [told].flat(4).filter((each): each is string => typeof each === 'string');
  };
};

/** Whoever was named before, and whom this entry names besides: nobody is ever taken away again. Undefined while nobody is. */
export const alsoNamed = (
  before: readonly string[] | undefined,
  named: readonly string[],
): readonly string[] | undefined => {
  const more = named.filter((each) => before?.includes(each) !== true);
  return more.length === 0 ? before : [...new Set([...(before ?? []), ...more])];
};
