import fc from 'fast-check';
import { actsByPath, aroundEveryCommand, type CommandDoor } from '../../src/access/command-door.js';
import type { Read, ReadDoor } from '../../src/access/read-door.js';
import { described } from '../../src/platform/json-schema.js';
import { escaped, nasty, valueOf, type FuzzRequest } from './fuzz.js';

/** Requests that fit a door but for one place of them, where anything stands; made of the acts and questions themselves. */

const anything = fc.oneof(nasty, fc.jsonValue());

type Place = readonly (string | number)[];

const placesIn = (value: unknown, at: Place = []): Place[] => {
  if (typeof value !== 'object' || value === null) return [at];
  const inner = Object.entries(value).flatMap(([key, each]) =>
    placesIn(each, [...at, Array.isArray(value) ? Number(key) : key]),
  );
  return [at, ...inner];
};

const replaced = (value: unknown, [step, ...rest]: Place, by: unknown): unknown => {
  if (step === undefined) return by;
  if (Array.isArray(value))
    return value.map((each, index) => (index === step ? replaced(each, rest, by) : (each as unknown)));
  const fields = value as Record<string, unknown>;
  return { ...fields, [step]: replaced(fields[step], rest, by) };
};

/** One of its places holds something else, or is missing, or one more field stands beside the others. */
const spoiled = (fitting: unknown): fc.Arbitrary<unknown> => {
  const place = fc.constantFrom(...placesIn(fitting));
  const otherwise = fc.tuple(place, anything).map(([at, by]) => replaced(fitting, at, by));
  const missing = place.map((at) => replaced(fitting, at, undefined));
  const added = fc
    .tuple(fc.string({ minLength: 1 }), anything)
    .map(([name, value]) => ({ ...(fitting as object), [name]: value }));
  return fc.oneof({ weight: 4, arbitrary: otherwise }, missing, added);
};

const fittingOf = (schema: Parameters<typeof described>[0], known: readonly string[]) => {
  const { schema: shape, named } = described(schema, 'input');
  return valueOf(shape, { schemas: named, known });
};

const posted = (url: string, payload: unknown): FuzzRequest => ({
  method: 'POST',
  url,
  headers: { 'content-type': 'application/json' },
  payload: JSON.stringify(payload) ?? 'null',
});

const aCommand = (door: CommandDoor, known: readonly string[]): fc.Arbitrary<FuzzRequest> => {
  const paths = [
    ...(door.creates === undefined ? [] : [['', door.creates] as const]),
    ...actsByPath(door),
  ].map(([segment, act]) => ({ segment, input: door.acts[act]?.input }));
  return fc.constantFrom(...paths).chain(({ segment, input }) => {
    if (!input) throw new Error(`${door.kind} has no act ${segment}.`);
    const whole = fc
      .tuple(fittingOf(input, known), fc.option(fittingOf(aroundEveryCommand, known), { freq: 1, nil: {} }))
      .map(([own, around]) => ({ ...(own as object), ...(around as object) }));
    return fc.tuple(whole.chain(spoiled), fc.constantFrom(...known)).map(([body, id]) => {
      const below = segment === '' ? '' : `/${id}/${segment}`;
      return posted(`/v1/${door.path}${below}`, body);
    });
  });
};

const asked = ({ path }: Read<unknown>, params: unknown): FuzzRequest => {
  const given = typeof params === 'object' && params !== null ? params : { params };
  const fields = new Map(Object.entries(given).filter(([, value]) => value !== undefined));
  const filled = path.replaceAll(/:(\w+)/g, (_, name: string) => {
    const value = fields.get(name) ?? 'x';
    fields.delete(name);
    return escaped(value) || 'x';
  });
  const query = [...fields].map(([name, value]) => `${escaped(name)}=${escaped(value)}`);
  return { method: 'GET', url: `/v1/${filled}?${query.join('&')}`, headers: {} };
};

const aQuestion = (read: Read<unknown>, known: readonly string[]): fc.Arbitrary<FuzzRequest> =>
  fittingOf(read.params, known)
    .chain(spoiled)
    .map((params) => (read.posted ? posted(`/v1/${read.path}`, params) : asked(read, params)));

export const anySpoiled = (
  commands: readonly CommandDoor[],
  reads: readonly ReadDoor[],
  known: readonly string[],
): fc.Arbitrary<FuzzRequest> => {
  const questions = reads.flatMap((door) => Object.values(door.reads));
  return fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(...commands).chain((door) => aCommand(door, known)) },
    { weight: 1, arbitrary: fc.constantFrom(...questions).chain((read) => aQuestion(read, known)) },
  );
};
