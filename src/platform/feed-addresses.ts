import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Pool } from 'pg';
import type { MasterKeys } from '../event-store/master-keys.js';
import { publicBase, type Config } from './config.js';
import { houseSecret } from './house-secrets.js';

const ID_BYTES = 16;
const TAG_BYTES = 32;
const SECRET = new RegExp(`^[\\w-]{${((ID_BYTES + TAG_BYTES) * 4) / 3}}$`);
const PURPOSE = 'redress calendar feed';

const uuidOf = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/**
 * The addresses of calendar feeds. A calendar program sends no token, so the address is the secret: the id of the feed, and
 * a tag that nobody can make without the secret of this house, which no rotation of master keys changes. Who reads the database learns the ids and still no address.
 */
export class FeedAddresses {
  constructor(
    private readonly key: Buffer,
    private readonly config: Config,
  ) {}

  static async on(pool: Pool, masterKeys: MasterKeys, config: Config): Promise<FeedAddresses> {
    return new FeedAddresses(await houseSecret(pool, masterKeys, PURPOSE), config);
  }

  urlOf(feedId: string): string {
    const id = Buffer.from(feedId.replaceAll('-', ''), 'hex');
    const secret = Buffer.concat([id, this.tagOf(id)]).toString('base64url');
    return `${publicBase(this.config)}/v1/feeds/${secret}.ics`;
  }

  /** Whose tag is right; whether that feed is open is for the table to say. */
  feedIn(secret: string): string | undefined {
    if (!SECRET.test(secret)) return undefined;
    const bytes = Buffer.from(secret, 'base64url');
    const id = bytes.subarray(0, ID_BYTES);
    return timingSafeEqual(this.tagOf(id), bytes.subarray(ID_BYTES)) ? uuidOf(id) : undefined;
  }

  private tagOf(id: Buffer): Buffer {
    return createHmac('sha256', this.key).update(id).digest();
  }
}
