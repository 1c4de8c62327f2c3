import type { Command } from 'commander';
import { z } from 'zod';
import { memberRef } from '../event-store/schema.js';
import { optionsAs, say, settings, Unusable } from '../platform/command-line.js';
import { isRole, roles } from './principal.js';
import { developmentToken } from './tokens.js';

interface TokenOptions {
  readonly sub: string;
  readonly roles: string;
  readonly ttl: string;
  readonly json?: boolean;
}

const rolesIn = (list: string): string[] => {
  const given = list.split(',').map((role) => role.trim());
  const wrong = given.find((role) => !isRole(role));
  if (wrong !== undefined) throw new Unusable(`There is no role ${wrong}. Roles: ${roles.join(', ')}.`);
  return given;
};

const named = z.object({ sub: memberRef });

export const addAccessCommands = (program: Command): void => {
  program
    .command('token')
    .description('a development token; refused when a real issuer is configured')
    .requiredOption('--sub <id>', 'who it is for: an opaque staff reference')
    .requiredOption('--roles <a,b>', `some of: ${roles.join(', ')}`)
    .option('--ttl <time>', 'how long it is good for', '8h')
    .option('--json', 'as JSON')
    .action(async ({ sub: given, roles: list, ttl, json }: TokenOptions) => {
      const { sub } = optionsAs(named, { sub: given });
      if (!/^\d{1,5} ?[smhd]$/.test(ttl)) throw new Unusable(`--ttl ${ttl}: write it as 30m, 8h or 2d.`);
      const token = await developmentToken(settings(), { sub, roles: rolesIn(list), ttl });
      say(json, { token }, () => token);
    });
};
