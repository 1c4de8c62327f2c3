import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EventStore } from '../src/event-store/event-store.js';
import { Sealing } from '../src/event-store/sealing.js';
import type { Reject } from '../src/intake/legacy-case.js';
import { RegisterImport, type Imported } from '../src/intake/import.handler.js';
import { legacyIds } from '../src/intake/legacy-ids.js';
import { LegacyRegister } from '../src/intake/legacy-register.js';
import { testApplication, type TestApplication } from './support/application.js';
import { aFolder, aMapping, csv, type Folder } from './support/register.js';

describe('importing a register', () => {
  let redress: TestApplication;
  let folder: Folder;
  beforeAll(async () => {
    [redress, folder] = [await testApplication(), await aFolder()];
  });
  afterAll(async () => {
    await redress.close();
    await folder.remove();
  });

  const cases = csv(
    'no,received,closed,status,incident,about',
    '1,2020-01-06,2020-02-03,done,2020-01-02,Mrs Example',
    '2,2020-01-07,,done,,',
    '3,2020-01-08,3019-01-01,,,',
    '4,2020-01-09,2019-01-01,,,',
    '5,2020-01-09,,,,',
    '5,2020-01-10,,,,',
  );
  const allegations = csv(
    'row,no,kind,finding,sanction',
    '1,1,noise,yes,14',
    '2,1,dirt,no,',
    '3,4,noise,,',
    '4,2,smoke,,',
  );

  const importAll = async (source = 'council'): Promise<{ counts: Imported; rejects: Reject[] }> => {
    const files = {
      cases: await folder.write('cases.csv', cases),
      allegations: await folder.write('allegations.csv', allegations),
    };
    const register = await LegacyRegister.prepare({
      ...files,
      mapping: aMapping({ source }),
      today: '2026-03-02',
    });
    const rejects: Reject[] = [];
    try {
      const listener = { rejected: async (reject: Reject) => void rejects.push(reject) };
      const counts = await redress.app.get(RegisterImport, { strict: false }).run(register, listener);
      return { counts, rejects };
    } finally {
      register.close();
    }
  };

  const history = async (source: string, sourceId: string) => {
    const events = await redress.app
      .get(EventStore)
      .load(`complaint-${legacyIds(source, sourceId)('complaint')}`);
    return Promise.all(events.map((event) => redress.app.get(Sealing).open(event)));
  };

  test('a closed case becomes events that say where they come from, each on its day', async () => {
    const { counts, rejects } = await importAll();
    expect(counts).toEqual({ imported: 3, alreadyPresent: 0, refused: 0, allegations: 3, events: 12 });
    expect(rejects.map(({ file, line, code }) => [file, line, code])).toEqual([
      ['cases.csv', 5, 'closed-before-received'],
      ['cases.csv', 6, 'dates-disagree'],
      ['cases.csv', 7, 'dates-disagree'],
      ['allegations.csv', 4, 'case-rejected'],
    ]);
    const events = await history('council', '1');
    expect(events.map(({ type, on, version }) => [version, type, on])).toEqual([
      [1, 'ComplaintReceived', '2020-01-06'],
      [2, 'AllegationAdded', '2020-01-06'],
      [3, 'AllegationAdded', '2020-01-06'],
      [4, 'ResolutionAttached', '2020-02-03'],
      [5, 'ComplaintClosed', '2020-02-03'],
    ]);
    const sha256 = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(events[0]).toMatchObject({
      occurred: { date: '2020-01-06' },
      actor: { id: 'import', role: 'integration' },
      data: {
        reference: 'council/1',
        source: { name: 'council', id: '1', line: 2, flags: [], fileSha256: sha256 },
      },
    });
    expect(events[0]?.recordedAt.slice(0, 4)).not.toBe('2020');
    expect(JSON.parse((events[0]!.data as { source: { asFound: string } }).source.asFound)).toMatchObject({
      about: 'Mrs Example',
      status: 'done',
    });
    expect(events[1]).toMatchObject({ data: { category: 'noise', source: { line: 2, fileSha256: sha256 } } });
    expect(events[4]).toMatchObject({ data: { outcome: 'determined', source: { line: 2 } } });
  });

  test('findings and sanctions are a resolution of the case, recorded with it', async () => {
    const id = legacyIds('council', '1');
    const events = await redress.app.get(EventStore).load(`resolution-${id('resolution')}`);
    expect(events.map(({ type, on, data }) => [type, on, data])).toEqual([
      [
        'ResolutionOpened',
        '2020-02-03',
        expect.objectContaining({ complaintId: id('complaint'), kind: 'formal' }),
      ],
      [
        'FindingMade',
        '2020-02-03',
        expect.objectContaining({ allegationId: id('allegation', 0), finding: 'upheld' }),
      ],
      [
        'FindingMade',
        '2020-02-03',
        expect.objectContaining({ allegationId: id('allegation', 1), finding: 'not-upheld' }),
      ],
      [
        'SanctionImposed',
        '2020-02-03',
        expect.objectContaining({
          kind: 'suspension',
          days: 14,
          source: expect.objectContaining({ line: 2 }),
        }),
      ],
    ]);
  });

  test('what is odd is flagged in the event and the case is open', async () => {
    const [received, ...more] = await history('council', '3');
    expect(more).toEqual([]);
    expect(received?.data).toMatchObject({
      source: { flags: [{ code: 'closed-in-future', column: 'closed', value: '3019-01-01' }] },
    });
  });

  test('rows as found lie sealed on disk', async () => {
    const stored = await redress.app
      .get(EventStore)
      .load(`complaint-${legacyIds('council', '1')('complaint')}`);
    expect(stored.map(({ text }) => text).join(' ')).not.toContain('Example');
  });

  test('importing it again imports nothing twice', async () => {
    const before = await redress.app.get(EventStore).page(0, 1000);
    const { counts } = await importAll();
    expect(counts).toEqual({ imported: 0, alreadyPresent: 3, refused: 0, allegations: 0, events: 0 });
    expect(await redress.app.get(EventStore).page(0, 1000)).toEqual(before);
  });

  test('two imports at once import everything once', async () => {
    const both = await Promise.all([importAll('twice'), importAll('twice')]);
    expect(both.map(({ counts }) => counts.imported).reduce((sum, each) => sum + each)).toBe(3);
    expect(both.map(({ counts }) => counts.alreadyPresent).reduce((sum, each) => sum + each)).toBe(3);
    expect(await history('twice', '1')).toHaveLength(5);
  });

  test('the same id in another register is another case', async () => {
    expect((await importAll('elsewhere')).counts.imported).toBe(3);
  });

  test('an imported case goes on like any other: it can be adopted and handled', async () => {
    const handler = await redress.as('staff-1', 'case-handler', 'casework-head');
    const id = legacyIds('council', '2')('complaint');
    const triage = { decision: 'investigate', severity: 'low', reasons: 'Found in the old register.' };
    expect((await handler.post(`/v1/complaints/${id}/adopt`, { reasons: 'Still open.' })).status).toBe(200);
    expect((await handler.post(`/v1/complaints/${id}/triage`, triage)).status).toBe(200);
  });

  test('nobody reaches the legacy acts through the other doors', async () => {
    const integration = await redress.as('machine', 'integration', 'casework-head', 'operator');
    const id = legacyIds('council', '2')('complaint');
    const closing = { outcome: 'not-stated', source: {} };
    expect((await integration.post(`/v1/complaints/${id}/close-legacy-case`, closing)).status).toBe(403);
  });

  test('a word too long for an event is flagged and left as found', async () => {
    const long = 'x'.repeat(300);
    const mapping = aMapping({
      source: 'long',
      case: { ...aMapping().case, category: { default: 'y', column: 'about' } },
    });
    const register = await LegacyRegister.prepare({
      cases: await folder.write(
        'long.csv',
        csv('no,received,closed,status,incident,about', `1,2020-01-06,,,,${long}`),
      ),
      mapping,
      today: '2026-03-02',
    });
    const counts = await redress.app
      .get(RegisterImport, { strict: false })
      .run(register, { rejected: async () => {} });
    register.close();
    expect(counts).toMatchObject({ imported: 1 });
    expect((await history('long', '1'))[0]?.data).toMatchObject({
      category: 'y',
      source: { flags: [{ code: 'word-too-long' }] },
    });
  });
});
