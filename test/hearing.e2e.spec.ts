import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { everything } from '../src/access/sight.js';
import { HearingQueries } from '../src/hearings/hearing.queries.js';
import { openDatabase, poolOf } from '../src/platform/database.js';
import { rebuild } from '../src/rebuild.cli.js';
import { testApplication, type Caller, type TestApplication } from './support/application.js';

let redress: TestApplication;
let handler: Caller;
let chair: Caller;
let source: DataSource;
let database: Pool;

beforeAll(async () => {
  redress = await testApplication();
  handler = await redress.as('staff-1', 'case-handler');
  chair = await redress.as('chair-1', 'panel-chair');
  source = await openDatabase(redress.databaseUrl);
  database = poolOf(source);
});
afterAll(async () => {
  await source.destroy();
  await redress.close();
});

const idOf = async (asked: ReturnType<Caller['post']>): Promise<string> => {
  const { status, body } = await asked;
  expect(body).toMatchObject({ id: expect.any(String) });
  expect(status).toBe(201);
  return body.id;
};

const aParty = (name: string) => idOf(handler.post('/v1/parties', { kind: 'person', name }));

const aComplaint = (complainantRef?: string) =>
  idOf(
    handler.post('/v1/complaints', {
      receivedOn: '2026-02-27',
      channel: 'letter',
      category: 'abuse',
      summary: 'Shouted at.',
      ...(complainantRef === undefined ? {} : { complainantRef }),
    }),
  );

const aHearing = (...complaintIds: string[]) =>
  idOf(handler.post('/v1/hearings', { complaintIds, kind: 'first' }));

const listing = { startsAt: '2026-03-20T10:00:00Z', zone: 'Europe/London', mode: 'in-person' };
const reasons = 'Because.';
const members = [
  { staffId: 'chair-1', role: 'chair' },
  { staffId: 'ann', role: 'member' },
  { staffId: 'bob', role: 'member' },
];
const present = members.map(({ staffId }) => staffId);

const done = async (caller: Caller, path: string, body: object = {}): Promise<string[]> => {
  const answer = await caller.post(path, body);
  expect([answer.status, answer.body.code]).toEqual([200, undefined]);
  return answer.body.events;
};

describe('a hearing through the REST door', () => {
  afterAll(() => redress.clock.set('2026-03-02T10:00:00.000000Z'));

  it('hears joined complaints, from the request to the conclusion', async () => {
    const [ada, ben] = [await aParty('Ada'), await aParty('Ben')];
    const cases = [await aComplaint(ada), await aComplaint(ben)];
    const hearing = await aHearing(...cases);
    const path = `/v1/hearings/${hearing}`;

    expect(await done(handler, `${path}/convene-panel`, { members })).toEqual(['PanelConvened']);
    await done(handler, `${path}/list`, listing);
    await done(handler, `${path}/serve-notice`, { to: ada });
    const companionRef = await aParty('Cleo');
    await done(handler, `${path}/nominate-companion`, { partyRef: ada, companionRef });

    redress.clock.set('2026-03-13T10:00:00.000000Z');
    const short = await handler.post(`${path}/serve-notice`, { to: ben });
    expect([short.status, short.body.code]).toEqual([422, 'notice-short']);
    await done(handler, `${path}/serve-notice`, { to: ben, waiver: 'Ben agreed by letter.' });
    const early = await chair.post(`${path}/start`, { present });
    expect([early.status, early.body.code]).toEqual([422, 'before-its-day']);

    redress.clock.set('2026-03-20T10:00:00.000000Z');
    const asHandler = await handler.post(`${path}/start`, { present });
    expect([asHandler.status, asHandler.body.code]).toEqual([403, 'not-permitted']);
    await done(chair, `${path}/start`, { present });
    const waiting = await handler.post(`/v1/complaints/${cases[1]}/close`, { outcome: 'remedied', reasons });
    expect([waiting.status, waiting.body.code]).toEqual([422, 'hearing-listed']);
    expect((await handler.get(`/v1/cases/${cases[1]}`)).body.allowedCommands).not.toContain('close');
    expect((await chair.get(path)).body.allowedCommands).toEqual(
      expect.arrayContaining(['adjourn', 'conclude']),
    );
    await done(chair, `${path}/adjourn`, { reasons });
    await done(chair, `${path}/resume`, { present });
    expect(await done(chair, `${path}/conclude`)).toEqual(['HearingConcluded']);
    await done(handler, `/v1/complaints/${cases[1]}/close`, { outcome: 'remedied', reasons });

    expect((await handler.get(path)).body).toEqual({
      id: hearing,
      version: 10,
      kind: 'first',
      status: 'concluded',
      complaintIds: cases,
      requestedOn: '2026-03-02',
      listedOn: '2026-03-02',
      startsAt: '2026-03-20T10:00:00+00:00',
      zone: 'Europe/London',
      mode: 'in-person',
      panel: members.map((member) => ({ ...member, recused: false })),
      recused: [],
      notices: [
        { to: ada, servedOn: '2026-03-02' },
        { to: ben, servedOn: '2026-03-13', waiver: 'Ben agreed by letter.' },
      ],
      companions: [{ partyRef: ada, companionRef }],
      sittings: [
        { from: '2026-03-20', to: '2026-03-20', present },
        { from: '2026-03-20', to: '2026-03-20', present },
      ],
      allowedCommands: ['correct-entry'],
    });
  });

  it('keeps a waiver sealed at rest', async () => {
    const { rows } = await database.query<{ data: string }>(
      `SELECT data FROM events WHERE type = 'NoticeServed' AND data LIKE '%waiver%'`,
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.data).not.toContain('agreed');
  });

  it('is postponed, listed again, vacated and given up', async () => {
    redress.clock.set('2026-03-02T10:00:00.000000Z');
    const ada = await aParty('Ada');
    const complaint = await aComplaint(ada);
    const path = `/v1/hearings/${await aHearing(complaint)}`;
    await done(handler, `${path}/list`, listing);
    await done(handler, `${path}/request-postponement`, { by: ada, reasons: 'My companion is ill.' });
    expect((await handler.get(path)).body.postponement).toEqual({ by: ada, reasons: 'My companion is ill.' });
    await done(chair, `${path}/grant-postponement`, { reasons });
    await done(handler, `${path}/list`, { ...listing, startsAt: '2026-03-27T10:00:00Z' });
    await done(handler, `${path}/vacate`, { reasons });
    expect((await handler.get(path)).body).toMatchObject({ status: 'vacated', notices: [] });
    await done(handler, `${path}/cancel`, { reasons });
    await done(handler, `/v1/complaints/${complaint}/close`, { outcome: 'remedied', reasons });
  });

  it('refuses what names nothing, a party on the panel, and a case that is closed', async () => {
    const complaint = await aComplaint();
    const nobody = await handler.post('/v1/hearings', {
      complaintIds: ['0199d6a0-0000-7000-8000-000000000000'],
      kind: 'first',
    });
    expect([nobody.status, nobody.body.code]).toEqual([422, 'unknown-complaint']);

    const party = await aParty('Bob');
    await done(await redress.as('intake-1', 'intake'), `/v1/parties/${party}/identify-staff`, {
      staffId: 'bob',
    });
    await done(handler, `/v1/complaints/${complaint}/identify-respondent`, { respondentRef: party });
    const hearing = await aHearing(complaint);
    const conflicted = await handler.post(`/v1/hearings/${hearing}/convene-panel`, { members });
    expect([conflicted.status, conflicted.body.code]).toEqual([422, 'party-to-the-case']);

    await done(handler, `/v1/hearings/${hearing}/cancel`, { reasons });
    await done(handler, `/v1/complaints/${complaint}/close`, { outcome: 'remedied', reasons });
    const late = await handler.post('/v1/hearings', { complaintIds: [complaint], kind: 'first' });
    expect([late.status, late.body.code]).toEqual([422, 'complaint-closed']);
    const other = await aComplaint();
    for (const [date, code] of [
      ['2026-03-01', 'backdating-without-reason'],
      ['2026-03-03', 'occurred-in-future'],
    ]) {
      const body = { complaintIds: [other], kind: 'first', occurred: { date } };
      expect((await handler.post('/v1/hearings', body)).body.code).toBe(code);
    }
    expect((await handler.get('/v1/hearings/0199d6a0-0000-7000-8000-000000000000')).status).toBe(404);
  });

  it('appears in the diary by its day, and without a day only when none is asked for', async () => {
    const complaint = await aComplaint();
    const listedFor = async (startsAt: string) => {
      const id = await aHearing(complaint);
      await done(handler, `/v1/hearings/${id}/list`, { ...listing, startsAt });
      return id;
    };
    const late = await listedFor('2026-06-02T00:30:00+01:00');
    const soon = await listedFor('2026-06-01T10:00:00+14:00');
    const unlisted = await aHearing(complaint);
    const idsOf = async (query: string) => {
      const { body } = await handler.get(`/v1/hearings?${query}`);
      return { ids: body.items.map(({ id }: { id: string }) => id), next: body.next };
    };

    expect((await idsOf('from=2026-05-31&to=2026-06-02')).ids).toEqual([soon, late]);
    expect((await idsOf('from=2026-06-01')).ids).toEqual([late]);
    expect((await idsOf('from=2026-05-31&to=2026-06-01')).ids).toEqual([soon]);
    expect((await idsOf('status=requested')).ids).toEqual([unlisted]);
    const first = await idsOf('from=2026-05-31&first=1');
    expect((await idsOf(`from=2026-05-31&first=1&after=${first.next}`)).ids).toEqual([late]);

    const all: string[] = [];
    for (let next: string | null = ''; next !== null;) {
      const page: { ids: string[]; next: string | null } = await idsOf(
        `first=2${next === '' ? '' : `&after=${next}`}`,
      );
      all.push(...page.ids);
      next = page.next;
    }
    expect(new Set(all).size).toBe(all.length);
    expect(all.slice(all.indexOf(soon))).toEqual(expect.arrayContaining([soon, late, unlisted]));
  });

  it('reads as its events say', async () =>
    expect(
      await rebuild({ pool: database, config: redress.config }, ['hearings'], { swap: false }),
    ).toMatchObject({
      equal: true,
    }));

  it('is found by its cases, many at once', async () => {
    const [one, two, none] = [await aComplaint(), await aComplaint(), await aComplaint()];
    const [joined, own] = [await aHearing(one, two), await aHearing(two)];
    await done(handler, `/v1/hearings/${own}/list`, listing);
    const found = await redress.app.get(HearingQueries).ofCases([two, none, one], everything);
    expect(found.map((hearings) => hearings.map(({ id }) => id))).toEqual([[own, joined], [], [joined]]);
  });

  it('is worked on and read through GraphQL too', async () => {
    const complaint = await aComplaint();
    const requested = await handler.post('/graphql', {
      query: `mutation ($ids: [ID!]!) { requestHearing(input: { complaintIds: $ids, kind: FIRST }) { id version } }`,
      variables: { ids: [complaint] },
    });
    const { id } = requested.body.data.requestHearing;
    await done(handler, `/v1/hearings/${id}/convene-panel`, { members });
    const read = await handler.post('/graphql', {
      query: `query ($id: ID!) { hearing(id: $id) { status complaintIds panel { staffId role } allowedCommands } }`,
      variables: { id },
    });
    expect(read.body.data.hearing).toMatchObject({
      status: 'REQUESTED',
      complaintIds: [complaint],
      panel: [{ staffId: 'chair-1', role: 'CHAIR' }, { staffId: 'ann' }, { staffId: 'bob' }],
    });
  });

  it('answers 400 to a cursor, a day or a status that is none', async () => {
    for (const query of ['after=WyJ4IiwieSJd', 'from=2026-02-30', 'status=lost', 'colour=red'])
      expect([query, (await handler.get(`/v1/hearings?${query}`)).status]).toEqual([query, 400]);
  });
});

describe('a hearing under the employment procedure', () => {
  let house: TestApplication;
  beforeAll(async () => {
    house = await testApplication({ REDRESS_POLICY: 'employment-hearing' });
  });
  afterAll(() => house.close());

  it('is held within five working days when the companion cannot come on the proposed day', async () => {
    const [staff, presiding] = [
      await house.as('staff-1', 'case-handler'),
      await house.as('chair-1', 'panel-chair'),
    ];
    const ada = await idOf(staff.post('/v1/parties', { kind: 'person', name: 'Ada' }));
    const complaint = {
      receivedOn: '2026-02-27',
      channel: 'letter',
      category: 'grievance',
      summary: 'Unfair.',
      complainantRef: ada,
    };
    const caseId = await idOf(staff.post('/v1/complaints', complaint));
    const id = await idOf(staff.post('/v1/hearings', { complaintIds: [caseId], kind: 'first' }));
    const path = `/v1/hearings/${id}`;
    const deadlines = async () => (await staff.get(`/v1/cases/${caseId}`)).body.deadlines;

    await done(staff, `${path}/convene-panel`, { members: members.slice(0, 1) });
    await done(staff, `${path}/list`, { ...listing, startsAt: '2026-03-12T10:00:00Z' });
    await done(staff, `${path}/request-postponement`, { by: ada, reasons, cause: 'companion-unavailable' });
    expect((await staff.get(path)).body.postponement).toEqual({
      by: ada,
      reasons,
      cause: 'companion-unavailable',
    });
    expect(await deadlines()).toEqual([]);
    expect(await done(presiding, `${path}/grant-postponement`, { reasons })).toEqual(['PostponementGranted']);
    // Friday 13 March is the first working day after the proposed one, Thursday 19 the fifth.
    expect(await deadlines()).toMatchObject([
      {
        key: 'postponed-hearing',
        startedOn: '2026-03-12',
        dueOn: '2026-03-19',
        metOn: null,
        state: 'running',
      },
    ]);
    await done(staff, `${path}/list`, { ...listing, startsAt: '2026-03-18T10:00:00Z' });
    await done(staff, `${path}/serve-notice`, { to: ada });
    house.clock.set('2026-03-18T10:00:00.000000Z');
    await done(presiding, `${path}/start`, { present: ['chair-1'] });
    expect(await deadlines()).toMatchObject([{ dueOn: '2026-03-19', metOn: '2026-03-18', state: 'met' }]);
    const { body } = await staff.get(`/v1/cases/${caseId}/history`);
    const types = body.items.map(({ type }: { type: string }) => type);
    expect(types).toEqual(expect.arrayContaining(['HearingPostponedForCompanion', 'HearingHeld']));
  });
});

describe('two people in the same millisecond', () => {
  /** A sample in the ordinary suite, many in the long one. */
  const ROUNDS = process.env['REDRESS_LONG'] ? 200 : 20;

  /** Both at once, the first to be sent in turn; answers the two statuses. */
  const race = async (round: number, close: () => ReturnType<Caller['post']>, other: typeof close) => {
    const [a, b] = round % 2 === 0 ? [close, other] : [other, close];
    const answers = await Promise.all([a(), b()]);
    const [closing, hearing] = round % 2 === 0 ? answers : [answers[1], answers[0]];
    return { closing, hearing };
  };

  const closedWithLiveHearing = async (): Promise<number> => {
    const { rows } = await database.query<{ count: string }>(
      `SELECT count(*) FROM hearings h JOIN hearing_cases hc ON hc.hearing_id = h.id JOIN cases c ON c.id = hc.case_id
       WHERE c.closed_on IS NOT NULL AND h.status NOT IN ('concluded', 'vacated', 'cancelled')`,
    );
    return Number(rows[0]?.count);
  };

  it('never both close a case and list its hearing', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const complaint = await aComplaint();
      const hearing = await aHearing(complaint);
      await done(handler, `/v1/hearings/${hearing}/list`, listing);
      await done(handler, `/v1/hearings/${hearing}/vacate`, { reasons });
      const { closing, hearing: listed } = await race(
        round,
        () => handler.post(`/v1/complaints/${complaint}/close`, { outcome: 'remedied', reasons }),
        () => chair.post(`/v1/hearings/${hearing}/list`, listing),
      );
      expect([
        [200, 422, 'complaint-closed'],
        [422, 200, 'hearing-listed'],
      ]).toContainEqual([closing.status, listed.status, closing.body.code ?? listed.body.code]);
    }
    expect(await closedWithLiveHearing()).toBe(0);
  });

  it('never both close a case and request a hearing of it', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const [complaint, joined] = [await aComplaint(), await aComplaint()];
      const { closing, hearing: requested } = await race(
        round,
        () => handler.post(`/v1/complaints/${complaint}/close`, { outcome: 'remedied', reasons }),
        () => handler.post('/v1/hearings', { complaintIds: [joined, complaint], kind: 'first' }),
      );
      expect([
        [200, 422, 'complaint-closed'],
        [422, 201, 'hearing-listed'],
      ]).toContainEqual([closing.status, requested.status, closing.body.code ?? requested.body.code]);
    }
    expect(await closedWithLiveHearing()).toBe(0);
  });
});
