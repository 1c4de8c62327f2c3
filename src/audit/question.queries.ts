import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { z } from 'zod';
import { notAmong } from '../access/ids.js';
import type { Sight } from '../access/sight.js';
import { References } from '../complaints/reference.queries.js';
import { Clock } from '../platform/clock.js';
import { seenParty } from '../parties/party.queries.js';
import { POOL } from '../platform/database.js';
import { cursorAs, cursorOf, type Page } from '../platform/page.js';
import { columnsOf, numberOf, snake, viewOf, type Narrowing, type Question } from './questions.js';

export type Row = Readonly<Record<string, unknown>> & {
  readonly caseId: string | null;
  readonly person: string | null;
};

export type Asked = Narrowing & { readonly first: number; readonly after?: string | undefined };

/** No two rows of an answer agree in these. */
const cursor = z.tuple([z.string().regex(/^\d{1,15}$/), z.string(), z.string()]);
const START = ['0', '', ''];

/** Whom nothing hidden names: else who looked at them, or why, could tell of that. */
const strangerToHidden = (party: string): string =>
  `NOT EXISTS (SELECT FROM named_parties AS n WHERE n.person = ${party}::text AND n.thing = ANY ($10::uuid[]))`;
/** Whoever acted on a case or a hearing that names the party and is seen: they had a reason to look that is no secret. */
const ACTED_FOR_PARTY = `EXISTS (
  SELECT FROM named_parties AS n LEFT JOIN resolutions AS r ON r.case_id = n.thing
  JOIN events AS e ON e.stream = ANY (ARRAY['complaint-' || n.thing, 'hearing-' || n.thing, 'resolution-' || r.id])
  WHERE n.person = answer.party_id::text AND n.thing <> ALL ($10::uuid[]) AND e.actor_id = answer.person)`;
const OF_PARTY = `AND party_id = $12 AND ${seenParty('answer.party_id', '$10')}
  AND (person = $11 OR ${strangerToHidden('answer.party_id')} OR ${ACTED_FOR_PARTY})`;
/** What was looked at may be a party or a hearing of a hidden case. */
const OF_THINGS = `AND thing <> ALL ($10::uuid[]::text[]) AND ${seenParty('answer.thing', '$10')}
  AND (person = $11 OR ${strangerToHidden('answer.thing')})`;

const tellsOfThings = ({ columns }: Question): boolean => 'thing' in columns;

const statementOf = (question: Question): string => {
  const columns = Object.keys(columnsOf(question)).map((name) => `${snake(name)} AS "${name}"`);
  const number = numberOf(question);
  return `SELECT to_json(answer) AS row FROM (
    SELECT ${columns.join(', ')} FROM ${viewOf(question)} AS answer
    WHERE ($1::uuid IS NULL OR case_id = $1) AND ($2::text IS NULL OR person = $2)
      AND ($3::date IS NULL OR recorded_at >= $3::date) AND ($4::date IS NULL OR recorded_at < $4::date + 1)
      AND (${number}, coalesce(case_id::text, ''), coalesce(person, '')) > ($5::bigint, $6, $7)
      AND (case_id IS NULL OR ${notAmong('case_id', '$9')})
      ${question.needs === 'party' ? OF_PARTY : ''} ${tellsOfThings(question) ? OF_THINGS : ''}
    ORDER BY ${number}, coalesce(case_id::text, ''), coalesce(person, '') LIMIT $8
  ) AS answer`;
};

const pageIn = (rows: readonly Row[], first: number, number: string): Page<Row> => {
  const items = rows.slice(0, first);
  const end = rows.length > first && items.at(-1);
  return { items, next: end ? cursorOf([String(end[number]), end.caseId ?? '', end.person ?? '']) : null };
};

/** Answers the questions of auditors from their views. */
@Injectable()
export class QuestionQueries {
  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(References) private readonly references: References,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Errors: NotFound, InvalidInput `bad-cursor`. */
  async ask(
    question: Question,
    { case: name, person, party, from, to, first, after }: Asked,
    sight: Sight,
  ): Promise<Page<Row>> {
    const last = cursorAs(after, cursor) ?? START;
    const id = name === undefined ? null : await this.references.idOf(name, sight);
    const values = [
      id,
      person ?? null,
      from ?? null,
      to ?? null,
      ...last,
      first + 1,
      sight.hidden,
      ...(party !== undefined || tellsOfThings(question) ? [sight.hiddenThings, sight.principal.id] : []),
      ...(party === undefined ? [] : [party]),
    ];
    const rows = await this.rows(statementOf(question), values, sight);
    return pageIn(rows, first, numberOf(question));
  }

  /** The days of the views are those of the session's time zone. */
  private async rows(text: string, values: readonly unknown[], { hidden }: Sight): Promise<readonly Row[]> {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN READ ONLY');
      // What is planned for no case in particular would read the log for one.
      await client.query(
        `SELECT set_config('TimeZone', $1, true), set_config('redress.hidden', $2, true),
          set_config('plan_cache_mode', 'force_custom_plan', true)`,
        [this.clock.zone, `{${[...hidden.all].join(',')}}`],
      );
      const { rows } = await client.query<{ row: Row }>(text, [...values]);
      return rows.map(({ row }) => row);
    } finally {
      await client.query('ROLLBACK').catch(() => {});
      client.release();
    }
  }
}
