import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { packageRoot } from '../src/platform/package-root.js';
import { Retention } from '../src/personal/retention.worker.js';
import { testApplication, type Caller, type TestApplication } from './support/application.js';

// What is personal in a closed case is kept as long as the policy says, and no longer.

const RULES = `
retention:
  - { months: 1, outcomes: [rejected], categories: [abuse] }
  - { months: 12 }
`;

let folder: string;
let redress: TestApplication;
let head: Caller;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'redress-policies-'));
  const shipped = await readFile(join(packageRoot, 'policies', 'default.yaml'), 'utf8');
  await writeFile(join(folder, 'default.yaml'), `${shipped}${RULES}`);
  redress = await testApplication({ REDRESS_POLICIES: folder });
  head = await redress.as('staff-1', 'casework-head', 'intake');
});
afterAll(async () => {
  await redress.close();
  await rm(folder, { recursive: true, force: true });
});

const done = async (path: string, body: object = {}) => {
  const answer = await head.post(path, body);
  if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.body.detail}`);
  return answer.body;
};

const closed = async (category: string, complainantRef?: string, submittedBy?: string): Promise<string> => {
  const { id } = await done('/v1/complaints', {
    receivedOn: '2026-02-27',
    channel: 'letter',
    category,
    summary: 'They shouted at me.',
    ...(complainantRef === undefined ? {} : { complainantRef }),
  });
  if (submittedBy !== undefined)
    await done(`/v1/complaints/${id}/submit-evidence`, {
      sha256: 'a'.repeat(64),
      source: 'I was there.',
      submittedBy,
    });
  await done(`/v1/complaints/${id}/triage`, { decision: 'reject', severity: 'low', reasons: 'Not ours.' });
  await done(`/v1/complaints/${id}/reject`, { reasons: 'Not ours.' });
  await done(`/v1/complaints/${id}/close`, { outcome: 'rejected', reasons: 'Not ours.' });
  return id;
};

const dueOn = async (on: string): Promise<{ caseId: string; keptUntil: string; held: boolean }[]> =>
  (await head.get(`/v1/retention?on=${on}&first=1`)).body.items;

describe('retention', () => {
  it('erases what is due and not on hold, with the parties of no other case, and nothing sooner', async () => {
    const ada = (await done('/v1/parties', { kind: 'person', name: 'Ada' })).id;
    const bob = (await done('/v1/parties', { kind: 'person', name: 'Bob' })).id;
    const witness = (await done('/v1/parties', { kind: 'person', name: 'Cyd' })).id;
    const over = await closed('abuse', ada, witness);
    const held = await closed('abuse', bob);
    const later = await closed('delay', bob);
    await done(`/v1/complaints/${held}/place-legal-hold`, { basis: 'A claim.' });
    // Whatever is hidden from people is erased in its time: the house itself sees it.
    const restriction = { people: ['staff-1'], basis: 'An order.', until: '2026-12-31' };
    await done(`/v1/complaints/${over}/restrict-case`, restriction);

    expect(await dueOn('2026-04-01')).toEqual([]);
    const pages = [];
    let next = '';
    do {
      const { body } = await head.get(`/v1/retention?on=2026-04-02&first=1${next}`);
      pages.push(...body.items);
      next = body.next === null ? '' : `&after=${body.next}`;
    } while (next !== '');
    const found = pages.map((each) => `${each.caseId} ${each.keptUntil} ${each.held}`).toSorted();
    expect(found).toEqual([`${over} 2026-04-02 false`, `${held} 2026-04-02 true`].toSorted());
    const tooSoon = await head.post(`/v1/complaints/${over}/erase`, { basis: 'objection' });
    expect([tooSoon.status, tooSoon.body.code]).toEqual([422, 'retention-not-over']);
    const retention = redress.app.get(Retention, { strict: false });
    expect(await retention.run()).toEqual({ erasedCases: 0, erasedParties: 0, held: 0 });

    // Nobody but they may know of it; the end of its retention comes all the same.
    const alone = { people: ['staff-1'], basis: 'An order.', until: '2026-12-31' };
    expect((await head.post(`/v1/complaints/${over}/restrict-case`, alone)).status).toBe(200);
    redress.clock.set('2026-04-02T10:00:00.000000Z');
    expect(await retention.run()).toEqual({ erasedCases: 1, erasedParties: 2, held: 1 });
    expect(await retention.run()).toEqual({ erasedCases: 0, erasedParties: 0, held: 1 });
    const summaries = await Promise.all(
      [over, held, later].map(async (id) => (await head.get(`/v1/cases/${id}`)).body.summary),
    );
    expect(summaries).toEqual(['[erased]', 'They shouted at me.', 'They shouted at me.']);
    const names = await Promise.all(
      [ada, witness, bob].map(async (id) => (await head.get(`/v1/parties/${id}`)).body.name),
    );
    expect(names).toEqual(['[erased]', '[erased]', 'Bob']);
    const history = (await head.get(`/v1/cases/${over}/history`)).body.items;
    expect(history.at(-1)).toMatchObject({
      type: 'PersonalDataErased',
      actor: { id: 'redress' },
      data: { basis: 'no-longer-needed', request: expect.stringMatching(/^default@\d+$/) },
    });

    const ordered = await head.post(`/v1/complaints/${later}/erase`, { basis: 'legal-obligation' });
    expect(ordered.status).toBe(200);
  });
});
