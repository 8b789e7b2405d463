-- with and without column list
INSERT INTO staff (id, email, name, level) VALUES («int4:7», «text:g@x.org», «text:Gil», «int4:3»)
INSERT INTO staff VALUES («int4:7», «text:g@x.org», 1, «text:Gil», «int4:3»)
INSERT INTO staff VALUES («int4:7», «text:g@x.org»)
INSERT INTO public.staff AS s (email, id) VALUES («text:g@x.org», «int4:7»)

-- multi-row
INSERT INTO staff (id, email, name) VALUES (7, «text:g@x.org», «text:G»), (8, «text:\N», 'H'), (9, 'i@x.org', NULL)

-- every type
INSERT INTO customer (id, email, name, nick, code, born, seen, joined, opens, wage, ratio, weight, ref, small, level, big, doc, raw, photo, active, tags, span, ip, net, meets, score)
 VALUES («int4:20», «text:k@x.org», «text:K», «varchar:kk», «bpchar:K», «date:2001-02-03», «timestamptz:2001-02-03 04:05:06+00», «timestamp:2001-02-03 04:05:06», «time:04:05:06», «numeric:12.34», «float8:1.25», «float4:2.5», «uuid:11111111-2222-3333-4444-555555555555», «int2:3», «int4:4», «int8:5», «jsonb:{"k": [1, null]}», «json:{"k":  1}», «bytea:\xbeef», «bool:true», «text[]:{a,NULL,"b,c"}», «interval:1 day», «inet:192.168.0.1/24», «cidr:10.0.0.0/8», «timetz:10:00+01», «numeric:1.500») RETURNING *

-- the same as text
INSERT INTO customer (id, email, born, level, wage, ref, doc, active, tags, ip, big) VALUES (21, 'l@x.org', '2001-02-03', '4', '12.345', '11111111222233334444555555555555', '{"b":1,"a":2}', 't', '{p}', '10.1', '5')

-- numbers of other types
INSERT INTO customer (id, level, big, small, wage, ratio, weight, score) VALUES (21, 4.6, 5, 6, 7, 8, 9, 10)
INSERT INTO customer (id, level, wage) VALUES (21, «int8:4», «int4:7»)
INSERT INTO customer (id, name, nick, email) VALUES (21, 5, 6, 7)

-- DEFAULT
INSERT INTO customer (id, email, made) VALUES («int4:21», «text:m@x.org», DEFAULT)
INSERT INTO customer (id, email) VALUES (21, DEFAULT)
INSERT INTO lead DEFAULT VALUES
INSERT INTO invoice (id, email, paid) VALUES (20, «text:ada@x.org», DEFAULT) RETURNING *

-- INSERT … SELECT
INSERT INTO staff (id, email, name) SELECT id + 100, email, NULL FROM customer
INSERT INTO staff SELECT id + 100, email FROM customer
INSERT INTO staff (id, email) SELECT 30, «text:sel@x.org»
INSERT INTO staff (id, email) SELECT id + 200, «text:sel@x.org» FROM plain
INSERT INTO staff (id, email) SELECT x.a, x.b FROM (VALUES (31, «text:v@x.org»), (32, 'w@x.org')) AS x (a, b)
INSERT INTO staff (id, email) SELECT i, e FROM unnest(«int4[]:{41,42}», «text[]:{u@x.org,NULL}») AS t (i, e)
INSERT INTO staff (id, email) SELECT unnest(«int4[]:{41,42}»), unnest(«text[]:{u@x.org,v@x.org}»)
INSERT INTO staff (id, email) SELECT unnest(ARRAY[41, 42]), unnest(ARRAY[«text:u@x.org», 'v@x.org'])
INSERT INTO staff (id, email) WITH a AS (SELECT «text:cte@x.org» AS e) SELECT 50, e FROM a
WITH a AS (SELECT email FROM customer WHERE id = 1) INSERT INTO staff (id, email) SELECT 51, email FROM a
INSERT INTO staff (id, email) SELECT 60, email FROM customer WHERE email = «text:ada@x.org» UNION ALL SELECT 61, 'lit@x.org'
INSERT INTO staff (id, email) (SELECT 62, «text:par@x.org» WHERE NOT EXISTS (SELECT 1 FROM staff WHERE email = «text:par@x.org»))
INSERT INTO plain (id, n) TABLE plain
INSERT INTO staff (id, email) VALUES (63, (SELECT email FROM customer WHERE id = 1))
INSERT INTO staff (id, email) VALUES (63, COALESCE(«text:\N», 'c@x.org'))
INSERT INTO staff (id, email, level) SELECT 64, i.email, 5 FROM invoice i WHERE i.id = 10

-- unnest of every type
INSERT INTO customer (id, email, born, level, big) SELECT * FROM unnest(«int4[]:{31,32}», «text[]:{a1@x.org,a2@x.org}», «date[]:{2001-01-01,NULL}», «int4[]:{1,2}», «int8[]:{3,4}»)
INSERT INTO customer (id, wage, ref, joined, ratio) SELECT unnest(«int4[]:{31,32}»), unnest(«numeric[]:{1.5,2}»), unnest(«uuid[]:{11111111-2222-3333-4444-555555555555,NULL}»), unnest(«timestamp[]:{2001-01-01,infinity}»), unnest(«float8[]:{1,NaN}»)
INSERT INTO customer (id, doc) SELECT unnest(«int4[]:{31,32}»::int[]), unnest(«jsonb[]:{"{\"a\": 1}",NULL}»::jsonb[])
INSERT INTO customer (id, raw) SELECT unnest(«int4[]:{31,32}»::int[]), unnest(«json[]:{"{\"a\":  1}","[]"}»::json[])
INSERT INTO customer (id, photo) SELECT unnest(«int4[]:{31,32}»), unnest(«bytea[]:{"\\\\xbeef",NULL}»)
INSERT INTO customer (id, active, span) SELECT unnest(«int4[]:{31,32}»), unnest(«bool[]:{t,f}»), unnest(«interval[]:{1 day,NULL}»)
INSERT INTO customer (id, ip, opens) SELECT unnest(«int4[]:{31}»), unnest(«inet[]:{10.0.0.0/8}»), unnest(«time[]:{10:00}»)
INSERT INTO customer (id, nick, code) SELECT unnest(«int4[]:{31}»), unnest(«varchar[]:{nn}»), unnest(«bpchar[]:{cc}»)
INSERT INTO customer (id, seen, meets) SELECT unnest(«int4[]:{31}»), unnest(«timestamptz[]:{2001-01-01 00:00+00}»), unnest(«timetz[]:{10:00+01}»)
INSERT INTO customer (id, small, weight, net) SELECT unnest(«int4[]:{31}»), unnest(«int2[]:{3}»), unnest(«float4[]:{1.5}»), unnest(«cidr[]:{10.0.0.0/8}»)

-- ON CONFLICT
INSERT INTO customer (id, email, name) VALUES (1, «text:x@x.org», «text:X») ON CONFLICT DO NOTHING
INSERT INTO customer (id, email) VALUES («int4:50», «text:ada@x.org») ON CONFLICT (email) DO NOTHING RETURNING id
INSERT INTO customer (id, email, name) VALUES (50, «text:ada@x.org», «text:Ada II») ON CONFLICT (email) DO UPDATE SET name = excluded.name RETURNING id, email, name
INSERT INTO customer (id, email, name) VALUES (1, «text:z@x.org», 'Z') ON CONFLICT (id) DO UPDATE SET email = EXCLUDED.email, name = «text:lit»
INSERT INTO customer (id, email) VALUES (50, «text:ada@x.org») ON CONFLICT ON CONSTRAINT customer_email_key DO UPDATE SET n = customer.n + 1, email = excluded.email
INSERT INTO customer AS c (id, email) VALUES (50, «text:ada@x.org») ON CONFLICT (email) DO UPDATE SET name = COALESCE(c.name, 'none') WHERE c.email = excluded.email
INSERT INTO customer (id, email) VALUES (50, «text:ada@x.org»), (51, «text:fresh@x.org») ON CONFLICT (email) DO UPDATE SET (name, level) = («text:N», «int4:5») RETURNING *
INSERT INTO customer AS c (id, email) VALUES (50, «text:ada@x.org») ON CONFLICT (email) DO UPDATE SET name = 'n' WHERE c.level IS DISTINCT FROM «int4:42» RETURNING id

-- RETURNING
INSERT INTO invoice (id, email, card, due) VALUES (20, «text:ada@x.org», «text:4444», «date:2020-02-02») RETURNING id, email AS e, card, due, total
INSERT INTO invoice (id, email) VALUES (20, «text:bob@x.org») RETURNING (SELECT name FROM customer c WHERE c.email = invoice.email)
INSERT INTO event (id, year, email, body) VALUES (9, 2, «text:ev@x.org», «text:b») RETURNING *
INSERT INTO event_2 VALUES («text:body», «text:e2@x.org», 2, 10) RETURNING *
INSERT INTO student (id, name, school) VALUES (9, «text:Stu», «text:MIT») RETURNING *
INSERT INTO "Mixed Case" ("Id", "E-Mail") VALUES (5, «text:m@x.org») RETURNING "E-Mail"

-- through a view
INSERT INTO contact (number, mail) VALUES (70, «text:view@x.org»)
UPDATE contact SET mail = «text:v2@x.org» WHERE mail = «text:ada@x.org» AND number = 99
DELETE FROM contact WHERE mail = «text:nobody@x.org»

-- constraint violations
INSERT INTO customer (id, email) VALUES (60, «text:ada@x.org»)
INSERT INTO invoice (id, email) VALUES (60, «text:nobody@x.org»)
INSERT INTO customer (id) VALUES («int4:1»)
INSERT INTO customer (id, email) VALUES (NULL, «text:q@x.org»)

-- UPDATE
UPDATE staff SET email = «text:new@x.org» WHERE email = «text:ada@x.org»
UPDATE staff SET email = «text:new@x.org», name = «text:New», level = «int4:1» WHERE id = «int4:1» RETURNING *
UPDATE staff SET email = email
UPDATE staff SET email = NULL WHERE email IS NOT NULL
UPDATE staff SET email = DEFAULT WHERE id = 1
UPDATE staff SET (email, name) = («text:t@x.org», «text:T») WHERE id = 1
UPDATE staff SET (email, name) = ROW(«text:t@x.org», 'T') WHERE id = 1
UPDATE staff SET (email, boss) = (SELECT email, id FROM customer WHERE id = 2) WHERE id = 1
UPDATE staff SET (email) = ROW(«text:t@x.org») WHERE id = 1
UPDATE staff s SET email = c.email FROM customer c WHERE c.id = s.id
UPDATE staff s SET email = c.email FROM customer c JOIN invoice i ON i.email = c.email WHERE c.email = s.email AND s.email = «text:ada@x.org» RETURNING s.id, c.name, i.card
UPDATE staff SET email = (SELECT email FROM customer WHERE id = 2) WHERE id = «int4:1»
UPDATE staff SET email = CASE WHEN id = 1 THEN «text:one@x.org» WHEN id = 2 THEN email ELSE 'other@x.org' END
UPDATE staff SET email = CASE id WHEN 1 THEN 'one@x.org' ELSE email END
UPDATE staff SET email = CASE WHEN id = 1 THEN CAST(«text:one@x.org» AS text) ELSE NULL END WHERE id IN (1, 2)
UPDATE staff SET email = COALESCE(email, «text:none@x.org»)
UPDATE staff SET email = NULLIF(email, «text:ada@x.org»)
UPDATE staff SET email = v.e FROM (VALUES (1, «text:v1@x.org»), (2, 'v2@x.org')) AS v (i, e) WHERE v.i = staff.id
UPDATE staff SET email = u.e FROM unnest(«int4[]:{1,2}», «text[]:{u1@x.org,u2@x.org}») AS u (i, e) WHERE u.i = staff.id
UPDATE event SET email = «text:moved@x.org», year = 2 WHERE id = 1 RETURNING *
UPDATE person SET name = «text:Renamed» WHERE name = «text:Ada» RETURNING id, name
UPDATE ONLY person SET name = 'Only' WHERE name = «text:Ada»
UPDATE customer SET doc = «jsonb:{"n": 1}», raw = «json:[1]», photo = «bytea:\x01», active = «bool:false», tags = «text[]:{n}» WHERE id = 1 RETURNING doc, raw, photo, active, tags
UPDATE customer SET born = «date:2000-01-01», seen = «timestamptz:2000-01-01 00:00+00», wage = «numeric:1», level = «int4:7» WHERE level = «int4:42» RETURNING id, born, seen, wage, level
WITH a AS (SELECT email FROM customer WHERE id = 1) UPDATE staff SET name = «text:W» FROM a WHERE a.email = staff.email

-- DELETE
DELETE FROM staff WHERE email = «text:ada@x.org»
DELETE FROM staff WHERE email IN («text:ada@x.org», 'bob@x.org') RETURNING *
DELETE FROM staff s USING customer c WHERE c.email = s.email AND c.name IS NOT NULL RETURNING s.id, c.name
DELETE FROM staff WHERE email = ANY («text[]:{ada@x.org}»)
DELETE FROM staff WHERE email IS NULL RETURNING id
DELETE FROM staff WHERE EXISTS (SELECT 1 FROM customer c WHERE c.email = staff.email)
DELETE FROM event WHERE email = «text:ada@x.org» RETURNING id, year, email, body
DELETE FROM ONLY person RETURNING name
WITH d AS (DELETE FROM invoice RETURNING email) DELETE FROM staff USING d WHERE d.email = staff.email RETURNING staff.email

-- MERGE
MERGE INTO staff s USING customer c ON c.email = s.email WHEN MATCHED THEN UPDATE SET level = c.level WHEN NOT MATCHED THEN INSERT (id, email) VALUES (c.id + 100, c.email)
MERGE INTO staff s USING (VALUES (1, «text:ada@x.org», «text:M»), (90, «text:merged@x.org», 'N')) AS v (i, e, n) ON v.e = s.email WHEN MATCHED THEN UPDATE SET name = v.n WHEN NOT MATCHED THEN INSERT (id, email, name) VALUES (v.i, v.e, v.n)
MERGE INTO staff s USING invoice i ON s.email = i.email AND s.email = «text:bob@x.org» WHEN MATCHED THEN DELETE
MERGE INTO staff s USING lead l ON s.id = l.id WHEN MATCHED AND s.email = «text:ada@x.org» THEN UPDATE SET email = «text:to@x.org» WHEN MATCHED THEN DO NOTHING WHEN NOT MATCHED THEN INSERT VALUES (l.id, «text:ins@x.org»)

-- server expressions beside sealed constants
UPDATE customer SET made = now(), n = n + 1, email = «text:e@x.org» WHERE id = 1 RETURNING n, email
INSERT INTO plain (id, body) SELECT id, note FROM customer WHERE email = «text:ada@x.org»
INSERT INTO plain (id, body) VALUES (9, «text:ada@x.org»)
UPDATE plain SET body = «text:x» WHERE id IN (SELECT id FROM customer WHERE email = «text:ada@x.org»)

-- TRUNCATE and locks
TRUNCATE staff
LOCK TABLE customer IN SHARE MODE
TRUNCATE event, person

-- a parameter in two roles
SELECT c.id, p.id FROM customer c, plain p WHERE c.email = «text:ada@x.org» AND p.body = «text:ada@x.org»
