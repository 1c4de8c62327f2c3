import { z } from 'zod';
import { RuleBroken } from './errors.js';
import { word } from './schema.js';

/** What every erasure says, whosever record it is of. The words are those of the law, not of a person. */

export const erasureBasis = z
  .enum(['no-longer-needed', 'consent-withdrawn', 'objection', 'unlawful', 'legal-obligation'])
  .describe(
    'Why, in the words of Article 17(1) GDPR. Before the end of retention only unlawful and legal-obligation.',
  );

/** A number with the letters and marks that registries put around it, `DSR-2026-7`: whatever is free text may name people. */
export const fileNumber = z
  .string()
  .max(60, 'Shorten this to 60 characters or fewer.')
  .regex(
    /^(?=.*\d)[A-Za-z0-9]+([./_:#-][A-Za-z0-9]+)*$/,
    'Give a file number such as DSR-2026-7: letters and digits, a digit among them, and single marks (. / _ : # -) between; no blanks, no names.',
  )
  .describe('The file number of the request or order, `DSR-2026-7`; never a name.');

export const erasureInput = z.strictObject({ basis: erasureBasis, request: fileNumber.optional() });

/** As it is stored; of an erasure by retention `request` is the policy. What was recorded before may say more. */
export const erasureTold = { basis: erasureBasis, request: word.optional() };

/** Before the end of a period of retention an order or the law itself outweighs it. */
const OUTWEIGHS_RETENTION: ReadonlySet<z.output<typeof erasureBasis>> = new Set([
  'unlawful',
  'legal-obligation',
]);

/** What of one case stands in the way of erasing what is personal in it. */
export interface Erasable {
  readonly reference: string;
  readonly open: boolean;
  readonly held: boolean;
  /** The end of its retention; undefined where no rule says so. */
  readonly keptUntil: string | undefined;
}

/** Errors: RuleBroken `legal-hold`, `case-still-open`. */
export const refuseWhileNeeded = ({ reference, open, held }: Erasable): void => {
  if (held)
    throw new RuleBroken(
      'legal-hold',
      `A legal hold stands on ${reference}: nothing of it is erased before that is released.`,
    );
  if (open)
    throw new RuleBroken('case-still-open', `${reference} is open. Close it first: it is still needed.`);
};

/** Errors: RuleBroken `retention-not-over`. */
export const refuseBeforeItsDay = (
  { reference, keptUntil }: Erasable,
  basis: z.output<typeof erasureBasis>,
  today: string,
): void => {
  if (keptUntil !== undefined && today < keptUntil && !OUTWEIGHS_RETENTION.has(basis))
    throw new RuleBroken(
      'retention-not-over',
      `${reference} is kept until ${keptUntil}. Before that only an unlawful processing or a legal obligation counts.`,
    );
};

/** Of a party that other cases name than those that whoever acts is shown; which, and how they stand, is not said. */
export const notAllShown = (): RuleBroken =>
  new RuleBroken(
    'not-all-shown',
    'A case that is not shown to you names this party. Ask another head of casework, to whom all of its cases are shown.',
  );

export const alreadyErased = (): RuleBroken =>
  new RuleBroken(
    'personal-data-erased',
    'The personal data of this record was erased; nothing that names people can be added to it.',
  );
