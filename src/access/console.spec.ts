import { afterEach, describe, expect, it } from '@jest/globals';
import { actorAtConsole } from './console.js';

const actedBy = (roles: string | undefined, kind: string, act: string): string | undefined => {
  if (roles !== undefined) process.env['REDRESS_ACTOR_ROLES'] = roles;
  return actorAtConsole(kind, act).role;
};

describe('who acts on the command line', () => {
  afterEach(() => {
    delete process.env['REDRESS_ACTOR_ROLES'];
    delete process.env['REDRESS_ACTOR'];
  });

  it.each([
    ['policy publish', undefined, 'operator'],
    ['audit history', undefined, 'auditor'],
    ['audit history', 'auditor', 'auditor'],
    ['backlog', 'operator, case-handler', 'case-handler'],
    ['calendar revise', 'casework-head', 'casework-head'],
    ['statistics releases', 'operator', 'operator'],
  ])('does %s, holding %s, as %s', (line, roles, role) =>
    expect(actedBy(roles, 'command-line', line)).toBe(role),
  );

  it.each([
    ['audit history', 'operator'],
    ['reminders failed', 'operator'],
    ['explain', 'operator'],
    ['audit export', 'operator'],
    ['policy publish', 'auditor'],
    ['import', 'auditor'],
    ['serve', 'case-handler'],
    ['what nobody listed', 'operator'],
  ])('may not do %s, holding %s', (line, roles) =>
    expect(() => actedBy(roles, 'command-line', line)).toThrow(/^None of your roles/),
  );

  it('is known by the reference that the settings give', () => {
    expect(actorAtConsole('policy', 'Publish')).toEqual({ id: 'command-line', role: 'operator' });
    process.env['REDRESS_ACTOR'] = 'staff-7';
    expect(actorAtConsole('policy', 'Publish')).toEqual({ id: 'staff-7', role: 'operator' });
  });

  it('holds no role that there is not', () =>
    expect(() => actedBy('boss', 'policy', 'Publish')).toThrow(
      'Configuration: REDRESS_ACTOR_ROLES: there is no role boss. Roles: intake, ',
    ));
});
