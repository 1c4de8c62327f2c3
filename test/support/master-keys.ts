import { MasterKeys } from '../../src/event-store/master-keys.js';
import type { Config } from '../../src/platform/config.js';

/** The master keys that the settings hold in the clear. */
export const masterKeysIn = ({ MASTER_KEY = [] }: Config): MasterKeys =>
  new MasterKeys(MASTER_KEY.map((key) => Buffer.from(key, 'base64')));
