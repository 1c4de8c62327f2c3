import { request as overHttp, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as overHttps } from 'node:https';
import { Webhook } from 'standardwebhooks';
import { ForbiddenAddress, hostOf, lookupWithin, mayBe } from './network.js';
import type { Config } from './config.js';
import { nameOf, Undelivered } from './undelivered.js';

/** Events to an endpoint that the settings name, signed by the Standard Webhooks specification. */

export interface HookEvent {
  readonly type: string;
  /** What this event is about, in stable words: the same event sent again is recognised by it. */
  readonly identity: string;
  readonly writtenAt: string;
  readonly data: object;
}

const MOST_ANSWER_BYTES = 64 * 1024;
/** Refusals that say themselves to try again: too slow, too early, too many. */
const NOT_NOW = [408, 425, 429];

/** Refusals whose `Retry-After` counts, and how long it counts at most: nobody may put a duty off for days. */
const ASKING = [429, 503];
const LONGEST_WAIT_MS = 60 * 60_000;

interface Answered {
  readonly status: number;
  readonly retryAfter: string | undefined;
}

/** Seconds, or a date of HTTP. */
const waitAsked = ({ status, retryAfter = '' }: Answered): number => {
  if (!ASKING.includes(status)) return 0;
  const wait = /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - Date.now();
  return Number.isNaN(wait) ? 0 : Math.min(Math.max(0, wait), LONGEST_WAIT_MS);
};

/** A redirection is a refusal: it could lead anywhere. */
const refusal = (answered: Answered): Undelivered => {
  const { status: httpStatus } = answered;
  const final = httpStatus < 500 && !NOT_NOW.includes(httpStatus);
  return new Undelivered('webhook-refused', final, { httpStatus }, waitAsked(answered));
};

const undelivered = (error: unknown): Undelivered =>
  new Undelivered(error instanceof ForbiddenAddress ? 'webhook-forbidden' : 'webhook-unreachable', false);

/** Lets the other side finish what it says, within limits; nobody reads it. */
const drain = (answer: IncomingMessage): void => {
  let bytes = 0;
  answer.on('error', () => {});
  answer.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MOST_ANSWER_BYTES) answer.destroy();
  });
};

const connectWithin = (request: ClientRequest, ms: number): void => {
  const late = setTimeout(() => request.destroy(new Error('no connection')), ms);
  request.once('close', () => clearTimeout(late));
  request.once('socket', (socket) => {
    socket.once('encrypted' in socket ? 'secureConnect' : 'connect', () => clearTimeout(late));
  });
};

export class Hook {
  private readonly signers: readonly Webhook[];

  constructor(
    private readonly config: Config,
    private readonly url: URL | undefined,
    secrets: readonly string[] = [],
  ) {
    this.signers = secrets.map((secret) => new Webhook(secret));
  }

  /** The webhook-id of an event: the same however often it is sent. */
  eventId(identity: string): string {
    return nameOf(identity);
  }

  /** Errors: Undelivered. */
  async send({ type, identity, writtenAt, data }: HookEvent): Promise<void> {
    const [id, at] = [this.eventId(identity), new Date(writtenAt)];
    const body = JSON.stringify({ type, timestamp: at.toISOString(), data });
    const answered = await this.post(body, {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': this.signers.map((signer) => signer.sign(id, at, body)).join(' '),
    }).catch((error: unknown) => {
      throw undelivered(error);
    });
    if (answered.status < 200 || answered.status > 299) throw refusal(answered);
  }

  private post(body: string, signed: Readonly<Record<string, string>>): Promise<Answered> {
    const { url } = this;
    if (url === undefined) throw new Error('no webhook is set');
    const { REDRESS_WEBHOOK_ALLOW_PRIVATE: anywhere, REDRESS_DELIVERY_TIMEOUT_SECONDS: seconds } =
      this.config;
    const patience = seconds * 1000;
    const headers = {
      ...signed,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'redress',
    };
    // An address in place of a name was looked at when the settings were read.
    const lookup = anywhere ? undefined : lookupWithin(mayBe(hostOf(url)));
    const options = { method: 'POST', headers, agent: false, signal: AbortSignal.timeout(patience) } as const;
    return new Promise((resolve, reject) => {
      const send = url.protocol === 'https:' ? overHttps : overHttp;
      const request = send(url, lookup ? { ...options, lookup } : options);
      request.on('error', reject);
      request.on('response', (answer) => {
        drain(answer);
        resolve({ status: answer.statusCode ?? 0, retryAfter: answer.headers['retry-after'] });
      });
      connectWithin(request, patience / 2);
      request.end(body);
    });
  }
}
