#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare, root } from './prepare.js';

// Built once, it needs Node alone: where packages are missing, nothing is installed for it.
const program = join(root, 'dist', 'src', 'audit', 'log', 'redress-verify.js');
if (!existsSync(program)) await prepare();
await import(pathToFileURL(program).href);
