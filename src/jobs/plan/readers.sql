SELECT pg_catalog.row_to_json(q)::text FROM (
  WITH target AS (
    SELECT c.oid, n.nspname, c.relname, a.attnum, a.attname, a.atttypid, a.attcollation
      FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE (n.nspname::text, c.relname::text, a.attname::text) IN (%COLUMNS%)
  ), edge AS (
    SELECT t.oid, t.attnum, d.classid, d.objid FROM target t
      JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
                                 AND d.refobjid = t.oid AND d.refobjsubid = t.attnum
  )
  SELECT t.nspname AS schema, t.relname AS table, t.attname AS column, x.kind, x.name, x.definition
    FROM target t CROSS JOIN LATERAL (
      SELECT CASE k.contype WHEN 'c' THEN 'check' WHEN 'x' THEN 'exclusion' ELSE 'foreign-key' END AS kind,
             k.conname::text AS name, pg_catalog.pg_get_constraintdef(k.oid) AS definition
        FROM pg_catalog.pg_constraint k
       WHERE k.conrelid = t.oid AND t.attnum = ANY (k.conkey) AND k.contype IN ('c', 'x', 'f')
      UNION ALL
      SELECT 'foreign-key', k.conname::text, pg_catalog.pg_get_constraintdef(k.oid)
        FROM pg_catalog.pg_constraint k
       WHERE k.confrelid = t.oid AND k.conrelid <> t.oid AND t.attnum = ANY (k.confkey) AND k.contype = 'f'
      UNION ALL
      SELECT CASE WHEN i.indpred IS NOT NULL THEN 'partial-index'
                  WHEN NOT t.attnum = ANY (i.indkey) THEN 'expression-index'
                  WHEN i.indisunique THEN 'unique-index' ELSE 'index' END,
             ic.relname::text, pg_catalog.pg_get_indexdef(i.indexrelid)
        FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
       WHERE i.indrelid = t.oid
         AND (t.attnum = ANY (i.indkey)
              OR EXISTS (SELECT FROM edge e WHERE e.oid = t.oid AND e.attnum = t.attnum
                           AND e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND e.objid = i.indexrelid))
         AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype = 'x')
      UNION ALL
      SELECT DISTINCT CASE WHEN r.rulename <> '_RETURN' THEN 'rule' WHEN v.relkind = 'm' THEN 'materialized-view'
                           ELSE 'view' END,
             pg_catalog.quote_ident(vn.nspname) || '.' || pg_catalog.quote_ident(v.relname), r.rulename::text
        FROM edge e JOIN pg_catalog.pg_rewrite r ON r.oid = e.objid
        JOIN pg_catalog.pg_class v ON v.oid = r.ev_class JOIN pg_catalog.pg_namespace vn ON vn.oid = v.relnamespace
       WHERE e.oid = t.oid AND e.attnum = t.attnum AND e.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
      UNION ALL
      SELECT 'row-policy', p.polname::text, NULL
        FROM edge e JOIN pg_catalog.pg_policy p ON p.oid = e.objid
       WHERE e.oid = t.oid AND e.attnum = t.attnum AND e.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass
      UNION ALL
      SELECT 'generated', g.attname::text, pg_catalog.pg_get_expr(f.adbin, f.adrelid)
        FROM edge e JOIN pg_catalog.pg_attrdef f ON f.oid = e.objid
        JOIN pg_catalog.pg_attribute g ON g.attrelid = f.adrelid AND g.attnum = f.adnum AND g.attgenerated <> ''
       WHERE e.oid = t.oid AND e.attnum = t.attnum AND e.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
      UNION ALL
      SELECT 'statistics', s.stxname::text, NULL
        FROM edge e JOIN pg_catalog.pg_statistic_ext s ON s.oid = e.objid
       WHERE e.oid = t.oid AND e.attnum = t.attnum AND e.classid = 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass
      UNION ALL
      SELECT 'publication', b.pubname::text, NULL
        FROM edge e JOIN pg_catalog.pg_publication_rel pr ON pr.oid = e.objid
        JOIN pg_catalog.pg_publication b ON b.oid = pr.prpubid
       WHERE e.oid = t.oid AND e.attnum = t.attnum AND e.classid = 'pg_catalog.pg_publication_rel'::pg_catalog.regclass
      UNION ALL
      SELECT 'domain', pg_catalog.format_type(t.atttypid, NULL), k.conname::text
        FROM pg_catalog.pg_type y JOIN pg_catalog.pg_constraint k ON k.contypid = y.oid
       WHERE y.oid = t.atttypid AND y.typtype = 'd'
      UNION ALL
      SELECT CASE WHEN g.tgtype & 3 = 3 THEN 'assigning-trigger' ELSE 'trigger' END, g.tgname::text,
             pg_catalog.pg_get_triggerdef(g.oid)
        FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_proc p ON p.oid = g.tgfoid
        JOIN pg_catalog.pg_language l ON l.oid = p.prolang
       WHERE g.tgrelid = t.oid AND NOT g.tgisinternal
         AND (l.lanname IN ('c', 'internal') OR p.prosrc ~* ('\m' || pg_catalog.regexp_replace(t.attname, '(\W)', '\\\1', 'g') || '\M')
              OR p.prosrc ~* '\m(hstore|jsonb_populate_record|execute)\M' OR t.attnum = ANY (g.tgattr::int2[]))
      UNION ALL
      SELECT 'function', p.oid::pg_catalog.regprocedure::text, NULL
        FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace pn ON pn.oid = p.pronamespace
       WHERE pn.nspname NOT IN ('pg_catalog', 'information_schema') AND p.prorettype <> 'pg_catalog.trigger'::pg_catalog.regtype
         AND p.prosrc ~* ('\m' || pg_catalog.regexp_replace(t.relname, '(\W)', '\\\1', 'g') || '\M')
         AND p.prosrc ~* ('\m' || pg_catalog.regexp_replace(t.attname, '(\W)', '\\\1', 'g') || '\M')
    ) x
   ORDER BY 1, 2, 3, 4, 5
) q
