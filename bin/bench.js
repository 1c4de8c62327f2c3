#!/usr/bin/env node
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { endWithNpm, prepare, root } from './prepare.js';

// `npm run bench` runs every benchmark, `npm run bench -- append` one of them.
endWithNpm();
await prepare();
const directory = join(root, 'dist', 'bench');
const known = readdirSync(directory).flatMap((file) => /^(.+)\.js$/.exec(file)?.[1] ?? []);
const asked = process.argv.slice(2);
const unknown = asked.find((name) => !known.includes(name));
if (unknown !== undefined) {
  console.error(`There is no benchmark ${unknown}. Choose from: ${known.join(', ')}.`);
  process.exit(1);
}
for (const name of asked.length > 0 ? asked : known) {
  const { status } = spawnSync(process.execPath, [join(directory, `${name}.js`)], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
