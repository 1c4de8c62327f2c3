import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { everything } from '../src/access/sight.js';
import { Delivery, type NotYet } from '../src/reminders/delivery.worker.js';
import { DueReader } from '../src/reminders/due.reader.js';
import type { ReminderKey } from '../src/reminders/reminder.key.js';
import { ReminderWorker } from '../src/reminders/reminder.worker.js';
import { testApplication, type Caller, type TestApplication } from './support/application.js';
import { eventually } from './support/eventually.js';
import { startFaultyMailServer, type MailFault } from './support/faulty-mail-server.js';
import { startEndpoint } from './support/webhook-endpoint.js';

const SWIFT = {
  REDRESS_SWEEP_SECONDS: '1',
  REDRESS_MAIL_ATTEMPTS: '8',
  REDRESS_MAIL_RETRY_SECONDS: '0.02',
  REDRESS_DELIVERY_TIMEOUT_SECONDS: '0.5',
};
const DAY = 86_400_000;
const isoDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

interface House extends TestApplication {
  readonly staff: Caller;
  part<T>(token: new (...given: never[]) => T): T;
  /** A reminder of a new case that is due for this handler. */
  due(handlerId: string): Promise<ReminderKey>;
  /** What is on record of it. */
  recorded(key: ReminderKey): Promise<{ state: string; reason: string | null }[]>;
  /** What the event says. */
  told(key: ReminderKey): Promise<Record<string, unknown>>;
}

/** By the real clock: a signature is not valid for long. */
const house = async (env: NodeJS.ProcessEnv): Promise<House> => {
  const redress = await testApplication({ ...SWIFT, ...env });
  redress.clock.set(new Date().toISOString());
  const staff = await redress.as('staff-1', 'case-handler', 'intake', 'casework-head');
  const part: House['part'] = (token) => redress.app.get(token, { strict: false });
  const due = async (handlerId: string) => {
    const receivedOn = isoDay(Date.now() - 21 * DAY);
    const complaint = { receivedOn, channel: 'letter', category: 'abuse', summary: 'Shouted at.' };
    const { id } = (await staff.post('/v1/complaints', complaint)).body;
    expect((await staff.post(`/v1/complaints/${id}/assign-handler`, { handlerId })).status).toBe(200);
    const { items } = await part(DueReader).page({ first: 10, caseId: id }, everything);
    return items.find(({ recipient }) => recipient === handlerId) as ReminderKey;
  };
  const recorded = async ({ caseId, deadline, step, recipient }: ReminderKey) =>
    (await staff.get(`/v1/reminders?caseId=${caseId}`)).body.items.filter(
      (each: ReminderKey) => each.deadline === deadline && each.step === step && each.recipient === recipient,
    );
  const told = async ({ caseId }: ReminderKey) => {
    const { body } = await staff.get(`/v1/cases/${caseId}/history`);
    return body.items.findLast(({ type }: { type: string }) => type.startsWith('Reminder')).data;
  };
  return { ...redress, staff, part, due, recorded, told };
};

const delivered = (redress: House, key: ReminderKey, attempts?: number) =>
  redress.part(Delivery).deliver(key, attempts);

const messageIds = (letters: readonly string[]) =>
  letters.map((letter) => /^Message-ID: (.+)$/im.exec(letter)?.[1]?.trim());

describe('a mail server that', () => {
  let mail: Awaited<ReturnType<typeof startFaultyMailServer>>;
  let redress: House;
  beforeAll(async () => {
    mail = await startFaultyMailServer();
    redress = await house({ SMTP_URL: mail.url });
  });
  afterAll(async () => {
    await redress.close();
    await mail.stop();
  });
  beforeEach(() => {
    mail.letters.length = 0;
  });

  const begin = (fault: MailFault) => {
    mail.turns(fault);
    return redress.due('ann@example.org');
  };

  it('is well gets the letter as text and as HTML, with no link to be left out of it', async () => {
    const key = await begin('none');
    expect(await delivered(redress, key)).toBe('sent');
    const [letter = ''] = mail.letters;
    expect(letter).toMatch(/^Content-Type: multipart\/alternative/m);
    expect(letter).toMatch(/^Content-Type: text\/plain/m);
    expect(letter).toMatch(/^Content-Type: text\/html/m);
    expect(letter).toContain('You get this as handler.');
    expect(letter).not.toMatch(/^List-Unsubscribe/im);
    expect(letter).not.toContain('Shouted');
  });

  it('refuses the recipient for good is not asked again', async () => {
    const key = await begin('refuses');
    expect(await delivered(redress, key)).toBe('failed');
    expect(await redress.recorded(key)).toMatchObject([{ state: 'failed', reason: 'refused' }]);
    expect(await redress.told(key)).toMatchObject({ smtpCode: 550 });
  });

  it('greylists gets the letter when it is tried again', async () => {
    const key = await begin('greylists');
    await expect(delivered(redress, key)).rejects.toThrow('not delivered: refused 451');
    expect(await redress.recorded(key)).toEqual([]);
    expect(await delivered(redress, key)).toBe('sent');
    expect(mail.letters).toHaveLength(1);
  });

  it.each(['never-greets', 'silent-after-data'] as const)(
    '%s is given up on in time, and tried again',
    async (fault) => {
      const key = await begin(fault);
      await expect(delivered(redress, key)).rejects.toThrow('not delivered: unreachable');
      mail.turns('none');
      expect(await delivered(redress, key)).toBe('sent');
      expect(new Set(messageIds(mail.letters)).size).toBe(1);
    },
  );

  it('drops the line after DATA gets the same letter again, under the same Message-ID', async () => {
    const key = await begin('drops-after-data');
    await expect(delivered(redress, key)).rejects.toThrow('not delivered: unreachable');
    await expect(delivered(redress, key)).rejects.toThrow('not delivered: unreachable');
    mail.turns('none');
    expect(await delivered(redress, key)).toBe('sent');
    const ids = messageIds(mail.letters);
    expect([ids.length, new Set(ids).size]).toEqual([3, 1]);
    expect(await redress.told(key)).toMatchObject({ messageId: ids[0], via: 'smtp' });
  });

  it('is down at the last attempt leaves the reminder as failed, to be sent again', async () => {
    const key = await begin('never-greets');
    expect(await delivered(redress, key, 1)).toBe('failed');
    expect(await redress.recorded(key)).toMatchObject([{ state: 'failed', reason: 'unreachable' }]);
  });
});

describe('a webhook endpoint', () => {
  const [OLD, NEW] = ['whsec_' + 'b2xk'.repeat(8), 'whsec_' + 'bmV3'.repeat(8)];
  let endpoint: Awaited<ReturnType<typeof startEndpoint>>;
  let mail: Awaited<ReturnType<typeof startFaultyMailServer>>;
  let redress: House;

  const enrol = async (home: House) => {
    const { id } = (await home.staff.post('/v1/staff', { staffId: 'ann@example.org', duties: [] })).body;
    const ann = await home.as('ann@example.org', 'case-handler');
    const wish = { by: 'webhook', zone: 'Europe/London' };
    expect((await ann.post(`/v1/staff/${id}/arrange-reminders`, wish)).status).toBe(200);
  };

  beforeAll(async () => {
    [endpoint, mail] = await Promise.all([startEndpoint(), startFaultyMailServer()]);
    redress = await house({
      SMTP_URL: mail.url,
      REDRESS_WEBHOOK_URL: `${endpoint.url}/reminders`,
      REDRESS_PUBLIC_URL: 'https://redress.example.org',
      WEBHOOK_SECRET: `${NEW} ${OLD}`,
    });
    await enrol(redress);
  });
  afterAll(async () => {
    await redress.close();
    await Promise.all([endpoint.stop(), mail.stop()]);
  });
  beforeEach(() => {
    redress.clock.set(new Date().toISOString());
    endpoint.received.length = 0;
    endpoint.answers((response) => void response.writeHead(204).end());
  });

  const due = () => redress.due('ann@example.org');

  it('gets the reminder as an event, and nothing about anybody', async () => {
    const key = await due();
    expect(await delivered(redress, key)).toBe('sent');
    const [{ body, headers } = { body: '', headers: {} }] = endpoint.received;
    const { caseId, deadline, dueOn, step, recipient } = key;
    const { reference } = (await redress.staff.get(`/v1/cases/${caseId}`)).body;
    expect(JSON.parse(body)).toEqual({
      type: 'reminder.due',
      timestamp: expect.any(String),
      data: {
        recipient,
        reminders: [
          {
            caseId,
            reference,
            deadline,
            name: 'acknowledge',
            dueOn,
            overdue: true,
            step,
            duty: 'handler',
            standsIn: false,
            passOnTo: null,
            link: `https://redress.example.org/v1/cases/${caseId}`,
          },
        ],
      },
    });
    expect(await redress.told(key)).toMatchObject({ via: 'webhook', messageId: headers['webhook-id'] });
    expect(mail.letters).toEqual([]);
  });

  it('can verify it with each secret while they rotate, and not with another or another body', async () => {
    await delivered(redress, await due());
    const [{ body, headers } = { body: '', headers: {} }] = endpoint.received;
    const signed = headers as Record<string, string>;
    for (const secret of [OLD, NEW])
      expect(new Webhook(secret).verify(body, signed)).toMatchObject({ type: 'reminder.due' });
    const verified = (secret: string, text: string) => () => new Webhook(secret).verify(text, signed);
    expect(verified(`whsec_${'b3Ro'.repeat(8)}`, body)).toThrow('No matching signature found');
    expect(verified(NEW, body.replace('reminder.due', 'reminder.won'))).toThrow(
      'No matching signature found',
    );
  });

  it('can tell a replay by its age, and a resend by its id', async () => {
    const key = await due();
    endpoint.answers((response) => void response.writeHead(500).end());
    redress.clock.set(new Date(Date.now() - 6 * 60_000).toISOString());
    await expect(delivered(redress, key)).rejects.toThrow('webhook-refused 500');
    endpoint.answers((response) => void response.writeHead(200).end());
    redress.clock.set(new Date().toISOString());
    expect(await delivered(redress, key)).toBe('sent');
    const [stale, fresh] = endpoint.received.map(({ body, headers }) => ({
      id: headers['webhook-id'],
      verified: () => new Webhook(NEW).verify(body, headers as Record<string, string>),
    }));
    expect(stale?.verified).toThrow('Message timestamp too old');
    expect(fresh?.verified()).toMatchObject({ type: 'reminder.due' });
    expect(stale?.id).toBe(fresh?.id);
  });

  it.each([408, 425, 429, 500, 503])('that answers %i is asked again', async (status) => {
    const key = await due();
    endpoint.answers((response) => void response.writeHead(status).end());
    await expect(delivered(redress, key)).rejects.toThrow(`webhook-refused ${status}`);
    expect(await redress.recorded(key)).toEqual([]);
  });

  it.each([
    [503, '120', 120_000],
    [429, new Date(Date.now() + 90_500_000).toUTCString(), 3_600_000],
    [429, 'soon', 0],
    [500, '120', 0],
  ])(
    'that answers %i and Retry-After %s is left alone so long, and an hour at most',
    async (status, after, wait) => {
      const key = await due();
      endpoint.answers((response) => void response.writeHead(status, { 'retry-after': after }).end());
      const longer = await delivered(redress, key).catch((error: NotYet) => error.againInMs - wait);
      expect(longer).toBeGreaterThanOrEqual(0);
      expect(longer).toBeLessThanOrEqual(20);
    },
  );

  it('that asks to be tried later is asked no sooner', async () => {
    const key = await due();
    const times: number[] = [];
    endpoint.answers((response) => {
      const isIt = endpoint.received.at(-1)?.body.includes(key.caseId);
      if (isIt) times.push(performance.now());
      response.writeHead(isIt && times.length === 1 ? 503 : 204, { 'retry-after': '2' }).end();
    });
    await redress.part(ReminderWorker).start();
    await eventually(
      async () => expect(await redress.recorded(key)).toMatchObject([{ state: 'sent' }]),
      30_000,
    );
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(1_900);
  });

  it.each([301, 307, 400, 401, 404, 410])('that answers %i refused it for good', async (status) => {
    const key = await due();
    endpoint.answers((response) => void response.writeHead(status, { location: `${endpoint.url}/x` }).end());
    expect(await delivered(redress, key)).toBe('failed');
    expect(endpoint.received).toHaveLength(1);
    expect(await redress.recorded(key)).toMatchObject([{ state: 'failed', reason: 'webhook-refused' }]);
    expect(await redress.told(key)).toMatchObject({ httpStatus: status });
  });

  it('that leads on to a private address is not followed', async () => {
    const inside = await startEndpoint();
    const key = await due();
    endpoint.answers((response) => void response.writeHead(302, { location: inside.url }).end());
    expect(await delivered(redress, key)).toBe('failed');
    expect(inside.received).toEqual([]);
    await inside.stop();
  });

  it('that does not answer in time, or breaks off, is asked again', async () => {
    const key = await due();
    endpoint.answers(() => {});
    await expect(delivered(redress, key)).rejects.toThrow('webhook-unreachable');
    endpoint.answers((response) => void response.socket?.destroy());
    await expect(delivered(redress, key)).rejects.toThrow('webhook-unreachable');
    expect(await redress.recorded(key)).toEqual([]);
  });

  it('that talks without end is heard out no longer than needed', async () => {
    const key = await due();
    const talk = (response: { write(text: string): boolean; destroyed: boolean }): void => {
      if (response.destroyed) return;
      response.write('x'.repeat(16_384));
      setImmediate(() => talk(response));
    };
    let closed: Promise<unknown> = Promise.resolve();
    endpoint.answers((response) => {
      closed = new Promise((resolve) => response.on('close', () => resolve(undefined)));
      response.writeHead(200);
      talk(response);
    });
    expect(await delivered(redress, key)).toBe('sent');
    await closed;
  });

  it('that answers 500 for a while has it in the end, recorded once', async () => {
    const key = await due();
    const ofIt = () => endpoint.received.filter(({ body }) => body.includes(key.caseId));
    endpoint.answers((response) => void response.writeHead(ofIt().length < 5 ? 500 : 204).end());
    await redress.part(ReminderWorker).start();
    await eventually(
      async () => expect(await redress.recorded(key)).toMatchObject([{ state: 'sent' }]),
      30_000,
    );
    expect(ofIt()).toHaveLength(5);
    expect(new Set(ofIt().map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });
});

describe('whoever wants reminders by webhook while there is none', () => {
  it('is told by mail', async () => {
    const mail = await startFaultyMailServer();
    const redress = await house({ SMTP_URL: mail.url });
    const { id } = (await redress.staff.post('/v1/staff', { staffId: 'ann@example.org', duties: [] })).body;
    const ann = await redress.as('ann@example.org', 'case-handler');
    await ann.post(`/v1/staff/${id}/arrange-reminders`, { by: 'webhook', zone: 'Europe/London' });
    expect(await delivered(redress, await redress.due('ann@example.org'))).toBe('sent');
    expect(mail.letters).toHaveLength(1);
    await redress.close();
    await mail.stop();
  });
});
