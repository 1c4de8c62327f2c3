import { execFile as execFileOf } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { backlogText } from '../src/backlog/backlog.cli.js';
import { POOL } from '../src/platform/database.js';
import { caseActivity } from '../src/backlog/case-activity.follower.js';
import { Followers } from '../src/event-store/followers.js';
import { recordCases } from './support/case-rows.js';
import { anId } from './support/given.js';
import { eventually } from './support/eventually.js';
import { testApplication, type Caller, type TestApplication } from './support/application.js';

const execFile = promisify(execFileOf);
const PARTY = { kind: 'person', name: 'Ada' };

describe('one case through its doors', () => {
  let redress: TestApplication;
  let handler: Caller;
  let head: Caller;
  let auditor: Caller;
  let id: string;
  let hearingId: string;

  const act = async (command: string, body: object = {}, by = handler) => {
    const { status, body: answer } = await by.post(`/v1/complaints/${id}/${command}`, body);
    expect([command, status, answer.detail]).toEqual([command, 200, undefined]);
    return answer;
  };
  const read = async (query = '') => (await handler.get(`/v1/cases/${id}${query}`)).body;
  const history = async () => (await auditor.get(`/v1/cases/${id}/history`)).body.items;

  beforeAll(async () => {
    redress = await testApplication();
    redress.app.get(Followers, { strict: false }).follow(caseActivity);
    // The database stamps what it records by its own clock, so the house must live on the same day.
    redress.clock.set(new Date().toISOString());
    handler = await redress.as('staff-1', 'case-handler');
    head = await redress.as('staff-9', 'casework-head');
    auditor = await redress.as('auditor-1', 'auditor');
    const daysAgo = (n: number) =>
      new Date(Date.parse(redress.clock.today()) - n * 86_400_000).toISOString().slice(0, 10);
    const received = await handler.post('/v1/complaints', {
      receivedOn: daysAgo(5),
      channel: 'letter',
      category: 'abuse',
      summary: 'Shouted at by Ben.',
    });
    id = received.body.id;
    const party = (await handler.post('/v1/parties', PARTY)).body.id;
    await act('identify-respondent', { respondentRef: party });
    await act('acknowledge');
    await act('triage', { decision: 'investigate', severity: 'high', reasons: 'It is serious.' });
    const hearing = await handler.post('/v1/hearings', { complaintIds: [id], kind: 'first' });
    hearingId = hearing.body.id;
  });
  afterAll(() => redress.close());

  it('shows the whole file, opened, by its id and by its reference', async () => {
    const file = await read();
    expect(file).toMatchObject({
      id,
      status: 'hearing',
      summary: 'Shouted at by Ben.',
      severity: 'high',
      overdue: false,
      age: { gross: { calendarDays: 5 }, net: { calendarDays: 5 } },
      hearings: [{ id: hearingId, status: 'requested', version: 1 }],
      resolutions: [],
      versions: [
        { stream: `complaint-${id}`, version: 5 },
        { stream: `hearing-${hearingId}`, version: 1 },
      ],
    });
    expect(
      file.deadlines.map(({ key, state, missed }: Record<string, unknown>) => [key, state, missed]),
    ).toEqual(
      expect.arrayContaining([
        ['acknowledge', 'met', false],
        ['resolve', 'running', false],
      ]),
    );
    expect(file.allowedCommands).toContain('assign-handler');
    expect((await auditor.get(`/v1/cases/${id}`)).body.allowedCommands).toEqual([]);
    expect((await handler.get(`/v1/cases/${file.reference}`)).body.id).toBe(id);
  });

  it('finds an imported case by its register and its id there', async () => {
    await recordCases(redress.app.get(POOL), [{ n: 77, source: { name: 'old', id: '77/1' } }]);
    const found = await handler.get(`/v1/cases/${encodeURIComponent('old/77/1')}`);
    await redress.app.get(POOL).query('DELETE FROM cases WHERE id = $1', [anId(77)]);
    expect(found.body).toMatchObject({ id: anId(77), sourceName: 'old', sourceId: '77/1', deadlines: [] });
    const unknown = await handler.get('/v1/cases/2026-999999');
    expect([unknown.status, unknown.body.code]).toEqual([404, 'not-found']);
    expect((await auditor.get('/v1/cases/2026-999999/history')).status).toBe(404);
  });

  it('holds a deadline and stops the net age while the clock is paused', async () => {
    const before = await read();
    await act('pause-clock', { reason: 'court-proceedings', basis: 'The court asked.' });
    const now = redress.clock.now();
    const later = new Date(Date.parse(now) + 400 * 86_400_000).toISOString();
    redress.clock.set(later);
    const file = await read();
    redress.clock.set(now);
    await act('resume-clock');
    expect(file.age.gross.calendarDays).toBe(405);
    // The day on which the pause began stands still already.
    expect(file.age.net.calendarDays).toBe(4);
    const resolve = file.deadlines.find(({ key }: { key: string }) => key === 'resolve');
    const earlier = before.deadlines.find(({ key }: { key: string }) => key === 'resolve');
    expect([resolve.state, resolve.missed, resolve.dueOn > earlier.dueOn]).toEqual(['held', false, true]);
    expect(file.overdue).toBe(false);
  });

  it('says a deadline is overdue and missed from the day after it was due', async () => {
    const { deadlines } = await read();
    const { dueOn } = deadlines.find(({ key }: { key: string }) => key === 'resolve');
    const now = redress.clock.now();
    const on = async (day: string) => {
      redress.clock.set(`${day}T12:00:00Z`);
      const file = await read();
      const found = file.deadlines.find(({ key }: { key: string }) => key === 'resolve');
      return [file.overdue, found.state, found.missed];
    };
    const after = new Date(Date.parse(dueOn) + 86_400_000).toISOString().slice(0, 10);
    const states = [await on(dueOn), await on(after)];
    redress.clock.set(now);
    expect(states).toEqual([
      [false, 'running', false],
      [true, 'overdue', true],
    ]);
  });

  it('shows every event of the case and its hearing in order: who, when, why, and from which request', async () => {
    const entries = await history();
    const positions = entries.map(({ position }: { position: number }) => position);
    expect(positions).toEqual(positions.toSorted((a: number, b: number) => a - b));
    expect(entries.map(({ type }: { type: string }) => type)).toEqual([
      'ComplaintReceived',
      'RespondentIdentified',
      'ComplaintAcknowledged',
      'TriageCompleted',
      'HearingRequested',
      'HearingAttached',
      'ClockPaused',
      'ClockResumed',
    ]);
    expect(entries[3]).toMatchObject({
      stream: `complaint-${id}`,
      version: 4,
      actor: { id: 'staff-1', role: 'case-handler' },
      reasons: ['It is serious.'],
      backdated: false,
      correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      causationId: null,
      data: { decision: 'investigate', severity: 'high', reasons: 'It is serious.' },
    });
    const first = await auditor.get(`/v1/cases/${id}/history?first=3`);
    const rest = await auditor.get(`/v1/cases/${id}/history?first=3&after=${first.body.next}`);
    expect([...first.body.items, ...rest.body.items]).toEqual(entries.slice(0, 6));
  });

  it('marks what was recorded later than it happened', async () => {
    const date = new Date(Date.parse(redress.clock.today()) - 3 * 86_400_000).toISOString().slice(0, 10);
    await act('record-outside-contact', {
      who: 'A councillor',
      office: 'Council',
      subject: 'Asked how long it takes.',
      response: 'None was given.',
      occurred: { date },
      backdatingReason: 'The letter lay about.',
    });
    expect((await history()).at(-1)).toMatchObject({
      type: 'OutsideContactRecorded',
      backdated: true,
      occurred: { date },
      reasons: ['The letter lay about.'],
    });
  });

  it('shows what was corrected beside the entry that was wrong', async () => {
    const [received] = await history();
    await act('correct-entry', {
      eventId: received.eventId,
      path: ['category'],
      new: 'bullying',
      reason: 'It was mistyped.',
      basis: 'The letter.',
    });
    const entries = await history();
    expect(entries[0].data.category).toBe('abuse');
    expect(entries[0].corrections).toEqual([
      {
        position: entries.at(-1).position,
        path: ['category'],
        old: 'abuse',
        new: 'bullying',
        reason: 'It was mistyped.',
        basis: 'The letter.',
      },
    ]);
    expect((await read()).category).toBe('bullying');
  });

  it('shows the case as it was known at an instant, with nothing that was recorded since', async () => {
    const entries = await history();
    const at = (type: string) => entries.find((entry: { type: string }) => entry.type === type).recordedAt;
    const then = await read(`?asOf=${at('ComplaintAcknowledged')}`);
    expect(then).toMatchObject({
      status: 'acknowledged',
      category: 'abuse',
      severity: null,
      summary: 'Shouted at by Ben.',
      hearings: [],
      allowedCommands: [],
      versions: [{ stream: `complaint-${id}`, version: 3 }],
    });
    const withHearing = await read(`?asOf=${at('HearingAttached')}`);
    expect(withHearing.hearings).toMatchObject([{ id: hearingId, version: 1 }]);
    redress.clock.set(new Date().toISOString());
    const now = await read(`?asOf=${redress.clock.now()}`);
    expect(now.lastActivityOn).toBe(redress.clock.today());
    await eventually(async () =>
      expect({ ...now, allowedCommands: [] }).toEqual({ ...(await read()), allowedCommands: [] }),
    );
  });

  it('refuses an instant before the case, one to come, and what is no instant', async () => {
    const asked = async (asOf: string) => {
      const { status, body } = await handler.get(`/v1/cases/${id}?asOf=${encodeURIComponent(asOf)}`);
      return [status, body.code];
    };
    expect(await asked('2020-01-01T00:00:00Z')).toEqual([404, 'not-found']);
    expect(await asked('2199-01-01T00:00:00Z')).toEqual([400, 'as-of-in-future']);
    expect(await asked('yesterday')).toEqual([400, 'invalid-input']);
  });

  it('answers the backlog as it was known then: nothing before the day on which it was recorded', async () => {
    const { body } = await head.post('/v1/complaints', {
      receivedOn: '2026-01-05',
      channel: 'letter',
      category: 'abuse',
      summary: 'Found in a drawer.',
    });
    const backlog = async (asOf: string, basis: string) =>
      (await handler.get(`/v1/backlog?asOf=${asOf}&basis=${basis}`)).body;
    expect((await backlog('2026-01-05', 'known-now')).open).toBe(1);
    expect((await backlog('2026-01-05', 'known-then')).open).toBe(0);
    const drawer = async (command: string, fields: object) => {
      const answer = await head.post(`/v1/complaints/${body.id}/${command}`, fields);
      expect([command, answer.status]).toEqual([command, 200]);
    };
    const [received] = (await auditor.get(`/v1/cases/${body.id}/history`)).body.items;
    await drawer('correct-entry', {
      eventId: received.eventId,
      path: ['receivedOn'],
      new: '2026-02-05',
      reason: 'The stamp says so.',
      basis: 'The envelope.',
    });
    await drawer('withdraw', { reasons: 'It was settled.' });
    await drawer('close', { outcome: 'withdrawn', reasons: 'It was settled.' });
    const today = redress.clock.today();
    const same = async () => ({ ...(await backlog(today, 'known-then')), basis: 'known-now' });
    expect((await backlog(today, 'known-now')).open).toBe(1);
    expect(await same()).toEqual(await backlog(today, 'known-now'));
    await drawer('reopen', { reasons: 'It was not.' });
    expect((await backlog(today, 'known-now')).oldest[0].receivedOn).toBe('2026-02-05');
    expect(await same()).toEqual(await backlog(today, 'known-now'));
  });

  const redressCommand = async (...args: string[]) => {
    const env = {
      ...process.env,
      DATABASE_URL: redress.databaseUrl,
      MASTER_KEY: redress.config.MASTER_KEY?.[0],
      LOG_LEVEL: 'fatal',
    };
    const program = fileURLToPath(new URL('../bin/redress.js', import.meta.url));
    return execFile(process.execPath, [program, ...args], { env }).then(
      ({ stdout }) => ({ exit: 0, stdout, stderr: '' }),
      ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
        exit: code,
        stdout,
        stderr,
      }),
    );
  };

  it('answers the same through GraphQL', async () => {
    const query = `{
      case(id: "${id}") { reference age { net { calendarDays } } hearings { id } versions { stream version } }
      history(id: "${id}", first: 1) { edges { node { type actor { id } data } } }
    }`;
    const { data } = (await handler.post('/graphql', { query })).body;
    const file = await read();
    expect(data.case).toEqual({
      reference: file.reference,
      age: { net: { calendarDays: file.age.net.calendarDays } },
      hearings: [{ id: hearingId }],
      versions: file.versions,
    });
    const [first] = await history();
    expect(data.history.edges[0].node).toEqual({
      type: first.type,
      actor: { id: 'staff-1' },
      data: first.data,
    });
  });

  it('answers the same on the command line, and erased text as erased', async () => {
    const { body } = await handler.get('/v1/backlog?asOf=2026-02-27&over=10,20&calendar=weekdays');
    const entries = await history();
    const owner = new pg.Client({ connectionString: redress.databaseUrl });
    await owner.connect();
    await owner.query('DELETE FROM subject_keys WHERE subject = $1', [`case:${id}`]);
    await owner.end();
    expect((await history())[0].data).toMatchObject({ summary: '[erased]', category: 'abuse' });

    const [backlog, told, wrong, unknown] = await Promise.all([
      redressCommand(
        'backlog',
        '--as-of',
        '2026-02-27',
        '--over',
        '10,20',
        '--calendar',
        'weekdays',
        '--json',
      ),
      redressCommand('audit', 'history', entries[0].data.reference),
      redressCommand('backlog', '--as-of', '2019-02-30'),
      redressCommand('audit', 'history', '2026-999999'),
    ]);
    expect([backlog.exit, JSON.parse(backlog.stdout)]).toEqual([0, body]);
    const lines = told.stdout.split('\n');
    expect(lines[0]).toMatch(/^ +recorded \(UTC\) +happened +stream +what +who +why$/);
    expect(lines[4]).toMatch(/complaint 4 +TriageCompleted +staff-1 \(case-handler\) +\[erased\]$/);
    expect([wrong.exit, wrong.stderr]).toEqual([
      2,
      '--as-of: Give a day, 2018-03-28, or an instant with its offset, 2018-03-28T10:00:00+01:00, of the years 1900 to 2199.\n',
    ]);
    expect(unknown.exit).toBe(1);
  }, 180_000);

  it('sets the backlog for people in tables', async () => {
    const { body } = await handler.get('/v1/backlog?asOf=2026-02-27&over=10,20&calendar=weekdays');
    expect(backlogText(body)).toBe(`1 open on 2026-02-27 (known-now)

Age
                 n  min  median  mean  p90  max  sum
  calendar days  1   22      22    22   22   22   22
  working days   1   16      16    16   16   16   16

Older than
                 10  20
  calendar days   1   1
  working days    1   0

Oldest
  reference    received    calendar days  working days
  2026-000002  2026-02-05             22            16`);
  });
});
