import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LookLog } from '../../src/access/look-log.js';
import { developmentToken } from '../../src/access/tokens.js';
import { createApplication } from '../../src/application.js';
import { readConfig } from '../../src/platform/config.js';
import { openGround } from '../../src/platform/ground.js';

/** The server under test in a process of its own: the whole application, and one route that answers a constant. */
const directory = await mkdtemp(join(tmpdir(), 'redress-bench-http-'));
const config = readConfig({
  DATABASE_URL: process.argv[2],
  MASTER_KEY: Buffer.alloc(32, 1).toString('base64'),
  REDRESS_DATA_DIR: directory,
  LOG_LEVEL: 'warn',
  // Counted as ever; but a load asks more in a minute than anybody else.
  REDRESS_REQUESTS_PER_PERSON: process.env['BENCH_LIMIT'] ?? '100000000',
  REDRESS_REQUESTS_PER_ADDRESS: process.env['BENCH_LIMIT'] ?? '100000000',
});
const ground = await openGround(config);
const app = await createApplication(ground);
app
  .getHttpAdapter()
  .getInstance()
  .post('/constant', async () => ({ id: 'constant', reference: '2024-000001', version: 1 }));
// Against this server the cost of recording who looked is measured.
if (process.argv[3] === 'unrecorded') app.get(LookLog, { strict: false }).record = async () => {};
await app.listen(0, '127.0.0.1');
const { port } = app.getHttpServer().address() as AddressInfo;
const tokenOf = (sub: string) => developmentToken(config, { sub, roles: ['case-handler'], ttl: '1h' });
process.send?.({ port, token: await tokenOf('staff-1') });
process.on('message', ({ sub }: { sub: string }) => {
  void tokenOf(sub).then((token) => process.send?.({ token }));
});

process.on('disconnect', () => {
  void app
    .close()
    .then(() => ground.close())
    .then(() => rm(directory, { recursive: true, force: true }))
    .then(() => process.exit());
});
