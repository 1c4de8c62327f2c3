import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Which addresses a request that the organisation did not type may go to. */

const blockOf = (...nets: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const net of nets) {
    const [address = '', prefix] = net.split('/');
    list.addSubnet(address, Number(prefix), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
};

/** What is set apart by IANA: private, shared, link-local (clouds tell their secrets there), multicast and the like. */
const SET_APART = blockOf(
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  // The platform's own of one cloud, among public addresses.
  '168.63.129.16/32',
  // Within the global unicast of IPv6: special purposes and documentation, and tunnels that carry an IPv4 address.
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
);
const GLOBAL_UNICAST = blockOf('2000::/3');
const LOOPBACK = blockOf('127.0.0.0/8', '::1/128');

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** Of the internet. An IPv4 address written as IPv6 is none: nobody names a public endpoint so. */
export const isPublic = (address: string): boolean => {
  const family = familyOf(address);
  return (
    isIP(address) !== 0 &&
    (family === 'ipv4' || GLOBAL_UNICAST.check(address, family)) &&
    !SET_APART.check(address, family)
  );
};

const isLoopback = (address: string): boolean =>
  isIP(address) !== 0 && LOOPBACK.check(address, familyOf(address));

/** The host of a web address, an IPv6 address without its brackets. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');

export const isLoopbackHost = (host: string): boolean => host === 'localhost' || isLoopback(host);

/** What this host may be: loopback stays loopback, and any other name is of the internet. */
export const mayBe = (host: string): ((address: string) => boolean) =>
  isLoopbackHost(host) ? isLoopback : isPublic;

/** The name leads to an address that it may not. */
export class ForbiddenAddress extends Error {}

/**
 * Resolves a name for one connection and refuses where it leads: what is asked here is what is connected to, so that a name
 * that is given another address meanwhile (DNS rebinding) gains nothing.
 */
export const lookupWithin =
  (may: (address: string) => boolean, resolve: typeof lookup = lookup): LookupFunction =>
  (host, options, answer) => {
    resolve(host, { ...options, all: true }, (error, found) => {
      if (error) return answer(error, []);
      if (!found.every(({ address }) => may(address)))
        return answer(new ForbiddenAddress(`${host} leads to an address that is not allowed`), []);
      const [first] = found;
      return options.all ? answer(null, found) : answer(null, first?.address ?? '', first?.family);
    });
  };
