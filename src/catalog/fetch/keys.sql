SELECT pg_catalog.row_to_json(q)::text FROM (
  SELECT i.indrelid::int8 AS relation,
         (SELECT pg_catalog.json_agg(k.attnum ORDER BY k.place)
            FROM pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
           WHERE k.place <= i.indnkeyatts) AS columns
    FROM pg_catalog.pg_index i
    JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
   WHERE i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
     AND c.relpersistence <> 't'
     AND n.nspname !~ '^pg_(toast|temp)' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
   ORDER BY i.indrelid, i.indisprimary DESC, i.indexrelid
) q
