SELECT pg_catalog.concat_ws(' ',
  (SELECT pg_catalog.concat_ws(' ', pg_catalog.hash_array_extended(pg_catalog.array_agg(c.oid), 0),
            pg_catalog.hash_array_extended(pg_catalog.array_agg(c.relname), 0),
            pg_catalog.hash_array_extended(pg_catalog.array_agg(c.relnamespace), 0))
     FROM (SELECT oid, relname, relnamespace FROM pg_catalog.pg_class
            WHERE oid >= 16384 AND relkind IN ('r', 'p', 'v', 'm', 'f') AND relpersistence <> 't'
            ORDER BY oid) c),
  (SELECT pg_catalog.hash_array_extended(pg_catalog.array_agg(a.xmin), 0)
     FROM (SELECT xmin FROM pg_catalog.pg_attribute WHERE attrelid = ANY ($1) AND attnum > 0
            ORDER BY attrelid, attnum) a),
  (SELECT pg_catalog.hash_array_extended(pg_catalog.array_agg(r.xmin), 0)
     FROM (SELECT xmin FROM pg_catalog.pg_rewrite WHERE ev_class >= 16384 ORDER BY oid) r),
  (SELECT pg_catalog.hash_array_extended(pg_catalog.array_agg(i.xmin), 0)
     FROM (SELECT xmin FROM pg_catalog.pg_inherits WHERE inhrelid >= 16384 ORDER BY inhrelid, inhseqno) i),
  (SELECT pg_catalog.hash_array_extended(pg_catalog.array_agg(f.xmin), 0)
     FROM (SELECT xmin FROM pg_catalog.pg_foreign_table ORDER BY ftrelid) f),
  (SELECT pg_catalog.hash_array_extended(pg_catalog.array_agg(t.xmin), 0)
     FROM (SELECT xmin FROM pg_catalog.pg_trigger WHERE NOT tgisinternal ORDER BY oid) t),
  (SELECT pg_catalog.hash_array_extended(pg_catalog.array_agg(p.xmin), 0)
     FROM (SELECT xmin FROM pg_catalog.pg_proc WHERE oid >= 16384 ORDER BY oid) p),
  (SELECT pg_catalog.hash_array_extended(pg_catalog.array_agg(n.xmin), 0)
     FROM (SELECT xmin FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_' ORDER BY oid) n))
