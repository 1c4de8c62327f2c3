import { createHmac, createPublicKey, sign, type JsonWebKey } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { decodeJwt, EncryptJWT, generateKeyPair, type JWK } from 'jose';
import { Tokens } from '../src/access/tokens.js';
import { readConfig } from '../src/platform/config.js';
import { EventStore } from '../src/event-store/event-store.js';
import { appendOf, aStream, happened, write } from './support/appends.js';
import { testApplication, type TestApplication } from './support/application.js';
import { eventually } from './support/eventually.js';
import { AUDIENCE, keyNamed, openIdProvider, type OpenIdProvider } from './support/open-id-provider.js';

const MINUTE = 60_000;
const bearer = (token: string): string => `Bearer ${token}`;

describe('tokens of a real OpenID provider', () => {
  let first: JWK;
  let second: JWK;
  let provider: OpenIdProvider;
  let time: number;

  const tokens = (more: NodeJS.ProcessEnv = {}): Promise<Tokens> =>
    Tokens.from(readConfig({ OIDC_ISSUER: provider.issuer, OIDC_AUDIENCE: AUDIENCE, ...more }), {
      now: () => time,
    });
  const keysAsked = (): number => provider.asked.filter((path) => path === '/jwks').length;

  beforeAll(async () => {
    [first, second] = [await keyNamed('first'), await keyNamed('second')];
    provider = await openIdProvider(first);
  });
  afterAll(() => provider.stop());

  it('let a person in with the roles that are known here, and a service account too', async () => {
    time = Date.now();
    const door = await tokens();
    const person = await provider.forPerson('staff-7', ['case-handler', 'captain']);
    expect(await door.principal(bearer(person))).toEqual({ id: 'staff-7', roles: ['case-handler'] });
    const service = await provider.forService('integration');
    expect(await door.principal(bearer(service))).toEqual({ id: 'scheduler', roles: ['integration'] });
    expect(keysAsked()).toBe(1);
  });

  it.each([
    ['roles', ['operator']],
    ['realm_access.roles', ['operator']],
    ['scope', ['operator']],
    ['realm_access.constructor', []],
    ['nothing.at.all', []],
  ])('give roles by the claim %s: %j', async (OIDC_ROLES_CLAIM, roles) => {
    time = Date.now();
    const door = await tokens({ OIDC_ROLES_CLAIM });
    const { roles: held } = await door.principal(bearer(await provider.forService('operator')));
    expect(held).toEqual(roles);
  });

  it('of a new key are taken at once, and of a withdrawn one no longer than five minutes', async () => {
    time = Date.now();
    const door = await tokens();
    const old = bearer(await provider.forPerson('staff-7', ['intake']));
    await door.principal(old);
    provider.useKeys(second, first);
    const fresh = bearer(await provider.forPerson('staff-8', ['intake']));
    expect((await door.principal(fresh)).id).toBe('staff-8');
    expect((await door.principal(old)).id).toBe('staff-7');
    provider.useKeys(second);
    expect(door.known(old)).toBeDefined();
    time += 5 * MINUTE;
    expect(door.known(old)).toBeUndefined();
    await expect(door.principal(old)).rejects.toThrow('The token is not valid here');
    expect((await door.principal(fresh)).id).toBe('staff-8');
    provider.useKeys(first);
  });

  it('of a new key are all taken when they come together, and the provider is asked once', async () => {
    time = Date.now();
    const door = await tokens();
    await door.principal(bearer(await provider.forPerson('staff-1', [])));
    const before = keysAsked();
    provider.useKeys(second, first);
    const fresh = await Promise.all(
      Array.from({ length: 20 }, (_, nth) => provider.forPerson(`staff-${nth}`, ['intake'])),
    );
    const people = await Promise.all(fresh.map((token) => door.principal(bearer(token))));
    expect(people.map(({ id }) => id)).toEqual(fresh.map((_, nth) => `staff-${nth}`));
    expect(keysAsked() - before).toBe(1);
    provider.useKeys(first);
  });

  it('that name keys which nobody has bring about one question in ten seconds', async () => {
    time = Date.now();
    const door = await tokens();
    await door.principal(bearer(await provider.forPerson('staff-7', [])));
    const before = keysAsked();
    const claims = { iss: provider.issuer, aud: AUDIENCE, sub: 'x', exp: Math.floor(time / 1000) + 60 };
    const strangers = Array.from({ length: 50 }, (_, nth) =>
      door.principal(bearer(signed({ alg: 'RS256', kid: `none-${nth}` }, claims, second))),
    );
    const answers = await Promise.allSettled(strangers);
    expect(answers.every(({ status }) => status === 'rejected')).toBe(true);
    expect(keysAsked() - before).toBe(1);
  });

  it('are taken for an hour while the provider is away, and then nobody is let in until it is back', async () => {
    time = Date.now();
    const door = await tokens();
    const token = bearer(await provider.forPerson('staff-7', ['intake']));
    await door.principal(token);
    await provider.stop();
    time += 6 * MINUTE;
    expect((await door.principal(token)).id).toBe('staff-7');
    // Remembered again, until somebody next asks.
    expect(door.known(token)).toBeDefined();
    time += 55 * MINUTE;
    await expect(door.principal(token)).rejects.toMatchObject({ code: 'issuer-unreachable' });
    await provider.start();
    time = Date.now() + 62 * MINUTE;
    // It is long over by then; but it is that which is told again.
    await expect(door.principal(token)).rejects.toMatchObject({ code: 'token-refused' });
  });

  it('of two providers are kept apart, people of one name too', async () => {
    time = Date.now();
    const partner = await openIdProvider(second);
    const both = { OIDC_ISSUER: `${provider.issuer} partner=${partner.issuer}` };
    const door = await tokens(both);
    const [own, theirs] = await Promise.all(
      [provider, partner].map(async (each) => bearer(await each.forPerson('staff-7', ['intake']))),
    );
    expect((await door.principal(own)).id).toBe('staff-7');
    expect((await door.principal(theirs)).id).toBe('partner~staff-7');
    const posing = bearer(await provider.forPerson('partner~staff-7', ['intake']));
    await expect(door.principal(posing)).rejects.toMatchObject({ code: 'token-refused' });
    // Signed by the one, in the name of the other.
    const claims = { aud: AUDIENCE, sub: 'staff-7', exp: Math.floor(time / 1000) + 60 };
    for (const [iss, key] of [
      [provider.issuer, second],
      [partner.issuer, first],
    ] as const)
      await expect(
        door.principal(bearer(signed({ alg: 'RS256', kid: key.kid }, { ...claims, iss }, key))),
      ).rejects.toMatchObject({ code: 'token-refused' });
    const audiences = await tokens({ ...both, OIDC_AUDIENCE: `${AUDIENCE} https://elsewhere.example` });
    expect((await audiences.principal(own)).id).toBe('staff-7');
    await expect(audiences.principal(theirs)).rejects.toMatchObject({ code: 'token-refused' });
    await partner.stop();
  });
});

const encoded = (value: object | string): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** Whatever stands in it, really signed: RS256. */
const signed = (header: object | string, claims: object | string, key: JWK): string => {
  const content = `${encoded(header)}.${encoded(claims)}`;
  const signature = sign('sha256', Buffer.from(content), { key: key as JsonWebKey, format: 'jwk' });
  return `${content}.${signature.toString('base64url')}`;
};

describe('at the door of the server', () => {
  let provider: OpenIdProvider;
  let redress: TestApplication;
  let key: JWK;
  let other: JWK;
  let trap: Server;
  let trapped: string[];
  let trapAddress: string;

  beforeAll(async () => {
    [key, other] = [await keyNamed('first'), await keyNamed('first')];
    provider = await openIdProvider(key);
    trapped = [];
    trap = createServer((request, answer) => {
      trapped.push(request.url ?? '');
      answer.end(JSON.stringify({ keys: [publicOf(other)] }));
    }).listen(0, '127.0.0.1');
    await once(trap, 'listening');
    trapAddress = `http://127.0.0.1:${(trap.address() as AddressInfo).port}`;
    // Away while the server starts.
    await provider.stop();
    redress = await testApplication({ OIDC_ISSUER: provider.issuer, OIDC_AUDIENCE: AUDIENCE });
  });
  afterAll(async () => {
    await redress.close();
    await provider.stop();
    trap.close();
  });

  const publicOf = ({ kty, n, e, kid }: JWK) => ({ kty, n, e, kid, alg: 'RS256', use: 'sig' });
  const pem = () =>
    createPublicKey({ key: publicOf(key) as JsonWebKey, format: 'jwk' }).export({
      type: 'spki',
      format: 'pem',
    });

  const asked = async (token: string) => {
    const answer = await redress.app.inject({ url: '/v1/cases', headers: { authorization: bearer(token) } });
    return {
      status: answer.statusCode,
      headers: answer.headers,
      code: answer.json<{ code?: string }>().code,
    };
  };

  const soon = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;
  const claims = (more: object = {}) => ({
    iss: provider.issuer,
    aud: AUDIENCE,
    sub: 'staff-7',
    roles: ['case-handler'],
    iat: soon(0),
    exp: soon(300),
    ...more,
  });
  const header = (more: object = {}) => ({ alg: 'RS256', kid: 'first', typ: 'at+jwt', ...more });

  it('nobody is let in while the provider is away from the start, and everybody as soon as it is there', async () => {
    const token = signed(header(), claims(), key);
    const { status, code, headers } = await asked(token);
    expect([status, code, headers['retry-after']]).toEqual([503, 'issuer-unreachable', '2']);
    await provider.start();
    expect((await asked(token)).status).toBe(200);
  });

  it('a token of the provider itself lets in, and what it does not allow is refused by role', async () => {
    expect((await asked(await provider.forPerson('staff-8', ['case-handler']))).status).toBe(200);
    const service = await asked(await provider.forService('operator'));
    expect([service.status, service.code]).toEqual([403, 'not-permitted']);
  });

  it('where a second factor is asked for, whoever came without one is told how to come again', async () => {
    const strict = await testApplication({
      OIDC_ISSUER: provider.issuer,
      OIDC_AUDIENCE: AUDIENCE,
      OIDC_ACR_VALUES: 'gold c2',
    });
    const comes = async (more: object) => {
      const authorization = bearer(signed(header(), claims(more), key));
      const answer = await strict.app.inject({ url: '/v1/policies', headers: { authorization } });
      const { code } = answer.json<{ code?: string }>();
      return [answer.statusCode, code, answer.headers['www-authenticate']];
    };
    const [weak, strong] = [
      [401, 'sign-in-too-weak', 'Bearer error="insufficient_user_authentication", acr_values="gold c2"'],
      [200, undefined, undefined],
    ];
    expect(await comes({})).toEqual(weak);
    expect(await comes({ acr: 'silver' })).toEqual(weak);
    expect(await comes({ acr: ['gold'] })).toEqual(weak);
    expect(await comes({ acr: 'gold c2' })).toEqual(weak);
    expect(await comes({ acr: 'c2' })).toEqual(strong);
    // A machine has no second factor; a machine that is also somebody is none.
    expect((await comes({ sub: 'scheduler', roles: ['integration'] }))[1]).toBe('not-permitted');
    expect(await comes({ sub: 'scheduler', roles: ['integration', 'operator'] })).toEqual(weak);
    await strict.close();
  });

  const hmac = (told: object, secret: string | Buffer): string => {
    const content = `${encoded({ ...told })}.${encoded(claims())}`;
    return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`;
  };

  const encrypted = async (): Promise<string> => {
    const { publicKey } = await generateKeyPair('RSA-OAEP-256');
    return new EncryptJWT(claims())
      .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: 'first' })
      .encrypt(publicKey);
  };

  const withKey = (more: object, signer = other): string => signed(header(more), claims(), signer);
  const without = (name: string): string => {
    const { [name]: _, ...rest } = claims() as Record<string, unknown>;
    return signed(header(), rest, key);
  };
  const saying = (more: object): string => signed(header(), claims(more), key);
  const plain = (more: object): string => signed(header({ typ: 'JWT' }), claims(more), key);
  const good = () => signed(header(), claims(), key);

  const hostile: Readonly<Record<string, () => string | Promise<string>>> = {
    'no algorithm and no signature': () => `${encoded({ alg: 'none' })}.${encoded(claims())}.`,
    'no algorithm, written otherwise': () =>
      `${encoded({ alg: 'nOnE', kid: 'first' })}.${encoded(claims())}.`,
    'no algorithm and a signature': () =>
      `${encoded({ alg: 'none', kid: 'first' })}.${encoded(claims())}.${good().split('.')[2] ?? ''}`,
    'a good one without its signature': () => `${good().split('.').slice(0, 2).join('.')}.`,
    'HS256 with the public key in PEM': () => hmac({ alg: 'HS256', kid: 'first' }, pem()),
    'HS256 with the public key as JWK': () =>
      hmac({ alg: 'HS256', kid: 'first' }, JSON.stringify(publicOf(key))),
    'HS256 with the modulus': () =>
      hmac({ alg: 'HS256', kid: 'first' }, Buffer.from(key.n ?? '', 'base64url')),
    'HS256 with nothing': () => hmac({ alg: 'HS256' }, ''),
    'an algorithm that is not on the list': () => signed(header({ alg: 'RS1' }), claims(), key),
    'another algorithm of the same key': () => signed(header({ alg: 'PS256' }), claims(), key),
    'a key of another, under the same name': () => withKey({}),
    'the signature of another token': () =>
      [...good().split('.').slice(0, 2), saying({ sub: 'x' }).split('.')[2]].join('.'),
    'one letter of the claims changed': () => {
      const [top, middle = '', end] = good().split('.');
      return [top, `${middle.slice(0, 20)}${middle[20] === 'A' ? 'B' : 'A'}${middle.slice(21)}`, end].join(
        '.',
      );
    },
    'another audience': () => saying({ aud: 'https://elsewhere.example' }),
    'an audience that begins alike': () => saying({ aud: `${AUDIENCE}.evil.example` }),
    'no audience': () => without('aud'),
    'another issuer': () => saying({ iss: 'https://elsewhere.example' }),
    'the issuer with a slash': () => saying({ iss: `${provider.issuer}/` }),
    'an issuer that is a list': () => saying({ iss: [provider.issuer] }),
    'an issuer called __proto__': () => saying({ iss: '__proto__' }),
    'no issuer': () => without('iss'),
    expired: () => saying({ exp: soon(-60) }),
    'no end': () => without('exp'),
    'an end that is text': () => saying({ exp: '9999999999' }),
    'not yet': () => saying({ nbf: soon(120) }),
    nobody: () => without('sub'),
    'an empty sub': () => saying({ sub: '' }),
    'a sub that is a list': () => saying({ sub: ['staff-7'] }),
    'a sub with a line break': () => saying({ sub: 'staff-7\nstaff-8' }),
    'a sub that is too long': () => saying({ sub: 'x'.repeat(256) }),
    'the house itself': () => saying({ sub: 'redress' }),
    'the command line': () => saying({ sub: 'command-line' }),
    'somebody of a named issuer': () => saying({ sub: 'partner~staff-7' }),
    'a kid that is a path': () => withKey({ kid: '../../../../etc/passwd' }),
    'a kid that is a path, with an empty secret': () =>
      hmac({ alg: 'HS256', kid: '../../../../dev/null' }, ''),
    'a kid that is an address': () => withKey({ kid: `${trapAddress}/keys` }),
    'a kid that is SQL': () => withKey({ kid: "first' UNION SELECT 'x" }),
    'a kid with a NUL': () => withKey({ kid: 'first\0' }),
    'a kid that is an object': () => withKey({ kid: { $ne: null } }),
    'a kid called __proto__': () => withKey({ kid: '__proto__' }),
    'keys at an address, jku': () => withKey({ jku: `${trapAddress}/keys` }),
    'keys at an address and a strange kid': () => withKey({ jku: `${trapAddress}/keys`, kid: 'theirs' }),
    'a certificate at an address, x5u': () => withKey({ x5u: `${trapAddress}/chain.pem` }),
    'its own key, jwk': () => withKey({ jwk: publicOf(other), kid: undefined }),
    'its own certificate, x5c': () => withKey({ x5c: ['MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A'], kid: undefined }),
    'something critical that nobody knows': () => withKey({ crit: ['exp-in-hours'], 'exp-in-hours': 4 }, key),
    'crit that is empty': () => withKey({ crit: [] }, key),
    'a payload that is not encoded': () => withKey({ crit: ['b64'], b64: false }, key),
    'a claim twice': () =>
      signed(header(), JSON.stringify(claims()).replace('"sub":', '"sub":"auditor-1","sub":'), key),
    'a claim twice, once escaped': () =>
      signed(header(), JSON.stringify(claims()).replace('{', '{"role\\u0073":["auditor"],'), key),
    'a header twice': () =>
      signed(JSON.stringify(header()).replace('"alg":', '"alg":"none","alg":'), claims(), key),
    'an ID token': () => plain({ nonce: 'n-0S6_WzA2Mj' }),
    'an ID token of a code': () => plain({ at_hash: 'MTIzNDU2Nzg5MDEyMzQ1Ng' }),
    'an ID token of Keycloak': () => plain({ typ: 'ID' }),
    'a refresh token of Keycloak': () => plain({ typ: 'Refresh' }),
    'a logout token': () => signed(header({ typ: 'logout+jwt' }), claims(), key),
    'a proof of possession': () => signed(header({ typ: 'dpop+jwt' }), claims(), key),
    'a token bound to a key': () => saying({ cnf: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' } }),
    'claims that are no object': () => signed(header(), '["staff-7"]', key),
    'claims that are no JSON': () => signed(header(), 'staff-7', key),
    'claims nested without end': () =>
      signed(header(), `{"a":${'['.repeat(2_000)}${']'.repeat(2_000)}}`, key),
    'a header that is no JSON': () => signed('first', claims(), key),
    'an encrypted token': encrypted,
    'one part': () => 'staff-7',
    'four parts': () => `${good()}.${encoded('more')}`,
    'five empty parts': () => '....',
    'two tokens': () => `${good()} ${good()}`,
    'more than a token ever has': () => saying({ fill: 'x'.repeat(9_000) }),
  };

  it.each(Object.keys(hostile))('refused: %s', async (name) => {
    const { status, code } = await asked(await (hostile[name]?.() ?? ''));
    expect([status, ['token-refused', 'no-token'].includes(code ?? '')]).toEqual([401, true]);
  });

  it('no token of them led anywhere else', () => expect(trapped).toEqual([]));

  it('their neighbours that are good are taken', async () => {
    for (const token of [
      good(),
      plain({}),
      plain({ typ: 'Bearer', nonce: 'n-0S6_WzA2Mj' }),
      saying({ aud: ['https://elsewhere.example', AUDIENCE] }),
      saying({ exp: soon(-10) }),
      saying({ nbf: soon(10) }),
      signed({ alg: 'RS256' }, claims(), key),
      signed(header({ jku: `${trapAddress}/keys` }), claims(), key),
    ])
      expect((await asked(token)).status).toBe(200);
    expect(trapped).toEqual([]);
  });

  it('headers larger than any are refused before they are read', async () => {
    const address = await redress.app.listen(0, '127.0.0.1').then(() => redress.app.getUrl());
    const answer = await fetch(`${address}/v1/cases`, {
      headers: { authorization: bearer('x'.repeat(100_000)) },
    });
    expect(answer.status).toBe(431);
  });

  it('development tokens are none where there is a provider', async () => {
    const told = { alg: 'HS256' };
    const content = `${encoded(told)}.${encoded(claims({ iss: 'redress-development', aud: 'redress' }))}`;
    expect(
      (await asked(`${content}.${createHmac('sha256', '').update(content).digest('base64url')}`)).status,
    ).toBe(401);
    const { issuer } = provider;
    await expect(redress.as('staff-7', 'operator')).rejects.toThrow(
      `Tokens come from ${issuer}; none are made here.`,
    );
  });
});

describe('a stream of events', () => {
  let provider: OpenIdProvider;
  let redress: TestApplication;
  let address: string;
  let key: JWK;

  beforeAll(async () => {
    key = await keyNamed('first');
    provider = await openIdProvider(key);
    redress = await testApplication({ OIDC_ISSUER: provider.issuer, OIDC_AUDIENCE: AUDIENCE });
    await redress.app.listen(0, '127.0.0.1');
    address = await redress.app.getUrl();
  });
  afterAll(async () => {
    await redress.close();
    await provider.stop();
  });

  const forAnHour = (): string => {
    const exp = Math.floor(Date.now() / 1000) + 3600;
    const claims = { iss: provider.issuer, aud: AUDIENCE, sub: 'auditor-1', roles: ['auditor'], exp };
    return signed({ alg: 'RS256', kid: 'first', typ: 'at+jwt' }, claims, key);
  };

  /** What it told so far, and whether it ended. */
  const follow = async (token: string, after: number) => {
    const leaving = new AbortController();
    const answer = await fetch(`${address}/v1/events?after=${after}`, {
      headers: { authorization: bearer(token), accept: 'text/event-stream' },
      signal: leaving.signal,
    });
    const followed = { told: '', ended: false, leave: () => leaving.abort() };
    const taking = async () => {
      for await (const chunk of answer.body ?? [])
        followed.told += new TextDecoder().decode(chunk as Uint8Array);
      followed.ended = true;
    };
    void taking().catch(() => {});
    return followed;
  };

  it('ends with the token that opened it, and no other with it', async () => {
    const store = redress.app.get(EventStore, { strict: false });
    const record = () => store.append(appendOf([write(aStream(), 0, happened())]));
    const now = jest.spyOn(Date, 'now');
    const head = (await store.page(0, 1000)).at(-1)?.position ?? 0;
    const token = await provider.forService('integration');
    const end = (decodeJwt(token).exp ?? 0) * 1000;
    const short = await follow(token, head);
    const long = await follow(forAnHour(), head);
    const events = ({ told }: { told: string }) => told.match(/^id: /gm)?.length ?? 0;
    // Over by its own word, but clocks may differ.
    now.mockImplementation(() => end + 15_000);
    await record();
    await eventually(() => expect([events(short), events(long)]).toEqual([1, 1]));
    expect(short.ended).toBe(false);
    now.mockImplementation(() => end + 35_000);
    await record();
    await eventually(() => expect([short.ended, events(long)]).toEqual([true, 2]));
    now.mockRestore();
    expect(short.told).toMatch(/\n\n: the token has ended; come back with another\n\n$/);
    expect([events(short), long.ended]).toEqual([1, false]);
    long.leave();
  });
});
