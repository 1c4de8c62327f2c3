import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventStore } from '../src/event-store/event-store.js';
import { packageRoot } from '../src/platform/package-root.js';
import { appendOf, aStream, happened, write } from './support/appends.js';
import { freshDatabase, type FreshDatabase } from './support/database.js';
import { atConsole } from './support/console.js';

// The whole way of a proof on the command line: operator, witness, auditor.

let database: FreshDatabase;
let directory: string;
beforeAll(async () => {
  database = await freshDatabase();
  directory = await mkdtemp(join(tmpdir(), 'redress-audit-'));
});
afterAll(async () => {
  await database.drop();
  await rm(directory, { recursive: true });
});

const dist = join(packageRoot, 'dist', 'src');
const at = (name: string): string => join(directory, name);

const ran = async (program: string, args: readonly string[], env: NodeJS.ProcessEnv) =>
  promisify(execFile)(process.execPath, [program, ...args], { env }).then(
    ({ stdout }) => ({ exit: 0, told: stdout.trim() }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
      exit: code,
      told: `${stdout}${stderr}`.trim(),
    }),
  );

const audit = async (...args: string[]) => {
  const { exit, stdout, stderr } = await atConsole(['audit', ...args], {
    DATABASE_URL: database.url,
    MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    AUDIT_SIGNING_KEY: Buffer.alloc(32, 1).toString('base64'),
  });
  return { exit, told: `${stdout}${stderr}`.trim() };
};

const record = (count: number) =>
  new EventStore(database.pool).append(
    appendOf([write(aStream(), 0, ...Array.from({ length: count }, () => happened()))]),
  );

describe('on the command line', () => {
  it('a checkpoint is kept, cosigned, and later proves the database and an export of it', async () => {
    await record(30);
    expect((await audit('checkpoint', '--out', at('first.txt'))).told).toBe(
      (await readFile(at('first.txt'), 'utf8')).trim(),
    );
    await writeFile(at('keys.txt'), (await audit('keys')).told);
    await writeFile(at('witness.key'), Buffer.alloc(32, 5).toString('base64'));
    const cosigning = ['--name', 'auditor.example/w', '--key', at('witness.key'), '--out', at('seen.txt')];
    const { key } = JSON.parse((await audit('cosign', at('first.txt'), ...cosigning, '--json')).told);
    await writeFile(at('both.txt'), `${await readFile(at('keys.txt'), 'utf8')}\n${key}\n`);
    await record(12);
    expect(
      await audit('verify', '--since', at('seen.txt'), '--key', at('both.txt'), '--require-anchor'),
    ).toEqual({
      exit: 0,
      told:
        '42 events, positions 1 to 42: as they were recorded, by 2 signed checkpoints.\n' +
        'Anchored outside: it agrees with the checkpoint over 30 events that was kept elsewhere. For what was recorded after position 30, only the signing key vouches.',
    });
    expect((await audit('verify', '--since', at('keys.txt'))).exit).toBe(2);
    expect(await audit('export', '--format', 'log', '--out', at('export'))).toMatchObject({ exit: 0 });
    expect(JSON.parse((await audit('verify', '--from', at('export'), '--json')).told)).toMatchObject({
      ok: true,
      events: 42,
      anchor: null,
    });
  }, 240_000);

  it('an export verifies where there is Node and nothing else', async () => {
    const alone = at('alone');
    await cp(join(dist, 'audit', 'log'), join(alone, 'audit', 'log'), { recursive: true });
    await cp(join(dist, 'platform', 'progress-bar.js'), join(alone, 'platform', 'progress-bar.js'));
    await writeFile(join(alone, 'package.json'), '{"type":"module"}');
    const verify = (...args: string[]) => ran(join(alone, 'audit', 'log', 'redress-verify.js'), args, {});
    const brought = ['--key', at('keys.txt'), '--since', at('first.txt'), '--require-anchor'];
    expect(await verify(at('export'), ...brought)).toMatchObject({ exit: 0 });
    const segment = join(at('export'), 'events', '0000000000000001.log');
    await writeFile(segment, (await readFile(segment, 'utf8')).replace('"Happened"', '"happened"'));
    const { exit, told } = await verify(at('export'), ...brought);
    expect(exit).toBe(1);
    expect(told.split('\n')[0]).toMatch(
      /^The event at position 1 \("thing-.*", version 1\) is not what was hashed when it was recorded\.$/,
    );
    expect((await verify()).exit).toBe(2);
    expect((await verify(at('export'), '--nonsense')).exit).toBe(2);
    expect((await verify('--help')).told).toMatch(/^Usage: redress-verify <export>/);
  }, 120_000);
});
