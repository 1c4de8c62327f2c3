import type { Socket } from 'node:net';
import type { Pool, PoolClient } from 'pg';

/** Longer than any statement of a server may take (statement_timeout): whoever lives has answered by then. */
const SILENCE_MS = 75_000;

/**
 * A database that is frozen or beyond a broken line ends no connection: what waits for it would wait for ever. A connection that is
 * silent for so long is ended here, and who waits is told as when it is lost. Only for servers: a rebuild has statements of any length.
 */
export const endSilentConnections = (pool: Pool, afterMs = SILENCE_MS): void => {
  pool.on('acquire', (client) => {
    const { stream } = (client as PoolClient & { readonly connection: { readonly stream: Socket } })
      .connection;
    stream.setTimeout(afterMs);
    if (stream.listenerCount('timeout') === 0)
      stream.once('timeout', () =>
        stream.destroy(new Error('Connection terminated: the database has been silent too long.')),
      );
  });
};
