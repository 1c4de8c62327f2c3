import type { NewSubjectKey } from './append.js';
import type { PersonalPath } from './catalogue.js';
import { decrypt, encrypt } from './cipher.js';
import { alreadyErased } from './erasure.js';
import { freshBytes } from './fresh-bytes.js';
import type { MasterKeys } from './master-keys.js';
import { SEAL_MARK as MARK } from './schema.js';

/**
 * Personal text at rest. Each subject (`case:{id}`, `party:{id}`, …) has its own AES-256-GCM key, stored wrapped by a
 * master key; a sealed text reads `enc1.{subject}.{base64url of iv, tag, ciphertext}`. Folds and read rows carry it as it
 * is; only a door opens it. Destroying the key erases the text everywhere at once.
 */
export const ERASED = '[erased]';
/** Sealed text that its key does not open: somebody changed it in the database. */
export const UNREADABLE = '[unreadable]';

/** Where wrapped keys are kept; undefined when the subject has none or was erased. */
export interface KeyTable {
  subjectKey(subject: string): Promise<Buffer | undefined>;
}

export interface SubjectKey {
  readonly subject: string;
  readonly key: Buffer;
}

const openText = (value: string, keys: ReadonlyMap<string, Buffer | undefined>): string => {
  const [subject = '', body = ''] = value.slice(MARK.length).split('.');
  const key = keys.get(subject);
  if (!key) return ERASED;
  try {
    return decrypt(key, subject, Buffer.from(body, 'base64url')).toString('utf8');
  } catch {
    // One text that was tampered with must not keep the rest of its case from being read.
    return UNREADABLE;
  }
};

const addSubjects = (value: unknown, found: Set<string>): void => {
  if (typeof value === 'string') {
    if (value.startsWith(MARK)) found.add(value.slice(MARK.length, value.indexOf('.', MARK.length)));
  } else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) addSubjects(inner, found);
  }
};

/** Whose sealed text is in a value. */
export const subjectsIn = (value: unknown): ReadonlySet<string> => {
  const found = new Set<string>();
  addSubjects(value, found);
  return found;
};

/** Itself where nothing in it is sealed: most of a large answer is not, and is not copied. */
const openValue = (value: unknown, keys: ReadonlyMap<string, Buffer | undefined>): unknown => {
  if (typeof value === 'string') return value.startsWith(MARK) ? openText(value, keys) : value;
  if (typeof value !== 'object' || value === null) return value;
  let opened: Record<string, unknown> | undefined;
  for (const [name, sealed] of Object.entries(value)) {
    const inner = openValue(sealed, keys);
    if (inner === sealed) continue;
    opened ??= (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
    opened[name] = inner;
  }
  return opened ?? value;
};

/** A value with the text at a path sealed; itself where there is none. */
const sealAt = (
  value: unknown,
  path: readonly string[],
  depth: number,
  seal: (plain: string) => string,
): unknown => {
  if (value === undefined || value === null) return value;
  const step = path[depth];
  if (step === undefined) return seal(value as string);
  if (Array.isArray(value))
    return value.length === 0 ? value : value.map((item) => sealAt(item, path, depth + 1, seal));
  const fields = value as Record<string, unknown>;
  const inner = fields[step];
  const sealed = sealAt(inner, path, depth + 1, seal);
  return sealed === inner ? fields : { ...fields, [step]: sealed };
};

/** Event data with its personal text as it reads when its key is gone: nothing of it is kept. */
export const withoutText = (data: object, paths: readonly PersonalPath[]): object =>
  paths.reduce<object>((value, { path }) => sealAt(value, path, 0, () => ERASED) as object, data);

/** The keys of subjects that one append brings into being. */
export class BornKeys {
  private readonly born = new Map<string, { key: Buffer; wrapped: Buffer }>();

  get stored(): readonly NewSubjectKey[] {
    return [...this.born].map(([subject, { wrapped }]) => ({ subject, wrapped }));
  }

  get(subject: string): Buffer | undefined {
    return this.born.get(subject)?.key;
  }

  add(subject: string, key: Buffer, wrapped: Buffer): void {
    this.born.set(subject, { key, wrapped });
  }
}

export class Sealing {
  constructor(
    private readonly masterKeys: MasterKeys,
    private readonly table: KeyTable,
  ) {}

  /** The key to seal with. Errors: RuleBroken `personal-data-erased`. */
  async keyFor(subject: string, bornHere: boolean, keys: BornKeys): Promise<SubjectKey> {
    const born = keys.get(subject);
    if (born) return { subject, key: born };
    if (bornHere) return this.bear(subject, keys);
    const kept = await this.keyOf(subject);
    if (kept) return kept;
    throw alreadyErased();
  }

  /** The key of a subject that exists; undefined when it was erased. */
  async keyOf(subject: string): Promise<SubjectKey | undefined> {
    const wrapped = await this.table.subjectKey(subject);
    return wrapped && { subject, key: await this.masterKeys.unwrap(subject, wrapped) };
  }

  /** A key for a subject that the append of `keys` brings into being. */
  bear(subject: string, keys: BornKeys): SubjectKey {
    const key = freshBytes(32);
    keys.add(subject, key, this.masterKeys.wrap(subject, key));
    return { subject, key };
  }

  /** Event data with its personal text sealed under `own`. What is sealed already stays as it is. */
  seal(data: object, paths: readonly PersonalPath[], own: SubjectKey): object {
    const seal = (plain: string) =>
      plain.startsWith(`${MARK}${own.subject}.`)
        ? plain
        : `${MARK}${own.subject}.${encrypt(own.key, own.subject, plain).toString('base64url')}`;
    return paths.reduce<object>((value, { path }) => sealAt(value, path, 0, seal) as object, data);
  }

  /**
   * Any answer with its sealed text opened; text whose key was destroyed reads `[erased]`, and
   * text that was tampered with `[unreadable]`.
   */
  async open<T>(value: T, subjects = subjectsIn(value)): Promise<T> {
    if (subjects.size === 0) return value;
    const keys = await Promise.all(
      [...subjects].map(async (subject) => [subject, (await this.keyOf(subject))?.key] as const),
    );
    return openValue(value, new Map(keys)) as T;
  }
}
