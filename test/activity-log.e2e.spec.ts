import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import type { DataSource } from 'typeorm';
import { Export, type Asked } from '../src/audit/exports/export.js';
import { EventStore } from '../src/event-store/event-store.js';
import { headOf } from '../src/event-store/loader.js';
import { ActivityImport } from '../src/intake/activity-import.handler.js';
import { activityMappingIn, ActivityRegister } from '../src/intake/activity-register.js';
import { legacyIds } from '../src/intake/legacy-ids.js';
import { openDatabase, poolOf } from '../src/platform/database.js';
import { logAt } from '../src/platform/log.js';
import { appendOf, happened, write } from './support/appends.js';
import { testApplication, type TestApplication } from './support/application.js';
import { aFolder, csv, type Folder } from './support/register.js';
import { masterKeysIn } from './support/master-keys.js';

/** Where the real registers lie; they are never part of the repository. */
const data = process.env['REDRESS_DATA_SETS'] ?? fileURLToPath(new URL('../../shared/data', import.meta.url));
const LONG = process.env['REDRESS_LONG'] !== undefined;
const SAMPLE = 2_000;

let redress: TestApplication;
let folder: Folder;
let database: DataSource;

beforeAll(async () => {
  [redress, folder] = [await testApplication(), await aFolder()];
  database = await openDatabase(redress.databaseUrl);
});
afterAll(async () => {
  await database.destroy();
  await redress.close();
  await folder.remove();
});

const importing = async (path: string) => {
  const mapping = await activityMappingIn('eventlog-chicago');
  const register = await ActivityRegister.prepare(path, mapping!);
  const rejects: { readonly line: number; readonly column: string }[] = [];
  const counts = await redress.app.get(ActivityImport, { strict: false }).run(register, {
    rejected: async ({ line, column }) => void rejects.push({ line, column }),
    progressed: () => undefined,
  });
  return { counts, rejects };
};

const by = { id: 'auditor-1', roles: ['auditor'] } as const;

const anExport = async (format: Asked['format'], directory: string, first = 1, cutAt?: number) => {
  const pool = poolOf(database);
  const { config, databaseUrl, clock } = redress;
  const ground = { config, databaseUrl, pool, clock, masterKeys: masterKeysIn(config), log: logAt('fatal') };
  const all = { caseId: null, category: null, types: null, happenedFrom: null, happenedUntil: null };
  const selection = { ...all, first, last: await headOf(pool) };
  const asked = { format, directory, selection, filters: { first }, clearReferences: false, by };
  return new Export(ground, asked, (position) => {
    if (cutAt !== undefined && position >= cutAt) throw new Error('The plug is pulled.');
  }).run();
};

interface Step {
  readonly activity: string;
  readonly on: string;
}

const valueOf = (line: string, key: string): string =>
  new RegExp(` key="${key}" value="([^"]*)"`).exec(line)?.[1] ?? '';

/** The traces of an XES file, without their names. */
async function* tracesIn(path: string): AsyncGenerator<readonly Step[]> {
  let steps: Step[] = [];
  for await (const line of createInterface({ input: createReadStream(path) })) {
    if (line.startsWith('<trace>')) steps = [];
    else if (line === '</trace>') yield steps;
    else if (line.startsWith('<event>'))
      steps.push({
        activity: valueOf(line, 'concept:name'),
        on: valueOf(line, 'time:timestamp').slice(0, 10),
      });
  }
}

interface Mined {
  cases: number;
  events: number;
  days: number;
  readonly activities: Record<string, number>;
  readonly start_activities: Record<string, number>;
  readonly end_activities: Record<string, number>;
  readonly directly_follows: Record<string, number>;
  readonly variants: Set<string>;
}

const nothing = (): Mined => ({
  cases: 0,
  events: 0,
  days: 0,
  activities: {},
  start_activities: {},
  end_activities: {},
  directly_follows: {},
  variants: new Set(),
});

const count = (counts: Record<string, number>, key: string): void => {
  counts[key] = (counts[key] ?? 0) + 1;
};

const mine = (mined: Mined, steps: readonly Step[]): void => {
  const names = steps.map(({ activity }) => activity);
  mined.cases += 1;
  mined.events += steps.length;
  mined.days += (Date.parse(steps.at(-1)!.on) - Date.parse(steps[0]!.on)) / 86_400_000;
  count(mined.start_activities, names[0]!);
  count(mined.end_activities, names.at(-1)!);
  for (const name of names) count(mined.activities, name);
  for (const [at, name] of names.slice(1).entries()) count(mined.directly_follows, `${names[at]} -> ${name}`);
  mined.variants.add(names.join(' > '));
};

describe('an activity log', () => {
  let path: string;
  beforeAll(async () => {
    path = await folder.write(
      'log.csv',
      csv(
        'case_id,activity,event_date,role,person',
        'A,RECEIVED,2018-07-12,,',
        'A,CLOSED,2018-07-01,,',
        'B,RECEIVED,2018-07-12,,',
        'A,ASSIGNED,13-JUL-18,LEAD,Ada',
        'A,ASSIGNED,,LEAD,Ada',
        'B,ASSIGNED,02-SEP-40,LEAD,Bob',
        'B,ASSIGNED,12-JUL-18,,',
      ),
    );
  });

  it('is recorded as it is, in whatever order; a row without a day is rejected', async () => {
    const { counts, rejects } = await importing(path);
    expect(counts).toEqual({ read: 7, imported: 6, alreadyPresent: 0, rejected: 1, cases: 2 });
    expect(rejects).toEqual([{ line: 6, column: 'event_date' }]);
  });

  it('is imported once, however often', async () => {
    const { counts } = await importing(path);
    expect(counts).toMatchObject({ imported: 0, alreadyPresent: 6, cases: 2 });
  });

  it('makes no case', async () => {
    const auditor = await redress.as('auditor-1', 'auditor');
    expect((await auditor.get('/v1/cases')).body.items).toEqual([]);
  });

  it('is exported in the order in which things were done, and names nobody', async () => {
    const directory = join(folder.path, 'small');
    const manifest = await anExport('xes', directory);
    expect(manifest).toMatchObject({ cases: 2, events: 6 });
    const traces: string[] = [];
    for await (const steps of tracesIn(join(directory, 'log.xes')))
      traces.push(steps.map(({ activity, on }) => `${on} ${activity}`).join(', '));
    expect(traces.toSorted()).toEqual([
      '2018-07-01 CLOSED, 2018-07-12 RECEIVED, 2018-07-13 ASSIGNED / LEAD',
      '2018-07-12 RECEIVED, 2018-07-12 ASSIGNED, 2040-09-02 ASSIGNED / LEAD',
    ]);
    expect(readFileSync(join(directory, 'log.xes'), 'utf8')).not.toMatch(/Ada|Bob/);
  });

  it('of a case that is erased goes with it, and comes back with no later import', async () => {
    const ids = ['A', 'B'].map((each) => legacyIds('eventlog-chicago', each)('complaint'));
    const kept = async () => {
      const { rows } = await poolOf(database).query<{ subject: string }>(
        'SELECT subject FROM subject_keys WHERE subject = ANY ($1)',
        [ids.map((id) => `activity:${id}`)],
      );
      return rows.map(({ subject }) => subject);
    };
    expect(await kept()).toHaveLength(2);
    const data = JSON.stringify({ basis: 'no-longer-needed', hearingIds: [] });
    const erased = { ...happened(data), type: 'PersonalDataErased' };
    const store = redress.app.get(EventStore, { strict: false });
    await store.append(appendOf([write(`complaint-${ids[0]}`, 0, erased)]));
    expect(await kept()).toEqual([`activity:${ids[1]}`]);
    const later = `${readFileSync(path, 'utf8')}A,REOPENED,2019-07-12,LEAD,Ada\r\nB,REOPENED,2019-07-12,LEAD,Bob\r\n`;
    const { counts } = await importing(await folder.write('later.csv', later));
    expect(counts).toMatchObject({ imported: 1, alreadyPresent: 7 });
    expect(await kept()).toEqual([`activity:${ids[1]}`]);
  });
});

const file = join(data, 'eventlog-chicago.csv.gz');
const RANKS = ['COMPLAINT RECEIVED', 'INVESTIGATOR ASSIGNED', 'COMPLAINT CLOSED'];
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

const dayOf = (text: string): string => {
  const [, d, month = '', y] = /^(\d\d)-([A-Z]{3})-(\d\d)$/.exec(text) ?? [];
  if (d === undefined) return text;
  return `${Number(y) < 69 ? 20 : 19}${y}-${String(MONTHS.indexOf(month) + 1).padStart(2, '0')}-${d}`;
};

/** By the rule of the truth file: by date, then received, assigned, closed, then as in the file; undated ones left out. */
const expected = (rows: readonly Record<string, string>[]): Mined => {
  const cases = new Map<string, (Step & { readonly rank: number })[]>();
  for (const { case_id: id = '', activity = '', role = '', event_date: date = '' } of rows) {
    if (date === '') continue;
    const step = {
      activity: role === '' ? activity : `${activity} / ${role}`,
      on: dayOf(date),
      rank: RANKS.indexOf(activity),
    };
    cases.set(id, [...(cases.get(id) ?? []), step]);
  }
  const mined = nothing();
  for (const steps of cases.values())
    mine(
      mined,
      steps.toSorted(
        (one, other) => Number(one.on > other.on) - Number(one.on < other.on) || one.rank - other.rank,
      ),
    );
  return mined;
};

describe('the activity log of a real register', () => {
  if (!existsSync(file)) {
    test.skip('skipped: the real registers are not beside this repository', () => undefined);
    return;
  }
  let before: number;
  let wanted: Mined;
  let path: string;

  beforeAll(async () => {
    before = await headOf(poolOf(database));
    path = file;
    if (LONG) return;
    const text = gunzipSync(readFileSync(file)).toString();
    const lines = text.split('\r\n');
    const cases = new Set<string>();
    const end = lines.findIndex((line, at) => at > 0 && cases.add(line.split(',')[0]!).size > SAMPLE);
    path = await folder.write('sample.csv', csv(...lines.slice(0, end)));
    wanted = expected(parse(readFileSync(path), { columns: true, record_delimiter: '\r\n' }));
  });

  it('is imported: every row is accounted for', async () => {
    const { counts } = await importing(path);
    expect(counts.imported + counts.rejected).toBe(counts.read);
    if (!LONG) expect(counts).toMatchObject({ imported: wanted.events, cases: SAMPLE });
    else expect(counts.rejected).toBe(6);
  }, 900_000);

  it('comes back with its cases, events, order and days; what follows what is as it was counted independently', async () => {
    const directory = join(folder.path, 'chicago');
    const manifest = await anExport('xes', directory, before + 1);
    const mined = nothing();
    for await (const steps of tracesIn(join(directory, 'log.xes'))) mine(mined, steps);
    expect(manifest).toMatchObject({ cases: mined.cases, events: mined.events });
    if (!LONG) {
      expect(mined).toEqual(wanted);
      return;
    }
    const truth = JSON.parse(readFileSync(join(data, 'truth-eventlog-chicago.json'), 'utf8'));
    const { days, variants, ...counts } = mined;
    expect(truth).toMatchObject(counts);
    expect(Object.keys(counts.directly_follows)).toHaveLength(truth.directly_follows_pairs);
    expect([days, variants.size]).toEqual([truth.case_duration_days.sum, truth.variants]);
  }, 900_000);

  it('is exported to the byte the same when it was cut off', async () => {
    const [whole, cut] = [join(folder.path, 'whole'), join(folder.path, 'cut')];
    const manifest = await anExport('ocel', whole, before + 1);
    await expect(anExport('ocel', cut, before + 1, before + 4_100)).rejects.toThrow('The plug is pulled.');
    const unfinished = JSON.parse(readFileSync(join(cut, 'unfinished.json'), 'utf8'));
    expect(unfinished.events).toBeGreaterThan(0);
    expect(await anExport('ocel', cut, before + 1)).toEqual(manifest);
  }, 900_000);
});
