import { once } from 'node:events';

/** Closing the pipe is what the cleaner waits for; a run that is killed closes it too. */
export default async function teardown() {
  const cleaner = globalThis.redressCleaner;
  const gone = once(cleaner, 'exit');
  cleaner.ref();
  cleaner.stdin.end();
  await gone;
}
