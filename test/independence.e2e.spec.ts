import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import { kebab } from '../src/access/command-door.js';
import { mutationName } from '../src/access/graphql-mutations.js';
import { developmentToken } from '../src/access/tokens.js';
import { rolesFor } from '../src/access/permissions.js';
import { commandDoors } from '../src/doors.js';
import { testApplication, type Answered, type Caller, type TestApplication } from './support/application.js';
import {
  askOverGraphql,
  askOverRest,
  bare,
  tells,
  unknownLike,
  walked,
  type Ask,
} from './support/doors-walked.js';
import { exampleOf } from './support/graphql-values.js';
import { secretCase, whoeverMay, workingRoles, type SecretCase } from './support/secret-case.js';

/**
 * Nobody who is a party to a case, declared a conflict or was recused from it sees anything of it at any door: the doors are
 * walked from their own tables, so that a new one is walked too.
 */

let redress: TestApplication;
let server: FastifyInstance;
let schema: GraphQLSchema;
let head: Caller;
let secret: SecretCase;
const BARRED = ['known-before', 'known-since', 'declared', 'recused'];
const barred = new Map<string, Caller>();

const ok = async (asked: Promise<Answered>) => {
  const { status, body } = await asked;
  expect([body.code, body.detail, status < 300]).toEqual([undefined, undefined, true]);
  return body;
};
const tokenOf = async (sub: string): Promise<string> =>
  `Bearer ${await developmentToken(redress.config, { sub, roles: workingRoles, ttl: '1h' })}`;

beforeAll(async () => {
  redress = await testApplication();
  server = redress.app.getHttpAdapter().getInstance();
  ({ schema } = server.graphql as unknown as { schema: GraphQLSchema });
  head = await whoeverMay(redress, 'head-1');
  for (const name of BARRED) barred.set(name, await whoeverMay(redress, name));
  const before = (await ok(head.post('/v1/parties', { kind: 'person', name: 'Dee' }))).id;
  await ok(head.post(`/v1/parties/${before}/identify-staff`, { staffId: 'known-before' }));
  secret = await secretCase(redress, head, await tokenOf('head-1'), [before]);
  await ok(head.post(`/v1/parties/${secret.respondent}/identify-staff`, { staffId: 'known-since' }));
  // Known by another reference since, which does not take the first away.
  await ok(head.post(`/v1/parties/${secret.respondent}/identify-staff`, { staffId: 'known-otherwise' }));
  const on = (command: string) => `/v1/complaints/${secret.id}/${command}`;
  await ok((barred.get('declared') as Caller).post(on('declare-conflict'), { nature: 'A cousin.' }));
  await ok(head.post(on('recuse'), { staffId: 'recused', reasons: 'A friend.' }));
  // The database records by its own clock: what is asked as of today knows what was just recorded.
  redress.clock.set(new Date().toISOString());
});
afterAll(() => redress.close());

describe.each(BARRED)('at every door that answers questions, somebody who is barred (%s)', (who) => {
  const caller = () => barred.get(who) as Caller;

  const walk = (ask: Ask) => walked({ secret, ask, insider: head, outsider: caller() });

  it('is told over REST nothing of it, and of what belongs to it that there is none', async () => {
    const { told, ...found } = await walk((by, asking) => askOverRest(by, asking));
    expect(found).toEqual({ leaks: [], differing: [], refused: [] });
    // The walk does come past it: somebody else is told.
    expect(told).toBeGreaterThan(40);
  });

  it('is told as little over GraphQL', async () => {
    const { told, ...found } = await walk((by, asking) => askOverGraphql(by, schema, asking));
    expect({ ...found, refused: [] }).toEqual({ leaks: [], differing: [], refused: [] });
    expect(told).toBeGreaterThan(40);
  });

  it('does not find it in the counts', async () => {
    const today = redress.clock.now().slice(0, 10);
    const count = async (by: Caller, path: string, of: (body: Answered['body']) => number) =>
      of(await ok(by.get(path)));
    for (const path of [
      '/v1/backlog',
      `/v1/backlog?asOf=${today}&basis=known-then`,
      `/v1/backlog?asOf=${today}`,
    ]) {
      const open = (by: Caller) => count(by, path, (body) => body.open);
      expect([path, await open(caller())]).toEqual([path, (await open(head)) - 1]);
      const oldest = await ok(caller().get(path));
      expect(JSON.stringify(oldest)).not.toContain(secret.reference);
    }
    const listed = (by: Caller) => count(by, '/v1/cases', (body) => body.items.length);
    expect(await listed(caller())).toBe((await listed(head)) - 1);
  });

  it('reads of its events in the log that they are withheld, and at which positions', async () => {
    const { body } = await caller().get('/v1/events?limit=1000&named=true');
    const whole = await head.get('/v1/events?limit=1000&named=true');
    expect(tells(secret, { status: 200, headers: {}, body })).toEqual([]);
    const position = (event: { position: string }) => event.position;
    expect(body.map(position)).toEqual(whole.body.map(position));
    const withheld = body.filter((event: { type: string }) => event.type === 'redress.Withheld');
    expect(withheld.length).toBeGreaterThan(15);
    for (const event of withheld)
      expect(Object.keys(event).toSorted()).toEqual(['id', 'position', 'source', 'specversion', 'type']);
  });

  it('gets no bytes of its documents, and brings none', async () => {
    const authorization = await tokenOf(who);
    const get = (id: string) => caller().get(`/v1/documents/${id}`);
    const [own, none] = [await get(secret.document), await get(unknownLike(''))];
    expect(own.status).toBe(404);
    expect(bare(own, secret.document)).toEqual(bare(none, unknownLike('')));
    const send = async (id: string): Promise<Answered> => {
      const answer = await redress.app.inject({
        method: 'POST',
        url: `/v1/cases/${id}/documents`,
        headers: { authorization, 'content-type': 'application/octet-stream' },
        payload: Buffer.from('More.'),
      });
      return { status: answer.statusCode, headers: answer.headers, body: answer.json() };
    };
    expect(bare(await send(secret.id), secret.id)).toEqual(
      bare(await send(unknownLike('')), unknownLike('')),
    );
  });

  it('does nothing to it: every command is answered as if there were no such thing', async () => {
    const ids: Readonly<Record<string, readonly string[]>> = {
      complaint: [secret.id],
      hearing: [secret.hearing, secret.joint],
      resolution: [secret.resolution],
      deadlines: [secret.id],
      party: [secret.complainant, secret.respondent, ...secret.named],
    };
    let unknown = 0;
    for (const door of commandDoors)
      for (const act of Object.keys(door.acts).filter(
        (each) => each !== door.creates && rolesFor(door.kind, each),
      ))
        for (const id of ids[door.kind] ?? []) {
          const name = mutationName(door, act);
          const field = schema.getMutationType()?.getFields()[name];
          const input = field?.args.find((arg) => arg.name === 'input');
          const body = input ? (exampleOf(input.type) as object) : {};
          for (const headers of [{}, { 'if-match': '"2"' }]) {
            const send = (to: string) => caller().post(`/v1/${door.path}/${to}/${kebab(act)}`, body, headers);
            const [answer, nothing] = [await send(id), await send(unknownLike(''))];
            if (answer.status === 404) unknown += 1;
            expect([name, ...bare(answer, id)]).toEqual([name, ...bare(nothing, unknownLike(''))]);
          }
        }
    expect(unknown).toBeGreaterThan(60);
  });

  it('names it in no command: a case that they must not see is none', async () => {
    const { id, other } = secret;
    for (const [path, body] of [
      [`complaints/${other}/link`, (to: string) => ({ complaintId: to, reasons: 'The same.' })],
      ['hearings', (to: string) => ({ complaintIds: [to], kind: 'first' })],
      ['hearings', (to: string) => ({ complaintIds: [other, to], kind: 'first' })],
      ['resolutions', (to: string) => ({ complaintId: to, kind: 'formal' })],
    ] as const) {
      const send = (to: string) => caller().post(`/v1/${path}`, body(to));
      const [answer, nothing] = [await send(id), await send(unknownLike(''))];
      expect([path, answer.body.code]).toEqual([path, 'unknown-complaint']);
      expect(bare(answer, id)).toEqual(bare(nothing, unknownLike('')));
    }
  });
});
