import { Command } from '../event-store/command.js';

/** A wish to act on a complaint; hearings and resolutions attach themselves by one. */
export class ComplaintCommand extends Command {}
