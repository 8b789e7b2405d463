-- the newest row of each, as LATERAL
SELECT c.id, c.email, last.due, last.card FROM customer c LEFT JOIN LATERAL (SELECT i.due, i.card FROM invoice i WHERE i.email = c.email ORDER BY i.id DESC LIMIT 1) last ON true ORDER BY c.id
SELECT c.id, t.tag, t.place FROM customer c CROSS JOIN LATERAL unnest(c.tags) WITH ORDINALITY AS t (tag, place) ORDER BY c.id, t.place
SELECT c.id, s.total, s.bills FROM customer c JOIN LATERAL (SELECT sum(i.total) AS total, count(*) AS bills FROM invoice i WHERE i.email = c.email AND NOT i.paid) s ON s.bills > 0 WHERE c.email IN («text:ada@x.org», «text:bob@x.org») ORDER BY c.id
SELECT c.name, x.* FROM customer c, LATERAL (VALUES (c.id, c.email), (c.n, c.email)) AS x (a, b) WHERE c.id = «int4:1»
SELECT c.id, x.mail FROM customer c, LATERAL (SELECT c.email AS mail WHERE c.level = «int4:42») x ORDER BY c.id
SELECT p.id, m.email FROM plain p LEFT JOIN LATERAL (SELECT email FROM customer WHERE id = p.id AND email IS NOT NULL) m ON true ORDER BY p.id
SELECT s.id, b.name FROM staff s LEFT JOIN LATERAL (SELECT b.name FROM staff b WHERE b.id = s.boss AND b.level IS NOT DISTINCT FROM «int4:42») b ON true ORDER BY s.id
SELECT c.id, (SELECT count(*) FROM invoice i WHERE i.email = c.email) AS bills, (SELECT card FROM invoice i WHERE i.email = c.email ORDER BY i.id LIMIT 1) AS first_card FROM customer c ORDER BY c.id

-- upserts that keep what is there
INSERT INTO customer AS c (id, email, name, n) VALUES (1, «text:ada@x.org», «text:New», 5) ON CONFLICT (email) DO UPDATE SET name = COALESCE(excluded.name, c.name), n = c.n + excluded.n RETURNING c.id, c.email, c.name, c.n
INSERT INTO customer AS c (id, email, nick) VALUES (70, «text:bob@x.org», «varchar:bobby») ON CONFLICT (email) DO UPDATE SET nick = CASE WHEN c.nick IS NULL THEN excluded.nick ELSE c.nick END RETURNING nick
INSERT INTO customer AS c (id, email, level) VALUES (70, «text:bob@x.org», «int4:9») ON CONFLICT (email) DO UPDATE SET level = excluded.level WHERE c.level IS DISTINCT FROM excluded.level RETURNING id, level
INSERT INTO staff (id, email, name) SELECT c.id, c.email, «text:Sync» FROM customer c WHERE c.email IS NOT NULL ON CONFLICT (id) DO UPDATE SET email = excluded.email, name = excluded.name RETURNING id, email, name
INSERT INTO staff (id, email, name, level) VALUES (1, «text:n1@x.org», «text:A», «int4:1»), (2, «text:n2@x.org», NULL, NULL), (90, «text:n3@x.org», «text:C», «int4:3») ON CONFLICT (id) DO UPDATE SET (email, name, level) = (excluded.email, COALESCE(excluded.name, staff.name), excluded.level) RETURNING *
INSERT INTO invoice (id, email, card) VALUES (10, «text:bob@x.org», «text:4999») ON CONFLICT (id) DO UPDATE SET card = excluded.card, email = (SELECT email FROM customer WHERE id = 2), paid = true RETURNING *
WITH input (id, email, name) AS (VALUES (1, «text:ada@x.org», «text:One»), (91, «text:w@x.org», «text:Two»)) INSERT INTO customer (id, email, name) SELECT id, email, name FROM input ON CONFLICT (email) DO UPDATE SET name = excluded.name RETURNING id, name
INSERT INTO customer (id, email) SELECT 92, «text:q@x.org» WHERE NOT EXISTS (SELECT FROM customer WHERE email = «text:q@x.org») RETURNING id, email
WITH ins AS (INSERT INTO customer (id, email) VALUES (93, «text:ada@x.org») ON CONFLICT (email) DO NOTHING RETURNING id, email) SELECT id, email, true AS made FROM ins UNION ALL SELECT id, email, false FROM customer WHERE email = «text:ada@x.org» LIMIT 1

-- chains of CTEs
WITH due AS (SELECT id, email, card FROM invoice WHERE NOT paid), who AS (SELECT d.id, c.name, d.card FROM due d JOIN customer c USING (email)), numbered AS (SELECT *, row_number() OVER (ORDER BY id) AS place FROM who) SELECT place, name, card FROM numbered WHERE place <= 2 ORDER BY place
WITH moved AS (DELETE FROM staff WHERE email = «text:eve@x.org» RETURNING *) INSERT INTO lead (id, level) SELECT id, boss FROM moved RETURNING id, level
WITH moved AS (DELETE FROM staff WHERE email = «text:bob@x.org» RETURNING id, email), kept AS (INSERT INTO event (id, year, email) SELECT id, 1, email FROM moved RETURNING id, email) SELECT m.id, k.email FROM moved m JOIN kept k USING (email)
WITH a AS (UPDATE customer SET name = «text:Changed» WHERE email = «text:ada@x.org» RETURNING id, email, name), b AS (INSERT INTO event (id, year, email, body) SELECT id, 2, email, «text:log» FROM a RETURNING id, body) SELECT a.name, b.body FROM a, b
WITH RECURSIVE chain (id, email, boss, depth) AS (SELECT id, email, boss, 0 FROM staff WHERE email = «text:bob@x.org» UNION ALL SELECT s.id, s.email, s.boss, c.depth + 1 FROM staff s JOIN chain c ON s.id = c.boss) SELECT depth, email FROM chain ORDER BY depth
WITH RECURSIVE tree AS (SELECT id, name, ARRAY[id] AS path FROM staff WHERE boss IS NULL UNION ALL SELECT s.id, s.name, t.path || s.id FROM staff s JOIN tree t ON s.boss = t.id WHERE NOT s.id = ANY (t.path)) SELECT path, name FROM tree ORDER BY path
WITH m AS MATERIALIZED (SELECT email, count(*) AS n FROM invoice GROUP BY email) SELECT c.id, m.n FROM customer c JOIN m ON m.email = c.email ORDER BY c.id
WITH x AS NOT MATERIALIZED (SELECT * FROM customer) SELECT id, email FROM x WHERE email = «text:bob@x.org»
WITH t AS (SELECT id, email FROM customer), u AS (SELECT id, email FROM staff) SELECT t.id, u.id FROM t FULL JOIN u USING (email) ORDER BY 1, 2
WITH gone AS (DELETE FROM invoice USING customer c WHERE invoice.email = c.email AND c.level = «int4:42» RETURNING invoice.id, invoice.card, c.name) SELECT count(*), array_agg(card) FROM gone
WITH old AS (SELECT id, email, name FROM customer WHERE id = 1 FOR UPDATE), upd AS (UPDATE customer c SET email = «text:new@x.org» FROM old WHERE c.id = old.id RETURNING c.id, old.email AS before, c.email AS after) SELECT before, after FROM upd
WITH first AS (INSERT INTO customer (id, email) VALUES (94, «text:f@x.org») RETURNING id, email), second AS (INSERT INTO invoice (id, email, card) SELECT 94, email, «text:c» FROM first RETURNING id) SELECT first.email, second.id FROM first, second

-- grouping sets, ROLLUP and CUBE over protected keys
SELECT year, count(DISTINCT email) FROM event GROUP BY ROLLUP (year) ORDER BY year
SELECT GROUPING(email), GROUPING(year), count(*) FROM event GROUP BY CUBE (email, year) ORDER BY 1, 2, 3
SELECT email, count(*), GROUPING(email) AS g FROM invoice GROUP BY GROUPING SETS ((email), ()) HAVING GROUPING(email) = 1
SELECT place, email, sum(total), GROUPING(place, email) FROM invoice WHERE email = «text:ada@x.org» GROUP BY GROUPING SETS ((place, email), (place), ()) ORDER BY 4, 1 NULLS FIRST
SELECT level, count(*) FILTER (WHERE email IS NOT NULL), count(*) FILTER (WHERE email = «text:ada@x.org») FROM customer GROUP BY level ORDER BY 2, 3, count(*)
SELECT born, count(*) AS n FROM customer GROUP BY born HAVING count(*) FILTER (WHERE level = «int4:42») > 0 ORDER BY n, min(id)
SELECT COALESCE(i.place, 'none') AS place, count(DISTINCT i.email) AS people FROM invoice i GROUP BY 1 ORDER BY 1
SELECT email, bool_or(paid), max(total) FROM invoice WHERE email = ANY («text[]:{ada@x.org,bob@x.org}») GROUP BY email ORDER BY max(total)
SELECT c.email, count(i.*) FROM customer c LEFT JOIN invoice i ON i.email = c.email GROUP BY c.email ORDER BY count(i.*) DESC, min(c.id)
SELECT c.id, c.email, c.name, count(i.id) FROM customer c LEFT JOIN invoice i USING (email) GROUP BY c.id ORDER BY c.id
SELECT name, level, count(*) FROM staff GROUP BY name, level HAVING count(*) > 1
SELECT email FROM staff GROUP BY email HAVING email = «text:eve@x.org» OR count(*) > 5

-- windows that only carry values
SELECT id, email, row_number() OVER (PARTITION BY email ORDER BY id) FROM invoice ORDER BY id
SELECT id, lag(card) OVER w, lead(card, 1) OVER w FROM invoice WINDOW w AS (PARTITION BY email ORDER BY id) ORDER BY id
SELECT id, first_value(card) OVER (PARTITION BY email ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING), count(*) OVER (PARTITION BY email) FROM invoice ORDER BY id
SELECT id, nth_value(name, 2) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM staff ORDER BY id
SELECT id, sum(total) OVER (PARTITION BY email ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM invoice ORDER BY id
SELECT id, avg(n) OVER (ORDER BY n RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING), email FROM customer ORDER BY id
SELECT * FROM (SELECT id, email, rank() OVER (PARTITION BY email ORDER BY total DESC NULLS LAST) AS r FROM invoice) q WHERE r = 1 AND email = «text:ada@x.org»
SELECT id, count(*) FILTER (WHERE level = «int4:42») OVER (ORDER BY id) FROM staff ORDER BY id
SELECT id, ntile(2) OVER (ORDER BY id), last_value(email) OVER (PARTITION BY place ORDER BY id GROUPS BETWEEN CURRENT ROW AND 1 FOLLOWING) FROM invoice ORDER BY id
SELECT id, lag(level, 1, «int4:42») OVER (ORDER BY id) FROM staff ORDER BY id

-- pages by plain keys
SELECT id, email, name FROM customer WHERE id > «int4:1» ORDER BY id LIMIT «int8:2»
SELECT id, email FROM customer WHERE (made, id) > («timestamptz:2019-12-31 00:00:00+00», «int4:2») ORDER BY made, id LIMIT 2
SELECT id, email FROM customer WHERE (n, id) < (SELECT n, id FROM customer WHERE email = «text:bob@x.org») ORDER BY n DESC, id DESC
SELECT id, email, count(*) OVER () AS total FROM customer WHERE note IS NOT NULL ORDER BY id OFFSET 1 FETCH FIRST 2 ROWS ONLY
SELECT id, email FROM customer ORDER BY n NULLS LAST, id FETCH FIRST 1 ROW WITH TIES
SELECT * FROM (SELECT id, email, name FROM customer ORDER BY id DESC LIMIT 3) page ORDER BY id
SELECT (SELECT count(*) FROM customer WHERE level = «int4:42») AS total, c.id, c.email FROM customer c WHERE c.level = «int4:42» ORDER BY c.id LIMIT 1

-- series
SELECT d.day, count(i.id) FROM generate_series(1, 3) AS d (day) LEFT JOIN invoice i ON i.id = d.day + 9 AND i.email = «text:ada@x.org» GROUP BY d.day ORDER BY d.day
SELECT g, c.email FROM generate_series(1, 6) g LEFT JOIN customer c ON c.id = g ORDER BY g
INSERT INTO staff (id, email, level) SELECT g, «text:bulk@x.org», «int4:7» FROM generate_series(200, 202) g RETURNING id, email, level
INSERT INTO event (id, year, email, body) SELECT g, 1 + g % 2, c.email, «text:made» FROM generate_series(300, 302) g CROSS JOIN customer c WHERE c.id = 1 RETURNING id, year, email, body
SELECT d::date, (SELECT count(*) FROM customer c WHERE c.born = «date:1990-01-01») FROM generate_series(timestamp '2024-01-01', '2024-01-02', '1 day') d

-- arrays as tables
SELECT c.id, c.email FROM unnest(«text[]:{bob@x.org,none,ada@x.org}»::text[]) WITH ORDINALITY AS w (mail, place) JOIN customer c ON c.email = w.mail ORDER BY w.place
SELECT w.place, c.name FROM unnest(«text[]:{bob@x.org,none}»::text[]) WITH ORDINALITY AS w (mail, place) LEFT JOIN customer c ON c.email = w.mail ORDER BY 1
UPDATE customer c SET name = v.name, level = v.level FROM unnest(«int4[]:{1,2}»::int[], «text[]:{A,B}»::text[], «int4[]:{5,6}»::int[]) AS v (id, name, level) WHERE c.id = v.id RETURNING c.id, c.name, c.level
UPDATE staff s SET email = v.email FROM (SELECT unnest(«int4[]:{1,2}») AS id, unnest(«text[]:{k@x.org,l@x.org}»::text[]) AS email) v WHERE s.id = v.id RETURNING s.id, s.email
DELETE FROM staff WHERE email IN (SELECT unnest(«text[]:{eve@x.org,nobody}»::text[])) RETURNING id
SELECT id FROM customer WHERE email = ANY (SELECT unnest(«text[]:{ada@x.org,bob@x.org}»::text[])) ORDER BY id
SELECT id FROM invoice WHERE email <> ALL («text[]:{ada@x.org}») ORDER BY id
SELECT id, email = ANY («text[]:{ada@x.org}») AS chosen FROM customer ORDER BY id
SELECT id FROM staff WHERE (email, level) IN (SELECT * FROM unnest(«text[]:{ada@x.org,eve@x.org}»::text[], «int4[]:{42,1}»::int[])) ORDER BY id
SELECT array_agg(email ORDER BY id) FROM customer
SELECT array_agg(DISTINCT level) IS NULL, count(DISTINCT level) FROM customer
SELECT array_length(array_agg(card), 1), (array_agg(card ORDER BY id DESC))[1] FROM invoice WHERE email = «text:ada@x.org»
SELECT ARRAY(SELECT email FROM customer WHERE level = «int4:42» ORDER BY id)
SELECT cardinality(tags), tags FROM customer WHERE tags IS NOT NULL ORDER BY id

-- UPDATE and DELETE from lists of values
UPDATE customer AS c SET email = v.email, name = v.name FROM (VALUES (1, «text:a1@x.org», «text:A1»), (2, «text:b2@x.org», NULL)) AS v (id, email, name) WHERE v.id = c.id RETURNING c.id, c.email, c.name
UPDATE customer AS c SET born = v.born, wage = v.wage FROM (VALUES (1, «date:2000-01-01», «numeric:5.50»), (2, NULL, NULL)) AS v (id, born, wage) WHERE v.id = c.id RETURNING c.id, c.born, c.wage
UPDATE invoice i SET email = c.email FROM customer c WHERE c.id = 2 AND i.email = «text:ada@x.org» RETURNING i.id, i.email
UPDATE invoice SET card = NULL, paid = true WHERE email = (SELECT email FROM customer WHERE nick = «varchar:ada») RETURNING id, card, paid
UPDATE staff SET (email, name) = (SELECT c.email, «text:Same» FROM customer c WHERE c.id = staff.id) WHERE id < 3 RETURNING id, email, name
UPDATE staff s SET level = b.level FROM staff b WHERE b.id = s.boss RETURNING s.id, s.level
UPDATE customer SET name = CASE id WHEN 1 THEN «text:one» WHEN 2 THEN «text:two» ELSE name END WHERE id IN (1, 2, 3) RETURNING id, name
UPDATE customer SET level = CASE WHEN email = «text:ada@x.org» THEN «int4:1» ELSE level END RETURNING id, level
DELETE FROM staff USING (VALUES («text:ada@x.org», 1), («text:eve@x.org», 1)) AS v (email, boss) WHERE staff.email = v.email AND staff.boss = v.boss RETURNING staff.*
DELETE FROM staff a USING staff b WHERE a.name = b.name AND a.id > b.id RETURNING a.id, a.name
DELETE FROM event WHERE email IS NULL OR email = «text:bob@x.org» RETURNING tableoid::regclass::text, id, body
UPDATE event SET year = 2 WHERE email = «text:ada@x.org» RETURNING id, year, email

-- documents for a page
SELECT json_build_object('id', c.id, 'mail', c.email, 'name', c.name) FROM customer c ORDER BY c.id
SELECT json_agg(json_build_object('id', i.id, 'card', i.card) ORDER BY i.id) FROM invoice i WHERE i.email = «text:ada@x.org»
SELECT c.id, COALESCE((SELECT json_agg(json_build_object('card', i.card, 'total', i.total) ORDER BY i.id) FROM invoice i WHERE i.email = c.email), '[]') AS bills FROM customer c ORDER BY c.id
SELECT to_json(c.email), to_jsonb(c.level) FROM customer c WHERE c.id = 1
SELECT row_to_json(q) FROM (SELECT id, email, name FROM customer ORDER BY id LIMIT 2) q
SELECT json_agg(q) FROM (SELECT id, email, nick FROM customer WHERE email IS NOT NULL ORDER BY id) q
SELECT json_object_agg(id, email) FROM (SELECT id, email FROM staff ORDER BY id) q
SELECT jsonb_build_object('who', name, 'boss', (SELECT b.name FROM staff b WHERE b.id = s.boss)) FROM staff s ORDER BY id
SELECT json_build_array(id, email, level) FROM staff ORDER BY id
SELECT c.id, row_to_json(c.*) FROM (SELECT id, email FROM customer) c ORDER BY c.id

-- MERGE
MERGE INTO staff s USING (VALUES (1, «text:m1@x.org», «text:M1»), (80, «text:m2@x.org», «text:M2»)) AS v (id, email, name) ON s.id = v.id WHEN MATCHED THEN UPDATE SET email = v.email, name = v.name WHEN NOT MATCHED THEN INSERT (id, email, name) VALUES (v.id, v.email, v.name)
MERGE INTO staff s USING customer c ON s.email = c.email WHEN MATCHED AND c.level = «int4:42» THEN UPDATE SET level = c.level WHEN MATCHED THEN DELETE WHEN NOT MATCHED AND c.email IS NOT NULL THEN INSERT (id, email, level) VALUES (c.id + 500, c.email, c.level)
MERGE INTO staff s USING (SELECT «int4:1» AS id, «text:lit@x.org» AS email) v ON s.id = v.id AND s.email = «text:ada@x.org» WHEN MATCHED THEN UPDATE SET email = v.email WHEN NOT MATCHED THEN DO NOTHING
MERGE INTO invoice i USING invoice o ON i.email = o.email AND i.id < o.id WHEN MATCHED THEN UPDATE SET card = o.card, due = «date:2031-01-01»
MERGE INTO staff USING plain ON staff.id = plain.id WHEN MATCHED AND staff.email = «text:ada@x.org» THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (plain.id + 600, «text:p@x.org»)
MERGE INTO customer c USING staff s ON c.email = s.email WHEN MATCHED THEN UPDATE SET (level, nick) = (s.level, «varchar:merged»)

-- job queues
UPDATE invoice SET paid = true WHERE id = (SELECT id FROM invoice WHERE NOT paid AND email = «text:ada@x.org» ORDER BY id FOR UPDATE SKIP LOCKED LIMIT 1) RETURNING id, card, email
WITH job AS (SELECT id FROM event WHERE year = 1 ORDER BY id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED) UPDATE event e SET body = «text:taken» FROM job WHERE e.id = job.id RETURNING e.id, e.body
DELETE FROM event WHERE id IN (SELECT id FROM event WHERE email = «text:ada@x.org» ORDER BY id LIMIT 1) RETURNING id, email, body
SELECT pg_try_advisory_xact_lock(7), id, email FROM staff WHERE email = «text:eve@x.org» FOR SHARE NOWAIT
SELECT id, card FROM invoice WHERE email = «text:bob@x.org» FOR KEY SHARE OF invoice

-- tenants
SELECT c.id, c.email FROM customer c WHERE c.n = COALESCE(NULLIF(current_setting('app.tenant', true), '')::int, c.n) AND c.email = «text:ada@x.org»
SELECT EXISTS (SELECT 1 FROM customer WHERE n = «int4:1» AND email = «text:ada@x.org» AND id <> «int4:99») AS taken
SELECT c.email, s.level FROM customer c JOIN staff s ON (c.email, c.level) = (s.email, s.level) ORDER BY c.id
SELECT coalesce(c.email, s.email) AS mail, c.id, s.id FROM customer c FULL JOIN staff s ON c.email = s.email ORDER BY c.id, s.id
SELECT email FROM customer WHERE id <= 2 INTERSECT SELECT email FROM invoice WHERE email IS NOT NULL
SELECT email FROM customer EXCEPT SELECT email FROM staff
(SELECT id, email FROM customer WHERE id = 1) UNION ALL (SELECT id, email FROM staff ORDER BY id LIMIT 1) ORDER BY id
SELECT email, 'customer' AS source FROM customer WHERE id = 1 UNION SELECT email, 'staff' FROM staff WHERE id = 2 ORDER BY source
SELECT s.id FROM staff s WHERE NOT EXISTS (SELECT FROM customer c WHERE c.email = s.email) ORDER BY id
SELECT c.id FROM customer c WHERE c.email NOT IN (SELECT email FROM staff WHERE email IS NOT NULL) ORDER BY id
SELECT id, email IS NULL, email IS NOT NULL AND level IS NULL, num_nulls(email, name, nick) FROM customer ORDER BY id
SELECT id, CASE WHEN email IS NULL THEN 'missing' WHEN email = «text:ada@x.org» THEN 'ada' ELSE 'other' END FROM customer ORDER BY id
SELECT id, COALESCE(email, nick) FROM customer
SELECT max(id), min(note) FROM customer WHERE born = «date:1990-01-01» OR level = «int4:42»
SELECT tableoid::regclass::text, id, name FROM person ORDER BY id
SELECT id FROM ONLY person WHERE name = «text:Ada»
SELECT count(*), count(email), count(DISTINCT email), count(name) FROM customer
SELECT id FROM customer TABLESAMPLE SYSTEM (100) WHERE email = «text:ada@x.org»
SELECT c.* FROM customer c NATURAL JOIN (SELECT email FROM invoice WHERE id = 10) q
SELECT string_agg(note, ',' ORDER BY id) FROM customer WHERE email = ANY (ARRAY[«text:ada@x.org», «text:bob@x.org»])

-- a unit of work
-- together
SAVEPOINT one
INSERT INTO customer (id, email, name) VALUES (800, «text:uow@x.org», «text:U») RETURNING id
SAVEPOINT two
UPDATE customer SET email = «text:uow2@x.org» WHERE email = «text:uow@x.org»
ROLLBACK TO SAVEPOINT two
SELECT email, name FROM customer WHERE id = 800
RELEASE SAVEPOINT one
DELETE FROM customer WHERE email = «text:uow@x.org» RETURNING name

-- a duplicate within a savepoint
-- together
SAVEPOINT s
INSERT INTO customer (id, email) VALUES (801, «text:ada@x.org»)
ROLLBACK TO s
INSERT INTO customer (id, email) VALUES (801, «text:other@x.org») RETURNING email

-- a cursor that is read in pieces
-- together
DECLARE pages NO SCROLL CURSOR FOR SELECT id, email, name, level FROM customer WHERE email IS DISTINCT FROM 'bob@x.org' ORDER BY id
FETCH 2 FROM pages
FETCH NEXT FROM pages
MOVE 1 IN pages
FETCH ALL FROM pages
CLOSE pages

-- a cursor that goes back
-- together
DECLARE back SCROLL CURSOR WITH HOLD FOR SELECT i.id, i.card, c.name FROM invoice i JOIN customer c USING (email) ORDER BY i.id
FETCH LAST FROM back
FETCH PRIOR FROM back
FETCH ABSOLUTE 1 FROM back
FETCH RELATIVE 1 FROM back
FETCH BACKWARD ALL FROM back
CLOSE back

-- where the cursor stands
-- together
DECLARE here CURSOR FOR SELECT id, email FROM staff WHERE email = 'eve@x.org' FOR UPDATE
FETCH here
UPDATE staff SET email = 'moved@x.org', name = 'Moved' WHERE CURRENT OF here RETURNING id, email, name
CLOSE here
SELECT id FROM staff WHERE email = «text:moved@x.org»

-- several statements in one text
-- forms: Simple
INSERT INTO staff (id, email) VALUES (810, 'one@x.org'); UPDATE staff SET email = 'two@x.org' WHERE email = 'one@x.org'; SELECT id, email FROM staff WHERE email IN ('one@x.org', 'two@x.org')
SELECT count(*) FROM staff WHERE email = 'ada@x.org'; SELECT email, name FROM staff WHERE level = 42 ORDER BY id; SELECT 1
CREATE TEMP TABLE load (id int, mail text); INSERT INTO load VALUES (1, 'in the clear'); INSERT INTO staff (id, name) SELECT 820, 'x' FROM load; SELECT id, name FROM staff WHERE id = 820
DELETE FROM invoice WHERE email = 'ada@x.org'; DELETE FROM customer WHERE email = 'ada@x.org' RETURNING id, name; SELECT count(*) FROM customer
SELECT set_config('app.tenant', '2', true); SELECT id, email FROM customer WHERE n = current_setting('app.tenant')::int

-- work in temporary tables
-- together
CREATE TEMP TABLE batch ON COMMIT DROP AS SELECT id, email, name, level FROM customer WHERE email IS NOT NULL
ALTER TABLE batch ADD COLUMN done bool DEFAULT false
CREATE INDEX ON batch (email)
ANALYZE batch
UPDATE batch SET done = true, name = «text:Done» WHERE email = «text:ada@x.org» RETURNING id, email, name, done
INSERT INTO batch (id, email) VALUES (830, «text:extra@x.org»)
UPDATE customer c SET level = b.level, name = b.name FROM batch b WHERE b.email = c.email AND b.done RETURNING c.id, c.name, c.level
INSERT INTO staff (id, email, level) SELECT id + 900, email, level FROM batch WHERE NOT done OR done IS NULL RETURNING id, email
DELETE FROM batch USING customer c WHERE c.email = batch.email AND c.id = 2 RETURNING batch.id, batch.email
SELECT count(*), count(DISTINCT email) FROM batch

-- what needs an order of sealed values, or two domains
-- refused
SELECT DISTINCT ON (email) email, id, card FROM invoice ORDER BY email, id DESC
SELECT c.name, x.* FROM customer c, LATERAL (VALUES (c.id, c.email), (c.n, c.nick)) AS x (a, b) WHERE c.id = «int4:1»
SELECT id FROM customer WHERE (email, id) > («text:ada@x.org», «int4:1») ORDER BY id LIMIT 2
SELECT email, rank() OVER (ORDER BY email) FROM customer
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY level) FROM customer
SELECT id, width_bucket(level, 0, 100, 4) FROM customer
SELECT date_trunc('month', born), count(*) FROM customer GROUP BY 1
SELECT id FROM customer WHERE born BETWEEN «date:1990-01-01» AND «date:1999-12-31»
SELECT sum(level) FILTER (WHERE email IS NOT NULL) FROM customer
