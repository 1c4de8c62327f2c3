/** Roles belong to the cluster: another database, or another migration right now, may have made it already. */
export const makeRole = (name: string): string => `
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${name}') THEN
    CREATE ROLE ${name} NOLOGIN;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;
END $$;`;

/**
 * Only who owns the schema may take from everybody what PostgreSQL gives them; elsewhere it is the administrator's to do. The
 * application may call what it finds in its own schema.
 */
export const NOTHING_FOR_EVERYBODY = `
DO $$
BEGIN
  IF pg_has_role((SELECT nspowner FROM pg_namespace WHERE nspname = 'public'), 'USAGE') THEN
    REVOKE ALL ON SCHEMA public FROM PUBLIC;
    GRANT USAGE ON SCHEMA public TO redress_app;
  END IF;
END $$;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON ROUTINES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT EXECUTE ON ROUTINES TO redress_app;
-- The server, which has no owner's rights, can tell whether the schema is up to date.
GRANT SELECT ON migrations TO redress_app;`;
