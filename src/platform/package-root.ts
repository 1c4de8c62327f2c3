import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where package.json stands, from the sources and from the build alike: policies and mappings ship beside it. */
const rootAbove = (folder: string): string =>
  existsSync(join(folder, 'package.json')) ? folder : rootAbove(dirname(folder));

export const packageRoot = rootAbove(dirname(fileURLToPath(import.meta.url)));
