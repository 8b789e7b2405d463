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

# What PostgreSQL has no type, cast, function or place for

SELECT id FROM customers WHERE email AND id = 1
=> refuse type-mismatch at: email
=> message: protected column public.customers.email is of another type than this expression

SELECT id FROM customers WHERE email = level
=> refuse type-mismatch at: email = level
=> message: operator does not exist: protected column public.customers.email is of another type than this expression

SELECT COALESCE(hired, level) FROM customers
=> refuse type-mismatch at: COALESCE ( hired , level )
=> message: protected column public.customers.hired is of another type than this expression

SELECT hired::int4 FROM customers
=> refuse type-mismatch at: hired :: int4
=> message: cannot cast values of protected column public.customers.hired to this type

SELECT lower(level), email FROM customers
=> refuse type-mismatch at: lower ( level )
=> message: function lower does not exist for values of protected column public.customers.level

SELECT unnest(email) FROM customers
=> refuse type-mismatch at: unnest ( email )
=> message: function unnest does not exist for values of protected column public.customers.email

SELECT (email).x FROM customers
=> refuse type-mismatch at: ( email ) . x
=> message: protected column public.customers.email meets what is no array or row here

SELECT email[1] FROM customers
=> refuse type-mismatch at: email [ ‹constant› ]
=> message: protected column public.customers.email is of another type than this expression

SELECT id FROM customers WHERE email = ANY ('secret!'::text)
=> refuse type-mismatch at: ‹constant› :: text
=> message: protected column public.customers.email meets what is no array or row here

SELECT id FROM customers WHERE (id, email) IN ((1, 'secret!', 2))
=> refuse unreadable-statement at: ( ‹constant› , ‹constant› , ‹constant› )
=> message: unequal number of entries in row expressions

SELECT id FROM customers WHERE email IN (SELECT email, id FROM customers)
=> refuse unreadable-statement at: SELECT email , id FROM customers
=> message: subquery has too many columns

SELECT email FROM customers GROUP BY 2
=> refuse undefined-column at: ‹constant›
=> message: this position is not in the select list

# DISTINCT ON within another query, where its keys stand in ORDER BY as well

SELECT id FROM (SELECT DISTINCT ON (email) id, email FROM customers ORDER BY email, id) q
=> plan
=> text: SELECT id FROM (SELECT DISTINCT ON (email) id, email FROM public.customers ORDER BY email, id) q
=> rows: kept

SELECT DISTINCT ON (email) id, email FROM customers ORDER BY email, id
=> refuse order-by-protected at: email
=> message: cannot sort by protected column public.customers.email

SELECT id FROM (SELECT DISTINCT ON (email) id, email FROM customers ORDER BY email, id LIMIT 1) q
=> refuse order-by-protected at: email
=> message: cannot sort by protected column public.customers.email

SELECT id FROM (SELECT DISTINCT ON (name) id FROM customers ORDER BY name, id) q
=> refuse grouping-on-randomized at: name
=> message: protected column public.customers.name is randomized, so that equal values cannot be brought together

SELECT id FROM customers WHERE email = concat('sec', NULL, 'ret!')
=> plan
=> text: SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email given as text›
=> rows: kept

SELECT id FROM customers WHERE email = concat('secret!', notes)
=> refuse mixed-with-plain at: email = concat ( ‹constant› , notes )
=> message: protected column public.customers.email meets a value that is not protected

SELECT id FROM customers WHERE email = public.concat('secret!', 'x')
=> refuse mixed-with-plain at: email = public . concat ( ‹constant› , …
=> message: protected column public.customers.email meets a value that is not protected
