import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { InvalidInput } from '../event-store/errors.js';
import { packageRoot } from '../platform/package-root.js';
import { activityMappingIn } from './activity-register.js';
import { parseMapping } from './mapping.js';

const folder = join(packageRoot, 'src', 'intake', 'mappings');
const shipped = (name: string): string => readFileSync(join(folder, name), 'utf8');

const refusalOf = (text: string): InvalidInput => {
  try {
    parseMapping(text, 'ours.json');
  } catch (error) {
    if (error instanceof InvalidInput) return error;
    throw error;
  }
  throw new Error('It was taken.');
};

const detroit = shipped('detroit.json');
const lineOf = (part: string, text: string): number =>
  text.split('\n').findIndex((line) => line.includes(part)) + 1;

describe('a mapping', () => {
  it.each(readdirSync(folder))('that is shipped is read: %s', async (name) => {
    const { source } =
      (await activityMappingIn(basename(name, '.json'))) ?? parseMapping(shipped(name), name);
    expect(source).toBe(basename(name, '.json'));
  });

  it.each([
    ['"source"', '"sauce"', 'sauce: There is no such field here. Known are source, releasedOn,'],
    ['"zone": "', '"zone": "Mars/', 'zone: Give an IANA time zone such as Europe/London.'],
    ['"case": {', '"case": { "__proto__": {},', 'case.__proto__: no field can have this name'],
    ['"case": {', '"case": { "id": {},', 'case.id stands there twice.'],
  ])('with %s as %s is refused by line, place and what to do', (old, now, sentence) => {
    const text = detroit.replace(old, now);
    const { code, message } = refusalOf(text);
    expect(code).toBe('mapping-invalid');
    expect(message).toMatch(/^The mapping ours\.json cannot be used\. Line \d+: /);
    expect(message).toContain(sentence);
  });

  it('tells the line of each fault', () => {
    const text = detroit.replace('"zone": "', '"zone": "Mars/');
    expect(refusalOf(text).details['issues']).toEqual([
      { line: lineOf('"zone"', text), path: 'zone', message: expect.any(String) },
    ]);
  });

  it('that is no JSON is refused by the line where it stops to be', () =>
    expect(refusalOf('{\n "source": "x",,\n}').message).toContain('Line 2: This is not JSON: in column 16 '));
});
