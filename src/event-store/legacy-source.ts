import { z } from 'zod';
import { personal, sha256, word } from './schema.js';

/** Where an imported entry came from, and how it stood there: the one mark of every imported event, in every stream. */
export const legacySource = z.object({
  name: word,
  id: word,
  fileSha256: sha256,
  line: z.int().positive(),
  asFound: personal('case', 4_000_000)
    .optional()
    .describe(
      'The row as found, as JSON text: an object of its columns, or a list of such where several rows say it.',
    ),
  flags: z
    .array(z.object({ code: word, column: word, value: personal('case').optional(), reason: word }))
    .describe('What is odd about it: where, what stands there, and what was made of it.'),
});
