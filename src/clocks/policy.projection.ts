import type { ReadRow } from '../event-store/append.js';
import type { Policy } from './policy.js';

/** The read row of `policies`: every published version, and what superseded which. */
export const policyRow = (key: string, version: number, state: Policy): ReadRow => ({
  table: 'policies',
  text: JSON.stringify({
    key,
    version,
    versions: state.phase === 'open' ? state.versions : [],
    ...(state.phase === 'open' && state.superseded.length > 0 ? { superseded: state.superseded } : {}),
  }),
});
