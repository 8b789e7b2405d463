WITH RECURSIVE reads AS (
  SELECT DISTINCT r.ev_class AS view, 1 AS depth
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
    JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
                               AND d.refobjid = c.oid AND d.refobjsubid = a.attnum
                               AND d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
    JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid AND r.ev_class <> c.oid
   WHERE n.nspname = %SCHEMA% AND c.relname = %TABLE% AND a.attname = %COLUMN%
  UNION
  SELECT r.ev_class, v.depth + 1
    FROM reads v
    JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = v.view
                               AND d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
    JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid AND r.ev_class <> v.view
   WHERE v.depth < 64
), ordered AS (SELECT view, max(depth) AS depth FROM reads GROUP BY view)
SELECT pg_catalog.row_to_json(q)::text FROM (
  SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) AS name,
         c.relkind = 'm' AS is_materialized, pg_catalog.pg_get_viewdef(c.oid) AS definition,
         pg_catalog.array_to_string(c.reloptions, ', ') AS options,
         pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(c.relowner)) AS owner, c.relispopulated AS is_populated,
         ARRAY(SELECT pg_catalog.pg_get_indexdef(i.indexrelid) FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid)
         || ARRAY(SELECT pg_catalog.format('COMMENT ON %s %I.%I IS %L',
                         CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END, n.nspname, c.relname, s.description)
                    FROM pg_catalog.pg_description s WHERE s.objoid = c.oid AND s.objsubid = 0
                     AND s.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass)
         || ARRAY(SELECT pg_catalog.format('COMMENT ON COLUMN %I.%I.%I IS %L', n.nspname, c.relname, a.attname, s.description)
                    FROM pg_catalog.pg_description s JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = s.objsubid
                   WHERE s.objoid = c.oid AND s.objsubid > 0 AND s.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass)
         || ARRAY(SELECT pg_catalog.format('GRANT %s ON %I.%I TO %s%s', g.privilege_type, n.nspname, c.relname,
                         CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(g.grantee)) END,
                         CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
                    FROM pg_catalog.aclexplode(c.relacl) g WHERE g.grantee <> c.relowner) AS statements,
         ARRAY(SELECT 'a trigger' FROM pg_catalog.pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal)
         || ARRAY(SELECT 'a rule' FROM pg_catalog.pg_rewrite r WHERE r.ev_class = c.oid AND r.rulename <> '_RETURN')
         || ARRAY(SELECT 'column privileges' FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL)
         || ARRAY(SELECT 'a column default' FROM pg_catalog.pg_attrdef f WHERE f.adrelid = c.oid)
         || ARRAY(SELECT DISTINCT 'a function that depends on it' FROM pg_catalog.pg_depend d
                   WHERE d.refobjid = c.oid AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
                     AND d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass) AS unmade
    FROM ordered o JOIN pg_catalog.pg_class c ON c.oid = o.view
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
   ORDER BY o.depth, 1
) q
