/** How far an open case has come, in order. A hearing counts from when it is asked for, a resolution from when it is begun. */
export const stages = [
  'received',
  'acknowledged',
  'triaged',
  'under-investigation',
  'reported',
  'hearing',
  'resolution',
] as const;

export type Stage = (typeof stages)[number];

/** Stages only move on: an acknowledgement after the triage does not move the case back. */
export const furthest = (now: Stage, stage: Stage): Stage =>
  stages.indexOf(stage) > stages.indexOf(now) ? stage : now;
