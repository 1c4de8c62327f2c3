import pg from 'pg';
import { v7 } from 'uuid';
import { EventStore } from '../../dist/src/event-store/event-store.js';

// A process that appends to the database of its argument: { callers, appends } → { recorded: id } each, then { done };
// { key } races for an idempotency key → { outcome, answer }.
const pool = new pg.Pool({ connectionString: process.argv[2], max: 2, options: '-c lock_timeout=10s' });
pool.on('error', () => {});
const store = new EventStore(pool);

const happened = () => ({
  id: v7(),
  type: 'Happened',
  schemaVersion: 1,
  occurred: { date: '2024-02-29' },
  on: '2024-02-29',
  text: '{}',
});

const append = (events, once) =>
  store.append({
    writes: [{ stream: `thing-${v7()}`, expected: 0, events }],
    actor: { id: 'staff-1', role: 'intake' },
    correlationId: 'request-1',
    ...(once ? { once } : {}),
  });

async function load({ callers, appends }) {
  let left = appends;
  const call = async () => {
    while (left > 0) {
      left -= 1;
      const event = happened();
      await append([event]);
      process.send({ recorded: event.id });
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
  process.send({ done: true });
}

async function race({ key }) {
  const mine = String(process.pid);
  const { outcome, answer = mine } = await append([happened()], { key, request: 'r', answer: mine });
  process.send({ outcome, answer });
}

process.on('message', (order) => void (order.key ? race(order) : load(order)));
process.on('disconnect', () => void pool.end());
process.send({ ready: true });
