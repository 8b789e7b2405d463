-- INSERT of every type and in every shape
INSERT INTO customer (id, email, name, nick, code, born) VALUES («int4:200», «text:a@b.c», «text:N», «varchar:nick», «bpchar:XY», «date:2000-02-29») RETURNING *
INSERT INTO customer (id, seen, joined, opens, wage, ratio, weight) VALUES («int4:200», «timestamptz:2024-01-01 12:00:00+02», «timestamp:2024-01-01 12:00:00», «time:12:00:00.5», «numeric:12.345», «float8:0.1», «float4:0.1») RETURNING seen, joined, opens, wage, ratio, weight
INSERT INTO customer (id, ref, small, level, big, doc, raw) VALUES («int4:200», «uuid:A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11», «int2:-32768», «int4:-2147483648», «int8:-9223372036854775808», «jsonb:{"b":1,"a":[null,true]}», «json:{"b" : 1}») RETURNING ref, small, level, big, doc, raw
INSERT INTO customer (id, photo, active, tags, span, ip, net, meets, score) VALUES («int4:200», «bytea:\xdeadbeef», «bool:t», «text[]:{a,NULL,"b c",""}», «interval:1 year 2 mons -3 days 04:05:06», «inet:192.168.1.5/24», «cidr:192.168.1.0/24», «timetz:10:00:00-08», «numeric:1e-20») RETURNING photo, active, tags, span, ip, net, meets, score
INSERT INTO staff VALUES (200, 'v@x.org', 1, 'V', 3) RETURNING *
INSERT INTO staff VALUES (200, 'v@x.org')
INSERT INTO staff VALUES (200, 'v@x.org', 1, 'V', 3), (201, NULL, NULL, DEFAULT, 4), (202, '', 2, '', NULL) RETURNING id, email, name
INSERT INTO customer DEFAULT VALUES
INSERT INTO person DEFAULT VALUES RETURNING *
INSERT INTO lead DEFAULT VALUES RETURNING *
INSERT INTO customer (id, email) OVERRIDING SYSTEM VALUE VALUES (200, 'o@x.org') RETURNING id, email
INSERT INTO staff AS s (id, email) VALUES (1, 'x') RETURNING s.id, s.email, s.*
INSERT INTO staff (id, email) SELECT id, email FROM customer
INSERT INTO staff (id, email, name) SELECT id + 1000, email, «text:Copied» FROM customer WHERE email IS NOT NULL RETURNING id, email, name
INSERT INTO staff (id, email) SELECT c.id, COALESCE(c.email, 'none@x.org') FROM customer c RETURNING email
INSERT INTO staff (id, email) SELECT 1, 'a@x.org' UNION ALL SELECT 2, 'b@x.org' UNION ALL SELECT id, email FROM customer
INSERT INTO staff (id, email, level) SELECT x, 'gen@x.org', 5 FROM generate_series(300, 305) AS x RETURNING id, email, level
INSERT INTO staff (id, email) SELECT * FROM (VALUES (400, 'a'), (401, 'b')) v RETURNING *
INSERT INTO staff (id, email) SELECT unnest(«int4[]:{500,501}»), unnest(«text[]:{a@x.org,b@x.org}») RETURNING id, email
INSERT INTO staff (id, email) SELECT * FROM unnest(«int4[]:{500,501}»::int[], «text[]:{a@x.org,b@x.org}»::text[]) RETURNING id, email
INSERT INTO staff (id, email, level) SELECT a.i, a.e, a.l FROM unnest(«int4[]:{500,501}»::int4[], «text[]:{a@x.org,NULL}»::text[], «int4[]:{1,2}»::int4[]) AS a (i, e, l) RETURNING *
INSERT INTO customer (id, born, wage) SELECT * FROM unnest(«int4[]:{500,501}»::int4[], «date[]:{2001-01-01,2002-02-02}»::date[], «numeric[]:{1.5,2.25}»::numeric[]) RETURNING id, born, wage
INSERT INTO customer (id, email) VALUES (200, 'ada@x.org')
INSERT INTO customer (id, email) VALUES (1, 'new@x.org')
INSERT INTO customer (id, email) VALUES (200, 'ada@x.org') ON CONFLICT DO NOTHING
INSERT INTO customer (id, email) VALUES (200, 'ada@x.org') ON CONFLICT (email) DO NOTHING RETURNING id
INSERT INTO customer (id, email, name) VALUES (1, 'q@x.org', 'Q') ON CONFLICT (id) DO UPDATE SET email = excluded.email, name = excluded.name RETURNING id, email, name
INSERT INTO customer (id, email, name) VALUES (1, 'q@x.org', 'Q') ON CONFLICT (id) DO UPDATE SET (email, name) = (excluded.email, excluded.name) WHERE customer.email = «text:ada@x.org» RETURNING id, email, name
INSERT INTO customer (id, email, name) VALUES (1, 'q@x.org', 'Q') ON CONFLICT ON CONSTRAINT customer_pkey DO UPDATE SET email = EXCLUDED.email WHERE customer.email IS DISTINCT FROM EXCLUDED.email
INSERT INTO customer (id, email, name) VALUES (1, 'ada@x.org', 'Q') ON CONFLICT (id) DO UPDATE SET email = EXCLUDED.email WHERE customer.email IS DISTINCT FROM EXCLUDED.email
INSERT INTO customer (id, email, name) VALUES (200, 'ada@x.org', 'Q') ON CONFLICT ON CONSTRAINT customer_email_key DO UPDATE SET name = COALESCE(excluded.name, customer.name), n = customer.n + 1 RETURNING name, n
INSERT INTO customer (id, email, name) VALUES (200, 'ada@x.org', NULL) ON CONFLICT (email) DO UPDATE SET name = COALESCE(excluded.name, customer.name) RETURNING name
INSERT INTO customer AS t (id, email, level) VALUES (200, 'ada@x.org', 7) ON CONFLICT (email) DO UPDATE SET level = CASE WHEN t.level = 42 THEN excluded.level ELSE t.level END RETURNING t.level
INSERT INTO customer (id, email) SELECT 200 + id, email FROM customer ON CONFLICT (email) DO UPDATE SET n = excluded.id RETURNING id, n
INSERT INTO customer (id, email) VALUES (200, «text:\N») ON CONFLICT (email) DO UPDATE SET n = 99
INSERT INTO staff (id, email, name) VALUES (600, (SELECT email FROM customer WHERE id = 2), (SELECT name FROM person WHERE id = 1)) RETURNING *
INSERT INTO staff (id, email) VALUES (600, COALESCE(«text:\N», 'dflt@x.org')) RETURNING email
INSERT INTO staff (id, email) VALUES (600, NULLIF(«text:», '')) RETURNING email
INSERT INTO staff (id, name) VALUES (600, NULLIF(«text:», '')) RETURNING name
INSERT INTO customer (id, name) VALUES (600, NULLIF(«text:», '')) RETURNING name
INSERT INTO customer (id, name) VALUES (600, NULLIF(«text:Ada», ''))  RETURNING name
INSERT INTO customer (id, name) VALUES (600, NULLIF(trim(«text: »), '')) RETURNING name
INSERT INTO customer (id, email) VALUES (600, «text:a@x.org»), (601, «text:a@x.org»)
INSERT INTO customer (id, nick) VALUES (600, 'this is longer than twenty characters')
INSERT INTO customer (id, nick) VALUES (600, 'exactly twenty chars      ') RETURNING nick
INSERT INTO customer (id, nick) VALUES (600, 'this is longer than twenty characters'::varchar(20)) RETURNING nick
INSERT INTO customer (id, code) VALUES (600, 'toolong')
INSERT INTO customer (id, code) VALUES (600, 'AB   ') RETURNING code, id
INSERT INTO customer (id, wage) VALUES (600, 12.345), (601, 99999999.99), (602, '1e3') RETURNING wage
INSERT INTO customer (id, wage) VALUES (600, 123456789.12)
INSERT INTO customer (id, small) VALUES (600, 32768)
INSERT INTO customer (id, level) VALUES (600, 2147483648)
INSERT INTO customer (id, level) VALUES (600, 1.5), (601, 2.5), (602, '3') RETURNING level
INSERT INTO customer (id, level) VALUES (600, '1.5')
INSERT INTO customer (id, born) VALUES (600, '2024-13-01')
INSERT INTO customer (id, born) VALUES (600, 'not a date')
INSERT INTO customer (id, born) VALUES (600, «timestamp:2024-05-06 23:00:00») RETURNING born
INSERT INTO customer (id, born) VALUES (600, '2024-05-06 23:00:00') RETURNING born
INSERT INTO customer (id, seen) VALUES (600, '2024-05-06 23:00:00') RETURNING seen
INSERT INTO customer (id, seen) VALUES (600, '2024-05-06T23:00:00Z'), (601, '2024-05-06T23:00:00.123456789+05:30') RETURNING seen
INSERT INTO customer (id, joined) VALUES (600, '2024-05-06T23:00:00.1234567'), (601, '2024-05-06') RETURNING joined
INSERT INTO customer (id, doc) VALUES (600, '{"a":1,"a":2}'), (601, ' [1 , 2] '), (602, '"x"') RETURNING doc
INSERT INTO customer (id, doc) VALUES (600, '{bad}')
INSERT INTO customer (id, raw) VALUES (600, '{"a":1, "a":2 }') RETURNING raw
INSERT INTO customer (id, doc) VALUES (600, '{"a": 1}'::json) RETURNING doc
INSERT INTO customer (id, active) VALUES (600, 'yes'), (601, 'off'), (602, '1'), (603, true) RETURNING active
INSERT INTO customer (id, active) VALUES (600, 'maybe')
INSERT INTO customer (id, active) VALUES (600, 1)
INSERT INTO customer (id, ref) VALUES (600, 'zzz')
INSERT INTO customer (id, ip) VALUES (600, '1.2.3'), (601, '1.2.3.4/8')
INSERT INTO customer (id, net) VALUES (600, '1.2.3.4/8')
INSERT INTO customer (id, net) VALUES (600, '10/8'), (601, '192.168') RETURNING net
INSERT INTO customer (id, span) VALUES (600, '1-2'), (601, 'P1Y2M3DT4H'), (602, '3 weeks ago') RETURNING span
INSERT INTO customer (id, photo) VALUES (600, 'abc'), (601, E'\\001'), (602, '\x') RETURNING photo
INSERT INTO customer (id, photo) VALUES (600, '\xabc')
INSERT INTO customer (id, tags) VALUES (600, '{a,b,"c,d"}'), (601, ARRAY['x', NULL]), (602, '{}') RETURNING tags
INSERT INTO customer (id, tags) VALUES (600, '{a,b')
INSERT INTO customer (id, ratio) VALUES (600, 1e400)
INSERT INTO customer (id, ratio) VALUES (600, '-Infinity'), (601, 'nan'), (602, 1.0000000000000002) RETURNING ratio
INSERT INTO customer (id, score) VALUES (600, '1.10'), (601, 1e10), (602, 'Infinity') RETURNING score
INSERT INTO customer (email) VALUES ('x@x.org')
INSERT INTO invoice (id, email) VALUES (600, 'nobody@x.org')
INSERT INTO contact (number, mail) VALUES (600, 'view@x.org') RETURNING number, mail
INSERT INTO contact VALUES (600, 'view@x.org', 'n') RETURNING *
INSERT INTO event VALUES (600, 1, 'ev@x.org', 'b'), (601, 2, 'ev2@x.org', NULL) RETURNING *
INSERT INTO event (id, year, email) VALUES (600, 9, 'ev@x.org')
INSERT INTO event_2 VALUES ('b', 'e@x.org', 2, 600) RETURNING *
INSERT INTO student (id, name, school) VALUES (600, 'Stu', 'MIT') RETURNING *
INSERT INTO "Mixed Case" VALUES (600, 'mc@x.org') RETURNING "E-Mail"
INSERT INTO "Mixed Case" ("E-Mail", "Id") VALUES ('mc@x.org', 600)
WITH v AS (SELECT 600 AS id, 'with@x.org' AS email) INSERT INTO staff (id, email) SELECT id, email FROM v RETURNING *
WITH v (id, email) AS (VALUES («int4:600», «text:w@x.org»), (601, 'w2@x.org')) INSERT INTO staff (id, email) SELECT * FROM v ON CONFLICT DO NOTHING RETURNING *
WITH new AS (INSERT INTO customer (id, email) VALUES (600, 'fk@x.org') RETURNING id, email) INSERT INTO invoice (id, email, card) SELECT id, email, '4242' FROM new RETURNING id, email, card
WITH moved AS (DELETE FROM staff WHERE email = «text:ada@x.org» RETURNING *) INSERT INTO staff SELECT * FROM moved RETURNING *
INSERT INTO customer (id, email, email) VALUES (600, 'a', 'b')
INSERT INTO customer (id, email) VALUES (600)
INSERT INTO customer (id, email) VALUES (600, 'a', 'b')
INSERT INTO staff (id, email) VALUES (600, 'a@x.org') RETURNING (SELECT name FROM customer WHERE customer.email = 'ada@x.org'), email = 'a@x.org'
INSERT INTO staff (id, email) (SELECT id, email FROM customer WHERE email = «text:ada@x.org»)
INSERT INTO staff (id, email) SELECT DISTINCT 600, email FROM invoice WHERE email IS NOT NULL
INSERT INTO staff (id, email) SELECT max(id), email FROM invoice GROUP BY email

-- UPDATE, DELETE and MERGE in every shape
UPDATE customer SET email = «text:u@x.org» WHERE id = «int4:1» RETURNING *
UPDATE customer SET nick = «varchar:n», code = 'C9', born = '2001-01-01', seen = '2024-01-01', joined = '2024-01-01', opens = '01:02', wage = 5, ratio = 5, weight = 5 WHERE id = 1 RETURNING nick, code, born, seen, joined, opens, wage, ratio, weight
UPDATE customer SET level = NULL, name = NULL, doc = NULL WHERE email = 'ada@x.org' RETURNING level, name, doc
UPDATE customer SET doc = '{"x": 1}', raw = '[1]', photo = '\x01', active = false, tags = '{q}', span = '1 day', ip = '::2', net = '::/1', meets = '01:00+00', score = 1.10 WHERE id = 1 RETURNING doc, raw, photo, active, tags, span, ip, net, meets, score
UPDATE customer c SET nick = c.nick, born = c.born WHERE c.id = 1
UPDATE customer SET born = (SELECT due FROM invoice WHERE invoice.email = customer.email ORDER BY id LIMIT 1) RETURNING id, born
UPDATE staff s SET email = c.email, level = c.level FROM customer c WHERE c.id = s.id RETURNING s.id, s.email, c.email, s.level
UPDATE staff SET (email, name, level) = («text:t@x.org», 'T', 3) WHERE id = 1 RETURNING *
UPDATE staff SET (email, name) = ROW('t@x.org', DEFAULT) WHERE id = 1
UPDATE staff SET (email, level) = (SELECT email, level FROM customer c WHERE c.id = staff.id), boss = 9 RETURNING *
UPDATE staff SET email = CASE WHEN email = 'ada@x.org' THEN 'new@x.org' WHEN email IS NULL THEN 'null@x.org' ELSE email END RETURNING id, email
UPDATE staff SET name = CASE id WHEN 1 THEN 'a' WHEN 2 THEN name ELSE NULL END RETURNING id, name
UPDATE staff SET email = COALESCE(email, 'none@x.org') RETURNING email
UPDATE staff SET email = DEFAULT
UPDATE staff SET email = tmp.email FROM (VALUES («int4:1», «text:b1@x.org»), (2, 'b2@x.org')) AS tmp (id, email) WHERE tmp.id = staff.id RETURNING staff.*
UPDATE staff SET email = data.email, level = data.level FROM (SELECT unnest(«int4[]:{1,2}»::int[]) AS id, unnest(«text[]:{x1@x.org,x2@x.org}»::text[]) AS email, unnest(«int4[]:{5,6}»::int[]) AS level) AS data WHERE staff.id = data.id RETURNING staff.id, staff.email, staff.level
UPDATE staff SET level = 1 WHERE email IN (SELECT email FROM invoice) RETURNING id
UPDATE staff SET email = 'x' WHERE ctid = (SELECT ctid FROM staff WHERE email = «text:ada@x.org» LIMIT 1) RETURNING id
UPDATE ONLY person SET name = 'x' RETURNING *
UPDATE person SET name = 'x' WHERE name = 'Ada' RETURNING id
UPDATE event SET email = 'e@x.org', body = 'nb' WHERE email = 'ada@x.org' RETURNING *
UPDATE event SET year = 2 WHERE email = 'ada@x.org' RETURNING id, year, email, body
UPDATE contact SET mail = 'v@x.org' WHERE mail = 'ada@x.org' RETURNING *
UPDATE contact_of_contact SET b = 'v@x.org' WHERE b = 'bob@x.org' RETURNING *
UPDATE customer SET email = 'bob@x.org' WHERE id = 1
UPDATE customer SET id = 2 WHERE email = 'ada@x.org'
UPDATE customer SET nick = 'this is longer than twenty characters'
UPDATE "Mixed Case" SET "E-Mail" = «text:n@x.org» WHERE "E-Mail" = «text:ada@x.org» RETURNING *
WITH t AS (SELECT id FROM customer WHERE email = 'ada@x.org' FOR UPDATE) UPDATE customer c SET name = 'locked' FROM t WHERE t.id = c.id RETURNING c.id, c.name
WITH t (id, e) AS (VALUES (1, 'cte@x.org')) UPDATE staff SET email = t.e FROM t WHERE t.id = staff.id RETURNING staff.email, t.e
UPDATE staff SET email = (SELECT 'sub@x.org') WHERE id = 1 RETURNING email
UPDATE staff SET email = (VALUES ('vals@x.org')) WHERE id = 1 RETURNING email
UPDATE staff a SET email = b.email FROM staff b WHERE b.id = a.boss RETURNING a.id, a.email, b.email
UPDATE customer SET wage = wage, level = level, tags = tags WHERE email = email
DELETE FROM staff WHERE email = «text:ada@x.org» RETURNING *
DELETE FROM staff s USING customer c WHERE c.email = s.email AND c.born = «date:1987-06-05» RETURNING s.id, c.email, c.name
DELETE FROM staff WHERE email IS NULL OR email IN ('ada@x.org', 'bob@x.org')
DELETE FROM staff WHERE NOT EXISTS (SELECT 1 FROM customer c WHERE c.email = staff.email)
DELETE FROM customer WHERE email = 'ada@x.org'
DELETE FROM person WHERE name = 'Ada' RETURNING id, name
DELETE FROM contact WHERE mail = 'Zoë''s "mail"@x.org' RETURNING *
DELETE FROM event WHERE (email, year) IN (('ada@x.org', 1)) RETURNING *
WITH gone AS (DELETE FROM invoice WHERE email = 'ada@x.org' RETURNING id, card) SELECT count(*), array_agg(card ORDER BY id) FROM gone
MERGE INTO staff s USING customer c ON s.id = c.id WHEN MATCHED AND s.email = c.email THEN DO NOTHING WHEN MATCHED THEN UPDATE SET email = c.email, name = 'merged' WHEN NOT MATCHED THEN INSERT (id, email) VALUES (c.id, c.email)
MERGE INTO staff s USING (SELECT unnest(«int4[]:{1,700}»::int[]) AS id, unnest(«text[]:{m@x.org,m2@x.org}»::text[]) AS email) v ON s.id = v.id WHEN MATCHED THEN UPDATE SET email = v.email WHEN NOT MATCHED THEN INSERT (id, email) VALUES (v.id, v.email)
MERGE INTO customer AS t USING (VALUES («int4:1», «text:m@x.org», «date:2001-02-03»), (701, 'm3@x.org', '2002-02-02')) AS v (id, email, born) ON t.id = v.id WHEN MATCHED THEN UPDATE SET email = v.email, born = v.born WHEN NOT MATCHED THEN INSERT (id, email, born) VALUES (v.id, v.email, v.born)
MERGE INTO staff USING plain ON plain.id = staff.id WHEN MATCHED AND staff.email = «text:ada@x.org» THEN DELETE WHEN NOT MATCHED THEN INSERT (id, email, name) VALUES (plain.id + 800, «text:ins@x.org», DEFAULT)
MERGE INTO staff s USING staff t ON s.email = t.email AND s.id = t.id WHEN MATCHED THEN UPDATE SET name = CASE WHEN t.name = 'Ada' THEN 'Eve' ELSE t.name END
MERGE INTO event e USING (SELECT 1 AS id, 'mm@x.org' AS email) v ON e.id = v.id WHEN MATCHED THEN UPDATE SET email = v.email WHEN NOT MATCHED THEN INSERT (id, year, email) VALUES (v.id, 1, v.email)
