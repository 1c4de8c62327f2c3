import { z } from 'zod';
import { hostOf, isLoopbackHost } from './network.js';

/** An issuer of tokens, as OIDC_ISSUER names it: `https://id.example.org`, or `partner=https://id.partner.example`. */
export interface Issuer {
  /** Exactly as its tokens say it. */
  readonly address: string;
  /** Begins the staff references of its people; one issuer may have none. */
  readonly name: string | undefined;
}

const NAMED = /^(?:(?<name>[a-z0-9-]{1,40})=)?(?<address>.*)$/;

const issuerIn = (written: string): Issuer => {
  const { name, address = '' } = NAMED.exec(written)?.groups ?? {};
  return { name, address };
};

/** Keys that come over a line that others can write to prove nothing. */
export const isSafeAddress = (address: string): boolean => {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  const safe = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(hostOf(url)));
  return safe && url.username === '' && !/[?#]/.test(address);
};

const areDistinct = (words: readonly unknown[]): boolean => new Set(words).size === words.length;

const words = (list: string): string[] => list.split(/\s+/).filter((word) => word !== '');

export const issuers = z
  .string()
  .transform((list) => words(list).map(issuerIn))
  .refine(
    (all) => all.length > 0 && all.every(({ address }) => isSafeAddress(address)),
    'Give an address that begins with https://, as the issuer’s tokens say it in iss; http:// is for loopback only. Several with a space between.',
  )
  .refine(
    (all) => areDistinct(all.map(({ address }) => address)) && areDistinct(all.map(({ name }) => name)),
    'Give each issuer once, and each but one a name, such as partner=https://id.partner.example: it begins the staff references of its people.',
  );

export const audiences = z
  .string()
  .transform(words)
  .refine((all) => all.length > 0, 'Say for whom the tokens must be.');

/** `roles`, or where it stands within other claims: `realm_access.roles`. */
export const rolesClaim = z
  .string()
  .regex(/^[^\s\p{Cc}]{1,200}$/u, 'Name a claim, such as realm_access.roles.');

/** How somebody must have signed in, as the issuer calls it in `acr`. */
export const acrValues = z
  .string()
  .transform(words)
  .refine(
    // They are told to whoever signed in otherwise, between quotes in a header.
    (all) => all.length > 0 && all.every((value) => /^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/.test(value)),
    'Give values of acr as your issuer tells them, with blanks between.',
  );
