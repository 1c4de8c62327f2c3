import type pg from 'pg';

/** Objects of an export, each once, however many there are: the database keeps them meanwhile, on a connection of its own. */

export const OBJECT_TYPES = ['complaint', 'hearing', 'resolution', 'person'] as const;

export interface OcelObject {
  readonly id: string;
  readonly type: (typeof OBJECT_TYPES)[number];
}

const PAGE = 2_000;
const CREATE = 'CREATE TEMP TABLE export_objects (id text COLLATE "C" PRIMARY KEY, type text NOT NULL)';
const ADD = `INSERT INTO export_objects SELECT DISTINCT ON (id) * FROM unnest($1::text[], $2::text[]) AS told(id, type)
  ON CONFLICT DO NOTHING`;

export class OcelObjects {
  private constructor(private readonly client: pg.PoolClient) {}

  /** Whoever begins must end. */
  static async begin(pool: pg.Pool): Promise<OcelObjects> {
    const client = await pool.connect();
    await client.query(CREATE);
    return new OcelObjects(client);
  }

  async end(): Promise<void> {
    await this.client.query('DROP TABLE export_objects');
    this.client.release();
  }

  async add(objects: readonly OcelObject[]): Promise<void> {
    await this.client.query(ADD, [objects.map(({ id }) => id), objects.map(({ type }) => type)]);
  }

  /** By id, after an id. */
  async *pages(after: string): AsyncGenerator<readonly OcelObject[]> {
    for (let last = after; ;) {
      const text = `SELECT id, type FROM export_objects WHERE id > $1 ORDER BY id LIMIT ${PAGE}`;
      const { rows } = await this.client.query<OcelObject>(text, [last]);
      if (rows.length === 0) return;
      yield rows;
      last = rows.at(-1)?.id ?? last;
    }
  }
}
