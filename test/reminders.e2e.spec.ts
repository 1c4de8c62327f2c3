import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import pg from 'pg';
import { randomUUID } from 'node:crypto';
import { everything } from '../src/access/sight.js';
import { parsePolicySet } from '../src/clocks/policy-set.js';
import { PolicyCommand, PolicyHandler } from '../src/clocks/policy.handler.js';
import { PolicyBook } from '../src/clocks/policy.queries.js';
import { createApplication } from '../src/application.js';
import { openDatabase, poolOf } from '../src/platform/database.js';
import { logAt } from '../src/platform/log.js';
import { packageRoot } from '../src/platform/package-root.js';
import { rebuild } from '../src/rebuild.cli.js';
import { Queues } from '../src/platform/queue.js';
import { Claims } from '../src/reminders/claims.js';
import type { DeliveryData } from '../src/reminders/delivery.jobs.js';
import { Delivery } from '../src/reminders/delivery.worker.js';
import { DueReader } from '../src/reminders/due.reader.js';
import { ReminderWorker } from '../src/reminders/reminder.worker.js';
import { lineOf, type ReminderKey } from '../src/reminders/reminder.key.js';
import { Sweep } from '../src/reminders/sweep.worker.js';
import { testApplication, type Caller, type TestApplication } from './support/application.js';
import { eventually } from './support/eventually.js';
import { startMailServer, type MailServer } from './support/mail-server.js';
import { hasRedis, startRedis, type RedisServer } from './support/redis.js';
import { MasterKeys } from '../src/event-store/master-keys.js';

const MONDAY = '2026-03-02T10:00:00.000000Z';
const swift = { REDRESS_SWEEP_SECONDS: '1', REDRESS_MAIL_ATTEMPTS: '3', REDRESS_MAIL_RETRY_SECONDS: '0.02' };

interface House extends TestApplication {
  readonly handler: Caller;
  /** Acknowledgement was due on Monday 23 February. */
  receive(receivedOn?: string): Promise<string>;
}

const house = async (env: NodeJS.ProcessEnv): Promise<House> => {
  const redress = await testApplication({ ...swift, ...env });
  redress.clock.set(MONDAY);
  const caller = await redress.as('staff-1', 'case-handler', 'intake');
  const handler: Caller = {
    ...caller,
    post: async (path, body) => {
      const answer = await caller.post(path, body);
      if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
      return answer;
    },
  };
  const receive = async (receivedOn = '2026-02-16') => {
    const complaint = { receivedOn, channel: 'letter', category: 'abuse', summary: 'Shouted at.' };
    return (await handler.post('/v1/complaints', complaint)).body.id as string;
  };
  return { ...redress, handler, receive };
};

const part = <T>({ app }: { app: NestFastifyApplication }, token: new (...given: never[]) => T): T =>
  app.get<T>(token, { strict: false });

const sweepOnce = async (redress: TestApplication) =>
  part(redress, Sweep).run(await part(redress, Queues).queue('reminder-deliveries'));

const onRecord = async (redress: House, caseId: string, state = 'sent') =>
  (await redress.handler.get(`/v1/reminders?caseId=${caseId}&state=${state}`)).body.items as {
    step: string;
    recipient: string;
    deadline: string;
    reason: string | null;
  }[];

const isDeadlock = (fault: unknown): boolean => (fault as { code?: string }).code === '40P01';

/**
 * All that BullMQ keeps in the database, but its schema. The worker goes on meanwhile and locks these tables in an order of
 * its own, so a deadlock in which PostgreSQL chose this statement is tried again.
 */
const emptyQueue = async (databaseUrl: string): Promise<void> => {
  const owner = new pg.Client({ connectionString: databaseUrl });
  await owner.connect();
  const { rows } = await owner.query<{ name: string }>(
    "SELECT format('bullmq.%I', tablename) AS name FROM pg_tables WHERE schemaname = 'bullmq' AND tablename <> 'migration'",
  );
  const truncate = `TRUNCATE ${rows.map(({ name }) => name).join(', ')}`;
  const again = async (fault: unknown): Promise<unknown> => {
    if (!isDeadlock(fault)) throw fault;
    return owner.query(truncate).catch(again);
  };
  try {
    await owner.query(truncate).catch(again);
  } finally {
    await owner.end();
  }
};

const backends = ['PostgreSQL', 'Redis'].filter((backend) => backend !== 'Redis' || hasRedis);

describe.each(backends)('reminders, queued on %s', (backend) => {
  let mail: MailServer;
  let redis: RedisServer | undefined;
  let redress: House;

  beforeAll(async () => {
    mail = await startMailServer();
    redis = backend === 'Redis' ? await startRedis() : undefined;
  });
  beforeEach(async () => {
    mail.refuse(undefined);
    mail.beforeAnswer(() => {});
    redress = await house({ SMTP_URL: mail.url, ...(redis ? { REDIS_URL: redis.url } : {}) });
  });
  afterEach(async () => {
    await redress.close();
    await redis?.flush();
  });
  afterAll(async () => {
    await mail.stop();
    await redis?.stop();
  });

  const lettersAbout = (caseId: string) => mail.received.filter(({ text }) => text.includes(caseId));

  it('reach the handler once, however often the clock is looked at', async () => {
    const caseId = await redress.receive();
    await redress.handler.post(`/v1/complaints/${caseId}/assign-handler`, { handlerId: 'ann@example.org' });
    await part(redress, ReminderWorker).start();
    await eventually(async () => expect(await onRecord(redress, caseId)).toHaveLength(1));
    await sweepOnce(redress);
    await sweepOnce(redress);
    expect((await sweepOnce(redress)).due).toBe(0);
    expect(await onRecord(redress, caseId)).toMatchObject([
      { deadline: 'acknowledge', dueOn: '2026-02-23', step: 'overdue', recipient: 'ann@example.org' },
    ]);
    const [letter, ...more] = lettersAbout(caseId);
    expect(more).toEqual([]);
    expect(letter).toMatchObject({ to: 'ann@example.org' });
    expect(letter?.text).toContain('2026-000001: acknowledge was due on 2026-02-23 and is overdue');
    expect(letter?.text).toMatch(/^Date: Mon, 02 Mar 2026 10:00:00 \+0000\r?$/m);
  });

  it('are told of in /metrics: how many, how late, and what waits', async () => {
    const caseId = await redress.receive();
    await redress.handler.post(`/v1/complaints/${caseId}/assign-handler`, { handlerId: 'ann@example.org' });
    const metrics = async () => (await redress.app.getHttpAdapter().getInstance().inject('/metrics')).body;
    const sent = async () => Number(/due_to_sent_seconds_count (\d+)/.exec(await metrics())?.[1]);
    const before = await sent();
    await part(redress, ReminderWorker).start();
    await eventually(async () => expect(await sent()).toBeGreaterThan(before));
    await eventually(async () => {
      const told = await metrics();
      for (const state of ['waiting', 'delayed', 'active'])
        expect(told).toMatch(new RegExp(`^redress_reminder_queue_depth\\{state="${state}"\\} 0$`, 'm'));
      expect(told).toMatch(/^redress_reminder_seconds_since_sweep [01]\./m);
      expect(told).toMatch(/^redress_reminders_total\{outcome="sent"\} [1-9]/m);
    });
  });

  it('come again as time goes by, and to whoever handles the case then', async () => {
    const caseId = await redress.receive('2026-02-25'); // due on Wednesday 4 March: soon
    await redress.handler.post(`/v1/complaints/${caseId}/assign-handler`, { handlerId: 'ann@example.org' });
    await part(redress, ReminderWorker).start();
    const steps = async () =>
      (await onRecord(redress, caseId)).map(({ step, recipient }) => [step, recipient]);
    await eventually(async () => expect(await steps()).toEqual([['due-soon', 'ann@example.org']]));
    redress.clock.set('2026-03-04T09:00:00.000000Z');
    await eventually(async () => expect(await steps()).toContainEqual(['due-today', 'ann@example.org']));
    redress.clock.set('2026-03-05T09:00:00.000000Z');
    await eventually(async () => expect(await steps()).toContainEqual(['overdue', 'ann@example.org']));
    await redress.handler.post(`/v1/complaints/${caseId}/assign-handler`, { handlerId: 'ben@example.org' });
    redress.clock.set('2026-03-18T09:00:00.000000Z');
    await eventually(async () => expect(await steps()).toContainEqual(['long-overdue', 'ben@example.org']));
    expect(await steps()).not.toContainEqual(['long-overdue', 'ann@example.org']);
  });

  it('go up the ladder to whoever holds the duty, to a deputy while they are away, never to a party', async () => {
    const head = await redress.as('head', 'casework-head', 'intake', 'case-handler');
    const enrol = async (staffId: string, duties: string[]) => {
      const { status, body } = await head.post('/v1/staff', { staffId, duties });
      expect(status).toBe(201);
      return body.id as string;
    };
    await enrol('lea@example.org', ['team-lead']);
    await enrol('party@example.org', ['team-lead']);
    const caseId = await redress.receive('2026-02-20'); // due on Friday 27 February
    const party = await head.post('/v1/parties', { kind: 'person', name: 'Paul' });
    await head.post(`/v1/parties/${party.body.id}/identify-staff`, { staffId: 'party@example.org' });
    await head.post(`/v1/complaints/${caseId}/identify-respondent`, { respondentRef: party.body.id });
    await head.post(`/v1/complaints/${caseId}/assign-handler`, { handlerId: 'ann@example.org' });
    const ann = await enrol('ann@example.org', []);
    await enrol('dan@example.org', []);
    const absence = { from: '2026-03-02', until: '2026-03-06', deputyId: 'dan@example.org' };
    expect((await head.post(`/v1/staff/${ann}/record-absence`, absence)).status).toBe(200);
    await part(redress, ReminderWorker).start();
    await eventually(async () => {
      const told = await onRecord(redress, caseId);
      expect(told.map(({ step, recipient }) => `${step} ${recipient}`).toSorted()).toEqual([
        'overdue dan@example.org',
        'overdue lea@example.org',
      ]);
    });
  });

  it('wait while it is quiet with their recipient, and come in one letter a day to whoever wants that', async () => {
    const head = await redress.as('head', 'casework-head');
    const ann = await redress.as('ann@example.org', 'case-handler');
    const { body } = await head.post('/v1/staff', { staffId: 'ann@example.org', duties: [] });
    const arrange = async (wish: object) => {
      const usual = { by: 'mail', zone: 'Europe/London', calendars: ['weekdays'] };
      const answer = await ann.post(`/v1/staff/${body.id}/arrange-reminders`, { ...usual, ...wish });
      expect(answer.status).toBe(200);
    };
    const [first, second] = [await redress.receive(), await redress.receive()];
    for (const caseId of [first, second])
      await redress.handler.post(`/v1/complaints/${caseId}/assign-handler`, { handlerId: 'ann@example.org' });
    await arrange({ quiet: { from: '09:00', until: '12:00' } });
    await eventually(async () =>
      expect(await sweepOnce(redress)).toMatchObject({ due: 0, waiting: 2, unaddressed: 0 }),
    );
    await arrange({ digestAt: '16:00' });
    redress.clock.set('2026-03-02T15:59:00.000000Z');
    await eventually(async () => expect(await sweepOnce(redress)).toMatchObject({ due: 0, waiting: 2 }));
    redress.clock.set('2026-03-02T16:00:00.000000Z');
    await part(redress, ReminderWorker).start();
    for (const caseId of [first, second])
      await eventually(async () => expect(await onRecord(redress, caseId)).toHaveLength(1));
    const letters = lettersAbout(first);
    expect(letters).toHaveLength(1);
    expect(letters[0]?.text).toContain(second);
    // What falls due after the digest of the day comes in the next one.
    const third = await redress.receive();
    await redress.handler.post(`/v1/complaints/${third}/assign-handler`, { handlerId: 'ann@example.org' });
    await eventually(async () => expect(await sweepOnce(redress)).toMatchObject({ due: 0, waiting: 1 }));
    redress.clock.set('2026-03-03T16:00:00.000000Z');
    await eventually(async () => expect(await onRecord(redress, third)).toHaveLength(1));
    expect(lettersAbout(third)).toHaveLength(1);
  });

  it('come again in the same letter a day when it did not get away, whatever came due since', async () => {
    const head = await redress.as('head', 'casework-head');
    const ann = await redress.as('ann@example.org', 'case-handler');
    const { body } = await head.post('/v1/staff', { staffId: 'ann@example.org', duties: [] });
    const wish = { by: 'mail', zone: 'Europe/London', calendars: ['weekdays'], digestAt: '09:00' };
    expect((await ann.post(`/v1/staff/${body.id}/arrange-reminders`, wish)).status).toBe(200);
    const due = async () => {
      const caseId = await redress.receive();
      await redress.handler.post(`/v1/complaints/${caseId}/assign-handler`, {
        handlerId: 'ann@example.org',
      });
      const told = { deadline: 'acknowledge', dueOn: '2026-02-23', step: 'overdue' };
      return { caseId, ...told, recipient: 'ann@example.org' };
    };
    const digest = (...keys: ReminderKey[]) =>
      part(redress, Delivery).digest({ recipient: 'ann@example.org', day: '2026-03-02', keys });
    const first = await due();
    mail.refuse(451, 1);
    await expect(digest(first)).rejects.toThrow('not delivered');
    const second = await due();
    await eventually(async () => expect(await sweepOnce(redress)).toMatchObject({ waiting: 1 }));
    expect(await digest(second, first)).toBe('sent');
    const [letter] = lettersAbout(first.caseId);
    expect(letter?.text).not.toContain(second.caseId);
    expect([await onRecord(redress, first.caseId), await onRecord(redress, second.caseId)]).toMatchObject([
      [{ state: 'sent' }],
      [],
    ]);
    expect(await digest(second)).toBe('waits');
    const next = { recipient: 'ann@example.org', day: '2026-03-03', keys: [second] };
    expect(await part(redress, Delivery).digest(next)).toBe('sent');
    const messageIds = [first, second].flatMap(({ caseId }) =>
      lettersAbout(caseId).map(({ messageId }) => messageId),
    );
    expect([messageIds.length, new Set(messageIds).size]).toEqual([2, 2]);
  });

  it('come all in one letter a day, though a worker is still at one of them when the first was to be sent', async () => {
    const head = await redress.as('head', 'casework-head');
    const ann = await redress.as('ann@example.org', 'case-handler');
    const { body } = await head.post('/v1/staff', { staffId: 'ann@example.org', duties: [] });
    const keys: ReminderKey[] = [];
    for (const caseId of [await redress.receive(), await redress.receive()]) {
      const staff = { handlerId: 'ann@example.org' };
      await redress.handler.post(`/v1/complaints/${caseId}/assign-handler`, staff);
      const told = { deadline: 'acknowledge', dueOn: '2026-02-23', step: 'overdue' };
      keys.push({ caseId, ...told, recipient: 'ann@example.org' });
    }
    const [first, second] = keys as [ReminderKey, ReminderKey];
    mail.refuse(451, 1);
    await expect(part(redress, Delivery).deliver(first)).rejects.toThrow('refused 451');
    const wish = { by: 'mail', zone: 'Europe/London', calendars: ['weekdays'], digestAt: '09:00' };
    expect((await ann.post(`/v1/staff/${body.id}/arrange-reminders`, wish)).status).toBe(200);
    const digest = () =>
      part(redress, Delivery).digest({ recipient: 'ann@example.org', day: '2026-03-02', keys });
    const claims = part(redress, Claims);
    const failed = () => ({ reason: 'unfinished', againInMs: 0 });
    await eventually(async () => expect(await sweepOnce(redress)).toMatchObject({ due: 2 }));
    await claims.holding(
      [lineOf(second)],
      async () => {
        await eventually(async () => expect(await sweepOnce(redress)).toMatchObject({ due: 0 }));
        expect(await digest()).toBe('claimed');
      },
      failed,
    );
    expect((await claims.standing([lineOf(first)])).get(lineOf(first))).toMatchObject({
      claimedUntil: null,
      failures: 1,
    });
    expect(await sweepOnce(redress)).toMatchObject({ due: 2 });
    expect(await digest()).toBe('sent');
    for (const { caseId } of keys) expect(await onRecord(redress, caseId)).toHaveLength(1);
    expect(lettersAbout(first.caseId)).toEqual(lettersAbout(second.caseId));
    expect(lettersAbout(first.caseId)).toHaveLength(1);
  });

  it('are not sent when a pause, an extension or a new policy comes between the queue and the letter', async () => {
    const due = async (): Promise<ReminderKey> => {
      const caseId = await redress.receive('2025-12-02'); // 90 days: Monday 2 March
      const staff = { handlerId: 'ann@example.org' };
      await redress.handler.post(`/v1/complaints/${caseId}/acknowledge`, {});
      await redress.handler.post(`/v1/complaints/${caseId}/assign-handler`, staff);
      const told = { deadline: 'resolve', dueOn: '2026-03-02', step: 'due-today' };
      return { caseId, ...told, recipient: 'ann@example.org' };
    };
    const [paused, extended, changed] = [await due(), await due(), await due()];
    await sweepOnce(redress);
    const queue = await part(redress, Queues).queue('reminder-deliveries');
    const queued = (await queue.getJobs(['waiting', 'prioritized'])).flatMap(
      ({ data }) => (data as DeliveryData).keys,
    );
    expect(queued).toEqual(expect.arrayContaining([paused, extended, changed]));
    const pause = { reason: 'court-proceedings', basis: 'A letter.' };
    await redress.handler.post(`/v1/complaints/${paused.caseId}/pause-clock`, pause);
    const head = await redress.as('head', 'casework-head');
    const extension = { deadline: 'resolve', newDueOn: '2026-03-20', reasons: 'A witness is ill.' };
    const granted = await head.post(`/v1/complaints/${extended.caseId}/extend-deadline`, extension);
    expect([granted.status, granted.body.detail]).toEqual([200, undefined]);
    const [shipped] = (await part(redress, PolicyBook).all()).filter(({ key }) => key === 'default');
    const deadlines = shipped!.deadlines.map((rule) => ({ ...rule, count: rule.count + 7 }));
    const later = { ...shipped!, version: shipped!.version + 1, effectiveFrom: '2026-03-02', deadlines };
    const envelope = { actor: { id: 'head', role: 'casework-head' }, correlationId: randomUUID() };
    const change = (act: string, input: object) =>
      part(redress, PolicyHandler).execute(new PolicyCommand(act, 'default', input, envelope));
    await change('Publish', later);
    await change('Supersede', { version: shipped!.version, by: later.version, reasons: 'Decided.' });
    await part(redress, ReminderWorker).start();
    for (const [{ caseId }, reason] of [
      [paused, 'paused'],
      [extended, 'moved'],
      [changed, 'moved'],
    ] as const) {
      await eventually(async () =>
        expect(await onRecord(redress, caseId, 'superseded')).toContainEqual(
          expect.objectContaining({ deadline: 'resolve', step: 'due-today', reason }),
        ),
      );
      expect(await onRecord(redress, caseId)).toEqual([]);
      expect(lettersAbout(caseId)).toEqual([]);
    }
  });

  it('are put off by whoever got them, and recorded as superseded when they are', async () => {
    const caseId = await redress.receive('2026-02-25'); // due on Wednesday 4 March
    await redress.handler.post(`/v1/complaints/${caseId}/assign-handler`, { handlerId: 'ann@example.org' });
    await part(redress, ReminderWorker).start();
    await eventually(async () => expect(await onRecord(redress, caseId)).toHaveLength(1));
    redress.clock.set('2026-03-04T09:00:00.000000Z');
    const [due] = (await part(redress, DueReader).page({ first: 10, caseId }, everything)).items;
    await eventually(async () => expect(await onRecord(redress, caseId)).toHaveLength(2));
    const ann = await redress.as('ann@example.org', 'case-handler');
    const about = { deadline: 'acknowledge', dueOn: '2026-03-04' };
    const wish = { ...about, until: '2026-03-06', reasons: 'The letter goes out tomorrow.' };
    const snoozed = await ann.post(`/v1/reminders/${caseId}/snooze`, wish);
    expect(snoozed).toMatchObject({ status: 200, body: { events: ['ReminderSnoozed'] } });
    expect(due).toMatchObject({ step: 'due-today' });
    redress.clock.set('2026-03-05T09:00:00.000000Z');
    const late = { caseId, ...about, step: 'overdue', recipient: 'ann@example.org' };
    expect(await part(redress, Delivery).deliver(late)).toBe('superseded');
    expect(await onRecord(redress, caseId, 'superseded')).toMatchObject([
      { step: 'overdue', reason: 'snoozed' },
    ]);
    redress.clock.set('2026-03-06T09:00:00.000000Z');
    await eventually(async () => expect(await onRecord(redress, caseId)).toHaveLength(3));
    expect(await onRecord(redress, caseId, 'superseded')).toEqual([]);
  });

  it('are not sent when they no longer matter by the time of their delivery', async () => {
    const [met, closed, handed] = [await redress.receive(), await redress.receive(), await redress.receive()];
    for (const caseId of [met, closed, handed])
      await redress.handler.post(`/v1/complaints/${caseId}/assign-handler`, { handlerId: 'zoe@example.org' });
    expect((await sweepOnce(redress)).due).toBe(3);
    await redress.handler.post(`/v1/complaints/${met}/acknowledge`);
    await redress.handler.post(`/v1/complaints/${closed}/reject`, { reasons: 'Not ours.' });
    await redress.handler.post(`/v1/complaints/${closed}/close`, {
      outcome: 'rejected',
      reasons: 'Not ours.',
    });
    await redress.handler.post(`/v1/complaints/${handed}/assign-handler`, { handlerId: 'ann@example.org' });
    await part(redress, ReminderWorker).start();
    await eventually(async () => expect(await onRecord(redress, handed)).toHaveLength(1));
    expect((await onRecord(redress, handed))[0]?.recipient).toBe('ann@example.org');
    expect([...(await onRecord(redress, met)), ...(await onRecord(redress, closed))]).toEqual([]);
    expect([...lettersAbout(met), ...lettersAbout(closed)]).toEqual([]);
  });

  it('are tried again while the mail server is not ready, and sent when it is', async () => {
    const caseId = await redress.receive();
    await redress.handler.post(`/v1/complaints/${caseId}/assign-handler`, { handlerId: 'ann@example.org' });
    const before = mail.asked;
    mail.refuse(451, 1);
    await part(redress, ReminderWorker).start();
    await eventually(async () => expect(await onRecord(redress, caseId)).toHaveLength(1));
    expect(mail.asked - before).toBe(2);
    expect(await onRecord(redress, caseId, 'failed')).toEqual([]);
  });

  it('are listed as failed, with the reason, when the mail server goes on refusing', async () => {
    const temporarily = await redress.receive();
    await redress.handler.post(`/v1/complaints/${temporarily}/assign-handler`, {
      handlerId: 'ann@example.org',
    });
    mail.refuse(451);
    const before = mail.asked;
    await part(redress, ReminderWorker).start();
    const failed = (caseId: string) => onRecord(redress, caseId, 'failed');
    await eventually(async () => expect(await failed(temporarily)).toMatchObject([{ reason: 'refused' }]));
    expect(mail.asked - before).toBe(3);
    mail.refuse(550);
    const unknown = await redress.receive();
    await redress.handler.post(`/v1/complaints/${unknown}/assign-handler`, {
      handlerId: 'nobody@example.org',
    });
    await eventually(async () => expect(await failed(unknown)).toHaveLength(1));
    expect(mail.asked - before).toBe(4);
    expect((await sweepOnce(redress)).due).toBe(0);
    mail.refuse(undefined);
    const [told] = await failed(unknown);
    const { deadline, dueOn, step, recipient } = told as unknown as Record<string, string>;
    const key = { deadline, dueOn, step, recipient };
    const again = await redress.handler.post(`/v1/reminders/${unknown}/send-again`, key);
    expect(again.body.events).toEqual(['ReminderRequeued']);
    await eventually(async () => expect(await onRecord(redress, unknown)).toMatchObject([key]));
  });

  it('are sent and recorded once by two processes that work at the same time', async () => {
    const cases: string[] = [];
    for (let n = 0; n < 8; n += 1) cases.push(await redress.receive());
    for (const caseId of cases)
      await redress.handler.post(`/v1/complaints/${caseId}/assign-handler`, { handlerId: 'ann@example.org' });
    const source = await openDatabase(redress.databaseUrl);
    const other = await createApplication({
      config: redress.config,
      databaseUrl: redress.databaseUrl,
      pool: poolOf(source),
      masterKeys: new MasterKeys([Buffer.alloc(32, 7)]),
      clock: redress.clock,
      log: logAt('fatal'),
    });
    await other.init();
    try {
      await Promise.all([redress.app, other].map((app) => part({ app }, ReminderWorker).start()));
      const due = (await part(redress, DueReader).page({ first: 50 }, everything)).items;
      const both = due.flatMap((key) =>
        [redress.app, other].map((app) => part({ app }, Delivery).deliver(key)),
      );
      await Promise.all(both);
      await eventually(async () => {
        const counts = await Promise.all(cases.map(async (id) => (await onRecord(redress, id)).length));
        expect(counts).toEqual(cases.map(() => 1));
      });
      expect(cases.map((id) => lettersAbout(id).length)).toEqual(cases.map(() => 1));
    } finally {
      await other.close();
      await source.destroy();
    }
  });

  it('go on after the queue was lost with everything in it', async () => {
    await part(redress, ReminderWorker).start();
    await (redis ? redis.flush() : emptyQueue(redress.databaseUrl));
    const caseId = await redress.receive();
    await redress.handler.post(`/v1/complaints/${caseId}/assign-handler`, { handlerId: 'ann@example.org' });
    await eventually(async () => expect(await onRecord(redress, caseId)).toHaveLength(1));
    expect(lettersAbout(caseId)).toHaveLength(1);
  });
});

describe('reminders that nobody is known to get', () => {
  it('stay due and off the record, are told of in one warning a sweep, and go out once there is an address', async () => {
    const redress = await house({});
    try {
      const cases = [await redress.receive(), await redress.receive()];
      const due = async () => (await redress.handler.get('/v1/reminders?state=due')).body.items;
      expect(await sweepOnce(redress)).toMatchObject({ due: 0, unaddressed: 2 });
      expect(await sweepOnce(redress)).toMatchObject({ due: 0, unaddressed: 2 });
      for (const key of await due())
        expect(await part(redress, Delivery).deliver(key, 1)).toBe('unaddressed');
      expect((await redress.handler.get('/v1/reminders?state=failed')).body.items).toEqual([]);
      expect((await due()).map(({ caseId }: { caseId: string }) => caseId).toSorted()).toEqual(
        cases.toSorted(),
      );
      for (const caseId of cases)
        await redress.handler.post(`/v1/complaints/${caseId}/assign-handler`, {
          handlerId: 'ann@example.org',
        });
      expect(await sweepOnce(redress)).toMatchObject({ due: 2, unaddressed: 0 });
      for (const key of await due()) expect(await part(redress, Delivery).deliver(key, 1)).toBe('sent');
      expect(await due()).toEqual([]);
    } finally {
      await redress.close();
    }
  });
});

describe('why a reminder that is due was not sent yet', () => {
  const ANN = 'ann@example.org';
  let mail: MailServer;
  let redress: House;
  let staffId = '';
  beforeAll(async () => {
    mail = await startMailServer();
    redress = await house({ SMTP_URL: mail.url, REDRESS_MAIL_RETRY_SECONDS: '3600' });
    const head = await redress.as('head', 'casework-head');
    staffId = (await head.post('/v1/staff', { staffId: ANN, duties: [] })).body.id;
    await head.post('/v1/staff', { staffId: 'dan@example.org', duties: [] });
  });
  beforeEach(() => redress.clock.set(MONDAY));
  afterAll(async () => {
    await redress.close();
    await mail.stop();
  });

  const dueOf = async (caseId: string) =>
    (await redress.handler.get(`/v1/reminders?state=due&caseId=${caseId}`)).body.items as (ReminderKey & {
      waits: { code: string; until: string | null; words: string }[];
    })[];
  const waits = async (caseId: string) =>
    (await dueOf(caseId)).flatMap((each) => each.waits.map(({ code, until }) => [code, until]));
  const keyOf = async (caseId: string): Promise<ReminderKey> => {
    const [due] = await dueOf(caseId);
    if (!due) throw new Error('Nothing is due.');
    const { waits: _, ...key } = due;
    return key;
  };
  const ofAnn = async () => {
    const caseId = await redress.receive();
    await redress.handler.post(`/v1/complaints/${caseId}/assign-handler`, { handlerId: ANN });
    return caseId;
  };
  const as = async (command: string, wish: object) => {
    const ann = await redress.as(ANN, 'case-handler');
    expect((await ann.post(`/v1/staff/${staffId}/${command}`, wish)).status).toBe(200);
  };
  const arrange = (wish: object) =>
    as('arrange-reminders', { by: 'mail', zone: 'Europe/London', calendars: [], ...wish });

  it('is that nobody knows where to write, or nothing', async () => {
    const caseId = await redress.receive();
    expect(await waits(caseId)).toEqual([['no-address', null]]);
    await redress.handler.post(`/v1/complaints/${caseId}/assign-handler`, { handlerId: ANN });
    expect(await waits(caseId)).toEqual([['next-sweep', null]]);
  });

  it('is when its recipient may be told, and who is told while they are away', async () => {
    const caseId = await ofAnn();
    const eventuallyWaits = (expected: unknown) =>
      eventually(async () => expect(await waits(caseId)).toEqual(expected));
    await arrange({ quiet: { from: '09:00', until: '12:00' } });
    await eventuallyWaits([['quiet-hours', '2026-03-02T12:00:00+00:00']]);
    redress.clock.set('2026-03-07T10:00:00.000000Z');
    await arrange({ calendars: ['weekdays'], digestAt: '16:00' });
    await eventuallyWaits([
      ['non-working-day', '2026-03-09T00:00:00+00:00'],
      ['digest', '2026-03-09T16:00:00+00:00'],
    ]);
    redress.clock.set(MONDAY);
    expect(await waits(caseId)).toEqual([['digest', '2026-03-02T16:00:00+00:00']]);
    await arrange({});
    await as('record-absence', { from: '2026-03-03', until: '2026-03-05', deputyId: 'dan@example.org' });
    redress.clock.set('2026-03-04T10:00:00.000000Z');
    await eventuallyWaits([
      ['absence', '2026-03-05'],
      ['next-sweep', null],
    ]);
    const [due] = await dueOf(caseId);
    expect(due).toMatchObject({ recipient: 'dan@example.org' });
    expect(due?.waits[0]?.words).toContain(`${ANN}, who is away until the end of 2026-03-05`);
  });

  it('is that what the digest of the day says was fixed before it came due, also where that did not get away', async () => {
    await arrange({ calendars: ['weekdays'], digestAt: '09:00' });
    const first = await ofAnn();
    redress.clock.set('2026-03-02T08:00:00.000000Z');
    await eventually(async () =>
      expect(await waits(first)).toEqual([['digest', '2026-03-02T09:00:00+00:00']]),
    );
    redress.clock.set(MONDAY);
    mail.refuse(550, 1);
    const digest = { recipient: ANN, day: '2026-03-02', keys: [await keyOf(first)] };
    expect(await part(redress, Delivery).digest(digest)).toBe('failed');
    const second = await ofAnn();
    expect(await waits(second)).toEqual([['digest', '2026-03-03T09:00:00+00:00']]);
    await arrange({});
    await eventually(async () => expect(await waits(second)).toEqual([['next-sweep', null]]));
  });

  it('is that it failed, how often and why, until it is tried again; or that a worker is at it', async () => {
    const caseId = await ofAnn();
    const key = await keyOf(caseId);
    const dueBefore = (await sweepOnce(redress)).due;
    mail.refuse(451, 2);
    for (const [said, hours] of [
      ['refused, once', 1],
      ['refused, 2 times', 2],
    ] as const) {
      await expect(part(redress, Delivery).deliver(key)).rejects.toThrow();
      const [failed] = await dueOf(caseId);
      expect(failed?.waits).toMatchObject([{ code: 'retry', words: expect.stringContaining(said) }]);
      const inHours = (Date.parse(failed?.waits[0]?.until ?? '') - Date.now()) / 3_600_000;
      expect(inHours).toBeLessThanOrEqual(hours);
      expect(inHours).toBeGreaterThan(hours * 0.69);
      expect((await sweepOnce(redress)).due).toBe(dueBefore - 1);
    }
    const claims = part(redress, Claims);
    const failed = () => ({ reason: 'unfinished', againInMs: 0 });
    await claims.holding(
      [lineOf(key)],
      async () => expect((await waits(caseId)).at(-1)?.[0]).toBe('claimed'),
      failed,
    );
    expect(await waits(caseId)).toEqual([['next-sweep', null]]);
    expect(await part(redress, Delivery).deliver(key)).toBe('sent');
    expect(await waits(caseId)).toEqual([]);
  });

  it('is told until the last attempt, which is counted by the database, whatever becomes of the queue', async () => {
    const caseId = await ofAnn();
    const key = await keyOf(caseId);
    mail.refuse(451, 3);
    for (let attempt = 1; attempt < 3; attempt += 1)
      await expect(part(redress, Delivery).deliver(key)).rejects.toThrow('refused 451');
    expect(await part(redress, Delivery).deliver(key)).toBe('failed');
    expect(await waits(caseId)).not.toContainEqual(['retry', expect.anything()]);
  });

  it('is that its recipient put it off; the sweep passes it by, and forgets claims of long ago', async () => {
    const caseId = await redress.receive('2026-02-25'); // due on Wednesday 4 March
    await redress.handler.post(`/v1/complaints/${caseId}/assign-handler`, { handlerId: ANN });
    expect(await part(redress, Delivery).deliver(await keyOf(caseId), 1)).toBe('sent');
    redress.clock.set('2026-03-06T09:00:00.000000Z');
    const ann = await redress.as(ANN, 'case-handler');
    const wish = { deadline: 'acknowledge', dueOn: '2026-03-04', until: '2026-03-09', reasons: 'Soon.' };
    expect((await ann.post(`/v1/reminders/${caseId}/snooze`, wish)).status).toBe(200);
    expect(await waits(caseId)).toEqual([['snoozed', '2026-03-09']]);
    const { items } = (await redress.handler.get(`/v1/reminders?state=due&on=2026-03-06&caseId=${caseId}`))
      .body;
    expect(items).toEqual([]);
    const source = await openDatabase(redress.databaseUrl);
    const pool = poolOf(source);
    await pool.query(
      "INSERT INTO reminder_claims (reminder, until) VALUES ('old', now() - interval '2 days')",
    );
    await sweepOnce(redress);
    expect((await part(redress, DueReader).page({ first: 10, caseId }, everything)).items).toEqual([]);
    expect((await pool.query("SELECT FROM reminder_claims WHERE reminder = 'old'")).rows).toEqual([]);
    await source.destroy();
  });

  it('is said by the same code at each door', async () => {
    redress.clock.set(new Date().toISOString());
    const [mine, nobodys] = [await ofAnn(), await redress.receive()];
    const key = await keyOf(mine);
    mail.refuse(451, 1);
    await expect(part(redress, Delivery).deliver(key)).rejects.toThrow();
    for (const [caseId, code] of [
      [mine, 'retry'],
      [nobodys, 'no-address'],
    ] as const) {
      const shown = await dueOf(caseId);
      expect(shown.map((each) => each.waits.map((wait) => wait.code))).toContainEqual([code]);
      const query = `{ reminders(state: DUE, caseId: "${caseId}", first: 50) { edges { node { step recipient waits { code until words } } } } }`;
      const { body } = await redress.handler.post('/graphql', { query });
      const told = body.data.reminders.edges as { node: { waits: { code: string }[] } }[];
      const spelled = told.map(({ node: { waits: all, ...each } }) => ({
        ...each,
        waits: all.map((wait) => ({ ...wait, code: wait.code.toLowerCase().replaceAll('_', '-') })),
      }));
      expect(spelled).toEqual(
        shown.map(({ step, recipient, waits: all }) => ({ step, recipient, waits: all })),
      );
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [join(packageRoot, 'dist', 'src', 'cli.js'), 'reminders', 'due', '--case', caseId, '--json'],
        {
          env: {
            PATH: process.env['PATH'],
            DATABASE_URL: redress.databaseUrl,
            MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
            LOG_LEVEL: 'fatal',
          },
        },
      );
      expect(JSON.parse(stdout)).toEqual({ reminders: shown });
    }
  });
});

describe('reminders without a mail server', () => {
  let redress: House;
  beforeAll(async () => {
    redress = await house({ REDRESS_INTAKE_MAIL: 'intake@example.org' });
  });
  afterAll(() => redress.close());

  const outbox = () => join(redress.config.REDRESS_DATA_DIR, 'outbox');

  it('are written to the outbox: to the address of the party that the handler is, else to the intake', async () => {
    const [known, unassigned] = [await redress.receive(), await redress.receive()];
    const party = await redress.handler.post('/v1/parties', {
      kind: 'person',
      name: 'Ann',
      email: 'ann@example.org',
    });
    const head = await redress.as('head-1', 'casework-head');
    const identified = await head.post(`/v1/parties/${party.body.id}/identify-staff`, { staffId: 'staff-9' });
    expect(identified.status).toBe(200);
    await redress.handler.post(`/v1/complaints/${known}/assign-handler`, { handlerId: 'staff-9' });
    const { items } = await part(redress, DueReader).page({ first: 10 }, everything);
    expect(items.map(({ recipient }) => recipient).toSorted()).toEqual(['intake', 'staff-9']);
    for (const key of items) expect(await part(redress, Delivery).deliver(key)).toBe('sent');
    for (const key of items) expect(await part(redress, Delivery).deliver(key)).toBe('recorded');
    const files = await readdir(outbox());
    const letters = await Promise.all(files.map((file) => readFile(join(outbox(), file), 'utf8')));
    expect(letters).toHaveLength(2);
    const about = (caseId: string) => letters.find((text) => text.includes(caseId));
    expect(about(known)).toMatch(/^To: ann@example\.org$/m);
    expect(about(unassigned)).toMatch(/^To: intake@example\.org$/m);
  });

  it('leave the missed deadline on record, with the end of its due day, and can be rebuilt', async () => {
    const caseId = await redress.receive('2026-01-05');
    await redress.handler.post(`/v1/complaints/${caseId}/acknowledge`);
    await sweepOnce(redress);
    await sweepOnce(redress);
    const source = await openDatabase(redress.databaseUrl);
    const { equal, tables } = await rebuild(
      { pool: poolOf(source), config: redress.config },
      ['reminders'],
      {},
    );
    const filled = tables.filter(({ rows }) => rows > 0).map(({ table }) => table);
    expect([equal, filled]).toEqual([true, ['reminders', 'missed_deadlines']]);
    const { rows } = await poolOf(source).query(
      'SELECT data::json AS data FROM events WHERE stream = $1 AND type = $2',
      [`deadlines-${caseId}`, 'DeadlineMissed'],
    );
    await source.destroy();
    expect(rows.map(({ data }) => data)).toEqual([
      {
        deadline: 'acknowledge',
        dueOn: '2026-01-12',
        dueAt: '2026-01-13T00:00:00+00:00',
        policy: 'default@2',
      },
    ]);
  });

  it('put each occurrence of what recurs on record, once, as it passes', async () => {
    const set = parsePolicySet(await readFile('policies/police-si-2020-2.yaml', 'utf8'), 'police');
    const monthly = { ...set, key: 'default', version: 3, effectiveFrom: '2026-02-01' };
    const envelope = { actor: { id: 'redress', role: 'operator' }, correlationId: randomUUID() };
    await part(redress, PolicyHandler).execute(new PolicyCommand('Publish', 'default', monthly, envelope));
    await part(redress, PolicyBook).all();
    const caseId = await redress.receive('2026-02-16');
    const open = { investigatorId: 'staff-2', termsOfReference: 'All of it.' };
    await redress.handler.post(`/v1/complaints/${caseId}/open-investigation`, open);
    // Opened on 2 March: due on 30 March, 27 April, 25 May. Nobody looks before 1 May.
    const missed = async () => {
      await sweepOnce(redress);
      const source = await openDatabase(redress.databaseUrl);
      const { rows } = await poolOf(source).query<{ due: string; next: string }>(
        'SELECT due_on::text AS due, next_due_on::text AS next FROM missed_deadlines WHERE case_id = $1 ORDER BY 1',
        [caseId],
      );
      await source.destroy();
      return rows.map(({ due, next }) => [due, next]);
    };
    redress.clock.set('2026-05-01T10:00:00.000000Z');
    await missed();
    expect(await missed()).toEqual([
      ['2026-03-30', '2026-04-27'],
      ['2026-04-27', '2026-05-25'],
    ]);
    redress.clock.set('2026-05-26T10:00:00.000000Z');
    expect(await missed()).toHaveLength(3);
    // Made good, late; what was missed stays, and the next one runs from the update.
    const party = await redress.handler.post('/v1/parties', { kind: 'person', name: 'Ben' });
    await redress.handler.post(`/v1/complaints/${caseId}/identify-respondent`, {
      respondentRef: party.body.id,
    });
    const update = { to: [party.body.id], update: 'Nearly there.' };
    await redress.handler.post(`/v1/complaints/${caseId}/send-progress-update`, update);
    expect(await missed()).toHaveLength(3);
    const { body } = await redress.handler.get(`/v1/cases/${caseId}`);
    const shown = body.deadlines
      .filter(({ key }: { key: string }) => key === 'progress-update')
      .map(({ occurrence, dueOn, metOn, state }: Record<string, unknown>) => [
        occurrence,
        dueOn,
        metOn,
        state,
      ]);
    expect(shown).toEqual([
      [1, '2026-03-30', '2026-05-26', 'met'],
      [2, '2026-04-27', '2026-05-26', 'met'],
      [3, '2026-05-25', '2026-05-26', 'met'],
      [4, '2026-06-23', null, 'running'],
    ]);
    redress.clock.set(MONDAY);
  });
});
