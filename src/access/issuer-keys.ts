import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import type { Logger } from 'pino';
import { z } from 'zod';
import { Unavailable } from '../event-store/errors.js';
import { WrongSetting } from '../platform/config.js';
import { isSafeAddress } from '../platform/issuers.js';

/** For so long keys are believed without asking again: a key that was withdrawn is no key any more after it. */
const FRESH_MS = 5 * 60_000;
/** For so long at most, while the issuer cannot be asked. */
const LAST_MS = 60 * 60_000;
/** Between two questions that an outage, or tokens of unknown keys, bring about. */
const PAUSE_MS = 10_000;
const PATIENCE_MS = 3_000;
/** In bytes, unpacked: hundreds of keys with their certificates, and nothing that would fill the memory. */
const LARGEST = 1_048_576;

const configuration = z.object({ issuer: z.string(), jwks_uri: z.string() });
const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

const wrong = (address: string, why: string): WrongSetting =>
  new WrongSetting(`Configuration: OIDC_ISSUER: ${address} ${why}`);

/** It does not answer now, and may a moment later. */
class Away extends Error {}

/** Whoever answers without an end is left at once. Errors: WrongSetting, and whatever cut the answer off. */
const textOf = async (address: string, { body }: Response): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > LARGEST) throw wrong(address, `answers with more than ${LARGEST} bytes.`);
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
};

/** What an address answers as JSON. Errors: Away, WrongSetting. */
const answerOf = async (address: string): Promise<unknown> => {
  const answer = await fetch(address, {
    redirect: 'manual',
    signal: AbortSignal.timeout(PATIENCE_MS),
    headers: { accept: 'application/json' },
  }).catch((error: Error) => {
    throw new Away(error.message);
  });
  if (answer.status >= 500 || answer.status === 429) throw new Away(`status ${answer.status}`);
  if (answer.status !== 200) throw wrong(address, `answers with status ${answer.status}, not with JSON.`);
  const text = await textOf(address, answer).catch((error: Error) => {
    throw error instanceof WrongSetting ? error : new Away(error.message);
  });
  try {
    return JSON.parse(text);
  } catch {
    throw wrong(address, 'answers with something that is not JSON.');
  }
};

/** Where an issuer says that its keys are. Errors: Away, WrongSetting. */
const keysAddressOf = async (issuer: string): Promise<string> => {
  const at = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const { success, data } = configuration.safeParse(await answerOf(at));
  if (!success) throw wrong(at, 'does not say where the keys of the issuer are (jwks_uri).');
  if (data.issuer !== issuer)
    throw wrong(at, `is about the issuer ${data.issuer}. Name it exactly so, or correct the address.`);
  if (!isSafeAddress(data.jwks_uri))
    throw wrong(at, `has its keys at ${data.jwks_uri}, which does not begin with https://.`);
  return data.jwks_uri;
};

/** Errors: Away, WrongSetting. */
const keysOf = async (issuer: string): Promise<JSONWebKeySet> => {
  const at = await keysAddressOf(issuer);
  const { success, data } = keySet.safeParse(await answerOf(at));
  if (!success) throw wrong(at, 'is no set of keys.');
  return data;
};

/** What an issuer told, once. */
export interface ToldKeys {
  readonly find: JWTVerifyGetKey;
  /** To see that it is told the same again. */
  readonly text: string;
}

/** The public keys of one issuer, as it last told them; asked anew as they age and when a token names one that is not among them. */
export class IssuerKeys {
  private told: ToldKeys | undefined;
  private toldAt = -Infinity;
  private triedAt = -Infinity;
  private strangerAt = -Infinity;
  private regrettedAt = -Infinity;
  private reading: Promise<void> | undefined;

  constructor(
    private readonly issuer: string,
    private readonly now: () => number,
    private readonly log: Pick<Logger, 'warn'> | undefined,
  ) {}

  /** Whether these are its keys still, as far as can be known without asking. */
  stillHas(keys: ToldKeys): boolean {
    return this.told === keys && this.isUsable();
  }

  /** Errors: Unavailable `issuer-unreachable`. */
  async current(): Promise<ToldKeys> {
    if (!this.isUsable()) await this.read().catch((error: Error) => this.regret(error));
    if (this.told && this.now() - this.toldAt < LAST_MS) return this.told;
    throw new Unavailable(
      'issuer-unreachable',
      'Whoever issues your tokens cannot be asked for the keys that prove them just now. Come again in a moment.',
    );
  }

  /** After a token named a key that is not among these: it may be a new one. Undefined when they are the latest, as far as may be asked. */
  async newer(than: ToldKeys): Promise<ToldKeys | undefined> {
    if (this.now() - this.strangerAt >= PAUSE_MS) {
      this.strangerAt = this.now();
      await this.read().catch((error: Error) => this.regret(error));
    }
    // Whoever comes while somebody else asks hears it too.
    await this.reading?.catch(() => undefined);
    const latest = await this.current();
    return latest === than ? undefined : latest;
  }

  /** Errors: Away, WrongSetting. */
  async read(): Promise<void> {
    this.reading ??= this.ask().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  private async ask(): Promise<void> {
    this.triedAt = this.now();
    const keys = await keysOf(this.issuer);
    const text = JSON.stringify(keys);
    if (text !== this.told?.text) this.told = { find: createLocalJWKSet(keys), text };
    this.toldAt = this.now();
  }

  /** Told a while ago and not refused to be told again: good enough for as long as nobody can be asked. */
  private isUsable(): boolean {
    const age = this.now() - this.toldAt;
    return age < FRESH_MS || (age < LAST_MS && this.now() - this.triedAt < PAUSE_MS);
  }

  /** Said once in a while: whoever knocks must not fill the log. */
  private regret(error: Error): void {
    if (this.now() - this.regrettedAt < PAUSE_MS) return;
    this.regrettedAt = this.now();
    this.log?.warn({ issuer: this.issuer, why: error.message }, 'the issuer of tokens did not tell its keys');
  }
}

export const isAway = (error: unknown): boolean => error instanceof Away;

/** No key of the set fits: it may be one that was made since. */
export const isStranger = (error: unknown): boolean => error instanceof errors.JWKSNoMatchingKey;
