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
    ['REDIS_URL', 'x', 'Give an address that begins with redis:// or rediss://.'],
    ['OIDC_ISSUER', 'x', 'Give a web address.'],
    ['REDRESS_PUBLIC_URL', 'ftp://x', 'Give an address that begins with http:// or https://.'],
    ['REDRESS_INTAKE_MAIL', 'x', 'Give a mail address.'],
    ['REDRESS_MAIL_RETRY_SECONDS', '0', 'Give a number, 0.01 to 3600.'],
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
});
