import { describe, expect, it } from '@jest/globals';
import type { LookupAddress } from 'node:dns';
import { createServer, type AddressInfo } from 'node:net';
import { request } from 'node:http';
import { once } from 'node:events';
import { ForbiddenAddress, isPublic, lookupWithin, mayBe } from './network.js';

describe('an address', () => {
  it.each([
    '0.0.0.0',
    '10.0.0.1',
    '100.100.100.200',
    '127.0.0.1',
    '168.63.129.16',
    '169.254.169.254',
    '172.31.255.255',
    '192.168.1.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:10.0.0.1',
    '::ffff:a9fe:a9fe',
    '::127.0.0.1',
    '64:ff9b::a00:1',
    'fe80::1',
    'fe80::1%eth0',
    'fd00:ec2::254',
    '2002:a00:1::',
    '2001:0:1::1',
    'ff02::1',
    'localhost',
    '',
  ])('%s is not of the internet', (address) => expect(isPublic(address)).toBe(false));

  it.each(['1.1.1.1', '172.32.0.1', '223.255.255.255', '2606:4700:4700::1111', '2a00:1450::1'])(
    '%s is',
    (address) => expect(isPublic(address)).toBe(true),
  );

  it.each([
    ['localhost', '127.0.0.1', true],
    ['localhost', '10.0.0.1', false],
    ['hooks.example.org', '127.0.0.1', false],
    ['hooks.example.org', '1.1.1.1', true],
  ])('of %s may be %s: %s', (host, address, may) => expect(mayBe(host)(address)).toBe(may));
});

/** A name server that gives another address each time it is asked. */
const answering =
  (...answers: readonly string[][]) =>
  (_host: string, _options: object, answer: (error: null, found: LookupAddress[]) => void) => {
    const found = (answers.length > 1 ? (answers as string[][]).shift() : answers[0]) ?? [];
    answer(
      null,
      found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };

const asked = (port: number, lookup: ReturnType<typeof lookupWithin>): Promise<unknown> =>
  new Promise((resolve) => {
    const sent = request({ host: 'hooks.example.org', port, lookup, agent: false });
    sent.on('error', resolve);
    sent.on('response', (answer) => resolve(answer.statusCode));
    sent.end();
  });

describe('a name that leads to an address inside', () => {
  it.each([[['127.0.0.1']], [['1.1.1.1', '127.0.0.1']], [['::ffff:127.0.0.1']]])(
    'is not connected to: %j',
    async (found) => {
      const inside = createServer().listen(0, '127.0.0.1');
      await once(inside, 'listening');
      let connected = 0;
      inside.on('connection', () => (connected += 1));
      const lookup = lookupWithin(isPublic, answering(found) as never);
      const { port } = inside.address() as AddressInfo;
      expect(await asked(port, lookup)).toBeInstanceOf(ForbiddenAddress);
      expect(connected).toBe(0);
      inside.close();
    },
  );

  it('gains nothing by having led elsewhere before: each connection is looked at by itself', async () => {
    const lookup = lookupWithin(isPublic, answering(['1.1.1.1'], ['127.0.0.1']) as never);
    const found = () =>
      new Promise((resolve) => {
        lookup('hooks.example.org', { all: true }, (error, addresses) => resolve(error ?? addresses));
      });
    expect(await found()).toEqual([{ address: '1.1.1.1', family: 4 }]);
    expect(await found()).toBeInstanceOf(ForbiddenAddress);
  });

  it('is refused by what the machine itself knows, too', async () => {
    const lookup = lookupWithin(isPublic);
    const found = await new Promise((resolve) => {
      lookup('localhost', { all: false }, (error) => resolve(error));
    });
    expect(found).toBeInstanceOf(ForbiddenAddress);
  });
});
