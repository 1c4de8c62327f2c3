import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDoors, permissions, rolesFor } from '../src/access/permissions.js';
import { purposes, roles, type Role } from '../src/access/principal.js';
import { commandDoors } from '../src/doors.js';
import { packageRoot } from '../src/platform/package-root.js';
import { allDoors, isOpen, routesOf, type Door } from './support/all-doors.js';
import { testApplication, type TestApplication } from './support/application.js';

/** docs/roles.md, written from the table itself. `REDRESS_RENEW=1 npm test -- test/roles` writes it anew. */

let redress: TestApplication;
let doors: readonly Door[];

beforeAll(async () => {
  redress = await testApplication();
  doors = await allDoors(redress);
});
afterAll(() => redress.close());

/** What the deciders know and no role may: imports and the house’s own work. */
const nobodys = ({ kind, act }: Door): boolean =>
  commandDoors.some((door) => door.kind === kind && Object.hasOwn(door.acts, act)) && !rolesFor(kind, act);

const lines = Object.entries(permissions).flatMap(([kind, acts]) =>
  Object.entries(acts).map(([act, may]) => ({ kind, act, may })),
);

describe('the table of roles', () => {
  it('has a line for every route, every field of the schema and every command of the command line', () => {
    for (const transport of ['http', 'query', 'mutation', 'command-line'])
      expect(doors.filter((door) => door.transport === transport).length).toBeGreaterThan(20);
    const unlisted = doors.filter((door) => !rolesFor(door.kind, door.act) && !nobodys(door));
    expect(unlisted).toEqual([]);
  });

  it('gives no GraphQL mutation to an act that nobody may do', () =>
    expect(doors.filter((door) => door.transport === 'mutation' && nobodys(door))).toEqual([]));

  it('has no line that no door asks', () => {
    const asked = new Set(doors.map(({ kind, act }) => `${kind} ${act}`));
    expect(lines.map(({ kind, act }) => `${kind} ${act}`).filter((line) => !asked.has(line))).toEqual([]);
  });

  it('lists no open door that is not there', () => {
    const routes = routesOf(redress.app.getHttpAdapter().getInstance());
    const open = routes.filter(isOpen).map(({ method, path }) => `${method} ${path}`);
    for (const door of Object.keys(openDoors))
      expect([door, open.some((route) => route.startsWith(door.replace('*', '')))]).toEqual([door, true]);
  });

  it('lets the auditor read, and change nothing', () => {
    const changes = lines.filter(({ kind }) => !['read', 'command-line'].includes(kind));
    expect(changes.filter(({ may }) => may.includes('auditor'))).toEqual([]);
    const unread = Object.entries(permissions['read'] ?? {}).filter(([, may]) => !may.includes('auditor'));
    expect(unread.map(([what]) => what)).toEqual(['subjectAccess', 'queues']);
  });

  it('shows the operator no case', () => {
    const seen = Object.entries(permissions['read'] ?? {}).filter(([, may]) => may.includes('operator'));
    expect(seen.map(([what]) => what)).toEqual(['releases', 'log', 'staff', 'policies', 'queues']);
    const acts = lines.filter(
      ({ kind, may }) => !['read', 'command-line'].includes(kind) && may.includes('operator'),
    );
    expect([...new Set(acts.map(({ kind }) => kind))]).toEqual(['staff', 'policy', 'calendar', 'statistics']);
  });
});

const titles: Readonly<Record<string, string>> = {
  complaint: 'Complaints',
  hearing: 'Hearings',
  resolution: 'Resolutions',
  party: 'Parties',
  staff: 'Staff',
  deadlines: 'Reminders',
  policy: 'Policies',
  calendar: 'Calendars',
  statistics: 'Published figures',
  document: 'Documents',
  read: 'Questions',
  'command-line': 'The command line',
};

const short: Readonly<Record<Role, string>> = {
  intake: 'IN',
  'case-handler': 'CH',
  investigator: 'IV',
  'panel-member': 'PM',
  'panel-chair': 'PC',
  'decision-maker': 'DM',
  'independent-reviewer': 'IR',
  'casework-head': 'HEAD',
  auditor: 'AUD',
  operator: 'OP',
  integration: 'INT',
};

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const doorsOf = (kind: string, act: string): string => {
  const own = doors.filter((door) => door.kind === kind && door.act === act);
  const told = own
    .filter(({ transport }) => transport !== 'command-line')
    .map(({ transport, name }) => `\`${transport === 'http' ? name.replaceAll(/:(\w+)/g, '{$1}') : name}\``);
  return told.join('<br>');
};

const section = (kind: string): string[] => {
  const isTyped = kind === 'command-line';
  return [
    `## ${titles[kind] ?? kind}`,
    '',
    row([isTyped ? 'redress' : 'line', ...(isTyped ? [] : ['doors']), ...roles.map((role) => short[role])]),
    row(['---', ...(isTyped ? [] : ['---']), ...roles.map(() => ':-:')]),
    ...Object.entries(permissions[kind] ?? {}).map(([act, may]) =>
      row([
        `\`${act}\``,
        ...(isTyped ? [] : [doorsOf(kind, act)]),
        ...roles.map((role) => (may.includes(role) ? '✓' : '')),
      ]),
    ),
    '',
  ];
};

const documentation = (): string =>
  [
    '# Roles and what they may do',
    '',
    'Written from `src/access/permissions.ts` by `REDRESS_RENEW=1 npm test -- test/roles`; a test fails when it is not true any more, and when a',
    'route, a GraphQL field or a command is in no line. What has no tick is refused: `not-permitted`, 403.',
    '',
    'Every door asks its line first. Whether somebody may see or act on *this* case (a party to it, a conflict, a recusal, a restriction) is asked after,',
    'whatever their role.',
    '',
    row(['', 'role', 'for whom']),
    row(['---', '---', '---']),
    ...roles.map((role) => row([short[role], `\`${role}\``, purposes[role]])),
    '',
    'Whoever holds `auditor` acts in no other role: a token that holds others too reads as the auditor reads, and is refused',
    '`auditor-acts-alone` where only another of its roles would do.',
    '',
    ...Object.keys(permissions).flatMap(section),
    'Whoever runs `redress` holds the database and its keys, so that it proves nobody. It acts in one role at a time, of those in',
    '`REDRESS_ACTOR_ROLES` (`operator,auditor`, when that is not set), and under the reference in `REDRESS_ACTOR`: `docs/adr/0017-roles.md`.',
    '',
    '## Doors that ask for no token',
    '',
    'And one that asks for any: whoever has a token, were it without a role, may ask GraphQL what it has (`__schema`, `__type`).',
    '',
    row(['door', 'why']),
    row(['---', '---']),
    ...Object.entries(openDoors).map(([door, why]) =>
      row([`\`${door.replaceAll(/:(\w+)/g, '{$1}')}\``, why]),
    ),
    '',
  ].join('\n');

describe('docs/roles.md', () => {
  it('tells the table as it is (else: REDRESS_RENEW=1 npm test -- test/roles)', async () => {
    const path = join(packageRoot, 'docs', 'roles.md');
    const now = documentation();
    if (process.env['REDRESS_RENEW']) await writeFile(path, now);
    expect(await readFile(path, 'utf8')).toBe(now);
  });
});
