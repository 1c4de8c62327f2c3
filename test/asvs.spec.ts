import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { packageRoot } from '../src/platform/package-root.js';

// docs/security/asvs.md is whole, counts itself rightly, and names what there is.

const STATES = ['holds', 'in part', 'gap', 'operator', '–'];

interface Row {
  readonly lines: readonly string[];
  readonly levels: string;
  readonly state: string;
  readonly by: string;
}

let page: string;
let rows: readonly Row[];
let wanted: Readonly<Record<'1' | '2', readonly string[]>>;

beforeAll(async () => {
  page = await readFile(join(packageRoot, 'docs/security/asvs.md'), 'utf8');
  wanted = JSON.parse(
    await readFile(join(packageRoot, 'test/fixtures/asvs-5.0.0.json'), 'utf8'),
  ) as typeof wanted;
  rows = page
    .split('\n')
    .filter((line) => /^\| \d/.test(line))
    .map((line) => {
      const [lines = '', levels = '', , state = '', by = ''] = line
        .split('|')
        .slice(1)
        .map((cell) => cell.trim());
      return { lines: lines.split(', '), levels, state, by };
    });
});

const inState = (state: string): number =>
  rows.filter((row) => row.state === state).reduce((sum, { lines }) => sum + lines.length, 0);

describe('docs/security/asvs.md', () => {
  it('has each line of levels 1 and 2 once, at its level', () => {
    const told = rows.flatMap(({ lines }) => lines);
    expect(told.toSorted()).toEqual([...wanted[1], ...wanted[2]].toSorted());
    for (const { lines, levels } of rows) {
      const own = new Set(lines.map((line) => (wanted[1].includes(line) ? '1' : '2')));
      expect([lines, levels]).toEqual([lines, [...own].toSorted().join(', ')]);
    }
  });

  it('says of each what became of it, and by what it holds', () => {
    for (const { lines, state, by } of rows)
      expect([lines, STATES.includes(state), by !== '']).toEqual([lines, true, true]);
    const [, none, others, hold, part, gaps, operators] =
      /(\d+) are about what[^]*?the other (\d+), \*\*(\d+) hold, (\d+) hold in part, (\d+) are gaps, and (\d+) are/.exec(
        page,
      ) ?? [];
    expect([none, hold, part, gaps, operators].map(Number)).toEqual(
      ['–', 'holds', 'in part', 'gap', 'operator'].map(inState),
    );
    expect(Number(others)).toBe(rows.flatMap(({ lines }) => lines).length - Number(none));
  });

  it('names files that are there, as SECURITY.md does', async () => {
    const told = `${page}\n${await readFile(join(packageRoot, 'SECURITY.md'), 'utf8')}`;
    const named = [
      ...told.matchAll(/`([\w.-]+(?:\/[\w.-]+)+|[\w-]+\.(?:md|yml|json|ts)|\.\w+|Dockerfile)`/g),
    ].map(([, file = '']) => file);
    expect(named.length).toBeGreaterThan(100);
    const absent: string[] = [];
    for (const file of new Set(named)) await access(join(packageRoot, file)).catch(() => absent.push(file));
    expect(absent).toEqual([]);
  });
});
