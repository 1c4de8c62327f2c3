import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { plusDays } from '../src/clocks/days.js';
import { rebuild } from '../src/rebuild.cli.js';
import { testApplication, type Caller, type TestApplication } from './support/application.js';
import { twoHouses, type TwoHouses } from './support/two-houses.js';

// Erasure destroys keys, says so, and leaves the record whole.

let redress: TestApplication;
let owner: pg.Pool;
let head: Caller;

beforeAll(async () => {
  redress = await testApplication();
  owner = new pg.Pool({ connectionString: redress.databaseUrl });
  head = await redress.as('staff-1', 'casework-head', 'intake', 'investigator', 'panel-chair');
});
afterAll(async () => {
  await owner.end();
  await redress.close();
});

const done = async (path: string, body: object = {}) => {
  const answer = await head.post(path, body);
  if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.body.detail}`);
  return answer.body;
};

const received = async (complainantRef?: string): Promise<string> =>
  (
    await done('/v1/complaints', {
      receivedOn: '2026-02-27',
      channel: 'letter',
      category: 'abuse',
      summary: 'They shouted at me.',
      ...(complainantRef === undefined ? {} : { complainantRef }),
    })
  ).id;

const closed = async (complainantRef?: string): Promise<string> => {
  const id = await received(complainantRef);
  await done(`/v1/complaints/${id}/triage`, { decision: 'reject', severity: 'low', reasons: 'Not ours.' });
  await done(`/v1/complaints/${id}/reject`, { reasons: 'Not ours.' });
  await done(`/v1/complaints/${id}/close`, { outcome: 'rejected', reasons: 'Not ours.' });
  return id;
};

const keysOf = async (...subjects: readonly string[]): Promise<number> =>
  (await owner.query('SELECT FROM subject_keys WHERE subject = ANY ($1)', [subjects])).rowCount ?? 0;

const filesKept = async (): Promise<string[]> => {
  const all = await readdir(join(redress.config.REDRESS_DATA_DIR, 'documents'), {
    recursive: true,
    withFileTypes: true,
  });
  return all.filter((each) => each.isFile()).map(({ name }) => name);
};

const erase = (id: string, more: object = {}) =>
  head.post(`/v1/complaints/${id}/erase`, { basis: 'no-longer-needed', ...more });

describe('erasing a case', () => {
  it('destroys its key in the transaction of the event, and its documents', async () => {
    const id = await received();
    const upload = await head.post(`/v1/cases/${id}/documents`, Buffer.from('A letter.'), {
      'content-type': 'application/octet-stream',
      'x-file-name': 'letter.txt',
    });
    expect([upload.status, await filesKept()]).toEqual([201, [expect.any(String)]]);
    await done(`/v1/complaints/${id}/triage`, { decision: 'reject', severity: 'low', reasons: 'Not ours.' });
    await done(`/v1/complaints/${id}/reject`, { reasons: 'Not ours.' });
    await done(`/v1/complaints/${id}/close`, { outcome: 'rejected', reasons: 'Not ours.' });
    const answer = await erase(id, { request: 'DSR-7' });
    expect([answer.status, answer.body.events]).toEqual([200, ['PersonalDataErased']]);

    expect(await keysOf(`case:${id}`)).toBe(0);
    expect(await filesKept()).toEqual([]);
    expect((await head.get(`/v1/documents/${upload.body.documentId}`)).status).toBe(404);
    const read = await head.get(`/v1/cases/${id}`);
    expect([read.status, read.body.summary, read.body.category]).toEqual([200, '[erased]', 'abuse']);
    const history = (await head.get(`/v1/cases/${id}/history`)).body.items;
    expect(history.at(-1)).toMatchObject({ type: 'PersonalDataErased', data: { basis: 'no-longer-needed' } });
    expect(JSON.stringify(history)).not.toContain('Not ours');
  });

  it('lets nothing be added that names people, and is done once', async () => {
    const id = await closed();
    expect((await erase(id)).status).toBe(200);
    const refused = [
      await head.post(`/v1/complaints/${id}/reopen`, { reasons: 'Again.' }),
      await head.post(`/v1/complaints/${id}/place-legal-hold`, { basis: 'A claim.' }),
      await head.post(`/v1/complaints/${id}/acknowledge`),
      await head.post(`/v1/cases/${id}/documents`, Buffer.from('x'), {
        'content-type': 'application/octet-stream',
      }),
      await erase(id),
    ];
    expect(refused.map(({ status, body }) => [status, body.code])).toEqual(
      refused.map(() => [422, 'personal-data-erased']),
    );
    expect((await head.get(`/v1/cases/${id}`)).body.allowedCommands).toEqual(['declare-conflict', 'recuse']);
  });

  it('keeps nobody on it who must leave it, nor what guards it; and nothing that is said of that', async () => {
    const id = await closed();
    const on = (command: string, body: object) => done(`/v1/complaints/${id}/${command}`, body);
    await on('restrict-case', { people: ['staff-1'], basis: 'An order.', until: '2027-03-02' });
    expect((await erase(id)).status).toBe(200);
    const { allowedCommands } = (await head.get(`/v1/cases/${id}`)).body;
    expect(allowedCommands).toEqual(['declare-conflict', 'recuse', 'lift-restriction']);
    await on('lift-restriction', { reasons: 'Sesame.' });
    await on('recuse', { staffId: 'staff-6', reasons: 'Sesame.' });
    const cousin = await redress.as('staff-5', 'panel-member');
    const declared = await cousin.post(`/v1/complaints/${id}/declare-conflict`, { nature: 'Sesame.' });
    expect([declared.status, declared.body.events]).toEqual([200, ['ConflictDeclared']]);
    for (const sub of ['staff-5', 'staff-6'])
      expect((await (await redress.as(sub, 'panel-member')).get(`/v1/cases/${id}`)).status).toBe(404);
    const { rows } = await owner.query('SELECT data FROM events WHERE stream = $1', [`complaint-${id}`]);
    expect(JSON.stringify(rows)).not.toContain('Sesame');
    const history = (await head.get(`/v1/cases/${id}/history`)).body.items;
    expect(history.at(-1).data).toEqual({ staffId: 'staff-5', nature: '[erased]' });
  });

  it('takes the number of a file for its request, and no text', async () => {
    const id = await closed();
    for (const request of ['Ada Lovelace asked us', 'ada@example.org', 'Lovelace', 'Flat 7, 3 Mill Road']) {
      const answer = await erase(id, { request });
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid-input']);
    }
    expect((await erase(id, { request: '2026/DSR-7' })).status).toBe(200);
  });

  it('waits for the end of the case, of legal holds, and is for a head of casework', async () => {
    const id = await received();
    expect((await erase(id)).body.code).toBe('case-still-open');
    const other = await closed();
    const hold = await done(`/v1/complaints/${other}/place-legal-hold`, { basis: 'A claim.' });
    expect(hold.events).toEqual(['LegalHoldPlaced']);
    expect((await erase(other, { basis: 'legal-obligation' })).body.code).toBe('legal-hold');
    const [holdId] = (await head.get(`/v1/cases/${other}`)).body.holds;
    await done(`/v1/complaints/${other}/release-legal-hold`, { holdId, reasons: 'Over.' });
    const handler = await redress.as('staff-2', 'case-handler', 'operator', 'decision-maker');
    const refused = await handler.post(`/v1/complaints/${other}/erase`, { basis: 'objection' });
    expect([refused.status, refused.body.code]).toEqual([403, 'not-permitted']);
    expect((await erase(other)).status).toBe(200);
  });

  it('takes the keys of hearings that hear no other case with it', async () => {
    const [one, two] = [await received(), await received()];
    const hearing = await done('/v1/hearings', { complaintIds: [one, two], kind: 'first', reasons: 'Both.' });
    await done(`/v1/hearings/${hearing.id}/cancel`, { reasons: 'They made up.' });
    for (const id of [one, two]) {
      await done(`/v1/complaints/${id}/triage`, { decision: 'reject', severity: 'low', reasons: 'No.' });
      await done(`/v1/complaints/${id}/reject`, { reasons: 'No.' });
      await done(`/v1/complaints/${id}/close`, { outcome: 'rejected', reasons: 'No.' });
    }
    expect((await erase(one)).status).toBe(200);
    expect(await keysOf(`hearing:${hearing.id}`)).toBe(1);
    expect((await erase(two)).status).toBe(200);
    expect(await keysOf(`hearing:${hearing.id}`)).toBe(0);
  });

  it('is nothing that the application could do without saying so', async () => {
    const app = await owner.connect();
    await app.query('SET ROLE redress_app');
    await expect(app.query(`DELETE FROM subject_keys WHERE subject LIKE 'case:%'`)).rejects.toThrow(
      'permission denied',
    );
    await app.query('RESET ROLE');
    app.release();
  });

  it('leaves every read table as its events tell it', async () => {
    const ground = { pool: owner, config: redress.config };
    const rebuilt = await rebuild(ground, ['cases', 'hearings', 'parties'], { swap: false });
    expect(rebuilt).toMatchObject({ equal: true });
  });
});

describe('erasing a party', () => {
  const erasePartyOf = (id: string, basis = 'objection') => head.post(`/v1/parties/${id}/erase`, { basis });
  const registered = async (): Promise<string> =>
    (await done('/v1/parties', { kind: 'person', name: 'Ada Lovelace', email: 'ada@example.org' })).id;

  it('takes its name and contacts, and leaves it on its cases', async () => {
    const id = await registered();
    const on = await closed(id);
    const before = (await head.get(`/v1/parties/${id}/erasure`)).body;
    expect(before).toMatchObject({ possible: true, refusal: null, cases: [{ id: on, open: false }] });
    expect((await erasePartyOf(id)).body.events).toEqual(['PersonalDataErased']);
    expect(await keysOf(`party:${id}`)).toBe(0);
    const read = (await head.get(`/v1/parties/${id}`)).body;
    expect(read).toMatchObject({ kind: 'person', name: '[erased]', email: '[erased]' });
    expect((await head.get(`/v1/cases/${on}`)).body).toMatchObject({
      complainantRef: id,
      summary: 'They shouted at me.',
    });
    const again = await head.post(`/v1/parties/${id}/change-contact`, { name: 'Ada Again' });
    expect([again.status, again.body.code]).toEqual([422, 'personal-data-erased']);
    expect((await head.get(`/v1/parties/${id}/erasure`)).body).toMatchObject({
      possible: false,
      refusal: 'personal-data-erased',
    });
  });

  it('puts it on no case any more, and ties it to no member of staff', async () => {
    const id = await registered();
    const other = await received(await registered());
    expect((await erasePartyOf(id)).status).toBe(200);
    const complaint = {
      receivedOn: '2026-02-27',
      channel: 'letter',
      category: 'abuse',
      summary: 'Again.',
    };
    const refused = [
      await head.post('/v1/complaints', { ...complaint, complainantRef: id }),
      await head.post('/v1/complaints', {
        ...complaint,
        allegations: [{ category: 'abuse', respondentRef: id }],
      }),
      await head.post(`/v1/complaints/${other}/identify-respondent`, { respondentRef: id }),
    ];
    expect(refused.map(({ status, body }) => [status, body.code])).toEqual(
      refused.map(() => [422, 'party-erased']),
    );
    const identified = await head.post(`/v1/parties/${id}/identify-staff`, { staffId: 'staff-9' });
    expect([identified.status, identified.body.code]).toEqual([422, 'personal-data-erased']);
  });

  it('waits for every case that it is on', async () => {
    const id = await registered();
    const [over, held, open] = [await closed(id), await closed(id), await received(id)];
    expect((await erasePartyOf(id)).body.code).toBe('case-still-open');
    await done(`/v1/complaints/${held}/place-legal-hold`, { basis: 'A claim.' });
    const seen = (await head.get(`/v1/parties/${id}/erasure`)).body;
    expect(seen.possible).toBe(false);
    expect(seen.cases.filter((each: { held: boolean }) => each.held)).toEqual([
      expect.objectContaining({ id: held }),
    ]);
    expect(seen.cases.map((each: { id: string }) => each.id).toSorted()).toEqual(
      [over, held, open].toSorted(),
    );
    expect(await keysOf(`party:${id}`)).toBe(1);
  });

  it('waits for a case that merely names it, as who gave evidence or came along to a hearing', async () => {
    const [ada, witness, companion] = [await registered(), await registered(), await registered()];
    const id = await received(ada);
    await done(`/v1/complaints/${id}/submit-evidence`, {
      sha256: 'a'.repeat(64),
      source: 'I was there.',
      submittedBy: witness,
    });
    const hearing = await done('/v1/hearings', {
      complaintIds: [id],
      kind: 'first',
      reasons: 'To hear her.',
    });
    const bringing = { partyRef: ada, companionRef: companion };
    await done(`/v1/hearings/${hearing.id}/nominate-companion`, bringing);
    const refused = () => Promise.all([witness, companion].map((each) => erasePartyOf(each)));
    const codes = async () => (await refused()).map(({ body }) => body.code);
    expect(await codes()).toEqual(['case-still-open', 'case-still-open']);
    await done(`/v1/hearings/${hearing.id}/cancel`, { reasons: 'They made up.' });
    await done(`/v1/complaints/${id}/triage`, { decision: 'reject', severity: 'low', reasons: 'No.' });
    await done(`/v1/complaints/${id}/reject`, { reasons: 'No.' });
    await done(`/v1/complaints/${id}/close`, { outcome: 'rejected', reasons: 'No.' });
    await done(`/v1/complaints/${id}/place-legal-hold`, { basis: 'A claim.' });
    expect(await codes()).toEqual(['legal-hold', 'legal-hold']);
    for (const each of [witness, companion])
      expect((await head.get(`/v1/parties/${each}/erasure`)).body).toMatchObject({
        possible: false,
        refusal: 'legal-hold',
        cases: [{ id, held: true }],
      });
    expect(await keysOf(`party:${witness}`, `party:${companion}`)).toBe(2);
    const [holdId] = (await head.get(`/v1/cases/${id}`)).body.holds;
    await done(`/v1/complaints/${id}/release-legal-hold`, { holdId, reasons: 'Over.' });
    for (const { body } of await refused()) expect(body.events).toEqual(['PersonalDataErased']);
    expect(await keysOf(`party:${witness}`, `party:${companion}`)).toBe(0);

    const next = await received(ada);
    const again = await done('/v1/hearings', {
      complaintIds: [next],
      kind: 'first',
      reasons: 'To hear her.',
    });
    const brought = await head.post(`/v1/hearings/${again.id}/nominate-companion`, bringing);
    expect([brought.status, brought.body.code]).toEqual([422, 'party-erased']);
  });

  it('is for somebody to whom all of its cases are shown; of the others nothing is said', async () => {
    const id = await registered();
    const [known, hidden] = [await closed(id), await closed(id)];
    await done(`/v1/complaints/${hidden}/restrict-case`, {
      people: ['staff-1'],
      basis: 'An order.',
      until: plusDays(redress.clock.today(), 7),
    });
    const other = await redress.as('staff-9', 'casework-head');
    const erase = () => other.post(`/v1/parties/${id}/erase`, { basis: 'legal-obligation' });
    const preview = async () => (await other.get(`/v1/parties/${id}/erasure`)).body;
    // What stands in the way of the case that they know is all that they are told of.
    const { body } = await head.post(`/v1/complaints/${known}/place-legal-hold`, { basis: 'A claim.' });
    expect([body.events, (await erase()).body.code]).toEqual([['LegalHoldPlaced'], 'legal-hold']);
    const [holdId] = (await head.get(`/v1/cases/${known}`)).body.holds;
    await done(`/v1/complaints/${known}/release-legal-hold`, { holdId, reasons: 'Over.' });
    await done(`/v1/complaints/${hidden}/place-legal-hold`, { basis: 'A claim.' });
    const held = [await erase(), await preview(), await other.get(`/v1/parties/${id}/personal-data`)];
    const [release] = (await head.get(`/v1/cases/${hidden}`)).body.holds;
    await done(`/v1/complaints/${hidden}/release-legal-hold`, { holdId: release, reasons: 'Over.' });
    const free = [await erase(), await preview(), await other.get(`/v1/parties/${id}/personal-data`)];
    const { reference } = (await head.get(`/v1/cases/${hidden}`)).body;
    for (const [refused, seen, data] of [held, free]) {
      expect([refused.status, refused.body.code]).toEqual([422, 'not-all-shown']);
      expect(seen).toMatchObject({ possible: false, refusal: 'not-all-shown', cases: [{ id: known }] });
      expect(data.body.code).toBe('not-all-shown');
      expect(JSON.stringify([refused.body, seen, data.body])).not.toMatch(
        new RegExp(`${hidden}|${reference}`),
      );
    }
    expect(await keysOf(`party:${id}`)).toBe(1);
    expect((await erasePartyOf(id, 'legal-obligation')).body.events).toEqual(['PersonalDataErased']);
  });

  it('shows what it would meet to a head of casework alone', async () => {
    const id = await registered();
    const handler = await redress.as('staff-2', 'case-handler');
    expect((await handler.get(`/v1/parties/${id}/erasure`)).status).toBe(403);
    expect((await head.get(`/v1/cases/${id}/erasure`)).status).toBe(404);
  });
});

describe('an erasure that meets an append under the same key', () => {
  const ROUNDS = process.env['REDRESS_LONG'] ? 300 : 40;
  let houses: TwoHouses;

  beforeAll(async () => {
    houses = await twoHouses();
  });
  afterAll(() => houses.close());

  const act = (deed: string, id: string | undefined, input: object) =>
    houses.act({ kind: 'complaint', act: deed, ...(id ? { id } : {}), input, by: 'staff-1' });

  const closedCase = async (more: object = {}): Promise<string> => {
    const receipt = {
      receivedOn: '2026-02-27',
      channel: 'letter',
      category: 'abuse',
      summary: 'Shouting.',
      ...more,
    };
    const { id } = await act('Receive', undefined, receipt);
    await act('Triage', id, { decision: 'reject', severity: 'low', reasons: 'Not ours.' });
    await act('Reject', id, { reasons: 'Not ours.' });
    await act('Close', id, { outcome: 'rejected', reasons: 'Not ours.' });
    return id;
  };

  it('comes before or after it, never between: nothing that is sealed follows an erasure', async () => {
    const seen = new Set<string>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const id = await closedCase();
      const of = { id, by: 'staff-1', kind: 'complaint' } as const;
      const other =
        round % 2 === 0
          ? { ...of, act: 'PlaceLegalHold', input: { basis: 'A claim.' } }
          : { ...of, act: 'Reopen', input: { reasons: 'New facts.' } };
      const refused = await houses.race(round, [
        { ...of, act: 'Erase', input: { basis: 'objection' } },
        other,
      ]);
      const log = await houses.log(`complaint-${id}`);
      const at = log.findIndex(({ type }) => type === 'PersonalDataErased');
      seen.add(refused.join());
      if (at === -1) expect(refused[0]).toMatch(/^(legal-hold|case-still-open)$/);
      else {
        expect(refused).toEqual([undefined, 'personal-data-erased']);
        expect(log.slice(at)).toHaveLength(1);
      }
    }
    // Each of them was the first at times.
    expect(seen.size).toBeGreaterThan(1);
  });

  it('of a party: a hold on one of its cases comes before it and stops it, or after', async () => {
    const party = (name: string, id: string | undefined, input: object) =>
      houses.act({ kind: 'party', act: name, ...(id ? { id } : {}), input, by: 'staff-1' });
    for (let round = 0; round < ROUNDS; round += 1) {
      const { id: partyId } = await party('Register', undefined, { kind: 'person', name: 'Ada' });
      const id = await closedCase({ complainantRef: partyId });
      const refused = await houses.race(round, [
        { kind: 'party', act: 'Erase', id: partyId, input: { basis: 'objection' }, by: 'staff-1' },
        { kind: 'complaint', act: 'PlaceLegalHold', id, input: { basis: 'A claim.' }, by: 'staff-1' },
      ]);
      const log = await houses.log(`complaint-${id}`, `party-${partyId}`);
      const [erased, held] = ['PersonalDataErased', 'LegalHoldPlaced'].map((type) =>
        log.findIndex((event) => event.type === type),
      );
      expect(held).not.toBe(-1);
      if (erased === -1) expect(refused[0]).toBe('legal-hold');
      else expect(erased).toBeLessThan(held ?? -1);
    }
  });

  it('of a party: whoever names it in that moment comes before it and stops it, or is refused', async () => {
    const by = 'staff-1';
    for (let round = 0; round < ROUNDS; round += 1) {
      const ada = { kind: 'person', name: 'Ada' };
      const { id } = await houses.act({ kind: 'party', act: 'Register', input: ada, by });
      const receipt = {
        receivedOn: '2026-02-27',
        channel: 'letter',
        category: 'abuse',
        summary: 'Shouting.',
      };
      const refused = await houses.race(round, [
        { kind: 'party', act: 'Erase', id, input: { basis: 'objection' }, by },
        { kind: 'complaint', act: 'Receive', input: { ...receipt, complainantRef: id }, by },
      ]);
      expect([',party-erased', 'case-still-open,']).toContain(refused.join());
    }
  });
});
