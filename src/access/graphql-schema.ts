import { GraphQLObjectType, GraphQLSchema } from 'graphql';
import { Types } from '../platform/graphql/types.js';
import type { CommandDoor } from './command-door.js';
import { mutationsOf } from './graphql-mutations.js';
import { readFieldsOf } from './graphql-reads.js';
import type { ReadDoor } from './read-door.js';

/** Every act and every question of the doors, as one schema. */
export const schemaOf = (commands: readonly CommandDoor[], reads: readonly ReadDoor[]): GraphQLSchema => {
  const types = new Types();
  const query = new GraphQLObjectType({ name: 'Query', fields: readFieldsOf(reads, types) });
  const mutation = new GraphQLObjectType({ name: 'Mutation', fields: mutationsOf(commands, types) });
  return new GraphQLSchema({ query, mutation });
};
