import type pg from 'pg';
import type { Entry, Recorded } from '../event-store/event.js';
import type { Follower } from '../event-store/followers.js';
import {
  externalRecord,
  externalRecordEvents,
  type ExternalRecord,
  type ExternalRecordEvent,
} from './external-record.js';

/** What a version of a record holds besides its columns: its id in the register, and its cells in the order of the first copy. */
export interface ExternalDetail {
  readonly recordId: readonly string[];
  readonly fields: readonly { readonly name: string; readonly value: string | null }[];
}

interface Version {
  readonly record_id: string;
  readonly source: string;
  readonly name: string;
  readonly first_position: number;
  readonly from_position: number;
  readonly seen_from: string;
  readonly detail: string;
  to_position?: number;
  seen_until?: string;
}

const STANDING = `SELECT record_id, source, first_position AS first, detail FROM external_versions
  WHERE record_id = ANY ($1) AND to_position = 9223372036854775807`;

const END = `UPDATE external_versions AS standing SET to_position = told.until, seen_until = told.seen
  FROM unnest($1::uuid[], $2::bigint[], $3::timestamptz[]) AS told(record_id, until, seen)
  WHERE standing.record_id = told.record_id AND standing.to_position = 9223372036854775807`;

const ADD = `INSERT INTO external_versions
    (record_id, source, name, first_position, from_position, to_position, seen_from, seen_until, detail)
  SELECT record_id, source, name, first_position, from_position, coalesce(to_position, 9223372036854775807), seen_from,
    coalesce(seen_until, 'infinity'), detail
  FROM json_to_recordset($1) AS told(record_id uuid, source text, name text, first_position bigint, from_position bigint, to_position bigint,
    seen_from timestamptz, seen_until timestamptz, detail text)`;

const idOf = ({ stream }: Recorded): string => stream.slice('external-'.length);

const detailOf = ({ recordId, fields }: ExternalRecord): string => {
  const cells = Object.entries(fields).map(([name, value]) => ({ name, value: value ?? null }));
  return JSON.stringify({ recordId, fields: cells } satisfies ExternalDetail);
};

interface Known {
  readonly state: ExternalRecord;
  /** The position that first had it. */
  readonly first: number;
}

const standing = async (client: pg.ClientBase, ids: readonly string[]): Promise<Map<string, Known>> => {
  const { rows } = await client.query<{ record_id: string; source: string; first: string; detail: string }>(
    STANDING,
    [ids],
  );
  return new Map(
    rows.map(({ record_id: id, source, first, detail }) => {
      const { recordId, fields } = JSON.parse(detail) as ExternalDetail;
      const cells = Object.fromEntries(fields.map(({ name, value }) => [name, value ?? undefined]));
      return [
        id,
        { state: { source, recordId, fields: cells, there: true, seenAt: '' }, first: Number(first) },
      ];
    }),
  );
};

/** The versions that some events bring, and those that they end. */
class Turns {
  readonly added: Version[] = [];
  readonly ended: [ids: string[], positions: number[], seen: string[]] = [[], [], []];
  private readonly last = new Map<string, Version>();

  constructor(private readonly known: Map<string, Known>) {}

  take(event: Recorded): void {
    const id = idOf(event);
    const { position } = event;
    const before = this.known.get(id) ?? { state: externalRecord.initial, first: position };
    const state = externalRecord.evolve(before.state, event as unknown as Entry<ExternalRecordEvent>);
    const after = { state, first: before.state.there ? before.first : position };
    this.known.set(id, after);
    if (before.state.there) this.end(id, position, state.seenAt);
    if (state.there) this.begin(id, position, after);
  }

  private end(id: string, position: number, seen: string): void {
    const own = this.last.get(id);
    if (own) {
      own.to_position = position;
      own.seen_until = seen;
      return;
    }
    const [ids, positions, times] = this.ended;
    ids.push(id);
    positions.push(position);
    times.push(seen);
  }

  private begin(id: string, position: number, { state, first }: Known): void {
    const version: Version = {
      record_id: id,
      source: state.source,
      name: state.recordId.join(' '),
      first_position: first,
      from_position: position,
      seen_from: state.seenAt,
      detail: detailOf(state),
    };
    this.added.push(version);
    this.last.set(id, version);
  }
}

/** `external_versions`: how the records of observed registers stood, by position of the log and by the copies that showed it. */
export const externalVersions: Follower = {
  name: 'external-versions',
  types: Object.keys(externalRecordEvents),
  apply: async (events, client) => {
    const turns = new Turns(await standing(client, [...new Set(events.map(idOf))]));
    for (const event of events) turns.take(event);
    if (turns.ended[0].length > 0) await client.query(END, [...turns.ended]);
    if (turns.added.length > 0) await client.query(ADD, [JSON.stringify(turns.added)]);
  },
};
