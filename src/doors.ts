import type { CommandDoor } from './access/command-door.js';
import type { ReadDoor } from './access/read-door.js';
import { historyReads } from './audit/audit.door.js';
import { eventPaths } from './audit/events.door.js';
import { logPaths } from './audit/log.door.js';
import { questionReads } from './audit/question.door.js';
import { replayReads } from './audit/replay.door.js';
import { backlogReads, caseFileReads, caseReads } from './backlog/backlog.door.js';
import { complaintDoor } from './complaints/complaint.door.js';
import { openingReads } from './complaints/opening.door.js';
import { documentPaths, documentReads } from './documents/document.door.js';
import { externalReads } from './intake/external.door.js';
import { hearingDoor, hearingFileReads, hearingReads } from './hearings/hearing.door.js';
import { partyDoor, partyReads } from './parties/party.door.js';
import {
  calendarDoor,
  explanationReads,
  policyDoor,
  rulesReads,
  whatIfReads,
} from './publishing/publishing.door.js';
import { personalReads } from './personal/personal.door.js';
import { retentionReads } from './personal/retention.door.js';
import { subjectAccessReads } from './personal/subject-access.door.js';
import { feedPaths } from './reminders/feed.door.js';
import { reminderDoor, reminderReads } from './reminders/reminder.door.js';
import { releaseChecks, releaseDoor, releaseReads, statisticsReads } from './statistics/statistics.door.js';
import { staffDoor, staffReads } from './staff/staff.door.js';
import { resolutionDoor, resolutionFileReads, resolutionReads } from './resolutions/resolution.door.js';

/** Every door of the house: OpenAPI and GraphQL are made from these lists. */
export const commandDoors: readonly CommandDoor[] = [
  complaintDoor,
  hearingDoor,
  partyDoor,
  resolutionDoor,
  policyDoor,
  calendarDoor,
  releaseDoor,
  staffDoor,
  reminderDoor,
];
export const readDoors: readonly ReadDoor[] = [
  caseReads,
  caseFileReads,
  openingReads,
  historyReads,
  replayReads,
  questionReads,
  backlogReads,
  statisticsReads,
  releaseReads,
  releaseChecks,
  documentReads,
  hearingReads,
  hearingFileReads,
  resolutionReads,
  resolutionFileReads,
  partyReads,
  reminderReads,
  externalReads,
  rulesReads,
  explanationReads,
  whatIfReads,
  staffReads,
  personalReads,
  retentionReads,
  subjectAccessReads,
];
/** What is neither a command nor a question: bytes. */
export const otherPaths = { ...documentPaths, ...feedPaths, ...logPaths, ...eventPaths };
