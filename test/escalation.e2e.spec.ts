import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, poolOf } from '../src/platform/database.js';
import { rebuild } from '../src/rebuild.cli.js';
import { testApplication, type Caller, type TestApplication } from './support/application.js';

let redress: TestApplication;
let handler: Caller;

beforeAll(async () => {
  redress = await testApplication({ REDRESS_POLICY: 'housing-ombudsman' });
  handler = await redress.as('staff-1', 'case-handler');
});
afterAll(() => redress.close());

const leak = { receivedOn: '2026-03-02', channel: 'telephone', category: 'repairs', summary: 'A leak.' };
const reasons = 'It still leaks.';

describe('a complaint to a landlord', () => {
  it('is answered, escalated, acknowledged and answered again by somebody else', async () => {
    const { id } = (await handler.post('/v1/complaints', leak)).body;
    const say = async (command: string, body: object = {}, by = handler) => {
      const { status, body: answer } = await by.post(`/v1/complaints/${id}/${command}`, body);
      return status === 200 ? answer.events : [status, answer.code];
    };
    await say('assign-handler', { handlerId: 'staff-1' });
    await say('acknowledge');
    await say('close', { outcome: 'remedied', reasons: 'A plumber came.' });
    redress.clock.set('2026-03-10T10:00:00.000000Z');
    expect((await handler.get(`/v1/cases/${id}`)).body.allowedCommands).toContain('escalate');

    expect(await say('escalate', { reasons })).toEqual(['ComplaintEscalated']);
    expect(await say('assign-handler', { handlerId: 'staff-1' })).toEqual([422, 'handled-earlier-stage']);
    expect(await say('assign-handler', { handlerId: 'staff-2' })).toEqual(['HandlerAssigned']);
    redress.clock.set('2026-03-11T10:00:00.000000Z');
    expect(await say('acknowledge-escalation')).toEqual(['EscalationAcknowledged']);

    const { body } = await handler.get(`/v1/cases/${id}`);
    expect(body).toMatchObject({
      handlerId: 'staff-2',
      escalations: [{ stage: 'stage-2', requestedOn: '2026-03-10', acknowledgedOn: '2026-03-11' }],
      gaps: [{ closedOn: '2026-03-02', reopenedOn: '2026-03-10' }],
      nextDueOn: '2026-04-10',
    });
    // Twenty working days from Wednesday 11 March, over Good Friday and Easter Monday.
    expect(
      body.deadlines.map(({ key, dueOn, metOn }: Record<string, string>) => [key, dueOn, metOn]),
    ).toEqual([
      ['acknowledge', '2026-03-09', '2026-03-02'],
      ['respond', '2026-03-16', '2026-03-02'],
      ['acknowledge-stage-2', '2026-03-17', '2026-03-11'],
      ['respond-stage-2', '2026-04-10', null],
    ]);
    // The answer is the second handler's to give.
    const answered = { outcome: 'remedied', reasons: 'A new pipe.' };
    expect((await handler.get(`/v1/cases/${id}`)).body.allowedCommands).not.toContain('close');
    expect(await say('close', answered)).toEqual([422, 'handled-earlier-stage']);
    const second = await redress.as('staff-2', 'case-handler');
    expect(await say('close', answered, second)).toEqual(['ComplaintClosed']);
    expect(await say('escalate', { reasons })).toEqual([422, 'no-further-stage']);
  });

  it('writes of its deadlines only what an act changed', async () => {
    const source = await openDatabase(redress.databaseUrl);
    const { id } = (await handler.post('/v1/complaints', leak)).body;
    const written = async (command: string, body: object = {}) => {
      await handler.post(`/v1/complaints/${id}/${command}`, body);
      const { rows } = await poolOf(source).query<{ ctid: string; due: string; met: string | null }>(
        'SELECT ctid::text, due_on::text AS due, met_on::text AS met FROM deadlines WHERE case_id = $1 ORDER BY key',
        [id],
      );
      return rows;
    };
    const before = await written('assign-handler', { handlerId: 'staff-1' });
    expect(await written('assign-handler', { handlerId: 'staff-2' })).toEqual(before);
    const [met, respond] = await written('acknowledge');
    expect(met).toMatchObject({ due: before[0]?.due, met: expect.any(String) });
    const after = await written('assign-handler', { handlerId: 'staff-3' });
    expect(after).toEqual([met, respond]);
    await source.destroy();
  });

  it('is rebuilt as it is', async () => {
    const source = await openDatabase(redress.databaseUrl);
    const ground = { pool: poolOf(source), config: redress.config };
    expect(await rebuild(ground, ['cases'], { swap: false })).toMatchObject({ equal: true });
    await source.destroy();
  });
});
