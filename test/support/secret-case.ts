import { expect } from '@jest/globals';
import { CommandBus } from '@nestjs/cqrs';
import { roles } from '../../src/access/principal.js';
import { machineCommand } from '../../src/reminders/reminder.handler.js';
import type { Answered, Caller, TestApplication } from './application.js';

/** A case in which everything happened, beside one that everybody may see and that is tied to it. */
export interface SecretCase {
  readonly id: string;
  readonly reference: string;
  readonly complainant: string;
  /** A party that nobody knows to be staff yet. */
  readonly respondent: string;
  /** Parties who are merely named: who gave evidence, who wrote from outside, and two companions, of whom one was replaced. */
  readonly named: readonly string[];
  readonly hearing: string;
  /** Of both cases. */
  readonly joint: string;
  readonly resolution: string;
  readonly document: string;
  /** The case beside it, and what is decided of that: it rests on the hearing of both. */
  readonly other: string;
  readonly decision: string;
  /** What none but this case has: whatever says one of these tells of it. */
  readonly marks: readonly string[];
}

/** Who hears it. */
export const PANEL = ['chair', 'ann', 'ben'];

/** Whoever works on it, and nobody else; on the roster, where they can be named. */
export const nameAll = async (head: Caller, until: string, ...more: readonly string[]) => {
  const people = ['keeper', 'head-1', ...PANEL, ...more];
  for (const staffId of people) await done(head.post('/v1/staff', { staffId, duties: [] }));
  return { people, basis: 'A court order.', until };
};

export const CATEGORY = 'of-the-secret-alone';

const done = async (asked: ReturnType<Caller['post']>) => {
  const { status, body } = await asked;
  expect([body.code, body.detail, status < 300]).toEqual([undefined, undefined, true]);
  return body;
};

const complaint = (more: object) => ({
  receivedOn: '2026-01-05',
  channel: 'letter',
  category: 'abuse',
  summary: 'Shouted at.',
  ...more,
});

const listing = { startsAt: '2026-03-20T10:00:00Z', zone: 'UTC', mode: 'remote', waiver: 'They agreed.' };

const upload = async (redress: TestApplication, caseId: string, token: string): Promise<string> => {
  const answer = await redress.app.inject({
    method: 'POST',
    url: `/v1/cases/${caseId}/documents`,
    headers: { authorization: token, 'content-type': 'application/octet-stream' },
    payload: Buffer.from('What was seen.'),
  });
  return answer.json<{ documentId: string }>().documentId;
};

/** By somebody with every role; `token` is theirs. `more`: parties that are respondents from the start. */
export const secretCase = async (
  redress: TestApplication,
  head: Caller,
  token: string,
  more: readonly string[] = [],
): Promise<SecretCase> => {
  const registered = async (name: string): Promise<string> =>
    (await done(head.post('/v1/parties', { kind: 'person', name }))).id;
  const received = (about: object) => done(head.post('/v1/complaints', complaint(about)));
  const act = (path: string, body: object) => done(head.post(`/v1/${path}`, body));

  const [complainant, respondent] = [await registered('Ada'), await registered('Ben')];
  const allegations = [undefined, ...more].map((respondentRef) => ({
    category: CATEGORY,
    ...(respondentRef ? { respondentRef } : {}),
  }));
  const secret = await received({ category: CATEGORY, complainantRef: complainant, allegations });
  const other = await received({ complainantRef: await registered('Cem') });
  const { id, reference } = secret;
  await act(`complaints/${id}/identify-respondent`, { respondentRef: respondent });
  await act(`complaints/${id}/assign-handler`, { handlerId: 'keeper' });
  await act(`complaints/${id}/triage`, { decision: 'investigate', severity: 'high', reasons: 'Grave.' });
  await act(`complaints/${other.id}/link`, { complaintId: id, reasons: 'The same evening.' });
  const [witness = '', outsider = '', ...companions] = await Promise.all(
    ['Wit', 'Out', 'Com', 'Pan'].map(registered),
  );
  await act(`complaints/${id}/submit-evidence`, {
    sha256: 'a'.repeat(64),
    source: 'A letter',
    submittedBy: witness,
  });
  await act(`complaints/${id}/record-outside-contact`, {
    who: 'A friend',
    office: 'None',
    subject: 'The case',
    response: 'None',
    whoRef: outsider,
  });
  const panel = {
    members: PANEL.map((staffId, n) => ({ staffId, role: n === 0 ? 'chair' : 'member' })),
  };
  const hearings: string[] = [];
  for (const complaintIds of [[id], [id, other.id]]) {
    const hearing = (await act('hearings', { complaintIds, kind: 'first' })).id;
    await act(`hearings/${hearing}/convene-panel`, panel);
    await act(`hearings/${hearing}/list`, listing);
    hearings.push(hearing);
  }
  for (const companionRef of companions)
    await act(`hearings/${hearings[0]}/nominate-companion`, { partyRef: complainant, companionRef });
  const resolution = (await act('resolutions', { complaintId: id, kind: 'formal' })).id;
  const joint = hearings.at(-1);
  const decision = (await act('resolutions', { complaintId: other.id, kind: 'formal', hearingId: joint })).id;
  const document = await upload(redress, id, token);
  const missed = { deadline: 'acknowledge', dueOn: '2026-01-12' };
  const told = { ...missed, step: 'due', recipient: 'keeper', channel: 'mail' };
  for (const [name, input] of [
    ['RecordMissed', missed],
    ['RecordSent', told],
  ] as const)
    await redress.app.get(CommandBus, { strict: false }).execute(machineCommand(name, id, input));
  const [hearing = ''] = hearings;
  const named = [witness, outsider, ...companions];
  const marks = [
    id,
    reference,
    complainant,
    respondent,
    ...named,
    ...hearings,
    resolution,
    document,
    CATEGORY,
  ];
  return {
    id,
    reference,
    complainant,
    respondent,
    named,
    hearing,
    joint: joint ?? '',
    resolution,
    document,
    other: other.id,
    decision,
    marks,
  };
};

/** All but the auditor's, which goes with no other. */
export const workingRoles = roles.filter((role) => role !== 'auditor');

/** Somebody with whatever role a door asks for: what they may not ask at work, they ask as an auditor. */
export const whoeverMay = async (redress: TestApplication, sub: string): Promise<Caller> => {
  const [worker, auditor] = [await redress.as(sub, ...workingRoles), await redress.as(sub, 'auditor')];
  const isRefused = ({ status, body }: Answered): boolean =>
    status === 403 || body?.errors?.[0]?.extensions.code === 'not-permitted';
  const first = async (ask: (by: Caller) => Promise<Answered>): Promise<Answered> => {
    const answer = await ask(worker);
    return isRefused(answer) ? ask(auditor) : answer;
  };
  return {
    get: (path, headers) => first((by) => by.get(path, headers)),
    post: (path, body, headers) => first((by) => by.post(path, body, headers)),
  };
};
