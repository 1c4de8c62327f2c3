import { Command } from '../event-store/command.js';

/** A wish to act on a resolution; the import records one by it. */
export class ResolutionCommand extends Command {}
