-- a cast that is written as a call
SELECT id FROM customer WHERE born = date(«text:1990-01-01»)
SELECT id FROM customer WHERE born = date('1990-01-01')
SELECT id FROM customer WHERE email = text('ada@x.org')
SELECT id FROM customer WHERE level = int4('42') AND big = int8(9000000000)
SELECT id FROM customer WHERE wage = "numeric"('100.50')
SELECT id FROM customer WHERE nick = "varchar"('ada')
SELECT id FROM customer WHERE joined = "timestamp"('2000-01-01')
SELECT id FROM customer WHERE ref = uuid('8d1f0f6e-0000-4000-8000-000000000001')
SELECT text(email), text(c.born), date(born) FROM customer c
SELECT text(born) AS x, int8(level) FROM customer
SELECT id, date(joined), date(seen) FROM customer WHERE id = 1
SELECT id, COALESCE(born, date('2020-01-01')) FROM customer
SELECT date('2020-01-01'), born FROM customer
INSERT INTO customer (id, born, email, level) VALUES (60, date('2001-02-03'), text('new@x.org'), int4('7')) RETURNING born, email, level
UPDATE customer SET born = date('2001-02-03'), doc = jsonb('{"a": 1}'), photo = bytea('\x00') WHERE id = 1 RETURNING born, doc, photo
SELECT jsonb(doc), bytea(photo), jsonb(raw) FROM customer
SELECT id FROM customer WHERE born = pg_catalog.date('1990-01-01')
SELECT DISTINCT date('2020-01-01') FROM customer
INSERT INTO customer (id, born) SELECT 61, date('2001-02-03') RETURNING born
SELECT id FROM customer WHERE born = date('never')

-- national strings
SELECT id FROM customer WHERE email = N'ada@x.org'
SELECT id FROM customer WHERE code = N'A1'
INSERT INTO customer (id, name, email) VALUES (62, N'Zoë  ', N'zz@x.org') RETURNING name, email
UPDATE customer SET name = N'it''s' WHERE id = 1 RETURNING name

-- constants put together
SELECT id FROM customer WHERE email = 'ada' || '@x.org'
SELECT id FROM customer WHERE email = 'ada' || '@' || 'x.org'
SELECT id FROM customer WHERE email = 'ada@x.org' || ''
SELECT id FROM customer WHERE email = ('ada'::text || ('@x' || '.org'))
SELECT id FROM customer WHERE 'ada' || '@x.org' = email
SELECT id FROM customer WHERE email IN ('ada' || '@x.org', 'bob@x.org')
SELECT id FROM customer WHERE nick = 'a' || 'da'
SELECT id FROM customer WHERE born = ('1990-' || '01-01')::date
SELECT id FROM customer WHERE born = '1990-' || '01-01'
SELECT id FROM customer WHERE level = '4' || '2'
INSERT INTO customer (id, name, email) VALUES (63, 'Zo' || E'\u00eb' || $$ y$$, 'a''b' || '@x.org') RETURNING name, email
INSERT INTO customer (id, born) VALUES (64, '1990-' || '01-01')
UPDATE customer SET name = 'x' || 'y' WHERE email = 'ada' || '@x.org' RETURNING name
SELECT COALESCE(email, 'no' || 'body') FROM customer
SELECT CASE WHEN id = 1 THEN 'o' || 'ne' ELSE email END FROM customer
SELECT email FROM customer UNION SELECT 'x' || 'y'
SELECT id, note || 'x' || 'y', 'a' || 'b' AS ab FROM customer WHERE email = 'bob@x.org'

-- more than one sign
SELECT id FROM customer WHERE level = - -42
SELECT id FROM customer WHERE level = -(-42) OR level = -(42)
SELECT id FROM customer WHERE level = -42::int2 OR level = -42.4::int4
SELECT id FROM customer WHERE level = - - - 42 OR wage = - +0.01
SELECT id FROM customer WHERE big = -1::int8 OR small = - 7::int2
UPDATE customer SET level = - -5, wage = -(+1.5), ratio = - -1e3 WHERE id = 1 RETURNING level, wage, ratio

-- arrays against a text array
SELECT id FROM customer WHERE tags = ARRAY['x', 'y z']
SELECT id FROM customer WHERE tags = ARRAY['x', 'y z']::text[]
SELECT id FROM customer WHERE tags = ARRAY[«text:x», «text:y z»]
SELECT id FROM customer WHERE tags <> '{x,"y z"}' AND tags IS DISTINCT FROM ARRAY[]::text[]
SELECT id FROM customer WHERE tags = ARRAY[]::text[]
SELECT id FROM customer WHERE tags IN (ARRAY['x', 'y z'], '{}')
INSERT INTO customer (id, tags) VALUES (65, ARRAY['p', 'q', NULL]) RETURNING tags
UPDATE customer SET tags = ARRAY['n']::text[] WHERE id = 1 RETURNING tags
UPDATE customer SET tags = ARRAY[«text:n», «text:\N»] WHERE id = 1 RETURNING tags
SELECT COALESCE(tags, ARRAY['none']) FROM customer

-- one element of a text array
SELECT id FROM customer WHERE «text:x» = ANY (tags)
SELECT id FROM customer WHERE 'x' <> ALL (tags)
SELECT id, tags[1] FROM customer
SELECT id, unnest(tags) FROM customer
SELECT id, t FROM customer, unnest(tags) AS t
SELECT c.id, t.tag FROM customer c CROSS JOIN LATERAL unnest(c.tags) AS t (tag) WHERE t.tag = «text:x»
SELECT id FROM customer WHERE tags[1] = «text:x»
SELECT id, cardinality(tags), array_length(tags, 1) FROM customer

-- a row's columns by its name in parentheses
SELECT (p).* FROM person p
SELECT (p).*, 1 AS one FROM person p WHERE id = 1
SELECT (p).name, (p).id FROM person p
SELECT (s).* FROM (SELECT id, email FROM customer) AS s
SELECT (p).* FROM plain p, person WHERE person.id = p.id

-- a constant beside an exact number
SELECT id, COALESCE(wage, 0.00) FROM customer
SELECT id, COALESCE(wage, 1.24::numeric(10,2)) FROM customer
SELECT id, COALESCE(wage, «numeric:1.50») FROM customer
SELECT id, CASE WHEN id < 3 THEN wage ELSE 0.00 END FROM customer
SELECT wage FROM customer UNION ALL SELECT 1.24
SELECT COALESCE(wage, 0.00), count(*) FROM customer GROUP BY 1
SELECT id, NULLIF(wage, 0) FROM customer
SELECT id FROM customer WHERE COALESCE(wage, 0) = 0

-- WITH inside a recursive part
WITH RECURSIVE t AS (WITH x AS (SELECT 1 AS id) SELECT s.id, s.email FROM staff s JOIN x USING (id) UNION ALL SELECT s.id, s.email FROM staff s JOIN t ON s.boss = t.id) SELECT * FROM t
WITH RECURSIVE t (a, b) AS (WITH x AS (SELECT id, email FROM staff WHERE boss IS NULL) SELECT * FROM x UNION ALL SELECT s.id, s.email FROM staff s JOIN t ON s.boss = t.a) SELECT b FROM t

-- strings that concat puts together
SELECT id FROM customer WHERE email = concat('ada', '@x.org')
SELECT id FROM customer WHERE email = pg_catalog.concat('ada', NULL, '@' || 'x', E'.\x6frg'::text)
SELECT id FROM customer WHERE concat('a', 'da') = nick AND email IN (concat('ada@x.org'), 'x')
SELECT id FROM customer WHERE email = concat('it''s', ' me') OR note = concat('fi', 'rst')
INSERT INTO customer (id, name, email) VALUES (66, concat('Zo', 'ë'), concat('n', '@', 'x')) RETURNING name, email
UPDATE customer SET name = concat('x', 'y') WHERE email = concat('ada@', 'x.org') RETURNING name
SELECT email FROM customer UNION SELECT concat('x', 'y')
SELECT concat('x', 'y') UNION SELECT email FROM customer
SELECT concat('x', 'y'), concat(NULL), concat('a', 1) FROM customer WHERE email = 'bob@x.org'
SELECT COALESCE(email, concat('no', 'body')) FROM customer
INSERT INTO customer (id, level) VALUES (67, concat('4', '2'))
SELECT id FROM customer WHERE level = concat('4', '2')

-- text put to a parameter
SELECT id FROM customer WHERE email = «text:ada» || '@x.org'
SELECT id FROM customer WHERE email = 'ada' || «text:@x.org»
SELECT id FROM customer WHERE email = 'a' || «text:da» || '@x' || '.org'
SELECT id FROM customer WHERE email = 'a' || («text:da» || '@x.org')
SELECT id FROM customer WHERE email = lower('A' || «text:DA») || '@x.org'
SELECT id FROM customer WHERE email = lower(trim(«text:  ADA ») || '@X.ORG')
SELECT id FROM customer WHERE email = «text:ada@x.org» || ''
SELECT id FROM customer WHERE email = '' || «text:»
SELECT id FROM customer WHERE email IN («text:ada» || '@x.org', «text:bob@x.org»)
SELECT id FROM customer WHERE nick = 'a' || «varchar:da»
SELECT id FROM customer WHERE email <> 'ada' || «text:@x.org» ORDER BY id
UPDATE customer SET email = «text:new» || '@x.org', name = 'Mr. ' || «text:New» || ' jr.' WHERE id = 1 RETURNING email, name
UPDATE customer SET nick = «text:0123456789» || '01234567890' WHERE id = 1
UPDATE customer SET nick = «text:0123456789» || '0123456789    ' WHERE id = 1 RETURNING nick
UPDATE customer SET name = NULLIF(trim(' ' || «text:  »), '') WHERE id = 1 RETURNING name
UPDATE customer SET name = NULLIF(trim(«text:») || ' ', '') WHERE id = 1 RETURNING name
INSERT INTO staff (id, email, name) VALUES (81, lower(«text:Cat») || '@x.org', 'a''b\c' || «text:ä€») RETURNING email, name
SELECT email FROM customer WHERE id = 1 UNION ALL SELECT 'x' || «text:y»
SELECT COALESCE(email, 'no-' || «text:mail») FROM customer ORDER BY id
SELECT 'Mr. ' || «text:x», email FROM customer WHERE id = 1

-- types of text, called
SELECT id FROM customer WHERE email = text(«text:ada@x.org») OR email = text('bob@x.org')
SELECT id FROM customer WHERE email = varchar(«varchar:ada@x.org») ORDER BY id
UPDATE customer SET name = text(«text:Named») WHERE email = "varchar"(«text:ada@x.org») RETURNING name
SELECT id FROM customer WHERE born = date(«date:1990-01-01»)

-- beside a column that is compared elsewhere
SELECT COALESCE(wage, 0) FROM customer WHERE wage = 100.5 OR id = 3 ORDER BY id
SELECT COALESCE(code, '-') FROM customer WHERE code = 'A1' OR id = 3 ORDER BY id
SELECT COALESCE(a.wage, 0.1234) FROM customer a LEFT JOIN customer b ON a.wage = b.wage ORDER BY a.id, b.id
SELECT CASE WHEN id = 3 THEN 0 ELSE wage END FROM customer WHERE wage IS NOT DISTINCT FROM «numeric:100.50» OR id = 3 ORDER BY id
SELECT COALESCE(wage, 0) AS w FROM customer GROUP BY wage ORDER BY min(id)
SELECT COALESCE(wage, 0) = 0, COALESCE(wage, 1) FROM customer WHERE COALESCE(wage, 0) = 0 ORDER BY id
UPDATE customer SET wage = COALESCE(wage, 7.5) WHERE wage = 100.5 OR id = 3 RETURNING wage

-- the string behind UESCAPE is no part of the text
SELECT id FROM customer WHERE email = U&'!0061d' UESCAPE '!' || «text:a@x.org»
SELECT id FROM customer WHERE email = «text:ada@» || U&'x!002eorg' UESCAPE '!'
SELECT id FROM customer WHERE email = 'ada@' || U&'x!002eorg' UESCAPE '!'
SELECT id FROM customer WHERE email = U&'!0061da' UESCAPE '!' || '@x.org'
SELECT id FROM customer WHERE email = concat(U&'!0061da' /* a */ UESCAPE /* b */ '!', U&'@x\002eorg')
SELECT id FROM customer WHERE email = U&'!0061da@x.org' UESCAPE '!'
UPDATE customer SET name = U&'d!0061t' UESCAPE '!' || 'um' WHERE id = 1 RETURNING name
