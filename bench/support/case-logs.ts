import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type pg from 'pg';
import { commandDoors } from '../../src/doors.js';
import type { Answer } from '../../src/event-store/command.js';
import { freshId } from '../../src/event-store/fresh-bytes.js';

/** A log of many cases: a few lives are lived through the house, and their events written again and again for other cases. */

type Kind = 'complaint' | 'hearing';

const doing =
  (house: INestApplicationContext) =>
  async (kind: Kind, act: string, input: object, id = freshId()): Promise<Answer & { id: string }> => {
    const door = commandDoors.find((each) => each.kind === kind);
    if (!door) throw new Error(`There is no door to a ${kind}.`);
    const envelope = { actor: { id: 'staff-1', role: 'casework-head' }, correlationId: freshId() };
    const told = door.acts[act]?.input.parse(input);
    const command = new door.command(act, id, told, envelope);
    return { ...(await house.get(CommandBus, { strict: false }).execute(command)), id };
  };

const REASONS = 'As the policy says, and as the complainant was told in the letter of that day.';

/** Two lives: one that is still open, and one that was heard, resolved and closed. */
export async function live(house: INestApplicationContext, today: string): Promise<void> {
  const act = doing(house);
  const receipt = {
    receivedOn: today,
    channel: 'letter',
    category: 'abuse',
    summary: 'Shouted at in a meeting, in front of two witnesses, and again in the corridor afterwards.',
  };
  const triage = { decision: 'investigate', severity: 'high', reasons: REASONS };
  for (const isClosed of [false, true]) {
    const { id } = await act('complaint', 'Receive', receipt);
    await act('complaint', 'Acknowledge', {}, id);
    await act('complaint', 'AddAllegation', { category: 'racism' }, id);
    await act('complaint', 'Triage', triage, id);
    await act('complaint', 'AssignHandler', { handlerId: 'staff-2' }, id);
    await act('complaint', 'OpenInvestigation', { investigatorId: 'staff-3', termsOfReference: REASONS }, id);
    await act('complaint', 'PauseClock', { reason: 'police-investigation', basis: REASONS }, id);
    await act('complaint', 'ResumeClock', {}, id);
    if (!isClosed) continue;
    await act('hearing', 'Request', { complaintIds: [id], kind: 'first' }).then(({ id: hearing }) =>
      act('hearing', 'Cancel', { reasons: REASONS }, hearing),
    );
    await act('complaint', 'Close', { outcome: 'remedied', reasons: REASONS }, id);
  }
}

interface Lived {
  readonly position: string;
  readonly stream: string;
  readonly data: string;
}

const LIVED = `SELECT position, stream, data FROM events WHERE stream ~ '^(complaint|hearing)-' ORDER BY position`;

const INSERT = `INSERT INTO events
  SELECT told.position, gen_random_uuid(), told.stream, version, type, schema_version, occurred_on, occurred_at,
    occurred_zone, recorded_at, actor_id, actor_role, on_behalf_of, correlation_id, causation_id, told.data
  FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[]) AS told(position, stream, data, lived)
  JOIN events AS e ON e.position = lived`;

const TOGETHER = 500;

/** The ids of these streams begin with the number of the case, as ids begin with their time; its references end with it. */
const renaming = (lived: readonly Lived[]): ((text: string, n: number) => string) => {
  const ids = new RegExp([...new Set(lived.map(({ stream }) => stream.slice(-36)))].join('|'), 'g');
  return (text, n) => {
    const tail = n.toString(16).padStart(12, '0');
    return text
      .replaceAll(ids, (id) => `${tail.slice(0, 8)}-${tail.slice(8)}${id.slice(13)}`)
      .replaceAll(/"reference":"(\d{4})-0*(\d+)"/g, (_, year, own) => `"reference":"${year}-${n}${own}"`);
  };
};

/** What was lived, that many times more, as if so many cases went on side by side. */
export async function multiply(pool: pg.Pool, times: number): Promise<void> {
  const { rows: lived } = await pool.query<Lived>(LIVED);
  const { rows } = await pool.query<{ head: string }>('SELECT max(position) AS head FROM events');
  const renamed = renaming(lived);
  let position = Number(rows[0]?.head);
  for (let first = 1; first <= times; first += TOGETHER) {
    const numbers = Array.from(
      { length: Math.min(TOGETHER, times - first + 1) },
      (_, index) => first + index,
    );
    const told = lived.flatMap((event) => numbers.map((n) => ({ event, n })));
    await pool.query(INSERT, [
      told.map(() => (position += 1)),
      told.map(({ event, n }) => renamed(event.stream, n)),
      told.map(({ event, n }) => renamed(event.data, n)),
      told.map(({ event }) => event.position),
    ]);
  }
  await pool.query('SET ROLE NONE');
  await pool.query('VACUUM ANALYZE events');
}
