import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { QueueBoard } from '../platform/queue-board.js';
import { ReadsUnguarded } from './authentication.js';
import { authorise } from './permissions.js';
import { SignIn } from './sign-in.js';

/** Everything comes from here; the page styles its elements, and its base is its own address. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join(';');

const PASSED_ON = ['content-type', 'cache-control', 'etag', 'last-modified'];

/** A browser sends no bearer token of its own: it asks for a password, and the token is that password, whatever the name. */
const asBearer = (authorization: string | undefined): string | undefined => {
  const encoded = /^Basic ([\w+/=-]{1,12000})$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return authorization;
  const told = Buffer.from(encoded, 'base64').toString();
  return `Bearer ${told.slice(told.indexOf(':') + 1)}`;
};

/** The queues, to be looked at by an operator. The guard knows bearer tokens only, so this door is its own guard. */
@ReadsUnguarded('queues')
@Controller('admin/queues')
export class QueueBoardController {
  constructor(
    @Inject(SignIn) private readonly signIn: SignIn,
    @Inject(QueueBoard) private readonly board: QueueBoard,
  ) {}

  @Get(['', '*'])
  async show(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    void reply.header('www-authenticate', 'Basic realm="Redress, the token as password", charset="UTF-8"');
    const principal = await this.signIn.principal(request, asBearer(request.headers.authorization));
    void reply.removeHeader('www-authenticate');
    authorise(principal, 'read', 'queues');
    const { statusCode, headers, rawPayload } = await this.board.show(request.url);
    void reply.status(statusCode).header('content-security-policy', POLICY);
    for (const name of PASSED_ON) if (headers[name] !== undefined) void reply.header(name, headers[name]);
    return rawPayload;
  }
}
