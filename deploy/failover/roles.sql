-- Once, on the first database machine:
--   read -rs OCOP_PASSWORD && read -rs OCOP_REPLICA_PASSWORD && export OCOP_PASSWORD OCOP_REPLICA_PASSWORD
--   runuser -u postgres -- psql -v ON_ERROR_STOP=1 -f roles.sql
-- Taken from the environment: others can read the words of a command.
\getenv server_password OCOP_PASSWORD
\getenv replica_password OCOP_REPLICA_PASSWORD
CREATE ROLE ocop LOGIN PASSWORD :'server_password';
-- The server tells of its standby (/metrics, doctor).
GRANT pg_monitor TO ocop;
-- Limits of the server's transactions. PgBouncer passes on no options, so they are the role's. The app gives a request
-- up after 20 s: a lock and then a statement (query_timeout of pgbouncer.ini) may take less together.
ALTER ROLE ocop SET lock_timeout = '6s';
ALTER ROLE ocop SET idle_in_transaction_session_timeout = '60s';
-- Compiling a statement takes longer than any page's statement does.
ALTER ROLE ocop SET jit = off;

-- The standby reads the log, and pg_rewind the files.
CREATE ROLE ocop_replica LOGIN REPLICATION PASSWORD :'replica_password';
GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_dir(text, boolean, boolean) TO ocop_replica;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_stat_file(text, boolean) TO ocop_replica;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_binary_file(text) TO ocop_replica;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_binary_file(text, bigint, bigint, boolean) TO ocop_replica;

CREATE DATABASE ocop OWNER ocop TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';
