# FROM: joins, subqueries, CTEs, set operations

SELECT c.email, o.note FROM customers c JOIN orders o ON c.email = o.customer_email
=> plan
=> text: SELECT c.email, o.note FROM public.customers c JOIN public.orders o ON c.email = o.customer_email
=> rows: opened public.customers.email, kept

SELECT c.email FROM customers c JOIN orders o ON c.id = o.customer_id WHERE o.card IS NOT NULL
=> plan
=> text: SELECT c.email FROM public.customers c JOIN public.orders o ON c.id = o.customer_id WHERE o.card IS NOT NULL
=> rows: opened public.customers.email

SELECT c.email FROM customers c JOIN leads l ON c.email = l.email
=> refuse cross-domain at: c . email = l . email
=> message: protected column public.customers.email meets a protected value of another domain, mode or type

SELECT c.name FROM customers c JOIN leads l ON c.name = l.name
=> refuse equality-on-randomized at: c . name = l . name
=> message: protected column public.customers.name is randomized, so that equal values cannot be found

SELECT c.email FROM customers c JOIN notes n ON c.email = n.email
=> refuse mixed-with-plain at: c . email = n . email
=> message: protected column public.customers.email meets a value that is not protected

SELECT * FROM customers c JOIN notes n ON c.id = n.id
=> plan
=> text: SELECT * FROM public.customers c JOIN notes n ON c.id = n.id
=> rows: kept, opened public.customers.email, opened public.customers.name, opened public.customers.phone, opened public.customers.born, opened public.customers.hired, opened public.customers.level, opened public.customers.score, opened public.customers.balance, opened public.customers.data, opened public.customers.active, opened public.customers.photo, opened public.customers.labels, kept, kept, kept …

SELECT * FROM notes n, countries t, customers c
=> plan
=> text: SELECT * FROM notes n, countries t, public.customers c
=> rows: kept, kept, kept, kept, kept, kept, opened public.customers.email, opened public.customers.name, opened public.customers.phone, opened public.customers.born, opened public.customers.hired, opened public.customers.level, opened public.customers.score, opened public.customers.balance, opened public.customers.data, opened public.customers.active, opened public.customers.photo, opened public.customers.labels, kept, kept

SELECT * FROM notes n, unknown_table t, customers c
=> refuse unknown-shape at: SELECT * FROM notes n , unknown_table t …
=> message: the columns of this result cannot be counted

SELECT c.email, n.* FROM customers c, unknown_table n
=> plan
=> text: SELECT c.email, n.* FROM public.customers c, unknown_table n
=> rows: opened public.customers.email, kept …

SELECT n.*, m.*, c.email FROM unknown_one n, unknown_two m, customers c
=> refuse unknown-shape at: SELECT n . * , m . * …
=> message: the columns of this result cannot be counted

SELECT email FROM customers JOIN people USING (email)
=> plan
=> text: SELECT email FROM public.customers JOIN public.people USING (email)
=> rows: opened public.customers.email

SELECT email FROM customers LEFT JOIN people USING (email)
=> plan
=> text: SELECT email FROM public.customers LEFT JOIN public.people USING (email)
=> rows: opened public.customers.email

SELECT email FROM customers FULL JOIN people USING (email)
=> plan
=> text: SELECT email FROM public.customers FULL JOIN public.people USING (email)
=> rows: opened public.customers.email (expression)

SELECT * FROM people JOIN people_2024 USING (id, email)
=> plan
=> text: SELECT * FROM public.people JOIN public.people_2024 USING (id, email)
=> rows: kept, opened public.people.email, kept, kept

SELECT email FROM customers JOIN leads USING (email)
=> refuse cross-domain at: customers JOIN leads USING ( email )
=> message: protected column public.customers.email meets a protected value of another domain, mode or type

SELECT email FROM customers JOIN leads USING (name)
=> refuse equality-on-randomized at: customers JOIN leads USING ( name )
=> message: protected column public.customers.name is randomized, so that equal values cannot be found

SELECT email FROM customers JOIN notes USING (email)
=> refuse mixed-with-plain at: customers JOIN notes USING ( email )
=> message: protected column public.customers.email meets a value that is not protected

SELECT id FROM customers JOIN notes USING (id)
=> plan
=> text: SELECT id FROM public.customers JOIN notes USING (id)
=> rows: kept

SELECT j.email FROM customers JOIN people USING (email) AS j
=> plan
=> text: SELECT j.email FROM public.customers JOIN public.people USING (email) AS j
=> rows: opened public.customers.email

SELECT email FROM people NATURAL JOIN people_2024
=> plan
=> text: SELECT email FROM public.people NATURAL JOIN public.people_2024
=> rows: opened public.people.email

SELECT id FROM customers NATURAL JOIN leads
=> refuse cross-domain at: customers NATURAL JOIN leads
=> message: protected column public.customers.email meets a protected value of another domain, mode or type

SELECT id FROM customers NATURAL JOIN notes
=> refuse natural-join at: customers NATURAL JOIN notes
=> message: NATURAL JOIN could match protected column public.customers.email with a column that is not protected

SELECT x.mail FROM (SELECT email AS mail FROM customers) x WHERE x.mail = 'a'
=> plan
=> text: SELECT x.mail FROM (SELECT email AS mail FROM public.customers) x WHERE x.mail = ‹sealed to match public.customers.email›
=> rows: opened public.customers.email

SELECT mail FROM (SELECT email FROM customers) x (mail) WHERE mail = $1
=> plan
=> text: SELECT mail FROM (SELECT email FROM public.customers) x (mail) WHERE mail = $1
=> $1: the client's $1, sealed to match public.customers.email
=> rows: opened public.customers.email
=> sent after a look at the shape: order decides which value goes where

SELECT * FROM (SELECT id, email FROM customers) x
=> plan
=> text: SELECT * FROM (SELECT id, email FROM public.customers) x
=> rows: kept, opened public.customers.email

SELECT * FROM (SELECT * FROM customers) x WHERE x.email = 'a' AND x.notes = 'b'
=> plan
=> text: SELECT * FROM (SELECT * FROM public.customers) x WHERE x.email = ‹sealed to match public.customers.email› AND x.notes = 'b'
=> rows: kept, opened public.customers.email, opened public.customers.name, opened public.customers.phone, opened public.customers.born, opened public.customers.hired, opened public.customers.level, opened public.customers.score, opened public.customers.balance, opened public.customers.data, opened public.customers.active, opened public.customers.photo, opened public.customers.labels, kept, kept

SELECT s.v FROM (SELECT 'x' AS v) s, customers c WHERE c.email = s.v
=> plan
=> text: SELECT s.v FROM (SELECT ‹sealed as public.customers.email given as text› AS v) s, public.customers c WHERE c.email = s.v
=> rows: opened public.customers.email (expression)

SELECT s.v || 'y' FROM (SELECT 'x' AS v) s, customers c WHERE c.email = s.v
=> plan
=> text: SELECT s.v || ‹sealed as public.customers.email given as text› FROM (SELECT ‹sealed as public.customers.email given as text› AS v) s, public.customers c WHERE c.email = s.v
=> rows: text opened of public.customers.email

SELECT c.id FROM customers c JOIN (VALUES ('a'), ('b')) AS v (e) ON c.email = v.e
=> plan
=> text: SELECT c.id FROM public.customers c JOIN (VALUES (‹sealed to match public.customers.email given as text›), (‹sealed to match public.customers.email given as text›)) AS v (e) ON c.email = v.e
=> rows: kept

SELECT c.id FROM customers c JOIN (VALUES ($1, 1), ($2, 2)) AS v (e, n) ON c.email = v.e ORDER BY v.n
=> plan
=> text: SELECT c.id FROM public.customers c JOIN (VALUES ($1, 1), ($2, 2)) AS v (e, n) ON c.email = v.e ORDER BY v.n
=> $1: the client's $1, sealed to match public.customers.email given as text
=> $2: the client's $2, sealed to match public.customers.email given as text
=> rows: kept

SELECT c.id FROM customers c JOIN (VALUES ('a'), (now()::text)) AS v (e) ON c.email = v.e
=> refuse mixed-with-plain at: now ( ) :: text
=> message: protected column public.customers.email meets a value that is not protected

SELECT c.id FROM customers c JOIN unnest($1::text[]) AS u (e) ON c.email = u.e
=> plan
=> text: SELECT c.id FROM public.customers c JOIN unnest($1::text[]) AS u (e) ON c.email = u.e
=> $1: the client's $1, sealed to match public.customers.email element by element, cast to text[]
=> rows: kept

SELECT c.id FROM customers c JOIN unnest($1::text[]) AS u ON c.email = u
=> plan
=> text: SELECT c.id FROM public.customers c JOIN unnest($1::text[]) AS u ON c.email = u
=> $1: the client's $1, sealed to match public.customers.email element by element, cast to text[]
=> rows: kept

SELECT c.id FROM customers c, unnest(ARRAY['a', 'b']) WITH ORDINALITY AS u (e, n) WHERE c.email = u.e
=> plan
=> text: SELECT c.id FROM public.customers c, unnest(ARRAY[‹sealed to match public.customers.email given as text›, ‹sealed to match public.customers.email given as text›]) WITH ORDINALITY AS u (e, n) WHERE c.email = u.e
=> rows: kept

SELECT c.id, g FROM customers c, generate_series(1, 3) g
=> plan
=> text: SELECT c.id, g FROM public.customers c, generate_series(1, 3) g
=> rows: kept, kept

SELECT l.email FROM customers c, LATERAL (SELECT c.email) l
=> plan
=> text: SELECT l.email FROM public.customers c, LATERAL (SELECT c.email) l
=> rows: opened public.customers.email

SELECT l.x FROM customers c, LATERAL (SELECT o.customer_email AS x FROM orders o WHERE o.customer_email = c.email LIMIT 1) l
=> plan
=> text: SELECT l.x FROM public.customers c, LATERAL (SELECT o.customer_email AS x FROM public.orders o WHERE o.customer_email = c.email LIMIT 1) l
=> rows: opened public.orders.customer_email

SELECT x.email FROM customers c, (SELECT c.email) x
=> refuse missing-from at: c . email
=> message: missing FROM-clause entry for table "c"

WITH x AS (SELECT email FROM customers) SELECT * FROM x WHERE email = 'a'
=> plan
=> text: WITH x AS (SELECT email FROM public.customers) SELECT * FROM x WHERE email = ‹sealed to match public.customers.email›
=> rows: opened public.customers.email

WITH x (mail) AS (SELECT email FROM customers) SELECT mail FROM x
=> plan
=> text: WITH x (mail) AS (SELECT email FROM public.customers) SELECT mail FROM x
=> rows: opened public.customers.email
=> sent after a look at the shape: order decides which value goes where

WITH x AS MATERIALIZED (SELECT email FROM customers) SELECT email FROM x
=> plan
=> text: WITH x AS MATERIALIZED (SELECT email FROM public.customers) SELECT email FROM x
=> rows: opened public.customers.email

WITH customers AS (SELECT 'x' AS email) SELECT email FROM customers WHERE email = 'a'
=> clear

WITH customers AS (SELECT * FROM public.customers) SELECT email FROM customers
=> plan
=> rows: opened public.customers.email

WITH customers AS (SELECT * FROM customers) SELECT email FROM customers
=> plan
=> text: WITH customers AS (SELECT * FROM public.customers) SELECT email FROM customers
=> rows: opened public.customers.email

WITH RECURSIVE t AS (SELECT email, 1 AS n FROM customers UNION ALL SELECT email, n + 1 FROM t WHERE n < 3) SELECT * FROM t
=> plan
=> text: WITH RECURSIVE t AS (SELECT email, 1 AS n FROM public.customers UNION ALL SELECT email, n + 1 FROM t WHERE n < 3) SELECT * FROM t
=> rows: opened public.customers.email (expression), kept

WITH RECURSIVE t AS (SELECT id, name FROM customers UNION SELECT id, name FROM t) SELECT * FROM t
=> refuse grouping-on-randomized at: t AS ( SELECT id , name FROM …
=> message: protected column public.customers.name is randomized, so that equal values cannot be brought together

WITH RECURSIVE t (e) AS (SELECT email FROM customers WHERE email = 'a' UNION SELECT o.customer_email FROM orders o JOIN t ON o.customer_email = t.e) SELECT e FROM t
=> plan
=> text: WITH RECURSIVE t (e) AS (SELECT email FROM public.customers WHERE email = ‹sealed to match public.customers.email› UNION SELECT o.customer_email FROM public.orders o JOIN t ON o.customer_email = t.e) SELECT e FROM t
=> rows: opened public.customers.email (expression)

WITH RECURSIVE a AS (SELECT * FROM customers), customers AS (SELECT 1 AS email) SELECT * FROM a
=> refuse not-understood at: customers
=> message: a common table expression before its own shape is known is not supported in a statement that touches protected columns

WITH x AS (INSERT INTO customers (email) VALUES ('a') RETURNING id, email) SELECT * FROM x
=> plan
=> text: WITH x AS (INSERT INTO public.customers (email) VALUES (‹sealed as public.customers.email›) RETURNING id, email) SELECT * FROM x
=> rows: kept, opened public.customers.email

WITH x AS (DELETE FROM customers WHERE email = $1 RETURNING *) SELECT x.email, x.id FROM x
=> plan
=> text: WITH x AS (DELETE FROM public.customers WHERE email = $1 RETURNING *) SELECT x.email, x.id FROM x
=> $1: the client's $1, sealed to match public.customers.email
=> rows: opened public.customers.email, kept

WITH x AS (UPDATE customers SET name = $2 WHERE email = $1 RETURNING name) SELECT name FROM x
=> plan
=> text: WITH x AS (UPDATE public.customers SET name = $2 WHERE email = $1 RETURNING name) SELECT name FROM x
=> $1: the client's $1, sealed to match public.customers.email
=> $2: the client's $2, sealed as public.customers.name
=> rows: opened public.customers.name

WITH gone AS (DELETE FROM orders WHERE customer_email = 'a' RETURNING customer_email) INSERT INTO people (email) SELECT customer_email FROM gone
=> plan
=> text: WITH gone AS (DELETE FROM public.orders WHERE customer_email = ‹sealed to match public.orders.customer_email› RETURNING customer_email) INSERT INTO public.people (email) SELECT customer_email FROM gone

WITH x AS (SELECT $1 AS e) SELECT c.id FROM customers c, x WHERE c.email = x.e
=> plan
=> text: WITH x AS (SELECT $1 AS e) SELECT c.id FROM public.customers c, x WHERE c.email = x.e
=> $1: the client's $1, sealed to match public.customers.email given as text
=> rows: kept

WITH x AS (SELECT id FROM notes) SELECT id FROM x
=> clear

SELECT email FROM customers UNION SELECT customer_email FROM orders
=> plan
=> text: SELECT email FROM public.customers UNION SELECT customer_email FROM public.orders
=> rows: opened public.customers.email (expression)

SELECT email FROM customers UNION ALL SELECT customer_email FROM orders
=> plan
=> text: SELECT email FROM public.customers UNION ALL SELECT customer_email FROM public.orders
=> rows: opened public.customers.email (expression)

SELECT email FROM customers UNION SELECT email FROM leads
=> refuse cross-domain at: SELECT email FROM customers UNION SELECT email FROM …
=> message: protected column public.customers.email meets a protected value of another domain, mode or type

SELECT name FROM customers UNION SELECT name FROM leads
=> refuse grouping-on-randomized at: SELECT name FROM customers UNION SELECT name FROM …
=> message: protected column public.customers.name is randomized, so that equal values cannot be brought together

SELECT name FROM customers UNION ALL SELECT name FROM leads
=> plan
=> text: SELECT name FROM public.customers UNION ALL SELECT name FROM public.leads
=> rows: opened public.customers.name (expression)

SELECT name FROM customers EXCEPT ALL SELECT name FROM leads
=> refuse grouping-on-randomized at: SELECT name FROM customers EXCEPT ALL SELECT name …
=> message: protected column public.customers.name is randomized, so that equal values cannot be brought together

SELECT email FROM customers INTERSECT SELECT customer_email FROM orders
=> plan
=> text: SELECT email FROM public.customers INTERSECT SELECT customer_email FROM public.orders
=> rows: opened public.customers.email (expression)

SELECT email FROM customers UNION SELECT 'x'
=> plan
=> text: SELECT email FROM public.customers UNION SELECT ‹sealed as public.customers.email›
=> rows: opened public.customers.email (expression)

SELECT 'x' UNION SELECT email FROM customers
=> plan
=> text: SELECT ‹sealed as public.customers.email› UNION SELECT email FROM public.customers
=> rows: opened public.customers.email (expression)

SELECT $1 UNION ALL SELECT name FROM customers
=> plan
=> text: SELECT $1 UNION ALL SELECT name FROM public.customers
=> $1: the client's $1, sealed beside public.customers.name
=> rows: opened public.customers.name (expression), cast to character varying

SELECT email FROM customers UNION SELECT NULL
=> plan
=> text: SELECT email FROM public.customers UNION SELECT NULL
=> rows: opened public.customers.email (expression)

SELECT email FROM customers UNION SELECT body FROM notes
=> refuse mixed-with-plain at: SELECT email FROM customers UNION SELECT body FROM …
=> message: protected column public.customers.email meets a value that is not protected

SELECT email FROM customers UNION SELECT current_user
=> refuse mixed-with-plain at: SELECT email FROM customers UNION SELECT current_user
=> message: protected column public.customers.email meets a value that is not protected

SELECT email FROM customers UNION SELECT customer_email FROM orders ORDER BY 1
=> refuse order-by-protected at: ‹constant›
=> message: cannot sort by protected column public.customers.email

SELECT id, email FROM customers UNION SELECT id, customer_email FROM orders ORDER BY id
=> plan
=> text: SELECT id, email FROM public.customers UNION SELECT id, customer_email FROM public.orders ORDER BY id
=> rows: kept, opened public.customers.email (expression)

SELECT * FROM notes UNION ALL SELECT id, email, notes FROM customers
=> refuse unknown-shape at: SELECT * FROM notes UNION ALL SELECT id …
=> message: the columns of this result cannot be counted

(SELECT email FROM customers LIMIT 1) UNION ALL (SELECT customer_email FROM orders LIMIT 1)
=> plan
=> text: (SELECT email FROM public.customers LIMIT 1) UNION ALL (SELECT customer_email FROM public.orders LIMIT 1)
=> rows: opened public.customers.email (expression)

SELECT email FROM customer_emails
=> refuse undefined-column at: email
=> message: column "email" does not exist

SELECT mail FROM customer_emails WHERE mail = 'x'
=> plan
=> text: SELECT mail FROM public.customer_emails WHERE mail = ‹sealed to match public.customers.email›
=> rows: opened public.customers.email

SELECT * FROM customer_emails
=> plan
=> text: SELECT * FROM public.customer_emails
=> rows: kept, opened public.customers.email

SELECT email FROM people WHERE year = 2024 AND email = 'x'
=> plan
=> text: SELECT email FROM public.people WHERE year = 2024 AND email = ‹sealed to match public.people.email›
=> rows: opened public.people.email

SELECT email FROM ONLY people
=> plan
=> text: SELECT email FROM ONLY public.people
=> rows: opened public.people.email

SELECT email FROM people_2024 WHERE email = 'x'
=> plan
=> text: SELECT email FROM public.people_2024 WHERE email = ‹sealed to match public.people.email›
=> rows: opened public.people.email

SELECT iban FROM accounts
=> refuse ambiguous-relation at: accounts
=> message: relation name "accounts" could mean more than one relation

SELECT iban FROM crm.accounts WHERE iban = 'x'
=> plan
=> text: SELECT iban FROM crm.accounts WHERE iban = ‹sealed to match crm.accounts.iban›
=> rows: opened crm.accounts.iban

SELECT a.iban FROM crm.accounts a JOIN sales.accounts b ON a.iban = b.iban
=> plan
=> rows: opened crm.accounts.iban

SELECT iban FROM crm.accounts, sales.accounts
=> refuse ambiguous-column at: iban
=> message: column reference "iban" is ambiguous

SELECT email FROM archive.customers
=> clear

SELECT email FROM nosuch.customers
=> refuse unresolved-relation at: nosuch . customers
=> message: relation nosuch.customers is not known, and a protected relation has the same name

SELECT * FROM pg_catalog.pg_class
=> clear

SELECT * FROM information_schema.tables
=> plan
=> rows: sealed DEFAULTs in them are shown opened
=> sent after a look at the shape: order decides which value goes where

@search_path archive
SELECT email FROM customers
=> refuse ambiguous-relation at: customers
=> message: relation name "customers" could mean more than one relation

SELECT email FROM customers a, orders b WHERE a.id = b.customer_id
=> plan
=> text: SELECT email FROM public.customers a, public.orders b WHERE a.id = b.customer_id
=> rows: opened public.customers.email

SELECT id FROM customers a, orders b
=> refuse ambiguous-column at: id
=> message: column reference "id" is ambiguous

SELECT (SELECT email FROM customers LIMIT 1)
=> plan
=> text: SELECT (SELECT email FROM public.customers LIMIT 1)
=> rows: opened public.customers.email (expression)

SELECT (SELECT email FROM customers WHERE id = n.id) FROM notes n
=> plan
=> text: SELECT (SELECT email FROM public.customers WHERE id = n.id) FROM notes n
=> rows: opened public.customers.email (expression)

SELECT n.body, (SELECT c.email FROM customers c WHERE c.email = n.email) FROM notes n
=> refuse mixed-with-plain at: c . email = n . email
=> message: protected column public.customers.email meets a value that is not protected

SELECT id, (SELECT count(*) FROM orders WHERE customer_email = email) FROM customers
=> plan
=> text: SELECT id, (SELECT count(*) FROM public.orders WHERE customer_email = email) FROM public.customers
=> rows: kept, kept

SELECT a.email FROM (customers JOIN orders ON customers.id = orders.customer_id) AS a
=> plan
=> text: SELECT a.email FROM (public.customers JOIN public.orders ON customers.id = orders.customer_id) AS a
=> rows: opened public.customers.email

SELECT x.a FROM (customers JOIN people USING (email)) AS x (a)
=> plan
=> text: SELECT x.a FROM (public.customers JOIN public.people USING (email)) AS x (a)
=> rows: opened public.customers.email
=> sent after a look at the shape: order decides which value goes where

SELECT c.email FROM customers c CROSS JOIN countries
=> plan
=> text: SELECT c.email FROM public.customers c CROSS JOIN countries
=> rows: opened public.customers.email

SELECT c.email FROM customers c LEFT JOIN LATERAL (SELECT 1 AS one FROM orders o WHERE o.customer_email = c.email) q ON true
=> plan
=> text: SELECT c.email FROM public.customers c LEFT JOIN LATERAL (SELECT 1 AS one FROM public.orders o WHERE o.customer_email = c.email) q ON true
=> rows: opened public.customers.email

SELECT * FROM json_to_recordset('[{"email": "x"}]') AS x (email text), customers c WHERE c.email = x.email
=> refuse mixed-with-plain at: c . email = x . email
=> message: protected column public.customers.email meets a value that is not protected

SELECT * FROM ROWS FROM (generate_series(1, 2), unnest(ARRAY['a'])) AS r (n, e), customers c WHERE c.email = r.e
=> refuse mixed-with-plain at: c . email = r . e
=> message: protected column public.customers.email meets a value that is not protected

SELECT * FROM json_table('{}', '$' COLUMNS (email text)) t, customers c WHERE c.id = 1
=> plan
=> text: SELECT * FROM json_table('{}', '$' COLUMNS (email text)) t, public.customers c WHERE c.id = 1
=> rows: kept, kept, opened public.customers.email, opened public.customers.name, opened public.customers.phone, opened public.customers.born, opened public.customers.hired, opened public.customers.level, opened public.customers.score, opened public.customers.balance, opened public.customers.data, opened public.customers.active, opened public.customers.photo, opened public.customers.labels, kept, kept

# ON sees the two sides of its join, and then what is around the query: no other item of FROM

SELECT 1 FROM customers a WHERE EXISTS (SELECT 1 FROM notes a, countries b JOIN countries c ON a.email = 'secret!')
=> plan
=> text: SELECT 1 FROM public.customers a WHERE EXISTS (SELECT 1 FROM notes a, countries b JOIN countries c ON a.email = ‹sealed to match public.customers.email›)
=> rows: kept

SELECT 1 FROM customers a WHERE EXISTS (SELECT 1 FROM notes a JOIN (countries b JOIN countries c ON a.email = 'secret!') ON true)
=> plan
=> text: SELECT 1 FROM public.customers a WHERE EXISTS (SELECT 1 FROM notes a JOIN (countries b JOIN countries c ON a.email = ‹sealed to match public.customers.email›) ON true)
=> rows: kept

SELECT 1 FROM customers a WHERE EXISTS (SELECT 1 FROM notes a, countries b JOIN countries c ON EXISTS (SELECT 1 WHERE a.email = 'secret!'))
=> plan
=> text: SELECT 1 FROM public.customers a WHERE EXISTS (SELECT 1 FROM notes a, countries b JOIN countries c ON EXISTS (SELECT 1 WHERE a.email = ‹sealed to match public.customers.email›))
=> rows: kept

SELECT (SELECT count(*) FROM notes a, (countries b JOIN countries c ON a.email = 'secret!')) FROM customers a
=> plan
=> text: SELECT (SELECT count(*) FROM notes a, (countries b JOIN countries c ON a.email = ‹sealed to match public.customers.email›)) FROM public.customers a
=> rows: kept

WITH w AS (SELECT email FROM customers) SELECT 1 FROM notes n JOIN notes m ON EXISTS (SELECT 1 FROM w WHERE w.email = 'secret!')
=> plan
=> text: WITH w AS (SELECT email FROM public.customers) SELECT 1 FROM notes n JOIN notes m ON EXISTS (SELECT 1 FROM w WHERE w.email = ‹sealed to match public.customers.email›)
=> rows: kept
