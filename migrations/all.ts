import type { MigrationInterface } from 'typeorm';
import { EventStore0000000000001 } from './0001-event-store.js';
import { PartiesAndStaff0000000000002 } from './0002-parties-and-staff.js';
import { Rules0000000000003 } from './0003-rules.js';
import { Cases0000000000004 } from './0004-cases.js';
import { Hearings0000000000005 } from './0005-hearings.js';
import { Resolutions0000000000006 } from './0006-resolutions.js';
import { Documents0000000000007 } from './0007-documents.js';
import { Backlog0000000000008 } from './0008-backlog.js';
import { Reminders0000000000009 } from './0009-reminders.js';
import { Looks0000000000010 } from './0010-looks.js';
import { Log0000000000011 } from './0011-log.js';
import { Questions0000000000012 } from './0012-questions.js';

/** Every migration, oldest first. */
export const migrations: (new () => MigrationInterface)[] = [
  EventStore0000000000001,
  PartiesAndStaff0000000000002,
  Rules0000000000003,
  Cases0000000000004,
  Hearings0000000000005,
  Resolutions0000000000006,
  Documents0000000000007,
  Backlog0000000000008,
  Reminders0000000000009,
  Looks0000000000010,
  Log0000000000011,
  Questions0000000000012,
];
