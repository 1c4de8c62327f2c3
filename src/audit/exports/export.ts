import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { instantAt } from '../../clocks/days.js';
import { RuleBroken } from '../../event-store/errors.js';
import type { Ground } from '../../platform/platform.module.js';
import type { Principal } from '../../access/principal.js';
import { Sights } from '../../access/sights.js';
import { Checkpoints } from '../checkpoints.js';
import { Withheld } from '../withheld.reader.js';
import { cloudEvents } from './cloud-events.format.js';
import { csv } from './csv.format.js';
import { exportedEvent, type ExportedEvent } from './exported-event.js';
import type { Format, House, Page } from './format.js';
import { ocel } from './ocel.format.js';
import { ocelXml } from './ocel-xml.format.js';
import { clearReferences, pseudonymsOf } from './pseudonyms.js';
import { ResumableFile, type WrittenFile } from './resumable-file.js';
import { SelectedEvents, type Selection } from './selected-events.reader.js';
import { xes } from './xes.format.js';

/** An export of events for other tools: one file, and a manifest that says what it is of. */

export const FORMATS = {
  cloudevents: cloudEvents,
  xes,
  ocel,
  'ocel-xml': ocelXml,
  csv,
} as const satisfies Record<string, Format>;

export interface Asked {
  readonly format: keyof typeof FORMATS;
  readonly directory: string;
  readonly selection: Selection;
  /** What was asked for in words: only the same is gone on with. */
  readonly filters: Readonly<Record<string, unknown>>;
  readonly clearReferences: boolean;
  /** Who exports: what they must not see is left out. */
  readonly by: Principal;
}

export interface Manifest {
  readonly format: string;
  readonly origin: string;
  readonly first: number;
  readonly last: number;
  readonly events: number;
  /** Traces of a log, objects of an object-centric one. */
  readonly cases?: number;
  /** Where there are any: how many cases are left out that are sealed from whoever exported. */
  readonly sealedCases?: number;
  readonly filters: Readonly<Record<string, unknown>>;
  readonly references: 'pseudonyms' | 'clear';
  readonly checkpoint: string | null;
  readonly files: readonly WrittenFile[];
}

const MANIFEST = 'manifest.json';
const STATE = 'unfinished.json';
const CHECKPOINT = 'checkpoint.txt';
const DAYS_KEPT = 10_000;

/** How far an attempt came. */
interface State {
  readonly of: string;
  readonly last: number;
  readonly bytes: number;
  readonly events: number;
  readonly cases: number;
  readonly next?: unknown;
}

const whole = async (directory: string, name: string, text: string): Promise<void> => {
  await writeFile(join(directory, `${name}.new`), text, { mode: 0o600 });
  await rename(join(directory, `${name}.new`), join(directory, name));
};

const jsonIn = async <T>(directory: string, name: string): Promise<T | undefined> => {
  const text = await readFile(join(directory, name), 'utf8').catch(() => undefined);
  try {
    return text === undefined ? undefined : (JSON.parse(text) as T);
  } catch {
    return undefined;
  }
};

/** A day begins at its midnight there; asked for again and again. */
const beginnings = (zone: string): ((day: string) => string) => {
  const known = new Map<string, string>();
  return (day) => {
    const before = known.get(day);
    if (before !== undefined) return before;
    if (known.size >= DAYS_KEPT) known.clear();
    const told = instantAt(day, '00:00', zone);
    known.set(day, told);
    return told;
  };
};

const houseOf = async (ground: Ground, asked: Asked, last: number): Promise<House> => {
  const { pool, config, clock } = ground;
  const nameOf = asked.clearReferences ? clearReferences : await pseudonymsOf(ground);
  const withheld = new Withheld(pool, new Sights(pool, clock));
  const beginningOf = beginnings(clock.zone);
  return {
    pool,
    events: new SelectedEvents(pool, { ...asked.selection, last }, () => withheld.from(asked.by)),
    tell: (event) => exportedEvent(event, nameOf),
    timeOf: ({ occurred }: ExportedEvent) => ('at' in occurred ? occurred.at : beginningOf(occurred.date)),
    origin: config.REDRESS_LOG_ORIGIN,
  };
};

export class Export {
  private readonly format: Format;
  private readonly of: string;
  private events = 0;
  private cases = 0;

  constructor(
    private readonly ground: Ground,
    private readonly asked: Asked,
    private readonly progress: (position: number, of: number) => void = () => {},
  ) {
    this.format = FORMATS[asked.format];
    const { format, filters, clearReferences: clear, by } = asked;
    // Whoever else comes sees something else of it.
    this.of = JSON.stringify([format, filters, clear, by]);
  }

  /** Goes on where an attempt at the same was cut off. Errors: RuleBroken `export-in-the-way`. */
  async run(): Promise<Manifest> {
    const { directory } = this.asked;
    await mkdir(directory, { recursive: true });
    const state = await this.unfinished();
    const last = state?.last ?? this.asked.selection.last;
    const house = await houseOf(this.ground, this.asked, last);
    const path = join(directory, this.format.file);
    const file = state && (await ResumableFile.begin(path, state.bytes));
    if (file) [this.events, this.cases] = [state.events, state.cases];
    const begun = file ?? (await ResumableFile.begin(path, 0));
    if (!begun) throw new Error('A new file can always be begun.');
    await rm(join(directory, MANIFEST), { force: true });
    const written = await this.write(begun, this.format.pages(house, file ? state?.next : undefined), last);
    return this.finish(written, last);
  }

  private async unfinished(): Promise<State | undefined> {
    const { directory } = this.asked;
    const state = await jsonIn<State>(directory, STATE);
    const done = await jsonIn<Manifest>(directory, MANIFEST);
    const other = state ? state.of !== this.of : done && done.format !== this.name;
    if (other)
      throw new RuleBroken(
        'export-in-the-way',
        `${directory} holds another export. Name an empty directory, or remove what is there.`,
      );
    return state;
  }

  private get name(): string {
    return `redress-${this.asked.format}/1`;
  }

  private async write(file: ResumableFile, pages: AsyncGenerator<Page>, last: number): Promise<WrittenFile> {
    try {
      for await (const { text, events, cases = 0, position, next } of pages) {
        await file.write(text);
        this.events += events;
        this.cases += cases;
        if (position !== undefined) this.progress(position, last);
        if (next === undefined) continue;
        await file.sync();
        const { of, events: told, cases: traced } = this;
        const state: State = { of, last, bytes: file.bytes, events: told, cases: traced, next };
        await whole(this.asked.directory, STATE, JSON.stringify(state));
      }
    } catch (error) {
      await file.leave();
      throw error;
    }
    return file.finish();
  }

  private async finish(written: WrittenFile, last: number): Promise<Manifest> {
    const { directory, filters, selection } = this.asked;
    const { pool, config, clock } = this.ground;
    const { sealed } = await new Sights(pool, clock).of(this.asked.by);
    const checkpoint = (await new Checkpoints(pool, config).latest())?.note ?? null;
    const manifest: Manifest = {
      format: this.name,
      origin: config.REDRESS_LOG_ORIGIN,
      first: selection.first,
      last,
      events: this.events,
      ...(this.cases === 0 ? {} : { cases: this.cases }),
      ...(sealed.isEmpty ? {} : { sealedCases: sealed.all.size }),
      filters,
      references: this.asked.clearReferences ? 'clear' : 'pseudonyms',
      checkpoint: checkpoint === null ? null : CHECKPOINT,
      files: [written, ...(checkpoint === null ? [] : [await this.checkpointFile(checkpoint)])],
    };
    await whole(directory, MANIFEST, `${JSON.stringify(manifest, null, 2)}\n`);
    await rm(join(directory, STATE), { force: true });
    return manifest;
  }

  private async checkpointFile(note: string): Promise<WrittenFile> {
    await whole(this.asked.directory, CHECKPOINT, note);
    const sha256 = createHash('sha256').update(note).digest('hex');
    return { name: CHECKPOINT, bytes: Buffer.byteLength(note), sha256 };
  }
}
