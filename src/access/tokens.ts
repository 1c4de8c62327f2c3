import { hash as digest, randomBytes } from 'node:crypto';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRemoteJWKSet, jwtVerify, SignJWT, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { Forbidden, Unauthenticated } from '../event-store/errors.js';
import { WrongSetting, type Config } from '../platform/config.js';
import { roles, type Principal } from './principal.js';

const DEVELOPMENT_ISSUER = 'redress-development';
const AUDIENCE = 'redress';
const REMEMBERED = 5_000;

const claims = z.object({ sub: z.string().min(1).max(200), roles: z.array(z.string()).default([]) });

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
    throw new Forbidden('real-issuer', `Tokens come from ${config.OIDC_ISSUER}; none are made here.`);
  return new SignJWT({ roles: who.roles })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(DEVELOPMENT_ISSUER)
    .setAudience(AUDIENCE)
    .setSubject(who.sub)
    .setIssuedAt()
    .setExpirationTime(who.ttl)
    .sign(await developmentKey(config.REDRESS_DATA_DIR));
};

type Verify = (token: string) => Promise<JWTPayload>;

const verifyDevelopment = async (config: Config): Promise<Verify> => {
  const key = await developmentKey(config.REDRESS_DATA_DIR);
  const options = {
    issuer: DEVELOPMENT_ISSUER,
    audience: AUDIENCE,
    algorithms: ['HS256'],
    requiredClaims: ['exp'],
  };
  return async (token) => (await jwtVerify(token, key, options)).payload;
};

const discovered = z.object({ jwks_uri: z.url() });

/** Where an issuer says that its keys are. Errors: WrongSetting. */
const keysOf = async (issuer: string): Promise<URL> => {
  const at = new URL('.well-known/openid-configuration', issuer.endsWith('/') ? issuer : `${issuer}/`);
  const read = await fetch(at)
    .then((answer) => answer.json())
    .then((told) => discovered.safeParse(told))
    .catch(() => undefined);
  if (read?.success) return new URL(read.data.jwks_uri);
  throw new WrongSetting(
    `Configuration: OIDC_ISSUER: ${at.href} does not say where the keys of the issuer are (jwks_uri). Check the address, and that it can be reached from here.`,
  );
};

const verifyIssued = async (issuer: string, audience: string): Promise<Verify> => {
  const keys: JWTVerifyGetKey = createRemoteJWKSet(await keysOf(issuer));
  const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'];
  const options = { issuer, audience, algorithms, requiredClaims: ['exp', 'sub'], clockTolerance: 30 };
  return async (token) => (await jwtVerify(token, keys, options)).payload;
};

const tokenIn = (authorization: string | undefined): string | undefined =>
  /^Bearer ([\w.~+/=-]{1,8192})$/i.exec(authorization ?? '')?.[1];

const hashOf = (token: string): string => digest('sha256', token, 'base64');

/** Turns bearer tokens into principals. A token once proved is remembered, by its hash, until it expires. */
export class Tokens {
  private readonly proved = new Map<string, { principal: Principal; until: number }>();

  private constructor(private readonly verify: Verify) {}

  static async from(config: Config): Promise<Tokens> {
    const { OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience } = config;
    return new Tokens(
      issuer && audience ? await verifyIssued(issuer, audience) : await verifyDevelopment(config),
    );
  }

  /** Whose token this is, where it was proved before and holds still. */
  known(authorization: string | undefined): Principal | undefined {
    const token = tokenIn(authorization);
    const known = token === undefined ? undefined : this.proved.get(hashOf(token));
    return known && known.until > Date.now() ? known.principal : undefined;
  }

  /** Errors: Unauthenticated `no-token`, `token-refused`. */
  async principal(authorization: string | undefined): Promise<Principal> {
    const token = tokenIn(authorization);
    if (token === undefined)
      throw new Unauthenticated('no-token', 'Send an Authorization header: Bearer and a token.');
    return this.known(authorization) ?? this.prove(token, hashOf(token));
  }

  private async prove(token: string, hash: string): Promise<Principal> {
    const payload = await this.verify(token).catch(() => undefined);
    const read = claims.safeParse(payload);
    if (!payload || !read.success)
      throw new Unauthenticated(
        'token-refused',
        'The token is not valid here or has expired. Get a new one.',
      );
    const held = roles.filter((role) => read.data.roles.includes(role));
    const principal: Principal = { id: read.data.sub, roles: held };
    if (this.proved.size >= REMEMBERED) this.proved.clear();
    this.proved.set(hash, { principal, until: (payload.exp ?? 0) * 1000 });
    return principal;
  }
}
