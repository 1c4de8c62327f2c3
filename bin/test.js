import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { endWithNpm, prepare, root } from './prepare.js';

endWithNpm();
await prepare();
const args = process.argv.slice(2).filter((arg) => arg !== '--long');
const long = process.argv.includes('--long') ? { REDRESS_LONG: '1' } : {};
const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
const child = spawn(process.execPath, [jest, ...args], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, ...long },
});
// Ctrl-C reaches Jest by itself; what is sent to this process alone is passed on. Either way we wait for it.
process.on('SIGINT', () => child.kill('SIGINT'));
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => {
  process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
});
