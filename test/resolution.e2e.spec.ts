import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PolicyCommand, PolicyHandler } from '../src/clocks/policy.handler.js';
import { complaint } from '../src/complaints/complaint.js';
import { Desk } from '../src/event-store/desk.js';
import { openDatabase, poolOf } from '../src/platform/database.js';
import { rebuild } from '../src/rebuild.cli.js';
import { testApplication, type Answered, type Caller, type TestApplication } from './support/application.js';
import { defaultPolicy } from './support/resolution-case.js';

const ROUNDS = process.env['REDRESS_LONG'] ? 100 : 12;

/** One person per role, as the rules about who may decide demand. */
const people = async (redress: TestApplication) => ({
  intake: await redress.as('intake-1', 'intake'),
  handler: await redress.as('handler-1', 'case-handler'),
  investigator: await redress.as('investigator-1', 'investigator'),
  chair: await redress.as('chair-1', 'panel-chair'),
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
  const { state } = await redress.app.get(Desk).load(complaint, caseId);
  return state.phase === 'absent' ? [] : state.allegations.map(({ allegationId }) => allegationId);
};

describe("a case under the landlord's procedure", () => {
  let redress: TestApplication;
  let staff: Awaited<ReturnType<typeof people>>;

  beforeAll(async () => {
    redress = await testApplication({ REDRESS_POLICY: 'housing-ombudsman' });
    staff = await people(redress);
  });
  afterAll(() => redress.close());

  it('is decided at its second stage by nobody who decided or reviewed the first', async () => {
    const complaintId = await receive(staff.intake);
    const onCase = (command: string, body: object) =>
      staff.handler.post(`/v1/complaints/${complaintId}/${command}`, body);
    const open = async () => done(await staff.handler.post('/v1/resolutions', { complaintId })).id;
    const say = async (caller: Caller, id: string, command: string, body: object = {}) => {
      const { status, body: answer } = await caller.post(`/v1/resolutions/${id}/${command}`, body);
      return status === 200 ? answer.events : answer.code;
    };
    const standardOfProof = 'balance-of-probabilities';
    const finding = { finding: 'upheld', standardOfProof, reasons: 'It does leak.' };
    const first = await open();
    const [allegationId] = await allegationsOf(redress, complaintId);
    expect(await say(staff.maker, first, 'make-finding', { ...finding, allegationId })).toEqual([
      'FindingMade',
    ]);
    await say(staff.maker, first, 'submit-for-review');
    expect(await say(staff.verifier, first, 'verify-decision')).toEqual(['DecisionVerified']);
    await say(staff.handler, first, 'notify', { to: [] });
    done(await onCase('close', { outcome: 'determined', reasons: 'Repaired.' }));

    done(await onCase('escalate', { reasons: 'It leaks again.' }));
    done(await onCase('add-allegation', { category: 'repairs' }));
    const second = await open();
    const again = { ...finding, allegationId: (await allegationsOf(redress, complaintId))[1] };
    const offered = done(await staff.maker.get(`/v1/resolutions/${second}`)).allowedCommands;
    expect(offered).not.toContain('make-finding');
    expect(await say(staff.maker, second, 'make-finding', again)).toBe('decided-earlier-stage');
    const other = await redress.as('maker-2', 'decision-maker');
    expect(await say(other, second, 'make-finding', again)).toEqual(['FindingMade']);
    await say(other, second, 'submit-for-review');
    expect(await say(staff.verifier, second, 'verify-decision')).toBe('had-a-part');
    expect(await say(staff.reviewer, second, 'verify-decision')).toEqual(['DecisionVerified']);
  });

  it('is decided at its second stage anew where the first was never told, and by nobody of the first', async () => {
    const complaintId = await receive(staff.intake);
    const onCase = async (caller: Caller, command: string, body: object) => {
      const { status, body: answer } = await caller.post(`/v1/complaints/${complaintId}/${command}`, body);
      return status === 200 ? answer.events : answer.code;
    };
    const open = async () => done(await staff.handler.post('/v1/resolutions', { complaintId })).id;
    const say = async (caller: Caller, id: string, command: string, body: object = {}) => {
      const { status, body: answer } = await caller.post(`/v1/resolutions/${id}/${command}`, body);
      return status === 200 ? answer.events : answer.code;
    };
    const first = await open();
    const [allegationId] = await allegationsOf(redress, complaintId);
    const finding = {
      allegationId,
      finding: 'upheld',
      standardOfProof: 'balance-of-probabilities',
      reasons: 'It does leak.',
    };
    const remedy = { remedy: 'repair', description: 'A new roof.' };
    const worker = await redress.as('handler-of-first', 'case-handler', 'intake', 'decision-maker');
    await onCase(staff.handler, 'assign-handler', { handlerId: 'handler-of-first' });
    expect(await say(staff.maker, first, 'make-finding', finding)).toEqual(['FindingMade']);
    expect(await onCase(staff.handler, 'escalate', { reasons: 'No answer came.' })).toEqual([
      'ComplaintEscalated',
    ]);

    const other = await redress.as('maker-2', 'decision-maker');
    for (const caller of [staff.maker, other])
      expect(await say(caller, first, 'submit-for-review')).toBe('resolution-of-earlier-stage');
    expect(await say(staff.handler, first, 'notify', { to: [] })).toBe('resolution-of-earlier-stage');
    const second = await open();
    const offered = done(await worker.get(`/v1/resolutions/${second}`)).allowedCommands;
    for (const act of ['make-finding', 'offer-remedy', 'submit-for-review'])
      expect(offered).not.toContain(act);
    expect(await say(worker, second, 'offer-remedy', remedy)).toBe('handled-earlier-stage');
    expect(await say(other, second, 'make-finding', finding)).toEqual(['FindingMade']);
    expect(await say(worker, second, 'submit-for-review')).toBe('handled-earlier-stage');
    expect(await say(staff.handler, second, 'offer-remedy', remedy)).toEqual(['RemedyOffered']);
    expect(await say(staff.handler, second, 'notify', { to: [] })).toEqual(['DecisionNotified']);
    const triage = { decision: 'reject', severity: 'low', reasons: 'Settled.' };
    const close = { outcome: 'determined', reasons: 'Repaired.' };
    expect(await onCase(worker, 'triage', triage)).toBe('handled-earlier-stage');
    expect(await onCase(worker, 'reject', { reasons: 'Settled.' })).toBe('handled-earlier-stage');
    expect(await onCase(worker, 'close', close)).toBe('handled-earlier-stage');
    expect(await onCase(staff.handler, 'close', close)).toEqual(['ComplaintClosed']);
  });

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
    const offered = async (caller: Caller) => done(await caller.get(`/v1/resolutions/${id}`)).allowedCommands;
    expect(await offered(staff.maker)).toContain('make-finding');
    expect(await offered(staff.handler)).not.toContain('notify');
    done(await say(staff.maker, 'make-finding', finding));
    expect(await offered(staff.maker)).not.toContain('make-finding');
    expect(await offered(staff.handler)).toContain('notify');
    expect(done(await staff.handler.get(`/v1/cases/${caseId}`)).allowedCommands).not.toContain('close');
    const untold = await staff.handler.post(`/v1/complaints/${caseId}/close`, close);
    expect(untold.body.code).toBe('review-pending');
    done(await say(staff.handler, 'offer-remedy', { remedy: 'repair', description: 'A new roof.' }));
    done(await say(staff.handler, 'notify', { to: [] }));
    expect(done(await staff.handler.get(`/v1/cases/${caseId}`)).allowedCommands).toContain('close');
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
    expect(read.body.allowedCommands).toEqual(['correct-entry']);
  });

  it('is closed as resolved informally only when the sides agreed, in a resolution of its own', async () => {
    const caseId = await receive(staff.intake);
    const other = await receive(staff.intake);
    const agree = async (complaintId: string) => {
      const { id } = done(await staff.handler.post('/v1/resolutions', { complaintId, kind: 'informal' }));
      done(await staff.handler.post(`/v1/resolutions/${id}/agree-informally`, { terms: 'A new roof.' }));
    };
    const close = () =>
      staff.handler.post(`/v1/complaints/${caseId}/close`, { outcome: 'resolved-informally', reasons });
    await agree(other);
    expect((await close()).body.code).toBe('not-resolved-informally');
    await agree(caseId);
    done(await close());
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

const partyNamed = async (intake: Caller, name: string): Promise<string> =>
  done(await intake.post('/v1/parties', { kind: 'person', name })).id;

const reasons = 'As the file shows.';
const upheld = { finding: 'upheld', standardOfProof: 'balance-of-probabilities', reasons };

describe('a case under the default procedure', () => {
  let redress: TestApplication;
  let staff: Awaited<ReturnType<typeof people>>;

  beforeAll(async () => {
    redress = await testApplication();
    staff = await people(redress);
  });
  afterAll(() => redress.close());

  /** Investigates and hears the case; answers the hearing. */
  const hear = async (caseId: string, parties: readonly string[]): Promise<string> => {
    const on = async (caller: Caller, path: string, body: object = {}) =>
      done(await caller.post(`/v1/${path}`, body));
    const aCase = `complaints/${caseId}`;
    await on(staff.handler, `${aCase}/acknowledge`);
    await on(staff.handler, `${aCase}/open-investigation`, {
      investigatorId: 'investigator-1',
      termsOfReference: 'All of it.',
    });
    await on(staff.investigator, `${aCase}/submit-evidence`, { sha256: 'a'.repeat(64), source: 'A witness' });
    const { evidence } = done(await staff.handler.get(`/v1/cases/${caseId}`));
    const documentIds = [evidence[0].documentId];
    for (const to of parties) await on(staff.investigator, `${aCase}/disclose`, { to, documentIds });
    await on(staff.investigator, `${aCase}/report`, { summary: 'It happened.' });
    const { id } = await on(staff.handler, 'hearings', { complaintIds: [caseId], kind: 'first' });
    const members = ['chair-1', 'ann', 'bob'];
    await on(staff.handler, `hearings/${id}/convene-panel`, {
      members: members.map((staffId) => ({ staffId, role: staffId === 'chair-1' ? 'chair' : 'member' })),
    });
    await on(staff.handler, `hearings/${id}/list`, {
      startsAt: '2026-03-20T10:00:00Z',
      zone: 'Europe/London',
      mode: 'in-person',
    });
    for (const to of parties) await on(staff.handler, `hearings/${id}/serve-notice`, { to });
    redress.clock.set('2026-03-20T10:00:00.000000Z');
    await on(staff.chair, `hearings/${id}/start`, { present: members });
    await on(staff.chair, `hearings/${id}/conclude`);
    return id;
  };

  it('is heard, decided, verified, told, appealed, varied and closed as determined', async () => {
    const parties = [await partyNamed(staff.intake, 'Ada'), await partyNamed(staff.intake, 'Ben')];
    const [complainantRef, respondentRef] = parties;
    const caseId = await receive(staff.intake, {
      complainantRef,
      allegations: [{ category: 'abuse', respondentRef }],
    });
    const [allegationId] = await allegationsOf(redress, caseId);
    const { id } = done(await staff.handler.post('/v1/resolutions', { complaintId: caseId }));
    const say = (caller: Caller, command: string, body: object = {}) =>
      caller.post(`/v1/resolutions/${id}/${command}`, body);
    const refused = async (asked: Promise<Answered>) => (await asked).body.code;
    const close = () =>
      staff.handler.post(`/v1/complaints/${caseId}/close`, { outcome: 'determined', reasons });
    const finding = { ...upheld, allegationId, by: ['chair-1', 'ann', 'bob'] };

    expect(await refused(say(staff.maker, 'make-finding', finding))).toBe('not-disclosed');
    await hear(caseId, parties);
    done(await say(staff.chair, 'make-finding', finding));
    const term = { from: '2026-03-21', until: '2026-09-20' };
    const sanction = { allegationIds: [allegationId], kind: 'suspension', ...term, reasons };
    done(await say(staff.chair, 'impose-sanction', sanction));
    expect(await refused(say(staff.handler, 'notify', { to: parties }))).toBe('not-verified');
    expect(done(await staff.handler.get(`/v1/cases/${caseId}`))).toMatchObject({
      status: 'resolution',
      respondentRefs: [respondentRef],
    });
    done(await say(staff.chair, 'submit-for-review'));
    done(await say(staff.verifier, 'verify-decision'));
    done(await say(staff.handler, 'notify', { to: parties }));
    expect(await refused(close())).toBe('appeal-window-open');

    redress.clock.set('2026-04-17T10:00:00.000000Z');
    done(await say(staff.handler, 'lodge-appeal', { by: respondentRef, grounds: 'Too long.' }));
    expect(await refused(close())).toBe('appeal-pending');
    const { appeals, sanctions } = done(await staff.handler.get(`/v1/resolutions/${id}`));
    const [{ appealId }, { sanctionId }] = [appeals[0], sanctions[0]];
    const admit = { appealId, reasons };
    expect(await refused(say(staff.verifier, 'admit-appeal', admit))).toBe('acted-at-first-stage');
    expect(await refused(say(staff.chair, 'admit-appeal', admit))).toBe('acted-at-first-stage');
    done(await say(staff.reviewer, 'admit-appeal', admit));
    const appealed = { complaintIds: [caseId], kind: 'appeal' };
    const elsewhere = { ...appealed, appealIds: [caseId] };
    expect(await refused(staff.handler.post('/v1/hearings', elsewhere))).toBe('unknown-appeal');
    const hearing = done(await staff.handler.post('/v1/hearings', { ...appealed, appealIds: [appealId] }));
    expect(done(await staff.handler.get(`/v1/hearings/${hearing.id}`)).appealIds).toEqual([appealId]);
    const varied = { appealId, outcome: 'varied', reasons };
    expect(await refused(say(staff.reviewer, 'determine-appeal', varied))).toBe('appeal-hearing-pending');
    expect(done(await staff.reviewer.get(`/v1/resolutions/${id}`)).allowedCommands).not.toContain(
      'determine-appeal',
    );
    done(await staff.handler.post(`/v1/hearings/${hearing.id}/cancel`, { reasons }));
    done(await say(staff.reviewer, 'determine-appeal', varied));
    redress.clock.set('2026-04-18T10:00:00.000000Z');
    expect(await refused(close())).toBe('appeal-pending');
    const milder = { sanctionId, appealId, until: '2026-06-20', reasons };
    done(await say(staff.reviewer, 'vary-sanction', milder));
    done(await say(staff.handler, 'notify', { to: parties, appealId }));
    done(await close());
    done(await say(staff.handler, 'complete-sanction', { sanctionId }));

    expect(done(await staff.handler.get(`/v1/resolutions/${id}`))).toMatchObject({
      status: 'notified',
      appealUntil: '2026-04-17',
      sanctions: [{ kind: 'suspension', until: '2026-06-20', status: 'completed', reasons }],
      appeals: [{ by: respondentRef, grounds: 'Too long.', status: 'determined', outcome: 'varied' }],
    });
  });

  it('reads the same when its rows are made anew from the events', async () => {
    const database = await openDatabase(redress.databaseUrl);
    const made = await rebuild({ pool: poolOf(database), config: redress.config }, ['resolutions'], {});
    await database.destroy();
    expect(made).toMatchObject({ equal: true, tables: [{ table: 'resolutions', rows: 1, differing: 0 }] });
  });
});

describe('two people in the same moment', () => {
  let redress: TestApplication;
  let staff: Awaited<ReturnType<typeof people>>;

  beforeAll(async () => {
    redress = await testApplication();
    staff = await people(redress);
    // A procedure with an appeal and nothing before it, so that each round takes few steps.
    const policy = {
      ...defaultPolicy,
      version: 3,
      procedure: {
        ...defaultPolicy.procedure,
        disclosureBeforeFinding: false,
        verificationRequired: false,
        hearingRequired: false,
      },
    };
    const envelope = { actor: { id: 'operator-1', role: 'operator' }, correlationId: 'spec' };
    await redress.app.get(PolicyHandler).execute(new PolicyCommand('Publish', 'default', policy, envelope));
  });
  afterAll(() => redress.close());

  const begun = async (complainantRef: string) => {
    const caseId = await receive(staff.intake, { complainantRef });
    const [allegationId] = await allegationsOf(redress, caseId);
    const { id } = done(await staff.handler.post('/v1/resolutions', { complaintId: caseId }));
    return { caseId, id, finding: { ...upheld, allegationId } };
  };

  type Ask = () => Promise<Answered>;

  /** The second of each pair sent a little later, by more from pair to pair, so that they meet; answers what was refused. */
  const together = (pairs: readonly (readonly [Ask, Ask])[]): Promise<unknown[]> =>
    Promise.all(
      pairs.map(async (asks, round) => {
        const [first, second] = round % 2 === 0 ? asks : asks.toReversed();
        const later = wait(round / 2).then(second);
        const answers = [await first?.(), await later];
        return answers.flatMap((answer) => (answer && answer.status >= 300 ? [answer.body.code] : []));
      }),
    );

  it('never both close a case and lodge an appeal in time', async () => {
    redress.clock.set('2026-03-02T10:00:00.000000Z');
    const ada = await partyNamed(staff.intake, 'Ada');
    const cases = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const each = await begun(ada);
      done(await staff.maker.post(`/v1/resolutions/${each.id}/make-finding`, each.finding));
      done(await staff.handler.post(`/v1/resolutions/${each.id}/notify`, { to: [ada] }));
      cases.push(each);
    }
    redress.clock.set('2026-03-31T10:00:00.000000Z');
    const appeal = {
      by: ada,
      grounds: 'Unfair.',
      occurred: { date: '2026-03-30' },
      backdatingReason: 'It lay in the letter box.',
    };
    const refused = await together(
      cases.map(({ caseId, id }) => [
        () => staff.handler.post(`/v1/complaints/${caseId}/close`, { outcome: 'determined', reasons }),
        () => staff.handler.post(`/v1/resolutions/${id}/lodge-appeal`, appeal),
      ]),
    );
    expect(refused).toEqual(cases.map(() => [expect.stringMatching(/^(appeal-pending|complaint-closed)$/)]));
  });

  it('never both close a case and make a finding that nobody was told', async () => {
    redress.clock.set('2026-04-02T10:00:00.000000Z');
    const ada = await partyNamed(staff.intake, 'Ada');
    const cases = [];
    for (let round = 0; round < ROUNDS; round += 1) cases.push(await begun(ada));
    const refused = await together(
      cases.map(({ caseId, id, finding }) => [
        () => staff.handler.post(`/v1/complaints/${caseId}/close`, { outcome: 'remedied', reasons }),
        () => staff.maker.post(`/v1/resolutions/${id}/make-finding`, finding),
      ]),
    );
    expect(refused).toEqual(cases.map(() => [expect.stringMatching(/^(review-pending|complaint-closed)$/)]));
  });
});
