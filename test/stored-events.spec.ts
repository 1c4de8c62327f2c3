import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { policySet } from '../src/clocks/policy-set.js';
import { calendarName } from '../src/clocks/calendar.js';
import { calendarEvents } from '../src/clocks/calendar-revision.js';
import { policyEvents } from '../src/clocks/policy.js';
import { complaintEvents } from '../src/complaints/complaint.events.js';
import { bare, definitionOf, upcast, type Catalogue } from '../src/event-store/catalogue.js';
import { EntryCorrected } from '../src/event-store/correction.js';
import { BornKeys, Sealing } from '../src/event-store/sealing.js';
import {
  personalFields,
  SEAL_MARK,
  sha256,
  memberRef,
  staffRef,
  timeOfDay,
  word,
  zone,
} from '../src/event-store/schema.js';
import { hearingEvents } from '../src/hearings/hearing.events.js';
import { activityEvents } from '../src/intake/activity.js';
import { externalRecordEvents } from '../src/intake/external-record.js';
import { partyEvents } from '../src/parties/party.js';
import { reminderEvents } from '../src/reminders/reminder.events.js';
import { resolutionEvents } from '../src/resolutions/resolution.events.js';
import { staffEvents } from '../src/staff/staff.events.js';
import { releaseEvents } from '../src/statistics/release.js';
import { packageRoot } from '../src/platform/package-root.js';
import { MasterKeys } from '../src/event-store/master-keys.js';

/** What was stored once must be read for ever: `{stream kind}.{type}.{schema version}.json`, the JSON as it is stored. */
const catalogues: Readonly<Record<string, Catalogue>> = {
  complaint: complaintEvents,
  hearing: hearingEvents,
  resolution: resolutionEvents,
  party: partyEvents,
  policy: policyEvents,
  calendar: calendarEvents,
  deadlines: reminderEvents,
  external: externalRecordEvents,
  activity: activityEvents,
  statistics: releaseEvents,
  staff: staffEvents,
};

const folder = join(packageRoot, 'test', 'fixtures', 'events');
const fixtures = readdirSync(folder)
  .toSorted()
  .map((file) => {
    const [kind = '', type = '', version = ''] = file.split('.');
    return { file, kind, type, version: Number(version) };
  });
const storedIn = (file: string): object => JSON.parse(readFileSync(join(folder, file), 'utf8')) as object;

const textsAt = (value: unknown, [step, ...rest]: readonly string[]): unknown[] => {
  if (value === undefined) return [];
  if (step === undefined) return [value];
  if (step === '*') return (value as unknown[]).flatMap((each) => textsAt(each, rest));
  return textsAt((value as Record<string, unknown>)[step], rest);
};

/** Whose key seals the texts of a kind of stream in the fixtures. */
const subjects: Readonly<Record<string, string>> = {
  complaint: 'case:019ca000-0000-7000-8000-000000000001',
  deadlines: 'case:019ca000-0000-7000-8000-000000000001',
  resolution: 'case:019ca000-0000-7000-8000-000000000001',
  hearing: 'hearing:019ca000-0000-7000-8000-000000000017',
  party: 'party:019ca000-0000-7000-8000-000000000027',
};

/** Personal text that stands open in a new fixture is sealed as a desk seals it, by a key that is thrown away. */
const sealNew = ({ file, kind, type }: (typeof fixtures)[number]): void => {
  const { personal } = definitionOf(catalogues[kind] ?? {}, type);
  const isOpen = (text: unknown) => typeof text === 'string' && !text.startsWith(SEAL_MARK);
  if (!personal.some(({ path }) => textsAt(storedIn(file), path).some(isOpen))) return;
  const sealing = new Sealing(new MasterKeys([Buffer.alloc(32)]), {
    subjectKey: () => Promise.resolve(undefined),
  });
  const key = sealing.bear(subjects[kind] ?? `${kind}:019ca000-0000-7000-8000-000000000001`, new BornKeys());
  writeFileSync(join(folder, file), JSON.stringify(sealing.seal(storedIn(file), personal, key)));
};
if (process.env['REDRESS_RENEW']) fixtures.forEach(sealNew);

/** As a door opens it: schemas speak of the text, which is shorter than its ciphertext. */
const opened = (data: object): object =>
  JSON.parse(JSON.stringify(data), (_, value: unknown) =>
    typeof value === 'string' && value.startsWith('enc1.') ? 'As opened.' : value,
  ) as object;

const types = Object.entries(catalogues).flatMap(([kind, catalogue]) =>
  Object.keys(catalogue).map((type) => ({ kind, type, catalogue })),
);

const HOW = 'CONTRIBUTING.md, “Add an event”, says how it is made.';

describe('stored events', () => {
  it('belong to a catalogue that this spec knows', () => {
    const sources = readdirSync(join(packageRoot, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
      .map((file) => readFileSync(join(packageRoot, 'src', file), 'utf8'));
    const told = sources.flatMap((source) => [...source.matchAll(/export const (\w+)Events\b[^=]*= \{/g)]);
    expect(told.map(([, name]) => name)).toHaveLength(Object.keys(catalogues).length);
  });

  it.each(types)(
    'of type $kind $type have a fixture for each schema version',
    ({ kind, type, catalogue }) => {
      const { version } = definitionOf(catalogue, type);
      const wanted = Array.from({ length: version }, (_, index) => `${kind}.${type}.${index + 1}.json`);
      const kept = fixtures.filter((each) => each.kind === kind && each.type === type);
      const missing = wanted.filter((file) => !kept.some((each) => each.file === file));
      expect(missing.map((file) => `test/fixtures/events/${file} is missing: ${HOW}`)).toEqual([]);
      expect(kept.map(({ file }) => file).toSorted()).toEqual(wanted.toSorted());
    },
  );

  it.each(fixtures)('are still read: $file', ({ file, kind, type, version }) => {
    const catalogue = catalogues[kind] ?? {};
    const data = opened(upcast(catalogue, type, version, storedIn(file)));
    const { schema } = definitionOf(catalogue, type);
    const strict = schema instanceof z.ZodObject ? schema.strict() : schema;
    expect(strict.safeParse(data)).toMatchObject({ success: true, data });
  });
});

describe('personal data in stored events', () => {
  /** Text that names nobody: the organisation's own words, opaque references and what has a fixed form. */
  const harmless = new Set<z.core.$ZodType>([
    word,
    staffRef,
    memberRef,
    zone,
    sha256,
    calendarName,
    timeOfDay,
  ]);

  const isFixed = (schema: z.core.$ZodType): boolean => {
    if (harmless.has(schema)) return true;
    const { format, pattern } = (schema as { format?: string; pattern?: RegExp }) ?? {};
    return ['uuid', 'date', 'datetime'].includes(format ?? '') || pattern !== undefined;
  };

  /** Where free text stands that is neither marked as personal nor harmless. */
  const unmarked = (schema: z.core.$ZodType, path: readonly string[] = []): string[] => {
    const inner = bare(schema);
    if (personalFields.has(inner) || inner === policySet) return [];
    if (inner instanceof z.ZodObject)
      return Object.entries(inner.shape).flatMap(([key, field]) =>
        unmarked(field as z.core.$ZodType, [...path, key]),
      );
    if (inner instanceof z.ZodArray) return unmarked(inner.element, [...path, '*']);
    if (inner instanceof z.ZodUnion) return inner.options.flatMap((option) => unmarked(option, path));
    const closed = [z.ZodEnum, z.ZodLiteral, z.ZodBoolean, z.ZodNumber, z.ZodNull].some(
      (kind) => inner instanceof kind,
    );
    return closed || isFixed(inner) ? [] : [path.join('.')];
  };

  it.each(types.filter(({ type }) => type !== 'EntryCorrected'))(
    'is marked in $kind $type, so that it is sealed',
    ({ type, catalogue }) => expect(unmarked(definitionOf(catalogue, type).schema)).toEqual([]),
  );

  it('is marked in a correction; its old and new value are sealed where the corrected field is', () =>
    expect(unmarked(EntryCorrected.schema)).toEqual(['path.*', 'old', 'new']));

  it('stands in the fixtures as ciphertext', () => {
    for (const { file, kind, type } of fixtures)
      for (const { path } of definitionOf(catalogues[kind] ?? {}, type).personal)
        for (const text of textsAt(storedIn(file), path))
          expect([file, path, text]).toEqual([file, path, expect.stringMatching(/^enc1\./)]);
  });
});
