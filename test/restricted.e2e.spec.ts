import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PolicyBook } from '../src/clocks/policy.queries.js';
import { developmentToken } from '../src/access/tokens.js';
import { Followers } from '../src/event-store/followers.js';
import { plusDays } from '../src/clocks/days.js';
import { GlassNotices } from '../src/reminders/glass-notices.worker.js';
import { testApplication, type Answered, type Caller, type TestApplication } from './support/application.js';
import { askOverRest, bare, tells, unknownLike, walked } from './support/doors-walked.js';
import { eventually } from './support/eventually.js';
import {
  nameAll,
  PANEL,
  secretCase,
  whoeverMay,
  workingRoles,
  type SecretCase,
} from './support/secret-case.js';

/** Cases that were restricted by name, or sealed; and the glass that somebody breaks. */

let redress: TestApplication;
let head: Caller;
let keeper: Caller;
let stranger: Caller;
let auditor: Caller;
let worker: Caller;
let secret: SecretCase;
let today: string;

const ok = async (asked: Promise<Answered>) => {
  const { status, body } = await asked;
  expect([body.code, body.detail, status < 300]).toEqual([undefined, undefined, true]);
  return body;
};
const on = (by: Caller, command: string, body: object) =>
  by.post(`/v1/complaints/${secret.id}/${command}`, body);
const seesIt = async (by: Caller): Promise<boolean> => {
  const { status } = await by.get(`/v1/cases/${secret.id}`);
  const { items } = await ok(by.get('/v1/cases?first=200'));
  const listed = items.some(({ id }: { id: string }) => id === secret.id);
  expect([status, listed]).toEqual(status === 200 ? [200, true] : [404, false]);
  return listed;
};

beforeAll(async () => {
  redress = await testApplication({ REDRESS_INTAKE_MAIL: 'intake@example.org' });
  head = await whoeverMay(redress, 'head-1');
  keeper = await whoeverMay(redress, 'keeper');
  stranger = await whoeverMay(redress, 'stranger');
  worker = await redress.as('stranger', ...workingRoles);
  auditor = await redress.as('auditor-1', 'auditor');
  const token = await developmentToken(redress.config, { sub: 'head-1', roles: workingRoles, ttl: '1h' });
  secret = await secretCase(redress, head, `Bearer ${token}`);
  redress.clock.set(new Date().toISOString());
  today = redress.clock.today();
  await ok(head.post('/v1/staff', { staffId: 'head-2', duties: ['casework-head'] }));
});
afterAll(() => redress.close());
beforeEach(() => redress.clock.set(new Date().toISOString()));

describe('a restricted case', () => {
  beforeAll(async () => {
    await ok(on(head, 'restrict-case', await nameAll(head, plusDays(today, 7))));
  });

  it('is seen by those who are named, and by auditors', async () => {
    for (const by of [head, keeper, auditor]) expect(await seesIt(by)).toBe(true);
    expect(await seesIt(worker)).toBe(false);
  });

  it('tells nobody else anything at any door', async () => {
    const { told, ...found } = await walked({ secret, ask: askOverRest, insider: head, outsider: worker });
    expect(found).toEqual({ leaks: [], differing: [], refused: [] });
    expect(told).toBeGreaterThan(40);
  });

  it('is nothing to nobody else who would do something to it, but for the glass', async () => {
    const acknowledge = (id: string) => worker.post(`/v1/complaints/${id}/acknowledge`, {});
    const [answer, nothing] = [await acknowledge(secret.id), await acknowledge(unknownLike(''))];
    expect(answer.status).toBe(404);
    expect(bare(answer, secret.id)).toEqual(bare(nothing, unknownLike('')));
  });

  it('is not left by those who work on it, nor names whom nobody knows', async () => {
    const until = plusDays(today, 7);
    const named = (...people: string[]) => on(head, 'restrict-case', { people, basis: 'An order.', until });
    expect((await named('head-1', 'keeper')).body.code).toBe('holder-not-named');
    expect((await named('head-1', 'keeper', ...PANEL, 'kepeer')).body.code).toBe('not-on-roster');
    expect((await on(head, 'lift-restriction', { reasons: 'Over.' })).status).toBe(200);
    const sealed = await on(head, 'seal-case', { basis: 'An order.', until });
    expect(sealed.body.code).toBe('holder-not-named');
    await ok(named('head-1', 'keeper', ...PANEL));
  });

  it('reminds nobody else', async () => {
    const { items } = await ok(head.get(`/v1/reminders?state=due&caseId=${secret.id}`));
    expect(items.length).toBeGreaterThan(0);
    for (const { recipient } of items) expect(['keeper', 'head-1', ...PANEL]).toContain(recipient);
  });

  it('stands in no cursor, which anybody can read', async () => {
    for (const state of ['due', 'sent']) {
      let after: string | null = '';
      do {
        const { body }: Answered = await worker.get(`/v1/reminders?state=${state}&first=1${after}`);
        expect(tells(secret, { status: 200, headers: {}, body })).toEqual([]);
        after = body.next && `&after=${body.next}`;
      } while (after !== null);
    }
  });

  it('is in no count of what a new rule moved, for somebody who must not know of it', async () => {
    const movedFor = async (by: Caller, name: string) => {
      const day = { date: '2027-03-03', name };
      const wish = { add: [day], source: 'The board.', reasons: 'Decided.' };
      return (await ok(by.post('/v1/calendars/GB-ENG/revise', wish))).moved;
    };
    const theirs = await movedFor(worker, 'One');
    const { cases } = await movedFor(head, 'Another');
    expect(theirs).toMatchObject({ cases: cases - 1 });
  });

  it('makes of its parties nobody whom somebody else could name', async () => {
    const { complainant, other } = secret;
    const companion = (to: string) => ({ partyRef: to, companionRef: to });
    const correction = async (id: string, to: string) => {
      const { items } = await ok(auditor.get(`/v1/cases/${id}/history`));
      const { eventId } = items.find(({ type }: { type: string }) => type === 'ComplaintReceived');
      return { eventId, path: ['complainantRef'], new: to, reason: 'A slip.', basis: 'The letter.' };
    };
    const receipt = {
      receivedOn: '2026-01-05',
      channel: 'letter',
      category: 'abuse',
      summary: 'Shouted at.',
    };
    const contact = { who: 'A', office: 'B', subject: 'C', response: 'D' };
    const heard = (await ok(head.post('/v1/hearings', { complaintIds: [other], kind: 'first' }))).id;
    const { complainantRef } = await ok(head.get(`/v1/cases/${other}`));
    const corrected = await correction(other, complainant);
    for (const [path, body] of [
      ['complaints', (to: string) => ({ ...receipt, complainantRef: to })],
      [
        'complaints',
        (to: string) => ({ ...receipt, allegations: [{ category: 'abuse', respondentRef: to }] }),
      ],
      [`complaints/${other}/identify-respondent`, (to: string) => ({ respondentRef: to })],
      [`complaints/${other}/add-allegation`, (to: string) => ({ category: 'abuse', respondentRef: to })],
      [`complaints/${other}/record-outside-contact`, (to: string) => ({ ...contact, whoRef: to })],
      [`complaints/${other}/withdraw`, (to: string) => ({ by: to, reasons: 'They said so.' })],
      [`complaints/${other}/correct-entry`, (to: string) => ({ ...corrected, new: to })],
      [
        `hearings/${heard}/nominate-companion`,
        (to: string) => ({ ...companion(complainantRef), companionRef: to }),
      ],
    ] as const) {
      const send = (to: string) => worker.post(`/v1/${path}`, body(to));
      const [answer, nothing] = [await send(complainant), await send(unknownLike(''))];
      expect([path, answer.body.code]).toEqual([path, 'unknown-party']);
      expect(bare(answer, complainant)).toEqual(bare(nothing, unknownLike('')));
    }
    expect((await worker.get(`/v1/parties/${complainant}`)).status).toBe(404);
    await ok(head.post(`/v1/hearings/${heard}/cancel`, { reasons: 'Not needed.' }));
  });

  it('keeps the case that is heard together with it open, and says so without naming their hearing', async () => {
    const { other, joint } = secret;
    const close = (by: Caller) =>
      by.post(`/v1/complaints/${other}/close`, { outcome: 'resolved-informally', reasons: 'They made up.' });
    const [answer, known] = [await close(worker), await close(head)];
    expect([answer.status, answer.body.code]).toEqual([422, 'hearing-not-shown']);
    expect(tells(secret, answer)).toEqual([]);
    expect([known.body.code, tells(secret, known)]).toEqual(['hearing-listed', [joint]]);
    const decide = (to: string) =>
      worker.post('/v1/resolutions', { complaintId: other, kind: 'formal', hearingId: to });
    const [named, nothing] = [await decide(joint), await decide(unknownLike(''))];
    expect(named.body.code).toBe('unknown-hearing');
    expect(bare(named, joint)).toEqual(bare(nothing, unknownLike('')));
  });

  it('is told to an integration by positions alone', async () => {
    const integration = await redress.as('feed-1', 'integration');
    const { body } = await integration.get('/v1/events?limit=1000');
    expect(tells(secret, { status: 200, headers: {}, body })).toEqual([]);
    expect(body.map(({ position }: { position: string }) => Number(position))).toEqual(
      body.map((_: unknown, index: number) => index + 1),
    );
  });

  it('is seen by everybody again when its day is over, with nothing done', async () => {
    redress.clock.set(`${plusDays(today, 8)}T12:00:00.000000Z`);
    expect(await seesIt(worker)).toBe(true);
  });
});

describe('the glass of a restricted case', () => {
  let openingId: string;

  it('is broken for a stated reason, and shows the case for some hours', async () => {
    expect(await seesIt(worker)).toBe(false);
    const broken = (name: string) =>
      worker.post(`/v1/complaints/${name}/break-glass`, { reason: 'A threat to life.' });
    // By its reference, for that is what one is told of it.
    const { id, events } = await ok(broken(secret.reference));
    expect(id).toBe(secret.id);
    expect((await broken('2026-999999')).body).toMatchObject({
      code: 'not-found',
      detail: 'There is no complaint 2026-999999. Check the id or the reference.',
    });
    expect(events).toEqual(['BreakGlassOpened']);
    expect(await seesIt(worker)).toBe(true);
    const history = await ok(auditor.get(`/v1/cases/${secret.id}/history?first=1000`));
    const told = history.items.findLast(({ type }: { type: string }) => type === 'BreakGlassOpened');
    expect(told).toMatchObject({ actor: { id: 'stranger' }, data: { reason: 'A threat to life.' } });
    openingId = told.data.openingId;
    // It shows the case: who works on it, and whether it is there, is for others to say.
    const through = [
      await on(worker, 'assign-handler', { handlerId: 'keeper' }),
      await on(worker, 'recuse', { staffId: 'keeper', reasons: 'Mine.' }),
      await worker.post(`/v1/hearings/${secret.hearing}/recuse-panel-member`, {
        staffId: 'ann',
        reasons: 'Mine.',
      }),
    ];
    expect(through.map(({ body }) => body.code)).toEqual(['not-named', 'not-named', 'not-named']);
    // So is who its parties are: whoever is said to be one is off it.
    const party = (command: string, body: object) =>
      worker.post(`/v1/parties/${secret.respondent}/${command}`, body);
    const { id: elsewhere } = await ok(head.post('/v1/parties', { kind: 'person', name: 'Zoe' }));
    await ok(head.post(`/v1/parties/${elsewhere}/identify-staff`, { staffId: 'keeper' }));
    const named = [
      await party('identify-staff', { staffId: 'keeper' }),
      await on(worker, 'identify-respondent', { respondentRef: elsewhere }),
    ];
    expect(named.map(({ body }) => body.code)).toEqual(['not-named', 'not-named']);
    expect((await party('erase', { basis: 'legal-obligation' })).body.code).toBe('not-all-shown');
    redress.clock.set(new Date(Date.now() + 4 * 3_600_000 + 60_000).toISOString());
    expect(await seesIt(worker)).toBe(false);
  });

  it('is loud: heads of casework and whoever is named are told at once', async () => {
    const followers = redress.app.get(Followers, { strict: false });
    followers.follow(redress.app.get(GlassNotices, { strict: false }).follower);
    await redress.app.get(PolicyBook, { strict: false }).look();
    const outbox = join(redress.config.REDRESS_DATA_DIR, 'outbox');
    const letters = await eventually(async () => {
      const files = await readdir(outbox);
      expect(files).toHaveLength(3 + PANEL.length);
      return Promise.all(files.map((file) => readFile(join(outbox, file), 'utf8')));
    });
    for (const letter of letters) {
      expect(letter).toContain(`Subject: Restricted case ${secret.reference} was opened`);
      expect(letter).not.toMatch(/stranger|threat/i);
    }
  });

  it('is reviewed by somebody else, from a list that says what is not reviewed yet', async () => {
    const open = async (by: Caller) => (await ok(by.get('/v1/break-glass?reviewed=false'))).items;
    const chief = await redress.as('head-2', 'casework-head');
    expect(await open(chief)).toMatchObject([
      { openingId, staffId: 'stranger', reason: 'A threat to life.', reviewedBy: null },
    ]);
    const review = { openingId, finding: 'justified' };
    const madeUp = { ...review, openingId: unknownLike('') };
    const [guessed, nothing] = [
      await on(chief, 'review-break-glass', madeUp),
      await chief.post(`/v1/complaints/${unknownLike('')}/review-break-glass`, madeUp),
    ];
    expect(guessed.status).toBe(404);
    expect(bare(guessed, secret.id)).toEqual(bare(nothing, unknownLike('')));
    expect((await on(worker, 'review-break-glass', review)).body.code).toBe('own-opening');
    await ok(on(chief, 'review-break-glass', review));
    expect(await open(chief)).toEqual([]);
    const all = await ok(chief.get('/v1/break-glass'));
    expect(all.items).toMatchObject([{ reviewedBy: 'head-2', finding: 'justified' }]);
    expect((await on(chief, 'acknowledge', {})).status).toBe(404);
  });

  it('holds for whoever must have no part in the case, and tells them nothing of it', async () => {
    await ok(head.post(`/v1/parties/${secret.respondent}/identify-staff`, { staffId: 'respondent-1' }));
    const barred = await redress.as('respondent-1', ...workingRoles);
    const broken = (id: string) => barred.post(`/v1/complaints/${id}/break-glass`, { reason: 'Mine.' });
    const [answer, nothing] = [await broken(secret.id), await broken(unknownLike(''))];
    expect(answer.status).toBe(404);
    expect(bare(answer, secret.id)).toEqual(bare(nothing, unknownLike('')));
    expect((await ok(barred.get('/v1/break-glass'))).items).toEqual([]);
  });
});

describe('a sealed case', () => {
  let chief: Caller;

  beforeAll(async () => {
    chief = await redress.as('head-2', 'casework-head');
    const late = await redress.as('late', ...workingRoles);
    await ok(on(late, 'break-glass', { reason: 'Before it is sealed.' }));
    await ok(on(head, 'seal-case', { basis: 'A court order.', until: plusDays(today, 3) }));
  });

  it('hides no broken glass from those who review it, until it is reviewed', async () => {
    const open = async (by: Caller) => (await ok(by.get('/v1/break-glass?reviewed=false'))).items;
    const late = await redress.as('late', ...workingRoles);
    for (const by of [auditor, late]) expect(await open(by)).toEqual([]);
    const [{ openingId, reason }] = await open(chief);
    expect(reason).toBe('Before it is sealed.');
    const review = { openingId, finding: 'unjustified' };
    expect((await on(late, 'review-break-glass', review)).status).toBe(404);
    await ok(on(chief, 'review-break-glass', review));
    expect((await ok(chief.get('/v1/break-glass'))).items).toEqual([]);
    expect((await on(chief, 'review-break-glass', review)).body.code).toBe('reviewed-already');
    const another = await redress.as('head-3', 'casework-head');
    expect((await on(another, 'review-break-glass', review)).status).toBe(404);
  });

  it('is a number to an auditor, beside the backlog without it, and to nobody else', async () => {
    for (const basis of ['known-now', 'known-then']) {
      const ask = (by: Caller, more = '') => ok(by.get(`/v1/backlog?basis=${basis}${more}`));
      const [mine, theirs] = [await ask(auditor), await ask(head)];
      expect([mine.withheld, mine.open]).toEqual([1, theirs.open - 1]);
      expect(theirs.withheld).toBeUndefined();
      expect((await ask(stranger)).withheld).toBeUndefined();
      expect((await ask(auditor, '&asOf=2026-01-02')).withheld).toBeUndefined();
    }
    const { body } = await auditor.post('/graphql', { query: '{ backlog { open withheld } }' });
    expect(body.data.backlog.withheld).toBe(1);
    const part = await redress.as('respondent-1', 'auditor');
    expect((await ok(part.get('/v1/backlog'))).withheld).toBeUndefined();
  });

  it('is seen by whoever sealed it and by those who are named; by no auditor, at no door', async () => {
    for (const by of [head, keeper]) expect(await seesIt(by)).toBe(true);
    expect(await seesIt(auditor)).toBe(false);
    const { told, ...found } = await walked({ secret, ask: askOverRest, insider: head, outsider: stranger });
    expect(found).toEqual({ leaks: [], differing: [], refused: [] });
    expect(told).toBeGreaterThan(40);
    const { body } = await auditor.get('/v1/events?limit=1000&named=true');
    expect(tells(secret, { status: 200, headers: {}, body })).toEqual([]);
  });

  it('has no glass to break', async () => {
    const broken = (name: string) =>
      worker.post(`/v1/complaints/${name}/break-glass`, { reason: 'A threat.' }, { 'if-match': '"1"' });
    expect(bare(await broken(secret.id), secret.id)).toEqual(
      bare(await broken(unknownLike('')), unknownLike('')),
    );
    expect(bare(await broken(secret.reference), secret.reference)).toEqual(
      bare(await broken('2026-999999'), '2026-999999'),
    );
  });

  it('is seen again when its day is over, or its seal is taken off before', async () => {
    redress.clock.set(`${plusDays(today, 4)}T12:00:00.000000Z`);
    expect(await seesIt(auditor)).toBe(true);
    redress.clock.set(new Date().toISOString());
    expect(await seesIt(auditor)).toBe(false);
    await ok(on(head, 'lift-seal', { reasons: 'The order was lifted.' }));
    expect(await seesIt(auditor)).toBe(true);
    const another = await redress.as('stranger-2', ...workingRoles);
    expect(await seesIt(another)).toBe(false);
    await ok(on(head, 'lift-restriction', { reasons: 'The order was lifted.' }));
    expect(await seesIt(another)).toBe(true);
  });
});

describe('whoever is off a case', () => {
  const received = async (by: Caller, key = 'a-key') => {
    const complaint = { receivedOn: '2026-01-05', channel: 'letter', category: 'abuse', summary: 'Shouted.' };
    return by.post('/v1/complaints', complaint, { 'idempotency-key': key });
  };

  it('is answered of it as of none, whatever they were answered before', async () => {
    const author = await redress.as('author', 'intake', 'case-handler');
    const first = await received(author);
    expect((await received(author)).body).toEqual(first.body);
    const { id } = first.body;
    const act = (command: string, body: object, key: string) =>
      author.post(`/v1/complaints/${id}/${command}`, body, { 'idempotency-key': key });
    await ok(act('acknowledge', {}, 'acknowledged'));
    const declare = () => act('declare-conflict', { nature: 'A cousin.' }, 'declared');
    const declared = await declare();
    expect(declared.status).toBe(200);
    const otherwise = await act('acknowledge', { acknowledgedOn: today }, 'acknowledged');
    for (const again of [await act('acknowledge', {}, 'acknowledged'), otherwise, await received(author)])
      expect([again.status, again.body.detail]).toEqual([
        404,
        `There is no complaint ${id}. Check the id or the reference.`,
      ]);
    // What takes them off it tells them nothing that they did not say.
    expect((await declare()).body).toEqual(declared.body);
    expect((await act('declare-conflict', { nature: 'A cousin.' }, 'another')).status).toBe(404);
  });

  it('leaves a sealed one to the heads of casework, where nobody else is left', async () => {
    const { id } = (await received(head, 'sealed')).body;
    const act = (by: Caller, command: string, body: object) =>
      by.post(`/v1/complaints/${id}/${command}`, body);
    const chief = await redress.as('head-2', 'casework-head');
    await ok(act(head, 'seal-case', { basis: 'An order.', until: plusDays(today, 3) }));
    expect((await chief.get(`/v1/cases/${id}`)).status).toBe(404);
    const { events } = await ok(act(head, 'declare-conflict', { nature: 'A cousin.' }));
    expect(events).toEqual(['ConflictDeclared', 'CaseRestricted']);
    expect((await head.get(`/v1/cases/${id}`)).status).toBe(404);
    expect((await chief.get(`/v1/cases/${id}`)).status).toBe(200);
    await ok(act(chief, 'lift-seal', { reasons: 'Over.' }));
    const acted = await ok(auditor.get(`/v1/audit/questions/acted-after-recusal?case=${id}`));
    expect(acted.items).toEqual([]);
  });
});
