import { cloudEvent } from './cloud-event.js';
import { linesOf } from './format.js';

/** CloudEvents 1.0 as JSON Lines. */
export const cloudEvents = linesOf('events.jsonl', {
  line: (event, { origin }) => `${JSON.stringify(cloudEvent(event, origin))}\n`,
});
