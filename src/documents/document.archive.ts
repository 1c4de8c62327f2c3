import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { freshId } from '../event-store/fresh-bytes.js';
import type { Principal } from '../access/principal.js';
import type { Sight } from '../access/sight.js';
import { Sights } from '../access/sights.js';
import { complaint } from '../complaints/complaint.js';
import type { KnownComplaint } from '../complaints/complaint.state.js';
import { Desk } from '../event-store/desk.js';
import { alreadyErased } from '../event-store/erasure.js';
import { InvalidInput, NotFound, RuleBroken } from '../event-store/errors.js';
import { BornKeys, Sealing, type SubjectKey } from '../event-store/sealing.js';
import { Clock } from '../platform/clock.js';
import { CONFIG, type Config } from '../platform/config.js';
import { POOL } from '../platform/database.js';
import { DocumentBytes } from './document.bytes.js';
import type { Page, PageRequest } from '../platform/page.js';
import { DocumentQueries, type DocumentView, type KeptDocument } from './document.queries.js';
import { addressOf, opened, sealed } from './sealed-bytes.js';

export interface Upload {
  readonly caseId: string;
  readonly name: string;
  readonly bytes: AsyncIterable<Buffer>;
  readonly by: Principal;
}

/** What is answered to whoever uploaded; `sha256` is that of the plain bytes. */
export interface Uploaded {
  readonly documentId: string;
  readonly sha256: string;
  readonly size: number;
}

/** While it is written nobody destroys the key of the case; once that is done nothing is written. */
const INSERT = `INSERT INTO documents (id, case_id, address, sha256, size, name, uploaded_by, uploaded_at)
  SELECT $1, $2, $3, $4, $5, $6, $7, $8 FROM subject_keys WHERE subject = 'case:' || $2::uuid FOR SHARE
  ON CONFLICT (case_id, address) DO UPDATE SET address = excluded.address
  RETURNING id`;

/** By what is on record: a key that is missing may be in a backup still. */
const ERASED = `SELECT id, address FROM documents d
  WHERE ($2::uuid IS NULL OR case_id = $2) AND EXISTS (SELECT FROM events
    WHERE stream = 'complaint-' || d.case_id AND type = 'PersonalDataErased') ORDER BY id LIMIT $1`;
const PAGE = 100;

/**
 * The documents of the cases, sealed under the case's key. An upload is no event: nothing rests on it until it is
 * submitted as evidence, and that event cites its id and hash.
 */
@Injectable()
export class DocumentArchive {
  readonly mostBytes: number;

  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(Desk) private readonly desk: Desk,
    @Inject(Sealing) private readonly sealing: Sealing,
    @Inject(DocumentBytes) private readonly bytes: DocumentBytes,
    @Inject(DocumentQueries) private readonly documents: DocumentQueries,
    @Inject(Sights) private readonly sights: Sights,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(CONFIG) config: Config,
  ) {
    this.mostBytes = config.REDRESS_DOCUMENT_LIMIT_MB * 1024 * 1024;
  }

  /**
   * Keeps what is sent; the same bytes twice in one case are one document. Errors: NotFound, RuleBroken
   * `complaint-closed`, `personal-data-erased`, InvalidInput `document-too-large`, `document-empty`.
   */
  async keep({ caseId, name, bytes, by }: Upload): Promise<Uploaded> {
    const mayBring = () => this.refuseUpload(caseId, by);
    await mayBring();
    const own = await this.keyOf(caseId);
    const measured = new Measured(this.mostBytes);
    const whole = until(measured.of(bytes), mayBring);
    await this.bytes.keep(sealed(whole, own.key), () => addressOf(own.key, measured.sha256));
    const { sha256, size } = measured;
    const { name: sealedName } = this.sealing.seal({ name }, [{ path: ['name'], about: 'case' }], own) as {
      name: string;
    };
    const address = addressOf(own.key, sha256);
    const row = [freshId(), caseId, address, sha256, size, sealedName, by.id, this.clock.now()];
    const { rows } = await this.pool.query<{ id: string }>(INSERT, row);
    if (rows[0]) return { documentId: rows[0].id, sha256, size };
    await this.bytes.remove(address);
    throw alreadyErased();
  }

  /** Removes the documents of an erased case, or of all: the bytes first, so that what was cut off is found again. */
  async clearErased(caseId?: string): Promise<number> {
    let cleared = 0;
    for (;;) {
      const { rows } = await this.pool.query<{ id: string; address: string }>(ERASED, [PAGE, caseId ?? null]);
      for (const { address } of rows) await this.bytes.remove(address);
      await this.pool.query('DELETE FROM documents WHERE id = ANY ($1)', [rows.map(({ id }) => id)]);
      cleared += rows.length;
      if (rows.length < PAGE) return cleared;
    }
  }

  /**
   * The document and its bytes, which were read through once and are what was uploaded. Errors: NotFound, RuleBroken
   * `document-damaged`.
   */
  async open(id: string, sight: Sight): Promise<{ document: KeptDocument; bytes: AsyncIterable<Buffer> }> {
    const document = await this.documents.one(id, sight);
    const { key } = await this.keyOf(document.caseId);
    const read = () => opened(this.bytes.read(document.address), key);
    await checkWhole(document, read());
    return { document: await this.sealing.open(document), bytes: read() };
  }

  /** What was uploaded to a case. Errors: NotFound. */
  async list(asked: PageRequest & { id: string }, sight: Sight): Promise<Page<DocumentView>> {
    await this.caseFor(asked.id, sight);
    return this.documents.page(asked);
  }

  private async refuseUpload(caseId: string, by: Principal): Promise<void> {
    const { phase, erased } = await this.caseFor(caseId, await this.sights.of(by));
    if (erased) throw alreadyErased();
    if (phase === 'closed')
      throw new RuleBroken(
        'complaint-closed',
        'This complaint is closed. Reopen it first, giving the reason.',
      );
  }

  /** The case, for somebody who sees it. */
  private async caseFor(caseId: string, sight: Sight): Promise<KnownComplaint> {
    const { state } = await this.desk.load(complaint, caseId);
    if (state.phase === 'absent' || !sight.sees(caseId)) throw new NotFound('complaint', caseId);
    return state;
  }

  private keyOf(caseId: string): Promise<SubjectKey> {
    return this.sealing.keyFor(`case:${caseId}`, false, new BornKeys());
  }
}

/** Bytes that take minutes: who is off the case when the last of them comes, or finds it closed, has brought nothing. */
async function* until(bytes: AsyncIterable<Buffer>, check: () => Promise<void>): AsyncGenerator<Buffer> {
  yield* bytes;
  await check();
}

/** Size and hash of bytes as they pass. */
class Measured {
  size = 0;
  private readonly hash = createHash('sha256');
  private digest = '';

  constructor(private readonly most: number) {}

  get sha256(): string {
    return (this.digest ||= this.hash.digest('hex'));
  }

  async *of(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of bytes) {
      this.size += chunk.length;
      if (this.size > this.most) throw tooLarge(this.most);
      this.hash.update(chunk);
      yield chunk;
    }
    if (this.size === 0)
      throw new InvalidInput(
        'document-empty',
        'Nothing was sent. Send the bytes of the document as the body.',
      );
  }
}

export const tooLarge = (most: number): InvalidInput =>
  new InvalidInput('document-too-large', `A document may have ${most} bytes at most. Split it.`);

const checkWhole = async (
  { documentId, sha256 }: KeptDocument,
  bytes: AsyncIterable<Buffer>,
): Promise<void> => {
  const hash = createHash('sha256');
  try {
    for await (const chunk of bytes) hash.update(chunk);
    if (hash.digest('hex') === sha256) return;
  } catch (cause) {
    throw damaged(documentId, cause);
  }
  throw damaged(documentId);
};

const damaged = (id: string, cause?: unknown): RuleBroken =>
  Object.assign(
    new RuleBroken(
      'document-damaged',
      `What is stored of document ${id} is not what was uploaded. Tell the operator, who has a backup.`,
    ),
    { cause },
  );
