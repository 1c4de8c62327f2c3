import type { CommandDoor } from '../access/command-door.js';
import { caseName } from './case-name.js';
import { ComplaintCommand } from './complaint.command.js';
import { complaint } from './complaint.js';

export const complaintDoor: CommandDoor = {
  kind: 'complaint',
  path: 'complaints',
  creates: 'Receive',
  shownAt: 'cases',
  // Whoever breaks the glass was told of the case by its reference: nothing shows them its id.
  calledBy: { acts: ['BreakGlass'], schema: caseName },
  acts: complaint.acts,
  command: ComplaintCommand,
};
