-- a field that was left empty is stored as NULL, in every mode
INSERT INTO customer (id, name, email) VALUES (600, NULLIF(«text:», ''), NULLIF(«text:», '')) RETURNING name, email
INSERT INTO customer (id, name, email) VALUES (600, NULLIF(«text:Ada», ''), NULLIF(«text:a@b.c», '')) RETURNING name, email
INSERT INTO customer (id, name) VALUES (600, NULLIF(trim(«text:  »), '')), (601, NULLIF(lower(«text:ADA»), '')) RETURNING name
INSERT INTO customer (id, born, level, wage) VALUES (600, NULLIF(«text:», '')::date, NULLIF(«text:7», '')::int, CAST(NULLIF(«text:1.5», '') AS numeric)) RETURNING born, level, wage
INSERT INTO customer (id, born) VALUES (600, NULLIF(«text:nonsense», '')::date)
INSERT INTO customer (id, name) VALUES (600, NULLIF(«varchar:», '')), (601, NULLIF('x'::text, '')), (602, NULLIF('', '')) RETURNING name
INSERT INTO customer (id, name) SELECT 600, NULLIF(«text:», '') RETURNING name
UPDATE customer SET name = NULLIF(«text:», ''), nick = NULLIF(«text:», ''), n = NULLIF(«int4:1», 1) WHERE id = 1 RETURNING name, nick, n
UPDATE customer SET name = COALESCE(NULLIF(«text:», ''), name), email = COALESCE(NULLIF(«text:n@x.org», ''), email) WHERE id = 2 RETURNING name, email
INSERT INTO staff (id, name) VALUES (1, NULLIF(«text:», '')) ON CONFLICT DO NOTHING
SELECT id FROM customer WHERE email = NULLIF(«text:», '')
SELECT id FROM customer WHERE email = NULLIF(«text:ada@x.org», '')
SELECT id FROM customer WHERE email IS NOT DISTINCT FROM NULLIF(«text:», '') ORDER BY id
SELECT id FROM customer WHERE (NULLIF(«text:», '') IS NULL OR email = NULLIF(«text:», '')) ORDER BY id
SELECT id FROM customer WHERE note = NULLIF(«text:first», '')
SELECT NULLIF(«text:», ''), email FROM customer WHERE id = 1
SELECT id FROM customer WHERE born = NULLIF(«text:1990-01-01», '')::date

-- more or fewer values than there are places
INSERT INTO customer (id, email) VALUES (600, 'a', 'b')
INSERT INTO customer (id, email) SELECT 600, 'a', 'b'
UPDATE customer SET (email, name) = ROW('a', 'b', 'c')
UPDATE customer SET (email, name) = (SELECT 'a', 'b', 'c')
INSERT INTO customer (id, email) VALUES (600, 'a'), (601)

-- numbers of several widths in one expression
SELECT COALESCE(small, 0), COALESCE(small, 0::int2), COALESCE(small, «int8:5») FROM customer ORDER BY id
SELECT COALESCE(level, 0), COALESCE(big, 1) FROM customer ORDER BY id
SELECT CASE WHEN id = 1 THEN small ELSE 7 END FROM customer ORDER BY id
SELECT CASE WHEN id = 1 THEN small END, CASE WHEN id = 1 THEN 1 WHEN id = 2 THEN small END FROM customer ORDER BY id
SELECT small FROM customer UNION ALL SELECT 1
SELECT q.s FROM (SELECT COALESCE(small, 0) AS s FROM customer) q
WITH q AS (SELECT COALESCE(small, 0) AS s FROM customer) SELECT s, count(*) FROM q GROUP BY s

-- a number that the column cannot hold
-- refused
SELECT COALESCE(level, 5000000000) FROM customer
SELECT level FROM customer UNION ALL SELECT 9000000000

-- char(n) has no length in an expression
SELECT first_value(code) OVER (ORDER BY id), CASE WHEN id = 1 THEN code END, lag(code) OVER (ORDER BY id) FROM customer ORDER BY id
SELECT (SELECT code FROM customer WHERE id = 1), code FROM customer ORDER BY id
SELECT q.c, COALESCE(q.c, q.c) FROM (SELECT CASE WHEN id > 0 THEN code END AS c FROM customer ORDER BY id) q

-- COPY: options that this version has not
-- forms: Simple
COPY staff (id, email) FROM STDIN (FORMAT csv, DEFAULT 'D')
COPY staff (id, email) FROM STDIN (ON_ERROR ignore)
COPY staff (id, email) FROM STDIN (NOTHING true)
COPY staff (id, email) FROM STDIN (REJECT_LIMIT 3)
COPY staff (id, email) FROM STDIN (FORMAT xml)
COPY staff TO STDOUT (DEFAULT 'x')
COPY staff TO STDOUT (ON_ERROR stop)
COPY staff TO STDOUT (FORMAT parquet)

-- EXECUTE with more or fewer arguments
-- forms: Simple
-- together
PREPARE a (date) AS SELECT id FROM customer WHERE born = $1
SAVEPOINT s
EXECUTE a ('1990-01-01', '1990-01-01')
ROLLBACK TO s
EXECUTE a
ROLLBACK TO s
EXECUTE a ('1990-01-01')

-- bulk upsert by way of a temporary table LIKE it
-- forms: Simple
-- together
CREATE TEMP TABLE bulk (LIKE staff INCLUDING DEFAULTS) ON COMMIT DROP
COPY bulk (id, email, name) FROM STDIN
SELECT id, email, name FROM bulk ORDER BY id
SELECT b.id FROM bulk b JOIN staff s ON s.email = b.email
INSERT INTO staff (id, email, name) SELECT id, email, name FROM bulk WHERE email = 'c@x.org' RETURNING *
UPDATE staff SET email = b.email, name = b.name FROM bulk b WHERE b.id = staff.id RETURNING staff.id, staff.email, staff.name
CREATE TEMP TABLE IF NOT EXISTS more (line int, LIKE customer INCLUDING ALL, at timestamptz)
INSERT INTO more (line, id, email, born, doc, tags) VALUES (1, 900, 'm@x.org', '2001-02-03', '{"a": 1}', '{x}') RETURNING line, id, email, born, doc, tags, at
INSERT INTO customer (id, email, born) SELECT id, email, born FROM more ON CONFLICT (id) DO UPDATE SET email = excluded.email RETURNING id, email, born
INSERT INTO more SELECT 2, c.* FROM customer c WHERE c.email = 'ada@x.org'
SELECT * FROM more ORDER BY line
DROP TABLE bulk, more
| 1	c@x.org	Cee
| 900	d@x.org	Dee

-- no table that outlives the session
-- refused
-- forms: Simple
CREATE TABLE copied (LIKE staff)
