import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { Export, FORMATS, type Asked, type Manifest } from '../src/audit/exports/export.js';
import { headOf } from '../src/event-store/loader.js';
import { openDatabase, poolOf } from '../src/platform/database.js';
import type { Ground } from '../src/platform/platform.module.js';
import { logAt } from '../src/platform/log.js';
import { testApplication, type Caller, type TestApplication } from './support/application.js';
import { aFolder, type Folder } from './support/register.js';
import { valuesOf, xmlIn, type Element } from './support/xes.js';
import { masterKeysIn } from './support/master-keys.js';

const PEOPLE = ['intake-1', 'head-1', 'handler-1', 'chair-1'];
/** A spreadsheet would calculate this, and XML and JSON must escape it. */
const CATEGORY = '=HYPERLINK("x")<&>\t"';

let redress: TestApplication;
let folder: Folder;
let database: DataSource;
let ground: Ground;
let cases: string[];
let parties: string[];
let hearing: string;
let resolution: string;
let last: number;

const done = async (answer: ReturnType<Caller['post']>): Promise<string> => {
  const { status, body } = await answer;
  expect([status, body.detail]).toEqual([status < 300 ? status : 200, undefined]);
  return body.id;
};

const happen = async (): Promise<void> => {
  const intake = await redress.as('intake-1', 'intake');
  const head = await redress.as('head-1', 'casework-head', 'case-handler');
  const name = 'Ada Example';
  parties = [
    await done(intake.post('/v1/parties', { kind: 'person', name, email: 'ada@example.org' })),
    await done(intake.post('/v1/parties', { kind: 'person', name: 'Bob Example' })),
  ];
  const received = { receivedOn: '2026-02-02', channel: 'letter', summary: 'Ada was shouted at.' };
  cases = [
    await done(
      intake.post('/v1/complaints', { ...received, category: CATEGORY, complainantRef: parties[0] }),
    ),
    await done(intake.post('/v1/complaints', { ...received, receivedOn: '2026-02-20', category: 'noise' })),
  ];
  for (const id of cases) {
    await done(head.post(`/v1/complaints/${id}/acknowledge`));
    await done(head.post(`/v1/complaints/${id}/assign-handler`, { handlerId: 'handler-1' }));
  }
  hearing = await done(head.post('/v1/hearings', { complaintIds: cases, kind: 'first' }));
  resolution = await done(head.post('/v1/resolutions', { complaintId: cases[0], kind: 'informal' }));
};

const by = { id: 'auditor-1', roles: ['auditor'] } as const;

const exported = async (format: Asked['format'], changes: Partial<Asked & Asked['selection']> = {}) => {
  const { directory = join(folder.path, `${format}-${Object.keys(changes).join('-')}`), ...filters } =
    changes;
  const selection = {
    first: 1,
    last,
    caseId: null,
    category: null,
    types: null,
    happenedFrom: null,
    happenedUntil: null,
    ...filters,
  };
  const { clearReferences = false } = changes;
  const manifest = await new Export(ground, {
    format,
    directory,
    selection,
    filters,
    clearReferences,
    by,
  }).run();
  return { manifest, text: await readFile(join(directory, FORMATS[format].file), 'utf8'), directory };
};

beforeAll(async () => {
  [redress, folder] = [await testApplication(), await aFolder()];
  database = await openDatabase(redress.databaseUrl);
  ground = {
    config: redress.config,
    databaseUrl: redress.databaseUrl,
    pool: poolOf(database),
    masterKeys: masterKeysIn(redress.config),
    clock: redress.clock,
    log: logAt('fatal'),
  };
  await happen();
  last = await headOf(ground.pool);
});
afterAll(async () => {
  await database.destroy();
  await redress.close();
  await folder.remove();
});

interface CloudEvent {
  readonly [name: string]: unknown;
  readonly position: string;
  readonly type: string;
  readonly cases?: string;
}

const eventsIn = (text: string): CloudEvent[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as CloudEvent);

const attribute = z.strictObject({ name: z.string(), value: z.string() });
const types = z.array(
  z.strictObject({
    name: z.string(),
    attributes: z.array(
      z.strictObject({
        name: z.string(),
        type: z.enum(['string', 'time', 'integer', 'float', 'boolean']),
      }),
    ),
  }),
);
const time = z.iso.datetime({ offset: true });
const relationships = z.array(z.strictObject({ objectId: z.string(), qualifier: z.string() }));
/** What the JSON schema of OCEL 2.0 asks for, and no more than it knows. */
const ocel = z.strictObject({
  objectTypes: types,
  eventTypes: types,
  events: z.array(
    z.strictObject({ id: z.string(), type: z.string(), time, attributes: z.array(attribute), relationships }),
  ),
  objects: z.array(
    z.strictObject({
      id: z.string(),
      type: z.string(),
      attributes: z.array(attribute.extend({ time })),
      relationships,
    }),
  ),
});

describe.each(Object.keys(FORMATS) as Asked['format'][])('an export as %s', (format) => {
  it('has a manifest that says what it is of', async () => {
    const { manifest, text, directory } = await exported(format);
    const kept = JSON.parse(await readFile(join(directory, 'manifest.json'), 'utf8')) as Manifest;
    expect(kept).toEqual(manifest);
    expect(manifest).toMatchObject({
      format: `redress-${format}/1`,
      first: 1,
      last,
      references: 'pseudonyms',
    });
    expect(manifest.files[0]).toEqual({
      name: FORMATS[format].file,
      bytes: Buffer.byteLength(text),
      sha256: createHash('sha256').update(text).digest('hex'),
    });
  });

  it('names nobody, and opens nothing that is sealed', async () => {
    const { text } = await exported(format);
    expect(text).not.toMatch(/enc1\.|Ada|Bob|shouted/);
    for (const person of [...PEOPLE, ...parties]) expect(text).not.toContain(person);
  });

  it('is the same when it is made again, and when it was cut off', async () => {
    const whole = await exported(format);
    const directory = join(folder.path, `${format}-again`);
    const cut = { format, directory, clearReferences: false, filters: {}, by };
    const selection = { first: 1, last, caseId: null, category: null, types: null };
    const asked = { ...cut, selection: { ...selection, happenedFrom: null, happenedUntil: null } };
    const attempt = new Export(ground, asked, () => {
      throw new Error('The plug is pulled.');
    });
    await attempt.run().catch((error: Error) => expect(error.message).toBe('The plug is pulled.'));
    const { text, manifest } = await exported(format, { directory });
    expect(text).toBe(whole.text);
    expect(manifest).toEqual(whole.manifest);
  });

  it('is not written over another one', async () => {
    const { directory } = await exported(format);
    const other = format === 'csv' ? 'xes' : 'csv';
    await expect(exported(other, { directory })).rejects.toMatchObject({ code: 'export-in-the-way' });
  });
});

describe('CloudEvents', () => {
  it('are all events in the order of the log', async () => {
    const { text, manifest } = await exported('cloudevents');
    const events = eventsIn(text);
    expect(events.map(({ position }) => Number(position))).toEqual(
      Array.from({ length: last }, (_, at) => at + 1),
    );
    expect(manifest.events).toBe(last);
    for (const event of events) {
      expect(event).toMatchObject({ specversion: '1.0', source: '//redress.localhost/log' });
      expect(Object.keys(event).filter((name) => !/^[a-z0-9]{1,20}$/.test(name))).toEqual([]);
      expect(time.safeParse(event['time']).success).toBe(true);
    }
  });

  it('are told as those who follow the log get them, with their cases besides', async () => {
    const auditor = await redress.as('auditor-1', 'auditor');
    const followed = (await auditor.get(`/v1/events?limit=${last}`)).body;
    const events = eventsIn((await exported('cloudevents')).text);
    expect(events.map(({ cases: _, ...event }) => event)).toEqual(followed);
  });

  it('name the same person the same', async () => {
    const events = eventsIn((await exported('cloudevents', { types: ['HandlerAssigned'] })).text);
    const handlers = new Set(events.map(({ data }) => (data as { handlerId: string }).handlerId));
    expect([...handlers]).toEqual([expect.stringMatching(/^person-[0-9a-f]{20}$/)]);
  });

  it('are of one case, a category, a span of positions or of days', async () => {
    const positions = async (changes: Parameters<typeof exported>[1]) =>
      eventsIn((await exported('cloudevents', changes)).text);
    const own = await positions({ caseId: cases[1]! });
    expect(own.length).toBeGreaterThan(3);
    expect(own.every((event) => event.cases?.includes(cases[1]!))).toBe(true);
    // A hearing of both is of each.
    expect(own.map(({ type }) => type)).toContain('redress.HearingRequested');
    expect(await positions({ category: 'noise' })).toEqual(own);
    const some = await positions({ first: 3, last: 5 });
    expect(some.map(({ position }) => position)).toEqual(['3', '4', '5']);
    const days = await positions({ happenedFrom: '2026-02-20', happenedUntil: '2026-02-20' });
    expect(days.map(({ type }) => type)).toEqual(['redress.ComplaintReceived']);
  });

  it('tell references as they are, where that was asked for', async () => {
    const { text, manifest } = await exported('cloudevents', { clearReferences: true });
    expect(text).toContain('handler-1');
    expect(text).not.toMatch(/enc1\.|Ada/);
    expect(manifest.references).toBe('clear');
  });
});

describe('CSV', () => {
  it('has a row for each event, and nothing that a spreadsheet would calculate', async () => {
    const { text } = await exported('csv');
    const rows = parse(text, { columns: true, record_delimiter: '\r\n' }) as Record<string, string>[];
    expect(rows.map(({ position }) => Number(position))).toEqual(
      Array.from({ length: last }, (_, at) => at + 1),
    );
    const cells = rows.flatMap((row) => Object.values(row));
    expect(cells.filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);
    const received = rows.find(({ type }) => type === 'ComplaintReceived');
    expect(JSON.parse(received!['data']!)).toMatchObject({ category: CATEGORY });
  });
});

describe('XES', () => {
  it('is well-formed, and built as IEEE 1849 has it', async () => {
    const { text, manifest } = await exported('xes');
    const log = xmlIn(text);
    expect([log.tag, log.attributes['xes.version']]).toEqual(['log', '1849.2016']);
    const order = ['extension', 'global', 'classifier', 'string', 'trace'];
    const ranks = log.children.map(({ tag }) => order.indexOf(tag));
    expect(ranks).toEqual(ranks.toSorted((one, other) => one - other));
    const traces = log.children.filter(({ tag }) => tag === 'trace');
    expect(traces.map((trace) => valuesOf(trace)['concept:name'])).toEqual(cases.toSorted());
    expect(manifest.cases).toBe(2);
    const events = traces.flatMap(({ children }) => children.filter(({ tag }) => tag === 'event'));
    expect(manifest.events).toBe(events.length);
    for (const event of events) {
      const values = valuesOf(event);
      expect(values).toMatchObject({ 'lifecycle:transition': 'complete', 'org:role': expect.any(String) });
      expect(time.safeParse(values['time:timestamp']).success).toBe(true);
    }
    expect(events.map(valuesOf)).toContainEqual(
      expect.objectContaining({ 'concept:name': 'ComplaintReceived', 'data.category': CATEGORY }),
    );
  });
});

describe('OCEL', () => {
  it('has the shape of its JSON schema, and what it refers to is there', async () => {
    const log = ocel.parse(JSON.parse((await exported('ocel')).text));
    expect(log.events).toHaveLength(last);
    const ids = new Set(log.objects.map(({ id }) => id));
    expect(ids.size).toBe(log.objects.length);
    const named = [...log.events, ...log.objects].flatMap((each) => each.relationships);
    expect(named.filter(({ objectId }) => !ids.has(objectId))).toEqual([]);
    for (const [found, declared] of [
      [log.events, log.eventTypes],
      [log.objects, log.objectTypes],
    ] as const)
      for (const { type, attributes } of found) {
        const known = declared.find(({ name }) => name === type)?.attributes.map(({ name }) => name);
        expect(known).toEqual(expect.arrayContaining(attributes.map(({ name }) => name)));
      }
  });

  it('relates complaints, hearings, resolutions and people', async () => {
    const log = ocel.parse(JSON.parse((await exported('ocel')).text));
    const found = new Map(log.objects.map((each) => [each.id, each]));
    expect(found.get(`complaint-${cases[0]}`)).toMatchObject({
      type: 'complaint',
      attributes: expect.arrayContaining([
        { name: 'category', value: CATEGORY, time: '2026-02-02T00:00:00+00:00' },
      ]),
    });
    const heard = cases.map((id) => ({ objectId: `complaint-${id}`, qualifier: 'complaint' }));
    expect(found.get(`hearing-${hearing}`)?.relationships).toEqual(heard);
    expect(found.get(`resolution-${resolution}`)?.relationships).toEqual(heard.slice(0, 1));
    const assigned = log.events.find(({ type }) => type === 'HandlerAssigned');
    expect(assigned?.relationships.map(({ qualifier }) => qualifier)).toEqual(['case', 'actor', 'handlerId']);
  });
});

const partsOf = (parent: Element | undefined, tag: string): readonly Element[] =>
  parent?.children.find((child) => child.tag === tag)?.children ?? [];

const itemOf = (each: Element) => ({
  ...each.attributes,
  attributes: partsOf(each, 'attributes').map(({ attributes, text }) => ({ ...attributes, value: text })),
  relationships: partsOf(each, 'objects').map(({ attributes: { 'object-id': objectId, qualifier } }) => ({
    objectId,
    qualifier,
  })),
});

const typeOf = (each: Element) => ({
  ...each.attributes,
  attributes: partsOf(each, 'attributes').map(({ attributes }) => attributes),
});

describe('OCEL as XML', () => {
  it('is well-formed, in the order of its schema, and says what the JSON says', async () => {
    const root = xmlIn((await exported('ocel-xml')).text, true);
    expect(root.children.map(({ tag }) => tag)).toEqual(['object-types', 'event-types', 'objects', 'events']);
    expect({
      objectTypes: partsOf(root, 'object-types').map(typeOf),
      eventTypes: partsOf(root, 'event-types').map(typeOf),
      objects: partsOf(root, 'objects').map(itemOf),
      events: partsOf(root, 'events').map(itemOf),
    }).toEqual(ocel.parse(JSON.parse((await exported('ocel')).text)));
  });
});

describe.each(Object.keys(FORMATS) as Asked['format'][])(
  'an export as %s of a register in which a case is sealed',
  (format) => {
    it('leaves it out, and what names it, and says how many there are', async () => {
      const head = await redress.as('head-1', 'casework-head', 'intake');
      const [seen = '', sealed = ''] = cases;
      const act = (id: string, command: string, body: object) =>
        done(head.post(`/v1/complaints/${id}/${command}`, body));
      const restriction = { people: ['head-1', 'handler-1'], basis: 'An order.', until: '2026-06-30' };
      if ((await head.post('/v1/staff', { staffId: 'handler-1', duties: [] })).status === 201) {
        await act(sealed, 'restrict-case', restriction);
        await act(sealed, 'seal-case', { basis: 'An order.', until: '2026-06-30' });
      }
      const { text, manifest } = await exported(format, { last: await headOf(ground.pool), first: 1 });
      expect(manifest.sealedCases).toBe(1);
      expect(text).toContain(seen);
      for (const id of [sealed, hearing]) expect(text).not.toContain(id);
    });
  },
);
