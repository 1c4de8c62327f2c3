import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jsonFault } from './json-fault.js';

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** JSON with a few characters put in, taken out or written over. */
const almostJson = fc
  .tuple(
    fc.json(),
    fc.constantFrom(undefined, 1),
    fc.array(
      fc.tuple(fc.nat(), fc.constantFrom(...'{}[],:"\\0-.eE +trunl\n\t\u0001x'.split('')), fc.nat(2)),
      {
        maxLength: 3,
      },
    ),
  )
  .map(([json, indent, changes]) =>
    changes.reduce(
      (text, [at, char, gone]) => {
        const place = at % (text.length + 1);
        return `${text.slice(0, place)}${char}${text.slice(place + gone)}`;
      },
      JSON.stringify(JSON.parse(json), null, indent),
    ),
  );

describe('where a text stops being JSON', () => {
  it('is nowhere in JSON, and somewhere in all else', () =>
    fc.assert(
      fc.property(almostJson, (text) => expect(jsonFault(text) === undefined).toBe(isJson(text))),
      { numRuns: 2_000 },
    ));

  it.each([
    ['{"a":1,\n "b" 2}', 2, 6, 'a colon should stand, not "2"'],
    ['{"a":1\n "b":2}', 2, 2, 'a comma or } should stand, not "\\""'],
    ['[1 2]', 1, 4, 'a comma or ] should stand, not "2"'],
    ['[1,]', 1, 4, 'a value should stand, not "]"'],
    ['{"a":}', 1, 6, 'a value should stand, not "}"'],
    ["{'a':1}", 1, 2, 'the name of a field in double quotes or } should stand, not "\'"'],
    ['{"a":"b\nc"}', 1, 8, 'a character of a text, or the quote that ends it, should stand, not "\\n"'],
    ['{} x', 1, 4, 'the end of the text should stand, not "x"'],
    ['[01]', 1, 2, 'a value or ] should stand, not "0"'],
    ['{"a":1', 1, 7, 'a comma or } should stand, but it ends there'],
    ['{"a":"b', 1, 8, 'a character of a text, or the quote that ends it, should stand, but it ends there'],
  ])('%j: line %i, column %i', (text, line, column, why) =>
    expect(jsonFault(text)).toEqual({ line, column, why }),
  );

  it('is found at once in a long text that is nested deeply', () => {
    const before = process.cpuUsage();
    expect(jsonFault('['.repeat(500_000))).toMatchObject({ column: 500_001 });
    expect(jsonFault(`"${'x'.repeat(1_000_000)}`)).toMatchObject({ column: 1_000_002 });
    const { user, system } = process.cpuUsage(before);
    expect(user + system).toBeLessThan(2_000_000);
  });
});
