import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { packageRoot } from '../src/platform/package-root.js';

/** docs/errors.md, read from the refusals in the source. `REDRESS_RENEW=1 npm test -- test/error-codes` writes it anew. */

const REFUSED =
  /new (RuleBroken|Taken|InvalidInput|Unauthenticated|Forbidden|Unavailable)\(\s*'([a-z-]+)',\s*(?:'([^']*)'|"([^"]*)"|`([^`]*)`)/g;
const STATUS: Readonly<Record<string, number>> = {
  InvalidInput: 400,
  Unauthenticated: 401,
  Forbidden: 403,
  Taken: 409,
  RuleBroken: 422,
  Unavailable: 503,
};

const sources = async (): Promise<string[]> => {
  const files = await readdir(join(packageRoot, 'src'), { recursive: true });
  const own = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts')).toSorted();
  return Promise.all(own.map((file) => readFile(join(packageRoot, 'src', file), 'utf8')));
};

const errors = async (): Promise<string> => {
  const told = new Map<string, string>();
  for (const source of await sources())
    for (const [, kind = '', code = '', one, two, three] of source.matchAll(REFUSED)) {
      const sentence = (one ?? two ?? three ?? '')
        .replace(/\$\{[^}]*\}/g, '…')
        .replaceAll('|', '\\|')
        .trim();
      told.set(code, told.get(code) ?? `| \`${code}\` | ${STATUS[kind]} | ${sentence} |`);
    }
  const lines = [...told].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
  return [
    '# Codes of refusals',
    '',
    'Every refusal has a stable `code`: in problem+json, in GraphQL’s `extensions.code`, on the command line under `--json`.',
    'The transport adds its own: `not-found` 404, `version-conflict` 409 (412 under If-Match), `malformed-request` 400,',
    '`request-timeout` 408, `body-too-large` 413, `uri-too-long` 414, `unsupported-media-type` 415,',
    '`headers-too-large` 431, `graphql-invalid` and `query-too-deep` 400, `shutting-down` 503, `internal` 500.',
    '',
    '| code | status | says |',
    '|---|---|---|',
    ...lines,
    '',
  ].join('\n');
};

describe('docs/errors.md', () => {
  it('lists every refusal (else: REDRESS_RENEW=1 npm test -- test/error-codes)', async () => {
    const path = join(packageRoot, 'docs', 'errors.md');
    const now = await errors();
    if (process.env['REDRESS_RENEW']) await writeFile(path, now);
    expect(await readFile(path, 'utf8')).toBe(now);
  });
});
