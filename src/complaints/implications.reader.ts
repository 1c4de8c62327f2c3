import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import type { Envelope } from '../event-store/command.js';
import type { Circumstances } from '../event-store/decider.js';
import { Desk, hidesNothing, type Gathered, type Slice } from '../event-store/desk.js';
import { POOL } from '../platform/database.js';
import { ComplaintCommand } from './complaint.command.js';
import type { ComplaintContext } from './complaint.context.js';
import type { ComplaintEvent } from './complaint.events.js';
import { complaint } from './complaint.js';
import { ComplaintSlice } from './complaint.slice.js';
import type { Complaint } from './complaint.state.js';
import { Removals } from './removals.reader.js';

/** A member of staff, and the party that they are. */
export interface Implicated {
  readonly partyRef: string;
  readonly staffId: string;
}

const CASES = 'SELECT case_id AS id FROM case_people WHERE person = $1';

/** Those that do not say so yet, or are in their hands all the same, while it is still said who that party is. */
const LATE = `SELECT cases.id FROM party_staff JOIN case_people ON person = party_id::text JOIN cases ON cases.id = case_id,
  LATERAL (SELECT detail::jsonb AS file OFFSET 0) AS told
  WHERE party_id = $1 AND staff_id = $2
    AND (NOT coalesce(file->'implicated' ? $2, false) OR $2 IN (file->>'handlerId', file->>'investigatorId'))`;

const removedAs = ({ staffId }: Implicated) => ({ staffId, reasons: 'Is a party to a case that is heard.' });

const commandFor = (
  id: string,
  implicated: Implicated,
  { actor, correlationId }: Pick<Envelope, 'actor' | 'correlationId'>,
) => new ComplaintCommand('Implicate', id, implicated, { actor, correlationId });

/**
 * What it means for the cases of a party that it turns out to be a member of staff: each says so in its own stream, so that
 * whatever they were about to do to it is decided anew, and they hold it and sit on its panels no more.
 */
@Injectable()
export class Implications {
  private readonly single: Slice<Complaint, ComplaintContext, ComplaintEvent>;

  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(Desk) private readonly desk: Desk,
    @Inject(ComplaintSlice) private readonly complaints: ComplaintSlice,
    @Inject(Removals) private readonly removals: Removals,
  ) {
    this.single = {
      decider: complaint,
      row: (id, version, state) => complaints.row(id, version, state),
      hides: hidesNothing,
      gather: async (command, own) => {
        const removed = [removedAs(command.input as Implicated)];
        const gathered = await complaints.gather(command, own);
        return { ...gathered, ...(await removals.fromPanels([own.state], removed, command.envelope)) };
      },
    };
  }

  async isOnCase(partyRef: string): Promise<boolean> {
    return (await this.idsOf(CASES, [partyRef])).length > 0;
  }

  /** To be recorded with what says so: in all of them, whoever says it and whichever of them they may know of. */
  async inCases(
    implicated: Implicated,
    envelope: Envelope,
  ): Promise<Pick<Gathered<Circumstances>, 'unchanged' | 'also'>> {
    const ids = await this.idsOf(CASES, [implicated.partyRef]);
    const cases = await Promise.all(ids.map((id) => this.desk.load(complaint, id)));
    const states = cases.map(({ state }) => state);
    const { unchanged = [], also = [] } = await this.removals.fromPanels(
      states,
      [removedAs(implicated)],
      envelope,
    );
    const told = ids.map((id) => this.desk.part(this.complaints, commandFor(id, implicated, envelope)));
    return { unchanged, also: [...told, ...also] };
  }

  /** In the cases that the party was put on while that was being recorded; a case that comes later knows already. */
  async inLateCases(
    implicated: Implicated,
    envelope: Pick<Envelope, 'actor' | 'correlationId'>,
  ): Promise<void> {
    for (const id of await this.idsOf(LATE, [implicated.partyRef, implicated.staffId]))
      await this.desk.perform(this.single, commandFor(id, implicated, envelope));
  }

  private async idsOf(text: string, values: readonly string[]): Promise<string[]> {
    const { rows } = await this.pool.query<{ id: string }>(text, [...values]);
    return rows.map(({ id }) => id);
  }
}
