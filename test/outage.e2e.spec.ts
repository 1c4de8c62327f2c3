import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { developmentToken } from '../src/access/tokens.js';
import { eventually } from './support/eventually.js';
import { testApplication, type Answered, type Caller, type TestApplication } from './support/application.js';

const complaint = { receivedOn: '2026-02-27', channel: 'letter', category: 'abuse', summary: 'Shouted at.' };

describe('a database that goes away', () => {
  let redress: TestApplication;
  let handler: Caller;
  let admin: pg.Client;
  let name: string;

  beforeEach(async () => {
    redress = await testApplication();
    handler = await redress.as('staff-1', 'case-handler');
    const url = new URL(redress.databaseUrl);
    name = url.pathname.slice(1);
    url.pathname = '/postgres';
    admin = new pg.Client({ connectionString: url.href });
    await admin.connect();
  });
  afterEach(async () => {
    await admin.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS true`);
    await admin.end();
    await redress.close();
  });

  const cutOff = () =>
    admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);

  const toldOutage = ({ status, headers, body }: Answered) => {
    expect([status, body.code ?? body.errors[0].extensions.code]).toEqual([
      503,
      expect.stringMatching(/^(storage-unavailable|outcome-unknown|not-ready)$/),
    ]);
    expect(headers['retry-after']).toBe('2');
    expect(JSON.stringify(body)).not.toMatch(/\bat .+\.[jt]s:\d+|SELECT|terminat/);
  };

  it('is answered with 503 at every door until it is back, and then all is well', async () => {
    await admin.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS false`);
    await cutOff();
    const query = '{ parties { edges { cursor } } }';
    const mutation = 'mutation { registerParty(input: { kind: PERSON, name: "Ada" }) { id } }';
    toldOutage(await handler.get('/v1/parties'));
    toldOutage(await handler.post('/v1/parties', { kind: 'person', name: 'Ada' }));
    toldOutage(await handler.post('/graphql', { query }));
    toldOutage(await handler.post('/graphql', { query: mutation }));
    toldOutage(await handler.get('/health/ready'));
    expect((await handler.get('/health/live')).status).toBe(200);
    await admin.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS true`);
    expect((await handler.get('/health/ready')).status).toBe(200);
    expect((await handler.post('/v1/complaints', complaint)).status).toBe(201);
  });

  it('says that it is not ready while its disk is full, and is ready when there is room again', async () => {
    const database = new pg.Client({ connectionString: redress.databaseUrl });
    await database.connect();
    await database.query(`
      CREATE FUNCTION run_out_of_room() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = 'disk_full'; END $$;
      CREATE TRIGGER full_disk BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION run_out_of_room()`);
    toldOutage(await handler.post('/v1/complaints', complaint));
    const full = await handler.get('/health/ready');
    toldOutage(full);
    expect(full.body.detail).toContain('The disk of the database is full');
    expect((await handler.get('/v1/parties')).status).toBe(200);
    await database.query('DROP TRIGGER full_disk ON events');
    await database.end();
    expect((await handler.post('/v1/complaints', complaint)).status).toBe(201);
    expect((await handler.get('/health/ready')).status).toBe(200);
  });

  it('loses or doubles nothing that was acknowledged when connections are cut in the midst of it', async () => {
    const answers: Answered[] = [];
    const asked: string[] = [];
    const work = async () => {
      while (asked.length < 120) {
        asked.push(`c${asked.length}`);
        answers.push(
          await handler.post('/v1/complaints', complaint, { 'idempotency-key': asked.at(-1) ?? '' }),
        );
      }
    };
    const cutting = (async () => {
      while (asked.length < 100) await cutOff();
    })();
    await Promise.all([work(), work(), work(), work(), cutting]);
    const done = answers.filter(({ status }) => status === 201);
    for (const answer of answers) if (answer.status !== 201) toldOutage(answer);
    const own = new pg.Client({ connectionString: redress.databaseUrl });
    await own.connect();
    const { rows } = await own.query<{ id: string }>('SELECT id FROM cases');
    await own.end();
    const ids = rows.map((row) => row.id);
    expect(ids).toEqual(expect.arrayContaining(done.map(({ body }) => body.id as string)));
    expect(new Set(done.map(({ body }) => body.id as string)).size).toBe(done.length);
    expect((await handler.post('/v1/complaints', complaint)).status).toBe(201);
  });
});

describe('a server that is told to stop', () => {
  it('finishes what it has begun, and begins nothing more', async () => {
    const redress = await testApplication();
    await redress.app.listen(0, '127.0.0.1');
    const { port } = redress.app.getHttpServer().address() as AddressInfo;
    const token = await developmentToken(redress.config, { sub: 'a', roles: ['case-handler'], ttl: '1h' });
    const locking = new pg.Client({ connectionString: redress.databaseUrl });
    await locking.connect();
    await locking.query('BEGIN; LOCK TABLE cases IN ACCESS EXCLUSIVE MODE');
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const url = `http://127.0.0.1:${port}/v1/complaints`;
    const begun = fetch(url, { method: 'POST', headers, body: JSON.stringify(complaint) });
    await waitsForLock(locking);
    const server = redress.app.getHttpServer();
    const asking = connect(port, '127.0.0.1').setEncoding('utf8');
    await once(server, 'connection');
    asking.write('GET /v1/parties HTTP/1.1\r\nhost: 127.0.0.1\r\n');
    const closed = redress.app.close();
    await eventually(() => Promise.resolve(expect(server.listening).toBe(false)));
    asking.write('\r\n');
    const refused = await text(asking);
    expect(refused).toMatch(/^HTTP\/1.1 503 [^]*application\/problem\+json[^]*"code":"shutting-down"/);
    await locking.query('COMMIT');
    await locking.end();
    expect((await begun).status).toBe(201);
    await closed;
    await expect(fetch(url, { headers })).rejects.toThrow('fetch failed');
    await redress.close();
  });
});

const waitsForLock = async (client: pg.Client): Promise<void> => {
  for (;;) {
    const { rowCount } = await client.query(
      "SELECT FROM pg_locks WHERE NOT granted AND relation = 'cases'::regclass",
    );
    if (rowCount) return;
  }
};
