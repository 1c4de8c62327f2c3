import { z } from 'zod';

/** The scalars of every command and event, and the mark that says which text is personal and about whom. */

/** How sealed text begins where it is stored. Nobody may type it: a read would take such text for sealed. */
export const SEAL_MARK = 'enc1.';

const LONE_SURROGATE = /\p{Surrogate}/u;

/** Text a person typed: no NUL, no lone surrogate, no mark of sealed text, not blank, at most `max` characters. */
export const text = (max: number, given = z.string()) =>
  given
    .max(max, `Shorten this to ${max} characters or fewer.`)
    .refine((value) => value.trim() !== '', 'Say something here; blank text is not accepted.')
    .refine((value) => !value.includes('\0'), 'Remove the NUL character.')
    .refine((value) => !LONE_SURROGATE.test(value), 'Remove the broken character (a lone surrogate).')
    .refine(
      (value) => !value.startsWith(SEAL_MARK),
      `Begin with something else than ${SEAL_MARK}, the mark of sealed text.`,
    );

/** Whose key seals a text: the case's, when it may name several people, or the one party's own. */
export type Subject = 'case' | 'party';
export const personalFields = z.registry<{ about: Subject }>();

/** Text that can hold personal data about `about`: stored as ciphertext from the first event on. */
export const personal = (about: Subject, max = 10_000) => text(max).register(personalFields, { about });

/** A calendar day that there was or will be, `2018-03-28`. */
export const day = z.iso
  .date('Give a real day as YYYY-MM-DD.')
  .refine((value) => value >= '1900-01-01' && value <= '2199-12-31', 'Give a day between 1900 and 2199.');

/** What the log can hold as it was said: an offset that PostgreSQL takes, and no more than microseconds. */
const STORABLE = /^(19\d\d|20\d\d|21\d\d)-[^.]*(\.\d{1,6})?(Z|[+-](0\d|1[0-5]):\d\d)$/;

/** An instant with an offset, `2018-03-28T10:00:00+01:00`. */
export const instant = z.iso
  .datetime({ offset: true, error: 'Give an instant as 2018-03-28T10:00:00+01:00.' })
  .refine(
    (value) => STORABLE.test(value),
    'Give an instant between 1900 and 2199, with an offset below 16 hours and at most six decimals of a second.',
  );

const zones = new Map<string, boolean>();

const isKnownHere = (timeZone: string): boolean => {
  try {
    Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
};

/** Area and place. Of the short names this runtime and PostgreSQL hold different views: BST is in London or in Dhaka. */
const PLACED =
  /^((Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Etc|Europe|Indian|Pacific)\/[\w+/-]+|UTC)$/i;

/** True for an IANA zone that this runtime knows, such as `Europe/London` or `UTC`; false for a bare offset. */
export const isZone = (name: string): boolean => {
  const before = zones.get(name);
  if (before !== undefined) return before;
  const real = PLACED.test(name) && isKnownHere(name);
  // Remembered, because asking the runtime costs more than all else that is done to an instant.
  if (zones.size < 1000) zones.set(name, real);
  return real;
};

/** An IANA time zone, `Europe/London`. */
export const zone = z.string().max(64).refine(isZone, 'Give an IANA time zone such as Europe/London.');

/** A local time of day, `17:00`. */
export const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Give a time of day such as 17:00.');

/** When something happened: a local day, or an instant and its zone. */
export const occurred = z.union([z.strictObject({ date: day }), z.strictObject({ at: instant, zone })]);

/** An id that Redress gave, in lower case: rules compare ids as text. */
export const id = z.uuid('Give an id as Redress returned it.').toLowerCase();

/** Marks an id of an event as that of a party: whoever must not see what names it must not see the party. */
export const partyFields = z.registry<Readonly<Record<string, never>>>();
export const partyRef = id.clone().register(partyFields, {});

/** Whatever is not seen, or looks like a blank and is none: with one of these it would be somebody else who is written the same. */
const UNSEEN = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]|\p{Default_Ignorable_Code_Point}/u;

/**
 * An opaque staff reference, as the identity provider's `sub` gives it; never a name or an address. It has one form, NFC, for
 * people type it, and one letter may come as one character or as two: a recusal in the other form would bar no one.
 */
export const staffRef = text(255, z.string().normalize('NFC'))
  .refine((value) => !UNSEEN.test(value), 'Leave out line breaks and other characters that are not seen.')
  // With a blank more it is somebody else, whom nobody meant: a recusal would bar no one.
  .refine((value) => value === value.trim(), 'Leave out blanks before and after it.');

/** Who acts and is reminded where no person is: nobody may come under one of these names. */
const HOUSE = ['redress', 'import', 'demo', 'command-line', 'intake'];

export const isHouse = (staffId: string): boolean => HOUSE.includes(staffId);

/** Whom an act is about: a person. Were the house recused or a party, what the clock asks for would be refused, such as the end of retention. */
export const memberRef = staffRef.refine(
  (value) => !isHouse(value),
  'This is what the history calls the house itself. Give the reference of a person.',
);

/** A word of the organisation's own lists: a category, a rule number, a channel. */
export const word = text(200);

/** Hex SHA-256 of a document's bytes. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'Give the SHA-256 of the bytes in lower-case hex.');
