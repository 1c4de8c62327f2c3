import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { statisticsCsv } from '../src/statistics/statistics.csv.js';
import { testApplication, type Caller, type TestApplication } from './support/application.js';

describe('figures for publication', () => {
  let redress: TestApplication;
  let head: Caller;
  let year: string;
  const ids: string[] = [];

  const act = async (id: string, command: string, body: object) => {
    const { status, body: answer } = await head.post(`/v1/complaints/${id}/${command}`, body);
    expect([command, status, answer.detail]).toEqual([command, 200, undefined]);
  };
  const receive = async (receivedOn: string, category: string) => {
    const fields = { channel: 'letter', category, summary: 'Shouted at.' };
    const { body } = await head.post('/v1/complaints', { receivedOn, ...fields });
    ids.push(body.id);
  };
  const late = (date: string) => ({ occurred: { date }, backdatingReason: 'The file was found late.' });
  const close = (id: string, date: string) =>
    act(id, 'close', { outcome: 'resigned', reasons: 'Resigned.', ...late(date) });
  const ask = async (query: string) => {
    const { status, body } = await head.get(`/v1/statistics?from=${year}-01-01&to=${year}-12-31${query}`);
    expect([status, body.detail]).toEqual([200, undefined]);
    return body;
  };

  beforeAll(async () => {
    redress = await testApplication();
    redress.clock.set(new Date().toISOString());
    head = await redress.as('staff-1', 'casework-head', 'case-handler', 'intake');
    year = String(Number(redress.clock.today().slice(0, 4)) - 1);
    // Twelve of abuse and six of noise in March, four of them of abuse closed in June; one letter in a drawer.
    for (let n = 0; n < 12; n += 1) await receive(`${year}-03-${String(n + 1).padStart(2, '0')}`, 'abuse');
    for (let n = 0; n < 6; n += 1) await receive(`${year}-03-20`, 'noise');
    for (const id of ids.slice(0, 6)) await close(id, `${year}-06-10`);
  });
  afterAll(() => redress.close());

  it('tells what came, what went and what stayed, with the ages and the limits', async () => {
    const { rows } = await ask('');
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      period: year,
      category: null,
      received: 18,
      closed: 6,
      reopened: 0,
      openAtStart: 0,
      openAtEnd: 12,
      withoutLimit: 0,
      missed: 0,
      outcomes: { resigned: 6, determined: 0 },
      // Received on 1 to 6 March, closed on 10 June.
      ageAtClosing: { median: 98.5, p90: 101 },
    });
    expect(rows[0].withinLimit + rows[0].overLimit).toBe(6);
    const quarters = (await ask('&period=quarter')).rows;
    expect(
      quarters.map(({ period, openAtStart, openAtEnd }: Record<string, unknown>) => [
        period,
        openAtStart,
        openAtEnd,
      ]),
    ).toEqual([
      [`${year}-Q1`, 0, 18],
      [`${year}-Q2`, 18, 12],
      [`${year}-Q3`, 12, 12],
      [`${year}-Q4`, 12, 12],
    ]);
  });

  it('is the same to the byte for the same position, whatever was recorded since', async () => {
    const first = await ask('&by=category');
    expect(first.rows.map(({ category, received }: Record<string, unknown>) => [category, received])).toEqual(
      [
        [null, 18],
        ['abuse', 12],
        ['noise', 6],
      ],
    );
    await receive(`${year}-02-01`, 'drawer');
    await close(ids[6] ?? '', `${year}-07-01`);
    const { body } = await head.get(`/v1/cases/${ids[7]}/history`);
    const correction = {
      path: ['receivedOn'],
      new: `${year}-01-08`,
      reason: 'The stamp.',
      basis: 'The envelope.',
    };
    await act(ids[7] ?? '', 'correct-entry', { eventId: body.items[0].eventId, ...correction });
    const again = await ask(`&by=category&asKnown=${first.position}`);
    expect(JSON.stringify(again)).toBe(JSON.stringify(first));
    const now = await ask('');
    expect([now.rows[0].received, now.rows[0].closed, now.position > first.position]).toEqual([19, 7, true]);
  });

  it('leaves a small category out of every figure, and another one with it', async () => {
    const { rows } = await ask('&by=category');
    const [all, ...categories] = rows as { category: string | null; received: number | null }[];
    expect(all?.received).toBe(19);
    expect(categories.map(({ category, received }) => [category, received])).toEqual([
      ['abuse', 12],
      ['drawer', null],
      ['noise', null],
    ]);
  });

  it('refuses to show less than the house does, and periods that make no sense', async () => {
    const refused = async (query: string) => (await head.get(`/v1/statistics?${query}`)).body.code;
    expect(await refused('from=2025-01-01&to=2025-12-31&threshold=2')).toBe('invalid-input');
    expect(await refused('from=2025-12-31&to=2025-01-01')).toBe('periods-unusable');
    expect(await refused('from=1900-01-01&to=2025-01-01&period=month')).toBe('periods-unusable');
    expect(await refused('from=2025-01-01&to=2199-01-01')).toBe('as-of-in-future');
    expect(await refused('from=2025-01-01&to=2025-12-31&asKnown=99999999')).toBe('unknown-position');
  });

  it('is asked in GraphQL, and written as CSV that no spreadsheet calculates', async () => {
    const query = `{ statistics(from: "${year}-01-01", to: "${year}-12-31") { position rows { received outcomes } } }`;
    const { body } = await head.post('/graphql', { query });
    expect(body.errors).toBeUndefined();
    expect(body.data.statistics.rows[0].received).toBe(19);
    const view = await ask('&by=category');
    const rows = [{ ...view.rows[0], category: '=HYPERLINK("x")' }];
    const [heading, line] = statisticsCsv({ ...view, rows }).split('\r\n');
    expect(heading).toMatch(/^period,from,to,category,received,closed/);
    expect(line).toMatch(/^\d{4},\d{4}-01-01,\d{4}-12-31,"'=HYPERLINK\(""x""\)",19,7,/);
  });

  it('published is on record, and checked later: nothing recorded since changes it', async () => {
    const question = { from: `${year}-01-01`, to: `${year}-12-31`, by: 'category' };
    const { status, body: published } = await head.post('/v1/statistics/releases', question);
    expect([status, published.detail]).toEqual([201, undefined]);
    const at = `/v1/statistics/releases/${published.id}`;
    const { body: release } = await head.get(at);
    expect(release).toMatchObject({ question, version: 1, publishedBy: 'staff-1' });
    const answer = await ask(`&by=category&asKnown=${release.position}`);
    expect(createHash('sha256').update(JSON.stringify(answer)).digest('hex')).toBe(release.hash);
    // A closing dated back, and a receipt corrected.
    await close(ids[8] ?? '', `${year}-08-01`);
    const { body } = await head.get(`/v1/cases/${ids[9]}/history`);
    const entry = { eventId: body.items[0].eventId, path: ['receivedOn'], new: `${year}-01-09` };
    await act(ids[9] ?? '', 'correct-entry', { ...entry, reason: 'The stamp.', basis: 'The envelope.' });
    expect(JSON.stringify(await ask('&by=category'))).not.toBe(JSON.stringify(answer));
    // Once more, in other periods, it could be subtracted; corrected, it is the same question.
    const inMonths = await head.post('/v1/statistics/releases', { ...question, period: 'month' });
    expect(inMonths).toMatchObject({ status: 422, body: { code: 'already-published' } });
    const check = { release: published.id, position: release.position, hash: release.hash };
    expect((await head.get(`${at}/check`)).body).toEqual({ ...check, found: release.hash, same: true });
    expect((await head.get('/v1/statistics/releases')).body).toEqual({ items: [release], next: null });
    const query = `{ releaseCheck(id: "${published.id}") { same } release(id: "${published.id}") { hash } }`;
    const { body: asked } = await head.post('/graphql', { query });
    expect(asked.data).toEqual({ releaseCheck: { same: true }, release: { hash: release.hash } });
  });

  it('published is corrected by a release that says what it replaces; both stay on record', async () => {
    const [first] = (await head.get('/v1/statistics/releases')).body.items;
    const { position: _, ...question } = first.question;
    const again = await head.post('/v1/statistics/releases', { ...question, replaces: first.id });
    expect(again.status).toBe(201);
    const { items } = (await head.get('/v1/statistics/releases')).body;
    expect(items.map(({ id, replaces }: Record<string, unknown>) => [id, replaces])).toEqual([
      [first.id, undefined],
      [again.body.id, first.id],
    ]);
    const operator = await redress.as('operator-1', 'operator');
    expect((await operator.get('/v1/statistics/releases')).status).toBe(200);
    expect((await operator.get(`/v1/statistics?from=${year}-01-01&to=${year}-12-31`)).status).toBe(403);
  });

  it('published is told from what anybody changed behind the log', async () => {
    const database = new pg.Client({ connectionString: redress.databaseUrl });
    await database.connect();
    try {
      const [release] = (await head.get('/v1/statistics/releases')).body.items;
      await database.query(`UPDATE case_versions SET category = 'noise' WHERE case_id = $1`, [ids[0]]);
      const { body } = await head.get(`/v1/statistics/releases/${release.id}/check`);
      expect([body.same, body.hash, body.found === body.hash]).toEqual([false, release.hash, false]);
      await database.query(`UPDATE case_versions SET category = 'abuse' WHERE case_id = $1`, [ids[0]]);
    } finally {
      await database.end();
    }
  });

  it('are published by those who may, and only as they may be shown', async () => {
    const handler = await redress.as('staff-2', 'case-handler');
    const question = { from: `${year}-01-01`, to: `${year}-12-31` };
    const codeOf = async (by: Caller, body: object) =>
      (await by.post('/v1/statistics/releases', body)).body.code;
    expect(await codeOf(handler, question)).toBe('not-permitted');
    expect(await codeOf(head, { ...question, threshold: 2 })).toBe('invalid-input');
    expect(await codeOf(head, { ...question, asKnown: '99999999' })).toBe('unknown-position');
    const none = '00000000-0000-7000-8000-000000000001';
    expect((await head.get(`/v1/statistics/releases/${none}/check`)).status).toBe(404);
  });
});
