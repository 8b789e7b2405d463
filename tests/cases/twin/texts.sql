-- text put together of protected values
SELECT id, name || ' <' || email || '>' FROM staff ORDER BY id
SELECT id, 'Name: ' || name FROM staff ORDER BY id
SELECT id, ('Name: ' || name)::text AS label, (name || '')::varchar FROM staff ORDER BY id
SELECT s.name || email AS both, s.email || s.email FROM staff s ORDER BY s.id
SELECT id, name || «text: and » || email FROM staff ORDER BY id
SELECT id, «varchar:Dr. » || name FROM staff ORDER BY id
SELECT id, nick || «text:x», nick || name, nick || NULL, name || NULL::text FROM customer ORDER BY id
SELECT id, concat(name, ' ', email), concat(email), concat(NULL, name) FROM staff ORDER BY id
SELECT id, concat(name, ' ', email) = '' IS NULL FROM (SELECT 1 AS id, 'x' AS name, 'y' AS email) plain
SELECT id, concat_ws(' / ', name, email, nick) FROM customer ORDER BY id
SELECT id, concat_ws(«text:, », name, NULL, 'x') FROM customer ORDER BY id
SELECT id, coalesce(name, '') || ' ' || coalesce(email, '?') FROM staff ORDER BY id
SELECT id, coalesce(name || ' ' || email, 'nobody') FROM staff ORDER BY id
SELECT id, coalesce(name || ' ' || email, «text:nobody») FROM staff ORDER BY id
SELECT id, CASE WHEN email IS NULL THEN 'none' ELSE name || '!' END FROM staff ORDER BY id
SELECT id, CASE WHEN id = 1 THEN name || ' a' WHEN id = 2 THEN name || ' b' END FROM staff ORDER BY id
SELECT string_agg(name, ', ' ORDER BY id) FROM staff
SELECT string_agg(name, «text:; » ORDER BY id) FROM staff
SELECT s.boss, string_agg(s.name || ' (' || s.email || ')', E'\n' ORDER BY s.id) FROM staff s GROUP BY s.boss ORDER BY s.boss
SELECT string_agg(name, ', ' ORDER BY id) FILTER (WHERE level IS NOT NULL), string_agg(name, '') FILTER (WHERE id > 100) FROM staff
SELECT id, string_agg(name, '-') OVER (ORDER BY id) FROM staff ORDER BY id
SELECT array_to_string(array_agg(email ORDER BY id), ', ') FROM staff
SELECT t.label FROM (SELECT id, name || ' ' || email AS label FROM staff) t ORDER BY t.id
WITH t AS (SELECT id, concat(name, ' ', email) AS label FROM staff) SELECT t.label, t.label FROM t ORDER BY id
SELECT (SELECT s.name || '!' FROM staff s WHERE s.id = 1), EXISTS (SELECT name || '!' FROM staff)
SELECT name || '!' AS label FROM staff WHERE id = 1 UNION ALL SELECT name || '?' FROM staff WHERE id = 2
SELECT json_build_object('label', name || ' "' || email || '"') FROM staff ORDER BY id
SELECT jsonb_agg(jsonb_build_object('id', id, 'label', concat(name, ' ', email)) ORDER BY id) FROM staff
INSERT INTO staff (id, email, name) VALUES (90, 'a@x.org', «text:New») RETURNING name || ' ' || email
UPDATE staff SET name = «text:Neu» WHERE id = 1 RETURNING concat_ws(', ', name, email)
SELECT id, name || 5, concat(name, 5, '/', -2.50), «int4:7» || name FROM staff ORDER BY id
SELECT count(name || email), (name || email) IS NULL FROM staff GROUP BY 2 ORDER BY 2
SELECT max(id), string_agg(DISTINCT 'x', ',') FROM staff WHERE email = «text:ada@x.org»
SELECT note || '!', note || n, concat(note, n), string_agg(note, ',') OVER (ORDER BY id) FROM customer ORDER BY id

-- text that would be put together of other things
-- refused
SELECT note || name FROM customer
SELECT concat(name, ' ', n) FROM customer
SELECT concat(name, now()) FROM customer
SELECT name || born FROM customer
SELECT code || 'x' FROM customer
SELECT format('%s', name) FROM customer
SELECT upper(name || '!') FROM customer
SELECT id FROM customer WHERE name || '!' = 'Ada!'
SELECT name || '!' FROM customer ORDER BY 1
SELECT DISTINCT email || '!' FROM customer
SELECT email || '!' FROM customer UNION SELECT 'x'
SELECT (name || '!')::varchar(3) FROM customer
SELECT string_agg(name, note) FROM customer
SELECT CASE WHEN id = 1 THEN name ELSE name || '!' END FROM customer
UPDATE customer SET name = name || '!'
INSERT INTO plain (id, body) SELECT id, name || '!' FROM customer
INSERT INTO staff (id, name) SELECT id, name || '!' FROM staff

-- text in a stream
-- refused
-- forms: Simple
COPY (SELECT name || '!' FROM customer) TO STDOUT

-- functions of constants
SELECT id FROM customer WHERE email = lower(«text:ADA@X.org»)
SELECT id FROM customer WHERE email = trim(«text: ada@x.org »)
SELECT id FROM customer WHERE email = lower(trim(both from «text: ADA@x.org ») )
SELECT id FROM customer WHERE email = lower(«text:ADA@X.org»::text)::varchar AND note = lower(«text:FIRST»)
SELECT id FROM customer WHERE lower(«varchar:ADA@X.org») = email OR email IN (upper(«text:x»), rtrim(«text:bob@x.org  »))
SELECT id FROM customer WHERE email = ANY (ARRAY[lower(«text:ADA@X.org»), ltrim('  x')])
SELECT id FROM customer WHERE email = lower(«text:ADA@X.org») OR note = «text:first»
UPDATE customer SET email = lower(«text:NEW@x.org»), name = upper(«text:neu») WHERE id = 3 RETURNING email, name
INSERT INTO staff (id, email, name) VALUES (103, lower(«text:NEW@x.org»), btrim(«text:  Neu »)) RETURNING email, name
INSERT INTO staff (id, email) VALUES (103, lower('NEW@x.org')) ON CONFLICT (id) DO UPDATE SET email = excluded.email
SELECT lower(«text:ABC»), upper('abc'), trim(«text: x »), id FROM customer WHERE email = «text:ada@x.org»
SELECT s.id, coalesce(s.name, upper('none')) FROM staff s ORDER BY s.id
SELECT name || lower(«text: AND ») || upper('x') FROM staff ORDER BY id
WITH q (e) AS (SELECT lower(«text:ADA@X.org»)) SELECT c.id FROM customer c JOIN q ON q.e = c.email

-- functions of constants that are not evaluated
-- refused
SELECT id FROM customer WHERE email = lower(«text:ÄDA@X.org»)
SELECT id FROM customer WHERE email = lower(note)
SELECT id FROM customer WHERE email = lower(«text:A»)::varchar(3)
SELECT id FROM customer WHERE email = left(«text:ada@x.org», 3)
SELECT id FROM customer WHERE lower(email) = lower(«text:ADA@X.org»)
