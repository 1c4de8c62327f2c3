import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EventStore } from '../src/event-store/event-store.js';
import { Sealing } from '../src/event-store/sealing.js';
import { ExternalImport } from '../src/intake/external-import.handler.js';
import { ExternalRecords } from '../src/intake/external-records.reader.js';
import { stateOf } from '../src/intake/external-state.js';
import type { ExternalMapping } from '../src/intake/external-register.js';
import { freshDatabase, type FreshDatabase } from './support/database.js';

/** Where the real register lies; it is never part of the repository. */
const data = process.env['REDRESS_DATA_SETS'] ?? fileURLToPath(new URL('../../shared/data', import.meta.url));
const isThere = existsSync(`${data}/truth-ccrb-penalties.json`);

const mapping: ExternalMapping = {
  source: 'ccrb-penalties',
  external: {
    id: ['complaint_id', 'officer_no'],
    observedAt: '2023-01-09T18:14:57Z',
    changes: {
      observedAt: 'observed_at',
      change: 'change',
      field: 'field',
      old: 'old_value',
      new: 'new_value',
    },
  },
};

interface State {
  readonly as_known_at: string;
  readonly records: number;
  readonly complaints: number;
  readonly sha256_of_state: string;
  readonly apu_case_status: Record<string, number>;
  readonly penalty_blank: number;
}

const told: readonly State[] = isThere
  ? JSON.parse(readFileSync(`${data}/truth-ccrb-penalties.json`, 'utf8')).states
  : [];
// The whole log takes minutes; `npm run test:long` reads all of it.
const states = process.env['REDRESS_LONG'] ? told : told.slice(0, 2);

(isThere ? describe : describe.skip)(
  'a register as it was observed day by day (skipped where it is absent)',
  () => {
    let database: FreshDatabase;
    let records: ExternalRecords;
    let external: ExternalImport;
    const run = (copy?: (at: string) => Promise<void>) => {
      const until = states.at(-1)?.as_known_at ?? '';
      const files = {
        base: `${data}/base-ccrb-penalties.csv.gz`,
        changes: `${data}/changes-ccrb-penalties.csv.gz`,
      };
      return external.run(files, mapping, { until, ...(copy ? { copy } : {}) });
    };

    beforeAll(async () => {
      database = await freshDatabase();
      const store = new EventStore(database.pool);
      const sealing = new Sealing(Buffer.alloc(32, 7), store);
      records = new ExternalRecords(store, sealing);
      external = new ExternalImport(store, sealing);
      // The database's owner alone can say what time it takes for now.
      await run(async (at) => {
        await database.pool.query(
          `CREATE OR REPLACE FUNCTION recording_time() RETURNS timestamptz LANGUAGE sql AS $$ SELECT timestamptz '${at}' $$`,
        );
      });
    }, 600_000);
    afterAll(() => database.drop());

    const knownAt = async (instant: string) => {
      const text = "SELECT position_before($1::timestamptz + interval '1 microsecond') AS position";
      const { rows } = await database.pool.query<{ position: string }>(text, [instant]);
      return records.knownAt(Number(rows[0]?.position), mapping.source);
    };

    test.each(states)(
      'is told as it was known at $as_known_at',
      async (state) => {
        const known = await knownAt(state.as_known_at);
        const { records: there, values, sha256 } = stateOf(known);
        expect({
          records: there,
          complaints: new Set(known.map(({ recordId }) => recordId[0])).size,
          apu_case_status: values['APU Case Status'],
          penalty_blank: values['NYPD Officer Penalty']?.[''],
          sha256_of_state: sha256,
        }).toEqual({
          records: state.records,
          complaints: state.complaints,
          apu_case_status: state.apu_case_status,
          penalty_blank: state.penalty_blank,
          sha256_of_state: state.sha256_of_state,
        });
      },
      120_000,
    );

    test('is imported once: again, nothing is recorded', async () => {
      expect((await run()).events).toBe(0);
      expect((await database.pool.query('SELECT FROM cases')).rowCount).toBe(0);
    }, 600_000);
  },
);
