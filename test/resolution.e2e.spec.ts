import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testApplication, type Answered, type Caller, type TestApplication } from './support/application.js';

/** One person per role, as the rules about who may decide demand. */
const people = async (redress: TestApplication) => ({
  intake: await redress.as('intake-1', 'intake'),
  handler: await redress.as('handler-1', 'case-handler'),
  investigator: await redress.as('investigator-1', 'investigator'),
  maker: await redress.as('maker-1', 'decision-maker'),
  verifier: await redress.as('verifier-1', 'independent-reviewer'),
  reviewer: await redress.as('reviewer-1', 'independent-reviewer'),
});

const done = ({ status, body }: Answered) => {
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
};

const receive = async (intake: Caller, more: object = {}): Promise<string> =>
  done(
    await intake.post('/v1/complaints', {
      receivedOn: '2026-02-20',
      channel: 'letter',
      category: 'repairs',
      summary: 'The roof leaks.',
      allegations: [{ category: 'repairs' }],
      ...more,
    }),
  ).id;

const allegationsOf = async (redress: TestApplication, caseId: string): Promise<string[]> => {
  const { complaint } = await import('../src/complaints/complaint.js');
  const { Desk } = await import('../src/event-store/desk.js');
  const { state } = await redress.app.get(Desk).load(complaint, caseId);
  return state.phase === 'absent' ? [] : state.allegations.map(({ allegationId }) => allegationId);
};

describe("a case under the landlord's procedure", () => {
  let redress: TestApplication;
  let staff: Awaited<ReturnType<typeof people>>;

  beforeAll(async () => {
    redress = await testApplication({ REDRESS_POLICY: 'landlord' });
    staff = await people(redress);
  });
  afterAll(() => redress.close());

  it('is decided on paper, told and closed as determined, without panel, review or appeal', async () => {
    const caseId = await receive(staff.intake);
    const [allegationId] = await allegationsOf(redress, caseId);
    const { id } = done(await staff.handler.post('/v1/resolutions', { complaintId: caseId }));
    const say = (caller: Caller, command: string, body: object = {}) =>
      caller.post(`/v1/resolutions/${id}/${command}`, body);
    const finding = {
      allegationId,
      finding: 'upheld',
      standardOfProof: 'balance-of-probabilities',
      reasons: 'It does leak.',
    };
    const close = { outcome: 'determined', reasons: 'Repaired.' };
    const early = await staff.handler.post(`/v1/complaints/${caseId}/close`, close);
    expect([early.status, early.body.code]).toEqual([422, 'allegation-undetermined']);
    done(await say(staff.maker, 'make-finding', finding));
    const untold = await staff.handler.post(`/v1/complaints/${caseId}/close`, close);
    expect(untold.body.code).toBe('review-pending');
    done(await say(staff.handler, 'offer-remedy', { remedy: 'repair', description: 'A new roof.' }));
    done(await say(staff.handler, 'notify', { to: [] }));
    done(await staff.handler.post(`/v1/complaints/${caseId}/close`, close));
    const after = await say(staff.handler, 'offer-remedy', { remedy: 'payment', description: '£50.' });
    expect(after.body.code).toBe('complaint-closed');
    const read = await staff.handler.get(`/v1/resolutions/${id}`);
    expect(read.body).toMatchObject({
      complaintId: caseId,
      status: 'notified',
      version: 4,
      appealUntil: null,
      findings: [{ allegationId, finding: 'upheld', reasons: 'It does leak.', by: ['maker-1'] }],
      remedies: [{ remedy: 'repair', description: 'A new roof.' }],
    });
    expect(read.body.allowedCommands).toContain('notify');
    expect(read.body.allowedCommands).not.toContain('make-finding');
  });

  it('lists the resolutions of a case, in pages', async () => {
    const caseId = await receive(staff.intake);
    const kinds = ['informal', 'formal', 'formal'];
    for (const kind of kinds)
      done(await staff.handler.post('/v1/resolutions', { complaintId: caseId, kind }));
    const first = done(await staff.handler.get(`/v1/resolutions?caseId=${caseId}&first=2`));
    const rest = done(
      await staff.handler.get(`/v1/resolutions?caseId=${caseId}&first=2&after=${first.next}`),
    );
    expect([...first.items, ...rest.items].map(({ kind }) => kind)).toEqual(kinds);
    expect(rest.next).toBeNull();
    const agreed = done(await staff.handler.get(`/v1/resolutions?caseId=${caseId}&status=agreed`));
    expect(agreed.items).toEqual([]);
    const cursor = Buffer.from('["x"]').toString('base64url');
    const wrong = await staff.handler.get(`/v1/resolutions?after=${cursor}`);
    expect([wrong.status, wrong.body.code]).toEqual([400, 'bad-cursor']);
  });

  it('is not begun for a case that does not exist', async () => {
    const nowhere = await staff.handler.post('/v1/resolutions', {
      complaintId: '00000000-0000-7000-8000-000000000001',
    });
    expect([nowhere.status, nowhere.body.code]).toEqual([422, 'unknown-complaint']);
    const missing = await staff.handler.post('/v1/resolutions/00000000-0000-7000-8000-000000000001/notify', {
      to: [],
    });
    expect(missing.status).toBe(404);
  });

  it('gives one allegation one finding, however many decide at the same moment', async () => {
    const caseId = await receive(staff.intake);
    const [allegationId] = await allegationsOf(redress, caseId);
    const ids: string[] = [];
    for (let n = 0; n < 4; n += 1)
      ids.push(done(await staff.handler.post('/v1/resolutions', { complaintId: caseId })).id);
    const finding = {
      allegationId,
      finding: 'upheld',
      standardOfProof: 'balance-of-probabilities',
      reasons: 'Yes.',
    };
    const answers = await Promise.all(
      ids.map((id) => staff.maker.post(`/v1/resolutions/${id}/make-finding`, finding)),
    );
    expect(answers.map(({ body }): string => body.code ?? 'made').toSorted()).toEqual([
      'finding-exists',
      'finding-exists',
      'finding-exists',
      'made',
    ]);
  });
});
