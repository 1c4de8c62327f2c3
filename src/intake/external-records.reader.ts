import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { AsOf } from '../backlog/as-of.reader.js';
import { RuleBroken } from '../event-store/errors.js';
import { catchUp } from '../event-store/followers.js';
import { Sealing } from '../event-store/sealing.js';
import { POOL } from '../platform/database.js';
import { cursorAs, cursorOf, type Page } from '../platform/page.js';
import { stateOf } from './external-state.js';
import type { ExternalDetail } from './external-versions.follower.js';
import { externalVersions } from './external-versions.follower.js';
import {
  externalCursor,
  type ExternalAsked,
  type ExternalListAsked,
  type ExternalRecordView,
  type ExternalRegisters,
  type ExternalStateView,
} from './external-view.js';

/** Longer than anybody waits at a door; on the command line the question waits for as long as it takes. */
const AT_A_DOOR = 20_000;

/** By position of the log, or by when a copy showed it: whichever a moment of that basis is. */
const HELD = {
  'known-then': 'from_position <= $2::bigint AND to_position > $2::bigint',
  'known-now': 'seen_from < $2::timestamptz AND seen_until >= $2::timestamptz',
} as const;

const SEEN = `to_char(seen_from AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "seenFrom"`;

interface Row {
  readonly id: string;
  readonly source: string;
  readonly name: string;
  readonly seenFrom: string;
  readonly detail: string;
}

/** What a moment means in the table, and in the answer. */
interface Held {
  readonly asOf: string;
  /** A position, or the instant before which it was seen. */
  readonly at: string;
  readonly position: number;
}

/** Registers that were only observed, as they stood: what had been recorded by then, or what copies showed by then. */
@Injectable()
export class ExternalRecords {
  private patience = AT_A_DOOR;

  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(Sealing) private readonly sealing: Sealing,
    @Inject(AsOf) private readonly moments: AsOf,
  ) {}

  /** The same for somebody who waits. */
  patient(): ExternalRecords {
    const reader = new ExternalRecords(this.pool, this.sealing, this.moments);
    reader.patience = Infinity;
    return reader;
  }

  /** Errors: InvalidInput `as-of-in-future`, `bad-cursor`, RuleBroken `unknown-source`, Unavailable `still-following`. */
  async page(asked: ExternalListAsked): Promise<Page<ExternalRecordView>> {
    const { source, basis, first, after } = asked;
    const [at, id] = cursorAs(after, externalCursor) ?? [(await this.held(asked)).at, null];
    const { rows } = await this.pool.query<Row>(
      `SELECT record_id AS id, source, name, ${SEEN}, detail FROM external_versions
        WHERE source = $1 AND ${HELD[basis]} AND ($3::uuid IS NULL OR (name, record_id) >
          ((SELECT name FROM external_versions WHERE record_id = $3 LIMIT 1), $3))
        ORDER BY name, record_id LIMIT $4`,
      [source, at, id, first + 1],
    );
    if (rows.length === 0) await this.checkSource(source);
    const shown = rows.slice(0, first);
    const last = shown.at(-1);
    return {
      items: shown.map(({ name: _, detail, ...row }) => ({
        ...row,
        ...(JSON.parse(detail) as ExternalDetail),
      })),
      next: last && rows.length > first ? cursorOf([at, last.id]) : null,
    };
  }

  /** Counts of what stood in the cells, and the hash of them all. Errors: as those of `page`. */
  async state(asked: ExternalAsked): Promise<ExternalStateView> {
    const { source, basis } = asked;
    const { asOf, at, position } = await this.held(asked);
    const { rows } = await this.pool.query<Pick<Row, 'detail'>>(
      `SELECT detail FROM external_versions WHERE source = $1 AND ${HELD[basis]} ORDER BY first_position`,
      [source, at],
    );
    if (rows.length === 0) await this.checkSource(source);
    const sealed = rows.map(({ detail }) => JSON.parse(detail) as ExternalDetail);
    return { source, asOf, basis, position, ...stateOf(await this.sealing.open(sealed)) };
  }

  async registers(): Promise<ExternalRegisters> {
    await this.followed(await this.moments.head());
    const { rows } = await this.pool.query<ExternalRegisters['registers'][number]>(
      `SELECT source, count(*) FILTER (WHERE seen_until = 'infinity')::int AS records,
          ${SEEN.replace('seen_from', 'min(seen_from)').replace('seenFrom', 'firstSeenAt')},
          ${SEEN.replace('seen_from', `max(greatest(seen_from, nullif(seen_until, 'infinity')))`).replace('seenFrom', 'lastChangeSeenAt')}
        FROM external_versions GROUP BY source ORDER BY source`,
    );
    return { registers: rows };
  }

  private async held({ asOf: asked, basis }: ExternalAsked): Promise<Held> {
    const moment = this.moments.moment(asked);
    const { asOf } = moment;
    if (basis === 'known-then') {
      const position = await this.followed(await this.moments.positionAt(moment));
      return { asOf, at: String(position), position };
    }
    const position = await this.followed(await this.moments.head());
    const [limit, by] = 'before' in moment ? [moment.before, '0'] : [moment.until, '1 microsecond'];
    const { rows } = await this.pool.query<{ at: string }>(
      `SELECT to_char(($1::timestamptz + $2::interval) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at`,
      [limit, by],
    );
    return { asOf, at: rows[0]?.at ?? limit, position };
  }

  private async followed(position: number): Promise<number> {
    await catchUp(this.pool, externalVersions, position, this.patience);
    return position;
  }

  private async checkSource(source: string): Promise<void> {
    const { rows } = await this.pool.query<{ source: string }>(
      'SELECT DISTINCT source FROM external_versions ORDER BY source',
    );
    const known = rows.map((row) => row.source);
    if (known.includes(source)) return;
    throw new RuleBroken(
      'unknown-source',
      `No copy of a register ${source} was imported. ${known.length === 0 ? 'None was: see redress import --changes' : `There are ${known.join(', ')}`}.`,
    );
  }
}
