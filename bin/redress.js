#!/usr/bin/env node
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { endWithNpm, prepare, root } from './prepare.js';

// The built command line runs in this very process: signals and exit codes need no passing on.
endWithNpm();
await prepare();
process.argv[1] = join(root, 'dist', 'src', 'cli.js');
await import(pathToFileURL(process.argv[1]).href);
