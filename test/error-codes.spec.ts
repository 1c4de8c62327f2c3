import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import {
  Forbidden,
  InvalidInput,
  RuleBroken,
  Taken,
  TooMany,
  Unauthenticated,
  Unavailable,
} from '../src/event-store/errors.js';
import { problemOf } from '../src/platform/problem.js';
import { packageRoot } from '../src/platform/package-root.js';

/** docs/errors.md, read from the refusals in the source. `REDRESS_RENEW=1 npm test -- test/error-codes` writes it anew. */

const KINDS = { Forbidden, InvalidInput, RuleBroken, Taken, TooMany, Unauthenticated, Unavailable };

const isKind = (name: string): name is keyof typeof KINDS => Object.hasOwn(KINDS, name);

interface Told {
  readonly code: string;
  readonly status: number;
  readonly sentence: string;
}

/** A sentence as it stands in the source; what is known only when it is said is a dot or three. */
const sentenceIn = (node: ts.Expression | undefined): string => {
  if (!node) return '…';
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isParenthesizedExpression(node)) return sentenceIn(node.expression);
  if (ts.isBinaryExpression(node)) return sentenceIn(node.left) + sentenceIn(node.right);
  if (!ts.isTemplateExpression(node)) return '…';
  return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('');
};

/** A code that is made for each kind of stream shows what is put in: `{kind}-closed`. */
const codeIn = (node: ts.Expression | undefined): string | undefined => {
  if (node && ts.isStringLiteralLike(node)) return node.text;
  if (!node || !ts.isTemplateExpression(node)) return undefined;
  const name = (of: ts.Expression): string | undefined => {
    if (ts.isPropertyAccessExpression(of)) return of.name.text;
    return ts.isIdentifier(of) ? of.text : undefined;
  };
  const spans = node.templateSpans.map(({ expression, literal }) => `{${name(expression)}}${literal.text}`);
  return node.head.text + spans.join('');
};

const refusalIn = (node: ts.Node, file: string): Told | undefined => {
  if (!ts.isNewExpression(node) || !ts.isIdentifier(node.expression)) return undefined;
  const { text: kind } = node.expression;
  if (!isKind(kind)) return undefined;
  const code = codeIn(node.arguments?.[0]);
  if (code === undefined) throw new Error(`${file}: write the code of a ${kind} where it is refused.`);
  const { status } = problemOf(new KINDS[kind](code, ''));
  const sentence = sentenceIn(node.arguments?.[1]).replaceAll(/(…\s*)+…/g, '…');
  return { code, status, sentence };
};

const refusalsIn = (file: string, source: string): Told[] => {
  const found: Told[] = [];
  const visit = (node: ts.Node): void => {
    const told = refusalIn(node, file);
    if (told) found.push(told);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, source, ts.ScriptTarget.Latest));
  return found;
};

const refusals = async (): Promise<Told[]> => {
  const files = await readdir(join(packageRoot, 'src'), { recursive: true });
  const own = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts')).toSorted();
  const all = own.map(async (file) =>
    refusalsIn(file, await readFile(join(packageRoot, 'src', file), 'utf8')),
  );
  return (await Promise.all(all)).flat();
};

const inTable = (sentence: string): string => sentence.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').trim();

const errors = async (): Promise<string> => {
  const told = new Map<string, string>();
  for (const { code, status, sentence } of await refusals())
    if (!told.has(code)) told.set(code, `| \`${code}\` | ${status} | ${inTable(sentence)} |`);
  const lines = [...told].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
  return [
    '# Codes of refusals',
    '',
    'Every refusal has a stable `code`: in problem+json, in GraphQL’s `extensions.code`, on the command line under `--json`.',
    'The transport adds its own: `not-found` 404, `version-conflict` 409 (412 under If-Match), `malformed-request` 400,',
    '`request-timeout` 408, `body-too-large` 413, `uri-too-long` 414, `unsupported-media-type` 415,',
    '`headers-too-large` 431, `graphql-invalid` and `query-too-deep` 400, `shutting-down` 503, `internal` 500.',
    '`{kind}` is a kind of stream (complaint, hearing, party, …), `{ending}` how a complaint ended.',
    'The command line adds `unusable-arguments`, `wrong-setting` and `port-unusable` (exit 2), and `failed` (exit 1).',
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
