import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { plusDays } from '../src/clocks/days.js';
import { Desk } from '../src/event-store/desk.js';
import { PartyCommand, PartyHandler } from '../src/parties/party.handler.js';
import { testApplication, type Answered, type Caller, type TestApplication } from './support/application.js';

/** Whoever must have no part in a case any more is off it at once: as its handler, its investigator, on its panels. */

let redress: TestApplication;
let head: Caller;
let auditor: Caller;

beforeAll(async () => {
  redress = await testApplication();
  head = await redress.as('head-1', 'casework-head', 'intake', 'panel-chair');
  auditor = await redress.as('auditor-1', 'auditor');
  await done(head.post('/v1/staff', { staffId: 'lead', duties: ['intake-lead'] }));
});
afterAll(() => redress.close());

const done = async (asked: Promise<Answered>) => {
  const { status, body } = await asked;
  expect([body.code, body.detail, status < 300]).toEqual([undefined, undefined, true]);
  return body;
};
const on = (id: string, command: string, body: object) =>
  done(head.post(`/v1/complaints/${id}/${command}`, body));
const party = async (name: string): Promise<string> =>
  (await done(head.post('/v1/parties', { kind: 'person', name }))).id;
const isStaff = (id: string, staffId: string) =>
  done(head.post(`/v1/parties/${id}/identify-staff`, { staffId }));
const received = async (more: object = {}): Promise<string> => {
  const complaint = { receivedOn: '2026-02-16', channel: 'letter', category: 'abuse', summary: 'Shouted.' };
  return (await done(head.post('/v1/complaints', { ...complaint, ...more }))).id;
};
const panelOf = (staffId: string) => ({
  members: [staffId, 'chair', 'bob'].map((each) => ({
    staffId: each,
    role: each === 'chair' ? 'chair' : 'member',
  })),
});
const hearingOf = async (complaintIds: readonly string[], staffId: string): Promise<string> => {
  const { id } = await done(head.post('/v1/hearings', { complaintIds, kind: 'first' }));
  await done(head.post(`/v1/hearings/${id}/convene-panel`, panelOf(staffId)));
  return id;
};
const caseNow = async (id: string) => done(auditor.get(`/v1/cases/${id}`));
const historyOf = async (id: string): Promise<Answered['body'][]> =>
  (await done(auditor.get(`/v1/cases/${id}/history`))).items;
const recusedFrom = async (hearing: string): Promise<string[]> =>
  (await done(auditor.get(`/v1/hearings/${hearing}`))).panel
    .filter((member: { recused: boolean }) => member.recused)
    .map(({ staffId }: { staffId: string }) => staffId);

describe('a member of staff who is found to be a party after they held the case', () => {
  it('holds it no more from that moment, and whoever leads the intake is told that nobody does', async () => {
    const respondent = await party('Ada');
    const id = await received();
    await on(id, 'identify-respondent', { respondentRef: respondent });
    await on(id, 'assign-handler', { handlerId: 'ann' });
    expect((await caseNow(id)).handlerId).toBe('ann');
    const { events } = await isStaff(respondent, 'ann');
    expect(events).toEqual(['StaffIdentified']);
    expect((await caseNow(id)).handlerId).toBeNull();
    const told = (await historyOf(id)).find(({ type }) => type === 'StaffImplicated');
    expect(told).toMatchObject({ data: { staffId: 'ann', partyRef: respondent }, actor: { id: 'head-1' } });
    const due = await done(auditor.get(`/v1/reminders?state=due&caseId=${id}`));
    expect(due.items.length).toBeGreaterThan(0);
    for (const { recipient } of due.items) expect(recipient).toBe('lead');
  });

  it('is off the panels of every case of theirs, of a hearing of two of them once', async () => {
    const respondent = await party('Ben');
    const [one, other] = [await received(), await received()];
    for (const id of [one, other]) await on(id, 'identify-respondent', { respondentRef: respondent });
    const hearings = [await hearingOf([one, other], 'ben'), await hearingOf([other], 'ben')];
    await isStaff(respondent, 'ben');
    for (const hearing of hearings) expect(await recusedFrom(hearing)).toEqual(['ben']);
    const recusals = (await historyOf(other)).filter(({ type }) => type === 'PanelMemberRecused');
    expect(recusals.map(({ data }) => data)).toEqual([
      { staffId: 'ben', reasons: 'Is a party to a case that is heard.' },
      { staffId: 'ben', reasons: 'Is a party to a case that is heard.' },
    ]);
  });

  it('is off it as well when the record of the party is corrected to say so', async () => {
    const respondent = await party('Cem');
    await isStaff(respondent, 'somebody');
    const id = await received();
    await on(id, 'identify-respondent', { respondentRef: respondent });
    await on(id, 'assign-handler', { handlerId: 'cem' });
    const log = await done(auditor.get('/v1/events?limit=1000&named=true'));
    const identified = log.findLast(
      (event: { type: string; subject: string }) =>
        event.type === 'redress.StaffIdentified' && event.subject === `party-${respondent}`,
    );
    const correction = {
      eventId: identified.id,
      path: ['staffId'],
      new: 'cem',
      reason: 'A slip.',
      basis: 'A list.',
    };
    await done(head.post(`/v1/parties/${respondent}/correct-entry`, correction));
    expect((await caseNow(id)).handlerId).toBeNull();
  });
});

describe('a member of staff who is known by two references', () => {
  const cases = async (by: Caller) => {
    const { items } = await done(by.get('/v1/cases?first=200'));
    const { open } = await done(by.get('/v1/backlog'));
    return { ids: items.map(({ id }: { id: string }) => id), open };
  };

  it('is off the case under both, and sees nothing of it under either', async () => {
    const respondent = await party('Nan');
    const id = await received();
    await on(id, 'identify-respondent', { respondentRef: respondent });
    await on(id, 'assign-handler', { handlerId: 'nan' });
    const hearing = await hearingOf([id], 'nan.new');
    const others = (await cases(head)).open - 1;
    await isStaff(respondent, 'nan');
    await isStaff(respondent, 'nan.new');
    expect((await done(auditor.get(`/v1/parties/${respondent}`))).staffIds).toEqual(['nan', 'nan.new']);
    expect((await caseNow(id)).handlerId).toBeNull();
    expect(await recusedFrom(hearing)).toEqual(['nan.new']);
    for (const each of ['nan', 'nan.new']) {
      const them = await redress.as(each, 'case-handler', 'panel-member', 'casework-head');
      const { ids, open } = await cases(them);
      expect([each, ids.includes(id), open]).toEqual([each, false, others]);
      const found = [
        await them.get(`/v1/cases/${id}/history`),
        await them.get(`/v1/hearings/${hearing}`),
        await them.post(`/v1/complaints/${id}/acknowledge`),
      ];
      expect(found.map(({ status }) => status)).toEqual([404, 404, 404]);
      const given = await head.post(`/v1/complaints/${id}/assign-handler`, { handlerId: each });
      expect(given.body.code).toBe('party-to-the-case');
    }
  });

  it('comes onto no case as a party without leaving it under both', async () => {
    const respondent = await party('Ola');
    await isStaff(respondent, 'ola');
    await isStaff(respondent, 'ola.new');
    const id = await received();
    await on(id, 'assign-handler', { handlerId: 'ola' });
    const hearing = await hearingOf([id], 'ola.new');
    const { events } = await on(id, 'identify-respondent', { respondentRef: respondent });
    expect(events).toEqual(['RespondentIdentified', 'StaffImplicated', 'StaffImplicated']);
    expect((await caseNow(id)).handlerId).toBeNull();
    expect(await recusedFrom(hearing)).toEqual(['ola.new']);
  });

  it('sees it again under the one that was said by mistake, once that is taken back', async () => {
    const respondent = await party('Pat');
    const id = await received();
    await on(id, 'identify-respondent', { respondentRef: respondent });
    await isStaff(respondent, 'pat');
    await isStaff(respondent, 'pat.other');
    const log = await done(auditor.get('/v1/events?limit=1000&named=true'));
    const mistaken = log.findLast(
      ({ data }: { data?: { staffId?: string } }) => data?.staffId === 'pat.other',
    );
    expect(mistaken.type).toBe('redress.StaffImplicated');
    const said = log.findLast(
      ({ type, data }: { type: string; data?: { staffId?: string } }) =>
        type === 'redress.StaffIdentified' && data?.staffId === 'pat.other',
    );
    const correction = { eventId: said.id, path: ['staffId'], reason: 'Of the same name.', basis: 'A list.' };
    await done(head.post(`/v1/parties/${respondent}/correct-entry`, { ...correction, new: null }));
    const sees = async (each: string) =>
      (await (await redress.as(each, 'case-handler')).get(`/v1/cases/${id}`)).status;
    expect([await sees('pat'), await sees('pat.other')]).toEqual([404, 200]);
    await on(id, 'assign-handler', { handlerId: 'pat.other' });
    // It was right after all.
    await isStaff(respondent, 'pat.other');
    expect([await sees('pat.other'), (await caseNow(id)).handlerId]).toEqual([404, null]);
  });
});

describe('whoever is recused, and known by another reference too', () => {
  const recused = async (name: string) => {
    const them = await party(name);
    await isStaff(them, name);
    await isStaff(them, `${name}.new`);
    return { them, id: await received() };
  };
  const recuse = (id: string, staffId: string) => on(id, 'recuse', { staffId, reasons: 'A friend.' });

  it('sees nothing of the case under that one either, acts on nothing of it and is given none', async () => {
    const { them, id } = await recused('sam');
    const hearing = await hearingOf([id], 'ann');
    await recuse(id, 'sam');
    const other = await redress.as('sam.new', 'case-handler', 'casework-head');
    const found = [
      await other.get(`/v1/cases/${id}`),
      await other.get(`/v1/hearings/${hearing}`),
      await other.post(`/v1/complaints/${id}/acknowledge`),
    ];
    expect(found.map(({ status }) => status)).toEqual([404, 404, 404]);
    const given = [
      await head.post(`/v1/complaints/${id}/assign-handler`, { handlerId: 'sam.new' }),
      await head.post(`/v1/hearings/${hearing}/convene-panel`, panelOf('sam.new')),
    ];
    expect(given.map(({ body }) => body.code)).toEqual(['recused', 'recused']);
    const log = await done(auditor.get('/v1/events?limit=1000&named=true'));
    const said = log.findLast(({ data }: { data?: { staffId?: string } }) => data?.staffId === 'sam.new');
    const correction = { eventId: said.id, path: ['staffId'], reason: 'Of the same name.', basis: 'A list.' };
    await done(head.post(`/v1/parties/${them}/correct-entry`, { ...correction, new: null }));
    expect((await other.get(`/v1/cases/${id}`)).status).toBe(200);
  });

  it('is reminded of it no more', async () => {
    const { id } = await recused('tia');
    await on(id, 'assign-handler', { handlerId: 'tia.new' });
    const recipients = async (): Promise<string[]> =>
      (await done(auditor.get(`/v1/reminders?state=due&caseId=${id}`))).items.map(
        ({ recipient }: { recipient: string }) => recipient,
      );
    expect(await recipients()).toContain('tia.new');
    await recuse(id, 'tia');
    expect(new Set(await recipients())).toEqual(new Set(['lead']));
  });
});

describe('a party who is put on the case', () => {
  it('takes it from the member of staff that they are', async () => {
    const respondent = await party('Dee');
    await isStaff(respondent, 'dee');
    const id = await received();
    await on(id, 'assign-handler', { handlerId: 'dee' });
    const hearing = await hearingOf([id], 'dee');
    const { events } = await on(id, 'identify-respondent', { respondentRef: respondent });
    expect(events).toEqual(['RespondentIdentified', 'StaffImplicated']);
    expect((await caseNow(id)).handlerId).toBeNull();
    expect(await recusedFrom(hearing)).toEqual(['dee']);
  });

  it('is said to be one from the start where the complaint names them', async () => {
    const complainantRef = await party('Eve');
    await isStaff(complainantRef, 'eve');
    const id = await received({ complainantRef });
    expect((await historyOf(id)).map(({ type }) => type)).toEqual(['ComplaintReceived', 'StaffImplicated']);
  });
});

describe('a case that is hidden from whoever says who its party is', () => {
  const enrolled = new Set<string>();
  const restrict = async (id: string, ...people: string[]) => {
    for (const staffId of people.filter((each) => !enrolled.has(each))) {
      await done(head.post('/v1/staff', { staffId, duties: [] }));
      enrolled.add(staffId);
    }
    await on(id, 'restrict-case', { people: ['head-1', ...people], basis: 'An order.', until: inAWeek() });
  };
  const inAWeek = () => plusDays(redress.clock.today(), 7);

  /** A party to a case that everybody knows, and to one that only some do. */
  const twoCases = async (handlerId: string) => {
    const respondent = await party('Gil');
    const [known, hidden] = [await received(), await received()];
    for (const id of [known, hidden]) await on(id, 'identify-respondent', { respondentRef: respondent });
    await on(hidden, 'assign-handler', { handlerId });
    return { respondent, known, hidden };
  };
  const says = (by: Caller, id: string, staffId: string) =>
    by.post(`/v1/parties/${id}/identify-staff`, { staffId });

  it('loses them all the same, and is not told of', async () => {
    const { respondent, known, hidden } = await twoCases('gil');
    const hearing = await hearingOf([hidden], 'gil');
    await restrict(hidden, 'gil', 'chair', 'bob');
    const desk = await redress.as('desk-1', 'intake');
    expect((await says(desk, respondent, 'gil')).body.code).toBe('party-on-a-case');
    const other = await redress.as('head-2', 'casework-head');
    const { status, body } = await says(other, respondent, 'gil');
    expect([status, body]).toEqual([200, { id: respondent, version: 2, events: ['StaffIdentified'] }]);
    expect((await caseNow(hidden)).handlerId).toBeNull();
    expect(await recusedFrom(hearing)).toEqual(['gil']);
    for (const id of [known, hidden])
      expect((await historyOf(id)).find(({ type }) => type === 'StaffImplicated')).toMatchObject({
        data: { staffId: 'gil', partyRef: respondent },
        actor: { id: 'head-2', role: 'casework-head' },
      });
  });

  it('neither stops nor is named to somebody who must have no part in it', async () => {
    const { respondent, hidden } = await twoCases('hal');
    const complainantRef = await party('Ida');
    await isStaff(complainantRef, 'ida');
    await on(hidden, 'identify-respondent', { respondentRef: complainantRef });
    const hearing = await hearingOf([hidden], 'hal');
    await done(
      head.post(`/v1/hearings/${hearing}/recuse-panel-member`, { staffId: 'bob', reasons: 'A friend.' }),
    );
    await on(hidden, 'recuse', { staffId: 'bob', reasons: 'A friend.' });
    for (const [staffId, whom] of [
      ['ida', 'somebody'],
      ['bob', 'hal'],
    ] as const) {
      const { status, body } = await says(await redress.as(staffId, 'casework-head'), respondent, whom);
      expect([status, body.code, body.events]).toEqual([200, undefined, ['StaffIdentified']]);
    }
    expect((await caseNow(hidden)).handlerId).toBeNull();
    expect((await recusedFrom(hearing)).toSorted()).toEqual(['bob', 'hal']);
    // What follows from who somebody is, whoever says so, is no act on the case.
    const asked = await done(auditor.get(`/v1/audit/questions/acted-after-recusal?case=${hidden}`));
    expect(asked.items).toEqual([]);
  });

  it('makes of a party that stands on no other nobody at all', async () => {
    const respondent = await party('Jon');
    const id = await received();
    await on(id, 'identify-respondent', { respondentRef: respondent });
    await on(id, 'assign-handler', { handlerId: 'jon' });
    await restrict(id, 'jon');
    const { status, body } = await says(await redress.as('head-2', 'casework-head'), respondent, 'jon');
    expect([status, body.code]).toEqual([404, 'not-found']);
    expect((await caseNow(id)).handlerId).toBe('jon');
  });

  it('keeps nobody from naming whom a case that they see names', async () => {
    const witness = await party('Lea');
    const [hidden, known, other] = [await received(), await received(), await received()];
    await on(hidden, 'identify-respondent', { respondentRef: witness });
    const contact = { who: 'A', office: 'B', subject: 'C', response: 'D', whoRef: witness };
    await on(known, 'record-outside-contact', contact);
    const unseen = await party('Nil');
    await on(hidden, 'record-outside-contact', { ...contact, whoRef: unseen });
    const hearing = await hearingOf([known], 'max');
    const complainantRef = await party('Mia');
    await on(known, 'identify-respondent', { respondentRef: complainantRef });
    const companion = { partyRef: complainantRef, companionRef: witness };
    await done(head.post(`/v1/hearings/${hearing}/nominate-companion`, companion));
    await restrict(hidden);
    const handler = await redress.as('head-2', 'casework-head');
    const again = (id: string) => handler.post(`/v1/complaints/${id}/record-outside-contact`, contact);
    await done(again(known));
    await done(handler.post(`/v1/hearings/${hearing}/nominate-companion`, companion));
    await done(again(other));
    const stranger = { ...contact, whoRef: unseen };
    const named = await handler.post(`/v1/complaints/${other}/record-outside-contact`, stranger);
    expect(named.body.code).toBe('unknown-party');
  });

  it('is not told of by a conflict with whoever acts on it meanwhile, whatever version they name', async () => {
    const { respondent, hidden } = await twoCases('kim');
    const hearing = await hearingOf([hidden], 'kim');
    await restrict(hidden, 'kim', 'chair', 'bob');
    const { slice } = redress.app.get(PartyHandler, { strict: false });
    let asked = 0;
    const gather: typeof slice.gather = async (...given) => {
      const gathered = await slice.gather(...given);
      asked += 1;
      const recusal = { staffId: 'bob', reasons: 'A friend.' };
      if (asked === 1) await done(head.post(`/v1/hearings/${hearing}/recuse-panel-member`, recusal));
      return gathered;
    };
    const actor = { id: 'head-2', role: 'casework-head' };
    const envelope = { actor, correlationId: uuidv7(), expectedVersion: 1 };
    const command = new PartyCommand('IdentifyStaff', respondent, { staffId: 'kim' }, envelope);
    const answer = redress.app.get(Desk, { strict: false }).perform({ ...slice, gather }, command);
    await expect(answer).resolves.toMatchObject({ events: ['StaffIdentified'] });
    expect(asked).toBe(2);
    expect((await recusedFrom(hearing)).toSorted()).toEqual(['bob', 'kim']);
  });
});

it('whoever declares a conflict, or is recused, sits at no hearing of the case any more', async () => {
  const id = await received();
  const hearing = await hearingOf([id], 'fay');
  const fay = await redress.as('fay', 'panel-member');
  await done(fay.post(`/v1/complaints/${id}/declare-conflict`, { nature: 'A cousin.' }));
  expect(await recusedFrom(hearing)).toEqual(['fay']);
  await on(id, 'recuse', { staffId: 'bob', reasons: 'A friend.' });
  expect((await recusedFrom(hearing)).toSorted()).toEqual(['bob', 'fay']);
});
