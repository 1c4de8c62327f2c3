import { z } from 'zod';
import { personal, sha256, word } from './schema.js';

/** Where an imported entry came from, and how it stood there: the one mark of every imported event, in every stream. */
export const legacySource = z.object({
  name: word,
  id: word,
  fileSha256: sha256,
  line: z.int().positive(),
  asFound: personal('case').optional().describe('The row as found, as JSON text.'),
  flags: z.array(z.object({ column: word, value: personal('case').optional(), reason: word })),
});
