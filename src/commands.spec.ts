import { describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { rooms } from './commands.js';

describe('the command line', () => {
  it.each(rooms.map((room) => [room.commands.join(', '), room] as const))(
    'finds %s in the room that adds it',
    async (_, { commands, load }) => {
      const program = new Command();
      (await load())(program);
      expect(program.commands.map((command) => command.name())).toEqual(commands);
    },
  );
});
