import { stat } from 'node:fs/promises';
import { MasterKeys } from '../event-store/master-keys.js';
import type { Config } from './config.js';
import { keysIn, masterKeyFile } from './key-files.js';
import { openedKey } from './kms.js';

/** How soon every process wraps by a key that was put first in its file. */
export const LOOK_EVERY_MS = 1000;

export interface OpenMasterKeys {
  readonly keys: MasterKeys;
  stop(): void;
}

/** The file that the master keys stand in; undefined where the setting itself holds them. */
export const keyFileOf = async (config: Config): Promise<string | undefined> =>
  config.MASTER_KEY ? config.MASTER_KEY_FILE : masterKeyFile(config.REDRESS_DATA_DIR);

const modifiedAt = async (file: string): Promise<number> => (await stat(file)).mtimeMs;

/** The keys of the settings, and of their file as it changes. Errors: WrongSetting. */
export const openMasterKeys = async (config: Config): Promise<OpenMasterKeys> => {
  const file = await keyFileOf(config);
  const read = async (): Promise<Buffer[]> => {
    const texts = file === undefined ? (config.MASTER_KEY ?? []) : await keysIn(file);
    return Promise.all(texts.map((text) => openedKey(config, text)));
  };
  if (file === undefined) return { keys: new MasterKeys(await read()), stop: () => undefined };
  let seen = await modifiedAt(file);
  const keys = new MasterKeys(await read(), read);
  const look = async (): Promise<void> => {
    const at = await modifiedAt(file);
    if (at === seen) return;
    keys.hold(await read());
    seen = at;
  };
  // A file that cannot be read just now is read at the next look; until then what was read holds.
  const timer = setInterval(() => void look().catch(() => undefined), LOOK_EVERY_MS).unref();
  return { keys, stop: () => clearInterval(timer) };
};
