SELECT pg_catalog.row_to_json(q)::text FROM (
  SELECT p.oid::int8 AS oid, n.nspname AS schema, p.proname AS name,
         pg_catalog.pg_get_function_identity_arguments(p.oid) AS arguments,
         CASE WHEN a.aggfnoid IS NULL THEN l.lanname ELSE 'sql' END AS language,
         CASE WHEN a.aggfnoid IS NOT NULL
              THEN pg_catalog.concat_ws(', ', a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggserialfn,
                                        a.aggdeserialfn, a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn)
              WHEN p.prosrc <> '' THEN p.prosrc
              ELSE pg_catalog.pg_get_functiondef(p.oid) END AS body,
         p.proretset OR t.typtype = 'c' OR t.oid = 'pg_catalog.record'::pg_catalog.regtype AS returns_rows,
         (SELECT e.extname FROM pg_catalog.pg_depend d
            JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
           WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid
             AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
             AND d.deptype = 'e') AS extension
    FROM pg_catalog.pg_proc p
    JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    JOIN pg_catalog.pg_language l ON l.oid = p.prolang
    JOIN pg_catalog.pg_type t ON t.oid = p.prorettype
    LEFT JOIN pg_catalog.pg_aggregate a ON a.aggfnoid = p.oid
   WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
     AND n.nspname !~ '^pg_(toast|temp)'
   ORDER BY n.nspname, p.proname, 4
) q
