import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

// Installs and builds what is missing. No dependencies: on a fresh clone there are none yet.

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const installStamp = join(modules, '.redress-installed');
const dist = join(root, 'dist');
const buildStamp = join(dist, '.redress-built');
const lock = join(root, 'var', 'prepare.lock');
const LOCK_STALE_MS = 15 * 60_000;

/** Returns when `node_modules` and `dist` are those of the sources; ends the process with a sentence when it cannot. */
export async function prepare() {
  checkNode();
  if (installed() && built()) return;
  await locked(() => {
    if (!installed()) install();
    if (!built()) build();
  });
}

/**
 * npm runs scripts through a shell, and a shell that is killed tells nobody: when it is gone, this process is told to
 * end as by Ctrl-C, so that nothing stays behind.
 */
export function endWithNpm() {
  if (!process.env.npm_lifecycle_event || process.platform === 'win32') return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 100);
  watch.unref();
}

/** `engines` of package.json: ^20.19.0 || ^22.13.0 || >=24.11.0. */
function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const least = { 20: 19, 22: 13, 24: 11 };
  if (major > 24 || minor >= least[major]) return;
  refuse(
    `Redress needs Node 20.19, 22.13, 24.11 or newer; this is ${process.versions.node}. See https://nodejs.org.`,
  );
}

function installed() {
  if (!fs.existsSync(modules)) return false;
  // Somebody else's tree (a second worktree linked to the first): never ours to replace.
  if (fs.lstatSync(modules).isSymbolicLink()) return true;
  const wanted = installFingerprint();
  if (read(installStamp) === wanted) return true;
  if (fs.existsSync(installStamp) || !newerThanLock(join(modules, '.package-lock.json'))) return false;
  // Installed by hand with npm, after the lock file was last written.
  fs.writeFileSync(installStamp, wanted);
  return true;
}

function installFingerprint() {
  const platform = `${process.platform}-${process.arch}`;
  return digest([platform, fs.readFileSync(join(root, 'package-lock.json'), 'utf8')]);
}

function newerThanLock(file) {
  const time = (path) => fs.statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return time(file) >= time(join(root, 'package-lock.json')) && fs.existsSync(compiler());
}

function install() {
  say('Installing what is missing (npm ci) …');
  const own = process.env.npm_execpath ?? '';
  const [command, first] = own.endsWith('npm-cli.js') ? [process.execPath, [own]] : ['npm', []];
  const args = [...first, 'ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
  run(
    command,
    args,
    'The packages could not be installed (see npm above). Check the network, then run this again.',
  );
  fs.writeFileSync(installStamp, installFingerprint());
}

function compiler() {
  return join(modules, 'typescript7', 'bin', 'tsc');
}

function built() {
  return read(buildStamp) === buildFingerprint();
}

function buildFingerprint() {
  const parts = [];
  for (const file of ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', ...sources()]) {
    parts.push(file, fs.readFileSync(join(root, file), 'utf8'));
  }
  return digest(parts);
}

function sources() {
  const under = (directory) =>
    fs
      .readdirSync(join(root, directory), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.spec.ts'))
      .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)));
  return ['src', 'migrations', 'bench']
    .filter((name) => fs.existsSync(join(root, name)))
    .flatMap(under)
    .toSorted();
}

/** Aside first: a build that fails or is killed leaves the old one whole. */
function build() {
  say('Building …');
  const fingerprint = buildFingerprint();
  const next = join(dist, '.next');
  fs.rmSync(next, { recursive: true, force: true });
  fs.rmSync(buildStamp, { force: true });
  const args = [compiler(), '-p', join(root, 'tsconfig.build.json'), '--outDir', next];
  run(process.execPath, args, 'The build failed: see the errors above.');
  for (const part of fs.readdirSync(next)) replace(join(next, part), join(dist, part));
  fs.rmSync(next, { recursive: true });
  fs.writeFileSync(buildStamp, fingerprint);
}

function replace(from, to) {
  const old = join(dist, '.old');
  fs.rmSync(old, { recursive: true, force: true });
  if (fs.existsSync(to)) fs.renameSync(to, old);
  fs.renameSync(from, to);
  fs.rmSync(old, { recursive: true, force: true });
}

/** One process at a time in a clone: a second `npm start` waits for the first to have installed and built. */
async function locked(work) {
  fs.mkdirSync(dirname(lock), { recursive: true });
  const mine = `${lock}.${process.pid}`;
  fs.writeFileSync(mine, String(process.pid));
  const remove = () => fs.rmSync(mine, { force: true });
  process.once('exit', remove);
  for (let waited = 0; !take(mine); waited += 1) {
    if (waited === 0) say('Another process is installing or building here: waiting for it …');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const release = () => fs.rmSync(lock, { force: true });
  process.once('exit', release);
  work();
  release();
  remove();
  process.off('exit', release);
  process.off('exit', remove);
}

/** A link appears with its content and never replaces another. */
function take(mine) {
  try {
    fs.linkSync(mine, lock);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  if (abandoned(lock)) setAside(mine);
  return false;
}

function abandoned(file) {
  const holder = Number(read(file));
  const age = Date.now() - (fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  return holder > 0 && (age > LOCK_STALE_MS || !alive(holder));
}

function alive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Two may find the same abandoned lock, and the slower one must not take away the faster one's new lock. */
function setAside(mine) {
  const aside = `${mine}.aside`;
  try {
    fs.renameSync(lock, aside);
    if (!abandoned(aside)) fs.linkSync(aside, lock);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  }
  fs.rmSync(aside, { force: true });
}

function run(command, args, sentence) {
  const shell = process.platform === 'win32' && command === 'npm';
  // Standard output stays clean for what comes after: `redress backlog --json | …`.
  const done = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], shell });
  if (done.error) refuse(`${sentence} (${done.error.message})`);
  if (done.status !== 0) refuse(sentence);
}

function read(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function digest(parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

function refuse(sentence) {
  say(sentence);
  process.exit(1);
}
