/** Who is at the door: an opaque id and the roles that the organisation gave. */
export const roles = [
  'intake',
  'case-handler',
  'investigator',
  'panel-member',
  'panel-chair',
  'decision-maker',
  'independent-reviewer',
  'casework-head',
  'auditor',
  'operator',
  'integration',
] as const;

export type Role = (typeof roles)[number];

export interface Principal {
  readonly id: string;
  readonly roles: readonly Role[];
}
