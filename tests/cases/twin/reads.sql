-- writes
INSERT INTO customer (id, email) VALUES (60, 'n@n.n') RETURNING *
INSERT INTO customer DEFAULT VALUES
INSERT INTO customer (id, email, name) VALUES (60, upper('n@n.n'), trim('  N ')) RETURNING email, name
INSERT INTO customer (id, email) VALUES (60, lower(«text:N@N.N»)) RETURNING email
INSERT INTO customer AS c (id, email) VALUES (60, 'n@n.n') RETURNING c.email AS e, c.id
INSERT INTO customer (id, email) SELECT 60, 'n@n.n' WHERE NOT EXISTS (SELECT 1 FROM customer WHERE email = 'n@n.n')
INSERT INTO customer (id, email) SELECT 60, «text:n@n.n» WHERE NOT EXISTS (SELECT 1 FROM customer WHERE email = «text:n@n.n») RETURNING id
INSERT INTO staff (id, email, name, level) SELECT id + 100, email, 'Copy', level FROM customer WHERE level = 42 RETURNING *
INSERT INTO staff (id, email) SELECT 70, email FROM customer WHERE id = 1 UNION ALL SELECT 71, 'x@x.x' RETURNING *
INSERT INTO customer (id, email) VALUES (1, 'q@q.q') ON CONFLICT (id) DO UPDATE SET email = excluded.email, n = customer.n + 1 WHERE customer.email <> excluded.email RETURNING id, email, n
INSERT INTO customer (id, email) VALUES (60, 'ada@x.org') ON CONFLICT (email) DO UPDATE SET nick = 'again', born = '2000-01-01' RETURNING id, nick, born
INSERT INTO customer (id, email) VALUES (60, 'ada@x.org') ON CONFLICT ON CONSTRAINT customer_email_key DO UPDATE SET email = 'b2@x.org' RETURNING id, email
INSERT INTO customer (id, email) VALUES (60, 'ada@x.org') ON CONFLICT (email) WHERE email IS NOT NULL DO NOTHING
INSERT INTO customer (id, email, nick) VALUES (60, 'ada@x.org', 'x') ON CONFLICT (email) DO UPDATE SET nick = COALESCE(excluded.nick, customer.nick), email = COALESCE(NULLIF(excluded.email, ''), customer.email) RETURNING id, email, nick
WITH new AS (INSERT INTO customer (id, email) VALUES (60, 'n@n.n') RETURNING id, email) INSERT INTO staff (id, email) SELECT id, email FROM new RETURNING *
WITH up AS (UPDATE customer SET email = 'u@u.u' WHERE id = 1 RETURNING id, email) SELECT * FROM up
WITH del AS (DELETE FROM invoice WHERE email = 'ada@x.org' RETURNING *) SELECT count(*), count(email), count(card) FROM del
WITH d AS (DELETE FROM staff WHERE email = 'eve@x.org' RETURNING id, email, name) INSERT INTO staff SELECT id + 50, email, NULL, name FROM d RETURNING *
UPDATE customer SET email = DEFAULT, name = DEFAULT WHERE id = 1 RETURNING email, name
UPDATE customer SET (email, name) = ('t@t.t', 'T') WHERE id = 1 RETURNING email, name
UPDATE customer SET (email, name) = ROW ('t@t.t', 'T') WHERE id = 1 RETURNING email, name
UPDATE customer SET (email, level) = (SELECT email, level FROM staff WHERE id = 2) WHERE id = 1 RETURNING email, level
UPDATE customer SET email = (SELECT email FROM staff WHERE id = 2) WHERE id = 1 RETURNING email
UPDATE customer c SET level = s.level FROM staff s WHERE s.email = c.email AND s.name = 'Ada' RETURNING c.id, c.level
UPDATE customer SET email = email, name = name WHERE id = 1 RETURNING email, name
UPDATE customer SET tags = array_append(tags, 'new') WHERE id = 1
UPDATE customer SET tags = ARRAY['a', «text:b»] WHERE id = 1 RETURNING tags
UPDATE customer SET tags = NULL, doc = NULL WHERE id = 1 RETURNING tags, doc
UPDATE customer SET doc = '{"z": 1}'::jsonb, raw = '{"z":  1}'::json WHERE id = 1 RETURNING doc, raw
UPDATE customer SET wage = «numeric:5», ratio = «float8:2.5», weight = «float4:0.1», small = «int2:3», big = «int8:4» WHERE id = 1 RETURNING wage, ratio, weight, small, big
UPDATE customer SET level = CASE WHEN level = 42 THEN 43 ELSE level END WHERE id IN (1, 2) RETURNING level
UPDATE customer SET email = CASE id WHEN 1 THEN 'one@x' WHEN 2 THEN email ELSE NULL END WHERE id <= 3 RETURNING id, email
UPDATE customer SET note = 'plain', email = «text:x@x.x» WHERE email = «text:bob@x.org» AND nick = «varchar:bob» RETURNING note, email
UPDATE ONLY person SET name = 'P' WHERE name = 'Ada' RETURNING *
UPDATE person SET name = 'P' WHERE name = 'Ada' RETURNING *
UPDATE event SET email = 'e@e.e' WHERE email = 'ada@x.org' AND year = 1 RETURNING id, email, body
UPDATE event SET year = 2 WHERE id = 1 RETURNING *
DELETE FROM staff s USING customer c WHERE s.email = c.email AND c.level = 42 RETURNING s.id, s.email, c.name
DELETE FROM staff WHERE name = ANY (SELECT name FROM person) RETURNING id, name
MERGE INTO staff s USING customer c ON s.email = c.email WHEN MATCHED THEN UPDATE SET level = c.level WHEN NOT MATCHED AND c.email IS NOT NULL THEN INSERT (id, email, name, level) VALUES (c.id + 200, c.email, 'new', c.level)
MERGE INTO staff s USING (VALUES ('ada@x.org', 'X'), ('zed@x.org', 'Z')) v (e, n) ON s.email = v.e WHEN MATCHED THEN UPDATE SET name = v.n WHEN NOT MATCHED THEN INSERT (id, email, name) VALUES (300, v.e, v.n)
MERGE INTO staff s USING plain p ON s.id = p.id AND s.email = 'ada@x.org' WHEN MATCHED THEN DELETE
MERGE INTO staff s USING (SELECT «int4:1» AS id, «text:m@m.m» AS email) AS v ON s.id = v.id WHEN MATCHED AND s.email <> v.email THEN UPDATE SET email = v.email WHEN NOT MATCHED THEN INSERT (id, email) VALUES (v.id, v.email)
TRUNCATE invoice
LOCK TABLE customer IN SHARE MODE

-- reads in many shapes
TABLE staff
SELECT * FROM customer
SELECT c.* FROM customer c WHERE c.id = 1
SELECT staff.*, customer.email FROM staff JOIN customer USING (email) ORDER BY staff.id
SELECT * FROM staff JOIN customer USING (email, level) ORDER BY 3
SELECT email FROM staff NATURAL JOIN invoice ORDER BY invoice.id
SELECT a.email, b.email FROM staff a FULL JOIN invoice b ON a.email = b.email ORDER BY a.id, b.id
SELECT a.email FROM staff a RIGHT JOIN customer b ON a.email = b.email AND a.level = b.level ORDER BY b.id
SELECT (SELECT email FROM customer WHERE id = 1), (SELECT count(*) FROM customer WHERE email = 'ada@x.org')
SELECT ARRAY(SELECT email FROM customer WHERE id < 3 ORDER BY id)
SELECT array_agg(email ORDER BY id), array_agg(name ORDER BY id), array_agg(born ORDER BY id), array_agg(level ORDER BY id) FROM customer
SELECT array_agg(doc ORDER BY id) FROM customer
SELECT ARRAY[email, email] FROM customer WHERE id = 1
SELECT ARRAY[email, 'x'] FROM customer WHERE id = 1
SELECT string_agg(email, ', ' ORDER BY id) FROM customer
SELECT email || ' <' || name || '>' FROM customer ORDER BY id
SELECT concat(name, ' ', nick), concat_ws(', ', name, email) FROM customer ORDER BY id
SELECT format('%s', note) FROM customer ORDER BY id
SELECT json_agg(email ORDER BY id), jsonb_agg(level ORDER BY id) FROM customer
SELECT json_build_object('a', email, 'b', wage, 'c', seen, 'd', doc, 'e', active, 'f', tags) FROM customer ORDER BY id
SELECT jsonb_build_array(email, born, ref, ip) FROM customer ORDER BY id
SELECT json_object_agg(id, email) FROM customer WHERE id < 3
SELECT row_to_json(r) FROM (SELECT id, email, wage FROM customer WHERE id = 1) r
SELECT to_json(r) FROM (SELECT id, email, code, opens FROM customer WHERE id = 1) r
SELECT jsonb_agg(to_jsonb(r)) FROM (SELECT id, email FROM customer WHERE id < 3 ORDER BY id) r
SELECT email, count(*) FROM invoice GROUP BY email HAVING email IS NOT NULL ORDER BY 2
SELECT email, count(*) FROM invoice GROUP BY email HAVING email = 'ada@x.org'
SELECT email AS e, max(id) FROM invoice GROUP BY e ORDER BY 2
SELECT count(email), count(DISTINCT email), count(*) FILTER (WHERE email = 'ada@x.org') FROM invoice
SELECT bool_or(email = 'ada@x.org'), every(email IS NOT NULL) FROM customer
SELECT sum(CASE WHEN email = 'ada@x.org' THEN 1 ELSE 0 END) FROM invoice
SELECT count(CASE WHEN level = 42 THEN 1 END), count(NULLIF(level, 42)) FROM customer
SELECT email FROM customer WHERE id = 1 UNION SELECT email FROM staff WHERE id = 1
SELECT email FROM customer INTERSECT SELECT email FROM staff WHERE id < 2
SELECT email FROM staff WHERE id = 2 EXCEPT SELECT email FROM customer
SELECT email, 1 FROM customer WHERE id = 1 UNION ALL SELECT 'x@x.x', 2
(SELECT email FROM customer WHERE id = 1) UNION ALL (SELECT email FROM staff WHERE id = 2 LIMIT 1)
SELECT level FROM customer WHERE id = 1 UNION SELECT 42
SELECT born FROM customer WHERE id = 1 UNION ALL SELECT due FROM invoice WHERE id = 10
SELECT wage FROM customer WHERE id = 1 UNION ALL SELECT 5.125
SELECT DISTINCT email, level FROM staff WHERE name = 'Ada' AND email IS NOT NULL
SELECT DISTINCT ON (place) place, email FROM invoice ORDER BY place, id
SELECT email, lag(email) OVER (ORDER BY id), lead(name) OVER (ORDER BY id) FROM staff ORDER BY id
SELECT email, count(*) OVER (PARTITION BY email ORDER BY id) FROM invoice ORDER BY id
SELECT row_number() OVER (PARTITION BY level ORDER BY id), level FROM customer ORDER BY id
SELECT * FROM (SELECT email, row_number() OVER (PARTITION BY email ORDER BY id DESC) AS rn FROM invoice) x WHERE rn = 1 AND email = 'ada@x.org'
WITH c AS (SELECT * FROM customer WHERE level = 42) SELECT c.email, i.card FROM c JOIN invoice i ON i.email = c.email ORDER BY i.id
WITH c AS MATERIALIZED (SELECT id, email FROM customer) SELECT email FROM c WHERE email = «text:ada@x.org»
WITH a (x) AS (SELECT email FROM customer WHERE id = 1), b AS (SELECT x FROM a UNION ALL SELECT 'k') SELECT * FROM b
SELECT mail FROM contact WHERE mail = «text:ada@x.org»
SELECT * FROM contact_of_contact WHERE b IN ('ada@x.org', 'bob@x.org') ORDER BY a
SELECT c.mail, i.card FROM contact c JOIN invoice i ON i.email = c.mail ORDER BY i.id
SELECT * FROM person ORDER BY id
SELECT name FROM ONLY person WHERE name = 'Ada'
SELECT * FROM event_2 ORDER BY id
SELECT "E-Mail" FROM "Mixed Case" WHERE "E-Mail" = «text:ada@x.org»
SELECT m."E-Mail" AS "e mail", c.email FROM "Mixed Case" m LEFT JOIN customer c ON c.email = m."E-Mail" ORDER BY m."Id"
SELECT public.customer.email FROM public.customer WHERE public.customer.id = 1
SELECT email(c) FROM customer c WHERE id = 1
SELECT (c).email FROM customer c WHERE id = 1
SELECT email AS "SELECT", name "from", nick AS "a.b" FROM customer WHERE id = 1
SELECT email e1, email e2, email FROM customer WHERE id = 1
SELECT email FROM customer ORDER BY id LIMIT 2 OFFSET 1
SELECT email FROM customer ORDER BY id FETCH FIRST ROW ONLY
SELECT email FROM customer ORDER BY length(note), id
SELECT email FROM customer WHERE id = 1 FOR UPDATE OF customer NOWAIT
SELECT c.email FROM customer c, LATERAL (SELECT count(*) FROM invoice i WHERE i.email = c.email) x (n) WHERE x.n > 1
SELECT v.e, c.id FROM (VALUES ('ada@x.org'), ('zzz')) v (e) LEFT JOIN customer c ON c.email = v.e ORDER BY 2
SELECT v.i, v.e = c.email FROM (VALUES (1, 'ada@x.org'), (2, 'x')) v (i, e) JOIN customer c ON c.id = v.i ORDER BY 1
SELECT CASE WHEN email IS NULL THEN 'none' WHEN email = '' THEN 'empty' ELSE email END FROM customer ORDER BY id
SELECT CASE WHEN n > 1 THEN email ELSE NULL END FROM customer ORDER BY id
SELECT COALESCE(c.email, s.email) FROM customer c FULL JOIN staff s ON c.email = s.email ORDER BY c.id, s.id
SELECT COALESCE(email, nick, 'x') FROM customer ORDER BY id
SELECT NULLIF(email, 'ada@x.org'), NULLIF(level, 42), NULLIF(born, '1990-01-01') FROM customer ORDER BY id
SELECT email IS NULL, email IS DISTINCT FROM 'ada@x.org', email IS NOT DISTINCT FROM NULL FROM customer ORDER BY id
SELECT pg_typeof(note), pg_typeof(n) FROM customer WHERE id = 1
SELECT email::varchar(3), wage::int, level::text, born::timestamp, seen::date, ref::text FROM customer WHERE id = 1
SELECT CAST(email AS varchar), CAST(level AS numeric), CAST(wage AS text), CAST(active AS text) FROM customer ORDER BY id
SELECT born::text, joined::date, opens::text, photo::text, ip::text, net::text FROM customer ORDER BY id
SELECT id FROM customer WHERE id IN (SELECT c.id FROM customer c WHERE c.email IN (SELECT i.email FROM invoice i WHERE i.card IS NOT NULL))
SELECT id FROM customer c WHERE (SELECT count(*) FROM invoice i WHERE i.email = c.email) = 2
EXPLAIN (COSTS OFF) SELECT id FROM plain WHERE n = 1
SHOW search_path
VALUES (1, 'a'), (2, 'b')
