-- equality of every deterministic type
SELECT id FROM customer WHERE email = «text:ada@x.org»
SELECT id FROM customer WHERE nick = «varchar:bob»
SELECT id FROM customer WHERE code = «bpchar:A1»
SELECT id FROM customer WHERE born = «date:1987-06-05»
SELECT id FROM customer WHERE joined = «timestamp:2024-02-03 04:05:06.789»
SELECT id FROM customer WHERE opens = «time:10:00»
SELECT id FROM customer WHERE wage = «numeric:100.5»
SELECT id FROM customer WHERE ratio = «float8:1.5»
SELECT id FROM customer WHERE ref = «uuid:8D1F0F6E-0000-4000-8000-000000000001»
SELECT id FROM customer WHERE small = «int2:7»
SELECT id FROM customer WHERE level = «int4:42»
SELECT id FROM customer WHERE big = «int8:9000000000»
SELECT id FROM customer WHERE photo = «bytea:\x00ff01»
SELECT id FROM customer WHERE tags = «text[]:{x,"y z"}»
SELECT id FROM customer WHERE ip = «inet:10.0.0.1»

-- special values
SELECT id FROM customer WHERE ratio = «float8:NaN»
SELECT id FROM customer WHERE ratio = «float8:0»
SELECT id FROM customer WHERE ratio = «float8:-0»
SELECT id FROM customer WHERE born = «date:infinity»
SELECT id FROM customer WHERE born = «date:0044-03-15 BC»
SELECT id FROM customer WHERE joined = «timestamp:infinity»
SELECT id FROM customer WHERE tags = «text[]:{}»
SELECT id FROM customer WHERE email = «text:»
SELECT id FROM customer WHERE photo = «bytea:\x»
SELECT id FROM customer WHERE code = 'A1    '
SELECT id, code = 'A1  '::text, code <> 'A1  '::text, code = 'A1'::text, code = 'A1  '::varchar FROM customer
SELECT id FROM customer WHERE code = «text:A1  »
SELECT id FROM customer WHERE code = «varchar:A1  »
SELECT id FROM customer WHERE code = «bpchar:A1  »
SELECT id FROM customer WHERE code = ANY («text[]:{"A1  ",B2}»)
SELECT id FROM customer WHERE code = ANY («bpchar[]:{"A1  ",B2}»)
SELECT id FROM customer WHERE code = ANY (ARRAY['A1  '::text, 'B2'])
SELECT id FROM customer WHERE code = 'A1' || '  '
SELECT id FROM customer WHERE code IS DISTINCT FROM 'A1  '::text
SELECT id FROM customer WHERE code IN ('A1  '::text, 'B2')
SELECT id FROM customer WHERE code IN («text:A1  », «text:B2»)
SELECT id FROM customer WHERE code IN («text:A1  »)
SELECT id FROM customer WHERE wage = -0.01
SELECT id FROM customer WHERE level = -42
SELECT id FROM customer WHERE wage = 100.499

-- the other side, and numbers of another width
SELECT id FROM customer WHERE «text:ada@x.org» = email
SELECT id FROM customer WHERE level = «int8:42»
SELECT id FROM customer WHERE level = «int2:42»
SELECT id FROM customer WHERE big = «int4:-1»
SELECT id FROM customer WHERE small = «int4:7»
SELECT id FROM customer WHERE level = 42.0
SELECT id FROM customer WHERE small = 70000
SELECT id FROM customer WHERE level = 99999999999
SELECT id FROM customer WHERE wage = 100.50
SELECT id FROM customer WHERE wage = 100

-- inequality, IS DISTINCT FROM, NULL
SELECT id FROM customer WHERE email <> «text:ada@x.org»
SELECT id FROM customer WHERE email != «text:ada@x.org»
SELECT id FROM customer WHERE NOT email = «text:ada@x.org»
SELECT id FROM customer WHERE email IS DISTINCT FROM «text:ada@x.org»
SELECT id FROM customer WHERE email IS NOT DISTINCT FROM «text:ada@x.org»
SELECT id FROM customer WHERE email IS NOT DISTINCT FROM NULL
SELECT id FROM customer WHERE email = «text:\N»
SELECT id FROM customer WHERE email IS NOT DISTINCT FROM «text:\N»
SELECT id FROM customer WHERE email IS NULL
SELECT id FROM customer WHERE name IS NOT NULL AND doc IS NULL
SELECT id, email IS NULL AS e, name IS NOT NULL AS n FROM customer ORDER BY id
SELECT id, email = «text:ada@x.org» AS is_ada FROM customer ORDER BY id
SELECT id FROM customer WHERE («text:ada@x.org» IS NULL OR email = 'ada@x.org')

-- IN and arrays
SELECT id FROM customer WHERE email IN («text:ada@x.org», «text:bob@x.org»)
SELECT id FROM customer WHERE email NOT IN («text:ada@x.org»)
SELECT id FROM customer WHERE email IN («text:ada@x.org», NULL)
SELECT id FROM customer WHERE born IN («date:1987-06-05», «date:1990-01-01»)
SELECT id FROM customer WHERE level IN (42, -42, 7)
SELECT id FROM customer WHERE email = ANY («text[]:{ada@x.org,bob@x.org}»)
SELECT id FROM customer WHERE email = ANY («text[]:{ada@x.org,bob@x.org}»::text[])
SELECT id FROM customer WHERE email <> ALL («text[]:{ada@x.org,NULL}»)
SELECT id FROM customer WHERE NOT email = ANY («text[]:{ada@x.org}»)
SELECT id FROM customer WHERE email = ANY (ARRAY[«text:ada@x.org», 'bob@x.org'])
SELECT id FROM customer WHERE email = SOME (ARRAY[«text:ada@x.org»]::text[])
SELECT id FROM customer WHERE level = ANY («int4[]:{42,0}»)
SELECT id FROM customer WHERE big = ANY («int8[]:{-1}»)
SELECT id FROM customer WHERE born = ANY («date[]:{1987-06-05,infinity}»)
SELECT id FROM customer WHERE ref = ANY («uuid[]:{8d1f0f6e-0000-4000-8000-000000000002}»)
SELECT id FROM customer WHERE wage = ANY («numeric[]:{100.5,0}»)
SELECT id FROM customer WHERE photo = ANY («bytea[]:{"\\\\xdeadbeef"}»)
SELECT id FROM customer WHERE email = ANY ('{}')
SELECT id FROM customer WHERE email = ANY («text[]:\N»)
SELECT id FROM customer WHERE ip = ANY («inet[]:{10.0.0.1,::1}»)
SELECT id FROM customer WHERE joined = ANY («timestamp[]:{2000-01-01}»)

-- casts on the constant
SELECT id FROM customer WHERE email = «text:ada@x.org»::text
SELECT id FROM customer WHERE email = CAST(«text:ada@x.org» AS text)
SELECT id FROM customer WHERE email = CAST('ada@x.org' AS varchar(20))
SELECT id FROM customer WHERE email = 'ada@x.organisation'::varchar(9)
SELECT id FROM customer WHERE born = «text:1987-06-05»::date
SELECT id FROM customer WHERE born = DATE '1987-06-05'
SELECT id FROM customer WHERE joined = TIMESTAMP '2024-02-03 04:05:06.789'
SELECT id FROM customer WHERE level = «text:42»::int
SELECT id FROM customer WHERE level = CAST('42' AS integer)
SELECT id FROM customer WHERE ref = «text:8d1f0f6e-0000-4000-8000-000000000001»::uuid
SELECT id FROM customer WHERE wage = '100.5'::numeric
SELECT id FROM customer WHERE ip = inet '10.0.0.1'
SELECT id FROM customer WHERE email = E'ada\x40x.org'
SELECT id FROM customer WHERE email = $q$ada@x.org$q$
SELECT id FROM customer WHERE email = U&'ada\0040x.org'
SELECT id FROM customer WHERE email = 'Zoë''s "mail"@x.org'
SELECT id FROM customer WHERE big = 7::int8 OR small = '7'::int2

-- casts on the column
SELECT id FROM customer WHERE email::text = «text:ada@x.org»
SELECT id FROM customer WHERE email::varchar = «text:ada@x.org»
SELECT id FROM customer WHERE CAST(email AS text) = «text:ada@x.org»
SELECT id FROM customer WHERE nick::text = «text:bob»
SELECT id FROM customer WHERE level::int8 = «int8:42»
SELECT id FROM customer WHERE email COLLATE "C" = «text:ada@x.org»
SELECT id, born::text, level::text, wage::text, ref::text FROM customer ORDER BY id
SELECT id, email::varchar(3), email::text, name::varchar FROM customer ORDER BY id
SELECT id, seen::date, joined::date, level::int8, small::int FROM customer ORDER BY id
SELECT id, doc::text, raw::text, ip::text, photo::text, active::text, tags::text[] FROM customer ORDER BY id
SELECT id, wage::float8, level::numeric, ratio::text, big::text FROM customer ORDER BY id

-- AND, OR, NOT, nested
SELECT id FROM customer WHERE email = «text:ada@x.org» AND (level = «int4:42» OR n > 3) AND NOT name IS NULL
SELECT id FROM customer WHERE (email = «text:ada@x.org») = true
SELECT id FROM customer WHERE (email = «text:ada@x.org») IS NOT TRUE

-- operators with a schema
SELECT id FROM customer WHERE email OPERATOR(pg_catalog.=) «text:ada@x.org»

-- DateStyle and TimeZone decide how a constant reads
-- together
SET LOCAL DateStyle = 'German'
SELECT id, born, seen FROM customer WHERE born = '05.06.1987'

-- a setting and what it changes
-- together
SET LOCAL TimeZone = 'America/New_York'
SELECT id, seen, meets FROM customer ORDER BY id

-- a setting and what it changes
-- together
SET LOCAL DateStyle = 'SQL, DMY'
SELECT id, born, joined, seen FROM customer ORDER BY id

-- a setting and what it changes
-- together
SET LOCAL IntervalStyle = 'iso_8601'
SELECT id, span FROM customer ORDER BY id

-- a setting and what it changes
-- together
SET LOCAL bytea_output = 'escape'
SELECT id, photo FROM customer ORDER BY id
