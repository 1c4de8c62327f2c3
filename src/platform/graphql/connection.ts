import {
  GraphQLBoolean,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
  type GraphQLOutputType,
} from 'graphql';
import type { Page } from '../page.js';

/** Relay connections over cursor pages. */

const PageInfo = new GraphQLObjectType({
  name: 'PageInfo',
  fields: {
    hasNextPage: { type: new GraphQLNonNull(GraphQLBoolean) },
    hasPreviousPage: { type: new GraphQLNonNull(GraphQLBoolean) },
    startCursor: { type: GraphQLString },
    endCursor: { type: GraphQLString },
  },
});

export const connectionOf = (name: string, node: GraphQLOutputType): GraphQLObjectType =>
  new GraphQLObjectType({
    name: `${name}Connection`,
    fields: {
      edges: {
        type: nonNullList(
          new GraphQLObjectType({
            name: `${name}Edge`,
            fields: { cursor: { type: new GraphQLNonNull(GraphQLString) }, node: { type: node } },
          }),
        ),
      },
      pageInfo: { type: new GraphQLNonNull(PageInfo) },
    },
  });

const nonNullList = (of: GraphQLObjectType) => new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(of)));

interface Connection {
  readonly edges: readonly { readonly cursor: string; readonly node: unknown }[];
  readonly pageInfo: object;
}

/** What a page is asked for: the items after a cursor, so many of them. */
type Ask = (window: { first: number; after?: string }) => Promise<Page<unknown>>;

/**
 * A page knows one cursor: what follows its last item. An edge in its midst is named by the page's own beginning and a
 * count, `3~{after}`; what follows it is found by asking for that many again.
 */
const MIDST = /^(\d{1,4})~(.*)$/s;

const beginningAt = async (ask: Ask, after: string | undefined): Promise<string | null | undefined> => {
  const [, count, before] = MIDST.exec(after ?? '') ?? [];
  if (count === undefined) return after;
  const { next } = await ask({ first: Number(count), ...(before ? { after: before } : {}) });
  return next;
};

const connected = ({ items, next }: Page<unknown>, after: string | undefined): Connection => {
  const cursorAt = (index: number) =>
    index === items.length - 1 && next !== null ? next : `${index + 1}~${after ?? ''}`;
  const edges = items.map((node, index) => ({ node, cursor: cursorAt(index) }));
  const pageInfo = {
    hasNextPage: next !== null,
    hasPreviousPage: after !== undefined,
    startCursor: edges[0]?.cursor ?? null,
    endCursor: edges.at(-1)?.cursor ?? null,
  };
  return { edges, pageInfo };
};

export const connectionAsked = async (
  ask: Ask,
  { first, after }: { first: number; after?: string | null | undefined },
): Promise<Connection> => {
  const beginning = await beginningAt(ask, after ?? undefined);
  // The edge named was the last one.
  if (beginning === null) return connected({ items: [], next: null }, after ?? undefined);
  return connected(await ask({ first, ...(beginning ? { after: beginning } : {}) }), beginning);
};
