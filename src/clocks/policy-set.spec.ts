import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { InvalidInput } from '../event-store/errors.js';
import { parsePolicySet, policySet, policySetInForce, type PolicySet } from './policy-set.js';

const folder = new URL('../../policies/', import.meta.url);
const shipped = (name: string) =>
  readFileSync(new URL(`../../policies/${name}.yaml`, import.meta.url), 'utf8');
const party = shipped('default');

/** The shipped default with one line of it written otherwise. */
function altered(line: string, by: string): string {
  const text = party.replace(line, by);
  if (text === party) throw new Error(`policies/default.yaml does not say "${line}"`);
  return text;
}

function refusalOf(yaml: string): InvalidInput {
  try {
    parsePolicySet(yaml, 'ours.yaml');
  } catch (error) {
    if (error instanceof InvalidInput) return error;
    throw error;
  }
  throw new Error('was accepted');
}

const lineOf = (yaml: string, part: string) => yaml.slice(0, yaml.indexOf(part)).split('\n').length;

describe('the shipped policy sets', () => {
  test('a party has a panel of three, 14 days of notice, 28 days to appeal, and both limits of the first policy', () => {
    const set = parsePolicySet(party, 'default.yaml');
    expect(set.procedure).toMatchObject({
      panelQuorum: 3,
      noticeDays: 14,
      appealWindowDays: 28,
      verificationRequired: true,
      disclosureBeforeFinding: true,
      hearingRequired: true,
    });
    expect(set.deadlines.map(({ key, unit, count }) => [key, unit, count])).toEqual([
      ['acknowledge', 'working-days', 5],
      ['resolve', 'calendar-days', 90],
    ]);
  });

  test('a landlord has no panel, no verification and no pausing, and responds from the acknowledgement', () => {
    const set = parsePolicySet(shipped('housing-ombudsman'), 'housing-ombudsman.yaml');
    expect(set.procedure).toMatchObject({
      panelQuorum: 0,
      hearingRequired: false,
      verificationRequired: false,
      pauseReasons: [],
    });
    expect(set.deadlines[1]).toMatchObject({
      key: 'respond',
      startEvent: 'ComplaintAcknowledged',
      count: 10,
    });
  });

  test('every one of them tells the organisation to check it', () => {
    for (const file of readdirSync(folder))
      expect(shipped(file.replace('.yaml', ''))).toContain('organisation must check');
  });

  test('every field of the schema says what it means', () => {
    const schema = z.toJSONSchema(policySet);
    const mute: string[] = [];
    const walk = (node: z.core.JSONSchema.BaseSchema, path: string) => {
      for (const [name, field] of Object.entries(node.properties ?? {})) {
        if (typeof field === 'boolean') continue;
        if (field.description === undefined) mute.push(`${path}${name}`);
        walk(field, `${path}${name}.`);
        if (typeof field.items === 'object' && !Array.isArray(field.items))
          walk(field.items, `${path}${name}[].`);
        for (const option of field.anyOf ?? [])
          if (typeof option === 'object') walk(option, `${path}${name}.`);
      }
    };
    walk(schema, '');
    expect(mute).toEqual([]);
  });
});

describe('a bad policy file is refused with the line and the reason', () => {
  test.each([
    ['an unknown field', 'rollRule: none', 'roleRule: none', 'roleRule'],
    ['a number that is too large', 'panelQuorum: 3', 'panelQuorum: 300', 'panelQuorum: 300'],
    ['a word where a number belongs', 'count: 5', 'count: five', 'count: five'],
    ['a fraction of a day', 'count: 90', 'count: 90.5', 'count: 90.5'],
    ['a day that does not exist', 'effectiveFrom: 1900-01-01', 'effectiveFrom: 2019-02-30', 'effectiveFrom:'],
    ['a zone that does not exist', 'zone: Europe/London', 'zone: Europe/Camelot', 'zone:'],
    ['a calendar that does not exist', 'calendars: [GB-ENG]', 'calendars: [weekdays, GB]', 'calendars:'],
    ['a calendar named twice', 'calendars: [GB-ENG]', 'calendars: [GB-ENG, GB-ENG]', 'calendars:'],
    ['an old file whose calendar does not exist', 'calendars: [GB-ENG]', 'calendar: GB', 'calendar:'],
    ['calendars combined in a way nobody knows', 'combine: intersection', 'combine: both', 'combine:'],
    ['a misspelt event', 'ComplaintReceived # the', 'ComplaintRecieved # the', 'startEvent'],
    ['a rule that nobody knows', 'dayZeroRule: exclude', 'dayZeroRule: maybe', 'dayZeroRule'],
    [
      'a pause for a reason that is not listed',
      'pausable: true',
      'pausable: [holidays]',
      'pausable: [holidays]',
    ],
    ['a time that no clock shows', 'count: 90', 'count: 90\n    endTime: 25:00', 'endTime: 25:00'],
    [
      'a recurrence that nothing meets',
      'count: 90',
      'count: 90\n    recurrence: { count: 4, unit: weeks, from: schedule, metBy: [] }',
      'recurrence: {',
    ],
    [
      'a clock that waits no longer for the event that it is counted from',
      'count: 90',
      'count: 90\n    startsAtLatest: { after: ComplaintReceived, count: 5, unit: weeks }',
      'startsAtLatest: {',
    ],
    ['two deadlines of one name', 'key: resolve', 'key: acknowledge #2', 'key: acknowledge #2'],
    ['a panel that cannot meet', 'panelQuorum: 3', 'panelQuorum: 0', 'hearingRequired'],
    ['a name with capitals', 'key: default', 'key: Default', 'key: Default'],
  ])('%s', (_, line, by, at) => {
    const yaml = altered(line, by);
    const refusal = refusalOf(yaml);
    expect(refusal.code).toBe('bad-policy');
    expect(refusal.message).toMatch(new RegExp(`^ours\\.yaml, line ${lineOf(yaml, at)}: `));
  });

  test('a file of before, with one calendar, is still read', () => {
    const old = altered('calendars: [GB-ENG]', 'calendar: GB-ENG').replace(/^combine: .*$/m, '');
    expect(parsePolicySet(old, 'ours.yaml')).toEqual(parsePolicySet(party, 'default.yaml'));
  });

  test("a calendar of the organisation's own is known where there is one", () => {
    const own = altered('calendars: [GB-ENG]', 'calendars: [GB-ENG, head-office]');
    expect(refusalOf(own).message).toContain(`calendars.1: There is no working calendar "head-office"`);
    expect(parsePolicySet(own, 'ours.yaml', () => true).calendars).toEqual(['GB-ENG', 'head-office']);
  });

  test('a pausable deadline needs a reason to pause', () => {
    const without = party.replace(/pauseReasons:[^]*?\n\n/, 'pauseReasons: []\n\n');
    const refusal = refusalOf(without);
    expect(refusal.message).toContain(`line ${lineOf(without, 'pausable: true')}: deadlines.1.pausable`);
  });

  test('a missing field is reported where it belongs', () => {
    const yaml = altered('  noticeDays: 14', '  #');
    expect(refusalOf(yaml).message).toContain(
      `line ${lineOf(yaml, 'procedure:')}: procedure.noticeDays: This is missing.`,
    );
  });

  test.each(['25:00', "'5 pm'", '17', '[17]'])('an end time of %s says what it takes', (time) => {
    const yaml = altered('count: 90', `count: 90\n    endTime: ${time}`);
    expect(refusalOf(yaml).message).toContain('endTime: Give end-of-day, or a time of day such as 17:00.');
  });

  test('all reasons are listed, not only the first', () => {
    const yaml = altered('panelQuorum: 3', 'panelQuorum: -1').replace('version: 2', 'version: 0');
    expect(refusalOf(yaml).details['issues']).toEqual([
      expect.objectContaining({ path: 'version', line: lineOf(yaml, 'version: 0') }),
      expect.objectContaining({ path: 'procedure.panelQuorum', line: lineOf(yaml, 'panelQuorum: -1') }),
    ]);
    expect(refusalOf(yaml).message).toContain(' Also line ');
  });

  test.each([
    ['a tab for indentation', 'procedure:\n\tstages: [first]\n', 2],
    ['a field written twice', 'key: a\nkey: b\n', 2],
    ['an open bracket', 'key: [a\n', 2],
    ['two documents', 'key: a\n---\nkey: b\n', 2],
  ])('%s is refused by its line', (_, yaml, line) => {
    expect(refusalOf(yaml).message).toContain(`ours.yaml, line ${line}: `);
  });

  test.each(['', '# nothing\n', 'just words', '- a\n- b\n', 'key: *unknown\n', '&a [*a]', '"a": &x [1]\n'])(
    '%j is refused with a sentence',
    (yaml) => expect(refusalOf(yaml)).toMatchObject({ code: 'bad-policy' }),
  );

  test.each(['[', '{a: ', '- ', '? ', 'a: '])('a file of 100 KB of %j is refused at once', (nest) => {
    const began = performance.now();
    for (const size of [39_000, 100_000]) {
      const refusal = refusalOf(nest.repeat(size / nest.length));
      expect(refusal.message).toMatch(/^ours\.yaml, line 1: This (is nested|has) more than/);
    }
    expect(performance.now() - began).toBeLessThan(1000);
  });

  test('a file that multiplies itself by aliases is refused', () => {
    const levels = Array.from({ length: 12 }, (_, at) => `l${at + 1}: &l${at + 1} [${`*l${at},`.repeat(9)}]`);
    expect(refusalOf(['l0: &l0 x', ...levels].join('\n'))).toMatchObject({ code: 'bad-policy' });
  });
});

describe('the policy set in force', () => {
  const first = parsePolicySet(party, 'default.yaml');
  const from = (version: number, effectiveFrom: string): PolicySet => ({ ...first, version, effectiveFrom });
  const sets = [from(2, '2020-01-01'), from(1, '1990-01-01'), from(4, '2024-06-01'), from(3, '2020-01-01')];

  test.each([
    ['1990-01-01', 1],
    ['2019-12-31', 1],
    ['2020-01-01', 3], // two versions from one day: the higher corrects the lower
    ['2024-05-31', 3],
    ['2024-06-01', 4],
    ['2099-01-01', 4],
  ])('on %s is version %i', (day, version) => expect(policySetInForce(sets, day).version).toBe(version));

  test('does not exist before the first one takes effect', () => {
    expect(() => policySetInForce(sets, '1989-12-31')).toThrow(
      expect.objectContaining({ code: 'no-policy-in-force' }),
    );
    expect(() => policySetInForce([], '2020-01-01')).toThrow(
      expect.objectContaining({ code: 'no-policy-in-force' }),
    );
  });
});
