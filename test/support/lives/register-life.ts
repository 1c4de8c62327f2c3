import fc from 'fast-check';
import type { Pool } from 'pg';
import type { Answered, Caller } from '../application.js';

/** What people may do to a few cases, at the doors, in whatever order. */

const day = fc.integer({ min: 10, max: 28 }).map((n) => `2026-02-${n}`);
const reasons = fc.constantFrom('As asked.', 'As the policy says.');
const around = fc.oneof(
  fc.constant({}),
  fc.record({ occurred: day.map((date) => ({ date })), backdatingReason: reasons }),
);

/** Something a person may try on a case; whether it is allowed just then, the rules say. */
const attempt = fc.oneof(
  fc.record({ command: fc.constant('acknowledge'), body: fc.constant({}) }),
  fc.record({
    command: fc.constant('triage'),
    body: fc.record({
      decision: fc.constantFrom('investigate', 'reject'),
      severity: fc.constantFrom('low', 'critical'),
      reasons,
    }),
  }),
  fc.record({
    command: fc.constant('assign-handler'),
    body: fc.record({ handlerId: fc.constantFrom('staff-2', 'staff-3') }),
  }),
  fc.record({
    command: fc.constant('recuse'),
    body: fc.record({ staffId: fc.constantFrom('staff-2', 'staff-3'), reasons }),
  }),
  fc.record({
    command: fc.constant('add-allegation'),
    body: fc.record({ category: fc.constantFrom('abuse', 'racism') }),
  }),
  fc.record({
    command: fc.constant('pause-clock'),
    body: fc.record({ reason: fc.constant('police-investigation'), basis: reasons }),
  }),
  fc.record({ command: fc.constant('resume-clock'), body: fc.constant({}) }),
  fc.record({
    command: fc.constant('extend-deadline'),
    body: fc.record({
      deadline: fc.constantFrom('acknowledge', 'resolve'),
      newDueOn: fc.constant('2026-07-01'),
      reasons,
    }),
  }),
  fc.record({
    command: fc.constant('withdraw'),
    body: fc.record({ continueInOwnName: fc.boolean(), reasons }),
  }),
  fc.record({
    command: fc.constant('close'),
    body: fc.record({ outcome: fc.constantFrom('withdrawn', 'resigned', 'remedied'), reasons }),
  }),
  fc.record({ command: fc.constant('reopen'), body: fc.record({ reasons }) }),
  fc.record({ command: fc.constant('place-legal-hold'), body: fc.record({ basis: reasons }) }),
  fc.record({
    command: fc.constant('correct-entry'),
    body: fc.oneof(
      fc.record({ path: fc.constant(['receivedOn']), new: day, reason: reasons, basis: reasons }),
      fc.record({
        path: fc.constant(['category']),
        new: fc.constantFrom('abuse', 'racism'),
        reason: reasons,
        basis: reasons,
      }),
    ),
  }),
);

export const story = fc.record({
  cases: fc.array(day, { minLength: 1, maxLength: 3 }),
  steps: fc.array(fc.record({ on: fc.nat({ max: 2 }), attempt, around, together: fc.boolean() }), {
    maxLength: 30,
  }),
});

export type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

/** Through the doors, as people and programs come in. */
export class RegisterLife {
  constructor(
    private readonly head: Caller,
    private readonly pool: Pool,
  ) {}

  async receive(receivedOn: string): Promise<string> {
    const complaint = { receivedOn, channel: 'letter', category: 'abuse', summary: 'Shouted at.' };
    const { status, body } = await this.head.post('/v1/complaints', complaint);
    if (status !== 201) throw new Error(`Not received: ${JSON.stringify(body)}`);
    return body.id;
  }

  /** Answers what each attempt was answered; `after` each that nobody else was at work beside, it is told the cases. */
  async tell(
    { cases, steps }: Story,
    after: (ids: readonly string[]) => Promise<void> = async () => {},
  ): Promise<Answered[]> {
    const ids = await Promise.all(cases.map((receivedOn) => this.receive(receivedOn)));
    await after(ids);
    const answers: Promise<Answered>[] = [];
    for (const { on, attempt: tried, around: told, together } of steps) {
      const id = ids[on % ids.length] ?? '';
      const entry = tried.command === 'correct-entry' ? { eventId: await this.firstEntry(id) } : {};
      answers.push(
        this.head.post(`/v1/complaints/${id}/${tried.command}`, { ...tried.body, ...told, ...entry }),
      );
      if (together) continue;
      await Promise.all(answers);
      await after(ids);
    }
    await Promise.all(answers);
    await this.head.post('/v1/hearings', { complaintIds: ids, kind: 'first' });
    await this.head.post('/v1/resolutions', { complaintId: ids[0] });
    await after(ids);
    return Promise.all(answers);
  }

  private async firstEntry(id: string): Promise<string> {
    const { rows } = await this.pool.query('SELECT event_id FROM events WHERE stream = $1 AND version = 1', [
      `complaint-${id}`,
    ]);
    return rows[0].event_id;
  }
}
