import type { Answer, Command } from '../event-store/command.js';
import type { Principal } from './principal.js';
import type { Read, ReadDoor } from './read-door.js';

/** A read as GraphQL knows it. */
export interface Question {
  readonly door: ReadDoor;
  readonly name: string;
  readonly read: Read<unknown>;
}

/** What a field may use of the request that asks for it. */
export interface AtTheDoor {
  readonly principal: Principal;
  readonly requestId: string;
  readonly perform: (command: Command) => Promise<Answer>;
  /** Asks, records the look, and opens sealed text. */
  readonly ask: (question: Question, asked: object) => Promise<unknown>;
}
