import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { problemOf, type Problem } from '../problem.js';

/** GraphQL errors with the codes of the REST door in `extensions.code`. Never a stack, never SQL. */

const invalid = (detail: string): Problem => ({
  type: 'urn:redress:problem:graphql-invalid',
  title: 'Bad Request',
  status: 400,
  code: 'graphql-invalid',
  detail,
});

const told = (error: unknown): Problem => {
  // What the GraphQL library itself says of a document or its variables has no error of ours beneath it.
  const own = error instanceof GraphQLError;
  const beneath: unknown = own ? error.originalError : error;
  if (own && (!beneath || beneath instanceof GraphQLError)) return invalid(error.message);
  if (beneath instanceof Error && (beneath as NodeJS.ErrnoException).code === 'MER_ERR_GQL_QUERY_DEPTH')
    return { ...invalid(beneath.message), code: 'query-too-deep' };
  return problemOf(beneath);
};

export interface GraphqlProblem {
  readonly problem: Problem;
  readonly error: GraphQLFormattedError;
}

export const graphqlProblem = (error: unknown): GraphqlProblem => {
  const problem = told(error);
  const { title: _, type: __, detail, ...extensions } = problem;
  const { locations, path } = error instanceof GraphQLError ? error : {};
  return {
    problem,
    error: {
      message: detail,
      ...(locations ? { locations: locations.map(({ line, column }) => ({ line, column })) } : {}),
      ...(path ? { path } : {}),
      extensions,
    },
  };
};
