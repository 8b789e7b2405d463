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
