-- COPY out with every option
-- forms: Simple Several
COPY customer TO STDOUT
COPY customer (id, email, born) TO STDOUT (FORMAT csv, HEADER)
COPY customer (email, name, tags, doc) TO STDOUT WITH (FORMAT csv, QUOTE '''', ESCAPE '\', DELIMITER ';', NULL 'nil')
COPY customer (email, name) TO STDOUT (FORMAT csv, FORCE_QUOTE (email))
COPY customer (email, name) TO STDOUT (FORMAT csv, FORCE_QUOTE *)
COPY customer (id, photo, wage) TO STDOUT (FORMAT binary)
COPY customer TO STDOUT BINARY
COPY customer TO STDOUT WITH DELIMITER '|' NULL ''
COPY customer TO STDOUT CSV HEADER
COPY customer (email) TO STDOUT (DELIMITER ',', NULL 'x', ENCODING 'UTF8')
COPY (SELECT id, email FROM customer WHERE email = 'ada@x.org') TO STDOUT
COPY (SELECT * FROM customer ORDER BY id) TO STDOUT (FORMAT csv)
COPY (SELECT email, count(*) FROM invoice GROUP BY email HAVING email = 'ada@x.org') TO STDOUT
COPY (TABLE staff) TO STDOUT (FORMAT binary)
COPY (VALUES (1, 'x')) TO STDOUT
COPY (UPDATE staff SET name = 'x' WHERE email = 'ada@x.org' RETURNING id, email, name) TO STDOUT
COPY (DELETE FROM staff RETURNING email) TO STDOUT CSV
COPY (INSERT INTO staff (id, email) VALUES (900, 'c@x.org') RETURNING *) TO STDOUT
COPY (WITH a AS (SELECT id, name FROM customer) SELECT * FROM a ORDER BY id) TO STDOUT
COPY event_1 TO STDOUT
COPY event TO STDOUT
COPY person TO STDOUT
COPY contact TO STDOUT
COPY customer (nothing) TO STDOUT
COPY customer (email, email) TO STDOUT
COPY customer TO STDOUT (FORMAT csv, DELIMITER 'ab')
COPY customer TO STDOUT (FORMAT text, HEADER)
COPY customer TO STDOUT (FORMAT xml)
COPY "Mixed Case" ("E-Mail") TO STDOUT
COPY customer (id, born, seen, joined, opens, meets, span) TO STDOUT
COPY customer (id, ip, net, ref, small, level, big, ratio, weight, score, active, raw) TO STDOUT
COPY customer (id, ip, net, ref, small, level, big, ratio, weight, score, active, raw, born, seen, joined, opens, meets, span, tags, code, nick) TO STDOUT (FORMAT binary)

-- COPY in
-- forms: Simple
-- together
COPY staff FROM STDIN
SELECT * FROM staff ORDER BY id
| 900	c@x.org	1	Cee	5
| 901	\N	\N	\N	\N
| 902	a\tb\\c	2		7
| \.

-- COPY in
-- forms: Simple
-- together
COPY staff (email, id) FROM STDIN WITH (FORMAT csv, HEADER true, NULL 'NULL', DELIMITER ';')
SELECT id, email FROM staff WHERE email = 'c@x.org'
| email;id
| c@x.org;900
| NULL;901
| "q""uoted; x";902
| "";903

-- COPY in
-- forms: Simple
-- together
COPY customer (id, email, born, wage, level, active, ref, ip, tags, doc, photo, span, seen, code, nick) FROM STDIN
SELECT id, email, born, wage, level, active, ref, ip, tags, doc, photo, span, seen, code, nick FROM customer WHERE id >= 900 ORDER BY id
| 900	c@x.org	2001-02-03	1.005	7	t	8d1f0f6e-0000-4000-8000-000000000009	10.1.1.1	{a,b}	{"k": [1]}	\\x00ff	1 day	2024-01-01 00:00:00+00	AB	nick
| 901	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N

-- COPY in: wrong value
-- forms: Simple
-- together
COPY customer (id, born) FROM STDIN
| 900	2001-99-03

-- COPY in: wrong value in csv
-- forms: Simple
-- together
COPY customer (id, level) FROM STDIN CSV
| 900,abc

-- COPY in: too long
-- forms: Simple
-- together
COPY customer (id, nick) FROM STDIN CSV
| 900,"abcdefghijklmnopqrstuvwxyz"

-- COPY in: duplicate
-- forms: Simple
-- together
COPY customer (id, email) FROM STDIN CSV
| 900,ada@x.org

-- COPY in: where
-- forms: Simple
-- together
COPY customer (id, email) FROM STDIN (FORMAT csv) WHERE id > 900
SELECT id, email FROM customer WHERE id >= 900
| 900,no@x.org
| 901,yes@x.org

-- COPY in: where on protected
-- forms: Simple
-- together
COPY staff (id, email) FROM STDIN (FORMAT csv) WHERE email = 'yes@x.org'
SELECT id, email FROM staff WHERE id >= 900
| 900,no@x.org
| 901,yes@x.org

-- COPY in: force
-- forms: Simple
-- together
COPY staff (id, email, name) FROM STDIN (FORMAT csv, FORCE_NOT_NULL (email), FORCE_NULL (name))
SELECT id, email, name FROM staff WHERE id >= 900 ORDER BY id
| 900,,""
| 901,x,y

-- COPY in: too few
-- forms: Simple
-- together
COPY staff (id, email, name) FROM STDIN
| 900	x

-- COPY in: header match
-- forms: Simple
-- together
COPY staff (id, email) FROM STDIN (FORMAT csv, HEADER match)
SELECT id, email FROM staff WHERE id >= 900
| id,email
| 900,x@x.org

-- COPY in: header match wrong
-- forms: Simple
-- together
COPY staff (id, email) FROM STDIN (FORMAT csv, HEADER match)
| id,mail
| 900,x@x.org

-- COPY into partitions
-- forms: Simple
-- together
COPY event FROM STDIN
SELECT * FROM event WHERE id >= 900 ORDER BY id
| 900	1	p@x.org	one
| 901	2	q@x.org	\N

-- PREPARE of every kind
-- forms: Simple
-- together
PREPARE a AS SELECT id, name FROM customer WHERE email = $1 OR born = $2 ORDER BY id
EXECUTE a ('ada@x.org', '1990-01-01')
EXECUTE a ('ada@x.org', date '1990-01-01')
EXECUTE a ('bob' || '@x.org', NULL)
EXECUTE a (lower('BOB@x.org'), NULL)
DEALLOCATE PREPARE a
PREPARE b (text, text) AS UPDATE customer SET email = $1, name = $1 WHERE email = $2 RETURNING email, name
EXECUTE b ('new@x.org', 'ada@x.org')
EXECUTE b ($$x$$, E'bob\x40x.org')
PREPARE c (int) AS DELETE FROM staff WHERE id = $1 RETURNING *
EXECUTE c (1)
EXECUTE c ('2')
PREPARE d AS INSERT INTO staff (id, email, name) VALUES ($1, $2, $3), ($4, $2, $3) RETURNING *
EXECUTE d (910, 'd@x.org', 'D', 911)
PREPARE e (text) AS SELECT $1 AS plain_text, email FROM customer WHERE id = 1
EXECUTE e ('just text')
PREPARE f AS VALUES (1, 'x')
EXECUTE f
PREPARE g (text[]) AS SELECT id FROM customer WHERE email = ANY ($1) ORDER BY id
EXECUTE g ('{ada@x.org}')
EXECUTE g (ARRAY['ada@x.org', 'bob@x.org'])
EXECUTE g (NULL)
PREPARE h AS MERGE INTO staff s USING (SELECT $1::int AS id, $2::text AS email) v ON s.id = v.id WHEN MATCHED THEN UPDATE SET email = v.email
EXECUTE h (3, 'merged@x.org')
SELECT name, statement <> '' FROM pg_prepared_statements WHERE name = 'zz'
DEALLOCATE ALL

-- cursors of every direction
-- forms: Simple
-- together
DECLARE a CURSOR FOR SELECT id, email, born FROM customer WHERE email = 'ada@x.org' OR id > 2 ORDER BY id
FETCH 0 FROM a
FETCH 1 a
MOVE a
FETCH FORWARD a
FETCH FORWARD 10 IN a
FETCH BACKWARD ALL FROM a
CLOSE a
DECLARE b INSENSITIVE CURSOR WITH HOLD FOR SELECT * FROM staff ORDER BY id
FETCH 1 FROM b
MOVE ABSOLUTE 3 FROM b
FETCH 1 FROM b
DECLARE c CURSOR FOR SELECT id, name FROM staff ORDER BY id FOR UPDATE
FETCH c
UPDATE staff SET name = 'current' WHERE CURRENT OF c RETURNING id, name
FETCH c
DELETE FROM staff WHERE CURRENT OF c RETURNING id, email
CLOSE ALL

-- EXPLAIN of what never runs
-- forms: Simple
-- together
EXPLAIN (COSTS off, TIMING off, SUMMARY off) SELECT 1 FROM plain
EXPLAIN (COSTS off) SELECT id, email FROM customer WHERE false
EXPLAIN (FORMAT json, COSTS off) SELECT id FROM plain WHERE false

-- several statements, with SET, savepoints, PREPARE and cursors among them
-- forms: Simple
-- together
SELECT 1; SELECT email FROM customer WHERE email = 'ada@x.org'; UPDATE staff SET name = 'x' WHERE email = 'ada@x.org'; SELECT name FROM staff ORDER BY id
SET LOCAL work_mem = '1MB'; SELECT id FROM customer WHERE email = 'bob@x.org'; RESET work_mem
SET LOCAL search_path = public; SELECT email FROM customer WHERE email = 'ada@x.org'; SELECT 1
SAVEPOINT a; INSERT INTO staff (id, email) VALUES (900, 'a@x.org'); ROLLBACK TO a; SELECT count(*) FROM staff; RELEASE a
PREPARE p AS SELECT id FROM customer WHERE email = $1; EXECUTE p ('ada@x.org'); DEALLOCATE p
DECLARE c CURSOR FOR SELECT email FROM staff ORDER BY id; FETCH 2 c; CLOSE c
CREATE TEMP TABLE tt AS SELECT id, email FROM staff; SELECT * FROM tt ORDER BY id; DROP TABLE tt
INSERT INTO staff (id, email) VALUES (901, 'b@x.org') RETURNING email; DELETE FROM staff WHERE email = 'b@x.org' RETURNING id, email;;

-- definitions as migrations write them
-- forms: Simple
-- together
CREATE TABLE other (id serial PRIMARY KEY, body text NOT NULL DEFAULT 'x', CONSTRAINT c CHECK (body <> ''))
INSERT INTO other (body) VALUES ('a') RETURNING *
ALTER TABLE other ADD COLUMN customer_id int REFERENCES customer (id) ON DELETE CASCADE
CREATE INDEX ON other (customer_id)
CREATE TABLE bills (id int PRIMARY KEY, customer_id int REFERENCES customer)
CREATE UNIQUE INDEX one ON customer (nick)
DROP INDEX one
CREATE INDEX two ON invoice (email, place)
CREATE INDEX three ON customer (email) WHERE level IS NOT NULL
CREATE INDEX four ON staff (email) INCLUDE (id)
ALTER INDEX four RENAME TO five
ALTER TABLE staff ADD PRIMARY KEY (id)
ALTER TABLE staff ADD CONSTRAINT u UNIQUE (email, name)
ALTER TABLE staff DROP CONSTRAINT u
ALTER TABLE staff ALTER COLUMN level SET STATISTICS 100
ALTER TABLE staff ADD COLUMN remark text, ADD COLUMN at timestamptz DEFAULT now()
UPDATE staff SET remark = 'r' WHERE email = 'ada@x.org' RETURNING id, email, remark
ALTER TABLE staff RENAME COLUMN remark TO comment
SELECT email, comment FROM staff ORDER BY id
ALTER TABLE staff ALTER COLUMN comment TYPE varchar(50)
ALTER TABLE staff DROP COLUMN comment, DROP COLUMN at
CREATE VIEW v AS SELECT id, email, level FROM customer WHERE level IS NOT NULL
SELECT * FROM v WHERE email = 'ada@x.org'
CREATE OR REPLACE VIEW v AS SELECT id, email, level, nick FROM customer
SELECT * FROM v ORDER BY id
COMMENT ON VIEW v IS 'x'
ALTER VIEW v RENAME TO w
SELECT * FROM w ORDER BY id
DROP VIEW w
CREATE MATERIALIZED VIEW m AS SELECT email, count(*) AS n FROM invoice GROUP BY email
SELECT * FROM m WHERE email = 'ada@x.org'
CREATE UNIQUE INDEX ON m (email)
REFRESH MATERIALIZED VIEW m
DROP MATERIALIZED VIEW m
CREATE SEQUENCE sq
SELECT nextval('sq')
ALTER TABLE customer ALTER COLUMN email SET NOT NULL
ROLLBACK; BEGIN
ALTER TABLE customer ALTER COLUMN note SET DEFAULT 'n'
INSERT INTO customer (id, email) VALUES (900, 'dd@x.org') RETURNING note, email
ALTER TABLE customer ADD CONSTRAINT nn CHECK (email IS NOT NULL OR name IS NULL)
ALTER TABLE customer VALIDATE CONSTRAINT nn
GRANT SELECT (id, email) ON customer TO PUBLIC
ALTER TABLE staff ENABLE ROW LEVEL SECURITY
CREATE POLICY p ON staff USING (email IS NOT NULL)
DROP POLICY p ON staff
TRUNCATE invoice, staff
TRUNCATE customer CASCADE
SELECT count(*) FROM customer

-- definitions beside tagged names
-- forms: Simple
CREATE TABLE child () INHERITS (staff)
CREATE TABLE copied AS SELECT id, note FROM customer WHERE email = 'ada@x.org'
CREATE TABLE copied AS SELECT * FROM plain
SELECT id, note INTO copied FROM customer WHERE email = 'ada@x.org'
CREATE TEMP TABLE t (LIKE staff)
CREATE TEMP TABLE t ON COMMIT DROP AS SELECT * FROM customer
CREATE TEMP TABLE t AS SELECT id, email, born, wage, tags FROM customer WITH NO DATA
CREATE TABLE event_3 PARTITION OF event FOR VALUES IN (3)
CREATE TABLE IF NOT EXISTS customer (id int)
CREATE TABLE customer (id int)
DROP TABLE IF EXISTS nowhere
DROP TABLE staff
DROP TABLE customer CASCADE
CREATE TRIGGER t BEFORE UPDATE ON staff FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()
VACUUM staff
CLUSTER customer USING customer_pkey
REINDEX TABLE customer
ANALYZE customer (email)
CREATE STATISTICS st ON id, n FROM customer

-- settings that decide how values are read and shown
-- forms: Simple
-- together
SET LOCAL TIME ZONE 'Europe/Berlin'
SELECT seen, joined, meets FROM customer ORDER BY id
SELECT id FROM customer WHERE joined = '2000-01-01'
INSERT INTO customer (id, seen) VALUES (900, '2024-07-01 12:00') RETURNING seen
SET LOCAL DateStyle = 'SQL, DMY'
SELECT born, seen, joined FROM customer ORDER BY id
SELECT id FROM customer WHERE born = '01/01/1990'
INSERT INTO customer (id, born) VALUES (901, '02/03/2004') RETURNING born
SET LOCAL DateStyle TO German
SELECT born, joined FROM customer ORDER BY id
SET LOCAL DateStyle = 'Postgres, MDY'
SELECT born, joined, seen FROM customer ORDER BY id
SET LOCAL IntervalStyle = 'iso_8601'
SELECT span FROM customer ORDER BY id
SET LOCAL IntervalStyle = 'postgres_verbose'
SELECT span FROM customer ORDER BY id
SET LOCAL IntervalStyle = 'sql_standard'
SELECT span FROM customer ORDER BY id
INSERT INTO customer (id, span) VALUES (902, '-1 2:03:04') RETURNING span
SET LOCAL bytea_output = 'escape'
SELECT photo FROM customer ORDER BY id
SET LOCAL extra_float_digits = 0
SELECT ratio, weight FROM customer ORDER BY id
SET LOCAL search_path = nowhere, public
SELECT email FROM customer WHERE email = 'ada@x.org'
SHOW search_path
SET LOCAL xmlbinary = 'hex'
SELECT set_config('DateStyle', 'ISO, YMD', true), set_config('TimeZone', 'UTC', true)
SELECT born, seen FROM customer ORDER BY id
SET CONSTRAINTS ALL DEFERRED
SELECT pg_advisory_xact_lock(1), email FROM customer WHERE id = 1
NOTIFY chan, 'ada@x.org'
LISTEN chan
UNLISTEN *
SET SESSION AUTHORIZATION DEFAULT
RESET ROLE
SHOW TimeZone
SELECT current_setting('DateStyle'), email FROM customer WHERE id = 1
