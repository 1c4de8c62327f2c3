import { execFile } from 'node:child_process';
import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { readConfig } from '../src/platform/config.js';
import { packageRoot } from '../src/platform/package-root.js';

// Dockerfile and docker-compose.yml, as far as no engine is needed to see that they no longer fit.

interface Service {
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly secrets?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

const text = (name: string) => readFile(join(packageRoot, name), 'utf8');

const OPENSSL = `openssl() { '${process.execPath}' -p \
'crypto.randomBytes(Number(process.argv[2])).toString(process.argv[1].slice(1))' -- "$2" "$3"; }`;

const GIVEN: Readonly<Record<string, string>> = { OIDC_ISSUER: 'https://id.example.org' };

/** As Compose reads `${NAME:-otherwise}`, `${NAME:?why}` and `$$`. */
const filled = (value: string): string =>
  value
    .replace(/\$\{(\w+):([-?])([^}]*)\}/g, (_, name: string, how: string, otherwise: string) => {
      if (how === '?' && !GIVEN[name]) throw new Error(`${name} is not given: ${otherwise}`);
      return GIVEN[name] ?? otherwise;
    })
    .replaceAll('$$', '$');

let composeFile: string;
let compose: Compose;
let dockerfile: string;
/** Where the commands at the head of the compose file were carried out. */
let place: string;

beforeAll(async () => {
  composeFile = await text('docker-compose.yml');
  compose = parse(composeFile, { merge: true }) as Compose;
  dockerfile = await text('Dockerfile');
  place = await mkdtemp(join(tmpdir(), 'redress-compose-'));
  const head = [...composeFile.matchAll(/^# {3}(.*)$/gm)].map(([, line]) => line ?? '');
  const making = head.filter((line) => !line.includes('docker compose'));
  await promisify(execFile)('sh', ['-e', '-c', [OPENSSL, ...making].join('\n')], { cwd: place });
});
afterAll(() => rm(place, { recursive: true, force: true }));

const houses = (): [string, Service][] => Object.entries(compose.services).filter(([, { build }]) => build);

const imageSettings = (): Record<string, string> =>
  Object.fromEntries(
    [...dockerfile.matchAll(/^ENV (.*)$/gm)]
      .flatMap(([, pairs]) => (pairs ?? '').split(' '))
      .map((pair) => pair.split('=') as [string, string]),
  );

const environmentOf = ({ environment = {} }: Service): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, filled(String(value))]));

describe('each service that is built here', () => {
  it('starts with the settings and the secrets that it is given', () => {
    expect(houses().map(([name]) => name)).toEqual(['migrate', 'api', 'worker']);
    for (const [, service] of houses()) {
      const given = { ...imageSettings(), ...environmentOf(service) };
      const here = Object.entries(given).map(([name, value]) => [
        name,
        value.replace(/^\/run\/secrets\//, `${place}/secrets/`),
      ]);
      expect(() => readConfig(Object.fromEntries(here) as NodeJS.ProcessEnv)).not.toThrow();
    }
  });

  it('is told nothing that Redress does not know', async () => {
    const known = await text('src/platform/config.ts');
    const names = houses().flatMap(([, service]) => Object.keys(environmentOf(service)));
    const strange = names.filter((name) => !known.includes(`  ${name.replace(/_FILE$/, '')}: `));
    expect(strange).toEqual([]);
  });

  it('is asked for its health where it listens', () => {
    const { api, worker } = compose.services;
    const { PORT = '3000' } = environmentOf(api as Service);
    const { REDRESS_WORKER_PORT } = environmentOf(worker as Service);
    expect(api?.healthcheck?.test.join(' ')).toContain(`http://127.0.0.1:${PORT}/health/ready`);
    expect(worker?.healthcheck?.test.join(' ')).toContain(
      `http://127.0.0.1:${REDRESS_WORKER_PORT}/health/ready`,
    );
  });
});

describe('each secret', () => {
  it('is made by the head of the file', async () => {
    for (const { file } of Object.values(compose.secrets))
      await expect(readFile(join(place, file), 'utf8')).resolves.not.toBe('');
  });

  it('reaches the services that read it, and no other', () => {
    for (const [, service] of houses()) {
      const read = Object.values(environmentOf(service)).filter((value) => value.startsWith('/run/secrets/'));
      expect(read.map((path) => basename(path)).toSorted()).toEqual([...(service.secrets ?? [])].toSorted());
    }
  });
});

describe('the image', () => {
  const copied = () =>
    [...dockerfile.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, from]) => (from ?? '').split(' '));

  it('is made of what is there and not left out of the build', async () => {
    const leftOut = (await text('.dockerignore')).trim().split('\n');
    expect(copied().length).toBeGreaterThan(10);
    for (const path of copied()) {
      await expect(access(join(packageRoot, path))).resolves.toBeUndefined();
      expect(leftOut).not.toContain(path.split('/')[0]);
    }
  });

  it('holds every folder that the code reads beside package.json', async () => {
    const { stdout } = await promisify(execFile)(
      'grep',
      ['-rhoE', "join\\(packageRoot(, '[a-z-]+')+", 'src'],
      {
        cwd: packageRoot,
      },
    );
    const read = stdout
      .trim()
      .split('\n')
      .map((call) => [...call.matchAll(/'([\w-]+)'/g)].map(([, part]) => part).join('/'));
    expect(read).toContain('templates');
    const last = dockerfile.slice(dockerfile.lastIndexOf('FROM '));
    // The data directory is a volume.
    const missing = read.filter((path) => path !== 'var' && !last.includes(`COPY ${path} ${path}\n`));
    expect(missing).toEqual([]);
  });
});
