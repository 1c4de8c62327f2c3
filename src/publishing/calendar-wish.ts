import { CalendarCommand } from '../clocks/calendar.handler.js';
import { calendar } from '../clocks/calendar-revision.js';
import { InvalidInput } from '../event-store/errors.js';
import { envelope } from './in-house.js';

/** The command that revises a calendar, of what the command line says. Errors: InvalidInput `invalid-input`. */
export const revision = (name: string, wish: object): CalendarCommand => {
  const read = calendar.acts['Revise']?.input.safeParse(wish);
  if (!read?.success) {
    const [issue] = read?.error.issues ?? [];
    throw new InvalidInput(
      'invalid-input',
      `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unreadable'}`,
    );
  }
  return new CalendarCommand('Revise', name, read.data, envelope());
};
