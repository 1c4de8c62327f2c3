import type { Config } from '../platform/config.js';
import type { Ground } from '../platform/platform.module.js';
import { Checkpoints } from './checkpoints.js';
import { LiveLog } from './live-log.js';
import { Unreadable, verifierKey, type VerifierKey } from './log/note.js';
import { Faults } from './log/fault.js';
import { verdictOn, type Brought, type Verdict } from './log/verdict.js';
import { signerOf } from './signing.js';

const knownKeys = (texts: readonly string[], faults: Faults): VerifierKey[] =>
  texts.flatMap((text) => {
    try {
      return [verifierKey(text)];
    } catch (error) {
      faults.add({ code: 'signature', says: (error as Unreadable).message });
      return [];
    }
  });

const ownKey = async (config: Config): Promise<VerifierKey[]> => {
  const signer = await signerOf(config);
  return signer ? [signer.verifier] : [];
};

/** Proves the database: every event, tile and checkpoint in it, and that it goes on from what was kept elsewhere. */
export const verifyLive = async (
  { pool, config }: Pick<Ground, 'pool' | 'config'>,
  brought: Brought,
  progress?: (position: number, of: number) => void,
): Promise<Verdict> => {
  const checkpoints = new Checkpoints(pool, config);
  const faults = new Faults();
  // Asked first: what is signed meanwhile is of events that are not looked at.
  const all = await checkpoints.all();
  const kept = (await checkpoints.keys()).map(({ key }) => key);
  const source = await LiveLog.in(pool);
  return verdictOn(source, {
    found: all.map(({ size, note }) => ({ note, called: `the checkpoint over ${size} events` })),
    keys: [...knownKeys(kept, faults), ...(await ownKey(config))],
    brought,
    faults,
    progress: (position) => progress?.(position, source.last),
  });
};
