import type { Command } from 'commander';
import type { Actor } from '../event-store/event.js';
import { readConsole, WrongSetting } from '../platform/config.js';
import { notPermitted, roleAmong } from './permissions.js';
import { isRole, roles, type Principal, type Role } from './principal.js';

/**
 * The command line as a door. Whoever runs it holds the database and its keys, so it proves nobody; it acts in one role at a
 * time, of those that the account it runs under was given. docs/adr/0017.
 */

const USUAL: readonly Role[] = ['operator', 'auditor'];

const heldRoles = (): readonly Role[] => {
  const { REDRESS_ACTOR_ROLES: given } = readConsole(process.env);
  const unknown = given?.find((role) => !isRole(role));
  if (unknown !== undefined)
    throw new WrongSetting(
      `Configuration: REDRESS_ACTOR_ROLES: there is no role ${unknown}. Roles: ${roles.join(', ')}.`,
    );
  return given?.filter(isRole) ?? USUAL;
};

export const mayAtConsole = (kind: string, act: string): boolean =>
  roleAmong(heldRoles(), kind, act) !== undefined;

/** Who acts, in the one role that lets them. Errors: Forbidden `not-permitted`. */
export const actorAtConsole = (kind: string, act: string): Actor => {
  const held = heldRoles();
  const role = roleAmong(held, kind, act);
  if (!role) throw notPermitted(held, kind, act);
  return { id: readConsole(process.env).REDRESS_ACTOR, role };
};

/** Whoever acts, as whom a door asks what they must not see. Errors: Forbidden `not-permitted`. */
export const principalAtConsole = (kind: string, act: string): Principal => {
  const { id, role } = actorAtConsole(kind, act);
  return { id, roles: [role as Role] };
};

/** `audit history`: a command as the table of roles calls it. */
export const lineOf = (command: Command): string =>
  command.parent?.parent ? `${lineOf(command.parent)} ${command.name()}` : command.name();

/** Every command asks its line of the table before it does anything. */
export const askTheTable = (program: Command): Command =>
  program.hook('preAction', (_, command) => {
    actorAtConsole('command-line', lineOf(command));
  });
