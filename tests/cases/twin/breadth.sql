-- what comes of an equality is a plain truth
SELECT id, email = «text:ada@x.org» AS hers FROM customer ORDER BY email = «text:ada@x.org» DESC NULLS LAST, id
SELECT id FROM customer ORDER BY (email IS NULL), id
SELECT id FROM customer ORDER BY CASE WHEN email = «text:bob@x.org» THEN 0 ELSE 1 END, id
SELECT email = «text:ada@x.org», count(*) FROM customer GROUP BY email = «text:ada@x.org»
SELECT (email = «text:ada@x.org») IS TRUE, (email = 'x') IS NOT UNKNOWN, NOT (email = 'x') FROM customer
SELECT bool_or(email = «text:ada@x.org»), sum((email = «text:ada@x.org»)::int), sum(CASE WHEN born = «date:1990-01-01» THEN 1 ELSE 0 END) FROM customer
SELECT id FROM customer WHERE CASE WHEN n = 1 THEN email = «text:ada@x.org» ELSE false END
SELECT id FROM customer WHERE COALESCE(email = «text:ada@x.org», false)
SELECT id FROM customer WHERE (email = «text:ada@x.org») = (level = «int4:42»)
SELECT (SELECT email FROM customer WHERE id = 1) = (SELECT email FROM staff WHERE id = 1)
SELECT EXISTS (SELECT FROM customer WHERE email = «text:ada@x.org»), NOT EXISTS (SELECT FROM staff WHERE email = «text:q@x.org»)
SELECT a.id, b.id FROM customer a, customer b WHERE a.level = b.level AND a.id < b.id
SELECT id, email IS NOT DISTINCT FROM lag(email) OVER (ORDER BY id) FROM invoice ORDER BY id

-- lists, VALUES and arrays to compare with
SELECT id FROM customer WHERE email IN (VALUES («text:ada@x.org»), ('bob@x.org'))
SELECT id FROM customer WHERE email = ANY (VALUES («text:ada@x.org»), ('bob@x.org'))
SELECT id FROM customer WHERE email IN (SELECT unnest(«text[]:{ada@x.org,bob@x.org}»::text[]))
SELECT id FROM customer WHERE email = ANY (SELECT unnest(«text[]:{ada@x.org,bob@x.org}»::text[]))
SELECT id FROM customer WHERE (email, level) IN (VALUES («text:ada@x.org»::text, «int4:42»::int))
SELECT id FROM customer WHERE (email, id) = («text:ada@x.org», «int4:1»)
SELECT id FROM customer WHERE ROW(email, level) IS NOT DISTINCT FROM ROW(«text:ada@x.org», «int4:42»)
SELECT id FROM customer WHERE (email, born) = (SELECT email, born FROM customer WHERE id = 1)
SELECT id FROM customer WHERE (email, level) NOT IN (SELECT email, level FROM staff WHERE email IS NOT NULL AND level IS NOT NULL)
SELECT id FROM customer WHERE email = ANY (ARRAY(SELECT email FROM staff WHERE id < 3))
SELECT c.id FROM customer c JOIN unnest(«text[]:{ada@x.org,zed@x.org}»::text[]) AS u (e) ON u.e = c.email
SELECT c.id, u.o FROM unnest(«text[]:{bob@x.org,ada@x.org}»::text[]) WITH ORDINALITY AS u (e, o) JOIN customer c ON c.email = u.e ORDER BY u.o
SELECT id FROM customer WHERE born = ANY («date[]:{1987-06-05,1990-01-01}») OR level = ANY («int4[]:{0}»)
SELECT id FROM customer WHERE «text:ada@x.org» = email COLLATE "C"
SELECT id FROM customer WHERE email = (((«text:ada@x.org»)))

-- a parameter that may be NULL
SELECT id FROM customer WHERE («text:ada@x.org»::text IS NULL OR email = «text:ada@x.org»)
SELECT id FROM customer WHERE («text:\N»::text IS NULL OR email = «text:\N»)
SELECT id FROM customer WHERE email = COALESCE(«text:\N», email)
SELECT id FROM customer WHERE COALESCE(«text:ada@x.org», email) = email
SELECT id FROM customer WHERE email IS NOT DISTINCT FROM «text:\N»
SELECT id FROM customer WHERE email = NULLIF(«text:ada@x.org», «text:»)

-- bulk updates and deletes
UPDATE staff SET email = v.email FROM (VALUES (1, «text:v1@x.org»), (2, 'v2@x.org')) AS v (id, email) WHERE v.id = staff.id
UPDATE staff SET email = v.email, level = v.level FROM (VALUES (1, 'v1@x.org', 5), (2, NULL, 6)) AS v (id, email, level) WHERE v.id = staff.id RETURNING staff.*
UPDATE staff SET email = u.e FROM unnest(«int4[]:{1,2}», «text[]:{u1@x.org,u2@x.org}») AS u (i, e) WHERE u.i = staff.id
UPDATE staff AS s SET name = q.name FROM (SELECT id, name FROM person) AS q WHERE q.id = s.id RETURNING s.id, s.name
UPDATE staff SET email = (SELECT c.email FROM customer c WHERE c.id = staff.id) WHERE id < 3
UPDATE staff SET (email, name) = («text:t@x.org», «text:T») WHERE id = 1
UPDATE staff SET (email, level) = ROW(«text:t@x.org», «int4:1») WHERE id = 1
UPDATE staff SET (email, level) = (SELECT email, level FROM customer WHERE id = 1) WHERE id = 1 RETURNING email, level
UPDATE customer SET email = COALESCE(«text:\N», email), name = COALESCE(«text:N», name) WHERE id = 1 RETURNING email, name
UPDATE customer SET email = NULLIF(«text:», '') WHERE id = 3 RETURNING email
UPDATE customer SET email = CASE WHEN «bool:true» THEN «text:c@x.org» ELSE email END WHERE id = 1 RETURNING email
UPDATE customer SET email = DEFAULT, name = DEFAULT WHERE id = 3
UPDATE customer SET born = «date:2000-01-01», n = n + 1, note = upper(note) WHERE email = «text:bob@x.org» RETURNING born, n, note
UPDATE customer SET name = name WHERE false
UPDATE person SET name = «text:All»
UPDATE ONLY person SET name = «text:Only» WHERE name = «text:Ada»
UPDATE event SET year = 2 WHERE id = 1 RETURNING *
DELETE FROM staff WHERE (id, email) IN (VALUES (1, «text:ada@x.org»))
DELETE FROM staff USING (VALUES («text:ada@x.org»)) AS v (e) WHERE v.e = staff.email RETURNING staff.id, v.e
DELETE FROM staff WHERE ctid IN (SELECT ctid FROM staff WHERE email = «text:ada@x.org» LIMIT 1)
DELETE FROM event WHERE email = «text:ada@x.org» RETURNING *
DELETE FROM ONLY person WHERE name IS NULL
DELETE FROM invoice i USING customer c, staff s WHERE i.email = c.email AND c.email = s.email AND s.id = 1 RETURNING i.id, c.name, s.email

-- INSERT in more shapes
INSERT INTO staff (id, email) SELECT v.i, v.e FROM (VALUES (70, «text:n1@x.org»), (71, 'ada@x.org')) AS v (i, e) WHERE NOT EXISTS (SELECT 1 FROM staff s WHERE s.email = v.e)
INSERT INTO staff (id, email) SELECT 72, «text:n2@x.org» WHERE NOT EXISTS (SELECT 1 FROM staff WHERE email = «text:n2@x.org») RETURNING id, email
INSERT INTO customer AS c (id, email, n) VALUES (73, «text:ada@x.org», 1) ON CONFLICT (email) DO UPDATE SET n = c.n + excluded.n, name = COALESCE(excluded.name, c.name) RETURNING (xmax = 0) AS inserted, c.email, c.name
INSERT INTO customer (id, email) VALUES (73, «text:ada@x.org») ON CONFLICT (email) DO UPDATE SET email = excluded.email WHERE customer.email <> excluded.email
INSERT INTO customer (id, email) VALUES (73, «text:ada@x.org») ON CONFLICT (email) DO UPDATE SET email = (SELECT s.email FROM staff s WHERE s.id = 2)
INSERT INTO customer (id, email) SELECT id + 100, «text:\N» FROM plain ON CONFLICT (id) DO NOTHING
INSERT INTO staff (id, email, level) VALUES (74, «text:a@x.org», DEFAULT), (75, DEFAULT, «int4:1») RETURNING *
INSERT INTO staff (id, email) VALUES (76, (SELECT email FROM customer WHERE email = «text:ada@x.org»)) RETURNING email
INSERT INTO staff (id, email) VALUES (76, CASE WHEN 1 = 1 THEN «text:c@x.org» END) RETURNING email
INSERT INTO staff (id) VALUES (77), (78), (79)
WITH src (i, e) AS (VALUES (80, «text:w@x.org»), (81, 'w2@x.org')) INSERT INTO staff (id, email) SELECT i, e FROM src RETURNING id, email
WITH up AS (UPDATE customer SET n = 9 WHERE email = «text:ada@x.org» RETURNING id, email) INSERT INTO staff (id, email) SELECT id + 90, email FROM up RETURNING *
WITH ins AS (INSERT INTO customer (id, email) VALUES (82, «text:i@x.org») ON CONFLICT (email) DO NOTHING RETURNING id, email) SELECT id, email FROM ins UNION ALL SELECT id, email FROM customer WHERE email = «text:i@x.org»
WITH del AS (DELETE FROM staff WHERE email = «text:ada@x.org» RETURNING id, email), ins AS (INSERT INTO staff (id, email) SELECT id + 500, email FROM del RETURNING id) SELECT del.email, ins.id FROM del, ins

-- MERGE
MERGE INTO staff s USING customer c ON s.email = c.email WHEN MATCHED THEN UPDATE SET level = c.level WHEN NOT MATCHED AND c.email IS NOT NULL THEN INSERT (id, email, level) VALUES (c.id + 100, c.email, c.level)
MERGE INTO staff s USING (VALUES (1, «text:m1@x.org»), (99, 'm2@x.org')) AS v (id, email) ON v.id = s.id WHEN MATCHED THEN UPDATE SET email = v.email WHEN NOT MATCHED THEN INSERT (id, email) VALUES (v.id, v.email)
MERGE INTO customer c USING (SELECT «text:ada@x.org» AS email, «text:Merged» AS name) AS s ON c.email = s.email WHEN MATCHED THEN UPDATE SET name = s.name WHEN NOT MATCHED THEN INSERT (id, email, name) VALUES (83, s.email, s.name)
MERGE INTO staff s USING invoice i ON s.email = i.email AND i.id = 10 WHEN MATCHED AND s.name IS NULL THEN DELETE WHEN MATCHED THEN DO NOTHING
MERGE INTO staff AS s USING (SELECT DISTINCT email FROM invoice) AS i ON s.email IS NOT DISTINCT FROM i.email WHEN NOT MATCHED THEN INSERT VALUES (84, i.email)
WITH w AS (SELECT id, email FROM customer WHERE email = «text:bob@x.org») MERGE INTO staff s USING w ON w.email = s.email WHEN MATCHED THEN UPDATE SET (email, boss) = (w.email, 1)

-- joins in more shapes
SELECT c.*, i.* FROM customer c JOIN invoice i USING (email) WHERE i.id = 10
SELECT * FROM invoice JOIN staff USING (email) JOIN customer USING (email)
SELECT s.id, b.email AS boss_email FROM staff s LEFT JOIN staff b ON b.id = s.boss ORDER BY s.id
SELECT c.id, x.n FROM customer c LEFT JOIN (SELECT email, count(*) AS n FROM invoice GROUP BY email) x ON x.email = c.email ORDER BY c.id
SELECT c.id FROM customer c LEFT JOIN invoice i ON i.email = c.email WHERE i.email IS NULL ORDER BY c.id
SELECT c.id, l.n FROM customer c, LATERAL (SELECT count(*) AS n FROM invoice i WHERE i.email = c.email) l ORDER BY c.id
SELECT c.id, l.* FROM customer c LEFT JOIN LATERAL (SELECT i.email, max(i.id) AS last FROM invoice i WHERE i.email = c.email GROUP BY i.email) l ON true ORDER BY c.id
SELECT c.id, u.tag FROM customer c LEFT JOIN LATERAL unnest(c.tags) AS u (tag) ON true WHERE c.id = 1
SELECT count(*) FROM customer c JOIN invoice i ON i.email = c.email AND i.due = c.born
SELECT c.id FROM customer c JOIN staff s ON (s.email, s.level) = (c.email, c.level)
SELECT j.id, j.email FROM (customer c JOIN (SELECT email AS e2, card FROM invoice) i ON i.e2 = c.email) AS j ORDER BY j.id
SELECT email FROM customer c WHERE EXISTS (SELECT 1 FROM event e WHERE e.email = c.email AND EXISTS (SELECT 1 FROM staff s WHERE s.email = e.email))
SELECT p.id, (SELECT c.email FROM customer c WHERE c.id = p.id) AS mail FROM plain p ORDER BY p.id
SELECT s.name, p.name FROM staff s JOIN person p ON p.name = s.name
SELECT e.id, m."E-Mail" FROM event e JOIN "Mixed Case" m ON m."E-Mail" = e.email

-- grouping and windows in more shapes
SELECT i.email, c.name, count(*) FROM invoice i JOIN customer c ON c.email = i.email GROUP BY i.email, c.id
SELECT count(*) FROM (SELECT email FROM customer GROUP BY email HAVING count(*) = 1) q
SELECT email, count(*) FROM (SELECT email FROM customer UNION ALL SELECT email FROM invoice) u GROUP BY email HAVING count(*) > 1
SELECT DISTINCT c.email, i.place FROM customer c LEFT JOIN invoice i ON i.email = c.email
SELECT count(DISTINCT (email, place)) FROM invoice
SELECT array_agg(DISTINCT place), email FROM invoice GROUP BY email
SELECT email, array_agg(id ORDER BY id DESC), min(id), avg(total) FROM invoice GROUP BY email
SELECT level, array_agg(email ORDER BY id) FROM staff GROUP BY level
SELECT email, row_number() OVER (PARTITION BY email ORDER BY id) AS n FROM invoice
SELECT q.id, q.email FROM (SELECT id, email, row_number() OVER (PARTITION BY email ORDER BY id DESC) AS n FROM invoice) q WHERE q.n = 1
SELECT id, count(*) OVER w, first_value(email) OVER w FROM invoice WINDOW w AS (PARTITION BY email ORDER BY id) ORDER BY id
SELECT id, lag(email, 1, email) OVER (ORDER BY id) FROM customer ORDER BY id
SELECT email, count(*) FILTER (WHERE paid), count(*) FILTER (WHERE card IS NOT NULL) FROM invoice GROUP BY email
SELECT email FROM invoice GROUP BY GROUPING SETS ((email), ()) HAVING grouping(email) = 0
SELECT id, email FROM customer ORDER BY id FETCH FIRST 2 ROWS WITH TIES
SELECT DISTINCT ON (level) level, id FROM staff WHERE id < 0

-- values carried through
SELECT x.e FROM (SELECT CASE WHEN id > 2 THEN email ELSE NULL END AS e FROM customer) x WHERE x.e IS NOT NULL
SELECT (SELECT max(id) FROM invoice i WHERE i.email = q.e) FROM (SELECT DISTINCT email AS e FROM staff) q
SELECT COALESCE((SELECT email FROM customer WHERE id = 99), (SELECT email FROM staff WHERE id = 2))
SELECT NULLIF(c.email, s.email) FROM customer c JOIN staff s ON s.id = c.id ORDER BY c.id
SELECT CASE c.email WHEN s.email THEN 'same' ELSE 'other' END FROM customer c JOIN staff s ON s.id = c.id ORDER BY c.id
SELECT ARRAY[c.email, s.email] FROM customer c JOIN staff s ON s.id = c.id ORDER BY c.id
SELECT (ARRAY[email, «text:z@x.org»])[2] FROM customer WHERE id = 1
SELECT (array_agg(email ORDER BY id))[1] FROM invoice
SELECT cardinality(array_agg(email)), array_length(array_agg(card), 1) FROM invoice
SELECT unnest(ARRAY[email, 'lit@x.org']) FROM customer WHERE id = 1
SELECT email::text, email::varchar, CAST(nick AS text), born::date, level::int8, wage::numeric FROM customer ORDER BY id
SELECT email AS a, email AS b, c.email, (email), c.* FROM customer c WHERE id = 1
VALUES ((SELECT email FROM customer WHERE id = 1), 1), (NULL, 2)
TABLE staff LIMIT 2
SELECT NULL::text AS nothing, email FROM customer WHERE id = 3 UNION ALL SELECT email, NULL FROM customer WHERE id = 1
SELECT id FROM customer WHERE email = «text:ada@x.org» UNION SELECT id FROM staff WHERE email = «text:ada@x.org» ORDER BY 1
(SELECT id, email FROM customer ORDER BY id LIMIT 1) UNION ALL (SELECT id, email FROM staff ORDER BY id DESC LIMIT 1)
SELECT c.email FROM customer c WHERE c.id IN (SELECT id FROM plain) INTERSECT SELECT email FROM staff
WITH a AS NOT MATERIALIZED (SELECT id, email FROM customer), b AS (SELECT * FROM a WHERE id < 4) SELECT a.id, b.email FROM a LEFT JOIN b USING (id) ORDER BY a.id
WITH RECURSIVE chain AS (SELECT id, boss, email, 1 AS depth FROM staff WHERE boss IS NULL UNION ALL SELECT s.id, s.boss, s.email, chain.depth + 1 FROM staff s JOIN chain ON chain.id = s.boss WHERE chain.depth < 9) SELECT depth, id, email FROM chain ORDER BY depth, id
WITH RECURSIVE r AS (SELECT id, boss, email FROM staff WHERE id = 4 UNION SELECT s.id, s.boss, s.email FROM staff s, r WHERE s.id = r.boss) CYCLE id SET again USING path SELECT id, email, again FROM r
WITH RECURSIVE r AS (SELECT id, boss, email FROM staff WHERE boss IS NULL UNION ALL SELECT s.id, s.boss, s.email FROM staff s, r WHERE s.boss = r.id) SEARCH BREADTH FIRST BY id SET o SELECT id, email FROM r ORDER BY o

-- system columns and casts of plain ones
SELECT ctid IS NOT NULL, xmin IS NOT NULL, email FROM customer WHERE id = 1
SELECT tableoid::regclass::text, email FROM event WHERE id = 1
SELECT id::text || '-' || n::text AS key, email FROM customer WHERE n = «int4:1»
SELECT c.id, to_jsonb(p), row_to_json(p) FROM customer c JOIN plain p ON p.id = c.id
SELECT id, md5(note), length(note), position('i' in note), substring(note from 1 for 2), trim(both ' ' from note), extract(year from made) FROM customer WHERE email = «text:ada@x.org»
SELECT id FROM customer WHERE made AT TIME ZONE 'UTC' > «timestamp:2000-01-01 00:00:00» AND email IS NOT NULL
SELECT id, make_date(2020, 1, n), interval '1 day' * n, note SIMILAR TO 'f%' FROM customer WHERE email = «text:ada@x.org»

-- cursors
-- forms: Simple
-- together
DECLARE s SCROLL CURSOR FOR SELECT id, email FROM customer ORDER BY id
FETCH LAST FROM s
FETCH BACKWARD 2 FROM s
FETCH ABSOLUTE 1 FROM s
FETCH RELATIVE 2 FROM s
FETCH PRIOR FROM s
MOVE FORWARD ALL IN s
FETCH FIRST s
CLOSE s

-- a cursor over a join, and one that is declared again
-- forms: Simple
-- together
DECLARE j NO SCROLL CURSOR WITHOUT HOLD FOR SELECT c.id, i.card FROM customer c JOIN invoice i ON i.email = c.email WHERE c.email = 'ada@x.org'
FETCH NEXT j
FETCH ALL IN j
CLOSE j
DECLARE j CURSOR FOR SELECT id FROM plain
FETCH ALL j
CLOSE ALL

-- a length in PREPARE is none
-- forms: Simple
-- together
PREPARE brief (varchar(4)) AS SELECT id FROM customer WHERE email = $1
EXECUTE brief ('ada@x.org')
PREPARE put (varchar(2), char(1), timestamptz(0)) AS UPDATE customer SET name = $1, code = $2, seen = $3 WHERE id = 2 RETURNING name, code, seen
EXECUTE put ('Zoe', 'A1', '2020-01-01 00:00:00.75+00')
PREPARE round (numeric(3,0), time(0)) AS SELECT id FROM customer WHERE wage = $1 OR opens = $2 ORDER BY id
EXECUTE round (100.50, '23:59:59.5')
PREPARE many (varchar(2)[]) AS SELECT id FROM customer WHERE email = ANY ($1)
EXECUTE many ('{ada@x.org}')
DEALLOCATE ALL

-- PREPARE and EXECUTE
-- forms: Simple
-- together
PREPARE find (text) AS SELECT id, name FROM customer WHERE email = $1
EXECUTE find ('ada@x.org')
EXECUTE find (NULL)
PREPARE put (int, text, date) AS INSERT INTO customer (id, email, born) VALUES ($1, $2, $3) RETURNING id, email, born
EXECUTE put (90, 'p@x.org', '2001-02-03')
EXECUTE put (91, 'p' || '2@x.org', DATE '2001-02-04')
PREPARE many (text[]) AS SELECT id FROM customer WHERE email = ANY ($1)
EXECUTE many ('{ada@x.org,bob@x.org}')
EXECUTE many (ARRAY['ada@x.org'])
DEALLOCATE find
DEALLOCATE ALL

-- definitions around protected tables
-- forms: Simple
-- together
CREATE INDEX customer_born ON customer (born)
CREATE INDEX ON staff USING hash (email)
CREATE UNIQUE INDEX ON staff (id, email)
CREATE INDEX customer_mailed ON customer (id) WHERE email IS NOT NULL
ALTER TABLE customer ADD COLUMN extra int DEFAULT 5
ALTER TABLE customer ALTER COLUMN extra SET NOT NULL
SELECT extra, email FROM customer WHERE id = 1
ALTER TABLE customer DROP COLUMN extra
COMMENT ON TABLE customer IS 'people'
COMMENT ON COLUMN customer.email IS 'their address'
GRANT SELECT ON customer TO PUBLIC
REVOKE SELECT ON customer FROM PUBLIC
ANALYZE customer
LOCK TABLE customer IN ACCESS SHARE MODE
CREATE VIEW mailed AS SELECT id, email FROM customer WHERE email IS NOT NULL
SELECT * FROM mailed WHERE email = 'ada@x.org'
DROP VIEW mailed
ALTER TABLE staff ADD CONSTRAINT level_given CHECK (email IS NULL OR id > 0)
TRUNCATE lead
SELECT count(*) FROM lead

-- what is temporary
-- forms: Simple
-- together
CREATE TEMP TABLE t1 AS SELECT id, email, level FROM customer WHERE email IS NOT NULL
SELECT t.id, c.name FROM t1 t JOIN customer c ON c.email = t.email ORDER BY t.id
UPDATE t1 SET email = 'temp@x.org' WHERE id = 1
SELECT email FROM t1 ORDER BY id
SELECT id, email INTO TEMP t2 FROM t1 WHERE email = 'temp@x.org'
SELECT * FROM t2
INSERT INTO staff (id, email) SELECT id + 700, email FROM t2 RETURNING id, email
DROP TABLE t1, t2

-- errors of the server's own
SELECT id FROM customer WHERE email = «text:ada@x.org» AND nothing = 1
SELECT email FROM customer GROUP BY id, email HAVING sum(note) > 1
SELECT nothing(email) FROM nowhere
SELECT c.email FROM customer
INSERT INTO customer (id, nothing) VALUES (1, «text:x»)
SELECT 1 / 0, email FROM customer
SELECT id FROM customer WHERE born = «text:not a date»::date
SELECT id, FROM customer
SELEC email FROM customer
SELECT email FROM customer WHERE email = 'ada@x.org' AND
INSERT INTO customer VALUES
UPDATE customer SET email = 'x' WHERE id = 1 id
SELECT email FROM customer WHERE (id = 1
SELECT email FRM customer

-- a constant against a protected and a plain column at once
-- refused
SELECT id FROM customer WHERE «text:ada@x.org» IN (email, note)

-- a row by its name and a star
SELECT c.id FROM customer c JOIN plain p ON p.id = c.id WHERE p.* IS NOT NULL AND p.*::text <> ''
SELECT count(c.*), count(c) FROM customer c
SELECT id FROM customer c WHERE c.* IS NULL OR NOT (c IS NULL)
SELECT row_to_json(p.*), c.email FROM plain p JOIN customer c USING (id)

-- FETCH FIRST and ON CONFLICT DO beside nothing that is protected
SELECT id, body FROM plain ORDER BY id OFFSET «int8:1» ROWS FETCH NEXT «int8:2» ROWS ONLY
INSERT INTO plain (id, body) VALUES («int4:9», «text:execute customer») ON CONFLICT DO NOTHING
