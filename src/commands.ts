import type { Command } from 'commander';

/** A room of the house and the commands it adds to the command line. */
interface Room {
  readonly commands: readonly string[];
  readonly load: () => Promise<(program: Command) => void>;
}

export const rooms: readonly Room[] = [
  {
    commands: ['serve', 'migrate'],
    load: async () => (await import('./server.cli.js')).addServerCommands,
  },
  { commands: ['token'], load: async () => (await import('./access/access.cli.js')).addAccessCommands },
  { commands: ['looks'], load: async () => (await import('./access/looks.cli.js')).addLookCommands },
  { commands: ['rebuild'], load: async () => (await import('./rebuild.cli.js')).addRebuildCommand },
  { commands: ['backlog'], load: async () => (await import('./backlog/backlog.cli.js')).addBacklogCommands },
  {
    commands: ['statistics'],
    load: async () => (await import('./statistics/statistics.cli.js')).addStatisticsCommands,
  },
  { commands: ['audit'], load: async () => (await import('./audit/audit.cli.js')).addAuditCommands },
  {
    commands: ['reminders'],
    load: async () => (await import('./reminders/reminders.cli.js')).addReminderCommands,
  },
  { commands: ['staff'], load: async () => (await import('./staff/staff.cli.js')).addStaffCommands },
  {
    commands: ['policy', 'calendar', 'explain', 'whatif'],
    load: async () => (await import('./publishing/publishing.cli.js')).addPublishingCommands,
  },
  {
    commands: ['external'],
    load: async () => (await import('./intake/external.cli.js')).addExternalCommand,
  },
  { commands: ['keys'], load: async () => (await import('./personal/keys.cli.js')).addKeyCommands },
  {
    commands: ['personal'],
    load: async () => (await import('./personal/personal.cli.js')).addPersonalCommands,
  },
  {
    commands: ['retention'],
    load: async () => (await import('./personal/retention.cli.js')).addRetentionCommands,
  },
  { commands: ['import'], load: async () => (await import('./intake/intake.cli.js')).addIntakeCommands },
];

/** Loads only the room whose command is `asked` for: to load the whole house takes a second. All, when it is none of them. */
export const addCommands = async (program: Command, asked: string | undefined): Promise<void> => {
  const room = rooms.find(({ commands }) => commands.includes(asked ?? ''));
  for (const { load } of room ? [room] : rooms) (await load())(program);
};
