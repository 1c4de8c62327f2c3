import { decodeJwt, errors, jwtVerify, type JWTPayload, type JWTVerifyResult } from 'jose';
import type { Logger } from 'pino';
import { Unavailable } from '../event-store/errors.js';
import { isHouse } from '../event-store/schema.js';
import type { Issuer } from '../platform/issuers.js';
import { repeatedField } from '../platform/json-text.js';
import { isAway, IssuerKeys, isStranger, type ToldKeys } from './issuer-keys.js';

/** Access tokens of the issuers that the settings name: docs/sign-in.md. */

/** By private keys alone: whoever can check such a token can make none. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA', 'Ed25519'];
const SKEW_S = 30;

/** Why a token is none of ours. Told to the log; whoever sent it is told nothing but that. */
class NotOurs extends Error {}

/** Whatever else is thrown may cite the token. */
const whyOf = (error: unknown): string =>
  error instanceof NotOurs || error instanceof errors.JOSEError ? error.message : 'it cannot be read';

interface Trusted {
  readonly issuer: Issuer;
  readonly audience: string;
  readonly keys: IssuerKeys;
}

/** Who was proved, and how to know that it holds still. */
export interface Proved {
  readonly sub: string;
  readonly claims: JWTPayload;
  readonly holds: () => boolean;
}

const partOf = (token: string, index: number): string =>
  Buffer.from(token.split('.')[index] ?? '', 'base64url').toString();

/** Two of one name: whoever issued it may have meant the other one. */
const refuseRepeatedNames = (token: string): void => {
  for (const index of [0, 1])
    if (repeatedField(partOf(token, index))) throw new NotOurs('a name stands in it twice');
};

const ACCESS_TOKEN = /^(application\/)?at\+jwt$/i;
const PLAIN = /^(application\/)?jwt$/i;
const OF_ID_TOKENS = ['nonce', 'at_hash', 'c_hash', 's_hash'];

/** What Keycloak writes into each kind of token. */
const kindIn = ({ typ }: JWTPayload): string | undefined => (typeof typ === 'string' ? typ : undefined);

const refuseOtherKinds = ({ protectedHeader: { typ }, payload }: JWTVerifyResult): void => {
  if (payload['cnf'] !== undefined) throw new NotOurs('it is bound to a key of its holder');
  if (typ !== undefined && ACCESS_TOKEN.test(typ)) return;
  if (typ !== undefined && !PLAIN.test(typ)) throw new NotOurs('its typ is not that of an access token');
  const kind = kindIn(payload);
  if (kind === 'Bearer') return;
  if (kind !== undefined || OF_ID_TOKENS.some((claim) => Object.hasOwn(payload, claim)))
    throw new NotOurs('it is no access token');
};

const MARK = '~';

/** One reference for one person, whoever issues: no two issuers can give the same, and none that of the house itself. */
const referenceOf = ({ name }: Issuer, sub: string): string => {
  if (name !== undefined) return `${name}${MARK}${sub}`;
  if (sub.includes(MARK))
    throw new NotOurs(`its sub holds ${MARK}, which parts a named issuer from its people`);
  if (isHouse(sub)) throw new NotOurs('its sub is what the history calls the house itself');
  return sub;
};

export class IssuedTokens {
  private readonly trusted: ReadonlyMap<string, Trusted>;

  constructor(
    issuers: readonly Issuer[],
    audiences: readonly string[],
    private readonly now: () => number,
    private readonly log: Pick<Logger, 'warn' | 'debug'> | undefined,
  ) {
    this.trusted = new Map(
      issuers.map((issuer, index) => {
        const keys = new IssuerKeys(issuer.address, now, log);
        return [issuer.address, { issuer, audience: audiences[index] ?? audiences[0] ?? '', keys }];
      }),
    );
  }

  /** Before anybody comes. One that is away may be back when somebody does; one that says something else must be corrected. Errors: WrongSetting. */
  async check(): Promise<void> {
    for (const [issuer, { keys }] of this.trusted)
      await keys.read().catch((error: Error) => {
        if (!isAway(error)) throw error;
        this.log?.warn(
          { issuer, why: error.message },
          'the issuer of tokens cannot be reached: nobody gets in with its tokens until it can be asked for its keys',
        );
      });
  }

  /** Undefined when nothing is proved by it. Errors: Unavailable `issuer-unreachable`. */
  async prove(token: string): Promise<Proved | undefined> {
    try {
      return await this.proved(token);
    } catch (error) {
      if (error instanceof Unavailable) throw error;
      this.log?.debug({ why: whyOf(error) }, 'a token was refused');
      return undefined;
    }
  }

  private async proved(token: string): Promise<Proved> {
    refuseRepeatedNames(token);
    const trusted = this.trusted.get(decodeJwt(token).iss ?? '');
    if (!trusted) throw new NotOurs('nobody here trusts its issuer');
    const keys = await trusted.keys.current();
    const { keys: used, result } = await this.verified(token, trusted, keys);
    refuseOtherKinds(result);
    const { sub = '' } = result.payload;
    return {
      sub: referenceOf(trusted.issuer, sub),
      claims: result.payload,
      holds: () => trusted.keys.stillHas(used),
    };
  }

  private async verified(token: string, trusted: Trusted, keys: ToldKeys) {
    const options = {
      issuer: trusted.issuer.address,
      audience: trusted.audience,
      algorithms: ALGORITHMS,
      requiredClaims: ['exp', 'sub'],
      clockTolerance: SKEW_S,
      currentDate: new Date(this.now()),
    };
    try {
      return { keys, result: await jwtVerify(token, keys.find, options) };
    } catch (error) {
      const newer = isStranger(error) ? await trusted.keys.newer(keys) : undefined;
      if (!newer) throw error;
      return { keys: newer, result: await jwtVerify(token, newer.find, options) };
    }
  }
}
