import { readInput } from '../access/read-door.js';
import { CalendarCommand } from '../clocks/calendar.handler.js';
import { calendar } from '../clocks/calendar-revision.js';
import { actNamed } from '../event-store/decider.js';
import { envelope } from './in-house.js';

/** The command that revises a calendar, of what the command line says. Errors: InvalidInput `invalid-input`. */
export const revision = (name: string, wish: object): CalendarCommand =>
  new CalendarCommand(
    'Revise',
    name,
    readInput(actNamed(calendar.acts, 'Revise').input, wish),
    envelope('calendar', 'Revise'),
  );
