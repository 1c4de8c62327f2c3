import {
  getOperationAST,
  GraphQLError,
  type ASTVisitor,
  type DocumentNode,
  type GraphQLSchema,
  type ValidationContext,
} from 'graphql';
import { fieldExtensionsEstimator, getComplexity, simpleEstimator } from 'graphql-query-complexity';
import { InvalidInput } from '../../event-store/errors.js';

/** What one request may ask: so many tokens, so deep, and so much work. Introspection by the usual tools fits. */
export const MOST_TOKENS = 2_000;
/** To find for an unknown name one that was meant takes long among so many. */
export const MOST_FAULTS = 5;
export const MOST_DEPTH = 18;
export const MOST_COST = 20_000;
/** Read and compiled, a document takes half a megabyte: of so many of the latest, twice as many at times. */
export const KEPT_DOCUMENTS = 100;

/** A field costs one, a page its length times what is asked of each item; a question, which is a query, and a command more. */
export const COST_OF_COMMAND = 500;
export const COST_OF_READ = 200;

const estimators = [fieldExtensionsEstimator(), simpleEstimator({ defaultComplexity: 1 })];

export interface Asked {
  readonly operationName?: string | undefined;
  readonly variables: Record<string, unknown>;
}

/** Fragments that spread others ask for more with each of them than can be counted, and the counting is given up. */
const costOf = (asked: Parameters<typeof getComplexity>[0]): number => {
  try {
    return getComplexity(asked);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    throw new InvalidInput(
      'query-too-costly',
      'This asks for more fields than are counted. Ask for fewer, and spread fewer fragments in each other.',
    );
  }
};

/** Errors: InvalidInput `query-too-costly`. */
export const checkCost = (schema: GraphQLSchema, query: DocumentNode, asked: Asked): void => {
  // No such operation: the execution itself says so.
  const operation = getOperationAST(query, asked.operationName);
  if (!operation) return;
  const { variables } = asked;
  const named = operation.name ? { operationName: operation.name.value } : {};
  const cost = costOf({ schema, query, variables, estimators, ...named });
  if (cost > MOST_COST)
    throw new InvalidInput(
      'query-too-costly',
      `This asks for work worth ${cost}; ${MOST_COST} is the most. Ask for fewer fields or shorter pages.`,
      { cost, most: MOST_COST },
    );
};

const INTROSPECTION = ['__schema', '__type'];

/** To be told the schema costs nothing, so it is told once: under names of one's own, a few words would ask for it a hundred times. */
export const introspectionOnce = (context: ValidationContext): ASTVisitor => ({
  Field: (field) => {
    const isIntrospection =
      INTROSPECTION.includes(field.name.value) || context.getParentType()?.name.startsWith('__');
    if (field.alias && isIntrospection)
      context.reportError(
        new GraphQLError('Ask for the schema by its own names, without aliases.', { nodes: field }),
      );
  },
});
