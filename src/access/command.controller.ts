import { Body, Controller, HttpCode, Inject, Param, Post, Req, Res, type Type } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Answer } from '../event-store/command.js';
import { NotFound } from '../event-store/errors.js';
import { AsksItself, principalOf } from './authentication.js';
import { actsByPath, commandFrom, type CommandDoor, type CommandRequest } from './command-door.js';

/** What a request says around its body. */
const askedBy = (request: FastifyRequest, body: unknown): Omit<CommandRequest, 'act'> => {
  const { 'if-match': ifMatch, 'idempotency-key': key } = request.headers;
  return {
    body,
    ifMatch,
    idempotencyKey: Array.isArray(key) ? key.join() : key,
    principal: principalOf(request),
    requestId: request.id,
  };
};

const placeOf = ({ path, shownAt = path }: CommandDoor, id: string): string => `/v1/${shownAt}/${id}`;

const noCommand = (door: CommandDoor, segment: string): NotFound => {
  const known = [...actsByPath(door).keys()].join(', ');
  return new NotFound(`command for ${door.path} called`, segment, `There are ${known}.`);
};

const openCreate = (controller: object): void => {
  const create = Object.getOwnPropertyDescriptor(controller, 'create');
  if (create) Post()(controller, 'create', create);
};

/** The REST door of a slice's commands. OpenAPI is written from the acts themselves. */
export const commandController = (door: CommandDoor): Type<unknown> => {
  const acts = actsByPath(door);

  @AsksItself()
  @Controller(`v1/${door.path}`)
  class CommandController {
    constructor(@Inject(CommandBus) private readonly bus: CommandBus) {}

    async create(
      @Body() body: unknown,
      @Req() request: FastifyRequest,
      @Res({ passthrough: true }) reply: FastifyReply,
    ): Promise<Pick<Answer, 'id' | 'reference' | 'version'>> {
      const command = commandFrom(door, { act: door.creates ?? '', ...askedBy(request, body) });
      const { events: _, ...created } = await this.bus.execute<typeof command, Answer>(command);
      void reply.headers({ location: placeOf(door, created.id), etag: `"${created.version}"` });
      return created;
    }

    @Post(':id/:command')
    @HttpCode(200)
    async act(
      @Param() { id, command: segment }: { id: string; command: string },
      @Body() body: unknown,
      @Req() request: FastifyRequest,
      @Res({ passthrough: true }) reply: FastifyReply,
    ): Promise<Answer> {
      const act = acts.get(segment);
      if (!act) throw noCommand(door, segment);
      const command = commandFrom(door, { act, id, ...askedBy(request, body) });
      const answer = await this.bus.execute<typeof command, Answer>(command);
      void reply.header('etag', `"${answer.version}"`);
      return answer;
    }
  }
  // A door whose streams each act may begin has no act of its own for it.
  if (door.creates !== undefined) openCreate(CommandController.prototype);
  return CommandController;
};
