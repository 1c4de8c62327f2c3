import type { Answer, Command } from '../event-store/command.js';
import type { Principal } from './principal.js';
import type { ReadDoor } from './read-door.js';

/** What a field may use of the request that asks for it. */
export interface AtTheDoor {
  readonly principal: Principal;
  readonly requestId: string;
  readonly perform: (command: Command) => Promise<Answer>;
  readonly queriesOf: (door: ReadDoor) => unknown;
  /** Opens sealed text. */
  readonly open: (answer: unknown) => Promise<unknown>;
}
