import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freshDatabase, type FreshDatabase } from '../../test/support/database.js';
import { Ids, notAmong } from './ids.js';
import { Sight } from './sight.js';

const idOf = (n: number): string => `01a2266e-db3a-7397-83b6-${n.toString(16).padStart(12, '0')}`;
const many = Array.from({ length: 5_000 }, (_, n) => idOf(n));

describe('ids', () => {
  let database: FreshDatabase;
  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterAll(() => database.drop());

  const packed = async (ids: readonly string[], rows = 'true'): Promise<Ids> => {
    const { rows: told } = await database.pool.query<{ ids: string | null }>(
      `SELECT ${Ids.packing('id', rows)} AS ids FROM unnest($1::uuid[]) AS id`,
      [ids],
    );
    return Ids.packed(told[0]?.ids ?? null);
  };

  it.each([[[]], [many.slice(0, 1)], [many]])('come from the database and go back to it', async (ids) => {
    const told = await packed(ids);
    expect([...told.all]).toEqual(ids);
    expect(told.isEmpty).toBe(ids.length === 0);
    const { rows } = await database.pool.query(
      `SELECT $1::uuid[]::text[] AS back,
        (SELECT count(*)::int FROM unnest($2::uuid[]) AS id WHERE ${notAmong('id', '$1')}) AS others`,
      [told, many],
    );
    expect(rows).toEqual([{ back: ids, others: many.length - ids.length }]);
  });

  it('are added and taken away, and none of some rows is none', async () => {
    const [some, others] = [await packed(many.slice(0, 3)), await packed(many.slice(2, 5))];
    expect([...some.and(others).all]).toEqual(many.slice(0, 5));
    expect([...some.without(others).all]).toEqual(many.slice(0, 2));
    expect([some.and(Ids.none), Ids.none.and(some), some.without(Ids.none)]).toEqual([some, some, some]);
    expect(some.without(some).isEmpty).toBe(true);
    expect((await packed(many, 'false')).isEmpty).toBe(true);
  });

  it('are seen in a text, also where another begins before them', async () => {
    const hidden = await packed(many);
    const [one, none] = [{ id: 'staff-1', roles: [] }, Ids.none];
    const sight = new Sight(one, { hidden, hiddenHearings: none, barred: none, sealed: none });
    const seen = '01a2266f-2116-71c8-aca5-7a93c48627b0';
    const texts = [`complaint-${many[7]}`, `${seen} ${many[4_999]}`, `x01a2266f-2116-71c8-aca5-${many[7]}`];
    expect(texts.map((text) => sight.seesAllIn(text))).toEqual([false, false, false]);
    expect(sight.seesAllIn(`complaint-${seen} {"linked": "${seen}"}`)).toBe(true);
    expect(new Sight(one).seesAllIn(texts[0] ?? '')).toBe(true);
  });
});
