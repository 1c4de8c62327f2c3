import { z } from 'zod';
import { basis, momentText } from '../backlog/moment.js';
import { word } from '../event-store/schema.js';
import { pageRequest } from '../platform/page.js';

/** What is asked of registers that were only observed, and how it is answered. */

export const externalAsked = z.strictObject({
  source: word.describe('The register, as its mapping names it.'),
  asOf: momentText.optional(),
  basis: basis
    .default('known-now')
    .describe(
      'known-now: what copies taken by then showed, whenever they were imported; known-then: what had been recorded by then.',
    ),
});

export const externalListAsked = z.strictObject({ ...externalAsked.shape, ...pageRequest.shape });

export type ExternalAsked = z.output<typeof externalAsked>;
export type ExternalListAsked = z.output<typeof externalListAsked>;

/** The moment as the table has it, and the last record shown. */
export const externalCursor = z.tuple([z.string().regex(/^(\d{1,18}|\d{4}-\d\d-\d\dT[\d:.]+Z)$/), z.uuid()]);

export const externalRecordView = z
  .object({
    id: z.string().describe('Of its stream; the same whenever the register is imported.'),
    source: z.string(),
    recordId: z.array(z.string()).readonly().describe('The cells that together name it in its register.'),
    seenFrom: z.iso
      .datetime()
      .describe('When the first copy was taken that showed it so. Since when it was so nobody knows.'),
    fields: z
      .array(
        z
          .object({ name: z.string(), value: z.string().nullable().describe('Null: the cell was empty.') })
          .meta({ id: 'ExternalField' }),
      )
      .readonly(),
  })
  .meta({ id: 'ExternalRecord' });

export type ExternalRecordView = z.output<typeof externalRecordView>;

export const externalStateView = z
  .object({
    source: z.string(),
    asOf: z.string(),
    basis,
    position: z.int().describe('The position of the log that it rests on.'),
    records: z.int(),
    values: z
      .record(z.string(), z.record(z.string(), z.int()))
      .describe('By column: how many records hold each value; the empty text counts the empty cells.'),
    sha256: z
      .string()
      .describe(
        'Of the records by id, one a line: the id and the columns in the order of the first copy, joined by tabs.',
      ),
  })
  .meta({ id: 'ExternalState' });

export type ExternalStateView = z.output<typeof externalStateView>;

export const externalRegisters = z
  .object({
    registers: z
      .array(
        z
          .object({
            source: z.string(),
            records: z.int().describe('Those that the last copy showed.'),
            firstSeenAt: z.iso.datetime(),
            lastChangeSeenAt: z.iso.datetime().describe('When the last copy was taken that showed a change.'),
          })
          .meta({ id: 'ExternalRegister' }),
      )
      .readonly(),
  })
  .meta({ id: 'ExternalRegisters' });

export type ExternalRegisters = z.output<typeof externalRegisters>;
