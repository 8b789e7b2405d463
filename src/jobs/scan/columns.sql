SELECT pg_catalog.row_to_json(q)::text FROM (
  SELECT n.nspname AS schema, c.relname AS table, c.relkind AS kind,
         greatest(c.reltuples, 0)::int8 AS tuples,
         a.attrelid::int8 AS relation, a.attnum, a.attname AS column,
         CASE WHEN t.typtype = 'd' THEN pg_catalog.format_type(t.typbasetype, t.typtypmod)
              ELSE pg_catalog.format_type(a.atttypid, a.atttypmod) END AS type_name,
         CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END AS typmod,
         t.typtype = 'e' AS is_enum,
         coalesce((SELECT pg_catalog.bool_or(i.indisunique) FROM pg_catalog.pg_index i
                    WHERE i.indrelid = a.attrelid AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum), false)
           AS is_unique,
         coalesce((SELECT pg_catalog.sum(s.idx_scan)::int8 FROM pg_catalog.pg_index i
                     JOIN pg_catalog.pg_stat_all_indexes s ON s.indexrelid = i.indexrelid
                    WHERE i.indrelid = a.attrelid AND i.indkey[0] = a.attnum), 0) AS lookups,
         (SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_array(k.confrelid::int8,
                   k.confkey[pg_catalog.array_position(k.conkey, a.attnum)])), '[]')
            FROM pg_catalog.pg_constraint k
           WHERE k.contype = 'f' AND k.conrelid = a.attrelid AND a.attnum = ANY (k.conkey)) AS references
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
   WHERE a.attnum > 0 AND NOT a.attisdropped
     AND c.relkind IN ('r', 'p', 'm', 'f') AND NOT c.relispartition AND c.relpersistence <> 't'
     AND n.nspname !~ '^pg_(toast|temp)' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
   ORDER BY n.nspname, c.relname, a.attnum
) q
