// A process of its own that uses the embedded PostgreSQL of the directory given, until it is told to leave (SIGTERM).
import { startEmbeddedPostgres } from '../../dist/src/platform/embedded-postgres.js';

const began = performance.now();
const server = await startEmbeddedPostgres({ dataDir: process.argv[2] });
process.stdout.write(
  `${JSON.stringify({ url: server.url, started: server.started, ms: performance.now() - began })}\n`,
);
const open = setInterval(() => {}, 60_000);
process.on('SIGTERM', () => {
  clearInterval(open);
  void server.stop();
});
