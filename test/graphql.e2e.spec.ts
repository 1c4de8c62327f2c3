import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  getIntrospectionQuery,
  getNamedType,
  GraphQLString,
  isEnumType,
  isInputObjectType,
  isObjectType,
  type GraphQLSchema,
} from 'graphql';
import type { FastifyInstance } from 'fastify';
import { packageRoot } from '../src/platform/package-root.js';
import { testApplication, type Caller, type TestApplication } from './support/application.js';

interface Names {
  readonly edges: readonly { readonly node: { readonly name: string } }[];
}

describe('the GraphQL door', () => {
  let redress: TestApplication;
  let handler: Caller;
  let auditor: Caller;

  beforeAll(async () => {
    redress = await testApplication();
    handler = await redress.as('staff-1', 'case-handler');
    auditor = await redress.as('staff-2', 'auditor');
  });
  afterAll(() => redress.close());

  const ask = async (query: string, variables: object = {}, by = handler) =>
    by.post('/graphql', { query, variables });

  const RECEIVE = `mutation ($input: ReceiveComplaintInput!, $key: String) {
    receiveComplaint(input: $input, idempotencyKey: $key) { id reference version events }
  }`;
  const complaint = {
    receivedOn: '2026-02-27',
    channel: 'letter',
    category: 'abuse',
    summary: 'Shouted at.',
    allegations: [{ category: 'abuse', incidentFrom: '2026-02-20' }],
  };

  it('answers what the README prints', async () => {
    const readme = await readFile(join(packageRoot, 'README.md'), 'utf8');
    const printed = [...readme.matchAll(/:3000\/graphql .*? -d '(.+?)'$/gms)].map(([, body]) => body ?? '');
    expect(printed.length).toBeGreaterThanOrEqual(2);
    const head = await redress.as('staff-7', 'case-handler', 'casework-head');
    for (const body of printed) {
      const { status, body: answer } = await head.post('/graphql', JSON.parse(body));
      expect([status, answer.errors]).toEqual([200, undefined]);
    }
  });

  // Three times: the compiled query must do what the interpreted one did.
  it.each([1, 2, 3])('receives a complaint and works on it (run %i)', async () => {
    const received = await ask(RECEIVE, { input: complaint });
    expect(received.body).toEqual({
      data: {
        receiveComplaint: {
          id: expect.any(String),
          reference: expect.stringMatching(/^2026-/),
          version: 2,
          events: ['ComplaintReceived', 'AllegationAdded'],
        },
      },
    });
    const { id } = received.body.data.receiveComplaint;
    const triaged = await ask(
      `mutation ($id: ID!, $d: Decision!) {
        triageComplaint(id: $id, input: { decision: $d, severity: HIGH, reasons: "grave" }, expectedVersion: 2) { version events reference }
        acknowledgeComplaint(id: $id, occurred: { date: "2026-03-01" }, backdatingReason: "post was late") { version events }
      }`,
      { id, d: 'RESOLVE_INFORMALLY' },
    );
    expect(triaged.body).toEqual({
      data: {
        triageComplaint: { version: 3, events: ['TriageCompleted'], reference: null },
        acknowledgeComplaint: { version: 4, events: ['ComplaintAcknowledged'] },
      },
    });
  });

  it('answers a repeated idempotency key with the first answer', async () => {
    const first = await ask(RECEIVE, { input: complaint, key: 'once' });
    const again = await ask(RECEIVE, { input: complaint, key: 'once' });
    expect(again.body).toEqual(first.body);
    const other = await ask(RECEIVE, { input: { ...complaint, category: 'other' }, key: 'once' });
    expect(other.body.errors[0].extensions).toMatchObject({ code: 'idempotency-mismatch', status: 422 });
  });

  it('tells refusals by the same codes as REST, beside what was done', async () => {
    const { body } = await ask(RECEIVE, { input: complaint });
    const { id } = body.data.receiveComplaint;
    const ANSWER = `mutation ($id: ID!) {
      first: acknowledgeComplaint(id: $id) { version }
      second: acknowledgeComplaint(id: $id) { version }
      stale: withdrawComplaint(id: $id, input: { reasons: "x" }, expectedVersion: 1) { version }
    }`;
    const answer = await ask(ANSWER, { id });
    expect(answer.status).toBe(200);
    expect(answer.body.data).toEqual({ first: { version: 3 }, second: null, stale: null });
    const codes = answer.body.errors.map(
      ({ extensions }: { extensions: { code: string } }) => extensions.code,
    );
    expect(codes).toEqual(['already-acknowledged', 'version-conflict']);
  });

  it('opens sealed text and pages through connections, whichever cursor is sent', async () => {
    for (const name of ['Ada', 'Ben', 'Cid', 'Dot', 'Eve'])
      await ask('mutation ($n: String!) { registerParty(input: { kind: PERSON, name: $n }) { id } }', {
        n: name,
      });
    const PAGE = `query ($first: Int, $after: String) {
      parties(first: $first, after: $after) { edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage endCursor } }
    }`;
    const seen = async (first: number, after?: string | null) => {
      const { body } = await ask(PAGE, { first, after });
      return body.data.parties;
    };
    const names = (page: Names): string[] => page.edges.map(({ node }) => node.name);
    const whole = await seen(50);
    expect(names(whole)).toEqual(['Ada', 'Ben', 'Cid', 'Dot', 'Eve']);
    for (const [index, { cursor }] of whole.edges.entries())
      expect(names(await seen(2, cursor))).toEqual(names(whole).slice(index + 1, index + 3));
    const two = await seen(2);
    expect(two.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    const three = await seen(2, two.pageInfo.endCursor);
    expect(names(three)).toEqual(['Cid', 'Dot']);
    expect(names(await seen(2, three.edges[0].cursor))).toEqual(['Dot', 'Eve']);
    expect((await seen(2, whole.pageInfo.endCursor)).pageInfo).toMatchObject({ hasNextPage: false });
  });

  it('answers with a word as an argument takes it', async () => {
    const server: FastifyInstance = redress.app.getHttpAdapter().getInstance();
    const { schema } = server.graphql as unknown as { schema: GraphQLSchema };
    const kinds = new Set<string>();
    const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
    for (const type of types)
      if (isInputObjectType(type))
        for (const field of Object.values(type.getFields()))
          if (isEnumType(getNamedType(field.type))) kinds.add(field.name);
    const bare = types.flatMap((type) =>
      isObjectType(type)
        ? Object.values(type.getFields())
            .filter(({ name, type: of }) => kinds.has(name) && getNamedType(of) === GraphQLString)
            .map(({ name }) => `${type.name}.${name}`)
        : [],
    );
    // Names that mean something else there: who decided, the role that authorised, a time of day, what was looked at.
    expect(bare.toSorted()).toEqual([
      'Actor.role',
      'ActsOfPersonAnswer.role',
      'EntryCorrection.basis',
      'Finding.by',
      'HearingSitting.from',
      'HearingSitting.to',
      'LooksOfPersonAnswer.kind',
      'LooksOfPersonAnswer.role',
      'ReminderArrangementQuiet.from',
      'Sanction.from',
      'StatisticsRow.period',
    ]);
    await ask('mutation { registerParty(input: { kind: ORGANISATION, name: "Zed Ltd" }) { id } }');
    const { body } = await ask('{ parties { edges { node { kind name } } } }');
    expect(body.data.parties.edges).toContainEqual({ node: { kind: 'ORGANISATION', name: 'Zed Ltd' } });
  });

  it('lets nobody do or see what their roles do not allow, field by field', async () => {
    const done = await ask(RECEIVE, { input: complaint }, auditor);
    expect(done.body.errors[0].extensions).toMatchObject({ code: 'not-permitted', status: 403 });
    const nobody = await redress.as('staff-3');
    const seen = await ask('{ parties { edges { cursor } } }', {}, nobody);
    expect(seen.body.errors[0].extensions.code).toBe('not-permitted');
  });

  it('introspects with the usual tools', async () => {
    const { status, body } = await ask(getIntrospectionQuery());
    expect([status, body.errors]).toEqual([200, undefined]);
  });

  const nested = (depth: number) => `{ ${'... { '.repeat(depth)} __typename ${'}'.repeat(depth)} }`;

  it.each([
    ['a syntax error', { query: '{ parties {' }, 'graphql-invalid'],
    [
      'a syntax tree in place of text',
      { query: '{"kind":"Document","definitions":null}' },
      'graphql-invalid',
    ],
    ['an unknown field', { query: '{ parties { colour } }' }, 'graphql-invalid'],
    ['a missing variable', { query: RECEIVE }, 'graphql-invalid'],
    ['an unknown operation', { query: '{ __typename }', operationName: 'Other' }, 'graphql-invalid'],
    ['no document', {}, 'invalid-input'],
    ['variables that are a list', { query: '{ __typename }', variables: [] }, 'invalid-input'],
    ['a query too deep', { query: nested(20) }, 'query-too-deep'],
    ['too many tokens', { query: `{ ${'a: __typename '.repeat(1500)} }` }, 'graphql-invalid'],
    [
      'a hundred questions at once',
      { query: `{ ${Array.from({ length: 100 }, (_, i) => `a${i}: backlog { open }`).join(' ')} }` },
      'query-too-costly',
    ],
    [
      'a query too costly',
      {
        query: `{ ${Array.from({ length: 60 }, (_, i) => `p${i}: parties(first: 200) { edges { cursor node { id name } } }`).join(' ')} }`,
      },
      'query-too-costly',
    ],
    [
      'an impossible page',
      { query: '{ parties(first: 100000000) { edges { cursor } } }' },
      'query-too-costly',
    ],
    ['a page too long', { query: '{ parties(first: 201) { pageInfo { endCursor } } }' }, 'invalid-input'],
    ['a bad cursor', { query: '{ parties(after: "nonsense") { pageInfo { endCursor } } }' }, 'bad-cursor'],
    ['a bad id', { query: '{ party(id: "x") { name } }' }, 'invalid-input'],
  ])('refuses %s, twice and thrice the same', async (_, body, code) => {
    for (let run = 1; run <= 3; run += 1) {
      const answer = await handler.post('/graphql', body);
      expect(answer.status).toBeLessThan(500);
      expect(answer.body.errors?.[0].extensions.code ?? answer.body.code).toBe(code);
    }
  });
});
