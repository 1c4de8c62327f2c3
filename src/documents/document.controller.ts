import { Readable } from 'node:stream';
import {
  Controller,
  Get,
  Inject,
  Param,
  Post,
  Req,
  Res,
  UnsupportedMediaTypeException,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AsksLine, principalOf, Reads } from '../access/authentication.js';
import { LookLog } from '../access/look-log.js';
import { readInput } from '../access/read-door.js';
import { Sights } from '../access/sights.js';
import { lookBy, visitorAt } from '../access/visitor.js';
import { InvalidInput } from '../event-store/errors.js';
import { id as anId, text } from '../event-store/schema.js';
import { DocumentArchive, tooLarge, type Uploaded } from './document.archive.js';

const inPath = z.object({ id: anId });

/** With a mark that turns letters around, `report\u202Efdp.exe` is read as a PDF. */
const fileName = text(255).refine(
  (name) => !/[/\\\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]|^\.+$/u.test(name),
  'A file name has no slash, no control character and no mark that turns letters around.',
);

const decoded = (value: string): string => {
  try {
    return decodeURIComponent(value);
  } catch {
    throw new InvalidInput('invalid-input', 'X-File-Name is a file name, percent-encoded.');
  }
};

const nameIn = ({ headers }: FastifyRequest): string => {
  const given = headers['x-file-name'];
  return readInput(fileName, decoded(typeof given === 'string' ? given : 'document'));
};

/** RFC 6266: a plain name for whoever cannot read the real one. */
const asAttachment = (name: string): string => {
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16)}`,
  );
  return `attachment; filename="document"; filename*=UTF-8''${encoded}`;
};

/** Bytes are no JSON questions: they pass through here as they come, and are never held whole. */
@Controller('v1')
export class DocumentController {
  constructor(
    @Inject(DocumentArchive) private readonly archive: DocumentArchive,
    @Inject(LookLog) private readonly looks: LookLog,
    @Inject(Sights) private readonly sights: Sights,
  ) {}

  @Post('cases/:id/documents')
  @AsksLine('document', 'Upload')
  async upload(
    @Param() params: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Uploaded> {
    const { id: caseId } = readInput(inPath, params);
    const bytes = request.body;
    // Packed by a client or a proxy, it is not the evidence that was to be sent.
    const { 'content-encoding': packed = 'identity' } = request.headers;
    if (!(bytes instanceof Readable) || packed !== 'identity') throw new UnsupportedMediaTypeException();
    const length = Number(request.headers['content-length'] ?? 0);
    if (length > this.archive.mostBytes) throw tooLarge(this.archive.mostBytes);
    // Whoever sends too much must still be there to be told.
    const chunks = bytes.iterator({ destroyOnReturn: false });
    const upload = { caseId, name: nameIn(request), bytes: chunks, by: principalOf(request) };
    const kept = await this.archive.keep(upload);
    void reply.header('location', `/v1/documents/${kept.documentId}`);
    return kept;
  }

  @Get('documents/:id')
  @Reads('documents')
  async download(
    @Param() params: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { id } = readInput(inPath, params);
    const visitor = visitorAt(request, 'rest');
    const { document, bytes } = await this.archive.open(id, await this.sights.of(visitor.principal));
    const seen = [{ kind: 'document', id, cases: [document.caseId] }];
    await this.looks.record(lookBy(visitor, 'documents', 'document', seen));
    await reply
      .header('content-type', 'application/octet-stream')
      .header('content-length', document.size)
      .header('content-disposition', asAttachment(document.name))
      .header('x-content-type-options', 'nosniff')
      .header('cache-control', 'private, no-store')
      .send(Readable.from(bytes, { objectMode: false }));
  }
}
