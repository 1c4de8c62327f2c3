import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer, Reflector } from '@nestjs/core';
import { Command } from 'commander';
import type { FastifyInstance } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import { asksAt, type Asks } from '../../src/access/authentication.js';
import { actsByPath, type CommandDoor } from '../../src/access/command-door.js';
import { lineOf } from '../../src/access/console.js';
import { mutationName } from '../../src/access/graphql-mutations.js';
import { openDoors } from '../../src/access/permissions.js';
import { rooms } from '../../src/commands.js';
import { commandDoors, readDoors } from '../../src/doors.js';
import type { TestApplication } from './application.js';

/** Every door of the house, as the router, the GraphQL schema and the command line have it, and the line each asks. */
export interface Door {
  readonly transport: 'http' | 'query' | 'mutation' | 'command-line';
  /** `POST /v1/complaints/:id/acknowledge`, `acknowledgeComplaint`, `audit history`. */
  readonly name: string;
  readonly kind: string;
  readonly act: string;
}

interface Route {
  readonly method: string;
  readonly path: string;
}

/** The tree that the router prints, as a list. */
const routesIn = (tree: string): Route[] => {
  const above: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const [, indent = '', part = '', methods = ''] =
      /^((?:│ {3}| {4})*)[├└]── (\S*)(?: \((.*)\))?/.exec(line) ?? [];
    const depth = indent.length / 4;
    above[depth] = part;
    // Nest and the router write what stands for any path below in two ways.
    const path = above
      .slice(0, depth + 1)
      .join('')
      .replace(/(?<!\/)\*$/, '/*');
    return methods === '' ? [] : methods.split(', ').map((method) => ({ method, path }));
  });
};

export const routesOf = (server: FastifyInstance): Route[] =>
  routesIn(server.printRoutes({ commonPrefix: false })).filter(
    ({ method }) => !['HEAD', 'OPTIONS'].includes(method),
  );

const named = ({ method, path }: Route): string => `${method} ${path}`;

export const isOpen = (route: Route): boolean =>
  Object.keys(openDoors).some((open) =>
    open.endsWith('/*') ? named(route).startsWith(open.slice(0, -1)) : named(route) === open,
  );

const pathsOf = (of: object): string[] => {
  const paths = Reflect.getMetadata(PATH_METADATA, of) as string | string[];
  return [paths].flat();
};

const joined = (...parts: readonly string[]): string =>
  `/${parts
    .flatMap((part) => part.split('/'))
    .filter(Boolean)
    .join('/')}`;

/** What is written on every handler of Nest, by its route. */
const asked = ({ app }: TestApplication): ReadonlyMap<string, Asks | undefined> => {
  const reflector = app.get(Reflector);
  const found = new Map<string, Asks | undefined>();
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) => [
    ...module.controllers.values(),
  ]);
  for (const { metatype } of controllers) {
    if (typeof metatype !== 'function') continue;
    const prototype = metatype.prototype as object;
    for (const key of Object.getOwnPropertyNames(prototype)) {
      const handler: unknown = Object.getOwnPropertyDescriptor(prototype, key)?.value;
      if (typeof handler !== 'function' || !Reflect.hasMetadata(METHOD_METADATA, handler)) continue;
      const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod];
      for (const above of pathsOf(metatype))
        for (const below of pathsOf(handler))
          found.set(`${method} ${joined(above, below)}`, asksAt(reflector, handler, metatype));
    }
  }
  return found;
};

const commandsAt = ({ path }: Route): Door[] =>
  commandDoors.flatMap((door: CommandDoor): Door[] => {
    const { kind, creates } = door;
    if (path === `/v1/${door.path}` && creates !== undefined)
      return [{ transport: 'http', name: `POST ${path}`, kind, act: creates }];
    if (path !== `/v1/${door.path}/:id/:command`) return [];
    return [...actsByPath(door)].map(([segment, act]) => ({
      transport: 'http',
      name: `POST /v1/${door.path}/:id/${segment}`,
      kind,
      act,
    }));
  });

/** Doors that the router knows; `undefined` as a line is a fault of that door. */
const routed = (redress: TestApplication, server: FastifyInstance): Door[] => {
  const written = asked(redress);
  return routesOf(server)
    .filter((route) => !isOpen(route) && route.path !== '/graphql')
    .flatMap((route): Door[] => {
      const asks = written.get(named(route));
      if (asks === 'itself') return commandsAt(route);
      const line = asks === undefined || asks === 'nothing' ? { kind: 'unlisted', act: 'door' } : asks;
      return [{ transport: 'http', name: named(route), kind: line.kind, act: line.act }];
    });
};

const unlisted = { kind: 'unlisted', act: 'field' };

const fields = (server: FastifyInstance): Door[] => {
  const { schema } = server.graphql as unknown as { schema: GraphQLSchema };
  const reads = new Map(
    readDoors.flatMap(({ reads: all }) =>
      Object.entries(all).map(([name, { permission }]) => [name, { kind: 'read', act: permission }] as const),
    ),
  );
  const acts = new Map(
    commandDoors.flatMap((door) =>
      Object.keys(door.acts).map((act) => [mutationName(door, act), { kind: door.kind, act }] as const),
    ),
  );
  const of = (transport: 'query' | 'mutation', lines: ReadonlyMap<string, object>): Door[] => {
    const type = transport === 'query' ? schema.getQueryType() : schema.getMutationType();
    return Object.keys(type?.getFields() ?? {}).map((name) => ({
      transport,
      name,
      ...((lines.get(name) as typeof unlisted | undefined) ?? unlisted),
    }));
  };
  return [...of('query', reads), ...of('mutation', acts)];
};

const leaves = (command: Command): Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);

export const typedDoors = async (): Promise<Door[]> => {
  const program = new Command('redress');
  for (const { load } of rooms) (await load())(program);
  return leaves(program).map((command) => ({
    transport: 'command-line',
    name: lineOf(command),
    kind: 'command-line',
    act: lineOf(command),
  }));
};

export const allDoors = async (redress: TestApplication): Promise<Door[]> => {
  const server = redress.app.getHttpAdapter().getInstance();
  return [...routed(redress, server), ...fields(server), ...(await typedDoors())];
};
