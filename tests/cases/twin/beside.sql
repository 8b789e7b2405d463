-- a constant beside values keeps its own form
SELECT id, COALESCE(wage, 0) FROM customer ORDER BY id
SELECT id, COALESCE(wage, 0.0), COALESCE(wage, '7'), COALESCE(wage, -1.500) FROM customer ORDER BY id
SELECT id, COALESCE(wage, 3.14159) FROM customer ORDER BY id
SELECT id, COALESCE(wage, «numeric:5») FROM customer ORDER BY id
SELECT id, COALESCE(wage, 0)::text, COALESCE(wage, 0)::int FROM customer ORDER BY id
SELECT id, COALESCE(code, 'none') FROM customer ORDER BY id
SELECT id, COALESCE(code, 'none  '), COALESCE(code, '') FROM customer ORDER BY id
SELECT id, COALESCE(code, 'longer than it') FROM customer ORDER BY id
SELECT id, COALESCE(code, «bpchar:none») FROM customer ORDER BY id
SELECT id, COALESCE(code, 'none  ')::text, COALESCE(code, 'none  ')::varchar(3) FROM customer ORDER BY id
SELECT id, COALESCE(nick, 'longer than twenty characters') FROM customer ORDER BY id
SELECT id, COALESCE(nick, «varchar:longer than twenty characters») FROM customer ORDER BY id
SELECT id, CASE WHEN wage IS NULL THEN 0 ELSE wage END FROM customer ORDER BY id
SELECT id, CASE WHEN code IS NULL THEN '-' ELSE code END, CASE id WHEN 3 THEN 'x' ELSE nick END FROM customer ORDER BY id
SELECT wage FROM customer WHERE id < 3 UNION ALL SELECT 0
SELECT code FROM customer WHERE id < 3 UNION ALL SELECT 'none'
SELECT id, lag(wage, 1, 0) OVER (ORDER BY id) FROM customer
SELECT id, lead(code, 1, 'end') OVER (ORDER BY id), first_value(COALESCE(code, '-')) OVER (ORDER BY id DESC) FROM customer
SELECT array_agg(COALESCE(wage, 0) ORDER BY id), array_agg(COALESCE(code, '-') ORDER BY id) FROM customer
SELECT s.w, s.c FROM (SELECT id, COALESCE(wage, 0) AS w, COALESCE(code, '-') AS c FROM customer) s ORDER BY s.id
WITH s AS (SELECT id, COALESCE(wage, 0) AS w FROM customer) SELECT w FROM s ORDER BY id
SELECT (SELECT COALESCE(wage, 0) FROM customer c WHERE c.id = p.id) FROM plain p ORDER BY p.id
UPDATE customer SET n = 9 WHERE id = 3 RETURNING COALESCE(wage, 0), COALESCE(code, 'none'), COALESCE(nick, '-')
INSERT INTO customer (id) VALUES (60) RETURNING COALESCE(wage, 0), COALESCE(code, 'none')
SELECT id, COALESCE(total, 0) FROM invoice ORDER BY id
SELECT c.id, COALESCE(wage, 0), COALESCE(i.total, 0) FROM customer c LEFT JOIN invoice i ON i.email = c.email ORDER BY c.id, i.id

-- and where it is compared or kept it is a value of the column
SELECT id FROM customer WHERE COALESCE(code, 'none') = 'none' ORDER BY id
SELECT id FROM customer WHERE COALESCE(wage, 0) = 0 ORDER BY id
SELECT id FROM customer WHERE COALESCE(wage, 0.00) IN (0, 100.5) ORDER BY id
SELECT count(DISTINCT COALESCE(code, 'none')), count(COALESCE(wage, 0)) FROM customer
UPDATE customer SET wage = COALESCE(wage, 0) WHERE id = 3 RETURNING wage
UPDATE customer SET code = COALESCE(code, 'none'), nick = CASE WHEN nick IS NULL THEN '-' ELSE nick END WHERE id = 3 RETURNING code, nick
INSERT INTO customer (id, wage, code) SELECT 60, COALESCE(wage, 0), COALESCE(code, '-') FROM customer WHERE id = 3 RETURNING wage, code
SELECT id FROM customer WHERE (SELECT COALESCE(code, '-')) = '-' ORDER BY id
SELECT a.id FROM (SELECT id, COALESCE(code, '-') AS c FROM customer) a JOIN (SELECT COALESCE(code, '-') AS c FROM customer) b ON a.c = b.c WHERE a.id = 3

-- kept in a temporary table
-- together
-- forms: Simple
CREATE TEMP TABLE kept AS SELECT id, COALESCE(wage, 5) AS w, COALESCE(code, 'none') AS c FROM customer
SELECT id FROM kept WHERE w = 5 OR c = 'none'
