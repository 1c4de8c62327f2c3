import { WrongSetting, type Config } from './config.js';

/** Who keeps the master keys safe. It is asked when a process starts and when a key is made, never on the way of a request. */
export interface Kms {
  /** As it may stand in a file or a setting. */
  wrap(key: Buffer): Promise<string>;
  unwrap(text: string): Promise<Buffer>;
}

/** Nobody but the file's own rights: the key stands there as base64. */
const localKms: Kms = {
  wrap: (key) => Promise.resolve(key.toString('base64')),
  unwrap: (text) => Promise.resolve(Buffer.from(text, 'base64')),
};

const PATIENCE_MS = 10_000;

interface TransitAnswer {
  readonly data?: { readonly ciphertext?: string; readonly plaintext?: string };
}

/** The transit engine of HashiCorp Vault, or of OpenBao, over its HTTP API: what it wraps begins with `vault:v`. */
class TransitKms implements Kms {
  constructor(
    private readonly address: string,
    private readonly token: string,
    private readonly engine: string,
    private readonly key: string,
  ) {}

  async wrap(key: Buffer): Promise<string> {
    const { ciphertext } = await this.ask('encrypt', { plaintext: key.toString('base64') });
    if (!ciphertext) throw new WrongSetting(`Vault: encrypt answered no ciphertext. Check VAULT_ADDR.`);
    return ciphertext;
  }

  async unwrap(text: string): Promise<Buffer> {
    const { plaintext = '' } = await this.ask('decrypt', { ciphertext: text });
    return Buffer.from(plaintext, 'base64');
  }

  private async ask(what: 'encrypt' | 'decrypt', body: object): Promise<NonNullable<TransitAnswer['data']>> {
    const url = `${this.address.replace(/\/$/, '')}/v1/${this.engine}/${what}/${encodeURIComponent(this.key)}`;
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-vault-token': this.token },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE_MS),
    }).catch((error: Error) => {
      throw new WrongSetting(`Vault cannot be reached at VAULT_ADDR. (${error.message})`);
    });
    if (!answer.ok)
      throw new WrongSetting(
        `Vault refused to ${what} a master key: ${answer.status}. Check VAULT_TOKEN, REDRESS_TRANSIT_KEY and what the token may do.`,
      );
    return ((await answer.json()) as TransitAnswer).data ?? {};
  }
}

/** What a key that Vault wrapped begins with. */
export const TRANSIT_MARK = 'vault:v';

const KEY_BYTES = 32;

const transitOf = ({ VAULT_ADDR, VAULT_TOKEN, REDRESS_TRANSIT_KEY }: Config): Kms | undefined => {
  if (VAULT_ADDR === undefined || VAULT_TOKEN === undefined) return undefined;
  const [engine = '', key = ''] = REDRESS_TRANSIT_KEY.split('/');
  return new TransitKms(VAULT_ADDR, VAULT_TOKEN, engine, key);
};

/** Vault where there is one, else what stands there stands in the clear. */
export const kmsOf = (config: Config): Kms => transitOf(config) ?? localKms;

/** A master key as it stands in a setting or a file. Errors: WrongSetting. */
export const openedKey = async (config: Config, text: string): Promise<Buffer> => {
  const transit = transitOf(config);
  if (text.startsWith(TRANSIT_MARK) && !transit)
    throw new WrongSetting(
      'A master key is wrapped by Vault. Set VAULT_ADDR and VAULT_TOKEN (or VAULT_TOKEN_FILE).',
    );
  const key = await (text.startsWith(TRANSIT_MARK) && transit ? transit : localKms).unwrap(text);
  if (key.length !== KEY_BYTES)
    throw new WrongSetting(
      `A master key has ${KEY_BYTES} bytes, and this one ${key.length}. Check MASTER_KEY.`,
    );
  return key;
};
