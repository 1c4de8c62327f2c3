import { isUtf8 } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import type { Abstract, INestApplicationContext, Type } from '@nestjs/common';
import { freshId } from '../event-store/fresh-bytes.js';
import { insiders, type Audience, type Move, type Moved } from '../clocks/live-cases.js';
import { createHouse } from '../house.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import { parsePolicySet, type PolicySet } from '../clocks/policy-set.js';
import { actorAtConsole, mayAtConsole } from '../access/console.js';
import type { Answer, Envelope } from '../event-store/command.js';
import { onGround, Unusable } from '../platform/command-line.js';
import type { OpenGround } from '../platform/ground.js';

/** What the commands about rules share: the house to work in, and how they tell what moved. */

export interface AsJson {
  readonly json?: boolean;
}

export const inHouse = <T>(
  work: (house: INestApplicationContext, ground: OpenGround) => Promise<T>,
): Promise<T> =>
  onGround(async (ground) => {
    const house = await createHouse(ground);
    try {
      return await work(house, ground);
    } finally {
      await house.close();
    }
  });

export const part = <T>(house: INestApplicationContext, type: Type<T> | Abstract<T>): T =>
  house.get<T>(type, { strict: false });

/** An option that may be repeated. */
export const more = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

const LONGEST_FILE = 5_000_000;

const bytesOf = async (file: string): Promise<Buffer> => {
  const { size } = await stat(file);
  if (size > LONGEST_FILE)
    throw new Unusable(
      `${file} has more than ${LONGEST_FILE / 1_000_000} MB, and no file of rules is so long.`,
    );
  return readFile(file);
};

/** The text of a file of rules. Errors: Unusable. */
export const textOf = async (file: string): Promise<string> => {
  const bytes = await bytesOf(file).catch((error: unknown) => {
    throw error instanceof Unusable
      ? error
      : new Unusable(`${file} cannot be read. Check its path and its rights.`);
  });
  if (isUtf8(bytes)) return bytes.toString();
  const line = bytes
    .toString()
    .split('\n')
    .findIndex((each) => each.includes('\uFFFD'));
  throw new Unusable(`${file} is not UTF-8 on line ${line + 1}. Save it with encoding UTF-8.`);
};

/** Around a command given here. Errors: Forbidden `not-permitted`. */
export const envelope = (kind: string, act: string): Envelope => ({
  actor: actorAtConsole(kind, act),
  correlationId: freshId(),
});

/** `supposed`: calendars that there would be besides. */
export const policyIn = async (
  house: INestApplicationContext,
  file: string,
  supposed: readonly string[] = [],
): Promise<PolicySet> => {
  const book = part(house, PolicyBook);
  await book.read();
  return parsePolicySet(await textOf(file), file, (name) => supposed.includes(name) || book.isCalendar(name));
};

type Done = Answer & { readonly moved?: Moved };

const movedText = ({ cases, later, earlier, unchanged, begun, dropped, ...counts }: Moved): string =>
  `${cases} open cases were reckoned anew: ${later} deadlines later, ${earlier} earlier, ${unchanged} unchanged, ` +
  `${begun} begun, ${dropped} dropped; ${counts.newlyOverdue} newly overdue, ${counts.noLongerOverdue} no longer; ` +
  `${counts.missesRecorded} missed before it and put on record.`;

export const doneText = ({ id, version, events, moved }: Done): string => {
  const what =
    events.length === 0 ? `${id}: nothing new.` : `${id}: ${events.join(', ')} (version ${version}).`;
  return [what, ...(moved ? [movedText(moved)] : [])].join('\n');
};

/** Carries out, and tells every deadline that moved, to whoever may read of cases. */
export const told = async (
  work: (audience: Audience) => Promise<Done>,
): Promise<Done & { moves?: Move[] }> => {
  const moves: Move[] = [];
  const done = await work({ ...insiders, hear: (move) => moves.push(move) });
  return mayAtConsole('read', 'cases') ? { ...done, moves } : done;
};
