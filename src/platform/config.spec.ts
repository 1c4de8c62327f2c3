import { describe, expect, it } from '@jest/globals';
import { readConfig, WrongSetting } from './config.js';

const refusalOf = (env: NodeJS.ProcessEnv): string => {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof WrongSetting) return error.message;
    throw error;
  }
  return 'fine';
};

describe('a setting that is wrong stops the start with a sentence', () => {
  it.each([
    ['PORT', 'abc', 'Give a whole number, 0 to 65535.'],
    ['PORT', '70000', 'Give a whole number, 0 to 65535.'],
    ['REDRESS_ROLES', 'boss', 'Give api or worker.'],
    ['REDRESS_TIME_ZONE', 'Mars/Base', 'Give an IANA time zone such as Europe/London.'],
    ['DATABASE_URL', 'mysql://x', 'Give an address that begins with postgres:// or postgresql://.'],
    ...[
      'x',
      'redis://',
      'redis+sentinel://a:1,b:2',
      'redis+cluster://a:1/name',
      'redis+cluster://a:99999',
    ].map((address): [string, string, string] => [
      'REDIS_URL',
      address,
      'Give redis://host:6379, redis+sentinel://host:26379,…/NAME or redis+cluster://host:6379,…; with TLS rediss.',
    ]),
    [
      'REDRESS_QUEUE_PREFIX',
      'redress',
      'Give a name in braces, such as {redress}; it begins every key in Redis.',
    ],
    [
      'OIDC_ISSUER',
      'http://id.example.org',
      'Give an address that begins with https://, as the issuer’s tokens say it in iss; http:// is for loopback only. Several with a space between.',
    ],
    [
      'OIDC_ISSUER',
      'https://one.example https://two.example',
      'Give each issuer once, and each but one a name, such as partner=https://id.partner.example: it begins the staff references of its people.',
    ],
    ['OIDC_AUDIENCE', ' ', 'Say for whom the tokens must be.'],
    ['OIDC_ROLES_CLAIM', 'two words', 'Name a claim, such as realm_access.roles.'],
    ['OIDC_ACR_VALUES', 'go"ld', 'Give values of acr as your issuer tells them, with blanks between.'],
    ['REDRESS_PUBLIC_URL', 'ftp://x', 'Give an address that begins with http:// or https://.'],
    ['REDRESS_INTAKE_MAIL', 'x', 'Give a mail address.'],
    ['REDRESS_MAIL_RETRY_SECONDS', '0', 'Give a number, 0.01 to 3600.'],
    [
      'REDRESS_WEBHOOK_URL',
      'http://hooks.example.org',
      'Give an address that begins with https://; http:// is for loopback only.',
    ],
    ['REDRESS_WEBHOOK_URL', 'ftp://127.0.0.1', 'Give an address that begins with https://.'],
    ['REDRESS_WEBHOOK_ALLOW_PRIVATE', 'yes', 'Give true or false.'],
    [
      'WEBHOOK_SECRET',
      `whsec_${'A'.repeat(30)}`,
      'Give whsec_ and 24 to 64 random bytes in base64, such as `openssl rand -base64 32` prints; several with a space between.',
    ],
    ['REDRESS_DELIVERY_TIMEOUT_SECONDS', '60', 'Give a number, 0.1 to 30.'],
    ['REDRESS_REQUESTS_PER_PERSON', '-1', 'Give a whole number, 0 to 100000000.'],
    ...['x', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8'].map((proxy): [string, string, string] => [
      'REDRESS_TRUSTED_PROXIES',
      proxy,
      'Give the addresses of your proxies, such as 10.0.0.7 or 10.0.0.0/24; several with a comma between.',
    ]),
    ...['*', 'null', 'https://a.example/', 'a.example', 'https://A.example'].map(
      (origin): [string, string, string] => [
        'REDRESS_CORS_ORIGINS',
        origin,
        'Give origins as a browser names them, such as https://cases.example.org; several with a comma between.',
      ],
    ),
    ['LOG_LEVEL', 'loud', 'Give fatal or error or warn or info or debug or trace or silent.'],
    ['MASTER_KEY', 'x', 'Give 32 random bytes in base64, such as `openssl rand -base64 32` prints.'],
  ])('%s=%s', (name, value, sentence) => {
    const message = refusalOf({ [name]: value });
    expect(message).toMatch(new RegExp(`^Configuration: ${name}(\\.0)?: `));
    expect(message.endsWith(sentence)).toBe(true);
  });

  it('and every wrong one is named', () =>
    expect(refusalOf({ PORT: 'abc', LOG_LEVEL: 'loud' })).toMatch(/PORT: .* LOG_LEVEL: /));

  it('and so does a file that cannot be read', () =>
    expect(refusalOf({ MASTER_KEY_FILE: '/nowhere/key' })).toMatch(
      /^MASTER_KEY_FILE names a file that cannot be read\./,
    ));

  it('and a webhook without a secret', () => {
    const url = 'https://hooks.example.org';
    expect(refusalOf({ REDRESS_WEBHOOK_URL: url })).toMatch(
      /^Configuration: WEBHOOK_SECRET \(or WEBHOOK_SECRET_FILE\) must be set together/,
    );
    expect(refusalOf({ REDRESS_CHECKPOINT_WEBHOOK_URL: url, WEBHOOK_SECRET: 'A'.repeat(43) + '=' })).toMatch(
      /^Configuration: CHECKPOINT_WEBHOOK_SECRET \(or CHECKPOINT_WEBHOOK_SECRET_FILE\) must be set together/,
    );
  });

  it('and checkpoints by mail that would stay in an outbox here', () =>
    expect(refusalOf({ REDRESS_CHECKPOINT_MAIL: 'auditor@example.org' })).toMatch(
      /^Configuration: SMTP_URL must be set together with REDRESS_CHECKPOINT_MAIL/,
    ));

  it.each([
    'https://10.1.2.3',
    'https://169.254.169.254/',
    'https://[fd00:ec2::254]',
    'https://[::ffff:10.1.2.3]',
  ])('and a webhook at %s, unless that is meant', (address) => {
    const env = { REDRESS_WEBHOOK_URL: address, WEBHOOK_SECRET: 'A'.repeat(43) + '=' };
    expect(refusalOf(env)).toMatch(
      /is no public address\. Where it is meant, set REDRESS_WEBHOOK_ALLOW_PRIVATE=true\.$/,
    );
    expect(refusalOf({ ...env, REDRESS_WEBHOOK_ALLOW_PRIVATE: 'true' })).toBe('fine');
  });

  it.each(['https://hooks.example.org', 'http://127.0.0.1:8080/in', 'http://[::1]/', 'http://localhost/'])(
    'but not a webhook at %s',
    (address) =>
      expect(
        refusalOf({
          REDRESS_WEBHOOK_URL: address,
          WEBHOOK_SECRET: `whsec_${'A'.repeat(32)} ${'B'.repeat(32)}`,
        }),
      ).toBe('fine'),
  );
});
