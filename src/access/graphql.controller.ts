import { Body, Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { HttpAdapterHost, ModuleRef } from '@nestjs/core';
import { CommandBus } from '@nestjs/cqrs';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ExecutionResult } from 'graphql';
import type { Logger } from 'pino';
import { z } from 'zod';
import { InvalidInput } from '../event-store/errors.js';
import { graphqlProblem, type GraphqlProblem } from '../platform/graphql/graphql-problem.js';
import { LOG } from '../platform/log.js';
import { logProblem } from '../platform/problem.filter.js';
import { Answers } from './answers.js';
import { AsksItself } from './authentication.js';
import type { AtTheDoor } from './at-the-door.js';
import { readInput } from './read-door.js';
import { visitorAt } from './visitor.js';

const asked = z.object({
  query: z.string('Send the GraphQL document as "query".').min(1).max(100_000),
  operationName: z
    .string()
    .regex(/^[_A-Za-z]\w{0,199}$/, 'Name an operation of the document.')
    .nullish(),
  variables: z.record(z.string(), z.json()).nullish(),
  extensions: z.unknown().optional(),
});

/** Mercurius would take a document that is JSON for a syntax tree, unchecked. */
const refuseSyntaxTree = (query: string): void => {
  try {
    JSON.parse(query);
  } catch {
    return;
  }
  throw new InvalidInput(
    'graphql-invalid',
    'Send a GraphQL document as text, such as "{ parties { edges { cursor } } }".',
  );
};

/** Mercurius keeps one compiled query per text, whichever of its operations was asked: so each has a text of its own. */
const textOf = ({ query, operationName }: z.output<typeof asked>): string =>
  operationName ? `${query}\n# ${operationName}` : query;

/** The GraphQL door: the same commands and questions as REST, through the same bus and the same permissions. */
@AsksItself()
@Controller('graphql')
export class GraphqlController {
  constructor(
    @Inject(CommandBus) private readonly bus: CommandBus,
    @Inject(ModuleRef) private readonly modules: ModuleRef,
    @Inject(Answers) private readonly answers: Answers,
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  @Post()
  @HttpCode(200)
  async answer(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const document = readInput(asked, body ?? {});
    refuseSyntaxTree(document.query);
    const { data, errors } = await this.execute(document, this.atTheDoor(request));
    if (!errors) return { data };
    const problems = errors.map(graphqlProblem);
    problems.forEach(({ problem }, index) =>
      logProblem(this.log, request, { problem, error: errors[index] }),
    );
    void reply.status(statusOf(data, problems));
    if (reply.statusCode === 503) void reply.header('retry-after', '2');
    return { ...(data === undefined ? {} : { data }), errors: problems.map(({ error }) => error) };
  }

  private async execute(
    document: z.output<typeof asked>,
    at: AtTheDoor,
  ): Promise<{ data?: ExecutionResult['data']; errors?: readonly unknown[] }> {
    const { graphql } = this.host.httpAdapter.getInstance<FastifyInstance>();
    const { operationName, variables } = document;
    try {
      const context = { ...at, operationName: operationName ?? undefined };
      return await graphql(textOf(document), context, variables ?? {}, operationName ?? undefined);
    } catch (error) {
      // A document that was refused before anything of it ran.
      const { errors } = error as { errors?: readonly unknown[] };
      return { errors: errors ?? [error] };
    }
  }

  private atTheDoor(request: FastifyRequest): AtTheDoor {
    const visitor = visitorAt(request, 'graphql');
    return {
      principal: visitor.principal,
      requestId: request.id,
      perform: (command) => this.bus.execute(command),
      ask: ({ door: { queries }, name, read }, given) =>
        this.answers.to(
          { name, read, queries: this.modules.get<unknown>(queries, { strict: false }), asked: given },
          visitor,
        ),
    };
  }
}

/** 200 once anything ran, as GraphQL has it; but storage out of reach is said in the status too, so that proxies see it. */
const statusOf = (data: ExecutionResult['data'], problems: readonly GraphqlProblem[]): number => {
  const answered = data && Object.values(data).some((value) => value !== null);
  if (answered) return 200;
  const statuses = problems.map(({ problem }) => problem.status);
  const worst = Math.max(...statuses);
  if (worst >= 500) return worst;
  return data === undefined ? 400 : 200;
};
