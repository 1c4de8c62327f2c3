import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EventStore } from '../src/event-store/event-store.js';
import { Sealing } from '../src/event-store/sealing.js';
import { ExternalImport } from '../src/intake/external-import.handler.js';
import { ExternalRecords } from '../src/intake/external-records.reader.js';
import type { ExternalAsked } from '../src/intake/external-view.js';
import type { ExternalMapping } from '../src/intake/external-register.js';
import { readConfig } from '../src/platform/config.js';
import { AsOf } from '../src/backlog/as-of.reader.js';
import { PolicyBook } from '../src/clocks/policy.queries.js';
import { FixedClock } from './support/application.js';
import { freshDatabase, type FreshDatabase } from './support/database.js';
import { MasterKeys } from '../src/event-store/master-keys.js';

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
      const sealing = new Sealing(new MasterKeys([Buffer.alloc(32, 7)]), store);
      const config = readConfig({});
      const moments = AsOf.patient(
        database.pool,
        new PolicyBook(database.pool, config),
        new FixedClock('2026-11-24T10:00:00Z'),
      );
      records = new ExternalRecords(database.pool, sealing, moments).patient();
      external = new ExternalImport(store, sealing);
      // The database's owner alone can say what time it takes for now.
      await run(async (at) => {
        await database.pool.query(
          `CREATE OR REPLACE FUNCTION recording_time() RETURNS timestamptz LANGUAGE sql AS $$ SELECT timestamptz '${at}' $$`,
        );
      });
    }, 600_000);
    afterAll(() => database.drop());

    /** How many complaints its records are of: the first cell of each id. */
    const complaintsOf = async (asked: ExternalAsked): Promise<number> => {
      const complaints = new Set<string | undefined>();
      let after: string | undefined;
      do {
        const page = await records.page({ ...asked, first: 200, ...(after === undefined ? {} : { after }) });
        for (const { recordId } of page.items) complaints.add(recordId[0]);
        after = page.next ?? undefined;
      } while (after !== undefined);
      return complaints.size;
    };

    test.each(states)(
      'is told as it was known at $as_known_at, on either basis, for each copy was recorded when it was taken',
      async (state) => {
        const asked = { source: mapping.source, asOf: state.as_known_at };
        const known = await records.state({ ...asked, basis: 'known-then' });
        const { records: there, values, sha256 } = known;
        expect(await records.state({ ...asked, basis: 'known-now' })).toMatchObject({
          records: there,
          values,
          sha256,
        });
        expect({
          records: there,
          complaints: await complaintsOf({ ...asked, basis: 'known-then' }),
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
