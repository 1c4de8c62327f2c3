import type { z } from 'zod';
import type { outcome } from '../complaints/complaint.events.js';
import type { findingWord, sanctionKind } from '../resolutions/resolution.events.js';

/** Our words for what a register says. */

export type ClosingOutcome = z.output<typeof outcome>;

export type Finding = z.output<typeof findingWord>;
export type SanctionKind = z.output<typeof sanctionKind>;
