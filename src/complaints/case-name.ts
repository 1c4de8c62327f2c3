import { text } from '../event-store/schema.js';

/** How people name a case: by its id, by its reference, or an imported one by its register and its id there. */
export const caseName = text(401).describe('An id, a reference, or register/id for an imported case.');
