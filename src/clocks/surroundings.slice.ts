import type { Command } from '../event-store/command.js';
import type { Circumstances } from '../event-store/decider.js';
import { InvalidInput } from '../event-store/errors.js';
import type { Told } from '../event-store/told.js';
import type { Occurred } from '../event-store/event.js';
import { freshId } from '../event-store/fresh-bytes.js';
import type { Clock } from '../platform/clock.js';
import { dayIn } from './days.js';
import { backdatingReason } from './policy.js';

export interface TimeAndActor {
  readonly circumstances: Omit<Circumstances, 'actorParties'>;
  readonly occurred: Occurred;
}

/** What day it is, who acts, and when the act happened: `stated` by itself, or as its envelope says, or now. */
export const timeAndActor = (
  clock: Clock,
  { envelope, id }: Command,
  { history }: Told<unknown>,
  stated?: Occurred,
): TimeAndActor => {
  const now = clock.now();
  const occurred = stated ?? envelope.occurred ?? { at: now, zone: clock.zone };
  const happened =
    'date' in occurred
      ? { on: occurred.date, at: undefined }
      : { on: dayIn(occurred.at, occurred.zone), at: occurred.at };
  const circumstances = {
    id,
    actor: envelope.actor,
    today: dayIn(now, clock.zone),
    on: happened.on,
    at: happened.at,
    now,
    history,
    idFor: freshId,
  };
  return { circumstances, occurred };
};

/** The same around the decision on a rule: it holds from a day on, and is nobody's own case. */
export const surroundings = (
  clock: Clock,
  command: Command,
  own: Told<unknown>,
): { circumstances: Circumstances; occurred: Occurred } => {
  if (!backdatingReason.safeParse(command.envelope.backdatingReason).success)
    throw new InvalidInput(
      'invalid-input',
      'backdatingReason: Shorten this to 200 characters or fewer; of a rule it is kept in plain words.',
    );
  const stated = command.envelope.occurred ?? { date: clock.today() };
  const { circumstances, occurred } = timeAndActor(clock, command, own, stated);
  return { circumstances: { actorParties: [], ...circumstances }, occurred };
};
