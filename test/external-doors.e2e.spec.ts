import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ExternalImport, type ExternalImported } from '../src/intake/external-import.handler.js';
import { testApplication, type Caller, type TestApplication } from './support/application.js';
import { aFolder, csv, type Folder } from './support/register.js';

const mapping = {
  source: 'penalties',
  external: {
    id: ['case', 'officer'],
    observedAt: '2020-01-10T18:00:00Z',
    changes: { observedAt: 'at', change: 'change', field: 'field', old: 'old', new: 'new' },
  },
};

/** A register of which three copies were taken in 2020, and which is imported only now. */
describe('an observed register', () => {
  let redress: TestApplication;
  let folder: Folder;
  let auditor: Caller;
  let imported: ExternalImported;

  beforeAll(async () => {
    redress = await testApplication();
    // The database stamps what it records by its own clock, so the house must live on the same day.
    redress.clock.set(new Date().toISOString());
    folder = await aFolder();
    const base = await folder.write(
      'base.csv',
      csv('case,officer,status,penalty', '100,1,Pending,', '100,2,Pending,', '200,1,Closed,Reprimand'),
    );
    const changes = await folder.write(
      'changes.csv',
      csv(
        'at,change,case,officer,field,old,new',
        '2020-02-10T18:00:00Z,changed,100,1,status,Pending,Closed',
        '2020-02-10T18:00:00Z,changed,100,1,penalty,,Warning',
        '2020-02-10T18:00:00Z,removed,100,2,,,',
        '2020-03-10T18:00:00Z,added,100,2,status,,Pending',
        '2020-03-10T18:00:00Z,changed,100,1,status,Closed,Pending',
      ),
    );
    imported = await redress.app.get(ExternalImport, { strict: false }).run({ base, changes }, mapping);
    auditor = await redress.as('auditor-1', 'auditor');
  });
  afterAll(async () => {
    await redress.close();
    await folder.remove();
  });

  const listed = async (query: string) => {
    const { status, body } = await auditor.get(`/v1/external-records?source=penalties${query}`);
    expect([status, body.detail]).toEqual([200, undefined]);
    return body.items.map(({ recordId, seenFrom, fields }: Listed) => [
      recordId.join('/'),
      seenFrom.slice(0, 10),
      ...fields.map(({ value }) => value),
    ]);
  };
  interface Listed {
    readonly recordId: string[];
    readonly seenFrom: string;
    readonly fields: { readonly value: string | null }[];
  }

  const first = [
    ['100/1', '2020-01-10', 'Pending', null],
    ['100/2', '2020-01-10', 'Pending', null],
    ['200/1', '2020-01-10', 'Closed', 'Reprimand'],
  ];

  it('is imported with every change that a copy showed', () =>
    // Three records, and four changes of them: two fields of one record in one copy are one.
    expect(imported).toEqual({ observations: 7, events: 7 }));

  it('is told as its copies showed it, whenever they were imported', async () => {
    expect(await listed('&asOf=2020-01-09')).toEqual([]);
    expect(await listed('&asOf=2020-01-31')).toEqual(first);
    expect(await listed('&asOf=2020-02-10T17:59:59Z')).toEqual(first);
    expect(await listed('&asOf=2020-02-10T18:00:00Z')).toEqual([
      ['100/1', '2020-02-10', 'Closed', 'Warning'],
      first[2],
    ]);
    expect(await listed('')).toEqual([
      ['100/1', '2020-03-10', 'Pending', 'Warning'],
      ['100/2', '2020-03-10', 'Pending'],
      first[2],
    ]);
  });

  it('was known to nobody before it was imported', async () => {
    expect(await listed('&asOf=2020-12-31&basis=known-then')).toEqual([]);
    expect(await listed('&basis=known-then')).toEqual(await listed(''));
  });

  it('is paged: each page is of the same moment', async () => {
    const one = await auditor.get('/v1/external-records?source=penalties&asOf=2020-01-31&first=2');
    const rest = await auditor.get(
      `/v1/external-records?source=penalties&first=2&after=${String(one.body.next)}`,
    );
    expect([...one.body.items, ...rest.body.items].map(({ recordId }: Listed) => recordId.join('/'))).toEqual(
      first.map(([name]) => name),
    );
    expect(rest.body.next).toBeNull();
  });

  it('is told as a whole through REST and GraphQL alike', async () => {
    const { body } = await auditor.get('/v1/external-records/state?source=penalties&asOf=2020-02-10');
    expect(body).toMatchObject({
      records: 2,
      basis: 'known-now',
      values: { status: { Closed: 2 }, penalty: { Warning: 1, Reprimand: 1 } },
    });
    const query = `{ externalState(source: "penalties", asOf: "2020-02-10") { records sha256 }
      externalRegisters { registers { source records firstSeenAt lastChangeSeenAt } }
      externalRecords(source: "penalties", basis: KNOWN_THEN, first: 1) { edges { node { recordId } } } }`;
    const { body: asked } = await auditor.post('/graphql', { query });
    expect(asked.errors).toBeUndefined();
    expect(asked.data).toEqual({
      externalState: { records: 2, sha256: body.sha256 },
      externalRegisters: {
        registers: [
          {
            source: 'penalties',
            records: 3,
            firstSeenAt: '2020-01-10T18:00:00Z',
            lastChangeSeenAt: '2020-03-10T18:00:00Z',
          },
        ],
      },
      externalRecords: { edges: [{ node: { recordId: ['100', '1'] } }] },
    });
  });

  it.each([
    ['a register that there is not', 'source=nobody', 422, 'unknown-source'],
    ['no register', '', 400, 'invalid-input'],
    ['a future day', 'source=penalties&asOf=2199-01-01', 400, 'as-of-in-future'],
    ['another basis', 'source=penalties&basis=guessed', 400, 'invalid-input'],
    ['a cursor of another list', 'source=penalties&after=WyJ4Il0', 400, 'bad-cursor'],
  ])('%s is refused', async (_, query, status, code) =>
    expect(await auditor.get(`/v1/external-records?${query}`)).toMatchObject({ status, body: { code } }),
  );

  it('is shown to those who see cases alone', async () => {
    const operator = await redress.as('operator-1', 'operator');
    expect((await operator.get('/v1/external-records?source=penalties')).status).toBe(403);
  });
});
