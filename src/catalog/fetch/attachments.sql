SELECT pg_catalog.row_to_json(q)::text FROM (
  SELECT x.relation::int8 AS relation, x.kind, x.name, x.definition, x.validated
    FROM (
      SELECT r.ev_class AS relation, 'rule' AS kind, r.rulename::text AS name,
             pg_catalog.pg_get_ruledef(r.oid) AS definition, true AS validated
        FROM pg_catalog.pg_rewrite r
       WHERE r.rulename <> '_RETURN' AND r.oid NOT IN (SELECT spared.rule FROM spared)
      UNION ALL
      SELECT t.tgrelid, 'trigger', t.tgname::text, pg_catalog.pg_get_triggerdef(t.oid), true
        FROM pg_catalog.pg_trigger t WHERE NOT t.tgisinternal
      UNION ALL
      SELECT p.polrelid, 'policy', p.polname::text,
             pg_catalog.concat_ws(' ', p.polcmd,
               'USING (' || pg_catalog.pg_get_expr(p.polqual, p.polrelid) || ')',
               'WITH CHECK (' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) || ')'), true
        FROM pg_catalog.pg_policy p JOIN named ON named.relation = p.polrelid
      UNION ALL
      SELECT k.conrelid, CASE k.contype WHEN 'c' THEN 'check' ELSE 'foreign key' END, k.conname::text,
             pg_catalog.pg_get_constraintdef(k.oid), k.convalidated
        FROM pg_catalog.pg_constraint k
       WHERE k.conrelid <> 0
         AND (k.contype = 'f' OR k.contype = 'c' AND k.conrelid IN (SELECT named.relation FROM named))
      UNION ALL
      SELECT i.indrelid, 'index', ic.relname::text, pg_catalog.pg_get_indexdef(i.indexrelid), i.indisvalid
        FROM pg_catalog.pg_index i
        JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
        JOIN named ON named.relation = i.indrelid
    ) x
    JOIN pg_catalog.pg_class c ON c.oid = x.relation
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relpersistence <> 't'
     AND n.nspname !~ '^pg_(toast|temp)' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
   ORDER BY x.relation, x.kind, x.name
) q
