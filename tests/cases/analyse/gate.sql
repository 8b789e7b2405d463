# Definitions that pgveil reads no tree of

CREATE PUBLICATION p FOR TABLE customers
=> plan
=> text: CREATE PUBLICATION p FOR TABLE public.customers

CREATE PUBLICATION p FOR TABLE customers WHERE (email <> 'secret!')
=> refuse body-on-protected at: ‹constant›
=> message: a publication cannot use protected column public.customers.email

CREATE PUBLICATION p FOR TABLE countries WHERE (code <> 'x')
=> clear

CREATE ROLE customers PASSWORD 'x'
=> clear

CREATE USER customers PASSWORD 'x'
=> clear

CREATE /* a */ GROUP customers PASSWORD 'x'
=> clear

CREATE DATABASE customers TEMPLATE 'template0'
=> clear

CREATE STATISTICS s ON email, id FROM customers
=> plan
=> text: CREATE STATISTICS s ON email, id FROM public.customers

CREATE STATISTICS s ON (email || 'secret!') FROM customers
=> refuse body-on-protected at: ‹constant›
=> message: statistics cannot use protected column public.customers.email

CREATE EVENT TRIGGER t ON ddl_command_start WHEN tag IN ('CREATE TABLE') EXECUTE FUNCTION twice()
=> clear

# New functions, and what they could do

@before CREATE FUNCTION fresh(q text) RETURNS text LANGUAGE sql AS 'SELECT q'
SELECT fresh('secret!')
=> clear

@before CREATE FUNCTION fresh(q text) RETURNS text LANGUAGE plpgsql AS 'BEGIN EXECUTE q; END'
SELECT fresh('secret!')
=> refuse undeclared-function at: fresh ( ‹constant› )
=> message: function fresh could reach protected columns

CREATE FUNCTION fresh(q text) RETURNS text LANGUAGE sql AS 'SELECT email FROM customers WHERE email = q'
=> refuse undeclared-function at: CREATE FUNCTION fresh ( q text ) RETURNS …
=> message: function fresh could reach protected columns

@before CREATE FUNCTION fresh(q text) RETURNS text LANGUAGE sql AS 'SELECT run(q)'
SELECT fresh('secret!')
=> refuse undeclared-function at: fresh ( ‹constant› )
=> message: function fresh could reach protected columns

@before CREATE FUNCTION fresh(q text) RETURNS text LANGUAGE c AS 'fresh'
SELECT fresh('secret!')
=> refuse undeclared-function at: fresh ( ‹constant› )
=> message: function fresh could reach protected columns

CREATE FUNCTION fresh(q customers) RETURNS text LANGUAGE sql AS 'SELECT 1'
=> refuse body-on-protected at: CREATE FUNCTION fresh ( q customers ) RETURNS …
=> message: a function with constants in its body cannot use a protected column

@before CREATE FUNCTION fresh(q text) RETURNS text LANGUAGE sql RETURN run(q)
SELECT fresh('secret!')
=> refuse undeclared-function at: fresh ( ‹constant› )
=> message: function fresh could reach protected columns

@before CREATE FUNCTION fresh(q text) RETURNS text LANGUAGE sql RETURN q || 'x'
SELECT fresh('secret!')
=> clear

@before ALTER FUNCTION run(text) RENAME TO fresh
SELECT fresh('secret!')
=> refuse undeclared-function at: fresh ( ‹constant› )
=> message: function fresh could reach protected columns

@before ALTER FUNCTION twice(text) RENAME TO fresh
SELECT fresh('secret!')
=> clear

# Lists, rows and elements

SELECT id FROM customers WHERE email IN ('secret!')
=> plan
=> text: SELECT id FROM public.customers WHERE email IN (‹sealed to match public.customers.email›)
=> rows: kept

SELECT id FROM customers WHERE (email) IN (('secret!'))
=> plan
=> text: SELECT id FROM public.customers WHERE (email) IN ((‹sealed to match public.customers.email›))
=> rows: kept

SELECT id FROM customers WHERE (email, id) IN (('secret!', 1), ('other', 2))
=> plan
=> text: SELECT id FROM public.customers WHERE (email, id) IN ((‹sealed to match public.customers.email›, 1), (‹sealed to match public.customers.email›, 2))
=> rows: kept

SELECT id FROM customers WHERE (email, id) IN (('secret!', 1))
=> plan
=> text: SELECT id FROM public.customers WHERE (email, id) IN ((‹sealed to match public.customers.email›, 1))
=> rows: kept

SELECT CASE WHEN id = 1 THEN email WHEN id = 2 THEN phone END FROM customers
=> plan
=> text: SELECT CASE WHEN id = 1 THEN email WHEN id = 2 THEN phone END FROM public.customers
=> rows: text opened of public.customers.email, public.customers.phone

SELECT CASE WHEN id = 1 THEN email ELSE 'secret!' END FROM customers
=> plan
=> text: SELECT CASE WHEN id = 1 THEN email ELSE ‹sealed as public.customers.email› END FROM public.customers
=> rows: opened public.customers.email (expression)

SELECT CASE email WHEN 'secret!' THEN 1 WHEN 'other' THEN 2 END FROM customers
=> plan
=> text: SELECT CASE email WHEN ‹sealed to match public.customers.email› THEN 1 WHEN ‹sealed to match public.customers.email› THEN 2 END FROM public.customers
=> rows: kept

SELECT (array_agg(email))[1] FROM customers
=> plan
=> text: SELECT (array_agg(email))[1] FROM public.customers
=> rows: opened public.customers.email (expression)

SELECT (array_agg(email))[1:2] FROM customers
=> refuse subscript-of-protected at: ( array_agg ( email ) ) [ ‹constant› …
=> message: cannot take a part of protected column public.customers.email

SELECT labels[1:2] FROM customers
=> refuse subscript-of-protected at: labels [ ‹constant› : ‹constant› ]
=> message: cannot take a part of protected column public.customers.labels

SELECT labels[1][2] FROM customers
=> refuse subscript-of-protected at: labels [ ‹constant› ] [ ‹constant› ]
=> message: cannot take a part of protected column public.customers.labels

SELECT data['a'] FROM customers
=> refuse subscript-of-protected at: data [ ‹constant› ]
=> message: cannot take a part of protected column public.customers.data

SELECT id FROM customers WHERE labels[1] = 'secret!'
=> plan
=> text: SELECT id FROM public.customers WHERE labels[1] = ‹sealed to match public.customers.labels as one element›
=> rows: kept

SELECT email(customers) FROM customers
=> plan
=> text: SELECT email(customers) FROM public.customers
=> rows: opened public.customers.email

SELECT customers.email FROM customers
=> plan
=> text: SELECT customers.email FROM public.customers
=> rows: opened public.customers.email

SELECT nosuch(customers) FROM customers
=> refuse function-on-protected at: nosuch ( customers )
=> message: function nosuch cannot be applied to protected column public.customers.email

SELECT email(customers, 1) FROM customers
=> refuse function-on-protected at: email ( customers , ‹constant› )
=> message: function email cannot be applied to protected column public.customers.email

# Where a definition's parts begin and end

CREATE PUBLICATION p FOR TABLE customers, TABLE countries WHERE (code = 'x'), orders
=> plan
=> text: CREATE PUBLICATION p FOR TABLE public.customers, TABLE countries WHERE (code = 'x'), public.orders

CREATE PUBLICATION p FOR TABLES IN SCHEMA public, TABLE customers WHERE (email <> 'secret!')
=> refuse body-on-protected at: ‹constant›
=> message: a publication cannot use protected column public.customers.email

CREATE PUBLICATION p FOR ALL TABLES WITH (publish = 'insert')
=> clear

ALTER PUBLICATION p ADD TABLE customers (id, email) WHERE (email <> 'secret!')
=> refuse body-on-protected at: ‹constant›
=> message: a publication cannot use protected column public.customers.email

ALTER PUBLICATION p OWNER TO customers
=> clear

CREATE STATISTICS ON (email || 'secret!'), id FROM customers
=> refuse body-on-protected at: ‹constant›
=> message: statistics cannot use protected column public.customers.email

CREATE STATISTICS (dependencies) ON email, id FROM customers
=> plan
=> text: CREATE STATISTICS (dependencies) ON email, id FROM public.customers

CREATE STATISTICS IF NOT EXISTS s (ndistinct) ON email, notes FROM customers
=> plan
=> text: CREATE STATISTICS IF NOT EXISTS s (ndistinct) ON email, notes FROM public.customers

CREATE TRIGGER t AFTER UPDATE OF email ON customers FROM orders DEFERRABLE FOR EACH ROW WHEN (NEW.email = 'secret!') EXECUTE FUNCTION twice('x')
=> refuse body-on-protected at: ‹constant›
=> message: a trigger's condition cannot use protected column public.customers.email

CREATE TRIGGER t BEFORE INSERT ON customers FOR EACH ROW EXECUTE PROCEDURE twice('x', 5)
=> plan
=> text: CREATE TRIGGER t BEFORE INSERT ON public.customers FOR EACH ROW EXECUTE PROCEDURE twice('x', 5)

CREATE FUNCTION f(IN OUT a int, OUT b text, VARIADIC c text[] DEFAULT '{x}') RETURNS TABLE (x int, y customers) LANGUAGE sql AS 'SELECT 1, 2'
=> refuse body-on-protected at: CREATE FUNCTION f ( IN OUT a int …
=> message: a function with constants in its body cannot use a protected column

CREATE FUNCTION f(a IN int, b text = 'x') RETURNS int LANGUAGE sql AS 'SELECT 1'
=> clear

CREATE PROCEDURE f(INOUT a int) LANGUAGE sql AS 'SELECT 1'
=> clear

CREATE FUNCTION f() RETURNS customers LANGUAGE sql AS 'SELECT * FROM orders'
=> plan

COPY countries TO PROGRAM 'cat'
=> clear

COPY customers (id, email) TO PROGRAM 'cat'
=> refuse copy-file at: COPY customers ( id , email ) TO …
=> message: COPY between a protected relation and a file or program of the server is not possible

COPY customers (id, email) TO '/tmp/x'
=> refuse copy-file at: COPY customers ( id , email ) TO …
=> message: COPY between a protected relation and a file or program of the server is not possible

ALTER DOMAIN d ADD CONSTRAINT c CHECK (value <> 'x')
=> clear

ALTER DOMAIN d DROP CONSTRAINT c
=> clear

ALTER DOMAIN d SET DEFAULT 'x'
=> clear

# Brackets, joins and signs, in every nesting

SELECT c.id FROM customers c JOIN orders o JOIN leads l ON o.customer_email = l.email ON c.email = o.customer_email
=> refuse cross-domain at: o . customer_email = l . email
=> message: protected column public.orders.customer_email meets a protected value of another domain, mode or type

SELECT c.id FROM customers c JOIN orders o CROSS JOIN countries ON c.email = o.customer_email
=> plan
=> text: SELECT c.id FROM public.customers c JOIN public.orders o CROSS JOIN countries ON c.email = o.customer_email
=> rows: kept

SELECT c.id FROM customers c JOIN orders o NATURAL JOIN notes ON c.email = o.customer_email
=> refuse natural-join at: orders o NATURAL JOIN notes
=> message: NATURAL JOIN could match protected column public.orders.customer_email with a column that is not protected

SELECT c.id FROM customers c LEFT JOIN (orders o JOIN people p ON o.customer_email = p.email) ON c.email = p.email
=> plan
=> text: SELECT c.id FROM public.customers c LEFT JOIN (public.orders o JOIN public.people p ON o.customer_email = p.email) ON c.email = p.email
=> rows: kept

INSERT INTO customers (email) ((SELECT email FROM people))
=> plan
=> text: INSERT INTO public.customers (email) ((SELECT email FROM public.people))

INSERT INTO customers (email) (VALUES ('secret!'))
=> plan
=> text: INSERT INTO public.customers (email) (VALUES (‹sealed as public.customers.email›))

INSERT INTO customers (email) (TABLE people)
=> refuse unreadable-statement at: ( TABLE people )
=> message: INSERT has more expressions than target columns

INSERT INTO people (id, email) ((VALUES (1, 'secret!')))
=> plan
=> text: INSERT INTO public.people (id, email) ((VALUES (1, ‹sealed as public.people.email›)))

SELECT id FROM customers WHERE NOT (NOT email = 'secret!')
=> plan
=> text: SELECT id FROM public.customers WHERE NOT (NOT email = ‹sealed to match public.customers.email›)
=> rows: kept

SELECT id FROM customers WHERE email IS NOT NULL AND NOT email IS NULL
=> plan
=> text: SELECT id FROM public.customers WHERE email IS NOT NULL AND NOT email IS NULL
=> rows: kept

SELECT id FROM customers WHERE (email = 'secret!') IS NOT TRUE
=> plan
=> text: SELECT id FROM public.customers WHERE (email = ‹sealed to match public.customers.email›) IS NOT TRUE
=> rows: kept

SELECT id FROM customers WHERE email NOT IN ('secret!', 'other')
=> plan
=> text: SELECT id FROM public.customers WHERE email NOT IN (‹sealed to match public.customers.email›, ‹sealed to match public.customers.email›)
=> rows: kept

SELECT id FROM customers WHERE email NOT BETWEEN 'a' AND 'b'
=> refuse range-on-protected at: email NOT BETWEEN ‹constant› AND ‹constant›
=> message: cannot compare the order of protected column public.customers.email

SELECT id FROM customers WHERE email NOT LIKE 'secret!' ESCAPE 'x'
=> refuse pattern-on-protected at: email NOT LIKE ‹constant› ESCAPE ‹constant›
=> message: cannot match a pattern on protected column public.customers.email

SELECT id FROM customers WHERE email NOT SIMILAR TO 'secret!'
=> refuse pattern-on-protected at: email NOT SIMILAR TO ‹constant›
=> message: cannot match a pattern on protected column public.customers.email

SELECT id FROM customers WHERE email IS NOT DISTINCT FROM 'secret!'
=> plan
=> text: SELECT id FROM public.customers WHERE email IS NOT DISTINCT FROM ‹sealed to match public.customers.email›
=> rows: kept

SELECT id FROM customers WHERE email IS NORMALIZED
=> refuse operator-on-protected at: email IS NORMALIZED
=> message: operator IS cannot be applied to protected column public.customers.email

SELECT id FROM customers WHERE level = + + 7
=> plan
=> text: SELECT id FROM public.customers WHERE level = ‹sealed to match public.customers.level given as integer›
=> rows: kept

SELECT id FROM customers WHERE level BETWEEN -1 AND +1
=> refuse range-on-protected at: level BETWEEN - ‹constant› AND + ‹constant›
=> message: cannot compare the order of protected column public.customers.level

SELECT x.a FROM customers, XMLTABLE('/r' PASSING data COLUMNS a text PATH 'a' NOT NULL, n FOR ORDINALITY) x
=> refuse function-on-protected at: XMLTABLE ( ‹constant› PASSING data COLUMNS a text …
=> message: function xmltable cannot be applied to protected column public.customers.data

SELECT count(email) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE NO OTHERS) FROM customers
=> plan
=> text: SELECT count(email) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE NO OTHERS) FROM public.customers
=> rows: kept

SELECT count(email) OVER (ORDER BY id ROWS 1 PRECEDING EXCLUDE GROUP) FROM customers
=> plan
=> text: SELECT count(email) OVER (ORDER BY id ROWS 1 PRECEDING EXCLUDE GROUP) FROM public.customers
=> rows: kept

SELECT (email, id) OVERLAPS (phone, id) FROM customers
=> refuse operator-on-protected at: ( email , id ) OVERLAPS ( phone …
=> message: operator OVERLAPS cannot be applied to protected column public.customers.email

SELECT (SELECT email FROM customers UNION SELECT phone FROM customers ORDER BY 1) FROM notes
=> refuse cross-domain at: SELECT email FROM customers UNION SELECT phone FROM …
=> message: protected column public.customers.email meets a protected value of another domain, mode or type

(SELECT email FROM customers) UNION ALL (SELECT customer_email FROM orders) LIMIT 5
=> plan
=> text: (SELECT email FROM public.customers) UNION ALL (SELECT customer_email FROM public.orders) LIMIT 5
=> rows: opened public.customers.email (expression)

# Rows of a COPY that did not begin, as psql sends them

1	kanarie
=> refuse no-statement at: ‹constant›
=> message: syntax error: this is no statement, and is not sent

'kanarie'
=> refuse no-statement at: ‹constant›
=> message: syntax error: this is no statement, and is not sent

"kanarie" (1)
=> refuse no-statement at: "kanarie"
=> message: syntax error: this is no statement, and is not sent

ada@example.org
=> refuse no-statement at: ada
=> message: syntax error: this is no statement, and is not sent

/* rows */ ; kanarie
=> refuse no-statement at: kanarie
=> message: syntax error: this is no statement, and is not sent

Set of kanarie, with 3 pieces
=> clear

/* rows */ ;; (SELECT 1)
=> clear

checkpoint
=> clear
