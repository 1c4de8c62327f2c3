import { createHash, type Hash } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Entry } from './examination.js';
import { leafHash } from './merkle.js';

/** What of an export cannot be read, in a sentence. */
export class Malformed extends Error {}

const LONGEST = 64 * 1024 * 1024;
const LONGEST_HEAD = 9;
const CHUNK = 1024 * 1024;
const LINE_FEED = 10;

/** Whoever made the export may have put a pipe, a device or a link in a file's place. */
export const openFile = async (path: string, name: string) => {
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const handle = await open(path, flags).catch((error: Error) => {
    throw new Malformed(`${name} cannot be read. (${error.message})`);
  });
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new Malformed(`${name} is no file.`);
};

async function* chunksOf(path: string, name: string, hash: Hash): AsyncGenerator<Buffer> {
  const handle = await openFile(path, name);
  try {
    for (;;) {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK);
      if (bytesRead === 0) return;
      const chunk = buffer.subarray(0, bytesRead);
      hash.update(chunk);
      yield chunk;
    }
  } finally {
    await handle.close();
  }
}

/** The length in front of an event's bytes and where they begin; undefined when more must be read first. */
const headAt = (bytes: Buffer, at: number, name: string): { from: number; length: number } | undefined => {
  const end = bytes.indexOf(LINE_FEED, at);
  const head = bytes.toString('latin1', at, end < 0 ? at + LONGEST_HEAD + 1 : end);
  if (end < 0 && head.length <= LONGEST_HEAD) return undefined;
  const length = Number(head);
  if (!/^[1-9]\d{0,8}$/.test(head) || length > LONGEST)
    throw new Malformed(`${name} has no length in front of an event: it is damaged.`);
  return { from: end + 1, length };
};

/** The bytes of each event of a segment, some at a time; answers the SHA-256 of the file and its length. */
export async function* eventsIn(
  path: string,
  name: string,
): AsyncGenerator<Buffer[], { sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  let [rest, bytes]: [Buffer, number] = [Buffer.alloc(0), 0];
  let wanted = 0;
  let waiting: Buffer[] = [];
  let held = 0;
  for await (const chunk of chunksOf(path, name, hash)) {
    bytes += chunk.length;
    waiting.push(chunk);
    held += chunk.length;
    // A long event comes in many pieces: they are put together once.
    if (held < wanted) continue;
    rest = Buffer.concat(waiting);
    const events: Buffer[] = [];
    const at = takeEvents(rest, events, name);
    wanted = at.wanted;
    waiting = [rest.subarray(at.next)];
    held = rest.length - at.next;
    yield events;
  }
  if (held > 0) throw new Malformed(`${name} ends in the middle of an event.`);
  return { sha256: hash.digest('hex'), bytes };
}

/** Takes whole events; says where the next begins, and how many bytes it takes at least. */
const takeEvents = (bytes: Buffer, events: Buffer[], name: string): { next: number; wanted: number } => {
  for (let next = 0; ;) {
    const head = headAt(bytes, next, name);
    if (!head) return { next, wanted: 0 };
    const end = head.from + head.length;
    if (end >= bytes.length) return { next, wanted: end + 1 - next };
    if (bytes[end] !== LINE_FEED)
      throw new Malformed(`${name} has an event that does not end where it should.`);
    events.push(bytes.subarray(head.from, end));
    next = end + 1;
  }
};

const parsed = (text: string): { readonly value?: unknown } => {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return {};
  }
};

/** Why these are not the canonical bytes of an event; undefined when they are. */
const wrongIn = (bytes: Buffer, line: string, envelope: unknown): string | undefined => {
  if (!isUtf8(bytes)) return 'is not in UTF-8';
  if (!Array.isArray(envelope) || JSON.stringify(envelope) !== line)
    return 'does not begin with an envelope as it is written';
  return 'value' in parsed(bytes.toString('utf8', Buffer.byteLength(line) + 1))
    ? undefined
    : 'holds data that are no JSON';
};

export const entryIn = (bytes: Buffer): Entry => {
  const end = bytes.indexOf(LINE_FEED);
  const line = bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
  const { value } = parsed(line);
  const wrong = wrongIn(bytes, line, value);
  return { envelope: Array.isArray(value) ? value : [], leaf: leafHash(bytes), wrong };
};
