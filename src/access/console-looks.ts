import type { Pool } from 'pg';
import { EventStore } from '../event-store/event-store.js';
import { freshId } from '../event-store/fresh-bytes.js';
import type { MasterKeys } from '../event-store/master-keys.js';
import { Sealing, subjectsIn } from '../event-store/sealing.js';
import { actorAtConsole } from './console.js';
import { openedOf, type Seen } from './look.js';
import { LookLog } from './look-log.js';
import { readInput } from './read-door.js';
import { whyLooked } from './visitor.js';

/** The command line looks as any door does: recorded before anything is said. */

interface Ground {
  readonly pool: Pool;
  readonly masterKeys: MasterKeys;
}

/** What a command is about to show. `line`: as the table of roles calls it. */
export interface Showing {
  readonly line: string;
  readonly seen: readonly Seen[];
  /** `--reason` */
  readonly reason?: string | undefined;
}

/** The option, as every command that shows something of a case has it. */
export const REASON = ['--reason <why>', 'why you look; kept, sealed, with the record that you did'] as const;

/** An answer with its sealed text opened, once it is on record who looks. Errors: Unavailable `look-not-recorded`. */
export const showAtConsole = async <T>(
  { pool, masterKeys }: Ground,
  { line, seen, reason }: Showing,
  answer: T,
): Promise<T> => {
  const sealing = new Sealing(masterKeys, new EventStore(pool));
  const subjects = subjectsIn(answer);
  await new LookLog(pool, sealing).record({
    actor: actorAtConsole('command-line', line),
    requestId: freshId(),
    door: 'command-line',
    question: line,
    reason: reason === undefined ? undefined : readInput(whyLooked, reason),
    seen,
    opened: openedOf(subjects),
  });
  return sealing.open(answer, subjects);
};
