import { Inject, Injectable } from '@nestjs/common';
import { definitionOf } from '../event-store/catalogue.js';
import { EventStore } from '../event-store/event-store.js';
import { freshId } from '../event-store/fresh-bytes.js';
import { BornKeys, Sealing, type SubjectKey } from '../event-store/sealing.js';
import { activityEvents } from './activity.js';
import type { Activity, ActivityRegister } from './activity-register.js';
import type { Reject } from './legacy-case.js';
import { legacyIds } from './legacy-ids.js';
import { Window } from './window.js';

const IMPORTER = { id: 'import', role: 'integration' };
const UNDER_WAY = 128;
/** Of one case, recorded at once. */
const MOST_AT_ONCE = 500;
const TYPE = 'ActivityRecorded';

export interface ActivitiesImported {
  read: number;
  imported: number;
  alreadyPresent: number;
  rejected: number;
  cases: number;
}

export interface ActivityListener {
  rejected(reject: Omit<Reject, 'code'>): Promise<void>;
  progressed(counts: ActivitiesImported): void;
}

/** Rows of one case that follow each other, in the order of the file. */
async function* groups(
  register: ActivityRegister,
  counts: ActivitiesImported,
  listener: ActivityListener | undefined,
): AsyncGenerator<readonly Activity[]> {
  let open: Activity[] = [];
  for await (const entry of register.entries()) {
    counts.read += 1;
    if (entry.kind === 'reject') {
      counts.rejected += 1;
      await listener?.rejected(entry.reject);
      continue;
    }
    if (open.length >= MOST_AT_ONCE || (open[0] && open[0].caseId !== entry.activity.caseId)) {
      yield open;
      open = [];
    }
    open.push(entry.activity);
  }
  if (open.length > 0) yield open;
}

/** Records an activity log, case by case as it comes; importing it again records what is missing and nothing twice. */
@Injectable()
export class ActivityImport {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(Sealing) private readonly sealing: Sealing,
  ) {}

  async run(register: ActivityRegister, listener?: ActivityListener): Promise<ActivitiesImported> {
    const counts: ActivitiesImported = { read: 0, imported: 0, alreadyPresent: 0, rejected: 0, cases: 0 };
    const correlationId = freshId();
    let window = new Window(UNDER_WAY);
    /** How many rows of each case came so far: the next is the one after these. */
    const seen = new Map<string, number>();
    for await (const rows of groups(register, counts, listener)) {
      const caseId = rows[0]?.caseId ?? '';
      const before = seen.get(caseId) ?? 0;
      seen.set(caseId, before + rows.length);
      if (before > 0) {
        // Its earlier rows may be under way.
        await window.drained();
        window = new Window(UNDER_WAY);
      }
      await window.add(async () => {
        const recorded = await this.record(register, { rows, before }, correlationId);
        counts.imported += recorded;
        counts.alreadyPresent += rows.length - recorded;
        listener?.progressed(counts);
      });
    }
    await window.drained();
    return { ...counts, cases: seen.size };
  }

  private async record(
    register: ActivityRegister,
    { rows, before }: { readonly rows: readonly Activity[]; readonly before: number },
    correlationId: string,
  ): Promise<number> {
    const { source } = register.mapping;
    const id = legacyIds(source, rows[0]?.caseId ?? '')('complaint');
    const stream = `activity-${id}`;
    const version = (await this.store.load(stream)).length;
    const missing = rows.slice(Math.max(0, version - before));
    if (missing.length === 0) return 0;
    const keys = new BornKeys();
    const subject = `activity:${id}`;
    const key = version === 0 ? this.sealing.bear(subject, keys) : await this.sealing.keyOf(subject);
    // Erased with its case: nothing more is kept of it.
    if (!key) return 0;
    const events = missing.map((row) => this.event(row, register, key));
    const writes = [{ stream, expected: version, events }];
    await this.store.append({ writes, actor: IMPORTER, correlationId, keys: keys.stored });
    return missing.length;
  }

  private event(
    { activity, caseId, on, line, asFound }: Activity,
    register: ActivityRegister,
    key: SubjectKey,
  ) {
    const { mapping, sha256: fileSha256 } = register;
    const found = { line, asFound: JSON.stringify(asFound), flags: [] };
    const data = { activity, source: { name: mapping.source, id: caseId, fileSha256, ...found } };
    const { version, personal } = definitionOf(activityEvents, TYPE);
    return {
      id: freshId(),
      type: TYPE,
      schemaVersion: version,
      occurred: { date: on },
      on,
      text: JSON.stringify(this.sealing.seal(data, personal, key)),
    };
  }
}
