import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import pg from 'pg';
import { prepare } from '../bin/prepare.js';
import { testApplication, type TestApplication } from './support/application.js';
import { eventually } from './support/eventually.js';
import { startMailServer, type MailServer } from './support/mail-server.js';
import { endProcess, startWorker } from './support/worker-process.js';

describe('a worker that is killed when its letter is out and not on record', () => {
  let mail: MailServer;
  let redress: TestApplication;
  const workers: ChildProcess[] = [];

  beforeAll(async () => {
    await prepare();
    [mail, redress] = await Promise.all([startMailServer(), testApplication()]);
    redress.clock.set(new Date().toISOString());
  });
  afterAll(async () => {
    await Promise.all(workers.map((worker) => endProcess(worker, 'SIGTERM')));
    await redress.close();
    await mail.stop();
  });

  const worker = (): ChildProcess => {
    const child = startWorker(redress, { SMTP_URL: mail.url, REDRESS_WORKER_PORT: '0' });
    workers.push(child);
    return child;
  };

  /** Where it says that it tells how it fares. */
  const addressOf = async ({ stdout }: ChildProcess): Promise<string> => {
    let said = '';
    for await (const chunk of stdout ?? []) {
      said += String(chunk);
      const found = /metrics on (http:\S+)\)/.exec(said)?.[1];
      if (found !== undefined) return found;
    }
    throw new Error(`It said only: ${said}`);
  };

  /** What a minute and a half bring about: the claim of the dead lapses. The queue is lost besides. */
  const aWhileLater = async (): Promise<void> => {
    const owner = new pg.Client({ connectionString: redress.databaseUrl });
    await owner.connect();
    await owner.query("UPDATE reminder_claims SET until = until - interval '90 seconds'");
    await owner.query('TRUNCATE bullmq.job CASCADE');
    await owner.end();
  };

  it('has it sent again under the same Message-ID, and recorded once', async () => {
    const handler = await redress.as('staff-1', 'case-handler', 'intake');
    const complaint = {
      receivedOn: '2026-01-05',
      channel: 'letter',
      category: 'abuse',
      summary: 'Shouted at.',
    };
    const { id } = (await handler.post('/v1/complaints', complaint)).body;
    await handler.post(`/v1/complaints/${id}/assign-handler`, { handlerId: 'ann@example.org' });
    await handler.post(`/v1/complaints/${id}/acknowledge`);

    const first = worker();
    mail.beforeAnswer(() => first.kill('SIGKILL'));
    await once(first, 'exit');
    const recorded = async () => (await handler.get(`/v1/reminders?caseId=${id}`)).body.items;
    expect(mail.received).toHaveLength(1);
    expect(await recorded()).toEqual([]);

    mail.beforeAnswer(() => {});
    await aWhileLater();
    const second = worker();
    const address = await addressOf(second);
    await eventually(async () => expect(await recorded()).toHaveLength(1), 30_000);
    expect((await fetch(`${address}/health/ready`)).status).toBe(200);
    const metrics = await (await fetch(`${address}/metrics`)).text();
    for (const line of ['redress_reminders_total{outcome="sent"} 1', 'redress_events_appended_total 1'])
      expect(metrics).toContain(line);
    expect((await fetch(`${address}/v1/cases`)).status).toBe(404);
    await endProcess(second, 'SIGTERM');
    expect(second.exitCode).toBe(0);
    expect(await recorded()).toMatchObject([{ deadline: 'resolve', state: 'sent' }]);
    expect(mail.received.map(({ to }) => to)).toEqual(['ann@example.org', 'ann@example.org']);
    expect(new Set(mail.received.map(({ messageId }) => messageId)).size).toBe(1);
  });
});
