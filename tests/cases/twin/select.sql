-- a column, an alias, a qualified one, a star
SELECT id, email, name FROM customer
SELECT c.email AS mail, c.* FROM customer c
SELECT customer.email, public.customer.name FROM public.customer
SELECT * FROM customer WHERE id = «int4:1»
TABLE customer

-- every type, by one row
SELECT * FROM customer WHERE id = «int4:4»
SELECT id, born, seen, joined, opens, wage, ratio, weight FROM customer ORDER BY id
SELECT id, ref, small, level, big, doc, raw, photo, active, tags, span, ip, net, meets, score FROM customer ORDER BY id

-- inner and outer joins
SELECT c.id, i.* FROM customer AS c JOIN invoice AS i ON i.email = c.email
SELECT c.id, c.name, i.card FROM customer c LEFT JOIN invoice i ON i.email = c.email AND i.place = «text:Ulm»
SELECT c.id, i.card, i.email FROM customer c RIGHT OUTER JOIN invoice i ON c.email = i.email
SELECT c.id, i.id, c.email, i.email FROM customer c FULL JOIN invoice i ON c.email = i.email
SELECT c.id, p.id, c.email FROM customer c CROSS JOIN plain p
SELECT c.id, p.body, c.email FROM customer c, plain p WHERE c.id = p.id AND c.email = «text:ada@x.org»
SELECT a.id, b.id, s.name FROM customer a JOIN invoice b ON a.email = b.email JOIN staff s ON s.email = a.email
SELECT c.id FROM customer c JOIN invoice i ON c.born = i.due

-- USING and NATURAL on deterministic columns
SELECT * FROM invoice JOIN staff USING (email)
SELECT email, invoice.id, staff.id FROM invoice LEFT JOIN staff USING (email)
SELECT email, i.id, s.id FROM invoice i RIGHT JOIN staff s USING (email)
SELECT i.id, s.id, email FROM invoice i FULL JOIN staff s USING (email)
SELECT j.email FROM invoice i JOIN staff s USING (email) AS j
SELECT * FROM (SELECT email, card FROM invoice) a NATURAL JOIN (SELECT email, level FROM staff) b
SELECT * FROM (SELECT email FROM invoice) a NATURAL LEFT JOIN (SELECT email, name FROM staff) b
SELECT x.email FROM (invoice i JOIN staff s USING (email)) AS x (email)
SELECT * FROM person NATURAL JOIN student

-- subqueries in FROM, WHERE and the select list
SELECT s.m, s.n FROM (SELECT email AS m, name AS n FROM customer) AS s WHERE s.m = «text:bob@x.org»
SELECT s.a FROM (SELECT email, name FROM customer) AS s (a, b)
SELECT id, (SELECT c.name FROM customer c WHERE c.email = i.email) FROM invoice i
SELECT id, (SELECT card FROM invoice WHERE id = «int4:10») AS card FROM plain
SELECT id FROM customer WHERE email = (SELECT email FROM staff WHERE id = «int4:1»)
SELECT id FROM customer WHERE email = (SELECT «text:ada@x.org»)
SELECT id FROM customer c WHERE EXISTS (SELECT 1 FROM invoice i WHERE i.email = c.email)
SELECT id FROM customer c WHERE NOT EXISTS (SELECT FROM invoice i WHERE i.email = c.email)
SELECT id FROM customer WHERE email IN (SELECT email FROM invoice)
SELECT id FROM customer WHERE email NOT IN (SELECT email FROM invoice WHERE email IS NOT NULL)
SELECT id FROM customer WHERE email = ANY (SELECT email FROM staff)
SELECT id FROM customer WHERE email <> ALL (SELECT email FROM staff WHERE email IS NOT NULL)
SELECT id FROM customer WHERE (email, level) IN (SELECT email, level FROM staff)

-- LATERAL
SELECT c.id, l.card FROM customer c, LATERAL (SELECT card FROM invoice i WHERE i.email = c.email ORDER BY i.id LIMIT 1) l
SELECT c.id, l.* FROM customer c LEFT JOIN LATERAL (SELECT i.email, i.card FROM invoice i WHERE i.email = c.email) l ON true
SELECT c.id, l.m FROM customer c CROSS JOIN LATERAL (SELECT c.email AS m) l
SELECT c.id, v.x FROM customer c, LATERAL (VALUES (c.email), («text:lit@x.org»)) AS v (x)

-- common table expressions
WITH a AS (SELECT email, name FROM customer) SELECT * FROM a
WITH a (x, y) AS (SELECT email, card FROM invoice), b AS (SELECT x FROM a) SELECT b.x FROM b WHERE b.x = «text:ada@x.org»
WITH a AS MATERIALIZED (SELECT email FROM customer) SELECT s.id, a.email FROM staff s JOIN a ON a.email = s.email
WITH customer AS (SELECT id AS email FROM plain) SELECT email FROM customer
WITH a AS (SELECT «text:ada@x.org» AS e) SELECT c.id FROM customer c JOIN a ON a.e = c.email
WITH a AS (VALUES («text:ada@x.org», 1), ('bob@x.org', 2)) SELECT c.id, a.column2 FROM customer c JOIN a ON a.column1 = c.email

-- recursive ones
WITH RECURSIVE up AS (SELECT id, boss, email FROM staff WHERE email = «text:bob@x.org» UNION ALL SELECT s.id, s.boss, s.email FROM staff s JOIN up ON up.boss = s.id) SELECT * FROM up
WITH RECURSIVE r (n, e) AS (SELECT 1, email FROM staff WHERE id = 1 UNION SELECT n + 1, e FROM r WHERE n < 3) SELECT n, e FROM r
WITH RECURSIVE r (n, e) AS (VALUES (1, «text:ada@x.org») UNION ALL SELECT n + 1, e FROM r WHERE n < 2) SELECT r.n, c.id FROM r JOIN customer c ON c.email = r.e
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 3) SELECT n, (SELECT email FROM customer WHERE id = n) FROM t

-- data-modifying ones
WITH gone AS (DELETE FROM invoice WHERE email = «text:ada@x.org» RETURNING *) SELECT id, email, card, due FROM gone
WITH new AS (INSERT INTO staff (id, email, name) VALUES («int4:9», «text:new@x.org», «text:New») RETURNING id, email) SELECT * FROM new
WITH moved AS (UPDATE staff SET email = «text:moved@x.org» WHERE id = 2 RETURNING email) SELECT c.id, m.email FROM moved m LEFT JOIN customer c ON c.email = m.email
WITH a AS (DELETE FROM staff WHERE id = 1 RETURNING email, name) INSERT INTO staff (id, email, name) SELECT 77, email, name FROM a

-- VALUES and set operations
SELECT v.e FROM (VALUES («text:ada@x.org»), ('zed@x.org')) AS v (e) WHERE v.e IN (SELECT email FROM customer)
SELECT email FROM customer UNION SELECT email FROM staff
SELECT email FROM customer UNION ALL SELECT email FROM invoice
SELECT email FROM customer INTERSECT SELECT email FROM invoice
SELECT email FROM customer INTERSECT ALL SELECT email FROM invoice
SELECT email FROM customer EXCEPT SELECT email FROM staff
SELECT email FROM customer EXCEPT ALL SELECT email FROM staff
SELECT id, email FROM customer UNION SELECT 99, «text:lit@x.org» ORDER BY id
SELECT email FROM customer UNION SELECT NULL
SELECT born FROM customer UNION SELECT due FROM invoice
(SELECT email FROM customer WHERE id = 1) UNION ALL (SELECT email FROM staff WHERE id = 2) UNION ALL SELECT email FROM event
SELECT name FROM customer UNION ALL SELECT «text:somebody»
SELECT card FROM invoice UNION ALL SELECT NULL

-- DISTINCT, GROUP BY, HAVING
SELECT DISTINCT email FROM invoice
SELECT DISTINCT email, place FROM invoice
SELECT DISTINCT ON (email) email, id FROM invoice WHERE false
SELECT DISTINCT ON (id) id, email, card FROM invoice ORDER BY id
SELECT DISTINCT born, level FROM customer
SELECT email, count(*) FROM invoice GROUP BY email
SELECT email, count(*), sum(total) FROM invoice GROUP BY 1 HAVING count(*) > «int4:1»
SELECT i.email AS e, max(i.id) FROM invoice i GROUP BY e
SELECT count(DISTINCT email), count(email), count(card), count(*) FROM invoice
SELECT level, born, count(*) FROM customer GROUP BY level, born
SELECT wage, ratio, ref, small, big, ip, photo, joined, opens, code, nick FROM customer GROUP BY wage, ratio, ref, small, big, ip, photo, joined, opens, code, nick
SELECT email, count(*) FROM invoice GROUP BY email HAVING email = «text:ada@x.org»
SELECT email, place, count(*) FROM invoice GROUP BY GROUPING SETS ((email), (place), ())
SELECT email, place, count(*) FROM invoice GROUP BY ROLLUP (email, place)
SELECT email, place, count(*), grouping(email) FROM invoice GROUP BY CUBE (email, place)
SELECT tags, count(*) FROM customer GROUP BY tags

-- window functions that carry a value
SELECT id, email, row_number() OVER (ORDER BY id) FROM customer
SELECT id, lag(email) OVER (ORDER BY id), lead(name, 1) OVER (ORDER BY id) FROM customer ORDER BY id
SELECT id, lag(email, 1, «text:none@x.org») OVER (ORDER BY id) FROM customer ORDER BY id
SELECT id, first_value(card) OVER w, last_value(email) OVER w, nth_value(email, 2) OVER w FROM invoice WINDOW w AS (ORDER BY id) ORDER BY id
SELECT id, count(*) OVER (PARTITION BY email) FROM invoice ORDER BY id
SELECT id, email, sum(total) OVER (PARTITION BY email ORDER BY id) FROM invoice ORDER BY id
SELECT id, rank() OVER (PARTITION BY place ORDER BY id), card FROM invoice ORDER BY id

-- LIMIT, OFFSET, FOR UPDATE
SELECT id, email FROM customer ORDER BY id LIMIT «int8:2»
SELECT id, email FROM customer ORDER BY id LIMIT «int8:2» OFFSET «int8:1»
SELECT id, email FROM customer ORDER BY id FETCH FIRST 2 ROWS ONLY
SELECT email FROM customer WHERE email = «text:ada@x.org» FOR UPDATE
SELECT c.email FROM customer c JOIN staff s ON s.email = c.email FOR SHARE OF c
SELECT email FROM customer WHERE id = 1 FOR NO KEY UPDATE SKIP LOCKED

-- CASE, COALESCE, NULLIF
SELECT id, COALESCE(email, «text:none») FROM customer ORDER BY id
SELECT id, COALESCE(c.email, NULL, 'none') AS e FROM customer c ORDER BY id
SELECT id, COALESCE(name, «text:nobody») FROM customer ORDER BY id
SELECT i.id, COALESCE(i.email, s.email) FROM invoice i LEFT JOIN staff s ON s.id = i.id ORDER BY i.id
SELECT id, CASE WHEN id < 3 THEN email ELSE «text:hidden» END FROM customer ORDER BY id
SELECT id, CASE WHEN email = «text:ada@x.org» THEN 'her' WHEN email IS NULL THEN 'none' ELSE 'other' END FROM customer ORDER BY id
SELECT id, CASE email WHEN «text:ada@x.org» THEN 1 WHEN 'bob@x.org' THEN 2 ELSE 0 END FROM customer ORDER BY id
SELECT id, CASE WHEN n = 1 THEN name END FROM customer ORDER BY id
SELECT id, NULLIF(email, «text:») FROM customer ORDER BY id
SELECT id, COALESCE(born, «date:2000-01-01»), COALESCE(level, «int4:-1»), COALESCE(wage, «numeric:1.50») FROM customer ORDER BY id

-- array_agg and arrays
SELECT array_agg(email ORDER BY id) FROM invoice
SELECT place, array_agg(card ORDER BY id) FROM invoice GROUP BY place
SELECT array_agg(born ORDER BY id) FROM customer
SELECT array_agg(level ORDER BY id), array_agg(ref ORDER BY id) FROM customer
SELECT ARRAY(SELECT email FROM customer ORDER BY id)
SELECT array_agg(DISTINCT email) IS NULL FROM invoice WHERE false
SELECT unnest(array_agg(email)) FROM customer
SELECT id, ARRAY[email] FROM customer ORDER BY id
SELECT cardinality(tags), array_length(tags, 1) FROM customer ORDER BY id
SELECT id, tags FROM customer ORDER BY id

-- views
SELECT * FROM contact
SELECT number, mail FROM contact WHERE mail = «text:ada@x.org»
SELECT * FROM contact_of_contact
SELECT a, b FROM contact_of_contact WHERE b IN («text:ada@x.org», «text:bob@x.org»)
SELECT v.b, i.card FROM contact_of_contact v JOIN invoice i ON i.email = v.b

-- inheritance and partitions
SELECT id, name FROM person
SELECT id, name FROM ONLY person
SELECT id, name FROM person WHERE name = «text:Ada»
SELECT * FROM student
SELECT p.tableoid::regclass::text, p.name FROM person p ORDER BY p.id
SELECT * FROM event
SELECT id, email, body FROM event WHERE year = «int4:1» AND email = «text:ada@x.org»
SELECT * FROM event_2
SELECT email FROM event_1 UNION ALL SELECT email FROM event_2

-- quoted identifiers
SELECT "Id", "E-Mail" FROM "Mixed Case" WHERE "E-Mail" = «text:ada@x.org»
SELECT m."E-Mail" FROM public."Mixed Case" AS m

-- search_path
-- together
SET LOCAL search_path = pg_catalog
SELECT email FROM public.customer WHERE id = 1

-- zero columns, zero rows, literals only
SELECT FROM customer
SELECT email FROM customer WHERE false
SELECT 1 AS one, email, 'x' AS lit, NULL AS nothing FROM customer ORDER BY id
SELECT «text:par», email FROM customer ORDER BY id
SELECT id, email, id + 1 AS next, note || '!' AS loud FROM customer ORDER BY id

-- whole rows that hold nothing protected
SELECT p::text FROM plain p
SELECT row_to_json(p) FROM plain p
SELECT c.id, p::text FROM customer c JOIN plain p ON p.id = c.id

-- functional notation
SELECT email(c) FROM customer c WHERE c.id = 1
SELECT (c).email, (c).name FROM customer c WHERE c.id = 1

-- functions over what is plain beside what is protected
SELECT upper(note), email, length(note), now() IS NOT NULL FROM customer WHERE note LIKE «text:f%» ORDER BY note
SELECT id, name FROM customer WHERE n BETWEEN «int4:1» AND «int4:3» ORDER BY n DESC
SELECT id, email FROM customer WHERE made < now() ORDER BY note NULLS FIRST, id

-- a name that is one of a type or a function
SELECT i.due AS date, i.card AS text FROM invoice i
SELECT email "select", name "from" FROM customer

-- the same column more than once
SELECT email, email, email AS again FROM customer WHERE email = «text:ada@x.org» OR email = «text:bob@x.org»

-- row constructors
SELECT id FROM customer WHERE (email, level) = («text:ada@x.org», «int4:42»)
SELECT id FROM customer WHERE ROW(email, born) = ROW(«text:ada@x.org», «date:1987-06-05»)
SELECT id FROM customer WHERE (email, level) <> («text:ada@x.org», «int4:42»)
SELECT id FROM customer WHERE (email, n) IN ((«text:ada@x.org», 1), («text:bob@x.org», 2))
SELECT id FROM customer WHERE (email, level) IS NOT DISTINCT FROM («text:ada@x.org», «int4:42»)
SELECT id FROM customer WHERE (email, name) IS NULL
SELECT id FROM customer WHERE (id, n) < (3, 3) ORDER BY id

-- DISTINCT ON within another query sorts by its own keys
SELECT id FROM (SELECT DISTINCT ON (email) id, email, total FROM invoice ORDER BY email, total DESC NULLS LAST) q ORDER BY id
SELECT id, email FROM invoice WHERE id IN (SELECT DISTINCT ON (email) id FROM invoice ORDER BY email, id DESC)
SELECT q.email, q.total FROM (SELECT DISTINCT ON (i.email) i.* FROM invoice i ORDER BY i.email DESC, i.id) q
WITH last AS (SELECT DISTINCT ON (email, place) email, place, id FROM invoice ORDER BY email, place, id DESC) SELECT * FROM last WHERE email = «text:ada@x.org»
WITH last AS (SELECT DISTINCT ON (email) email, id FROM invoice ORDER BY email NULLS FIRST, id DESC) SELECT c.id, last.id FROM customer c LEFT JOIN last USING (email)
SELECT c.id, (SELECT count(*) FROM (SELECT DISTINCT ON (email) email FROM invoice ORDER BY email, id) q WHERE q.email = c.email) FROM customer c
SELECT email, id FROM customer c WHERE EXISTS (SELECT DISTINCT ON (i.email) 1 FROM invoice i WHERE i.email = c.email ORDER BY i.email, i.id)

-- where the order shows, or rows are left out by it
-- refused
SELECT DISTINCT ON (email) email, id FROM invoice ORDER BY email, id

-- where rows are left out by it
-- refused
SELECT id FROM (SELECT DISTINCT ON (email) id FROM invoice ORDER BY email, id LIMIT 1) q

-- another key than those of DISTINCT ON
-- refused
SELECT id FROM (SELECT DISTINCT ON (place) id FROM invoice ORDER BY place, email) q

-- by a randomized column
-- refused
SELECT id FROM (SELECT DISTINCT ON (card) id FROM invoice ORDER BY card, id) q
