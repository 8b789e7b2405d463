# Constants that are more than one token, and what such a rule must not let through

SELECT id FROM customers WHERE email = 'sec' || 'ret!'
=> plan
=> text: SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email given as text›
=> rows: kept

SELECT id FROM customers WHERE email = ('sec' || ('r' || E'e\x74') || $$!$$)::varchar
=> plan
=> text: SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email given as text, cast to character varying›
=> rows: kept

SELECT id FROM customers WHERE email = 'secret!' || notes
=> refuse mixed-with-plain at: email = ‹constant› || notes
=> message: protected column public.customers.email meets a value that is not protected

SELECT id FROM customers WHERE email = 'secret!' || 'x' || notes
=> refuse mixed-with-plain at: email = ‹constant› || ‹constant› || notes
=> message: protected column public.customers.email meets a value that is not protected

SELECT id FROM customers WHERE notes || 'x' = email || 'secret!'
=> refuse mixed-with-plain at: notes || ‹constant› = email || ‹constant›
=> message: protected column public.customers.email meets a value that is not protected

SELECT id FROM customers WHERE email = 'secret!' || $1
=> plan
=> text: SELECT id FROM public.customers WHERE email = $1::text
=> $1: the client's $1, sealed to match public.customers.email given as text, behind the text that stands before it
=> rows: kept

SELECT id FROM customers WHERE email = 'secret!' OPERATOR(public.||) 'x'
=> refuse mixed-with-plain at: email = ‹constant› OPERATOR ( public . || …
=> message: protected column public.customers.email meets a value that is not protected

SELECT id FROM customers WHERE email = 'secret!'::varchar(3) || 'x'
=> refuse mixed-with-plain at: email = ‹constant› :: varchar ( ‹constant› ) …
=> message: protected column public.customers.email meets a value that is not protected

SELECT id FROM customers WHERE email = 'sec' || 5
=> refuse mixed-with-plain at: email = ‹constant› || ‹constant›
=> message: protected column public.customers.email meets a value that is not protected

SELECT id FROM customers WHERE notes = 'sec' || 'ret!'
=> plan
=> text: SELECT id FROM public.customers WHERE notes = 'sec' || 'ret!'
=> rows: kept

SELECT id FROM customers WHERE name LIKE 'sec' || '%'
=> refuse pattern-on-protected at: name LIKE ‹constant› || ‹constant›
=> message: cannot match a pattern on protected column public.customers.name

INSERT INTO customers (name) VALUES ('sec' || 'ret!' || lower('X'))
=> plan
=> text: INSERT INTO public.customers (name) VALUES (‹sealed as public.customers.name given as text, lower, behind the text that stands before it›)

UPDATE customers SET name = 'sec' || 'ret!', notes = 'a' || 'b'
=> plan
=> text: UPDATE public.customers SET name = ‹sealed as public.customers.name given as text›, notes = 'a' || 'b'

SELECT id, 'sec' || 'ret!' FROM customers
=> plan
=> text: SELECT id, 'sec' || 'ret!' FROM public.customers
=> rows: kept, kept

SELECT query_to_xml('SELECT email FROM ' || 'customers', true, true, '')
=> refuse dynamic-sql at: query_to_xml ( ‹constant› || ‹constant› , true , …
=> message: SQL text that the server runs could reach protected columns

SELECT id FROM customers WHERE hired = date('2020-01-01')
=> plan
=> text: SELECT id FROM public.customers WHERE hired = ‹sealed to match public.customers.hired, cast to date›
=> rows: kept

SELECT id FROM customers WHERE hired = pg_catalog.date('2020-01-01')
=> plan
=> text: SELECT id FROM public.customers WHERE hired = ‹sealed to match public.customers.hired, cast to date›
=> rows: kept

SELECT id FROM customers WHERE hired = public.date('2020-01-01')
=> refuse mixed-with-plain at: hired = public . date ( ‹constant› )
=> message: protected column public.customers.hired meets a value that is not protected

SELECT id FROM customers WHERE hired = date('2020-01-01', 'x')
=> refuse mixed-with-plain at: hired = date ( ‹constant› , ‹constant› )
=> message: protected column public.customers.hired meets a value that is not protected

SELECT id FROM customers WHERE hired = date(VARIADIC '2020-01-01')
=> refuse mixed-with-plain at: hired = date ( VARIADIC ‹constant› )
=> message: protected column public.customers.hired meets a value that is not protected

SELECT id FROM customers WHERE hired = date(notes)
=> refuse mixed-with-plain at: hired = date ( notes )
=> message: protected column public.customers.hired meets a value that is not protected

SELECT id FROM customers WHERE email = text($1)
=> plan
=> text: SELECT id FROM public.customers WHERE email = $1::text
=> $1: the client's $1, sealed to match public.customers.email, cast to text
=> rows: kept

SELECT id FROM customers WHERE hired = date($1)
=> plan
=> text: SELECT id FROM public.customers WHERE hired = $1::text
=> $1: the client's $1, sealed to match public.customers.hired given as timestamp with time zone, cast to date
=> rows: kept

SELECT id FROM customers WHERE level = int4(lower('secret!'))
=> refuse cast-of-protected at: int4 ( lower ( ‹constant› ) )
=> message: this cast cannot be applied to protected column public.customers.level

SELECT id FROM customers WHERE email = name('secret!')
=> refuse mixed-with-plain at: email = name ( ‹constant› )
=> message: protected column public.customers.email meets a value that is not protected

SELECT id FROM customers WHERE email = "DATE"('secret!')
=> refuse mixed-with-plain at: email = "DATE" ( ‹constant› )
=> message: protected column public.customers.email meets a value that is not protected

SELECT date(hired), text(email) FROM customers
=> plan
=> text: SELECT (hired) AS date , (email)  AS text FROM public.customers
=> rows: opened public.customers.hired, cast to date, opened public.customers.email, cast to text

SELECT jsonb(data) FROM customers
=> plan
=> text: SELECT CAST(data AS jsonb)  AS jsonb FROM public.customers
=> rows: opened public.customers.data, cast to jsonb

@before CREATE FUNCTION date (text) RETURNS date LANGUAGE plpgsql AS 'BEGIN EXECUTE $1; END'
SELECT id FROM customers WHERE hired = date('secret!')
=> refuse undeclared-function at: date ( ‹constant› )
=> message: function date could reach protected columns

SELECT id FROM customers WHERE level = - - - 5
=> plan
=> text: SELECT id FROM public.customers WHERE level = ‹minus a constant, sealed to match public.customers.level given as integer›
=> rows: kept

SELECT id FROM customers WHERE level = -(+(-5))
=> plan
=> text: SELECT id FROM public.customers WHERE level = ‹sealed to match public.customers.level given as integer›
=> rows: kept

SELECT id FROM customers WHERE level = -(5 + 1)
=> refuse mixed-with-plain at: level = - ( ‹constant› + ‹constant› )
=> message: protected column public.customers.level meets a value that is not protected

SELECT id FROM customers WHERE level = -5::int8
=> plan
=> text: SELECT id FROM public.customers WHERE level = ‹minus a constant, sealed to match public.customers.level given as integer, cast to bigint›
=> rows: kept

SELECT id FROM customers WHERE level = -'5'
=> refuse mixed-with-plain at: level = - ‹constant›
=> message: protected column public.customers.level meets a value that is not protected

SELECT id FROM customers WHERE level = 7 - -5
=> refuse mixed-with-plain at: level = ‹constant› - - ‹constant›
=> message: protected column public.customers.level meets a value that is not protected

SELECT id FROM customers WHERE labels = ARRAY['secret!', notes]
=> refuse mixed-with-plain at: ARRAY [ ‹constant› , notes ]
=> message: protected column public.customers.labels meets a value that is not protected

SELECT id FROM customers WHERE labels = ARRAY[['secret!']]
=> refuse composite-result at: labels = ARRAY [ [ ‹constant› ] ]
=> message: protected column public.customers.labels cannot stand in a row, a nested array, a document or a composed text here

SELECT id FROM customers WHERE labels = ARRAY['secret!'] || ARRAY['x']
=> refuse mixed-with-plain at: labels = ARRAY [ ‹constant› ] || ARRAY …
=> message: protected column public.customers.labels meets a value that is not protected

SELECT id FROM customers WHERE array_append(labels, 'secret!') IS NULL
=> plan
=> text: SELECT id FROM public.customers WHERE array_append(labels, ‹sealed as public.customers.labels as one element›) IS NULL
=> rows: kept

SELECT id FROM customers WHERE labels @> ARRAY[notes]
=> refuse mixed-with-plain at: ARRAY [ notes ]
=> message: protected column public.customers.labels meets a value that is not protected

SELECT id FROM customers WHERE labels && ARRAY['secret!', $1]
=> plan
=> text: SELECT id FROM public.customers WHERE labels && ARRAY[‹sealed to match public.customers.labels as one element given as text›, $1]
=> $1: the client's $1, sealed to match public.customers.labels as one element given as text
=> rows: kept

SELECT id FROM customers WHERE notes::text[] @> ARRAY['x'] AND email = 'secret!'
=> plan
=> text: SELECT id FROM public.customers WHERE notes::text[] @> ARRAY['x'] AND email = ‹sealed to match public.customers.email›
=> rows: kept

SELECT id FROM customers WHERE labels[1] = 'secret!'
=> plan
=> text: SELECT id FROM public.customers WHERE labels[1] = ‹sealed to match public.customers.labels as one element›
=> rows: kept

SELECT id FROM customers WHERE labels[1] LIKE 'secret!'
=> refuse pattern-on-protected at: labels [ ‹constant› ] LIKE ‹constant›
=> message: cannot match a pattern on protected column public.customers.labels

SELECT id FROM customers WHERE labels[1] = email
=> refuse composite-result at: labels [ ‹constant› ] = email
=> message: protected column public.customers.labels cannot stand in a row, a nested array, a document or a composed text here

SELECT id FROM customers WHERE labels[1:2] = '{secret!}'
=> refuse subscript-of-protected at: labels [ ‹constant› : ‹constant› ]
=> message: cannot take a part of protected column public.customers.labels

SELECT labels[1] || 'x' FROM customers
=> refuse operator-on-protected at: labels [ ‹constant› ] || ‹constant›
=> message: operator || cannot be applied to protected column public.customers.labels

SELECT unnest(labels), unnest(labels)::varchar FROM customers
=> plan
=> text: SELECT unnest(labels), unnest(labels) FROM public.customers
=> rows: opened public.customers.labels as one element (expression), opened public.customers.labels as one element (expression), cast to character varying

SELECT array_agg(labels) FROM customers
=> refuse composite-result at: SELECT array_agg ( labels ) FROM customers
=> message: protected column public.customers.labels cannot stand in a row, a nested array, a document or a composed text here

SELECT array_agg(l) FROM customers, unnest(labels) AS l
=> plan
=> text: SELECT array_agg(l) FROM public.customers, unnest(labels) AS l
=> rows: opened public.customers.labels (expression)

UPDATE customers SET labels[1] = 'secret!'
=> refuse subscript-of-protected at: labels [ ‹constant› ]
=> message: cannot take a part of protected column public.customers.labels

UPDATE customers SET labels = ARRAY[email]
=> refuse composite-result at: ARRAY [ email ]
=> message: protected column public.customers.email cannot stand in a row, a nested array, a document or a composed text here

UPDATE customers SET email = labels[1]
=> refuse cross-domain at: labels [ ‹constant› ]
=> message: protected column public.customers.email meets a protected value of another domain, mode or type

INSERT INTO orders (note) SELECT labels[1] FROM customers
=> refuse protected-into-plain at: SELECT labels [ ‹constant› ] FROM customers
=> message: protected column public.customers.labels cannot be stored in a column that is not protected

SELECT (c).* FROM customers c, notes
=> refuse subscript-of-protected at: ( c ) . *
=> message: cannot take a part of protected column public.customers.email

SELECT (c).* FROM notes n, LATERAL (SELECT n.body AS c) q, customers c
=> plan
=> text: SELECT (c).* FROM notes n, LATERAL (SELECT n.body AS c) q, public.customers c
=> rows: kept …

INSERT INTO orders (id, customer_email) SELECT (x).* FROM (SELECT 1, 'secret!') AS x
=> plan
=> text: INSERT INTO public.orders (id, customer_email) SELECT (x).* FROM (SELECT 1, ‹sealed as public.orders.customer_email given as text›) AS x

WITH RECURSIVE t AS (WITH x AS (SELECT id, email FROM customers) SELECT id, email FROM x UNION ALL SELECT t.id, t.email FROM t) SELECT * FROM t
=> plan
=> text: WITH RECURSIVE t AS (WITH x AS (SELECT id, email FROM public.customers) SELECT id, email FROM x UNION ALL SELECT t.id, t.email FROM t) SELECT * FROM t
=> rows: kept, opened public.customers.email (expression)

WITH RECURSIVE t AS (WITH t AS (SELECT email FROM customers) SELECT email AS e FROM t UNION ALL SELECT 'secret!' FROM t) SELECT * FROM t
=> plan
=> text: WITH RECURSIVE t AS (WITH t AS (SELECT email FROM public.customers) SELECT email AS e FROM t UNION ALL SELECT ‹sealed as public.customers.email› FROM t) SELECT * FROM t
=> rows: opened public.customers.email (expression)

WITH RECURSIVE t AS (WITH x AS (SELECT * FROM t) SELECT email FROM customers UNION ALL SELECT * FROM x) SELECT * FROM t
=> refuse not-understood at: t
=> message: a common table expression before its own shape is known is not supported in a statement that touches protected columns

SELECT id FROM customers WHERE email = (CASE WHEN id = 1 THEN 'secret!' ELSE 'x' END)::varchar(3)
=> refuse cast-of-protected at: ( CASE WHEN id = ‹constant› THEN ‹constant› …
=> message: this cast cannot be applied to protected column public.customers.email

SELECT id FROM customers WHERE level = (CASE WHEN id = 1 THEN 'secret!' END)::int
=> plan
=> text: SELECT id FROM public.customers WHERE level = (CASE WHEN id = 1 THEN ‹sealed to match public.customers.level given as text, cast to integer› END)
=> rows: kept

SELECT id FROM customers WHERE level = COALESCE($1, '5')::int4
=> plan
=> text: SELECT id FROM public.customers WHERE level = COALESCE($1, ‹sealed to match public.customers.level given as text, cast to integer›)
=> $1: the client's $1, sealed to match public.customers.level given as text, cast to integer
=> rows: kept

# A row by its name and a star, and words that begin no statement

SELECT id FROM customers c WHERE c.* IS NOT NULL
=> plan
=> text: SELECT id FROM public.customers c WHERE c.* IS NOT NULL
=> rows: kept
=> sent after a look at the shape: order decides which value goes where

SELECT id FROM orders o WHERE o.*::text = 'secret!'
=> refuse equality-on-randomized at: o . * :: text = ‹constant›
=> message: protected column public.orders.card is randomized, so that equal values cannot be found

SELECT count(n.*), count(c.*) FROM notes n, customers c
=> plan
=> text: SELECT count(n.*), count(c.*) FROM notes n, public.customers c
=> rows: kept, kept
=> sent after a look at the shape: order decides which value goes where

SELECT id FROM people p WHERE p.* IS DISTINCT FROM ROW(1, 'secret!', 2)
=> plan
=> text: SELECT id FROM public.people p WHERE p.* IS DISTINCT FROM ROW(1, ‹sealed to match public.people.email›, 2)
=> rows: kept
=> sent after a look at the shape: order decides which value goes where

INSERT INTO orders (id, customer_id, customer_email) VALUES ((SELECT 1), notes.*, 'secret!')
=> refuse missing-from at: notes . *
=> message: missing FROM-clause entry for table "notes"

INSERT INTO orders (id, customer_email) SELECT * FROM (SELECT 1 AS a) q, LATERAL (VALUES (q.*, 'secret!')) v
=> refuse unknown-shape at: SELECT * FROM ( SELECT ‹constant› AS a …
=> message: the columns of this result cannot be counted

WITH n AS (SELECT id FROM notes) SELECT v.* FROM n, LATERAL (VALUES (n.*, 'x')) v
=> clear

SELECT row_to_json(c.*) FROM customers c
=> plan
=> text: SELECT row_to_json(c.*) FROM public.customers c
=> rows: JSON of {id: kept, email: opened public.customers.email, name: opened public.customers.name, phone: opened public.customers.phone, born: opened public.customers.born, hired: opened public.customers.hired, level: opened public.customers.level, score: opened public.customers.score, balance: opened public.customers.balance, data: opened public.customers.data, active: opened public.customers.active, photo: opened public.customers.photo, labels: [opened public.customers.labels as one element, …], notes: kept, created_at: kept}
=> sent after a look at the shape: order decides which value goes where

INSERT INTO notes (id, email) VALUES (1, 'execute') ON CONFLICT DO NOTHING
=> clear

INSERT INTO notes (id, body) VALUES (1, 'customers') ON CONFLICT (id) DO UPDATE SET body = excluded.*::text
=> clear

SELECT id FROM notes ORDER BY id OFFSET 5 ROWS FETCH NEXT 10 ROWS ONLY
=> clear

SELECT 1; /* DO */ DO $$ BEGIN PERFORM email FROM customers; END $$
=> clear
=> refuse dynamic-sql at: DO ‹constant›
=> message: SQL text that the server runs could reach protected columns

SELECT 1; -- first
FETCH ALL FROM unknown_cursor
=> clear
=> refuse untracked-cursor at: FETCH ALL FROM unknown_cursor
=> message: this cursor was not declared through pgveil in this session

DO 'BEGIN EXECUTE ''SELECT 1''; END'
=> refuse dynamic-sql at: DO ‹constant›
=> message: SQL text that the server runs could reach protected columns

SELECT ts_rewrite('a', 'a', 'customers'), id FROM customers
=> plan
=> text: SELECT ts_rewrite('a', 'a', 'customers'), id FROM public.customers
=> rows: kept, kept

SELECT ts_rewrite('a'::tsquery, 'SELECT name, email FROM customers')
=> refuse dynamic-sql at: ts_rewrite ( ‹constant› :: tsquery , ‹constant› )
=> message: SQL text that the server runs could reach protected columns

# Functions of constants are evaluated before these are sealed

SELECT id FROM customers WHERE email = lower(trim($1))
=> plan
=> text: SELECT id FROM public.customers WHERE email = $1::text
=> $1: the client's $1, sealed to match public.customers.email given as text, btrim, lower
=> rows: kept

SELECT id FROM customers WHERE email = lower('X') AND notes = lower('X')
=> plan
=> text: SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email given as text, lower› AND notes = lower('X')
=> rows: kept

INSERT INTO customers (email, name) VALUES (lower($1), upper('x'::text))
=> plan
=> text: INSERT INTO public.customers (email, name) VALUES ($1::text, ‹sealed as public.customers.name, cast to text, upper›)
=> $1: the client's $1, sealed as public.customers.email given as text, lower

SELECT id FROM customers WHERE phone = lower('X')::varchar(3)
=> refuse cast-of-protected at: lower ( ‹constant› ) :: varchar ( ‹constant› …
=> message: this cast cannot be applied to protected column public.customers.phone

SELECT id FROM customers WHERE hired = lower('X')
=> refuse cast-of-protected at: lower ( ‹constant› )
=> message: this cast cannot be applied to protected column public.customers.hired

# Casts that pgveil does not evaluate

SELECT id FROM customers WHERE labels = '{a}'::text[][]
=> refuse cast-of-protected at: ‹constant› :: text [ ] [ ]
=> message: this cast cannot be applied to protected column public.customers.labels

SELECT id FROM customers WHERE email = CAST('secret!' AS SETOF text)
=> refuse cast-of-protected at: CAST ( ‹constant› AS SETOF text )
=> message: this cast cannot be applied to protected column public.customers.email

# A number put behind a value

SELECT name || 5::int4 FROM customers
=> refuse type-mismatch at: ‹constant› :: int4
=> message: protected column public.customers.name is of another type than this expression

SELECT name || $1::int4 FROM customers
=> refuse type-mismatch at: $1 :: int4
=> message: protected column public.customers.name is of another type than this expression

SELECT name || $1::int4[] FROM customers
=> refuse type-mismatch at: $1 :: int4 [ ]
=> message: protected column public.customers.name is of another type than this expression

SELECT id FROM customers WHERE email = CAST('1' AS interval year)
=> refuse cast-of-protected at: CAST ( ‹constant› AS interval year )
=> message: this cast cannot be applied to protected column public.customers.email

## Text put to a parameter

SELECT id FROM customers WHERE email = 'a' || $1
=> plan
=> text: SELECT id FROM public.customers WHERE email = $1::text
=> $1: the client's $1, sealed to match public.customers.email given as text, behind the text that stands before it
=> rows: kept

SELECT id FROM customers WHERE email = $1::text || '@x' || '.y'
=> plan
=> text: SELECT id FROM public.customers WHERE email = $1::text
=> $1: the client's $1, sealed to match public.customers.email, cast to text, before the text that stands behind it, before the text that stands behind it
=> rows: kept

INSERT INTO customers (email) VALUES (lower(trim($1)) || '@x.y')
=> plan
=> text: INSERT INTO public.customers (email) VALUES ($1::text)
=> $1: the client's $1, sealed as public.customers.email given as text, btrim, lower, before the text that stands behind it

UPDATE customers SET name = 'Mr. ' || $1 || ' jr.' WHERE email = lower('A' || $2)
=> plan
=> text: UPDATE public.customers SET name = $1::varchar WHERE email = $2::text
=> $1: the client's $1, sealed as public.customers.name given as text, behind the text that stands before it, before the text that stands behind it
=> $2: the client's $2, sealed to match public.customers.email given as text, behind the text that stands before it, lower

SELECT 'a' || $1, email FROM customers
=> plan
=> text: SELECT 'a' || $1, email FROM public.customers
=> rows: kept, opened public.customers.email

SELECT email FROM customers UNION SELECT 'a' || $1
=> plan
=> text: SELECT email FROM public.customers UNION SELECT $1::text  AS "?column?" 
=> $1: the client's $1, sealed as public.customers.email given as text, behind the text that stands before it
=> rows: opened public.customers.email (expression)

INSERT INTO customers (email, phone) VALUES ('a' || $1, $1)
=> plan
=> text: INSERT INTO public.customers (email, phone) VALUES ($1::text, $2)
=> $1: the client's $1, sealed as public.customers.email given as text, behind the text that stands before it
=> $2: the client's $1, sealed as public.customers.phone

INSERT INTO customers (email, notes) VALUES ('a' || $1, $1)
=> plan
=> text: INSERT INTO public.customers (email, notes) VALUES ($1::text, $2)
=> $1: the client's $1, sealed as public.customers.email given as text, behind the text that stands before it
=> $2: the client's $1, kept

INSERT INTO customers (email) VALUES (nullif(trim('a' || $1), ''))
=> plan
=> text: INSERT INTO public.customers (email) VALUES ($1::text)
=> $1: the client's $1, sealed as public.customers.email given as text, behind the text that stands before it, btrim, NULL if empty

SELECT id FROM customers WHERE born = '2000-' || $1
=> refuse equality-on-randomized at: born = ‹constant› || $1
=> message: protected column public.customers.born is randomized, so that equal values cannot be found

SELECT id FROM customers WHERE email = $1 || $2
=> refuse mixed-with-plain at: email = $1 || $2
=> message: protected column public.customers.email meets a value that is not protected

SELECT id FROM customers WHERE email = 'a' || $1::int
=> refuse mixed-with-plain at: email = ‹constant› || $1 :: int
=> message: protected column public.customers.email meets a value that is not protected

SELECT id FROM customers WHERE email = concat('a', $1)
=> refuse mixed-with-plain at: email = concat ( ‹constant› , $1 )
=> message: protected column public.customers.email meets a value that is not protected

SELECT id FROM customers WHERE labels = '{a}' || $1
=> refuse cast-of-protected at: ‹constant› || $1
=> message: this cast cannot be applied to protected column public.customers.labels

SELECT id FROM customers WHERE email = 'a' OPERATOR(pg_catalog.||) $1
=> plan
=> text: SELECT id FROM public.customers WHERE email = $1::text
=> $1: the client's $1, sealed to match public.customers.email given as text, behind the text that stands before it
=> rows: kept

SELECT id FROM customers WHERE email LIKE '%' || $1
=> refuse pattern-on-protected at: email LIKE ‹constant› || $1
=> message: cannot match a pattern on protected column public.customers.email

PREPARE p AS SELECT id FROM customers WHERE email = $1 || '@x.y'
=> plan
=> text: PREPARE p AS SELECT id FROM public.customers WHERE email = $1::text
=> $1: the client's $1, sealed to match public.customers.email given as text, before the text that stands behind it
=> rows: kept

## A sign before a cast

SELECT id FROM customers WHERE level = -32768::int2
=> refuse mixed-with-plain at: level = - ‹constant› :: int2
=> message: protected column public.customers.level meets a value that is not protected

SELECT id FROM customers WHERE level = -32767.5::int2
=> refuse mixed-with-plain at: level = - ‹constant› :: int2
=> message: protected column public.customers.level meets a value that is not protected

SELECT id FROM customers WHERE level = -2147483648::int4
=> refuse mixed-with-plain at: level = - ‹constant› :: int4
=> message: protected column public.customers.level meets a value that is not protected

SELECT id FROM customers WHERE level = (-2147483648)::int4
=> plan
=> text: SELECT id FROM public.customers WHERE level = ‹minus a constant, sealed to match public.customers.level given as bigint, cast to integer›
=> rows: kept

SELECT id FROM customers WHERE level = -32767::int2
=> plan
=> text: SELECT id FROM public.customers WHERE level = ‹minus a constant, sealed to match public.customers.level given as integer, cast to smallint›
=> rows: kept

SELECT id FROM customers WHERE level = - -32768::int2
=> plan
=> text: SELECT id FROM public.customers WHERE level = ‹sealed to match public.customers.level given as integer, cast to smallint›
=> rows: kept
