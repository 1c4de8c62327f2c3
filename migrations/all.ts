import type { MigrationInterface } from 'typeorm';
import { EventStore0000000000001 } from './0001-event-store.js';
import { PartiesAndPolicies0000000000002 } from './0002-parties-and-policies.js';
import { Cases0000000000003 } from './0003-cases.js';
import { Hearings0000000000004 } from './0004-hearings.js';
import { Resolutions0000000000005 } from './0005-resolutions.js';
import { Backlog0000000000006 } from './0006-backlog.js';
import { Reminders0000000000007 } from './0007-reminders.js';
import { Documents0000000000008 } from './0008-documents.js';
import { CaseActivity0000000000010 } from './0010-case-activity.js';
import { Readiness0000000000011 } from './0011-readiness.js';
import { Calendars0000000000012 } from './0012-calendars.js';
import { CaseVersions0000000000013 } from './0013-case-versions.js';
import { RecurringDeadlines0000000000016 } from './0016-recurring-deadlines.js';
import { AppendOne0000000000017 } from './0017-append-one.js';
import { RecordingTime0000000000018 } from './0018-recording-time.js';
import { OpenCasesByAge0000000000019 } from './0019-open-cases-by-age.js';
import { UnchangedDeadlines0000000000020 } from './0020-unchanged-deadlines.js';
import { Releases0000000000021 } from './0021-releases.js';
import { NoCalendarDays0000000000022 } from './0022-no-calendar-days.js';
import { CaseClocks0000000000023 } from './0023-case-clocks.js';
import { ClocksByIndex0000000000024 } from './0024-clocks-by-index.js';
import { ExternalVersions0000000000027 } from './0027-external-versions.js';
import { FreshClocks0000000000028 } from './0028-fresh-clocks.js';
import { ClocksByColumns0000000000030 } from './0030-clocks-by-columns.js';
import { Staff0000000000033 } from './0033-staff.js';
import { ReminderSnoozes0000000000034 } from './0034-reminder-snoozes.js';
import { HearingsByPanel0000000000037 } from './0037-hearings-by-panel.js';
import { Digests0000000000038 } from './0038-digests.js';
import { LogTiles0000000000040 } from './0040-log-tiles.js';
import { LogCheckpoints0000000000041 } from './0041-log-checkpoints.js';
import { FailedAttempts0000000000080 } from './0080-failed-attempts.js';

import { AuditQuestions0000000000043 } from './0043-audit-questions.js';
import { LightClaims0000000000044 } from './0044-light-claims.js';
import { CheckpointPushes0000000000050 } from './0050-checkpoint-pushes.js';
import { ClocksByKey0000000000071 } from './0071-clocks-by-key.js';
import { KeyRotation0000000000066 } from './0066-key-rotation.js';
import { MissedCases0000000000045 } from './0045-missed-cases.js';
import { DigestLetters0000000000046 } from './0046-digest-letters.js';
import { RecordWithDigests0000000000047 } from './0047-record-with-digests.js';
import { Looks0000000000061 } from './0061-looks.js';
import { LookQuestions0000000000062 } from './0062-look-questions.js';
import { Erasure0000000000067 } from './0067-erasure.js';
import { LeastRights0000000000063 } from './0063-least-rights.js';
import { CasePeople0000000000056 } from './0056-case-people.js';
import { BacklogSeen0000000000057 } from './0057-backlog-seen.js';
import { QuestionsSeen0000000000058 } from './0058-questions-seen.js';
import { RestrictedCases0000000000059 } from './0059-restricted-cases.js';
import { QuestionsOfParties0000000000072 } from './0072-questions-of-parties.js';
import { ClocksInOneGo0000000000083 } from './0083-clocks-in-one-go.js';
import { NamedParties0000000000084 } from './0084-named-parties.js';
import { StaffOfParties0000000000085 } from './0085-staff-of-parties.js';
import { ActedAfterImplication0000000000076 } from './0076-acted-after-implication.js';

/** Every migration, oldest first. */
export const migrations: (new () => MigrationInterface)[] = [
  EventStore0000000000001,
  PartiesAndPolicies0000000000002,
  Cases0000000000003,
  Hearings0000000000004,
  Resolutions0000000000005,
  Backlog0000000000006,
  Reminders0000000000007,
  Documents0000000000008,
  CaseActivity0000000000010,
  Readiness0000000000011,
  Calendars0000000000012,
  CaseVersions0000000000013,
  RecurringDeadlines0000000000016,
  AppendOne0000000000017,
  RecordingTime0000000000018,
  OpenCasesByAge0000000000019,
  UnchangedDeadlines0000000000020,
  Releases0000000000021,
  NoCalendarDays0000000000022,
  CaseClocks0000000000023,
  ClocksByIndex0000000000024,
  ExternalVersions0000000000027,
  FreshClocks0000000000028,
  ClocksByColumns0000000000030,
  Staff0000000000033,
  ReminderSnoozes0000000000034,
  HearingsByPanel0000000000037,
  Digests0000000000038,
  LogTiles0000000000040,
  LogCheckpoints0000000000041,
  AuditQuestions0000000000043,
  LightClaims0000000000044,
  CheckpointPushes0000000000050,
  ClocksByKey0000000000071,
  KeyRotation0000000000066,
  MissedCases0000000000045,
  DigestLetters0000000000046,
  RecordWithDigests0000000000047,
  Looks0000000000061,
  LookQuestions0000000000062,
  Erasure0000000000067,
  LeastRights0000000000063,
  CasePeople0000000000056,
  BacklogSeen0000000000057,
  QuestionsSeen0000000000058,
  RestrictedCases0000000000059,
  QuestionsOfParties0000000000072,
  FailedAttempts0000000000080,
  ClocksInOneGo0000000000083,
  ActedAfterImplication0000000000076,
  NamedParties0000000000084,
  StaffOfParties0000000000085,
];
