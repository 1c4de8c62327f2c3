import type { Command } from '../event-store/command.js';
import type { Circumstances } from '../event-store/decider.js';
import type { Told } from '../event-store/told.js';
import type { Occurred } from '../event-store/event.js';
import { freshId } from '../event-store/fresh-bytes.js';
import type { Clock } from '../platform/clock.js';

/** What is true around the decision on a rule: it holds from the day on which it is recorded, and is nobody's own case. */
export const surroundings = (
  clock: Clock,
  { id, envelope: { actor } }: Command,
  { history }: Told<unknown>,
): { context: Circumstances; occurred: Occurred } => {
  const today = clock.today();
  const now = clock.now();
  const context = { id, actor, actorParties: [], today, on: today, now, history, idFor: freshId };
  return { context, occurred: { date: today } };
};
