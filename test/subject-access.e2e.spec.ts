import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { atConsole } from './support/console.js';
import { testApplication, type Caller, type TestApplication } from './support/application.js';

// One person gets what is held on them, and nothing of anybody else.

let redress: TestApplication;
let head: Caller;

beforeAll(async () => {
  redress = await testApplication();
  head = await redress.as('staff-1', 'casework-head', 'intake', 'investigator');
});
afterAll(() => redress.close());

const done = async (path: string, body: object) => {
  const answer = await head.post(path, body);
  if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.body.detail}`);
  return answer.body;
};

it('tells a person their record, their cases and their own words, and withholds what others said or is about others', async () => {
  const ada = (await done('/v1/parties', { kind: 'person', name: 'Ada', email: 'ada@example.org' })).id;
  const bob = (await done('/v1/parties', { kind: 'person', name: 'Bob' })).id;
  const { id } = await done('/v1/complaints', {
    receivedOn: '2026-02-27',
    channel: 'letter',
    category: 'abuse',
    summary: 'He shouted at me.',
    complainantRef: ada,
  });
  await done(`/v1/complaints/${id}/identify-respondent`, { respondentRef: bob });
  await done(`/v1/complaints/${id}/triage`, {
    decision: 'investigate',
    severity: 'high',
    reasons: 'Bob has a record.',
  });
  await done(`/v1/complaints/${id}/send-progress-update`, { to: [ada], update: 'We are at it, Ada.' });
  await done(`/v1/complaints/${id}/send-progress-update`, { to: [bob], update: 'We are at it, Bob.' });
  const letter = { sha256: 'a'.repeat(64), source: 'My diary', submittedBy: ada };
  await done(`/v1/complaints/${id}/submit-evidence`, letter);
  await done(`/v1/complaints/${id}/submit-evidence`, { sha256: 'b'.repeat(64), source: 'A witness' });

  const { status, body } = await head.get(`/v1/parties/${ada}/personal-data`);
  expect(status).toBe(200);
  expect(body).toMatchObject({ producedOn: '2026-03-02', party: { name: 'Ada', email: 'ada@example.org' } });
  expect(body.cases).toHaveLength(1);
  const entries = body.cases[0].entries.map((each: { type: string; words: object }) => [
    each.type,
    each.words,
  ]);
  expect(entries).toEqual([
    ['ComplaintReceived', { summary: 'He shouted at me.' }],
    ['ProgressUpdateSent', { update: 'We are at it, Ada.' }],
    ['EvidenceSubmitted', { source: 'My diary' }],
  ]);
  const given = body.cases[0].entries.flatMap(({ documents }: { documents: string[] }) => documents);
  expect(given).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)]);
  const everything = JSON.stringify(body);
  for (const other of ['Bob', bob, 'staff-1']) expect(everything).not.toContain(other);

  const of = await head.get(`/v1/parties/${bob}/personal-data`);
  const told = of.body.cases[0].entries.map((each: { type: string; words: object }) => [
    each.type,
    each.words,
  ]);
  expect(told).toEqual([
    ['RespondentIdentified', {}],
    ['ProgressUpdateSent', { update: 'We are at it, Bob.' }],
  ]);
  expect(JSON.stringify(of.body)).not.toMatch(/Ada|shouted/);
  const console = {
    DATABASE_URL: redress.databaseUrl,
    MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    REDRESS_ACTOR: 'staff-1',
  };
  const command = ['personal', 'export', '--party', ada, '--reason', 'DSR-2026-7'];
  const handedOver = await atConsole(command, { ...console, REDRESS_ACTOR_ROLES: 'casework-head' });
  expect(handedOver).toMatchObject({ exit: 0, stderr: '' });
  expect(handedOver.stdout).toMatch(/^Held on \d{4}-\d\d-\d\d\n.*name: Ada\n.*email: ada@example\.org\n/s);
  expect(handedOver.stdout).toContain(`    source: My diary\n    document ${given[0]}\n`);
  expect(handedOver.stdout).not.toMatch(/Bob|staff-1|enc1/);
  expect(await atConsole(command, { ...console, REDRESS_ACTOR_ROLES: 'operator' })).toMatchObject({
    exit: 1,
    stdout: '',
  });
  const handler = await redress.as('staff-2', 'case-handler');
  expect((await handler.get(`/v1/parties/${ada}/personal-data`)).status).toBe(403);
});

it('tells a witness their own words and the case that they stand in, and whom else it is about to nobody', async () => {
  const named = async (name: string) => (await done('/v1/parties', { kind: 'person', name })).id;
  const [cyd, dan, eve] = [await named('Cyd'), await named('Dan'), await named('Eve')];
  const { id, reference } = await done('/v1/complaints', {
    receivedOn: '2026-02-27',
    channel: 'letter',
    category: 'abuse',
    summary: 'Eve shouted at me.',
    complainantRef: dan,
  });
  await done(`/v1/complaints/${id}/identify-respondent`, { respondentRef: eve });
  const words = { source: 'I was in the room.', description: 'What I heard.' };
  await done(`/v1/complaints/${id}/submit-evidence`, {
    sha256: 'c'.repeat(64),
    submittedBy: cyd,
    ...words,
  });
  await done(`/v1/complaints/${id}/submit-evidence`, { sha256: 'd'.repeat(64), source: 'A diary of Dan' });

  const { status, body } = await head.get(`/v1/parties/${cyd}/personal-data`);
  expect([status, body.party.name]).toEqual([200, 'Cyd']);
  expect(body.cases).toEqual([
    {
      id,
      reference,
      open: true,
      keptUntil: null,
      entries: [expect.objectContaining({ type: 'EvidenceSubmitted', as: ['submittedBy'], words })],
    },
  ]);
  for (const other of ['Dan', 'Eve', dan, eve, 'shouted', 'diary'])
    expect(JSON.stringify(body)).not.toContain(other);

  // Who may not know of the case is told of nobody's whole record.
  await done(`/v1/complaints/${id}/restrict-case`, {
    people: ['staff-1'],
    basis: 'An order.',
    until: '2026-12-31',
  });
  const other = await redress.as('staff-9', 'casework-head');
  expect((await other.get(`/v1/parties/${cyd}/personal-data`)).status).toBe(404);
});
