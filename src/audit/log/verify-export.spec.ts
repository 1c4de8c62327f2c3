import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { LAYOUT } from './canonical.js';
import { signedCheckpoint } from './checkpoint.js';
import { CHECKPOINT, KEYS, MANIFEST, manifestText, tileFilesOf } from './export-format.js';
import { GrowingTree, leafHash } from './merkle.js';
import { Signer, verifierText } from './note.js';
import { GrowingTiles } from './tiles.js';
import { broughtAs, verdictText } from './verdict.js';
import { verifyExport } from './verify-export.js';

// The offline verifier against whatever somebody may hand to an auditor. No database anywhere.

const LONG = process.env['REDRESS_LONG'] !== undefined;
if (LONG) jest.setTimeout(1_800_000);
const COUNT = 300;

const signer = new Signer('redress.test/log', Buffer.alloc(32, 1));
const witness = Signer.witness('witness.test/w', Buffer.alloc(32, 2));

const eventAt = (position: number): string => {
  const stream = `thing-${position % 7}`;
  const version = Math.floor((position - 1) / 7) + 1;
  const id = `01900000-0000-7000-8000-${String(position).padStart(12, '0')}`;
  const recordedAt = `2026-03-02T10:00:00.${String(position).padStart(6, '0')}Z`;
  const what = [LAYOUT, position, id, stream, version, 'Happened', 1, '2026-03-01', null, null, recordedAt];
  return `${JSON.stringify([...what, 'staff-1', 'intake', null, 'request-1', null])}\n{"text":"ünï ${position}"}`;
};

type Files = Record<string, Buffer>;

/** An export of these events as one is made, whatever they are: signed, and whole. */
const exportOf = (events: readonly string[]): Files => {
  const tiles = new GrowingTiles(0, []);
  const tree = new GrowingTree();
  for (const event of events) {
    const leaf = leafHash(Buffer.from(event));
    tree.append(leaf);
    tiles.append(leaf);
  }
  const size = events.length;
  const files: Files = {};
  files['events/0000000000000001.log'] = Buffer.from(
    events.map((event) => `${Buffer.byteLength(event)}\n${event}\n`).join(''),
  );
  for (const { name, level } of tileFilesOf(size)) {
    const own = tiles.changed().filter((tile) => tile.level === level);
    files[name] = Buffer.concat(own.toSorted((a, b) => a.index - b.index).map(({ hashes }) => hashes));
  }
  const head = { size, root: tree.root() };
  files[CHECKPOINT] = Buffer.from(signedCheckpoint(signer, head));
  files[KEYS] = Buffer.from(`${verifierText(signer.verifier)}\n`);
  const listed = Object.entries(files).map(([name, bytes]) => ({
    name,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  }));
  const told = { origin: signer.verifier.name, first: 1, last: size, events: size };
  files[MANIFEST] = Buffer.from(manifestText({ ...told, root: head.root.toString('base64'), files: listed }));
  return files;
};

const events = Array.from({ length: COUNT }, (_, n) => eventAt(n + 1));
const good = exportOf(events);
const names = Object.keys(good);

let base: string;
let made = 0;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'redress-export-'));
});
afterAll(() => rm(base, { recursive: true }));

const laidOut = async (files: Files): Promise<string> => {
  const directory = join(base, String((made += 1)));
  for (const [name, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), bytes);
  }
  return directory;
};

const verdictOf = async (files: Files) => {
  const directory = await laidOut(files);
  try {
    return await verifyExport(directory, { keys: [signer.verifier] });
  } finally {
    await rm(directory, { recursive: true });
  }
};

const withFile = (name: string, bytes: Buffer | string): Files => ({ ...good, [name]: Buffer.from(bytes) });

describe('an export', () => {
  it('that is whole is proven by keys that were kept elsewhere, its own keys, a checkpoint, a witness', async () => {
    expect(await verdictOf(good)).toMatchObject({ ok: true, events: COUNT, faults: [] });
    const directory = await laidOut(good);
    expect(await verifyExport(directory, {})).toMatchObject({ ok: true, anchor: null });
    const note = String(good[CHECKPOINT]);
    const text = note.slice(0, note.indexOf('\n\n') + 1);
    const since = join(base, 'since.txt');
    await writeFile(since, `${note}${witness.line(text, 1_700_000_000)}`);
    const key = join(base, 'keys.txt');
    await writeFile(key, `# kept since 2026\n${verifierText(signer.verifier)}\n`);
    const anchored = await verifyExport(directory, await broughtAs({ since, key, requireAnchor: true }));
    expect(verdictText(anchored)).toBe(
      '300 events, positions 1 to 300: as they were recorded, by 2 signed checkpoints.\n' +
        'Anchored outside: it agrees with the checkpoint over 300 events that was kept elsewhere.',
    );
    const cosigned = exportOf(events);
    cosigned[CHECKPOINT] = await readFile(since);
    const listed = { ...(JSON.parse(String(good[MANIFEST])) as Parameters<typeof manifestText>[0]) };
    const files = listed.files.map((file) =>
      file.name === CHECKPOINT
        ? {
            name: file.name,
            bytes: cosigned[CHECKPOINT]!.length,
            sha256: createHash('sha256').update(cosigned[CHECKPOINT]!).digest('hex'),
          }
        : file,
    );
    cosigned[MANIFEST] = Buffer.from(manifestText({ ...listed, files }));
    const seen = await verifyExport(await laidOut(cosigned), {
      keys: [witness.verifier],
      requireAnchor: true,
    });
    expect(seen).toMatchObject({
      ok: true,
      anchor: { size: 300, called: 'a witness’s signature over 300 events' },
    });
  });

  it('with any single bit changed is rejected', async () => {
    const directory = await laidOut(good);
    const bit = fc.record({ name: fc.constantFrom(...names), at: fc.nat(), bit: fc.nat({ max: 7 }) });
    const spoiled = fc.asyncProperty(bit, async ({ name, at, bit }) => {
      const bytes = Buffer.from(good[name]!);
      bytes[at % bytes.length]! ^= 1 << bit;
      await writeFile(join(directory, name), bytes);
      const verdict = await verifyExport(directory, { keys: [signer.verifier] });
      await writeFile(join(directory, name), good[name]!);
      expect([name, at % bytes.length, bit, verdict.ok]).toEqual([name, at % bytes.length, bit, false]);
      // An event is named by its position, unless its frame is gone.
      if (name.startsWith('events/') && verdict.faults[0]?.code === 'event-changed')
        expect(verdict.faults[0]?.position).toBe(positionOf(at % bytes.length));
    });
    await fc.assert(spoiled, { numRuns: LONG ? 20_000 : 150 });
  });

  it('of which small files have any bit changed is rejected, bit by bit', async () => {
    const directory = await laidOut(good);
    const step = LONG ? 1 : 37;
    for (const name of [MANIFEST, CHECKPOINT, KEYS])
      for (let bit = 0; bit < good[name]!.length * 8; bit += step) {
        const bytes = Buffer.from(good[name]!);
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        await writeFile(join(directory, name), bytes);
        // Also by its own keys, whoever made them.
        const { ok } = await verifyExport(directory, {});
        await writeFile(join(directory, name), good[name]!);
        expect([name, bit, ok]).toEqual([name, bit, false]);
      }
  });

  const positionOf = (at: number): number => {
    let end = 0;
    return (
      1 +
      events.findIndex((event) => {
        const bytes = Buffer.byteLength(event);
        end += String(bytes).length + bytes + 2;
        return at < end;
      })
    );
  };
});

describe('whatever is handed over, the verifier rejects it with a sentence', () => {
  const evil: readonly [what: string, files: Files | ((directory: string) => Promise<unknown>)][] = [
    ['an empty directory', {}],
    ['no manifest', (directory) => rm(join(directory, MANIFEST))],
    ['a manifest that is none', withFile(MANIFEST, '[]')],
    ['a manifest of null', withFile(MANIFEST, 'null')],
    ['a manifest that is nested deep', withFile(MANIFEST, '['.repeat(1_000_000))],
    [
      'a manifest that lists too much',
      withFile(MANIFEST, String(good[MANIFEST]).replaceAll('300', '9007199254740991')),
    ],
    [
      'a manifest with a path',
      withFile(MANIFEST, String(good[MANIFEST]).replace('tiles/0', '../../../etc/passwd')),
    ],
    [
      'a manifest with a field more',
      withFile(MANIFEST, String(good[MANIFEST]).replace('{', '{\n  "more": 1,')),
    ],
    ['a checkpoint of nothing', withFile(CHECKPOINT, '')],
    ['no keys', withFile(KEYS, '')],
    ['keys without end', withFile(KEYS, 'x'.repeat(17 * 1024 * 1024))],
    [
      'a segment that is a directory',
      async (directory) => {
        await rm(join(directory, 'events/0000000000000001.log'));
        await mkdir(join(directory, 'events/0000000000000001.log'));
      },
    ],
    [
      'a segment that is a link',
      async (directory) => {
        await rm(join(directory, 'events/0000000000000001.log'));
        await symlink('/dev/zero', join(directory, 'events/0000000000000001.log'));
      },
    ],
    [
      'a manifest that is a link',
      async (directory) => {
        await rm(join(directory, MANIFEST));
        await symlink('/dev/zero', join(directory, MANIFEST));
      },
    ],
    [
      'a segment with nothing in it',
      (directory) => truncate(join(directory, 'events/0000000000000001.log'), 0),
    ],
    ['a segment of zeros', (directory) => truncate(join(directory, 'events/0000000000000001.log'), 2 ** 34)],
    ['a length that cannot be', withFile('events/0000000000000001.log', '999999999\nx')],
    ['a length without end', withFile('events/0000000000000001.log', '1'.repeat(1_000_000))],
    ['a negative length', withFile('events/0000000000000001.log', '-5\nhello\n')],
    ['a length that is not all there', withFile('events/0000000000000001.log', '5000000\nhello\n')],
    ['tiles that are missing', (directory) => rm(join(directory, 'tiles/0'))],
    ['tiles that are too long', (directory) => truncate(join(directory, 'tiles/0'), 2 ** 34)],
  ];

  it.each(evil)('%s', async (_, files) => {
    const directory = await laidOut(typeof files === 'function' ? good : files);
    if (typeof files === 'function') await files(directory);
    await mkdir(directory, { recursive: true });
    const verdict = await verifyExport(directory, {});
    expect(verdict.ok).toBe(false);
    expect(verdictText(verdict)).toMatch(/[.)]$/m);
    await rm(directory, { recursive: true });
  });

  it('a log that was signed though its events break the rules', async () => {
    const changed = (at: number, change: (event: string) => string): string[] =>
      events.map((event, index) => (index === at ? change(event) : event));
    for (const [code, position, list] of [
      ['envelope', 8, changed(7, (event) => event.replace('[', '[ '))],
      ['envelope', 8, changed(7, (event) => event.replace('"Happened"', '""'))],
      ['envelope', 8, changed(7, (event) => event.replace('null,null', 'null,"Europe/Paris"'))],
      ['envelope', 8, changed(7, (event) => event.replace('{"text', '{text'))],
      ['envelope', 8, changed(7, (event) => event.replace('redress-event/1', 'redress-event/2'))],
      ['recorded-earlier', 8, changed(7, (event) => event.replace('10:00:00', '09:00:00'))],
      ['version', 8, changed(7, (event) => event.replace('"thing-1",2', '"thing-1",3'))],
      ['events-missing', 8, changed(7, (event) => event.replace(',8,', ',9,'))],
      ['event-repeated', 7, changed(7, (event) => event.replace(',8,', ',7,'))],
      ['event-repeated', 8, changed(7, () => 'no event')],
    ] as const) {
      const { ok, faults } = await verdictOf(exportOf(list));
      const found = faults.map((fault) => [fault.code, fault.position]);
      expect(ok).toBe(false);
      expect(found).toContainEqual([code, position]);
    }
  });

  it('made at random of pieces of a real one', async () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
      fc
        .record({ name: fc.constantFrom(...names), from: fc.nat(), length: fc.nat({ max: 5_000 }) })
        .map(({ name, from, length }) => {
          const bytes = good[name]!;
          return bytes.subarray(from % bytes.length, (from % bytes.length) + length);
        }),
    );
    const spoilt = fc.record({
      name: fc.constantFrom(...names),
      from: fc.nat(),
      cut: fc.nat({ max: 3_000 }),
      pieces: fc.array(piece, { maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(spoilt, { minLength: 1, maxLength: 3 }), async (changes) => {
        const files = { ...good };
        for (const { name, from, cut, pieces } of changes) {
          const bytes = files[name]!;
          const at = from % (bytes.length + 1);
          files[name] = Buffer.concat([bytes.subarray(0, at), ...pieces, bytes.subarray(at + cut)]);
        }
        const same = names.every((name) => files[name]!.equals(good[name]!));
        expect((await verdictOf(files)).ok).toBe(same);
      }),
      { numRuns: LONG ? 5_000 : 100 },
    );
  });

  it('and what is not there at all', async () => {
    expect(verdictText(await verifyExport(join(base, 'nowhere'), {}))).toMatch(
      /^manifest\.json cannot be read\. \(/,
    );
    await expect(broughtAs({ since: join(base, 'nowhere') })).rejects.toThrow('nowhere cannot be read.');
    await expect(broughtAs({ key: join(base, 'since.txt') })).rejects.toThrow('This is no public key');
  });
});
