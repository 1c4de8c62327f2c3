import { randomUUID } from 'node:crypto';
import type { Append, EventToAppend, StreamWrite } from '../../src/event-store/append.js';

/** Appends as the kernel's specs write them: events without a meaning, on streams nobody else uses. */

export const happened = (
  text = '{}',
  occurred: EventToAppend['occurred'] = { date: '2024-02-29' },
): EventToAppend => ({
  id: randomUUID(),
  type: 'Happened',
  schemaVersion: 1,
  occurred,
  on: '2024-02-29',
  text,
});

export const appendOf = (writes: StreamWrite[], more: Partial<Append> = {}): Append => ({
  writes,
  actor: { id: 'staff-1', role: 'intake' },
  correlationId: 'request-1',
  ...more,
});

export const write = (stream: string, expected: number, ...events: EventToAppend[]): StreamWrite => ({
  stream,
  expected,
  events,
});

export const aStream = (): string => `thing-${randomUUID()}`;
