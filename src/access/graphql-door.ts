import type { FastifyInstance } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import mercurius from 'mercurius';
import {
  checkCost,
  introspectionOnce,
  KEPT_DOCUMENTS,
  MOST_DEPTH,
  MOST_FAULTS,
  MOST_TOKENS,
  type Asked,
} from '../platform/graphql/limits.js';

/** Readies Mercurius to execute; the route itself is a controller's, so that the guard and the filter stand before it. */
export const openGraphql = async (server: FastifyInstance, schema: GraphQLSchema): Promise<void> => {
  await server.register(mercurius, {
    schema,
    routes: false,
    jit: 1,
    cache: KEPT_DOCUMENTS,
    queryDepth: MOST_DEPTH,
    validationRules: [introspectionOnce],
    graphql: { parseOptions: { maxTokens: MOST_TOKENS }, validateOptions: { maxErrors: MOST_FAULTS } },
    // Errors are told by the controller, which knows the request.
    errorFormatter: (execution) => ({ statusCode: 200, response: execution }),
  });
  server.graphql.addHook('preExecution', (executing, document, context, variables) => {
    const { operationName } = context as unknown as Pick<Asked, 'operationName'>;
    checkCost(executing, document, { operationName, variables: variables ?? {} });
  });
};
