import { readFile } from 'node:fs/promises';
import { readCheckpoint, type Checkpoint, type Head } from './checkpoint.js';
import { Examination, type KnownHead, type LogSource } from './examination.js';
import { Faults, type Fault } from './fault.js';
import { signersOf, Unreadable, verifierKeys, type VerifierKey } from './note.js';

/** What came of looking at a log: whether it is as it was recorded, and by what that is known. */
export interface Verdict {
  readonly ok: boolean;
  readonly first: number;
  readonly last: number;
  readonly events: number;
  readonly root: string;
  readonly checkpoints: number;
  /** What was kept elsewhere and agrees: without it, whoever owns the database and the key could have made all of it anew. */
  readonly anchor: Anchor | null;
  readonly faultCount: number;
  readonly faults: readonly Fault[];
}

/** What an auditor brings along. */
export interface Brought {
  /** A checkpoint kept elsewhere, as text. */
  readonly since?: string | undefined;
  /** Public keys kept elsewhere. Only these are believed, when there are any. */
  readonly keys?: readonly VerifierKey[] | undefined;
  readonly requireAnchor?: boolean | undefined;
}

export interface BroughtFiles {
  readonly since?: string | undefined;
  readonly key?: string | undefined;
  readonly requireAnchor?: boolean | undefined;
}

const textOf = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((error: Error) => {
    throw new Unreadable(`${file} cannot be read. (${error.message})`);
  });

/** Errors: Unreadable, when a file is none of what it should be. */
export const broughtAs = async ({ since, key, requireAnchor }: BroughtFiles): Promise<Brought> => {
  const [checkpoint, keys] = [since && (await textOf(since)), key && verifierKeys(await textOf(key))];
  if (checkpoint) readCheckpoint(checkpoint);
  if (keys?.length === 0) throw new Unreadable(`${key} holds no public key.`);
  return { since: checkpoint, keys: keys || undefined, requireAnchor };
};

/** A checkpoint as found beside the log, under whatever name. */
export interface Found {
  readonly note: string;
  readonly called: string;
}

/** Believed only when somebody known signed it. */
const headIn = (
  { note, called }: Found,
  keys: readonly VerifierKey[],
  faults: Faults,
): KnownHead | undefined => {
  try {
    const checkpoint = readCheckpoint(note);
    if (signersOf(checkpoint.note, keys).length > 0) return { ...checkpoint, called };
    faults.add({ code: 'signature', says: `Nobody whose key is known signed ${called}.` });
    return checkpoint.size > 0 ? { ...checkpoint, called } : undefined;
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    faults.add({ code: 'signature', says: `${error.message} (${called})` });
    return undefined;
  }
};

const WITNESS = 4;

/** Signed by a witness whose key was brought along: as good as a checkpoint kept elsewhere. */
const cosigned = ({ note }: Checkpoint, { keys = [] }: Brought): boolean =>
  signersOf(
    note,
    keys.filter(({ kind }) => kind === WITNESS),
  ).length > 0;

/** Keys of the log that were brought along are believed alone; witnesses come beside them. */
const believedOf = (
  found: readonly VerifierKey[],
  brought: readonly VerifierKey[],
): readonly VerifierKey[] =>
  brought.some(({ kind }) => kind !== WITNESS) ? brought : [...found, ...brought];

interface Anchor {
  readonly size: number;
  readonly called: string;
}

const anchorIn = (found: readonly Found[], brought: Brought): Anchor | undefined => {
  const witnessed = found.map(({ note }) => readCheckpoint(note)).findLast((one) => cosigned(one, brought));
  const kept = brought.since ? readCheckpoint(brought.since).size : 0;
  const seen = witnessed?.size ?? 0;
  // Of nothing, everything is a continuation.
  if (Math.max(kept, seen) === 0) return undefined;
  return kept >= seen
    ? { size: kept, called: `the checkpoint over ${kept} events that was kept elsewhere` }
    : { size: seen, called: `a witness’s signature over ${seen} events` };
};

export interface Look {
  readonly found: readonly Found[];
  readonly keys: readonly VerifierKey[];
  readonly brought: Brought;
  readonly faults?: Faults;
  readonly progress?: (position: number) => void;
}

/** Goes through the log and says what is wrong with it. */
export const verdictOn = async (
  source: LogSource,
  { found, keys, brought, faults = new Faults(), progress }: Look,
): Promise<Verdict> => {
  const since = brought.since && { note: brought.since, called: 'the checkpoint that was kept elsewhere' };
  const all = [...found, ...(since ? [since] : [])];
  const believed = believedOf(keys, brought.keys ?? []);
  const heads = all.flatMap((one) => headIn(one, believed, faults) ?? []);
  const examination = new Examination(source, heads, faults);
  const head: Head = await examination.run(progress);
  const anchor = faults.count === 0 ? (anchorIn(found, brought) ?? null) : null;
  if (faults.count === 0 && anchor === null && brought.requireAnchor)
    faults.add({ code: 'checkpoint', says: NO_ANCHOR });
  return {
    ok: faults.count === 0,
    first: source.first,
    last: head.size,
    events: examination.events,
    root: head.root.toString('base64'),
    checkpoints: heads.length,
    anchor,
    faultCount: faults.count,
    faults: faults.list(),
  };
};

const NO_ANCHOR =
  'No outside anchor: bring along a checkpoint that was kept elsewhere (--since), for whoever owns the database and the signing key could have made all of this anew.';

/** The verdict for people. */
export const verdictText = ({ ok, first, last, events, checkpoints, anchor, ...told }: Verdict): string => {
  if (!ok) {
    const more = told.faultCount - told.faults.length;
    const lines = told.faults.map(({ says }) => says);
    return [...lines, ...(more > 0 ? [`… and ${more} more.`] : [])].join('\n');
  }
  const what =
    events === 0
      ? 'There are no events'
      : `${events} events, positions ${first} to ${last}: as they were recorded`;
  return [
    `${what}, by ${checkpoints} signed checkpoint${checkpoints === 1 ? '' : 's'}.`,
    anchor === null ? NO_ANCHOR : anchoredText(anchor, last),
  ].join('\n');
};

const anchoredText = ({ size, called }: Anchor, last: number): string =>
  `Anchored outside: it agrees with ${called}.${size < last ? ` For what was recorded after position ${size}, only the signing key vouches.` : ''}`;
