import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { appendOf, happened, write } from '../../test/support/appends.js';
import { freshDatabase, type FreshDatabase } from '../../test/support/database.js';
import { eventually } from '../../test/support/eventually.js';
import { EventStore } from '../event-store/event-store.js';
import { Followers } from '../event-store/followers.js';
import { caseActivity } from './case-activity.follower.js';

describe('the activity of cases', () => {
  let database: FreshDatabase;
  let store: EventStore;
  let following: Followers;
  const failures: unknown[] = [];
  const versions = new Map<string, number>();

  beforeEach(async () => {
    database = await freshDatabase();
    store = new EventStore(database.pool);
    follow();
  });
  afterEach(async () => {
    await following.onModuleDestroy();
    await database.drop();
    failures.length = 0;
  });

  const follow = () => {
    following = new Followers(database.pool, ({ error }) => failures.push(error));
    following.follow(caseActivity);
  };

  /** Something happened on that day; answers its position. */
  const act = async (stream: string, date: string): Promise<number> => {
    const version = versions.get(stream) ?? 0;
    versions.set(stream, version + 1);
    const event = { ...happened('{}', { date }), on: date };
    const appended = await store.append(appendOf([write(stream, version, event)]));
    if (appended.outcome !== 'appended') throw new Error('not appended');
    return appended.firstPosition;
  };

  const followedTo = (position: number) =>
    eventually(async () => {
      const { rows } = await database.pool.query('SELECT FROM checkpoints WHERE position >= $1', [position]);
      expect([rows.length, failures]).toEqual([1, []]);
    });

  const known = async (): Promise<Record<string, [day: string, position: number]>> => {
    const { rows } = await database.pool.query<{ id: string; day: string; position: string }>(
      'SELECT case_id AS id, last_on::text AS day, last_position AS position FROM case_activity',
    );
    return Object.fromEntries(rows.map(({ id, day, position }) => [id, [day, Number(position)]]));
  };

  const hearingOf = async (...cases: string[]): Promise<string> => {
    const id = randomUUID();
    await database.pool.query('INSERT INTO hearing_cases SELECT $1, unnest($2::uuid[])', [id, cases]);
    return `hearing-${id}`;
  };

  const resolutionOf = async (caseId: string): Promise<string> => {
    const id = randomUUID();
    await database.pool.query("INSERT INTO resolutions VALUES ($1, 1, $2, 'first', 'open', '{}')", [
      id,
      caseId,
    ]);
    return `resolution-${id}`;
  };

  it('is the latest day on which something was done about a case, its hearings or its resolutions', async () => {
    const [one, two, three] = [randomUUID(), randomUUID(), randomUUID()];
    for (const id of [one, two, three]) await act(`complaint-${id}`, '2026-01-05');
    const hearing = await hearingOf(one, two);
    await act(hearing, '2026-01-20');
    const heard = await act(hearing, '2026-01-12');
    const resolved = await act(await resolutionOf(two), '2026-02-02');
    await followedTo(resolved);
    expect(await known()).toEqual({
      [one]: ['2026-01-20', heard],
      [two]: ['2026-02-02', resolved],
      [three]: ['2026-01-05', 3],
    });
  });

  it('goes by the day something happened, so that what is put on record late wakes no case', async () => {
    const id = randomUUID();
    await act(`complaint-${id}`, '2018-05-01');
    const late = await act(`complaint-${id}`, '2018-03-28');
    await followedTo(late);
    expect(await known()).toEqual({ [id]: ['2018-05-01', late] });
  });

  it('is not what the clock recorded, nor what concerns no case', async () => {
    const id = randomUUID();
    await act(`complaint-${id}`, '2026-01-05');
    for (const stream of [`deadlines-${id}`, `party-${randomUUID()}`, 'policy-default'])
      await act(stream, '2026-02-05');
    await followedTo(4);
    expect(await known()).toEqual({ [id]: ['2026-01-05', 1] });
  });

  it('goes on where it stopped, and is made anew when it is followed from the beginning', async () => {
    const [before, meanwhile] = [randomUUID(), randomUUID()];
    await act(`complaint-${before}`, '2026-01-05');
    await followedTo(1);
    await following.onModuleDestroy();
    await database.pool.query('DELETE FROM case_activity');
    await act(`complaint-${meanwhile}`, '2026-01-06');
    follow();
    await followedTo(2);
    expect(await known()).toEqual({ [meanwhile]: ['2026-01-06', 2] });
    await database.pool.query(
      "DELETE FROM case_activity; UPDATE checkpoints SET position = 0 WHERE follower = 'case-activity'",
    );
    await followedTo(2);
    expect(await known()).toEqual({ [before]: ['2026-01-05', 1], [meanwhile]: ['2026-01-06', 2] });
  });
});
