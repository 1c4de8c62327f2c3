import { hash as digest, randomBytes } from 'node:crypto';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jwtVerify, SignJWT, type JWTPayload } from 'jose';
import type { Logger } from 'pino';
import { z } from 'zod';
import { Forbidden, Unauthenticated } from '../event-store/errors.js';
import { memberRef } from '../event-store/schema.js';
import type { Config } from '../platform/config.js';
import { IssuedTokens, type Proved } from './issued-tokens.js';
import { roles, type Principal, type Role } from './principal.js';

/**
 * Who comes, as their acts are recorded. With a blank or what nobody sees in it, it would be read as somebody else's reference,
 * whom a restriction or a recusal names, and is mostly a name, which must not stand in the history; nobody comes as the house itself.
 * What is not in the form that references have is refused, and not brought into it: for the provider the two may be two people.
 */
const whoComes = z
  .string()
  .refine((sub) => sub === sub.normalize('NFC'), 'It is not in Unicode form NFC.')
  .pipe(memberRef)
  .refine((id) => !id.includes(' '), 'There is a blank in it: let the provider give an opaque reference.');

const DEVELOPMENT_ISSUER = 'redress-development';
const AUDIENCE = 'redress';
const REMEMBERED = 5_000;

/** The key that development tokens are signed with; made once, readable by its owner alone. */
const developmentKey = async (dataDir: string): Promise<Uint8Array> => {
  const file = join(dataDir, 'development-token.key');
  await mkdir(dataDir, { recursive: true });
  const fresh = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(fresh, randomBytes(32), { mode: 0o600 });
  // A link succeeds for exactly one of two processes that start together; both then read the same key.
  await link(fresh, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await unlink(fresh);
  return new Uint8Array(await readFile(file));
};

/** A signed development token. Refused when a real issuer is configured. */
export const developmentToken = async (
  config: Config,
  who: { sub: string; roles: readonly string[]; ttl: string },
): Promise<string> => {
  if (config.OIDC_ISSUER)
    throw new Forbidden(
      'real-issuer',
      `Tokens come from ${config.OIDC_ISSUER.map(({ address }) => address).join(' and ')}; none are made here.`,
    );
  return new SignJWT({ roles: who.roles })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(DEVELOPMENT_ISSUER)
    .setAudience(AUDIENCE)
    .setSubject(who.sub)
    .setIssuedAt()
    .setExpirationTime(who.ttl)
    .sign(await developmentKey(config.REDRESS_DATA_DIR));
};

const provenHere = async (config: Config, now: () => number): Promise<Prove> => {
  const key = await developmentKey(config.REDRESS_DATA_DIR);
  const options = {
    issuer: DEVELOPMENT_ISSUER,
    audience: AUDIENCE,
    algorithms: ['HS256'],
    requiredClaims: ['exp', 'sub'],
  };
  return async (token) => {
    const currentDate = new Date(now());
    const read = await jwtVerify(token, key, { ...options, currentDate }).catch(() => undefined);
    return read && { sub: read.payload.sub ?? '', claims: read.payload, holds: () => true };
  };
};

/** What stands at a path within claims; a claim may have dots in its own name. */
const claimAt = (claims: JWTPayload, path: string): unknown => {
  if (Object.hasOwn(claims, path)) return claims[path];
  return path
    .split('.')
    .reduce<unknown>(
      (within, name) =>
        typeof within === 'object' && within !== null && Object.hasOwn(within, name)
          ? (within as Record<string, unknown>)[name]
          : undefined,
      claims,
    );
};

/** A list, or words with blanks between, as scopes are told. What is no role here means nothing here. */
const rolesIn = (told: unknown): readonly Role[] => {
  const words: readonly unknown[] =
    typeof told === 'string' ? told.split(' ') : Array.isArray(told) ? told : [];
  return roles.filter((role) => words.includes(role));
};

/** Another system signs in with a secret of its own, and has no second factor. Errors: Unauthenticated `sign-in-too-weak`. */
const refuseWeak = ({ roles: held }: Principal, { acr }: JWTPayload, strong: readonly string[]): void => {
  if (strong.some((value) => value === acr) || held.every((role) => role === 'integration')) return;
  throw new Unauthenticated(
    'sign-in-too-weak',
    `Your sign-in was not strong enough for Redress. Sign in again, so that your token says in acr: ${strong.join(' or ')}.`,
    { acrValues: strong },
  );
};

const tokenIn = (authorization: string | undefined): string | undefined =>
  /^Bearer ([\w.~+/=-]{1,8192})$/i.exec(authorization ?? '')?.[1];

const hashOf = (token: string): string => digest('sha256', token, 'base64');

type Prove = (token: string) => Promise<Proved | undefined>;

interface Remembered {
  readonly principal: Principal;
  readonly until: number;
  readonly holds: () => boolean;
}

interface Surroundings {
  readonly now?: () => number;
  readonly log?: Pick<Logger, 'warn' | 'debug'>;
}

/** Turns bearer tokens into principals. A token once proved is remembered, by its hash, until it expires or its key is withdrawn. */
export class Tokens {
  private readonly proved = new Map<string, Remembered>();

  private constructor(
    private readonly prove: Prove,
    private readonly settings: Pick<Config, 'OIDC_ROLES_CLAIM' | 'OIDC_ACR_VALUES'>,
    private readonly around: Required<Pick<Surroundings, 'now'>> & Pick<Surroundings, 'log'>,
    /** Before anybody comes. Errors: WrongSetting. */
    readonly check: () => Promise<void>,
  ) {}

  static async from(config: Config, { now = () => Date.now(), log }: Surroundings = {}): Promise<Tokens> {
    const { OIDC_ISSUER: issuers, OIDC_AUDIENCE: audiences } = config;
    if (!issuers || !audiences) return Tokens.ofDevelopment(config, now, log);
    const issued = new IssuedTokens(issuers, audiences, now, log);
    return new Tokens(
      (token) => issued.prove(token),
      config,
      { now, ...(log && { log }) },
      () => issued.check(),
    );
  }

  private static async ofDevelopment(
    config: Config,
    now: () => number,
    log: Surroundings['log'],
  ): Promise<Tokens> {
    const warn = async () =>
      log?.warn(
        'DEVELOPMENT KEYS: OIDC_ISSUER is not set, so whoever can read development-token.key in REDRESS_DATA_DIR makes tokens of any role. Never for real complaints.',
      );
    const settings = { OIDC_ROLES_CLAIM: 'roles', OIDC_ACR_VALUES: undefined };
    return new Tokens(await provenHere(config, now), settings, { now, ...(log && { log }) }, warn);
  }

  /** Whose token this is, where it was proved before and holds still. */
  known(authorization: string | undefined): Principal | undefined {
    const token = tokenIn(authorization);
    const known = token === undefined ? undefined : this.proved.get(hashOf(token));
    return known && known.until > this.around.now() && known.holds() ? known.principal : undefined;
  }

  /** Errors: Unauthenticated `no-token`, `token-refused`, `sign-in-too-weak`; Unavailable `issuer-unreachable`. */
  async principal(authorization: string | undefined): Promise<Principal> {
    const token = tokenIn(authorization);
    if (token === undefined)
      throw new Unauthenticated('no-token', 'Send an Authorization header: Bearer and a token.');
    return this.known(authorization) ?? this.of(token);
  }

  private async of(token: string): Promise<Principal> {
    const proved = await this.prove(token);
    const principal = proved && this.principalIn(proved);
    if (!principal)
      throw new Unauthenticated(
        'token-refused',
        'The token is not valid here or has expired. Get a new one.',
      );
    const { OIDC_ACR_VALUES: strong } = this.settings;
    if (strong) refuseWeak(principal, proved.claims, strong);
    if (this.proved.size >= REMEMBERED) this.proved.clear();
    const until = (proved.claims.exp ?? 0) * 1000;
    this.proved.set(hashOf(token), { principal, until, holds: proved.holds });
    return principal;
  }

  private principalIn({ sub, claims }: Proved): Principal | undefined {
    const id = whoComes.safeParse(sub);
    if (id.success) return { id: id.data, roles: rolesIn(claimAt(claims, this.settings.OIDC_ROLES_CLAIM)) };
    this.around.log?.debug({ why: `its sub: ${id.error.issues[0]?.message}` }, 'a token was refused');
    return undefined;
  }
}
