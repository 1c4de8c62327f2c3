import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mappingSchema, type Mapping } from '../../src/intake/mapping.js';
import type { z } from 'zod';

/** Small invented registers for specs. */

/** The columns that most specs need: an id, two days, a status word; allegations with findings and sanctions. */
export const aMapping = (changes: Partial<z.input<typeof mappingSchema>> = {}): Mapping =>
  mappingSchema.parse({
    source: 'council',
    zone: 'Europe/London',
    case: {
      id: { column: 'no' },
      receivedOn: { column: 'received' },
      closedOn: { column: 'closed', blanks: ['n/a'] },
      status: { column: 'status', values: { done: 'closed', running: 'open' } },
      incidentFrom: { column: 'incident' },
    },
    children: {
      case: { column: 'no' },
      rowNumbers: ['row'],
      category: { column: 'kind', default: 'unspecified' },
      finding: { column: 'finding', values: { yes: 'upheld', no: 'not-upheld', '-': null } },
      sanction: {
        column: 'sanction',
        values: { warned: { kind: 'warning' }, none: null },
        numbers: 'days-suspended',
      },
    },
    ...changes,
  });

export interface Folder {
  readonly path: string;
  write(name: string, content: string | Buffer): Promise<string>;
  remove(): Promise<void>;
}

export const aFolder = async (): Promise<Folder> => {
  const path = await mkdtemp(join(tmpdir(), 'redress-register-'));
  return {
    path,
    write: async (name, content) => {
      await writeFile(join(path, name), content);
      return join(path, name);
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
};

/** CSV lines as the registers have them: ended by CRLF. */
export const csv = (...lines: readonly string[]): string => lines.map((line) => `${line}\r\n`).join('');
