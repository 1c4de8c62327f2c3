import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PolicyHandler } from '../src/clocks/policy.handler.js';
import { packageRoot } from '../src/platform/package-root.js';
import { testApplication, type Caller, type TestApplication } from './support/application.js';
import { atConsole } from './support/console.js';

/** Policies as files: those at hand when the house opens, and those that somebody checks. */

let redress: TestApplication;
let head: Caller;
let folder: string;
let shipped: string;

beforeAll(async () => {
  redress = await testApplication();
  head = await redress.as('staff-1', 'casework-head');
  folder = await mkdtemp(join(tmpdir(), 'redress-policies-'));
  shipped = await readFile(join(packageRoot, 'policies', 'default.yaml'), 'utf8');
});
afterAll(async () => {
  await redress.close();
  await rm(folder, { recursive: true, force: true });
});

/** The default policy under another key. */
const fileOf = (key: string, version: number, by: (text: string) => string = (text) => text) =>
  by(shipped.replace('key: default', `key: ${key}`).replace(/^version: \d+/m, `version: ${version}`));

const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);

const open = () => redress.app.get(PolicyHandler, { strict: false }).publishAll(folder);

const versions = async (key: string): Promise<readonly number[]> => {
  const { body } = await head.get('/v1/policies');
  return body.policies.flatMap((each: { key: string; version: number }) =>
    each.key === key ? [each.version] : [],
  );
};

describe('the policy files at hand when the house opens', () => {
  it('are published, each version once', async () => {
    await write('ours.yaml', fileOf('ours', 1));
    expect(await open()).toEqual([]);
    await write('ours.yaml', fileOf('ours', 2));
    expect(await open()).toEqual([]);
    expect(await open()).toEqual([]);
    expect(await versions('ours')).toEqual([1, 2]);
  });

  it('do not keep it from opening when one of them differs from what was published', async () => {
    await write(
      'ours.yaml',
      fileOf('ours', 2, (text) => text.replace('count: 90', 'count: 80')),
    );
    expect(await open()).toEqual([
      `ours@2 of ${folder} is not published, and what was published stands. Version 2 of ours was published with other rules. Give these rules version 3.`,
    ]);
    await write('ours.yaml', fileOf('ours', 2));
  });

  it('are not put over what the organisation published itself', async () => {
    const { body } = await head.get('/v1/policies/ours');
    expect((await head.post('/v1/policies', { ...body.policy, version: 3 })).status).toBe(201);
    expect(await open()).toEqual([]);
    await write('ours.yaml', fileOf('ours', 4));
    expect(await open()).toEqual([
      `ours@4 of ${folder} is not published, and what was published stands. Your organisation publishes ours itself; to take these rules, publish their file.`,
    ]);
    expect(await versions('ours')).toEqual([1, 2, 3]);
  });
});

const policy = async (command: string, text: string, env: NodeJS.ProcessEnv = {}): Promise<string> => {
  await write('checked.txt', text);
  const { exit, stdout, stderr } = await atConsole(['policy', command, join(folder, 'checked.txt')], {
    DATABASE_URL: redress.config.DATABASE_URL,
    MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    ...env,
  });
  return exit === 0 ? stdout : stderr;
};

it('redress policy publish says under which policy cases are opened, where that is another', async () => {
  const coming = 'published@1 is for cases received from 1900-01-01 on.';
  expect(await policy('publish', fileOf('published', 1))).toContain(
    `${coming} Cases are opened under default: they come under published once the server is started with REDRESS_POLICY=published.\n`,
  );
  const configured = { REDRESS_POLICY: 'published' };
  expect(await policy('publish', fileOf('published', 1), configured)).toContain(`${coming}\n`);
});

describe('redress policy check', () => {
  const check = (text: string): Promise<string> => policy('check', text);

  it('refuses what publishing refuses, and publishes nothing', async () => {
    expect(await check(fileOf('checked', 1))).toMatch(/is good: checked@1 can be published\.\n$/);
    expect(await versions('checked')).toEqual([]);
    expect(await check(shipped)).toMatch(/is good: default@\d+ is published already, with these rules\.\n$/);
    const absurd = fileOf('checked', 1, (text) =>
      text.replace(/^ {4}unit: calendar-days$/m, '    unit: months').replace('count: 90', 'count: 900'),
    );
    expect(await check(absurd)).toBe(
      'The deadline resolve has count: 900 months, which is more than fifty years. Give 600 at most.\n',
    );
    const taken = shipped.replace('count: 90', 'count: 80');
    expect(await check(taken)).toMatch(
      /^Version \d+ of default was published with other rules\. Give these rules version \d+\.\n$/,
    );
  });
});
