import { z } from 'zod';
import { InvalidInput } from '../event-store/errors.js';

/** Cursor pages: `next` is null on the last one, else what to send as `after`. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export const pageRequest = z.strictObject({
  first: z.coerce.number().int().min(1).max(200).default(50),
  after: z.string().max(1000).optional(),
});

export type PageRequest = z.output<typeof pageRequest>;

/** An opaque cursor over the sort values of the last row shown. */
export const cursorOf = (values: readonly string[]): string =>
  Buffer.from(JSON.stringify(values)).toString('base64url');

const wrong = () =>
  new InvalidInput('bad-cursor', 'This cursor was not made here for this list. Begin without one.');

/** What a cursor holds, when it has that shape; undefined for the first page. Errors: InvalidInput `bad-cursor`. */
export const cursorAs = <Shape extends z.ZodType>(
  cursor: string | undefined,
  shape: Shape,
): z.output<Shape> | undefined => {
  if (cursor === undefined) return undefined;
  try {
    return shape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw wrong();
  }
};

/** The sort values in a cursor; none for the first page. Errors: InvalidInput `bad-cursor`. */
export const readCursor = (cursor: string | undefined, length: number): readonly string[] =>
  cursorAs(cursor, z.array(z.string()).length(length)) ?? [];
