-- One service's database and its roles: one owns and migrates, another works and owns nothing. A third reads every
-- organisation's rows, for backups, where BACKUP_PASSWORD is given.
-- For a superuser's psql, with SERVICE, OWNER_PASSWORD and WORKER_PASSWORD in its environment; what is there stays.
\set ON_ERROR_STOP on
\getenv service SERVICE
\getenv owner_password OWNER_PASSWORD
\getenv worker_password WORKER_PASSWORD
\getenv backup_password BACKUP_PASSWORD
SELECT 'ficha_' || :'service' AS database, 'ficha_' || :'service' AS worker, 'ficha_' || :'service' || '_owner' AS owner
\gset

SELECT format('CREATE ROLE %I LOGIN NOSUPERUSER NOBYPASSRLS', role)
FROM unnest(ARRAY[:'owner', :'worker']) AS role
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role)
\gexec
ALTER ROLE :"owner" PASSWORD :'owner_password';
ALTER ROLE :"worker" PASSWORD :'worker_password';

SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'owner')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database')
\gexec
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
-- A rebuild sorts what the log tells in a table of its own session: TEMPORARY.
GRANT CONNECT, TEMPORARY ON DATABASE :"database" TO :"worker";

\connect :"database"
GRANT ALL ON SCHEMA public TO :"owner";
GRANT USAGE ON SCHEMA public TO :"worker";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"worker";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO :"worker";

\if :{?backup_password}
SELECT 'ficha_' || :'service' || '_backup' AS backup
\gset
SELECT format('CREATE ROLE %I LOGIN NOSUPERUSER BYPASSRLS', :'backup')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'backup')
\gexec
ALTER ROLE :"backup" PASSWORD :'backup_password';
GRANT pg_read_all_data TO :"backup";
GRANT CONNECT ON DATABASE :"database" TO :"backup";
\endif
