SELECT pg_catalog.row_to_json(q)::text FROM (
  SELECT n.nspname AS schema, c.relname AS table, a.attname AS column,
         (SELECT pg_catalog.sum(greatest(p.reltuples, 0))::int8 FROM pg_catalog.pg_class p
           WHERE p.oid IN (SELECT relid FROM pg_catalog.pg_partition_tree(c.oid)) OR p.oid = c.oid) AS rows,
         (SELECT pg_catalog.sum(pg_catalog.pg_total_relation_size(p.oid))::int8 FROM pg_catalog.pg_class p
           WHERE p.oid IN (SELECT relid FROM pg_catalog.pg_partition_tree(c.oid)) OR p.oid = c.oid) AS bytes,
         s.n_distinct, s.avg_width, s.null_frac,
         coalesce((SELECT pg_catalog.max(w.total) FROM (
           SELECT pg_catalog.sum(CASE WHEN ia.attlen > 0 THEN ia.attlen ELSE 64 END)
                  FILTER (WHERE ia.attnum <> a.attnum) AS total
             FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute ia ON ia.attrelid = i.indrelid AND ia.attnum = ANY (i.indkey)
            WHERE i.indrelid = c.oid AND a.attnum = ANY (i.indkey) GROUP BY i.indexrelid) w), 0)::int8 AS beside,
         EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid AND a.attnum = ANY (i.indkey)) AS is_indexed
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_catalog.pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = a.attname
   WHERE (n.nspname::text, c.relname::text, a.attname::text) IN (%COLUMNS%)
) q
