import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { staffRef, zone } from '../event-store/schema.js';
import { acrValues, audiences, issuers, rolesClaim } from './issuers.js';
import { hostOf, isLoopbackHost, mayBe } from './network.js';
import { packageRoot } from './package-root.js';
import { reading, sentenceOf } from './reading.js';
import { redisAddress } from './redis-address.js';

/** Settings from the environment, each also as NAME_FILE for a mounted secret. Validated once, at start. */

const roles = z
  .string()
  .transform((list) => list.split(',').map((role) => role.trim()))
  .pipe(z.array(z.enum(['api', 'worker'])).min(1));

const url = (...protocols: string[]) =>
  z.string().refine((value) => protocols.some((protocol) => value.startsWith(`${protocol}://`)), {
    error: `Give an address that begins with ${protocols.map((protocol) => `${protocol}://`).join(' or ')}.`,
  });

const keyOf32Bytes = z
  .string()
  .transform((value) => Buffer.from(value, 'base64'))
  .refine(
    (key) => key.length === 32,
    'Give 32 random bytes in base64, such as `openssl rand -base64 32` prints.',
  );

/** The one that wraps first; others while what they wrapped is wrapped anew. Each in base64, or as Vault wrapped it. */
const masterKeys = z
  .string()
  .transform((list) => list.split(/\s+/).filter((key) => key !== ''))
  .refine(
    (keys) =>
      keys.length > 0 &&
      keys.every((key) => /^vault:v\d+:[\w+/=-]+$/.test(key) || Buffer.from(key, 'base64').length === 32),
    'Give 32 random bytes in base64, such as `openssl rand -base64 32` prints.',
  );

const webhook = z
  .url({ protocol: /^https?$/, error: 'Give an address that begins with https://.' })
  .transform((address) => new URL(address))
  .refine((address) => address.protocol === 'https:' || isLoopbackHost(hostOf(address)), {
    error: 'Give an address that begins with https://; http:// is for loopback only.',
  });

const SECRET_BYTES = { least: 24, most: 64 };
const isSecret = (secret: string): boolean => {
  const text = secret.replace(/^whsec_/, '');
  const { length } = Buffer.from(text, 'base64');
  return /^[\w+/]+={0,2}$/.test(text) && length >= SECRET_BYTES.least && length <= SECRET_BYTES.most;
};

/** Several while one follows another: each signs. */
const webhookSecrets = z
  .string()
  .transform((list) => list.split(/\s+/).filter((secret) => secret !== ''))
  .refine(
    (secrets) => secrets.length > 0 && secrets.every(isSecret),
    'Give whsec_ and 24 to 64 random bytes in base64, such as `openssl rand -base64 32` prints; several with a space between.',
  );

const redis = z.string().refine((value) => redisAddress(value) !== undefined, {
  error:
    'Give redis://host:6379, redis+sentinel://host:26379,…/NAME or redis+cluster://host:6379,…; with TLS rediss.',
});

/** In braces: a Cluster keeps all of one hash tag together, without which no script of the queue would run. */
const hashTag = z
  .string()
  .regex(
    /^\{[\w-]{1,60}\}[\w-]{0,60}$/,
    'Give a name in braces, such as {redress}; it begins every key in Redis.',
  );

/** How often within a minute; 0 counts nothing. */
const perMinute = z.coerce.number().int().min(0).max(100_000_000);

const listOf = (list: string): string[] => list.split(/[\s,]+/).filter((one) => one !== '');

/** 10.0.0.7 or 10.0.0.0/8. */
const isNetwork = (text: string): boolean => {
  const [address = '', prefix, ...more] = text.split('/');
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return more.length === 0 && bits > 0 && /^\d{1,3}$/.test(prefix ?? '0') && Number(prefix ?? 0) <= bits;
};

/** Of whom X-Forwarded-For is believed. */
const proxies = z
  .string()
  .transform(listOf)
  .refine(
    (networks) => networks.length > 0 && networks.every(isNetwork),
    'Give the addresses of your proxies, such as 10.0.0.7 or 10.0.0.0/24; several with a comma between.',
  );

const isOrigin = (text: string): boolean =>
  URL.canParse(text) && /^https?:/.test(text) && new URL(text).origin === text;

/** Web pages of other places that may ask in a browser. */
const origins = z
  .string()
  .transform(listOf)
  .refine(
    (all) => all.length > 0 && all.every(isOrigin),
    'Give origins as a browser names them, such as https://cases.example.org; several with a comma between.',
  );

/** In whose name the command line acts, and in which roles. */
const console = {
  REDRESS_ACTOR: staffRef.default('command-line'),
  REDRESS_ACTOR_ROLES: z
    .string()
    .transform((list) => list.split(',').map((role) => role.trim()))
    .optional(),
};

const settings = z.object({
  ...console,
  DATABASE_URL: url('postgres', 'postgresql').optional(),
  DATABASE_OWNER_URL: url('postgres', 'postgresql').optional(),
  REDIS_URL: redis.optional(),
  REDIS_SENTINEL_USERNAME: z.string().optional(),
  REDIS_SENTINEL_PASSWORD: z.string().optional(),
  REDRESS_QUEUE_PREFIX: hashTag.default('{redress}'),
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  REDRESS_HOST: z.string().default('127.0.0.1'),
  REDRESS_WORKER_PORT: z.coerce.number().int().min(0).max(65535).optional(),
  // Beside package.json and not where the command was typed: a second, empty register would begin there unseen.
  REDRESS_DATA_DIR: z.string().default(join(packageRoot, 'var')),
  REDRESS_DOCUMENT_LIMIT_MB: z.coerce.number().int().min(1).max(10_000).default(50),
  REDRESS_ROLES: roles.default(['api', 'worker']),
  REDRESS_CALENDAR: z.string().default('GB-ENG'),
  REDRESS_TIME_ZONE: zone.default('Europe/London'),
  REDRESS_POLICIES: z.string().default(join(packageRoot, 'policies')),
  REDRESS_POLICY: z.string().default('default'),
  OIDC_ISSUER: issuers.optional(),
  OIDC_AUDIENCE: audiences.optional(),
  OIDC_ROLES_CLAIM: rolesClaim.default('roles'),
  OIDC_ACR_VALUES: acrValues.optional(),
  SMTP_URL: url('smtp', 'smtps').optional(),
  MAIL_FROM: z.string().default('redress@localhost'),
  REDRESS_INTAKE_MAIL: z.email().optional(),
  REDRESS_PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'Give an address that begins with http:// or https://.' })
    .optional(),
  REDRESS_MAIL_ATTEMPTS: z.coerce.number().int().min(1).max(100).default(10),
  REDRESS_MAIL_RETRY_SECONDS: z.coerce.number().min(0.01).max(3600).default(30),
  REDRESS_TEMPLATES: z.string().optional(),
  REDRESS_WEBHOOK_URL: webhook.optional(),
  REDRESS_WEBHOOK_ALLOW_PRIVATE: z
    .enum(['true', 'false'])
    .default('false')
    .transform((allowed) => allowed === 'true'),
  WEBHOOK_SECRET: webhookSecrets.optional(),
  REDRESS_DELIVERY_TIMEOUT_SECONDS: z.coerce.number().min(0.1).max(30).default(20),
  REDRESS_SWEEP_SECONDS: z.coerce.number().int().min(1).max(3600).default(60),
  REDRESS_REQUESTS_PER_PERSON: perMinute.default(3_000),
  REDRESS_REQUESTS_PER_ADDRESS: perMinute.default(12_000),
  REDRESS_FAILED_SIGN_INS: perMinute.default(120),
  REDRESS_TRUSTED_PROXIES: proxies.optional(),
  REDRESS_CORS_ORIGINS: origins.optional(),
  MASTER_KEY: masterKeys.optional(),
  MASTER_KEY_FILE: z.string().optional(),
  VAULT_ADDR: url('https', 'http').optional(),
  VAULT_TOKEN: z.string().optional(),
  REDRESS_TRANSIT_KEY: z
    .string()
    .regex(/^[\w-]+\/[\w.-]+$/, 'Give the engine and the key, such as transit/redress.')
    .default('transit/redress'),
  AUDIT_SIGNING_KEY: keyOf32Bytes.optional(),
  REDRESS_LOG_ORIGIN: z
    .string()
    .regex(
      /^[^\s+\p{Cc}]{1,200}$/u,
      'Give a name without blanks and plus signs, such as example.org/redress.',
    )
    .default('redress.localhost/log'),
  REDRESS_CHECKPOINT_EVENTS: z.coerce.number().int().min(1).max(1_000_000).default(1_000),
  REDRESS_CHECKPOINT_SECONDS: z.coerce.number().int().min(1).max(86_400).default(300),
  REDRESS_CHECKPOINT_DIR: z.string().optional(),
  REDRESS_CHECKPOINT_WEBHOOK_URL: webhook.optional(),
  CHECKPOINT_WEBHOOK_SECRET: webhookSecrets.optional(),
  REDRESS_CHECKPOINT_MAIL: z.email().optional(),
  REDRESS_CHECKPOINT_MAIL_HOURS: z.coerce.number().min(0).max(8_784).default(24),
  REDRESS_BREAK_GLASS_HOURS: z.coerce.number().min(0.25).max(72).default(4),
  REDRESS_EVENT_READERS: z.coerce.number().int().min(1).max(10_000).default(100),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

export type Config = z.output<typeof settings>;
export const CONFIG = Symbol('configuration');

/** Where links that people get lead; without a slash at the end. */
export const publicBase = ({ REDRESS_PUBLIC_URL, REDRESS_HOST, PORT }: Config): string =>
  (REDRESS_PUBLIC_URL ?? `http://${REDRESS_HOST}:${PORT}`).replace(/\/$/, '');

/** A setting that is wrong, in a sentence. The process must not start. */
export class WrongSetting extends Error {}

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;

const valueOf = (env: NodeJS.ProcessEnv, name: string): string | undefined => {
  const file = env[`${name}_FILE`];
  if (file === undefined) return env[name] === '' ? undefined : env[name];
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new WrongSetting(
      `${name}_FILE names a file that cannot be read. Check its path and its rights. (${(error as Error).message})`,
    );
  }
};

const readAs = <S extends z.ZodObject>(schema: S, env: NodeJS.ProcessEnv): z.output<S> => {
  const given = Object.fromEntries(Object.keys(schema.shape).map((name) => [name, valueOf(env, name)]));
  const read = reading(schema, given);
  if (!read.ok) throw new WrongSetting(`Configuration: ${sentenceOf(read.faults)}`);
  return read.data;
};

/** Alone: some commands need no database and none of its settings. */
export const readConsole = (env: NodeJS.ProcessEnv) => readAs(z.object(console), env);

const checkSignIn = (config: Config): void => {
  if (config.OIDC_ISSUER && !config.OIDC_AUDIENCE)
    throw new WrongSetting('Configuration: OIDC_AUDIENCE must be set together with OIDC_ISSUER.');
  if (![undefined, 1, config.OIDC_ISSUER?.length].includes(config.OIDC_AUDIENCE?.length))
    throw new WrongSetting(
      'Configuration: OIDC_AUDIENCE: give one for all issuers, or one for each of them in their order.',
    );
  if (!config.OIDC_ISSUER && config.OIDC_ACR_VALUES)
    throw new WrongSetting(
      'Configuration: OIDC_ACR_VALUES needs OIDC_ISSUER: development tokens tell no acr.',
    );
  if (!config.OIDC_ISSUER && !LOOPBACK.test(config.REDRESS_HOST))
    throw new WrongSetting(
      'Configuration: without OIDC_ISSUER, tokens are signed with a development key, so REDRESS_HOST must be a loopback address.',
    );
};

export const readConfig = (env: NodeJS.ProcessEnv): Config => {
  const config = readAs(settings, env);
  checkSignIn(config);
  if (config.DATABASE_URL && !config.MASTER_KEY)
    throw new WrongSetting(
      'Configuration: MASTER_KEY (or MASTER_KEY_FILE) must be set together with DATABASE_URL: 32 random bytes in base64, e.g. from `openssl rand -base64 32`.',
    );
  checkWebhook(config, 'REDRESS_WEBHOOK_URL', 'WEBHOOK_SECRET');
  checkWebhook(config, 'REDRESS_CHECKPOINT_WEBHOOK_URL', 'CHECKPOINT_WEBHOOK_SECRET');
  if (config.REDRESS_CHECKPOINT_MAIL && !config.SMTP_URL)
    throw new WrongSetting(
      'Configuration: SMTP_URL must be set together with REDRESS_CHECKPOINT_MAIL: a checkpoint in the outbox of this machine has not left it.',
    );
  return config;
};

const checkWebhook = (
  config: Config,
  address: 'REDRESS_WEBHOOK_URL' | 'REDRESS_CHECKPOINT_WEBHOOK_URL',
  secret: 'WEBHOOK_SECRET' | 'CHECKPOINT_WEBHOOK_SECRET',
): void => {
  const endpoint = config[address];
  if (endpoint === undefined) return;
  const host = hostOf(endpoint);
  if (!config[secret])
    throw new WrongSetting(
      `Configuration: ${secret} (or ${secret}_FILE) must be set together with ${address}: whsec_ and 24 to 64 random bytes in base64, e.g. from \`openssl rand -base64 32\`.`,
    );
  if (isIP(host) !== 0 && !config.REDRESS_WEBHOOK_ALLOW_PRIVATE && !mayBe(host)(host))
    throw new WrongSetting(
      `Configuration: ${address}: ${host} is no public address. Where it is meant, set REDRESS_WEBHOOK_ALLOW_PRIVATE=true.`,
    );
};
