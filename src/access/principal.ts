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

export const isRole = (word: string): word is Role => (roles as readonly string[]).includes(word);

/** What each is for, as the documentation tells it. */
export const purposes: Readonly<Record<Role, string>> = {
  intake: 'receives complaints and registers parties',
  'case-handler': 'holds cases and carries them through',
  investigator: 'gathers evidence, discloses, reports',
  'panel-member': 'sits on a panel; reads, and acts in no case alone',
  'panel-chair': 'leads the hearing, and decides where a panel decides',
  'decision-maker': 'makes findings, sanctions and interim suspensions',
  'independent-reviewer': 'verifies or vetoes decisions, decides appeals, had no part before',
  'casework-head': 'leads casework: recusals, holds, reopening, rules, staff',
  auditor: 'reads whatever is not sealed, changes nothing, and acts in no other role',
  operator: 'runs the system, and reads no case',
  integration: 'another system: brings complaints in, follows the log under pseudonyms',
};

export interface Principal {
  readonly id: string;
  readonly roles: readonly Role[];
}
