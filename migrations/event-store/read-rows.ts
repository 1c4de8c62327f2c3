/**
 * `upsert_{table}`, which an append calls in its own transaction with the read rows of its batch as JSON texts, and the
 * application's rights to the table. `columns` tells what each holds: SQL about `j`, the row as jsonb, and `r`, its text.
 */
export const readRows = (table: string, key: string, columns: Readonly<Record<string, string>>): string => {
  const names = Object.keys(columns);
  const told = names.filter((name) => name !== key).map((name) => `${name} = excluded.${name}`);
  return `
CREATE FUNCTION upsert_${table}(rows text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  -- Each row is parsed once: in a subquery it would be parsed anew for every column.
  parsed jsonb[] := ARRAY(SELECT r::jsonb FROM unnest(rows) AS r);
BEGIN
  INSERT INTO ${table} (${names.join(', ')})
  SELECT ${Object.values(columns).join(', ')}
  FROM unnest(rows, parsed) AS given(r, j)
  ON CONFLICT (${key}) DO UPDATE SET ${told.join(', ')};
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON ${table} TO redress_app;
`;
};
