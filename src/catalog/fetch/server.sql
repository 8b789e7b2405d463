SELECT pg_catalog.row_to_json(q)::text FROM (
  SELECT pg_catalog.current_setting('server_version_num')::int4 AS version,
         pg_catalog.current_setting('server_encoding') AS encoding,
         pg_catalog.current_database() AS database
) q
