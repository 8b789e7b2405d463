SELECT pg_catalog.row_to_json(q)::text FROM (
  SELECT a.attrelid::int8 AS relation, a.attnum, a.attname AS name,
         a.atttypid::int8 AS type_oid,
         pg_catalog.format_type(a.atttypid, a.atttypmod) AS type_name,
         CASE WHEN t.oid >= 16384 AND (t.typtype = 'd' OR e.typtype = 'd') THEN
           (WITH RECURSIVE over (type, depth) AS (
              SELECT t.oid, 0
              UNION ALL
              SELECT CASE u.typtype WHEN 'd' THEN u.typbasetype ELSE u.typelem END, o.depth + 1
                FROM over o JOIN pg_catalog.pg_type u ON u.oid = o.type
               WHERE u.typtype = 'd' OR u.typelem <> 0 AND u.typlen = -1)
            SELECT pg_catalog.format_type(o.type, NULL) FROM over o ORDER BY o.depth DESC LIMIT 1)
         END AS base_type,
         a.atttypmod AS typmod,
         CASE WHEN a.attcollation <> 0 AND a.attcollation <> t.typcollation
              THEN pg_catalog.quote_ident(cn.nspname) || '.' || pg_catalog.quote_ident(co.collname)
         END AS collation,
         coalesce(NOT co.collisdeterministic, false) AS nondeterministic,
         a.attgenerated <> '' AS generated,
         nullif(a.attidentity::text, '') AS identity,
         a.atthasdef AND a.attgenerated = '' AS has_default,
         CASE WHEN $1::text[] IS NULL OR n.nspname || '.' || c.relname = ANY ($1::text[])
              THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid) END AS expression,
         a.attnotnull AS not_null
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND t.typlen = -1
    LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation
    LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
   WHERE a.attnum > 0 AND NOT a.attisdropped
     AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c')
     AND c.relpersistence <> 't'
     AND n.nspname !~ '^pg_(toast|temp)'
   ORDER BY a.attrelid, a.attnum
) q
