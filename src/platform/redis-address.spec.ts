import { describe, expect, it } from '@jest/globals';
import { redisAddress } from './redis-address.js';

describe('the address of Redis', () => {
  it.each([
    ['redis://127.0.0.1:6379/2', { kind: 'one', url: 'redis://127.0.0.1:6379/2' }],
    ['rediss://u:p@redis.example.org', { kind: 'one', url: 'rediss://u:p@redis.example.org' }],
    [
      'redis+sentinel://a:1,b/main',
      {
        kind: 'sentinel',
        sentinels: [
          { host: 'a', port: 1 },
          { host: 'b', port: 26379 },
        ],
        name: 'main',
        db: 0,
        tls: false,
      },
    ],
    [
      'rediss+sentinel://:p%40ss@[::1]:5/main/3',
      {
        kind: 'sentinel',
        sentinels: [{ host: '::1', port: 5 }],
        name: 'main',
        db: 3,
        tls: true,
        password: 'p@ss',
      },
    ],
    [
      'redis+cluster://u:p@a,b:7/',
      {
        kind: 'cluster',
        nodes: [
          { host: 'a', port: 6379 },
          { host: 'b', port: 7 },
        ],
        tls: false,
        username: 'u',
        password: 'p',
      },
    ],
  ])('%s', (url, address) => expect(redisAddress(url)).toEqual(address));

  it.each([
    'http://a',
    'redis+sentinel://a',
    'redis+sentinel://a,/main',
    'redis+cluster://',
    'redis+cluster://a/b',
  ])('is not %s', (url) => expect(redisAddress(url)).toBeUndefined());
});
