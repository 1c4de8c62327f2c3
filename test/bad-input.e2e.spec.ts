import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { SignJWT } from 'jose';
import { developmentToken } from '../src/access/tokens.js';
import { testApplication, type TestApplication } from './support/application.js';

let redress: TestApplication;
let server: FastifyInstance;
let authorization: string;
let id: string;

beforeAll(async () => {
  redress = await testApplication();
  server = redress.app.getHttpAdapter().getInstance();
  const handler = await redress.as('staff-1', 'case-handler');
  const token = await developmentToken(redress.config, {
    sub: 'staff-1',
    roles: ['case-handler'],
    ttl: '1h',
  });
  authorization = `Bearer ${token}`;
  id = (await handler.post('/v1/complaints', least)).body.id;
});
afterAll(() => redress.close());

const least = { receivedOn: '2026-02-27', channel: 'letter', category: 'abuse', summary: 'Shouted at.' };
const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

interface Bad {
  readonly url?: string;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: unknown;
  /** The body as it goes over the wire. */
  readonly raw?: string | Buffer;
  readonly headers?: Record<string, string>;
}

const send = async ({ url = '/v1/complaints', method = 'POST', body, raw, headers = {} }: Bad) => {
  const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const typed = payload === undefined ? {} : { 'content-type': 'application/json' };
  const request: InjectOptions = {
    method,
    url: url.replace('{id}', id),
    headers: { authorization, ...typed, ...headers },
    ...(payload === undefined ? {} : { payload }),
  };
  return server.inject(request);
};

const cases: readonly (readonly [string, Bad, number, string])[] = [
  ['malformed JSON', { raw: '{"receivedOn": ' }, 400, 'malformed-request'],
  [
    'an empty JSON body',
    { raw: '', headers: { 'content-type': 'application/json' } },
    400,
    'malformed-request',
  ],
  ['an array in place of an object', { body: [least] }, 400, 'invalid-input'],
  ['text in place of an object', { body: 'text' }, 400, 'invalid-input'],
  ['a number in place of an object', { body: 5 }, 400, 'invalid-input'],
  [
    'a form',
    { raw: 'receivedOn=2026-02-27', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    415,
    'unsupported-media-type',
  ],
  [
    'bytes in place of JSON',
    { raw: '{}', headers: { 'content-type': 'application/octet-stream' } },
    400,
    'invalid-input',
  ],
  ['plain text', { raw: '{}', headers: { 'content-type': 'text/plain' } }, 415, 'unsupported-media-type'],
  [
    'a media type that is none',
    { raw: '{}', headers: { 'content-type': '!' } },
    415,
    'unsupported-media-type',
  ],
  ['a body over the limit', { raw: `{"summary":"${'x'.repeat(1024 * 1024)}"}` }, 413, 'body-too-large'],
  [
    'bytes that are no UTF-8',
    { raw: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]) },
    400,
    'invalid-input',
  ],
  ['an unknown path', { url: '/v1/nothing', method: 'GET' }, 404, 'not-found'],
  ['an unknown method', { url: '/v1/complaints', method: 'DELETE' }, 404, 'not-found'],
  ['an unknown command', { url: '/v1/complaints/{id}/explode', body: {} }, 404, 'not-found'],
  ['the creating act as a command', { url: '/v1/complaints/{id}/receive', body: least }, 404, 'not-found'],
  ['an act of Object.prototype', { url: '/v1/complaints/{id}/constructor', body: {} }, 404, 'not-found'],
  ['an id that is none', { url: '/v1/complaints/1/acknowledge', body: {} }, 400, 'invalid-input'],
  [
    'an id nobody has',
    { url: '/v1/complaints/00000000-0000-7000-8000-000000000001/acknowledge', body: {} },
    404,
    'not-found',
  ],
  [
    'an over-long id',
    { url: `/v1/complaints/${'9'.repeat(300)}/acknowledge`, body: {} },
    414,
    'uri-too-long',
  ],
  [
    'a broken escape in the path',
    { url: '/v1/complaints/%zz/acknowledge', body: {} },
    400,
    'malformed-request',
  ],
  ['a NUL in the path', { url: '/v1/complaints/%00/acknowledge', body: {} }, 400, 'invalid-input'],
  ['a NUL in a query parameter', { url: '/v1/parties?after=%00', method: 'GET' }, 400, 'bad-cursor'],
  ['an unknown field', { body: { ...least, colour: 'red' } }, 400, 'invalid-input'],
  [
    'a key called __proto__',
    { raw: `{"__proto__":{"a":1},${JSON.stringify(least).slice(1)}` },
    400,
    'malformed-request',
  ],
  [
    'a key called constructor',
    { raw: `{"constructor":{"prototype":{}},${JSON.stringify(least).slice(1)}` },
    400,
    'malformed-request',
  ],
  [
    'a field given twice',
    { raw: `{"channel":"fax",${JSON.stringify(least).slice(1)}` },
    400,
    'repeated-field',
  ],
  ['a missing field', { body: {} }, 400, 'invalid-input'],
  ['a day there never was', { body: { ...least, receivedOn: '2019-02-30' } }, 400, 'invalid-input'],
  ['a day that is a number', { body: { ...least, receivedOn: 20190230 } }, 400, 'invalid-input'],
  ['a day to come', { body: { ...least, receivedOn: '2199-01-01' } }, 422, 'received-in-future'],
  ['text too long', { body: { ...least, summary: 'x'.repeat(10_001) } }, 400, 'invalid-input'],
  ['blank text', { body: { ...least, summary: ' \n' } }, 400, 'invalid-input'],
  ['a NUL in text', { body: { ...least, summary: 'a\0b' } }, 400, 'invalid-input'],
  ['text that looks sealed', { body: { ...least, summary: 'enc1.case:x.AAAA' } }, 400, 'invalid-input'],
  ['a word that looks sealed', { body: { ...least, category: 'enc1.case:x.AAAA' } }, 400, 'invalid-input'],
  [
    'a lone surrogate in text',
    { raw: JSON.stringify({ ...least, summary: 'x' }).replace('"x"', '"\\ud800"') },
    400,
    'invalid-input',
  ],
  ['null for a text', { body: { ...least, summary: null } }, 400, 'invalid-input'],
  [
    'a huge number for a text',
    { raw: JSON.stringify({ ...least, category: 0 }).replace(':0', ':1e999') },
    400,
    'invalid-input',
  ],
  ['very deep JSON', { raw: `{"summary":${deep(20_000)}}` }, 400, 'invalid-input'],
  [
    'very deep JSON where any JSON may stand',
    {
      url: '/v1/complaints/{id}/correct-entry',
      raw: `{"eventId":"00000000-0000-7000-8000-000000000001","path":["a"],"reason":"r","basis":"b","new":${deep(20_000)}}`,
    },
    400,
    'invalid-input',
  ],
  [
    'a million small things',
    { body: { ...least, allegations: Array.from({ length: 50_000 }, () => ({})) } },
    400,
    'invalid-input',
  ],
  [
    'an If-Match without quotes',
    { url: '/v1/complaints/{id}/acknowledge', body: {}, headers: { 'if-match': '1' } },
    400,
    'bad-if-match',
  ],
  [
    'a weak If-Match',
    { url: '/v1/complaints/{id}/acknowledge', body: {}, headers: { 'if-match': 'W/"1"' } },
    400,
    'bad-if-match',
  ],
  ...['"01"', '"-1"', '"1", "2"', '*', '"0x1"', '"1', '""'].map((ifMatch): (typeof cases)[number] => [
    `an If-Match of ${ifMatch}`,
    { url: '/v1/complaints/{id}/acknowledge', body: {}, headers: { 'if-match': ifMatch } },
    400,
    'bad-if-match',
  ]),
  [
    'an If-Match out of range',
    { url: '/v1/complaints/{id}/acknowledge', body: {}, headers: { 'if-match': '"99999999999999999999"' } },
    400,
    'bad-if-match',
  ],
  [
    'a stale If-Match',
    { url: '/v1/complaints/{id}/acknowledge', body: {}, headers: { 'if-match': '"7"' } },
    412,
    'version-conflict',
  ],
  [
    'an empty Idempotency-Key',
    { body: least, headers: { 'idempotency-key': '' } },
    400,
    'bad-idempotency-key',
  ],
  [
    'an over-long Idempotency-Key',
    { body: least, headers: { 'idempotency-key': 'k'.repeat(201) } },
    400,
    'bad-idempotency-key',
  ],
  [
    'an Idempotency-Key with spaces',
    { body: least, headers: { 'idempotency-key': 'a b' } },
    400,
    'bad-idempotency-key',
  ],
  [
    'an occurrence that is neither day nor instant',
    { url: '/v1/complaints/{id}/acknowledge', body: { occurred: 'today' } },
    400,
    'invalid-input',
  ],
  [
    'an occurrence in a zone that is none',
    {
      url: '/v1/complaints/{id}/acknowledge',
      body: { occurred: { at: '2026-03-01T10:00:00Z', zone: 'Mars/Base' } },
    },
    400,
    'invalid-input',
  ],
  [
    'an occurrence at an hour there never was',
    {
      url: '/v1/complaints/{id}/acknowledge',
      body: { occurred: { at: '2026-03-01T25:00:00Z', zone: 'Europe/London' } },
    },
    400,
    'invalid-input',
  ],
  ...[
    { at: '2026-03-01T10:00:00+23:59', zone: 'Europe/London' },
    { at: '2026-03-01T10:00:00-16:00', zone: 'Europe/London' },
    { at: '0000-03-01T10:00:00Z', zone: 'Europe/London' },
    { at: '1899-12-31T10:00:00Z', zone: 'Europe/London' },
    { at: '2026-03-01T23:59:59.9999999Z', zone: 'UTC' },
    { at: '2026-03-01T10:00:60Z', zone: 'UTC' },
    { at: '2026-03-01T10:00:00Z', zone: 'BST' },
    { at: '2026-03-01T10:00:00Z', zone: 'CAT' },
    { at: '2026-03-01T10:00:00Z', zone: 'US/Pacific-New' },
  ].map((occurred): readonly [string, Bad, number, string] => [
    `an occurrence that PostgreSQL does not hold as it was said: ${occurred.at} ${occurred.zone}`,
    { url: '/v1/complaints/{id}/acknowledge', body: { occurred, backdatingReason: 'Found late.' } },
    400,
    'invalid-input',
  ]),
  [
    'an occurrence in the future',
    { url: '/v1/complaints/{id}/acknowledge', body: { occurred: { date: '2030-01-01' } } },
    422,
    'occurred-in-future',
  ],
  ['a bad cursor', { url: '/v1/parties?after=nonsense', method: 'GET' }, 400, 'bad-cursor'],
  [
    'a cursor of another list',
    { url: `/v1/parties?after=${Buffer.from('["x","y"]').toString('base64url')}`, method: 'GET' },
    400,
    'bad-cursor',
  ],
  [
    'a cursor of the right length that is no id',
    { url: `/v1/parties?after=${Buffer.from('["x"]').toString('base64url')}`, method: 'GET' },
    400,
    'bad-cursor',
  ],
  [
    'a cursor with a NUL',
    { url: `/v1/parties?after=${Buffer.from('["\\u0000"]').toString('base64url')}`, method: 'GET' },
    400,
    'bad-cursor',
  ],
  [
    'a cursor of the reminders that is no id',
    { url: `/v1/reminders?after=${Buffer.from('["x"]').toString('base64url')}`, method: 'GET' },
    400,
    'bad-cursor',
  ],
  [
    'a cursor of the cases in a year there never was',
    {
      url: `/v1/cases?sort=due&after=${Buffer.from('["due","0000-01-01","00000000-0000-7000-8000-000000000001","2026-03-02"]').toString('base64url')}`,
      method: 'GET',
    },
    400,
    'bad-cursor',
  ],
  ['a page of none', { url: '/v1/parties?first=0', method: 'GET' }, 400, 'invalid-input'],
  ['a page too long', { url: '/v1/parties?first=1e9', method: 'GET' }, 400, 'invalid-input'],
  ['a page that is no number', { url: '/v1/parties?first=ten', method: 'GET' }, 400, 'invalid-input'],
  ['a parameter given twice', { url: '/v1/parties?first=1&first=2', method: 'GET' }, 400, 'invalid-input'],
  [
    'a day of reminders that are on record',
    { url: '/v1/reminders?on=2026-03-02', method: 'GET' },
    400,
    'invalid-input',
  ],
  ['an unknown parameter', { url: '/v1/parties?colour=red', method: 'GET' }, 400, 'invalid-input'],
  ['a parameter called __proto__', { url: '/v1/parties?__proto__=1', method: 'GET' }, 400, 'invalid-input'],
  ['an id in path and query', { url: '/v1/parties/{id}?id=1', method: 'GET' }, 400, 'invalid-input'],
];

const LEAKS =
  /\bat .+\.[jt]s:\d+|node_modules|\b(SELECT|INSERT INTO|DELETE FROM|UPDATE \w+ SET|relation|syntax error at)\b/;

/** What a library says when nobody chose the words. */
const UNHELPFUL = /Invalid input|undefined|\b[Ee]xpected\b|NaN/;

describe('a body that is not JSON', () => {
  it.each([
    [
      '{"receivedOn": ',
      {},
      'This is not JSON: on line 1, in column 16, a value should stand, but it ends there.',
    ],
    [
      '{"channel":"fax",\n"category" "abuse"}',
      {},
      'This is not JSON: on line 2, in column 12, a colon should stand, not "\\"".',
    ],
    ['', {}, 'The body is empty. Send a JSON object, were it {}.'],
    ['{"a":{"__proto__":1}}', {}, 'A field is called __proto__, or constructor with a prototype in it.'],
    ['x', { 'content-encoding': 'gzip' }, 'A body with Content-Encoding gzip is not unpacked here.'],
  ])('%j is refused with what is wrong and where', async (raw, headers, sentence) => {
    const answer = await send({ raw, headers: { 'content-type': 'application/json', ...headers } });
    expect(answer.json()).toMatchObject({
      status: 400,
      code: 'malformed-request',
      detail: expect.stringContaining(sentence),
    });
  });
});

describe('bad input', () => {
  it.each(cases)('refuses %s', async (_, bad, status, code) => {
    const answer = await send(bad);
    const problem = answer.json<Record<string, string>>();
    expect([answer.statusCode, problem['code'], problem['detail']]).toEqual([
      status,
      code,
      expect.stringMatching(/\S/),
    ]);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.body).not.toMatch(LEAKS);
    expect(problem['detail']).not.toMatch(UNHELPFUL);
    expect(answer.body.length).toBeLessThan(20_000);
  });

  it.each([
    { url: '/v1/complaints/2026-000001/acknowledge', body: {} },
    { url: '/v1/parties/2026-000001', method: 'GET' },
  ] as const)('that is no id is told of as such: $url', async (asked) => {
    const { detail, issues } = (await send(asked)).json<{ detail: string; issues: object[] }>();
    expect([detail, issues.length]).toEqual(['id: Give an id as Redress returned it.', 1]);
  });
});

describe('hostile tokens', () => {
  const parts = (...of: readonly object[]) =>
    of.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const signed = (key: string, audience: string, expires = '1h') =>
    new SignJWT({ roles: ['case-handler'] })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer('redress-development')
      .setAudience(audience)
      .setSubject('staff-1')
      .setExpirationTime(expires)
      .sign(Buffer.from(key.padEnd(32, '.')));
  const claims = {
    sub: 'staff-1',
    roles: ['case-handler'],
    aud: 'redress',
    iss: 'redress-development',
    exp: 4e9,
  };

  it.each<readonly [string, () => Promise<string> | string, string]>([
    ['no token', () => '', 'no-token'],
    ['another scheme', () => 'Basic YTpi', 'no-token'],
    ['alg none', () => `Bearer ${parts({ alg: 'none' }, claims)}.`, 'token-refused'],
    ['another key', async () => `Bearer ${await signed('guess', 'redress')}`, 'token-refused'],
    ['another audience', async () => `Bearer ${await signed('guess', 'other')}`, 'token-refused'],
    [
      'an expired one',
      () =>
        developmentToken(redress.config, { sub: 'a', roles: [], ttl: '-1h' }).then(
          (token) => `Bearer ${token}`,
        ),
      'token-refused',
    ],
    [
      'a changed payload',
      () => authorization.replace(/\.[^.]+\./, `.${parts({ ...claims, roles: ['casework-head'] })}.`),
      'token-refused',
    ],
    ['nonsense', () => 'Bearer a.b.c', 'token-refused'],
    ['an over-long one', () => `Bearer ${'a'.repeat(9000)}`, 'no-token'],
  ])('refuses %s', async (_, make, code) => {
    const answer = await server.inject({ url: '/v1/parties', headers: { authorization: await make() } });
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([401, code]);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });
});
