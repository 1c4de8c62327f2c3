import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { packageRoot } from '../src/platform/package-root.js';

// Rules of safety that the source keeps, read from the source itself.

interface Source {
  readonly file: string;
  readonly tree: ts.SourceFile;
}

let sources: readonly Source[];

beforeAll(async () => {
  const files = (await readdir(join(packageRoot, 'src'), { recursive: true })).toSorted();
  const own = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'));
  sources = await Promise.all(
    own.map(async (file) => {
      const text = await readFile(join(packageRoot, 'src', file), 'utf8');
      return { file, tree: ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true) };
    }),
  );
});

const nodesOf = (tree: ts.Node): ts.Node[] => {
  const found: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
};

/** Where this is so, as `room/file.ts: text`. */
const where = (holds: (node: ts.Node, file: string) => boolean): string[] =>
  sources.flatMap(({ file, tree }) =>
    nodesOf(tree)
      .filter((node) => holds(node, file))
      .map((node) => `${file}: ${node.getText().slice(0, 100)}`),
  );

const filesOf = (found: readonly string[]): string[] => [
  ...new Set(found.map((place) => place.replace(/: [^]*/, ''))),
];

const called = (node: ts.Node): string =>
  ts.isCallExpression(node) || ts.isNewExpression(node) ? node.expression.getText() : '';

const isText = (node: ts.Node | undefined): boolean => node !== undefined && ts.isStringLiteralLike(node);

describe('the source', () => {
  it('makes no regular expression of what somebody sent', () => {
    const made = where(
      (node) => called(node) === 'RegExp' && !isText((node as ts.NewExpression).arguments?.[0]),
    );
    // Of a number that stands beside it; of a mapping’s date format, whose own characters are escaped.
    expect(filesOf(made)).toEqual(['intake/date-format.ts', 'platform/feed-addresses.ts']);
    const implied = where(
      (node) =>
        ts.isCallExpression(node) &&
        ts.isPropertyAccessExpression(node.expression) &&
        ['match', 'matchAll', 'search'].includes(node.expression.name.text) &&
        node.arguments[0] !== undefined &&
        !ts.isRegularExpressionLiteral(node.arguments[0]) &&
        !/^[A-Z_]+$/.test(node.arguments[0].getText()),
    );
    expect(implied).toEqual([]);
  });

  it('lets the database make none either', () => {
    const statements = where(
      (node) =>
        (ts.isTemplateExpression(node) || ts.isStringLiteralLike(node)) &&
        /(?:(?:\s!?~\*?|SIMILAR TO)\s*(?:\$\d|\$\{)|\bregexp_\w+\([^)]*\$)/i.test(node.getText()),
    );
    expect(statements).toEqual([]);
  });

  it('runs no text as a program, and no program but the database’s own', () => {
    expect(where((node) => ['eval', 'Function', 'vm.runInNewContext'].includes(called(node)))).toEqual([]);
    const programs = where(
      (node) => ts.isImportDeclaration(node) && node.moduleSpecifier.getText().includes('child_process'),
    );
    expect(filesOf(programs)).toEqual(['platform/embedded-postgres.ts', 'platform/postgres-home.ts']);
    expect(where((node) => ts.isPropertyAssignment(node) && node.name.getText() === 'shell')).toEqual([]);
  });

  it('follows no redirection and waits for no answer without end', () => {
    const careless = where((node) => {
      if (called(node) !== 'fetch') return false;
      const options = (node as ts.CallExpression).arguments[1]?.getText() ?? '';
      return !/redirect: '(error|manual)'/.test(options) || !/signal: AbortSignal\.timeout/.test(options);
    });
    expect(careless).toEqual([]);
  });

  it('reaches out from a few places only', () => {
    const outward = where(
      (node) => called(node) === 'fetch' || /^(overHttps?|send|createTransport)$/.test(called(node)),
    );
    expect(filesOf(outward)).toEqual([
      'access/issuer-keys.ts',
      'platform/kms.ts',
      'platform/mail.ts',
      'platform/webhook.ts',
    ]);
  });

  it('compares no secret in a time that tells how much of it was right', () => {
    const SECRET = /(^|\.)(\w*secret|\w*password|\w*[tT]oken|mac|hmac|tag|\w*signature)$/;
    const told = (side: ts.Node) =>
      ts.isStringLiteralLike(side) || /^(undefined|null|''|\d+)$/.test(side.getText());
    const hasty = where(
      (node) =>
        ts.isBinaryExpression(node) &&
        /^[!=]==?$/.test(node.operatorToken.getText()) &&
        [node.left, node.right].some((side) => SECRET.test(side.getText())) &&
        ![node.left, node.right].some(told),
    );
    expect(hasty).toEqual([]);
  });

  it('trusts every certificate authority that Node trusts, and no other', () => {
    expect(
      where((node) =>
        /rejectUnauthorized|NODE_TLS_REJECT|checkServerIdentity/.test(ts.isIdentifier(node) ? node.text : ''),
      ),
    ).toEqual([]);
  });
});
