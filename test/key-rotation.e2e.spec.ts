import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { decrypt, encrypt } from '../src/event-store/cipher.js';
import { masterKeyOf, MasterKeys, wrappedBy } from '../src/event-store/master-keys.js';
import { readConfig } from '../src/platform/config.js';
import { FeedAddresses } from '../src/platform/feed-addresses.js';
import { keysIn } from '../src/platform/key-files.js';
import { kmsOf } from '../src/platform/kms.js';
import { openMasterKeys } from '../src/platform/master-key-ring.js';
import { packageRoot } from '../src/platform/package-root.js';
import { testApplication, type Caller, type TestApplication } from './support/application.js';
import { eventually } from './support/eventually.js';
import { atConsole } from './support/console.js';

// Master keys are rotated while the house serves; events stay as they were recorded.

const PEOPLE = 15_000;
const cli = join(packageRoot, 'dist', 'src', 'cli.js');

let folder: string;
let keyFile: string;
let redress: TestApplication;
let owner: pg.Pool;
let staff: Caller;
let env: NodeJS.ProcessEnv;

const idOf = (text: string): string => masterKeyOf(Buffer.from(text, 'base64')).id;

const redressSays = (...args: readonly string[]) => atConsole(args, env);

const wrappers = async (): Promise<Record<string, number>> => {
  const { rows } = await owner.query<{ wrapped: Buffer }>('SELECT wrapped FROM subject_keys');
  const told: Record<string, number> = {};
  for (const { wrapped } of rows) {
    const id = wrappedBy(wrapped) ?? 'unnamed';
    told[id] = (told[id] ?? 0) + 1;
  }
  return told;
};

const digestOfEvents = async (): Promise<string> => {
  const { rows } = await owner.query<{ digest: string }>(
    `SELECT md5(string_agg(e::text, '' ORDER BY position)) AS digest FROM events e WHERE position <= $1`,
    [upTo],
  );
  return rows[0]?.digest ?? '';
};
let upTo = 0;

/** Keys of that many people, as one master key wrapped them; a few from before keys named their master key. */
const manyKeys = async (master: Buffer): Promise<void> => {
  const keys = new MasterKeys([master]);
  const subjects = Array.from({ length: PEOPLE }, (_, index) => `party:${String(index).padStart(6, '0')}`);
  const wrapped = subjects.map((subject, index) => {
    const key = randomBytes(32);
    return index < 10 ? encrypt(master, subject, key) : keys.wrap(subject, key);
  });
  await owner.query('INSERT INTO subject_keys SELECT * FROM unnest($1::text[], $2::bytea[])', [
    subjects,
    wrapped,
  ]);
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'redress-keys-'));
  keyFile = join(folder, 'master.key');
  await writeFile(keyFile, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  redress = await testApplication({ MASTER_KEY_FILE: keyFile });
  owner = new pg.Pool({ connectionString: redress.databaseUrl });
  staff = await redress.as('staff-1', 'casework-head', 'intake', 'case-handler');
  env = {
    PATH: process.env['PATH'],
    DATABASE_URL: redress.databaseUrl,
    MASTER_KEY_FILE: keyFile,
    REDRESS_DATA_DIR: folder,
    LOG_LEVEL: 'fatal',
  };
});
afterAll(async () => {
  await owner.end();
  await redress.close();
  await rm(folder, { recursive: true, force: true });
});

const registered = async (name: string): Promise<string> => {
  const answer = await staff.post('/v1/parties', { kind: 'person', name });
  expect(answer.status).toBe(201);
  return answer.body.id;
};

describe('redress keys rotate', () => {
  it('wraps everything anew while the house serves, goes on after kill -9, and changes no event', async () => {
    const [first = ''] = await keysIn(keyFile);
    const ada = await registered('Ada before');
    await manyKeys(Buffer.from(first, 'base64'));
    upTo = Number((await owner.query('SELECT max(position) AS n FROM events')).rows[0].n);
    const before = await digestOfEvents();
    const feed = redress.app
      .get(FeedAddresses, { strict: false })
      .urlOf('a7a3b0ba-6b9f-4a51-a7a0-55a7e0a7e0a7');

    const enough = new AbortController();
    const people: string[] = [];
    const served = (async () => {
      while (!enough.signal.aborted) {
        people.push(await registered(`Ada ${people.length}`));
        const { body } = await staff.get(`/v1/parties/${people.at(-1)}`);
        expect(body.name).toBe(`Ada ${people.length - 1}`);
      }
    })();

    const killed = spawn(process.execPath, [cli, 'keys', 'rotate'], { env, stdio: 'ignore' });
    await eventually(async () => expect(Object.keys(await wrappers()).length).toBeGreaterThan(2));
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    const halfway = await wrappers();
    const [fresh = '', ...others] = await keysIn(keyFile);
    expect(others).toEqual([first]);
    expect(halfway[idOf(first)]).toBeGreaterThan(0);
    expect(halfway[idOf(fresh)]).toBeGreaterThan(0);

    const again = await redressSays('keys', 'rotate', '--json');
    expect([again.exit, again.stderr]).toEqual([0, '']);
    enough.abort();
    await served;
    expect(await keysIn(keyFile)).toEqual([fresh, first]);
    expect(Object.keys(await wrappers())).toEqual([idOf(fresh)]);
    expect(people.length).toBeGreaterThan(10);
    for (const [id, name] of [[ada, 'Ada before'], ...people.map((each, index) => [each, `Ada ${index}`])])
      expect((await staff.get(`/v1/parties/${id}`)).body.name).toBe(name);

    expect(await digestOfEvents()).toBe(before);
    const verified = await redressSays('audit', 'verify');
    expect([verified.exit, verified.stderr]).toEqual([0, '']);
    expect(
      redress.app.get(FeedAddresses, { strict: false }).urlOf('a7a3b0ba-6b9f-4a51-a7a0-55a7e0a7e0a7'),
    ).toBe(feed);
  });

  it('keeps the old key until it is retired, and nothing can be wrapped by it after that', async () => {
    const [fresh = '', old = ''] = await keysIn(keyFile);
    const listed = JSON.parse((await redressSays('keys', 'list', '--json')).stdout) as {
      keys: { id: string; wraps: number }[];
    };
    expect(listed.keys.map(({ id }) => id)).toEqual([idOf(fresh), idOf(old)]);
    expect(listed.keys[1]?.wraps).toBe(0);

    const current = await redressSays('keys', 'retire', idOf(fresh), '--json');
    expect([current.exit, JSON.parse(current.stderr).code]).toEqual([1, 'master-key-in-use']);
    const late = new MasterKeys([Buffer.from(old, 'base64')]);
    const insert = () =>
      owner.query('INSERT INTO subject_keys VALUES ($1, $2)', [
        'party:late',
        late.wrap('party:late', randomBytes(32)),
      ]);
    await insert();
    const inUse = await redressSays('keys', 'retire', idOf(old), '--json');
    expect([inUse.exit, JSON.parse(inUse.stderr).code]).toEqual([1, 'master-key-in-use']);
    await owner.query(`DELETE FROM subject_keys WHERE subject = 'party:late'`);

    expect((await redressSays('keys', 'retire', idOf(old))).exit).toBe(0);
    expect(await keysIn(keyFile)).toEqual([fresh]);
    await expect(insert()).rejects.toThrow('is retired');
    const unknown = await redressSays('keys', 'retire', idOf(old));
    expect([unknown.exit, unknown.stderr]).toEqual([2, expect.stringContaining('There is no master key')]);
    await eventually(() => redressSays('audit', 'verify').then(({ exit }) => expect(exit).toBe(0)));
  });

  it('says which master key is missing where it is', async () => {
    const id = await registered('Ada after');
    const kept = await readFile(keyFile, 'utf8');
    await writeFile(keyFile, `${randomBytes(32).toString('base64')}\n`);
    const answer = await eventually(async () => {
      const read = await staff.get(`/v1/parties/${id}`);
      expect(read.status).toBe(503);
      return read;
    });
    expect(answer.body.code).toBe('master-key-missing');
    expect(answer.body.detail).toContain(masterKeyOf(Buffer.from(kept.trim(), 'base64')).id);
    await writeFile(keyFile, kept);
    await eventually(async () => expect((await staff.get(`/v1/parties/${id}`)).status).toBe(200));
  });
});

describe('master keys that a KMS wrapped', () => {
  // A server of our own that speaks the transit engine's two calls, with a real cipher behind them.
  const own = randomBytes(32);
  let server: Server;
  let asked: string[];
  let vault: NodeJS.ProcessEnv;

  beforeAll(async () => {
    asked = [];
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        asked.push(`${request.method} ${request.url}`);
        if (request.headers['x-vault-token'] !== 'a-token') {
          response.writeHead(403).end('{"errors":["permission denied"]}');
          return;
        }
        const { plaintext, ciphertext } = JSON.parse(Buffer.concat(chunks).toString('utf8'));
        const data = plaintext
          ? {
              ciphertext: `vault:v1:${encrypt(own, 'transit', Buffer.from(plaintext, 'base64')).toString('base64')}`,
            }
          : {
              plaintext: decrypt(own, 'transit', Buffer.from(ciphertext.slice(9), 'base64')).toString(
                'base64',
              ),
            };
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data }));
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    vault = {
      VAULT_ADDR: `http://127.0.0.1:${port}`,
      VAULT_TOKEN: 'a-token',
      REDRESS_TRANSIT_KEY: 'transit/house',
    };
  });
  afterAll(() => {
    server.close();
  });

  it('are unwrapped at the start and never stand in the clear', async () => {
    const wrapped = await kmsOf(readConfig(vault)).wrap(Buffer.alloc(32, 9));
    expect(wrapped).toMatch(/^vault:v1:/);
    const ring = await openMasterKeys(readConfig({ ...vault, MASTER_KEY: wrapped }));
    expect(ring.keys.current.key).toEqual(Buffer.alloc(32, 9));
    ring.stop();
    expect(asked).toEqual(['POST /v1/transit/encrypt/house', 'POST /v1/transit/decrypt/house']);
  });

  it('are rotated like others: the new one is wrapped too', async () => {
    const [plain = ''] = await keysIn(keyFile);
    const before = env;
    env = { ...env, ...vault };
    const rotated = await redressSays('keys', 'rotate');
    expect([rotated.exit, rotated.stderr]).toEqual([0, '']);
    const [fresh, ...others] = await keysIn(keyFile);
    expect(fresh).toMatch(/^vault:v1:/);
    expect(others).toEqual([plain]);
    env = before;
    const without = await redressSays('keys', 'list');
    expect([without.exit, without.stderr]).toEqual([2, expect.stringContaining('Set VAULT_ADDR')]);
  });

  it('say what is wrong when Vault refuses', async () => {
    const config = readConfig({ ...vault, VAULT_TOKEN: 'another', MASTER_KEY: 'vault:v1:AAAA' });
    await expect(openMasterKeys(config)).rejects.toThrow('Vault refused to decrypt a master key: 403.');
  });
});
