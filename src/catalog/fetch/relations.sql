SELECT pg_catalog.row_to_json(q)::text FROM (
  SELECT c.oid::int8 AS oid, n.nspname AS schema, c.relname AS name, c.relkind AS kind,
         CASE WHEN c.relkind IN ('v', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
                   AND NOT EXISTS (SELECT FROM pg_catalog.pg_rewrite r JOIN spared ON spared.rule = r.oid
                                    WHERE r.ev_class = c.oid)
              THEN pg_catalog.pg_get_viewdef(c.oid)
              WHEN c.relkind = 'f'
              THEN (SELECT pg_catalog.concat_ws(E'\n',
                             CASE WHEN NOT coalesce(pg_catalog.bool_or(o.option_name = ANY (
                                    '{table_name,table,filename,program}')), false) THEN c.relname END,
                             pg_catalog.string_agg(o.option_value, E'\n' ORDER BY o.option_name)
                               FILTER (WHERE o.option_name <> 'filename'))
                      FROM pg_catalog.pg_foreign_table f
                      LEFT JOIN LATERAL pg_catalog.pg_options_to_table(f.ftoptions) o ON true
                     WHERE f.ftrelid = c.oid) END AS definition,
         (SELECT coalesce(pg_catalog.json_agg(
                   pg_catalog.json_build_array(pn.nspname, p.relname) ORDER BY i.inhseqno), '[]')
            FROM pg_catalog.pg_inherits i
            JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
            JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
           WHERE i.inhrelid = c.oid) AS parents
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c')
     AND c.relpersistence <> 't'
     AND n.nspname !~ '^pg_(toast|temp)'
   ORDER BY n.nspname, c.relname
) q
