import type { CommandDoor } from '../access/command-door.js';
import { ComplaintCommand } from './complaint.command.js';
import { complaint } from './complaint.js';

export const complaintDoor: CommandDoor = {
  kind: 'complaint',
  path: 'complaints',
  creates: 'Receive',
  shownAt: 'cases',
  acts: complaint.acts,
  command: ComplaintCommand,
};
