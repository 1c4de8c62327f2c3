import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import type { Liquid, LiquidError } from 'liquidjs';
import { HEARING_DUTIES } from '../clocks/ladder.js';
import { CONFIG, WrongSetting, type Config } from '../platform/config.js';
import { packageRoot } from '../platform/package-root.js';
import { Undelivered } from '../platform/undelivered.js';
import type { Line } from './letter.js';
import { INTAKE } from './recipients.js';

/** The words of letters: templates of Redress, and in their place those of REDRESS_TEMPLATES. */

const OWN = join(packageRoot, 'templates');
const FILES = {
  subject: 'reminder.subject.liquid',
  text: 'reminder.txt.liquid',
  html: 'reminder.html.liquid',
} as const;
type Part = keyof typeof FILES;
type Written = Readonly<Record<Part, string>>;

interface Parsed {
  /** Where it stands. */
  readonly file: string;
  readonly fill: (lines: readonly Line[]) => string;
}

/** A template is the organisation's: it sees what it is given and no file besides, and does not hold up the worker. */
const BOUNDS = {
  strictVariables: true,
  strictFilters: true,
  ownPropertyOnly: true,
  templates: {},
  parseLimit: 1_000_000,
  renderLimit: 5_000,
  memoryLimit: 20_000_000,
  // Of days without a time: the date filter must not move them into another zone.
  timezoneOffset: 0,
};

/** Every kind of line that a letter may hold, each by itself, and all in one. */
const LINES: readonly Line[] = ([...HEARING_DUTIES, INTAKE] as const).flatMap((duty) =>
  [false, true].flatMap((standsIn) =>
    [false, true].map((overdue) => ({
      caseId: '00000000-0000-7000-8000-000000000000',
      reference: '2026-000001',
      deadline: 'acknowledge',
      name: 'acknowledge',
      dueOn: '2026-03-02',
      overdue,
      step: overdue ? 'overdue' : 'due-soon',
      duty,
      standsIn,
      passOnTo: standsIn ? 'staff-7' : null,
      link: 'https://redress.example.org/v1/cases/00000000-0000-7000-8000-000000000000',
    })),
  ),
);
const SAMPLES: readonly (readonly Line[])[] = [...LINES.map((line) => [line]), LINES];

const wrong = (file: string, error: unknown): WrongSetting => {
  const { token, originalError, message } = error as Partial<LiquidError> & Error;
  const place = [file, ...(token?.getPosition() ?? [])].join(':');
  const reason = (originalError?.message ?? message).replace(/(, file:.*)?, line:\d+, col:\d+$/, '');
  return new WrongSetting(`Templates: ${place}: ${reason}`);
};

const attempt = <T>(file: string, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    throw wrong(file, error);
  }
};

/** Whatever else is in the folder was meant for one, and would never be used. */
const refuseUnknown = (folder: string, names: readonly string[]): void => {
  const unknown = names.find((name) => !name.startsWith('.') && !Object.values<string>(FILES).includes(name));
  if (unknown !== undefined)
    throw new WrongSetting(
      `Templates: ${join(folder, unknown)}: There is no template of that name. Known are ${Object.values(FILES).join(', ')}.`,
    );
};

const namesIn = (folder: string): Promise<readonly string[]> =>
  readdir(folder).catch((error: Error) => {
    throw new WrongSetting(
      `REDRESS_TEMPLATES is ${folder}, which is no folder that can be read. (${error.message})`,
    );
  });

@Injectable()
export class Templates {
  private opened: Promise<Readonly<Record<Part, Parsed>>> | undefined;

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** Fills each in with letters of every kind. Errors: WrongSetting with file, line and reason. */
  async check(): Promise<void> {
    for (const { file, fill } of Object.values(await this.all())) {
      for (const lines of SAMPLES) {
        if (attempt(file, () => fill(lines)).trim() === '')
          throw new WrongSetting(`Templates: ${file}: Of some reminders nothing is written.`);
      }
    }
  }

  /** Errors: Undelivered. */
  async write(lines: readonly Line[]): Promise<Written> {
    const { subject, text, html } = await this.all();
    try {
      const oneLine = subject.fill(lines).replaceAll(/\s+/g, ' ').trim();
      return { subject: oneLine, text: text.fill(lines), html: html.fill(lines) };
    } catch {
      throw new Undelivered('template-broken', true);
    }
  }

  private all() {
    return (this.opened ??= this.open());
  }

  private async open(): Promise<Readonly<Record<Part, Parsed>>> {
    const { Liquid } = await import('liquidjs');
    const [plain, html] = [new Liquid(BOUNDS), new Liquid({ ...BOUNDS, outputEscape: 'escape' })];
    const folder = this.config.REDRESS_TEMPLATES;
    const theirs = folder === undefined ? [] : await namesIn(folder);
    refuseUnknown(folder ?? OWN, theirs);
    const parsed = async (part: Part, liquid: Liquid): Promise<Parsed> => {
      const name = FILES[part];
      const file = join(folder !== undefined && theirs.includes(name) ? folder : OWN, name);
      const text = await readFile(file, 'utf8').catch((error: unknown) => {
        throw wrong(file, error);
      });
      const template = attempt(file, () => liquid.parse(text, file));
      return { file, fill: (reminders) => String(liquid.renderSync(template, { reminders })) };
    };
    return {
      subject: await parsed('subject', plain),
      text: await parsed('text', plain),
      html: await parsed('html', html),
    };
  }
}
