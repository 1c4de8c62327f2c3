import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { lineOfPath, readJson, repeatedField } from './json-text.js';

describe('a field that stands twice', () => {
  it.each([
    ['{"a":1,"b":2,"a":3}', { path: 'a', line: 1 }],
    ['{"a":{"b":1,\n"b" : 2}}', { path: 'a.b', line: 2 }],
    ['{"a":[{"b":1},{"b":1,"c":[],"\\u0062":2}]}', { path: 'a.1.b', line: 1 }],
    ['{"a":"\\\\","a":1}', { path: 'a', line: 1 }],
    ['{"__proto__":1,"__proto__":2}', { path: '__proto__', line: 1 }],
  ])('is found in %s', (json, found) => expect(repeatedField(json)).toEqual(found));

  it.each(['{"a":{"a":1},"b":{"a":1}}', '["a","a"]', '{"a":"\\"a\\":","b":"a"}', '"a"', '{"a":["a","a"]}'])(
    'is none in %s',
    (json) => expect(repeatedField(json)).toBe(undefined),
  );

  it('is none in whatever is written by JSON.stringify', () =>
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
        expect(repeatedField(JSON.stringify(value, null, indent))).toBe(undefined);
      }),
    ));

  it('is found wherever it stands', () =>
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), fc.nat(), (value, which) => {
        const names = Object.keys(value);
        const name = names[which % names.length] ?? '';
        const json = `${JSON.stringify(value).slice(0, -1)},${JSON.stringify(name)}:1}`;
        expect(repeatedField(json)?.path).toBe(name);
      }),
    ));
});

describe('a JSON file', () => {
  it.each([
    [
      '{\n"a": 1,\n}',
      3,
      'This is not JSON: in column 1 the name of a field in double quotes should stand, not "}".',
    ],
    ['{\n"a": 1', 2, 'This is not JSON: in column 7 a comma or } should stand, but it ends there.'],
    ['{\n"a": 1,\n"a": 2}', 3, 'a stands there twice.'],
    ['{"a": {\n"__proto__": 2}}', 2, 'a.__proto__: no field can have this name'],
  ])('is refused by its line: %j', (text, line, sentence) =>
    expect(() => readJson(text)).toThrow(
      expect.objectContaining({ line, message: expect.stringContaining(sentence) }),
    ),
  );

  it('tells the line of a place, or of what should hold it', () => {
    const text = '{\n "a": {\n  "b": [\n   {"c": 1},\n   {"c": 2}\n  ]\n }\n}';
    expect(lineOfPath(text, ['a', 'b', 1, 'c'])).toBe(5);
    expect(lineOfPath(text, ['a', 'b', 0, 'c'])).toBe(4);
    expect(lineOfPath(text, ['a', 'missing'])).toBe(2);
    expect(lineOfPath(text, [])).toBe(1);
  });
});
