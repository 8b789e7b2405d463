SELECT pg_catalog.row_to_json(q)::text FROM (
  SELECT pg_catalog.current_setting('server_version_num')::int4 AS version,
         pg_catalog.current_setting('server_encoding') AS encoding,
         pg_catalog.current_database() AS database,
         (SELECT COALESCE(j ->> 'datlocale', j ->> 'daticulocale', j ->> 'datctype')
            FROM pg_catalog.pg_database d, pg_catalog.to_jsonb(d) j
           WHERE d.datname = pg_catalog.current_database()) AS locale
) q
