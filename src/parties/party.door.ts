import type { CommandDoor } from '../access/command-door.js';
import { PartyCommand } from './party.handler.js';
import { party } from './party.js';

export const partyDoor: CommandDoor = {
  kind: 'party',
  path: 'parties',
  creates: 'Register',
  acts: party.acts,
  command: PartyCommand,
};
