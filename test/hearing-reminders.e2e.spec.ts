import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { everything } from '../src/access/sight.js';
import { Queues } from '../src/platform/queue.js';
import { openDatabase, poolOf } from '../src/platform/database.js';
import { rebuild } from '../src/rebuild.cli.js';
import { Delivery } from '../src/reminders/delivery.worker.js';
import { DueReader } from '../src/reminders/due.reader.js';
import type { ReminderKey } from '../src/reminders/reminder.key.js';
import { ReminderWorker } from '../src/reminders/reminder.worker.js';
import { Sweep } from '../src/reminders/sweep.worker.js';
import { testApplication, type Caller, type TestApplication } from './support/application.js';
import { eventually } from './support/eventually.js';
import { atConsole } from './support/console.js';

/** Two complaints that are heard together, on the Monday after the clocks go forward. */

const ANN = 'ann@example.org';
const BEN = 'ben@example.org';
const CHO = 'cho@example.org';
const panel = [CHO, 'mia@example.org', 'max@example.org', 'rex@example.org'];
const sits = panel.slice(0, 3);
const INTAKE_LEAD = 'ina@example.org';
const HEAD = 'hal@example.org';
const reasons = 'Because.';

let redress: TestApplication;
let staff: Record<'handler' | 'investigator' | 'chair' | 'head' | 'intake', Caller>;
let [one, two, hearing]: [string, string, string] = ['', '', ''];
const parties: Record<string, string> = {};

const post = async (caller: Caller, path: string, body: object = {}) => {
  const answer = await caller.post(`/v1/${path}`, body);
  if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
  return answer.body;
};

const due = async (more: { on?: string; caseId?: string } = {}) => {
  const found = await redress.app.get(DueReader, { strict: false }).page({ first: 200, ...more }, everything);
  expect(found.next).toBeNull();
  return found.items.filter(({ deadline }) => deadline.startsWith('hearing-'));
};

const deliver = ({ caseId, deadline, dueOn, step, recipient }: ReminderKey) =>
  redress.app.get(Delivery, { strict: false }).deliver({ caseId, deadline, dueOn, step, recipient }, 1);

const lines = (told: readonly ReminderKey[]) =>
  told
    .map(({ caseId, dueOn, step, recipient }) =>
      [caseId === one ? 'one' : 'two', dueOn, step, recipient.split('@')[0]].join(' '),
    )
    .toSorted();

/** What comes on that day, which is then sent. */
const toldOn = async (instant: string): Promise<string[]> => {
  redress.clock.set(instant);
  const found = await due();
  for (const each of found) expect(await deliver(each)).toBe('sent');
  expect(await due()).toEqual([]);
  return lines(found);
};

const onCommandLine = async (...args: string[]): Promise<string> => {
  const said = await atConsole(['reminders', ...args], {
    DATABASE_URL: redress.databaseUrl,
    MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
  });
  expect(said).toMatchObject({ exit: 0 });
  return said.stdout;
};

/** What stands in the outbox, one after the other. */
const letters = async (): Promise<string> => {
  const outbox = join(redress.config.REDRESS_DATA_DIR, 'outbox');
  const names = await readdir(outbox);
  return (await Promise.all(names.map((name) => readFile(join(outbox, name), 'utf8')))).join('');
};

const superseded = async (): Promise<[string, string, string][]> => {
  const { body } = await staff.handler.get('/v1/reminders?state=superseded&first=200');
  return body.items.map(({ step, recipient, reason }: Record<string, string>) => [step, recipient, reason]);
};

const list = (day: string, hour = '09:30:00+01:00') =>
  post(staff.handler, `hearings/${hearing}/list`, {
    startsAt: `${day}T${hour}`,
    zone: 'Europe/London',
    mode: 'in-person',
  });

const serveAll = async () => {
  for (const to of Object.values(parties))
    await post(staff.handler, `hearings/${hearing}/serve-notice`, { to });
};

const aCase = async (handlerId: string, complainant: string, respondent: string) => {
  const respondentRef = parties[respondent];
  const { id } = await post(staff.intake, 'complaints', {
    receivedOn: '2026-03-02',
    channel: 'letter',
    category: 'abuse',
    summary: 'Shouted at.',
    complainantRef: parties[complainant],
    allegations: [{ category: 'abuse', respondentRef }],
  });
  await post(staff.intake, `complaints/${id}/acknowledge`);
  await post(staff.handler, `complaints/${id}/assign-handler`, { handlerId });
  return id as string;
};

const investigate = async (caseId: string) => {
  const path = `complaints/${caseId}`;
  await post(staff.handler, `${path}/open-investigation`, {
    investigatorId: 'ivo',
    termsOfReference: 'All.',
  });
  await post(staff.investigator, `${path}/submit-evidence`, { sha256: 'a'.repeat(64), source: 'A witness' });
  const { body } = await staff.handler.get(`/v1/cases/${caseId}`);
  const documentIds = [body.evidence[0].documentId];
  for (const to of Object.values(parties).slice(0, 2))
    await staff.investigator.post(`/v1/${path}/disclose`, { to, documentIds });
  await post(staff.investigator, `${path}/report`, { summary: 'It happened.' });
};

beforeAll(async () => {
  redress = await testApplication({ REDRESS_SWEEP_SECONDS: '1' });
  staff = {
    handler: await redress.as('hanna', 'case-handler'),
    investigator: await redress.as('ivo', 'investigator'),
    chair: await redress.as(CHO, 'panel-chair'),
    head: await redress.as('head', 'casework-head', 'operator'),
    intake: await redress.as('intake-1', 'intake'),
  };
  for (const [staffId, duty] of [
    [INTAKE_LEAD, 'intake-lead'],
    [HEAD, 'casework-head'],
  ])
    await post(staff.head, 'staff', { staffId, duties: [duty] });
  for (const name of ['Ada', 'Bo', 'Cy'])
    parties[name] = (await post(staff.intake, 'parties', { kind: 'person', name })).id;
  // Who complains in the first case handles the second: they are told nothing of the hearing of both.
  await post(staff.intake, `parties/${parties['Ada']}/identify-staff`, { staffId: BEN });
  one = await aCase(ANN, 'Ada', 'Bo');
  two = await aCase(BEN, 'Cy', 'Bo');
  await investigate(one);
  await post(staff.handler, `complaints/${two}/open-investigation`, {
    investigatorId: 'ivo',
    termsOfReference: 'All.',
  });
  hearing = (await post(staff.handler, 'hearings', { complaintIds: [one, two], kind: 'first' })).id;
  const members = panel.map((staffId) => ({ staffId, role: staffId === CHO ? 'chair' : 'member' }));
  await post(staff.handler, `hearings/${hearing}/convene-panel`, { members });
  await post(staff.head, `hearings/${hearing}/recuse-panel-member`, { staffId: panel[3], reasons });
});
afterAll(() => redress.close());

describe('a hearing of two complaints', () => {
  let tomorrow: readonly ReminderKey[];

  it('asks the handlers for its notice, and of a party who is one the intake lead instead', async () => {
    await list('2026-03-30');
    expect(await toldOn('2026-03-10T10:00:00.000000Z')).toEqual([]);
    expect(await toldOn('2026-03-11T10:00:00.000000Z')).toEqual([
      'one 2026-03-16 notice-due-soon ann',
      'two 2026-03-16 notice-due-soon ina',
    ]);
  });

  it('asks for it no more once every party was served one, and says so of what was on its way', async () => {
    redress.clock.set('2026-03-16T09:00:00.000000Z');
    const [late] = await due({ caseId: one });
    expect(late).toMatchObject({ step: 'notice-due', recipient: ANN, deadline: `hearing-notice:${hearing}` });
    await serveAll();
    expect(await deliver(late as ReminderKey)).toBe('superseded');
    expect(await superseded()).toEqual([['notice-due', ANN, 'met']]);
    expect(await toldOn('2026-03-16T10:00:00.000000Z')).toEqual([]);
  });

  it('is told of on the working day before it, to whoever sits and to the handlers, but not to who was recused', async () => {
    expect(await toldOn('2026-03-26T10:00:00.000000Z')).toEqual([]);
    redress.clock.set('2026-03-27T07:00:00.000000Z');
    tomorrow = await due();
    expect(lines(tomorrow)).toEqual(
      [
        ...sits.flatMap((each) =>
          ['one', 'two'].map((of) => `${of} 2026-03-30 tomorrow ${each.split('@')[0]}`),
        ),
        'one 2026-03-30 tomorrow ann',
        'two 2026-03-30 tomorrow ina',
      ].toSorted(),
    );
    expect(lines(await due({ on: '2026-03-28' }))).toEqual(lines(tomorrow));
    const [shown, read] = await Promise.all([
      onCommandLine('preview', '--on', '2026-03-28', '--json'),
      onCommandLine('preview', '--on', '2026-03-28', '--person', CHO),
    ]);
    const { reminders } = JSON.parse(shown) as { reminders: readonly (ReminderKey & { deadline: string })[] };
    expect(lines(reminders.filter(({ deadline }) => deadline.startsWith('hearing-')))).toEqual(
      lines(tomorrow),
    );
    expect(read).toContain(`  hearing-sitting:${hearing} due 2026-03-30  tomorrow  ${CHO}\n`);
    const paged: ReminderKey[] = [];
    for (let next: string | null = ''; next !== null;) {
      const { body } = await staff.handler.get(
        `/v1/reminders?state=due&first=1${next === '' ? '' : `&after=${next}`}`,
      );
      paged.push(...body.items);
      next = body.next;
    }
    expect(lines(paged)).toEqual(lines(tomorrow));
  });

  it('tells nobody of a listing that was vacated, nor of one in the place of which another came', async () => {
    const [first, second, ...others] = tomorrow as [ReminderKey, ReminderKey, ...ReminderKey[]];
    expect(await deliver(others[0] as ReminderKey)).toBe('sent');
    expect(await letters()).toContain(': hearing is due on 2026-03-30');
    await post(staff.handler, `hearings/${hearing}/vacate`, { reasons });
    expect(await deliver(first)).toBe('superseded');
    expect(await due()).toEqual([]);
    await list('2026-04-20');
    expect(await deliver(second)).toBe('superseded');
    expect((await superseded()).slice(1)).toEqual([
      ['tomorrow', first.recipient, 'not-running'],
      ['tomorrow', second.recipient, 'moved'],
    ]);
    expect(await toldOn('2026-04-01T09:00:00.000000Z')).toEqual([
      'one 2026-04-06 notice-due-soon ann',
      'two 2026-04-06 notice-due-soon ina',
    ]);
    await serveAll();
    expect(await toldOn('2026-04-17T09:00:00.000000Z')).toHaveLength(8);
    redress.clock.set('2026-04-20T08:30:00.000000Z');
    expect(await due()).toEqual([]);
  });

  it('reminds its chair and the handlers when its day passed and nothing says what came of it', async () => {
    redress.clock.set('2026-04-20T22:59:00.000000Z');
    expect(await due()).toEqual([]);
    expect(await toldOn('2026-04-21T08:30:00.000000Z')).toEqual([
      'one 2026-04-20 unrecorded ann',
      'one 2026-04-20 unrecorded cho',
      'two 2026-04-20 unrecorded cho',
      'two 2026-04-20 unrecorded ina',
    ]);
    expect(await letters()).toContain(': record of hearing was due on 2026-04-20');
    const late = {
      occurred: { at: '2026-04-20T10:00:00+01:00', zone: 'Europe/London' },
      backdatingReason: 'A slip.',
    };
    await post(staff.chair, `hearings/${hearing}/start`, { present: sits, ...late });
    redress.clock.set('2026-04-27T09:00:00.000000Z');
    const still = await due();
    expect(lines(still)).toEqual(
      ['one', 'two'].flatMap((of) =>
        ['ann', 'cho', 'hal', 'ina']
          .filter((each) => each !== (of === 'one' ? 'ina' : 'ann'))
          .map((each) => `${of} 2026-04-20 still-unrecorded ${each}`),
      ),
    );
    await post(staff.chair, `hearings/${hearing}/conclude`, late);
    expect(await deliver(still[0] as ReminderKey)).toBe('superseded');
    expect(await due()).toEqual([]);
  });

  it('asks for its outcome of each case in which nothing was decided, by the worker too', async () => {
    // Ten working days from Monday 20 April, without the bank holiday of 4 May.
    expect(await toldOn('2026-04-29T09:00:00.000000Z')).toEqual([]);
    expect(await toldOn('2026-04-30T09:00:00.000000Z')).toEqual([
      'one 2026-05-05 outcome-due-soon cho',
      'two 2026-05-05 outcome-due-soon cho',
    ]);
    const { id } = await post(staff.handler, 'resolutions', { complaintId: one, hearingId: hearing });
    const { body } = await staff.handler.get(`/v1/cases/${one}`);
    await post(staff.chair, `resolutions/${id}/make-finding`, {
      allegationId: body.allegations[0].allegationId,
      finding: 'upheld',
      standardOfProof: 'balance-of-probabilities',
      reasons,
      by: sits,
    });
    redress.clock.set('2026-05-12T09:00:00.000000Z');
    const missed = await due();
    expect(lines(missed)).toEqual(
      ['cho', 'hal', 'ina'].map((each) => `two 2026-05-05 outcome-overdue ${each}`),
    );
    await redress.app.get(ReminderWorker, { strict: false }).start();
    await eventually(async () => expect(await due()).toEqual([]));
    const sent = (await staff.handler.get(`/v1/reminders?caseId=${two}&state=sent&first=200`)).body.items;
    expect(lines(sent.filter(({ step }: ReminderKey) => step === 'outcome-overdue'))).toEqual(lines(missed));
  });

  it('asks nothing of a case that was closed, and is no deadline that can be missed', async () => {
    const [last] = (await staff.handler.get(`/v1/reminders?caseId=${two}&state=sent`)).body.items;
    await post(staff.handler, `complaints/${two}/close`, { outcome: 'remedied', reasons });
    redress.clock.set('2026-05-20T09:00:00.000000Z');
    expect(await due()).toEqual([]);
    expect(await deliver({ ...last, deadline: `hearing-outcome:${hearing}`, step: 'again' })).toBe(
      'superseded',
    );
    expect((await superseded()).at(-1)).toEqual(['again', last.recipient, 'closed']);
    const queue = await redress.app.get(Queues, { strict: false }).queue('reminder-deliveries');
    await redress.app.get(Sweep, { strict: false }).run(queue);
    const source = await openDatabase(redress.databaseUrl);
    const { rows } = await poolOf(source).query(
      "SELECT FROM missed_deadlines WHERE deadline LIKE 'hearing-%'",
    );
    expect(rows).toEqual([]);
    const ground = { pool: poolOf(source), config: redress.config };
    expect(await rebuild(ground, ['reminders'], { swap: false })).toMatchObject({ equal: true });
    await source.destroy();
  });
});
