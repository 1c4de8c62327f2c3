import { readFile } from 'node:fs/promises';
import { signingKeyFile } from '../platform/key-files.js';
import { WrongSetting, type Config } from '../platform/config.js';
import { Signer } from './log/note.js';

const embeddedKey = async ({ REDRESS_DATA_DIR }: Config): Promise<Buffer> =>
  Buffer.from(await readFile(await signingKeyFile(REDRESS_DATA_DIR), 'utf8'), 'base64');

/** Who signs checkpoints here; undefined where the settings name a database and no key. */
export const signerOf = async (config: Config): Promise<Signer | undefined> => {
  if (config.DATABASE_URL && !config.AUDIT_SIGNING_KEY) return undefined;
  return new Signer(config.REDRESS_LOG_ORIGIN, config.AUDIT_SIGNING_KEY ?? (await embeddedKey(config)));
};

/** Errors: WrongSetting. */
export const mustSign = async (config: Config): Promise<Signer> => {
  const signer = await signerOf(config);
  if (signer) return signer;
  throw new WrongSetting(
    'Configuration: AUDIT_SIGNING_KEY (or AUDIT_SIGNING_KEY_FILE) must be set to sign checkpoints: 32 random bytes in base64, e.g. from `openssl rand -base64 32`.',
  );
};
