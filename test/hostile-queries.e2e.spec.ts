import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { roles } from '../src/access/principal.js';
import { testApplication, type Caller, type TestApplication } from './support/application.js';

// What a GraphQL document can ask for with few words. Each is answered at once, and a refusal does none of the work.

const JSON_BODY = { 'content-type': 'application/json' };
const AT_ONCE = 1_500;

let redress: TestApplication;
let caller: Caller;

beforeAll(async () => {
  redress = await testApplication();
  caller = await redress.as('staff-1', ...roles.filter((role) => role !== 'auditor'));
  await caller.post('/graphql', { query: '{ cases { edges { node { id } } } }' });
});
afterAll(() => redress.close());

const times = (count: number, one: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => one(index)).join(' ');

/** Each spreads the next one twice: so many of them are two to that power of fields. */
const doubling = (depth: number) =>
  `{ cases { edges { ...f0 } } } ${times(depth, (at) => `fragment f${at} on CasesEdge { ...f${at + 1} ...f${at + 1} }`)} fragment f${depth} on CasesEdge { cursor }`;

const circle =
  '{ cases { edges { ...a } } } fragment a on CasesEdge { ...b } fragment b on CasesEdge { ...a }';

const hostile: readonly (readonly [string, unknown, RegExp])[] = [
  ['fragments that double', { query: doubling(40) }, /^query-too-costly$/],
  [
    'fragments that double, with names of their own',
    { query: `${doubling(40)} query q { __typename }`, operationName: 'q' },
    /^graphql-invalid$/,
  ],
  ['fragments in a circle', { query: circle }, /^graphql-invalid$/],
  [
    'one question under many names',
    { query: `{ ${times(150, (at) => `a${at}: cases { edges { cursor } }`)} }` },
    /^query-too-costly$/,
  ],
  [
    'one command under many names',
    {
      query: `mutation { ${times(60, (at) => `a${at}: registerParty(input: {kind: PERSON, name: "x"}) { id }`)} }`,
    },
    /^query-too-costly$/,
  ],
  [
    'one field again and again',
    { query: `{ cases { edges { ${'cursor '.repeat(3_000)} } } }` },
    /^graphql-invalid$/,
  ],
  [
    'directives in a row',
    { query: `{ cases { edges { cursor ${'@include(if: true) '.repeat(500)} } } }` },
    /^graphql-invalid$/,
  ],
  [
    'many operations',
    { query: times(300, (at) => `query q${at} { __typename }`), operationName: 'q7' },
    /^(graphql-invalid|undefined)$/,
  ],
  [
    'more depth than there is',
    { query: `{ __schema { types ${'{ fields { type '.repeat(12)} { name } ${'} }'.repeat(12)} } }` },
    /^graphql-invalid$/,
  ],
  [
    'the schema under many names',
    { query: `{ ${times(100, (at) => `a${at}: __schema { types { name fields { name } } }`)} }` },
    /^graphql-invalid$/,
  ],
  [
    'its types under many names',
    {
      query: `{ __schema { ${times(100, (at) => `a${at}: types { ...f }`)} } } fragment f on __Type { name }`,
    },
    /^graphql-invalid$/,
  ],
  [
    'a type under many names',
    { query: `{ ${times(100, (at) => `a${at}: __type(name: "Query") { name }`)} }` },
    /^graphql-invalid$/,
  ],
  [
    'a page that is too long',
    { query: '{ cases(first: 100000) { edges { cursor } } }' },
    /^(invalid-input|query-too-costly)$/,
  ],
  [
    'pages in pages',
    {
      query: `{ ${times(20, (at) => `a${at}: cases(first: 200) { edges { node { id reference status } } }`)} }`,
    },
    /^query-too-costly$/,
  ],
  [
    'variables that are nested deep',
    `{"query":"{ __typename }","variables":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`,
    /^invalid-input$/,
  ],
  [
    'names that are unknown',
    { query: times(180, (at) => `query q${at}($a: Casez) { cazez }`) },
    /^graphql-invalid$/,
  ],
  [
    'one field as often as it may stand there',
    { query: `{ cases { edges { ${'cursor '.repeat(1_980)} } } }` },
    /^graphql-invalid$/,
  ],
  [
    'a list that is very long',
    { query: 'query q($a: [ID!]) { __typename }', variables: { a: Array(50_000).fill('x') } },
    /^graphql-invalid$/,
  ],
  [
    'several documents at once',
    [{ query: '{ __typename }' }, { query: '{ __typename }' }],
    /^invalid-input$/,
  ],
  ['a very long document', { query: `{ __typename } #${'x'.repeat(100_000)}` }, /^invalid-input$/],
];

describe('a document with', () => {
  it.each(hostile)('%s is answered at once', async (_, body, code) => {
    const began = performance.now();
    const answer = await caller.post(
      '/graphql',
      typeof body === 'string' ? body : JSON.stringify(body),
      JSON_BODY,
    );
    const took = performance.now() - began;
    const told = answer.body.code ?? answer.body.errors?.[0]?.extensions.code;
    expect([answer.status < 500, String(told)]).toEqual([true, expect.stringMatching(code)]);
    expect(took).toBeLessThan(AT_ONCE);
    expect(answer.body.data ?? null).toEqual(told === undefined ? expect.anything() : null);
  });
});

describe('documents that are all different', () => {
  it('are not all kept: of a hundred thousand letters each, a few hundred at most', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const kept = (): number => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const ask = (at: number) =>
      caller.post('/graphql', { query: `{ a${at}: __typename } #${'x'.repeat(90_000)}` });
    const before = kept();
    for (let at = 0; at < 600; at += 20)
      await Promise.all(Array.from({ length: 20 }, (_, index) => ask(at + index)));
    expect((kept() - before) / 90_000).toBeLessThan(400);
  });
});
