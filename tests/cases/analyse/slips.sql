# More than a protected column can take, and places that say nothing of a parameter

INSERT INTO orders (id, customer_email) SELECT (json_each_text('{"1":"secret!"}')).*
=> refuse unknown-shape at: SELECT ( json_each_text ( ‹constant› ) ) . …
=> message: the columns of this result cannot be counted

INSERT INTO orders SELECT (r).* FROM (SELECT ROW(1, 2, 'secret!') AS r) q
=> refuse unknown-shape at: SELECT ( r ) . * FROM ( …
=> message: the columns of this result cannot be counted

INSERT INTO orders (id, customer_email) VALUES (1, 'secret!', 'secret!')
=> refuse unreadable-statement at: VALUES ( ‹constant› , ‹constant› , ‹constant› )
=> message: INSERT has more expressions than target columns

INSERT INTO orders (id, customer_email) SELECT 1, 'secret!', 'secret!'
=> refuse unreadable-statement at: SELECT ‹constant› , ‹constant› , ‹constant›
=> message: INSERT has more expressions than target columns

UPDATE orders SET (id, customer_email) = (SELECT 1, 'secret!', 'secret!')
=> refuse unreadable-statement at: ( SELECT ‹constant› , ‹constant› , ‹constant› )
=> message: INSERT has more expressions than target columns

@before PREPARE p (text) AS SELECT id FROM customers WHERE email = $1
EXECUTE p ('secret!', 'secret!')
=> refuse unreadable-statement at: ‹constant›
=> message: wrong number of parameters for prepared statement

SELECT id FROM customers WHERE $1 IS NULL OR email = $1
=> plan
=> text: SELECT id FROM public.customers WHERE $1 IS NULL OR email = $1
=> $1: the client's $1, sealed to match public.customers.email
=> rows: kept

SELECT id FROM customers WHERE ($1::text IS NULL OR email = $1)
=> plan
=> text: SELECT id FROM public.customers WHERE ($1::text IS NULL OR email = $2)
=> $1: the client's $1, sealed to match public.customers.email, cast to text
=> $2: the client's $1, sealed to match public.customers.email
=> rows: kept

SELECT $1, id FROM customers WHERE email = $1
=> plan
=> text: SELECT $2, id FROM public.customers WHERE email = $1
=> $1: the client's $1, sealed to match public.customers.email
=> $2: the client's $1, sealed as public.customers.email
=> rows: opened public.customers.email (expression), kept

SELECT id FROM customers WHERE email = $1 OR $1 = 'all'
=> plan
=> text: SELECT id FROM public.customers WHERE email = $1 OR $1 = ‹sealed to match public.customers.email›
=> $1: the client's $1, sealed to match public.customers.email
=> rows: kept

SELECT id FROM customers WHERE email = $1 OR notes = $1
=> plan
=> text: SELECT id FROM public.customers WHERE email = $1 OR notes = $2
=> $1: the client's $1, sealed to match public.customers.email
=> $2: the client's $1, kept
=> rows: kept

UPDATE customers SET name = CASE WHEN $1 = 'x' THEN name ELSE $1 END
=> refuse equality-on-randomized at: $1 = ‹constant›
=> message: protected column public.customers.name is randomized, so that equal values cannot be found

CREATE TABLE copied (LIKE customers)
=> refuse alter-protected at: CREATE TABLE copied ( LIKE customers )
=> message: a table LIKE it is not possible on a protected column

CREATE FUNCTION reach (text) RETURNS int LANGUAGE sql AS 'SELECT id FROM customers WHERE email = $1'
=> refuse undeclared-function at: CREATE FUNCTION reach ( text ) RETURNS int …
=> message: function reach could reach protected columns

CREATE FUNCTION reach () RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM email FROM customers; RETURN new; END'
=> plan
