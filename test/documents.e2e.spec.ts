import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { request as httpRequest } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { developmentToken } from '../src/access/tokens.js';
import type { Role } from '../src/access/principal.js';
import { eventually } from './support/eventually.js';
import { testApplication, type Caller, type TestApplication } from './support/application.js';

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('documents', () => {
  let redress: TestApplication;
  let handler: Caller;
  let head: Caller;
  let url: string;

  beforeAll(async () => {
    redress = await testApplication({ REDRESS_DOCUMENT_LIMIT_MB: '1' });
    handler = await redress.as('staff-1', 'case-handler');
    head = await redress.as('head-1', 'casework-head');
    await redress.app.listen(0, '127.0.0.1');
    url = await redress.app.getUrl();
  });
  afterAll(() => redress.close());

  const received = async (more: object = {}): Promise<string> => {
    const complaint = {
      receivedOn: '2026-02-27',
      channel: 'letter',
      category: 'abuse',
      summary: 'Shouted at.',
    };
    return (await head.post('/v1/complaints', { ...complaint, ...more })).body.id;
  };

  const token = (sub = 'staff-1', ...roles: Role[]) =>
    developmentToken(redress.config, { sub, roles: roles.length ? roles : ['case-handler'], ttl: '1h' });

  const uploaded = async (
    caseId: string,
    bytes: Buffer | AsyncIterable<Buffer>,
    { by, name = 'Brief für Ada.pdf' }: { by?: string; name?: string } = {},
  ) => {
    const answer = await fetch(`${url}/v1/cases/${caseId}/documents`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${by ?? (await token())}`,
        'content-type': 'application/octet-stream',
        'x-file-name': encodeURIComponent(name),
      },
      body: Buffer.isBuffer(bytes)
        ? new Uint8Array(bytes)
        : (Readable.toWeb(Readable.from(bytes)) as ReadableStream),
      duplex: 'half',
    });
    return {
      status: answer.status,
      headers: answer.headers,
      body: (await answer.json()) as Record<string, unknown>,
    };
  };

  const downloaded = async (id: unknown, by?: string) => {
    const answer = await fetch(`${url}/v1/documents/${String(id)}`, {
      headers: { authorization: `Bearer ${by ?? (await token())}` },
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    return { status: answer.status, headers: answer.headers, bytes };
  };

  const filesKept = async (): Promise<string[]> => {
    const folder = join(redress.config.REDRESS_DATA_DIR, 'documents');
    const names = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    return names.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
  };

  it('come back as they were sent, as an attachment under their name', async () => {
    const bytes = randomBytes(300_000);
    const caseId = await received();
    const kept = await uploaded(caseId, bytes);
    expect([kept.status, kept.body]).toEqual([
      201,
      { documentId: expect.any(String), sha256: sha256(bytes), size: 300_000 },
    ]);
    expect(kept.headers.get('location')).toBe(`/v1/documents/${String(kept.body['documentId'])}`);
    const back = await downloaded(kept.body['documentId']);
    expect(back.bytes.equals(bytes)).toBe(true);
    expect(back.headers.get('content-disposition')).toBe(
      `attachment; filename="document"; filename*=UTF-8''Brief%20f%C3%BCr%20Ada.pdf`,
    );
    expect(back.headers.get('x-content-type-options')).toBe('nosniff');
    const { body } = await handler.get(`/v1/cases/${caseId}/documents`);
    expect(body.items).toEqual([
      {
        documentId: kept.body['documentId'],
        caseId,
        name: 'Brief für Ada.pdf',
        sha256: sha256(bytes),
        size: 300_000,
        uploadedBy: 'staff-1',
        uploadedAt: '2026-03-02T10:00:00.000000Z',
      },
    ]);
  });

  it('stand nowhere in the clear, neither their bytes nor their names', async () => {
    const secret = Buffer.from('The witness lives at 1 Example Street. '.repeat(5000));
    await uploaded(await received(), secret, { name: 'Ada Example.txt' });
    for (const file of await filesKept()) {
      expect((await readFile(file)).includes('Example Street')).toBe(false);
      expect(file).not.toContain(sha256(secret));
    }
    const database = new pg.Client({ connectionString: redress.databaseUrl });
    await database.connect();
    const { rows } = await database.query('SELECT name FROM documents');
    await database.end();
    expect(JSON.stringify(rows)).not.toMatch(/Ada/);
  });

  it('are one when the same bytes come twice to a case, and two in two cases', async () => {
    const bytes = randomBytes(1000);
    const [one, other] = [await received(), await received()];
    const before = (await filesKept()).length;
    const first = await uploaded(one, bytes);
    const again = await uploaded(one, bytes, { name: 'again.pdf' });
    expect(again.body['documentId']).toBe(first.body['documentId']);
    expect((await filesKept()).length).toBe(before + 1);
    const elsewhere = await uploaded(other, bytes);
    expect(elsewhere.body['documentId']).not.toBe(first.body['documentId']);
    expect((await filesKept()).length).toBe(before + 2);
    expect((await downloaded(first.body['documentId'])).bytes.equals(bytes)).toBe(true);
  });

  it('leave nothing when the upload breaks off', async () => {
    const caseId = await received();
    const before = await filesKept();
    const authorization = `Bearer ${await token()}`;
    await new Promise<void>((resolve) => {
      const sending = httpRequest(`${url}/v1/cases/${caseId}/documents`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/octet-stream', 'content-length': 500_000 },
      });
      sending.on('error', () => resolve());
      sending.write(
        randomBytes(100_000),
        () => void pause(100).then(() => sending.destroy(new Error('gone'))),
      );
    });
    for (let look = 0; look < 100 && (await filesKept()).length > before.length; look += 1) await pause(20);
    expect(await filesKept()).toEqual(before);
    expect((await handler.get(`/v1/cases/${caseId}/documents`)).body.items).toEqual([]);
  });

  it('are none when whoever brings them is off the case before the last byte', async () => {
    const caseId = await received();
    const before = await filesKept();
    const [one, other] = [randomBytes(1000), randomBytes(1000)];
    const slowly = async function* () {
      yield one;
      // Not before the first part was let in.
      await eventually(async () => expect((await filesKept()).length).toBe(before.length + 1));
      await head.post(`/v1/complaints/${caseId}/recuse`, { staffId: 'staff-9', reasons: 'A friend.' });
      yield other;
    };
    const { status, body } = await uploaded(caseId, slowly(), { by: await token('staff-9', 'case-handler') });
    expect([status, body['code']]).toEqual([404, 'not-found']);
    expect(await filesKept()).toEqual(before);
    expect((await head.get(`/v1/cases/${caseId}/documents`)).body.items).toEqual([]);
  });

  it('are left open by nobody who is gone before the first byte', async () => {
    const { documentId } = (await uploaded(await received(), randomBytes(1000))).body;
    const path = `/v1/documents/${String(documentId)}`;
    const headers = { authorization: `Bearer ${await token('staff-10', 'case-handler')}` };
    const auditor = await redress.as('auditor-1', 'auditor');
    const looks = async () =>
      (await auditor.get('/v1/audit/questions/looks-of-person?person=staff-10')).body.items.length;
    for (let asked = 1; asked <= 5; asked += 1) {
      const asking = httpRequest(url + path, { headers }).on('error', () => {});
      asking.end(() => asking.destroy());
      await eventually(async () => expect(await looks()).toBe(asked));
    }
    const open = async () => {
      // Linux alone tells which files a process has open.
      const files = await readdir('/proc/self/fd').catch(() => []);
      const places = await Promise.all(
        files.map((file) => readlink(`/proc/self/fd/${file}`).catch(() => '')),
      );
      return places.filter((place) => place.startsWith(join(redress.config.REDRESS_DATA_DIR, 'documents')));
    };
    await eventually(async () => expect(await open()).toEqual([]));
  });

  it('over the limit are refused with 413, whether they say so beforehand or not', async () => {
    const caseId = await received();
    const before = await filesKept();
    const stated = await handler.post(`/v1/cases/${caseId}/documents`, randomBytes(1024 * 1024 + 1), {
      'content-type': 'application/octet-stream',
    });
    expect([stated.status, stated.body.code]).toEqual([413, 'document-too-large']);
    const unstated = await uploaded(caseId, Readable.from([randomBytes(700_000), randomBytes(700_000)]));
    expect([unstated.status, unstated.body['code']]).toEqual([413, 'document-too-large']);
    expect(await filesKept()).toEqual(before);
  });

  it('need bytes, the right content type, a case, and a name that is one', async () => {
    const caseId = await received();
    const empty = await uploaded(caseId, Buffer.alloc(0));
    expect([empty.status, empty.body['code']]).toEqual([400, 'document-empty']);
    const json = await handler.post(`/v1/cases/${caseId}/documents`, { a: 1 });
    expect([json.status, json.body.code]).toEqual([415, 'unsupported-media-type']);
    const pdf = await handler.post(`/v1/cases/${caseId}/documents`, 'A page.', {
      'content-type': 'application/pdf',
    });
    expect([pdf.status, pdf.body.code]).toEqual([415, 'unsupported-media-type']);
    for (const { body } of [json, pdf]) expect(body.detail).toContain('application/octet-stream');
    const nowhere = await uploaded('018f0000-0000-7000-8000-000000000001', randomBytes(10));
    expect([nowhere.status, nowhere.body['code']]).toEqual([404, 'not-found']);
    for (const name of ['../../etc/passwd', '..', 'report\u202Efdp.exe', 'one\u2028other']) {
      const wrong = await uploaded(caseId, randomBytes(10), { name });
      expect([wrong.status, wrong.body['code']]).toEqual([400, 'invalid-input']);
    }
    const packed = await handler.post(`/v1/cases/${caseId}/documents`, 'A page.', {
      'content-type': 'application/octet-stream',
      'content-encoding': 'gzip',
    });
    expect([packed.status, packed.body.code]).toEqual([415, 'unsupported-media-type']);
    await handler.post(`/v1/complaints/${caseId}/close`, { outcome: 'remedied', reasons: 'Settled.' });
    const late = await uploaded(caseId, randomBytes(10));
    expect([late.status, late.body['code']]).toEqual([422, 'complaint-closed']);
  });

  it('are for those whose role reads cases, and for no party to the case', async () => {
    const party = (await handler.post('/v1/parties', { kind: 'person', name: 'Ada' })).body.id;
    await head.post(`/v1/parties/${party}/identify-staff`, { staffId: 'staff-7' });
    const caseId = await received({ complainantRef: party });
    const kept = await uploaded(caseId, randomBytes(10));
    const id = kept.body['documentId'];
    const asked = async (by: string) => {
      const { status, bytes } = await downloaded(id, by);
      return [status, JSON.parse(bytes.toString()).code];
    };
    expect(await asked(await token('operator-1', 'operator'))).toEqual([403, 'not-permitted']);
    expect(await asked(await token('staff-7', 'case-handler'))).toEqual([404, 'not-found']);
    const sent = async (by: string) => {
      const { status, body } = await uploaded(caseId, randomBytes(10), { by });
      return [status, body['code']];
    };
    expect(await sent(await token('auditor-1', 'auditor'))).toEqual([403, 'not-permitted']);
    expect(await sent(await token('staff-7', 'case-handler'))).toEqual([404, 'not-found']);
    expect((await downloaded(id, await token('auditor-1', 'auditor'))).status).toBe(200);
    const listed = await (await redress.as('staff-7', 'case-handler')).get(`/v1/cases/${caseId}/documents`);
    expect([listed.status, listed.body.code]).toEqual([404, 'not-found']);
    await head.post(`/v1/complaints/${caseId}/recuse`, { staffId: 'staff-1', reasons: 'A friend.' });
    const recused = await handler.get(`/v1/cases/${caseId}/documents`);
    expect([recused.status, recused.body.code]).toEqual([404, 'not-found']);
  });

  it('are evidence of the case they were uploaded to, under their own hash', async () => {
    const bytes = randomBytes(1000);
    const [one, other] = [await received(), await received()];
    const { documentId } = (await uploaded(one, bytes)).body;
    const submitted = async (caseId: string, evidence: object) => {
      const answer = await handler.post(`/v1/complaints/${caseId}/submit-evidence`, {
        source: 'Post',
        ...evidence,
      });
      return answer.body.code ?? answer.body.events;
    };
    expect(await submitted(other, { documentId, sha256: sha256(bytes) })).toBe('unknown-document');
    expect(await submitted(one, { documentId, sha256: 'a'.repeat(64) })).toBe('document-differs');
    expect(await submitted(one, { documentId, sha256: sha256(bytes) })).toEqual(['EvidenceSubmitted']);
    expect(await submitted(one, { sha256: 'a'.repeat(64) })).toEqual(['EvidenceSubmitted']);
  });

  it('that were tampered with are not handed out', async () => {
    const caseId = await received();
    const before = new Set(await filesKept());
    const { documentId } = (await uploaded(caseId, randomBytes(100_000))).body;
    const file = (await filesKept()).find((each) => !before.has(each)) ?? '';
    const stored = await readFile(file);
    stored[90_000] = (stored[90_000] ?? 0) ^ 1;
    await writeFile(file, stored);
    const { status, bytes } = await downloaded(documentId);
    expect([status, JSON.parse(bytes.toString()).code]).toEqual([500, 'document-damaged']);
  });
});
