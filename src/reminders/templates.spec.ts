import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../platform/config.js';
import type { Line } from './letter.js';
import { Templates } from './templates.js';

const line: Line = {
  caseId: '00000000-0000-7000-8000-000000000001',
  reference: '2026-000001',
  deadline: 'progress-update',
  name: 'progress update',
  dueOn: '2026-02-23',
  overdue: true,
  step: 'long-overdue',
  duty: 'casework-head',
  standsIn: false,
  passOnTo: null,
  link: 'https://redress.example.org/v1/cases/1',
};

const templates = (folder?: string) =>
  new Templates(readConfig(folder === undefined ? {} : { REDRESS_TEMPLATES: folder }));

describe('a letter', () => {
  it('tells the reference, the deadline, the day, the step, why, and where to look', async () => {
    const { subject, text, html } = await templates().write([line]);
    expect(subject).toBe('2026-000001: progress update was due on 2026-02-23 and is overdue');
    expect(text).toBe(
      [
        'Complaint 2026-000001: progress update was due on 2026-02-23 and is overdue.',
        'Step: long overdue.',
        'You get this as casework head.',
        'https://redress.example.org/v1/cases/1',
        '',
      ].join('\n'),
    );
    expect(html).toContain('<a href="https://redress.example.org/v1/cases/1">');
    expect(html).toContain('You get this as casework head.<br>');
  });

  it('tells a deputy in whose place they are told, and the intake what to do', async () => {
    const [deputy, intake] = await Promise.all([
      templates().write([{ ...line, duty: 'handler', standsIn: true, overdue: false }]),
      templates().write([{ ...line, duty: 'intake' }]),
    ]);
    expect(deputy.subject).toBe('2026-000001: progress update is due on 2026-02-23');
    expect(deputy.text).toContain('You get this in the place of the handler, who is away.');
    expect(intake.text).toContain('Nobody handles this case yet. Please give it to a handler.');
  });

  it('tells the intake for whom it is, where nobody knows an address of theirs', async () => {
    const { text, html } = await templates().write([{ ...line, passOnTo: 'staff-7' }]);
    const ask =
      'Nobody knows an address of staff-7, for whom this is. Please pass it on, and give their address.';
    expect(text).toContain(`You get this as casework head.\n${ask}\nhttps://`);
    expect(html).toContain(`${ask}<br>`);
  });

  it('tells whoever sits at a hearing so', async () => {
    const { text } = await templates().write([{ ...line, name: 'hearing', duty: 'panel', overdue: false }]);
    expect(text).toContain('2026-000001: hearing is due on 2026-02-23.');
    expect(text).toContain('You get this as member of the panel.');
  });

  it('about several deadlines is the same letter with more lines', async () => {
    const other = { ...line, reference: '2026-000002', overdue: false };
    const { subject, text } = await templates().write([line, other]);
    expect(subject).toBe('2 deadlines, 1 of them overdue');
    expect(text.split('\n\n').map((part) => part.split(':')[0])).toEqual([
      'Complaint 2026-000001',
      'Complaint 2026-000002',
    ]);
  });

  it('holds no markup that comes from what it tells', async () => {
    const { html, text } = await templates().write([{ ...line, name: '<script>"&\'' }]);
    expect(html).not.toContain('<script>');
    expect(html).toContain('&lt;script&gt;&#34;&amp;&#39;');
    expect(text).toContain('<script>"&\'');
  });
});

describe('the templates of an organisation', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'redress-templates-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const put = (name: string, text: string) => writeFile(join(folder, name), text);

  it('take the place of those of the same name; the others stay', async () => {
    await put(
      'reminder.subject.liquid',
      '{% for each in reminders %}Frist {{ each.dueOn | date: "%d.%m.%Y" }}\n{% endfor %}',
    );
    const theirs = templates(folder);
    await theirs.check();
    const { subject, text } = await theirs.write([line, line]);
    expect(subject).toBe('Frist 23.02.2026 Frist 23.02.2026');
    expect(text).toContain('Complaint 2026-000001');
  });

  it.each([
    ['reminder.txt.liquid', 'Hello\n{{ colour }}', ':2:4: undefined variable: colour'],
    [
      'reminder.txt.liquid',
      '{% for r in reminders %}x\n{% if r.standsIn %}{{ r.handler }}{% endif %}{% endfor %}',
      ':2:23: undefined variable: r.handler',
    ],
    [
      'reminder.txt.liquid',
      '{% if reminders.size > 1 %}{{ reminders.summary }}{% endif %}x',
      ':1:31: undefined variable: reminders.summary',
    ],
    ['reminder.html.liquid', '{{ reminders.size | shout }}', ':1:1: undefined filter: shout'],
    ['reminder.html.liquid', '<p>\n{% if reminders %}', ':2:1: tag {% if reminders %} not closed'],
    [
      'reminder.subject.liquid',
      '{% for r in reminders %}{% unless r.overdue %}Due{% endunless %}{% endfor %}',
      ': Of some reminders nothing is written.',
    ],
    [
      'reminder.txt.liquid',
      '{% include "/etc/hostname" %}',
      ':1:1: ENOENT: Failed to lookup "/etc/hostname" in "."',
    ],
    ['reminder.txt.liquid', '{{ reminders.constructor }}', ':1:4: undefined variable: reminders.constructor'],
    [
      'reminder.txt.liquid',
      '{% for i in (1..1000000000) %}{% endfor %}',
      ':1:1: memory alloc limit exceeded',
    ],
    [
      'reminder.text.liquid',
      'x',
      ': There is no template of that name. Known are reminder.subject.liquid, reminder.txt.liquid, reminder.html.liquid.',
    ],
  ])('stop the start where %s is %j', async (name, text, reason) => {
    await put(name, text);
    await expect(templates(folder).check()).rejects.toThrow(`Templates: ${join(folder, name)}${reason}`);
  });

  it('stop the start where there is no such folder', async () => {
    await expect(templates(join(folder, 'gone')).check()).rejects.toThrow(
      /^REDRESS_TEMPLATES is .*gone, which is no folder that can be read\./,
    );
  });
});
