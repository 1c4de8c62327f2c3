import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';

// Node's hooks (node:module, register) by which a worker loads TypeScript as it loads JavaScript: see jest-runtime.cjs.

const root = new URL('../../', import.meta.url).href;
const tests = new URL('../', import.meta.url).href;
const jestGlobals = [
  'afterAll',
  'afterEach',
  'beforeAll',
  'beforeEach',
  'describe',
  'expect',
  'it',
  'jest',
  'test',
];

/** What stands under test/ is loaded anew with each spec, which `?run=` tells; all else once. */
export async function resolve(specifier, context, next) {
  const { parentURL } = context;
  if (!parentURL?.startsWith(root) || parentURL.includes('/node_modules/')) return next(specifier, context);
  const { search } = new URL(parentURL);
  if (specifier === '@jest/globals') return { url: `jest-globals:${search}`, shortCircuit: true };
  if (!/^\.{1,2}\/.*\.js$/.test(specifier)) return next(specifier, context);
  const source = new URL(specifier.replace(/js$/, 'ts'), parentURL);
  if (!existsSync(source)) return next(specifier, context);
  if (source.href.startsWith(tests)) source.search = search;
  return { url: source.href, shortCircuit: true };
}

export async function load(url, context, next) {
  if (url.startsWith('jest-globals:'))
    return {
      format: 'module',
      source: `export const { ${jestGlobals.join(', ')} } = globalThis[Symbol.for('@jest/globals')];`,
      shortCircuit: true,
    };
  if (!/^file:[^?]*\.ts(\?|$)/.test(url)) return next(url, context);
  const filename = fileURLToPath(url);
  const { code } = await transform(readFileSync(filename, 'utf8'), { filename, sourceMaps: false });
  return { format: 'module', source: code, shortCircuit: true };
}
