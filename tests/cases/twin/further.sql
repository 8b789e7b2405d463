-- sign-up, login, sessions, as small services send them
INSERT INTO customer (id, email, name, born, active) VALUES («int4:80», lower(trim(«text:  New.User@X.org »)), «text:New User», «date:1999-12-31», true) ON CONFLICT (email) DO NOTHING RETURNING id, email, active
SELECT id, email, name, active FROM customer WHERE email = lower(«text:ADA@X.ORG») AND note IS NOT DISTINCT FROM 'first' LIMIT 1
SELECT EXISTS (SELECT 1 FROM customer WHERE email = «text:ada@x.org») AS taken, EXISTS (SELECT 1 FROM customer WHERE email = «text:nobody@x.org») AS free
SELECT count(*) FILTER (WHERE email = «text:ada@x.org») AS a, count(*) FILTER (WHERE email IS NULL) AS b, count(email) AS c, count(DISTINCT email) AS d FROM invoice
UPDATE customer SET n = coalesce(n, 0) + 1, seen = «timestamptz:2024-05-06 07:08:09+00» WHERE email = «text:ada@x.org» RETURNING id, n, seen
WITH found AS (SELECT id FROM customer WHERE email = «text:bob@x.org» FOR UPDATE) UPDATE customer c SET nick = «text:bobby» FROM found WHERE c.id = found.id RETURNING c.id, c.nick
DELETE FROM customer WHERE email = «text:Zoë's "mail"@x.org» AND born = «date:infinity» RETURNING id, email, born, tags
SELECT c.id, c.email FROM customer c WHERE NOT EXISTS (SELECT FROM invoice i WHERE i.email = c.email) ORDER BY c.id
SELECT c.email, coalesce(t.sum, 0) AS sum FROM customer c LEFT JOIN (SELECT email, sum(total) AS sum FROM invoice GROUP BY email) t ON t.email = c.email WHERE c.email IS NOT NULL ORDER BY c.id
INSERT INTO invoice (id, email, card, due, total) SELECT 70 + c.id, c.email, «text:4999», c.born, 1 FROM customer c WHERE c.id IN (1, 2) RETURNING id, email, card, due

-- lateral and correlated
SELECT c.id, l.id AS last, l.card FROM customer c CROSS JOIN LATERAL (SELECT i.id, i.card FROM invoice i WHERE i.email = c.email ORDER BY i.id DESC LIMIT 1) l ORDER BY c.id
SELECT c.id, l.* FROM customer c LEFT JOIN LATERAL (SELECT i.email, i.due FROM invoice i WHERE i.email = c.email AND i.due = c.born) l ON true ORDER BY c.id
SELECT c.id, (SELECT i.card FROM invoice i WHERE i.email = c.email ORDER BY i.id LIMIT 1) AS card, (SELECT count(*) FROM staff s WHERE s.email = c.email) AS n FROM customer c ORDER BY c.id
SELECT s.id, b.name AS boss FROM staff s LEFT JOIN staff b ON b.id = s.boss WHERE s.level IS NOT DISTINCT FROM «int4:42» OR b.name = «text:Ada» ORDER BY s.id
SELECT c.id FROM customer c WHERE c.email = (SELECT s.email FROM staff s WHERE s.boss IS NULL) ORDER BY c.id
SELECT c.id FROM customer c WHERE c.email IN (SELECT s.email FROM staff s WHERE s.level = c.level) ORDER BY c.id
SELECT i.id FROM invoice i WHERE i.email = ANY (SELECT email FROM customer WHERE level = «int4:42») ORDER BY i.id
SELECT i.id FROM invoice i WHERE (i.email, i.due) IN (SELECT c.email, c.born FROM customer c) ORDER BY i.id
SELECT c.id FROM customer c, LATERAL unnest(c.tags) AS t(tag) WHERE t.tag = «text:y z» ORDER BY c.id
SELECT c.id, t.tag, t.at FROM customer c, unnest(c.tags) WITH ORDINALITY AS t(tag, at) ORDER BY c.id, t.at

-- common table expressions
WITH gone AS (DELETE FROM invoice WHERE email = «text:ada@x.org» RETURNING id, email, card), kept AS (INSERT INTO staff (id, email, name) SELECT id + 100, email, 'Moved' FROM gone RETURNING id, email) SELECT g.id, g.card, k.email FROM gone g JOIN kept k ON k.id = g.id + 100 ORDER BY g.id
WITH RECURSIVE chain(id, email, depth) AS (SELECT id, email, 0 FROM staff WHERE boss IS NULL UNION ALL SELECT s.id, s.email, c.depth + 1 FROM staff s JOIN chain c ON s.boss = c.id) SELECT id, email, depth FROM chain ORDER BY depth, id
WITH a AS MATERIALIZED (SELECT email, level FROM customer), b AS NOT MATERIALIZED (SELECT email FROM a WHERE level = «int4:42») SELECT b.email, count(*) FROM b GROUP BY b.email HAVING b.email <> «text:bob@x.org»
WITH v(id, email) AS (VALUES («int4:1», «text:one@x.org»), (2, «text:two@x.org»)) UPDATE customer c SET email = v.email FROM v WHERE v.id = c.id AND c.id > 4 RETURNING c.email
WITH up AS (UPDATE customer SET name = «text:Up» WHERE id = 2 RETURNING id, name, email) SELECT up.name, c.name AS before, up.email FROM up JOIN customer c USING (id)
WITH x AS (SELECT DISTINCT ON (email) email, id FROM invoice WHERE email IS NOT NULL ORDER BY email, id) SELECT count(*), min(id) FROM x
WITH x AS (SELECT email FROM customer EXCEPT SELECT email FROM staff) SELECT count(*) FROM x WHERE email = «text:»
WITH x AS (SELECT email AS e FROM customer UNION SELECT email FROM staff) SELECT count(x.e) FROM x WHERE x.e IN («text:eve@x.org», «text:bob@x.org»)

-- windows
SELECT id, email, row_number() OVER (PARTITION BY email ORDER BY id) AS n, count(*) OVER (PARTITION BY email) AS all FROM invoice ORDER BY id
SELECT id, first_value(email) OVER w AS f, last_value(card) OVER w AS l, lag(email) OVER w AS before, lead(due) OVER w AS after, nth_value(email, 2) OVER w AS second FROM invoice WINDOW w AS (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) ORDER BY id
SELECT id, lag(email, 1) OVER (ORDER BY id) = email AS same FROM invoice ORDER BY id
SELECT * FROM (SELECT i.*, rank() OVER (PARTITION BY i.email ORDER BY i.id DESC) AS r FROM invoice i) x WHERE r = 1 ORDER BY id
SELECT id, sum(total) OVER (PARTITION BY email ORDER BY id RANGE UNBOUNDED PRECEDING) FROM invoice ORDER BY id
SELECT DISTINCT email, count(*) OVER (PARTITION BY email) FROM invoice WHERE email = «text:ada@x.org»

-- groups and sets
SELECT email, due, count(*) FROM invoice GROUP BY email, due HAVING count(*) >= 1 ORDER BY count(*), min(id)
SELECT email, place, count(*), grouping(email, place) FROM invoice GROUP BY GROUPING SETS ((email), (place), ()) ORDER BY 4, 3, min(id)
SELECT count(*) FROM (SELECT email, level FROM customer GROUP BY ROLLUP (email, level)) x
SELECT count(*) FROM (SELECT DISTINCT level, small FROM customer) x
SELECT email FROM customer INTERSECT SELECT email FROM invoice INTERSECT SELECT «text:ada@x.org»
SELECT id, email FROM customer WHERE id < 3 UNION ALL SELECT id + 10, email FROM staff WHERE id < 3 ORDER BY id LIMIT 3
SELECT level FROM customer UNION SELECT level FROM staff EXCEPT SELECT «int4:0» EXCEPT SELECT NULL
(SELECT born FROM customer WHERE id = 2) UNION ALL (SELECT due FROM invoice WHERE id = 10) UNION ALL VALUES («date:2000-02-29»)
SELECT array_agg(email ORDER BY id), array_agg(card ORDER BY id) FILTER (WHERE card IS NOT NULL) FROM invoice
SELECT email, array_agg(id ORDER BY id), string_agg(place, ',' ORDER BY id), bool_or(paid) FROM invoice GROUP BY email ORDER BY min(id)
SELECT bool_and(email = «text:ada@x.org») FROM invoice WHERE id < 12
SELECT count(*) AS n, count(*) FILTER (WHERE born = «date:1990-01-01») AS m FROM customer GROUP BY level ORDER BY n, m

-- upserts and merges
INSERT INTO customer AS c (id, email, name, n) VALUES (1, «text:x@x.org», «text:X», 1) ON CONFLICT (id) DO UPDATE SET name = excluded.name, email = coalesce(excluded.email, c.email), n = c.n + 1 WHERE c.email = «text:ada@x.org» RETURNING c.email, c.name, c.n
INSERT INTO customer (id, email, nick) VALUES (90, «text:ada@x.org», 'n1'), (91, «text:nine@x.org», 'n2') ON CONFLICT (email) DO UPDATE SET nick = excluded.nick RETURNING id, email, nick
INSERT INTO customer (id, email) VALUES (5, 'five@x.org') ON CONFLICT ON CONSTRAINT customer_pkey DO UPDATE SET (email, name) = (excluded.email, «text:Five») RETURNING email, name
INSERT INTO staff (id, email, level) VALUES (1, «text:s@x.org», 1) ON CONFLICT (id) DO UPDATE SET level = CASE WHEN staff.email = excluded.email THEN staff.level ELSE excluded.level END, email = excluded.email RETURNING *
MERGE INTO staff s USING (SELECT id, email, level FROM customer WHERE id < 3) c ON s.email = c.email WHEN MATCHED AND s.level IS NULL THEN UPDATE SET level = c.level, name = «text:Merged» WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (id, email, level) VALUES (c.id + 200, c.email, c.level)
MERGE INTO staff USING (VALUES (1, 'ada@x.org', 'A'), (99, 'n99@x.org', 'N')) AS v(id, email, name) ON staff.id = v.id WHEN MATCHED THEN UPDATE SET email = v.email, name = v.name WHEN NOT MATCHED THEN INSERT VALUES (v.id, v.email, NULL, v.name, NULL)
MERGE INTO customer c USING invoice i ON c.email = i.email AND i.id = 12 WHEN MATCHED THEN UPDATE SET born = i.due, name = NULL WHEN NOT MATCHED THEN DO NOTHING
UPDATE staff SET (email, name, level) = (SELECT c.email, 'N', c.level FROM customer c WHERE c.id = staff.id) WHERE id < 3 RETURNING *
UPDATE staff s SET email = b.email FROM staff b WHERE b.id = s.boss AND b.email = «text:eve@x.org» RETURNING s.id, s.email, b.id
UPDATE customer SET email = NULL, name = DEFAULT, nick = '' WHERE id = 1 RETURNING email, name, nick, email IS NULL AS gone
UPDATE customer c SET tags = ARRAY[«text:p», «text:q r», NULL], doc = «jsonb:{"k": [1, null]}», raw = «json:{"k" : 1}» WHERE c.id = 2 RETURNING tags, doc, raw
DELETE FROM staff USING customer WHERE staff.email = customer.email AND customer.level = «int4:42» RETURNING staff.id, customer.email
DELETE FROM invoice WHERE ctid IN (SELECT ctid FROM invoice WHERE email = «text:ada@x.org» ORDER BY id LIMIT 1) RETURNING id

-- types beside one another
SELECT id FROM customer WHERE wage = «numeric:100.5» OR wage = -0.01 ORDER BY id
SELECT id FROM customer WHERE level = «int2:42» AND big = «int4:-1» ORDER BY id
SELECT id FROM customer WHERE small IN (7, «int2:0», 3000000000) OR level IN («int4:42», 1.5) ORDER BY id
SELECT id FROM customer WHERE small IN (7, «int2:0») AND ratio = «float8:1.5» ORDER BY id
SELECT id FROM customer WHERE ratio = 'NaN' OR ratio = 0 ORDER BY id
SELECT id FROM customer WHERE ref = «uuid:8D1F0F6E-0000-4000-8000-000000000001» OR ref::text = «text:8d1f0f6e-0000-4000-8000-000000000002» ORDER BY id
SELECT id FROM customer WHERE joined = TIMESTAMP '2024-02-03 04:05:06.789' OR joined = «timestamp:infinity» ORDER BY id
SELECT id FROM customer WHERE opens = TIME '10:00' OR opens = «time:23:59:59.5» ORDER BY id
SELECT id FROM customer WHERE ip = INET '10.0.0.1' OR ip = «inet:::1» OR ip = '10.0.0.0/24' ORDER BY id
SELECT id FROM customer WHERE code = «bpchar:A1» OR code = 'B2    ' ORDER BY id
SELECT id FROM customer WHERE nick = «varchar:ada» OR nick = ''::text ORDER BY id
SELECT id FROM customer WHERE photo = «bytea:\xdeadbeef» OR photo = '' ORDER BY id
SELECT id FROM customer WHERE born = DATE '1990-01-01' OR born = «text:1987-06-05»::date OR born = '0044-03-15 BC' ORDER BY id
SELECT id FROM customer WHERE tags = «text[]:{x,"y z"}» OR tags = '{}' OR tags = ARRAY[NULL, 'NULL', ''] ORDER BY id
SELECT id FROM customer WHERE «text:x» = ANY (tags) OR tags @> ARRAY['c"d'] OR tags && «text[]:{nix,NULL}» ORDER BY id
SELECT id, born::text, wage::text, level::text, joined::date, ref::text, small::int8, nick::text, code::text FROM customer ORDER BY id
SELECT born, seen, joined, opens, span, meets, ip, net, score, weight, photo, doc, raw FROM customer WHERE id IN (1, 5) ORDER BY id DESC
INSERT INTO customer (id, born, seen, joined, opens, wage, ratio, weight, ref, small, level, big, span, ip, net, meets, score) VALUES (80, 'epoch', '2024-02-29 12:00+05:30', '1999-01-08 04:05:06', '04:05', '1e2', '1e-3', '  2.5', '{8d1f0f6e000040008000000000000080}', '-32768', ' 12 ', '9223372036854775807', '1 year 2 mons -3 days', '10.1.2.3/8', '10/8', '04:05:06+08', '1.2e3') RETURNING *
INSERT INTO customer (id, wage) VALUES (80, 123456789.12)
INSERT INTO customer (id, small) VALUES (80, 32768)
INSERT INTO customer (id, level) VALUES (80, '2147483648')
INSERT INTO customer (id, nick) VALUES (80, '123456789012345678901')
INSERT INTO customer (id, nick, code) VALUES (80, '12345678901234567890   ', 'ab    ') RETURNING nick, code, nick = '12345678901234567890' AS same
INSERT INTO customer (id, born) VALUES (80, '2023-02-29')
INSERT INTO customer (id, ref) VALUES (80, 'no uuid')
INSERT INTO customer (id, doc) VALUES (80, '{"a":')
INSERT INTO customer (id, ip) VALUES (80, '10.0.0.256')
INSERT INTO customer (id, active) VALUES (80, 'maybe')
INSERT INTO customer (id, wage, level) VALUES (80, 1.005, 1.5) RETURNING wage, level

-- conditions
SELECT id FROM customer WHERE (email = «text:ada@x.org») IS TRUE OR (email = «text:bob@x.org») IS NOT FALSE ORDER BY id
SELECT id FROM customer WHERE NOT (email = «text:ada@x.org» OR email IS NULL) ORDER BY id
SELECT id FROM customer WHERE (email, nick) = («text:ada@x.org», «text:ada») OR (level, small) <> (42, 7) ORDER BY id
SELECT id FROM customer WHERE (email, level) IS DISTINCT FROM (NULL, NULL) ORDER BY id
SELECT id FROM customer WHERE email = ANY ('{ada@x.org,NULL,nobody}') OR email = SOME (ARRAY['', 'x']) ORDER BY id
SELECT id FROM customer WHERE email <> ALL («text[]:{ada@x.org,bob@x.org}») ORDER BY id
SELECT id FROM customer WHERE email NOT IN («text:ada@x.org», «text:bob@x.org») ORDER BY id
SELECT id FROM customer WHERE email NOT IN (SELECT email FROM staff WHERE email IS NOT NULL) ORDER BY id
SELECT id FROM customer WHERE email IS NOT DISTINCT FROM NULL::text OR email IS NOT DISTINCT FROM «text:» ORDER BY id
SELECT id FROM customer WHERE nullif(email, '') IS NULL ORDER BY id
SELECT id FROM customer WHERE coalesce(email, 'nobody') = «text:nobody» ORDER BY id
SELECT id FROM customer WHERE CASE WHEN n > 1 THEN email = «text:bob@x.org» ELSE level = 42 END ORDER BY id
SELECT id FROM customer WHERE CASE email WHEN «text:ada@x.org» THEN 1 WHEN «text:bob@x.org» THEN 2 ELSE 0 END > 1 ORDER BY id
SELECT CASE WHEN email = «text:ada@x.org» THEN name WHEN email IS NULL THEN 'none' ELSE '-' END AS label FROM customer ORDER BY id
SELECT id, email = lag(email) OVER (ORDER BY id) FROM invoice ORDER BY id
SELECT id FROM invoice WHERE paid = false AND email = «text:ada@x.org» AND due = «date:1990-01-01»
SELECT id FROM invoice i WHERE i.email = «text:ada@x.org» AND i.id > «int4:10» ORDER BY i.id LIMIT «int8:5» OFFSET «int8:0»
SELECT id FROM customer WHERE id = ANY («int4[]:{1,2}») AND (note = «text:first» OR email = «text:first») ORDER BY id
SELECT id, email IN ('ada@x.org') AS one, email IN ('ada@x.org', 'bob@x.org') AS two, email = 'x' AS no FROM customer ORDER BY id

-- joins
SELECT c.id, i.id, s.id FROM customer c JOIN invoice i USING (email) JOIN staff s USING (email) ORDER BY c.id, i.id, s.id
SELECT email, count(*) FROM customer NATURAL JOIN (SELECT email FROM invoice) i GROUP BY email ORDER BY 2
SELECT coalesce(c.email, s.email) AS email, c.id, s.id FROM customer c FULL JOIN staff s ON c.email = s.email ORDER BY c.id, s.id
SELECT c.id, s.id FROM customer c RIGHT JOIN staff s ON s.email = c.email AND s.level = c.level ORDER BY s.id, c.id
SELECT a.id, b.id FROM customer a JOIN customer b ON a.level = b.level AND a.id < b.id ORDER BY 1, 2
SELECT i.id FROM invoice i JOIN customer c ON i.email = c.email AND i.due = c.born OR i.due = «date:1990-01-01» ORDER BY i.id
SELECT j.* FROM (invoice i JOIN customer c ON i.email = c.email) AS j(i, e, card, due, total, place, paid, id, mail) WHERE j.mail = «text:bob@x.org»
SELECT x.mail, y.a FROM contact x JOIN contact_of_contact y ON y.b = x.mail WHERE x.mail = «text:ada@x.org»
SELECT number, mail FROM contact WHERE mail = ANY («text[]:{ada@x.org,zoe}») ORDER BY number
SELECT e.id, e.email, e.body, e.tableoid::regclass::text FROM event e WHERE e.email = «text:ada@x.org» ORDER BY e.id
SELECT p.id, p.name, p.tableoid::regclass::text FROM person p WHERE p.name = «text:Ada» ORDER BY p.id
SELECT "E-Mail" FROM "Mixed Case" m JOIN customer c ON m."E-Mail" = c.email WHERE m."Id" = 1

-- documents and rows
SELECT json_build_object('id', id, 'email', email, 'born', born, 'tags', tags) FROM customer WHERE id = 1
SELECT jsonb_agg(jsonb_build_object('mail', email, 'card', card) ORDER BY id) FROM invoice
SELECT row_to_json(x) FROM (SELECT id, email, level FROM customer WHERE id = 2) x
SELECT to_jsonb(i) FROM invoice i WHERE id = 10
SELECT json_agg(i ORDER BY i.id) FROM (SELECT id, email FROM invoice WHERE email = «text:ada@x.org») i
SELECT c.id, (SELECT jsonb_agg(i.card ORDER BY i.id) FROM invoice i WHERE i.email = c.email) AS cards FROM customer c ORDER BY c.id
SELECT ROW(id, note) FROM customer ORDER BY id
SELECT jsonb_build_object('n', count(*), 'first', (array_agg(email ORDER BY id))[1]) FROM invoice

-- returning
INSERT INTO staff (id, email, name, level) VALUES (60, «text:r@x.org», «text:R», «int4:3») RETURNING id AS number, email AS mail, name || '!' AS loud, level::text, staff.*
INSERT INTO staff SELECT s.id + 300, s.email, s.boss, s.name, s.level FROM staff s WHERE s.email = «text:eve@x.org» RETURNING *
UPDATE event SET email = «text:moved@x.org», year = 2 WHERE id = 1 RETURNING id, year, email, body
DELETE FROM event WHERE email IS NULL OR body IS NULL RETURNING *
INSERT INTO event VALUES (9, 1, «text:ev@x.org», «text:body») RETURNING event.*, tableoid::regclass::text
INSERT INTO student (id, name, school) VALUES (9, «text:Stu», 'ETH') RETURNING name
UPDATE ONLY person SET name = «text:Only» WHERE name = «text:Ada» RETURNING id, name
INSERT INTO contact (number, mail, note) VALUES (81, «text:view@x.org», 'through a view') RETURNING number, mail
UPDATE contact SET mail = «text:viewed@x.org» WHERE mail = «text:bob@x.org» RETURNING number, mail, note
DELETE FROM contact WHERE mail = '' RETURNING number

-- rarer spellings of times
INSERT INTO customer (id, opens) VALUES (80, 'allballs') RETURNING opens
INSERT INTO customer (id, meets) VALUES (80, 'allballs') RETURNING meets
INSERT INTO customer (id, born) VALUES (80, 'allballs')
SELECT id FROM customer WHERE small = 3000000000 OR level = 3000000000 OR big = 9000000000 ORDER BY id

-- ON sees the two sides of its join, and then what is around the query
SELECT a.id FROM customer a WHERE EXISTS (SELECT 1 FROM staff a, invoice b JOIN invoice c ON a.nick = «text:bobby») ORDER BY a.id
SELECT a.id FROM customer a WHERE EXISTS (SELECT 1 FROM staff a, invoice b JOIN invoice c ON a.email = «text:ada@x.org») ORDER BY a.id
SELECT a.id, (SELECT count(*) FROM staff a JOIN (invoice b JOIN invoice c ON a.email = c.email) ON true) FROM customer a ORDER BY a.id
WITH w AS (SELECT email FROM customer) SELECT s.id FROM staff s JOIN staff t ON s.id = t.id AND EXISTS (SELECT 1 FROM w WHERE w.email = s.email) ORDER BY s.id
