import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { packageRoot } from '../src/platform/package-root.js';
import { freshDatabase, type FreshDatabase } from './support/database.js';
import { aFolder, type Folder } from './support/register.js';

/** The files of the example in docs/mapping.md, by name. */
const example = (): Map<string, string> => {
  const guide = readFileSync(join(packageRoot, 'docs', 'mapping.md'), 'utf8');
  const blocks = guide.matchAll(/```\w+ file=(\S+)\n([\s\S]*?)```/g);
  return new Map([...blocks].map(([, name = '', content = '']) => [name, content]));
};

interface Ran {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe('redress import, as docs/mapping.md shows it', () => {
  let database: FreshDatabase;
  let folder: Folder;
  beforeAll(async () => {
    [database, folder] = [await freshDatabase(), await aFolder()];
    for (const [name, content] of example()) await folder.write(name, content);
  });
  afterAll(async () => {
    await database.drop();
    await folder.remove();
  });

  const redress = async (...args: readonly string[]): Promise<Ran> => {
    const env = {
      ...process.env,
      DATABASE_URL: database.url,
      MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
      LOG_LEVEL: 'fatal',
    };
    const cli = join(packageRoot, 'dist', 'src', 'cli.js');
    return promisify(execFile)(process.execPath, [cli, ...args], { cwd: folder.path, env }).then(
      ({ stdout, stderr }) => ({ exit: 0, stdout, stderr }),
      ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
        exit: code,
        stdout,
        stderr,
      }),
    );
  };
  const files = ['cases.csv', '--allegations', 'allegations.csv'];

  test('the example is imported, told in numbers, and rejects lie in the working directory', async () => {
    const ran = await redress('import', ...files, '--mapping', 'mapping.json', '--json');
    expect(ran).toMatchObject({ exit: 0, stderr: '' });
    expect(JSON.parse(ran.stdout)).toMatchObject({
      read: 4,
      imported: 3,
      alreadyPresent: 0,
      rejected: 1,
      flagged: 1,
      events: 11,
      seconds: expect.any(Number),
      allegations: { read: 3, imported: 2, rejected: 1 },
    });
    const rejects = readFileSync(join(folder.path, 'cases.rejected.csv'), 'utf8').split('\r\n');
    expect(rejects.slice(0, 3)).toEqual([
      'file,line,column,value,reason',
      'cases.csv,5,Closed,01/02/2020,"The closing date lies before the receipt, 2020-02-06. Correct one of them."',
      'allegations.csv,4,Case,C-9,cases.csv has no case C-9. Add the case or correct the id.',
    ]);
    const flagged = readFileSync(join(folder.path, 'cases.flagged.csv'), 'utf8').split('\r\n');
    expect(flagged).toContainEqual(
      expect.stringMatching(/^cases\.csv,4,Status,closed,The status says closed/),
    );
  });

  test('a second import finds all of it present', async () => {
    const ran = await redress('import', ...files, '--mapping', 'mapping.json', '--json');
    expect(JSON.parse(ran.stdout)).toMatchObject({ imported: 0, alreadyPresent: 3, rejected: 1, events: 0 });
  });

  test.each<[string, number, readonly string[]]>([
    ['mapping-not-found', 2, [...files, '--mapping', 'nowhere.json']],
    ['file-not-found', 2, ['nothing.csv', '--mapping', 'mapping.json']],
    ['rejects-in-the-way', 2, [...files, '--mapping', 'mapping.json', '--rejects', 'cases.csv']],
    ['rejects-in-the-way', 2, [...files, '--mapping', 'mapping.json', '--rejects', 'no/such/place.csv']],
    ['mapping-invalid', 1, [...files, '--mapping', 'cases.csv']],
    ['column-missing', 1, [...files, '--mapping', 'detroit']],
  ])('refuses %s with exit %i and one sentence', async (code, exit, args) => {
    const ran = await redress('import', ...args, '--json');
    expect(ran).toMatchObject({ exit, stdout: '' });
    expect(JSON.parse(ran.stderr)).toEqual({ code, message: expect.stringMatching(/\.$/) });
  });
});
