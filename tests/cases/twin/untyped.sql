-- constants without a type become text where PostgreSQL says so
SELECT id FROM customer WHERE code = (SELECT 'A1   ')
SELECT id FROM customer WHERE code = (SELECT 'A1')
SELECT id FROM customer WHERE code IN (SELECT 'A1  ' UNION ALL SELECT 'B2')
SELECT id FROM customer WHERE code IN (VALUES ('A1  '), ('B2'))
SELECT c.id FROM customer c JOIN (VALUES ('A1   '), ('B2')) v (k) ON v.k = c.code
SELECT id FROM customer WHERE code = COALESCE('A1  ', 'x')
SELECT id FROM customer WHERE code = CASE WHEN true THEN 'A1  ' END
SELECT id FROM customer WHERE code = CASE WHEN n = 1 THEN 'A1  ' ELSE 'B2' END
SELECT id FROM customer WHERE code = NULLIF('A1  ', '')
SELECT id FROM customer WHERE code = ANY (ARRAY['A1  ', 'B2'])
SELECT id FROM customer WHERE code = COALESCE(«text:\N», 'A1')
SELECT id FROM customer WHERE code = (SELECT «text:A1»)
WITH k (v) AS (SELECT 'A1  ') SELECT c.id FROM customer c JOIN k ON k.v = c.code
SELECT id FROM customer WHERE nick = (SELECT 'ada') OR email = (SELECT 'bob@x.org') ORDER BY id
SELECT id FROM customer WHERE email = COALESCE(«text:\N», «text:ada@x.org»)
SELECT id FROM customer WHERE email = ANY (ARRAY[«text:ada@x.org», «text:bob@x.org»]) ORDER BY id

-- and so do not meet what is not text
SELECT id FROM customer WHERE level = (SELECT '42')
SELECT id FROM customer WHERE born = COALESCE('1990-01-01', '1987-06-05')
SELECT id FROM customer WHERE level = CASE WHEN n = 1 THEN '42' END
SELECT c.id FROM customer c JOIN (VALUES ('1990-01-01')) v (k) ON v.k = c.born
SELECT id FROM customer WHERE ref = NULLIF('8d1f0f6e-0000-4000-8000-000000000001', '')
SELECT id FROM customer WHERE level = ANY (ARRAY['42', '0'])
UPDATE customer SET born = COALESCE('2001-01-01', '2002-02-02') WHERE id = 1
UPDATE customer SET born = (SELECT '2001-01-01') WHERE id = 1
UPDATE customer SET born = v.b FROM (VALUES (1, '2001-01-01')) AS v (a, b) WHERE v.a = id
UPDATE customer SET (born, level) = (SELECT '2001-01-01', '5') WHERE id = 1
INSERT INTO customer (id, born) SELECT 60, '2001-01-01' UNION ALL SELECT 61, '2002-02-02'
INSERT INTO customer (id, born) SELECT v.i, v.b FROM (VALUES (60, '2001-01-01')) AS v (i, b)
WITH v (i, b) AS (VALUES (60, '2001-01-01')) INSERT INTO customer (id, born) SELECT * FROM v
MERGE INTO customer c USING (VALUES (1, '2001-01-01')) AS v (id, born) ON c.id = v.id WHEN MATCHED THEN UPDATE SET born = v.born
SELECT born FROM customer UNION (SELECT '2001-01-01' UNION SELECT '2002-02-02')

SELECT id FROM customer WHERE code = (ARRAY['A1        '])[1]
SELECT id FROM customer WHERE born = (ARRAY['1990-01-01'])[1]
SELECT id FROM customer WHERE born = (ARRAY['1990-01-01']::date[])[1]
SELECT id FROM customer WHERE born COLLATE "C" = '1990-01-01'
INSERT INTO customer (id, born) VALUES (60, (ARRAY['2001-01-01'])[1])
INSERT INTO customer (id, born) SELECT 60, x FROM unnest(ARRAY[«text:2001-01-01»]) x
INSERT INTO customer (id, nick) SELECT 60, x FROM unnest(ARRAY[«text:ada»]) x
INSERT INTO customer (id, born) SELECT DISTINCT 60, '2001-01-01'
INSERT INTO customer (id, born) SELECT DISTINCT ON (2) 60, '2001-01-01'
INSERT INTO customer (id, born) SELECT 60, '2001-01-01' GROUP BY 1, 2
INSERT INTO customer (id, born) SELECT 60, '2001-01-01' GROUP BY 1

-- but take the type of what they are given to or stand beside
INSERT INTO customer (id, born, level, code) SELECT 60, '2001-01-01', '5', 'A9  ' RETURNING born, level, code
INSERT INTO customer (id, born) VALUES (60, '2001-01-01'), (61, '2002-02-02') RETURNING born
INSERT INTO customer (id, born) (SELECT 60, '2001-01-01') RETURNING born
WITH w AS (SELECT 1) INSERT INTO customer (id, born) SELECT 60, '2001-01-01' FROM w RETURNING born
SELECT id FROM customer WHERE born = COALESCE(«date:\N», '1990-01-01')
SELECT id FROM customer WHERE level = CASE WHEN n = 1 THEN '42' ELSE 7 END
SELECT born FROM customer UNION SELECT '2001-01-01'
SELECT id FROM customer WHERE born IN (SELECT due FROM invoice UNION ALL SELECT '1990-01-01')
SELECT c.id FROM customer c JOIN (VALUES ('1990-01-01'::date), ('1987-06-05')) v (k) ON v.k = c.born
SELECT c.id FROM customer c JOIN (VALUES ('1990-01-01'), ('1987-06-05')) v (k) ON v.k::date = c.born
SELECT id FROM customer WHERE born = COALESCE('1990-01-01', '1987-06-05')::date
SELECT id FROM customer WHERE born = ANY (ARRAY['1990-01-01', '1987-06-05']::date[])
SELECT id FROM customer WHERE born = (SELECT '1990-01-01'::date)
SELECT id FROM customer WHERE born = (SELECT '1990-01-01')::date
UPDATE customer SET born = COALESCE(born, '2001-01-01') WHERE id = 3 RETURNING born
UPDATE customer SET born = (CASE WHEN id = 1 THEN '2001-01-01' END)::date WHERE id = 1 RETURNING born
UPDATE customer SET level = v.l::int, doc = v.d::jsonb FROM (VALUES (1, '5', '{"a": 1}')) AS v (i, l, d) WHERE v.i = id RETURNING level, doc
WITH v (e) AS (SELECT 'new@x.org') INSERT INTO staff (id, email, name) SELECT 60, e, 'New' FROM v RETURNING email, name
INSERT INTO customer (id, code, nick) SELECT v.i, v.c, v.n FROM (VALUES (60, 'A9  ', 'nine')) v (i, c, n) RETURNING code, nick
SELECT id, COALESCE(code, 'none') = 'none' FROM customer ORDER BY id
