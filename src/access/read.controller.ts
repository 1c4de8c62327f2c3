import { Controller, Get, HttpCode, Inject, Post, Req, Res, type Type } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { InvalidInput } from '../event-store/errors.js';
import { Answers } from './answers.js';
import { Reads } from './authentication.js';
import { readInput, type Read, type ReadDoor } from './read-door.js';
import { visitorAt } from './visitor.js';

const askedIn = (
  { posted }: Pick<Read<unknown>, 'posted'>,
  { query, body, params }: FastifyRequest,
): unknown => {
  // What is posted is read whole: were it no object, its schema says so.
  if (posted) return body;
  const inPath = params as Record<string, string>;
  const asked = query as Record<string, unknown>;
  const both = Object.keys(asked).find((name) => Object.hasOwn(inPath, name));
  if (both !== undefined) throw new InvalidInput('invalid-input', `${both} stands in the path already.`);
  return { ...asked, ...inPath };
};

/** The REST door of a slice's questions. OpenAPI is written from the questions themselves. */
export const readController = <Q>(door: ReadDoor<Q>): Type<unknown> => {
  @Controller('v1')
  class ReadController {
    constructor(
      @Inject(door.queries) readonly queries: Q,
      @Inject(Answers) readonly answers: Answers,
    ) {}

    async answer(name: string, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
      const read = door.reads[name] as Read<Q>;
      const asked = readInput(read.params, askedIn(read, request));
      const answer = await this.answers.to(
        { name, read, queries: this.queries, asked },
        visitorAt(request, 'rest'),
      );
      if (read.tagged) void reply.header('etag', `"${(answer as { version: number }).version}"`);
      return answer;
    }
  }
  for (const [name, read] of Object.entries(door.reads)) addRoute(ReadController, name, read);
  return ReadController;
};

interface Answering {
  answer(name: string, request: FastifyRequest, reply: FastifyReply): Promise<unknown>;
}

const addRoute = <Q>(controller: Type<Answering>, name: string, read: Read<Q>): void => {
  const prototype = controller.prototype as object;
  const value = function (this: Answering, request: FastifyRequest, reply: FastifyReply) {
    return this.answer(name, request, reply);
  };
  Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
  const descriptor = { value, writable: true, configurable: true };
  (read.posted ? Post : Get)(read.path)(prototype, name, descriptor);
  if (read.posted) HttpCode(200)(prototype, name, descriptor);
  Reads(read.permission)(prototype, name, descriptor);
  Req()(prototype, name, 0);
  Res({ passthrough: true })(prototype, name, 1);
};
