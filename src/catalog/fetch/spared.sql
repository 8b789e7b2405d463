WITH RECURSIVE
-- Whoever writes a view or a rule out locks what it reads, and waits for a migration there. What a view or a rule of
-- others says may be left out for as long; one that could show something of $1, or calls a function, is waited for.
locked AS MATERIALIZED (
  SELECT l.relation AS oid FROM pg_catalog.pg_locks l
   WHERE $1::text[] IS NOT NULL AND l.locktype = 'relation' AND l.granted AND l.mode = 'AccessExclusiveLock'
     AND l.pid <> pg_catalog.pg_backend_pid()
     AND l.database = (SELECT b.oid FROM pg_catalog.pg_database b WHERE b.datname = pg_catalog.current_database())
),
reads AS MATERIALIZED (
  SELECT DISTINCT r.oid AS rule, r.ev_class AS reader, d.refclassid AS class, d.refobjid AS oid
    FROM pg_catalog.pg_rewrite r
    JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objid = r.oid
   WHERE r.ev_class >= 16384
),
-- A table that somebody has given another name is known by its guard alone.
named (relation) AS MATERIALIZED (
  SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
   WHERE $1::text[] IS NULL OR n.nspname || '.' || c.relname = ANY ($1::text[])
      OR EXISTS (SELECT FROM pg_catalog.pg_constraint k
                  WHERE k.conrelid = c.oid AND k.contype = 'c' AND k.conname ^@ 'pgveil_guard_')
),
reached (oid) AS (
  SELECT named.relation FROM named WHERE $1::text[] IS NOT NULL
  UNION
  SELECT s.reader FROM reads s
   WHERE s.class IN ('pg_catalog.pg_proc'::pg_catalog.regclass, 'pg_catalog.pg_type'::pg_catalog.regclass)
  UNION
  SELECT m.member
    FROM reached e
    JOIN (SELECT s.oid, s.reader AS member FROM reads s WHERE s.class = 'pg_catalog.pg_class'::pg_catalog.regclass
          UNION ALL
          SELECT i.inhparent, i.inhrelid FROM pg_catalog.pg_inherits i) m ON m.oid = e.oid
),
spared AS MATERIALIZED (
  SELECT s.rule FROM reads s
   WHERE s.oid IN (SELECT k.oid FROM locked k) AND s.class = 'pg_catalog.pg_class'::pg_catalog.regclass
     AND s.reader NOT IN (SELECT e.oid FROM reached e)
)
