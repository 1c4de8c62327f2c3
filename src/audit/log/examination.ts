import { brokenRule } from './envelope-rules.js';
import { Faults, placeOf, type Fault } from './fault.js';
import type { Head } from './checkpoint.js';
import { GrowingTree, HASH_SIZE, provesConsistency } from './merkle.js';
import { consistencyProof, rootAt, TILE_WIDTH, treeAt, type TileReader } from './tiles.js';
import { Versions } from './versions.js';

/** An event as it is found: its envelope, whatever that holds, and the hash of its bytes. */
export interface Entry {
  readonly envelope: readonly unknown[];
  readonly leaf: Buffer;
  /** Why its bytes are not those of an event. */
  readonly wrong?: string | undefined;
}

/** Where a log is read from: a database, or an export. */
export interface LogSource {
  /** The position at which it begins, and the last that there should be. */
  readonly first: number;
  readonly last: number;
  /** In order of position, some at a time. */
  entries(): AsyncIterable<readonly Entry[]>;
  readonly tiles: TileReader;
  /** How many leaves the tiles have. */
  readonly tiled: number;
}

/** A head that somebody signed, and how it is called. */
export interface KnownHead extends Head {
  readonly called: string;
}

const POSITION = 1;
const STREAM = 3;
const VERSION = 4;
const RECORDED_AT = 10;

const WHOLE_TILE = Math.log2(TILE_WIDTH);

/** Goes through a log once, from its first event to its last. Memory does not grow with the log. */
export class Examination {
  private readonly versions: Versions;
  private readonly heads: KnownHead[];
  private tree = new GrowingTree();
  private leaves: Buffer = Buffer.alloc(0);
  private recordedAt = '';
  /** Up to which position the tree is the one that somebody signed for. */
  private good = 0;
  /** Nothing is known of what should stand between, so no head can be reckoned any more. */
  private torn = false;
  private done = 0;

  constructor(
    private readonly source: LogSource,
    heads: readonly KnownHead[],
    readonly faults: Faults = new Faults(),
  ) {
    this.heads = heads.toSorted((a, b) => a.size - b.size);
    this.versions = new Versions(source.first === 1);
  }

  async run(progress: (position: number) => void = () => {}): Promise<Head> {
    try {
      await this.begin();
      for await (const entries of this.source.entries()) {
        for (const entry of entries) await this.take(entry);
        progress(this.tree.size);
      }
      await this.end();
    } finally {
      await this.versions.close();
    }
    return { size: this.tree.size, root: this.tree.root() };
  }

  /** How many events were looked at. */
  get events(): number {
    return this.done;
  }

  private async begin(): Promise<void> {
    const before = this.source.first - 1;
    this.tree = await treeAt(this.source.tiles, before);
    if (before > 0) this.leaves = await this.source.tiles.tile(0, Math.floor(before / TILE_WIDTH));
    for (const head of this.heads.filter(({ size }) => size <= before))
      this.hold([head], await rootAt(this.source.tiles, head.size));
  }

  private async take(entry: Entry): Promise<void> {
    const { envelope } = entry;
    this.done += 1;
    const position = envelope[POSITION];
    const expected = this.tree.size + 1;
    // Two at one position: whichever is the real one, the other is none.
    if (typeof position !== 'number' || !(position >= expected)) return this.misplaced(envelope, expected);
    if (position > expected) await this.skip(expected, position);
    this.checkEnvelope(entry, position);
    await this.grow(position, envelope, entry.leaf);
    const [stream, version] = [envelope[STREAM], envelope[VERSION]];
    if (typeof stream === 'string' && typeof version === 'number')
      await this.versions.take(stream, version, position);
  }

  private misplaced(envelope: readonly unknown[], expected: number): void {
    this.tell(
      envelope,
      'event-repeated',
      (at) => `${at} stands where position ${expected} is expected: it is there twice, or out of order.`,
    );
  }

  /** Positions that are not there: the tree goes on with what was hashed when they were recorded. */
  private async skip(from: number, to: number): Promise<void> {
    const missing = to - from === 1 ? `Position ${from} is` : `Positions ${from} to ${to - 1} are`;
    this.faults.add({
      code: 'events-missing',
      position: from,
      says: `${missing} missing: what was recorded there was removed.`,
    });
    const known = Math.min(to - 1, this.source.tiled);
    for (let position = from; position <= known; position += 1)
      await this.grow(position, undefined, undefined);
    if (known < to - 1) this.tear(to - 1);
  }

  private tear(size: number): void {
    this.torn = true;
    this.tree = new GrowingTree(size, []);
  }

  private checkEnvelope({ envelope, wrong }: Entry, position: number): void {
    const broken = wrong ?? brokenRule(envelope);
    if (broken !== undefined) this.tell(envelope, 'envelope', (at) => `${at} ${broken}.`);
    const recordedAt = envelope[RECORDED_AT];
    if (typeof recordedAt !== 'string') return;
    if (recordedAt < this.recordedAt)
      this.tell(
        envelope,
        'recorded-earlier',
        (at) => `${at} says it was recorded ${recordedAt}, before the one at position ${position - 1}.`,
      );
    else this.recordedAt = recordedAt;
  }

  private tell(envelope: readonly unknown[], code: Fault['code'], says: (at: string) => string): void {
    const [given, stream, version] = [envelope[POSITION], envelope[STREAM], envelope[VERSION]];
    const placed = typeof given === 'number';
    const position = placed ? given : this.tree.size + 1;
    this.faults.add({
      code,
      position,
      ...(typeof stream === 'string' ? { stream } : {}),
      ...(typeof version === 'number' ? { version } : {}),
      says: says(
        `${placed ? 'The event' : 'What stands'} at position ${position} ${placeOf(stream, version)}`,
      ),
    });
  }

  /** With what was hashed at the time, where it is known: so what is wrong is told once, where it is. */
  private async grow(position: number, envelope: readonly unknown[] | undefined, found: Buffer | undefined) {
    const recorded = await this.recordedLeaf(position);
    if (envelope && found && recorded && !found.equals(recorded))
      this.tell(envelope, 'event-changed', (at) => `${at} is not what was hashed when it was recorded.`);
    const leaf = recorded ?? found;
    if (!leaf || this.torn) return void (this.tree.size += 1);
    const whole: [level: number, index: number, hash: Buffer][] = [];
    this.tree.append(leaf, (level, index, hash) => {
      if (level > 0 && level % WHOLE_TILE === 0) whole.push([level / WHOLE_TILE, index, hash]);
    });
    for (const [level, index, hash] of whole) await this.checkTile(level, index, hash);
    this.checkHeads();
  }

  private async recordedLeaf(position: number): Promise<Buffer | undefined> {
    if (position > this.source.tiled) return undefined;
    const at = (position - 1) % TILE_WIDTH;
    if (at === 0) this.leaves = await this.source.tiles.tile(0, (position - 1) / TILE_WIDTH);
    const leaf = this.leaves.subarray(at * HASH_SIZE, (at + 1) * HASH_SIZE);
    if (leaf.length === HASH_SIZE) return leaf;
    const index = Math.floor((position - 1) / TILE_WIDTH);
    if (at === 0 || at * HASH_SIZE === this.leaves.length)
      this.faults.add({
        code: 'tile',
        position,
        says: `Tile ${index} of level 0 does not hold the hash of position ${position}: the tree is not whole.`,
      });
    return undefined;
  }

  private async checkTile(level: number, index: number, hash: Buffer): Promise<void> {
    const last = (index + 1) * TILE_WIDTH ** level;
    if (last > this.source.tiled) return;
    const tile = Math.floor(index / TILE_WIDTH);
    const at = (index % TILE_WIDTH) * HASH_SIZE;
    const kept = (await this.source.tiles.tile(level, tile)).subarray(at, at + HASH_SIZE);
    if (kept.equals(hash)) return;
    const position = index * TILE_WIDTH ** level + 1;
    this.faults.add({
      code: 'tile',
      position,
      says: `Tile ${tile} of level ${level} is not the tree over positions ${position} to ${last}.`,
    });
  }

  private checkHeads(): void {
    const { size } = this.tree;
    const signed = this.heads.filter((head) => head.size === size);
    if (signed.length > 0) this.hold(signed, this.tree.root());
  }

  /** Heads of one size against the root that the tree has at it. */
  private hold(heads: readonly KnownHead[], root: Buffer): void {
    const wrong = heads.filter((head) => !head.root.equals(root));
    const from = this.good + 1;
    const known = this.good === 0 ? '' : ` Up to position ${this.good} it is as another checkpoint says.`;
    for (const { called, size } of wrong)
      this.faults.add({
        code: 'checkpoint',
        position: from,
        says: `What stands at positions ${from} to ${size} is not what ${called} was signed for: something there was changed, and hashed anew.${known}`,
      });
    if (wrong.length === 0) this.good = heads[0]?.size ?? this.good;
  }

  private async end(): Promise<void> {
    const { first, last, tiles } = this.source;
    if (this.tree.size < last) await this.skip(this.tree.size + 1, last + 1);
    for (const { size, called } of this.heads)
      if (size > this.tree.size)
        this.faults.add({
          code: 'events-missing',
          position: this.tree.size + 1,
          says: `The log ends at position ${this.tree.size}, but ${called} was signed for ${size}: positions ${this.tree.size + 1} to ${size} are missing.`,
        });
    for await (const fault of this.versions.faults()) this.faults.add(fault);
    const root = this.tree.root();
    for (const head of this.heads.filter(({ size }) => !this.torn && size < first - 1)) {
      const proof = await consistencyProof(tiles, head.size, this.tree.size);
      if (!provesConsistency(head, { size: this.tree.size, root }, proof))
        this.faults.add({
          code: 'checkpoint',
          position: 1,
          says: `The log does not go on from what ${head.called} was signed for.`,
        });
    }
  }
}
