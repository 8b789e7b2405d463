# Attempts to get a value past the analysis

SELECT id FROM "customers" WHERE "email" = 'secret!'
=> plan
=> text: SELECT id FROM public."customers" WHERE "email" = ‹sealed to match public.customers.email›
=> rows: kept

SELECT id FROM U&"\0063ustomers" WHERE U&"\0065mail" = 'secret!'
=> plan
=> text: SELECT id FROM public.U&"\0063ustomers" WHERE U&"\0065mail" = ‹sealed to match public.customers.email›
=> rows: kept

SELECT id FROM U&"!0063ustomers" UESCAPE '!' WHERE email = 'secret!'
=> plan
=> text: SELECT id FROM public.U&"!0063ustomers" UESCAPE '!' WHERE email = ‹sealed to match public.customers.email›
=> rows: kept

SELECT id FROM/**/customers/**/WHERE/**/email/**/=/**/'secret!'
=> plan
=> text: SELECT id FROM    public.customers    WHERE    email    =    ‹sealed to match public.customers.email›
=> rows: kept

SELECT id FROM customers -- where
WHERE email = 'secret!'
WHERE email = ‹sealed to match public.customers.email›
=> refuse unreadable-statement at: WHERE
=> message: syntax error in a statement that names something protected

SELECT id FROM customers WHERE email = 'secret!' -- secret! repeated
=> plan
=> text: SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email›
=> rows: kept

SELECT id FROM customers /* about 'secret' */ WHERE email = $1
=> plan
=> text: SELECT id FROM public.customers                      WHERE email = $1
=> $1: the client's $1, sealed to match public.customers.email
=> rows: kept

SELECT /*+ IndexScan(customers) */ id FROM customers WHERE email = 'secret!'
=> plan
=> text: SELECT /*+ IndexScan(customers) */ id FROM public.customers WHERE email = ‹sealed to match public.customers.email›
=> rows: kept

SELECT id FROM customers WHERE email = 'sec'
'ret!'
=> plan
=> text: SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email›
=> rows: kept

SELECT id FROM customers WHERE email = $a$secret!$a$
=> plan
=> text: SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email›
=> rows: kept

SELECT id FROM customers WHERE email = E'secret!\x21'
=> plan
=> text: SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email›
=> rows: kept

SELECT id FROM customers WHERE email = U&'secret!' UESCAPE '@'
=> plan
=> text: SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email›
=> rows: kept

SELECT id FROM customers WHERE email = ('secret!')
=> plan
=> text: SELECT id FROM public.customers WHERE email = (‹sealed to match public.customers.email›)
=> rows: kept

SELECT id FROM customers WHERE email = (('secret!')::text)
=> plan
=> text: SELECT id FROM public.customers WHERE email = (‹sealed to match public.customers.email, cast to text›)
=> rows: kept

SELECT id FROM customers WHERE ((email)) = ((('secret!')))
=> plan
=> text: SELECT id FROM public.customers WHERE ((email)) = (((‹sealed to match public.customers.email›)))
=> rows: kept

SELECT id FROM customers WHERE (email) IN (('secret!'))
=> plan
=> text: SELECT id FROM public.customers WHERE (email) IN ((‹sealed to match public.customers.email›))
=> rows: kept

SELECT id FROM customers WHERE 'secret!' IN (email)
=> plan
=> text: SELECT id FROM public.customers WHERE ‹sealed to match public.customers.email› IN (email)
=> rows: kept

SELECT id FROM customers WHERE 'secret!' IN (email, phone)
=> refuse cross-domain at: phone
=> message: protected column public.customers.email meets a protected value of another domain, mode or type

SELECT id FROM customers WHERE 'secret!' = ANY (SELECT customer_email FROM orders)
=> plan
=> text: SELECT id FROM public.customers WHERE ‹sealed to match public.orders.customer_email› = ANY (SELECT customer_email FROM public.orders)
=> rows: kept

SELECT id FROM customers WHERE 'secret!' = ANY (ARRAY[email])
=> plan
=> text: SELECT id FROM public.customers WHERE ‹sealed to match public.customers.email› = ANY (ARRAY[email])
=> rows: kept

SELECT id FROM customers WHERE ARRAY[email] = ARRAY['secret!']
=> plan
=> text: SELECT id FROM public.customers WHERE ARRAY[email] = ARRAY[‹sealed to match public.customers.email given as text›]
=> rows: kept

SELECT id FROM customers WHERE ROW(email) = ROW('secret!')
=> plan
=> text: SELECT id FROM public.customers WHERE ROW(email) = ROW(‹sealed to match public.customers.email›)
=> rows: kept

SELECT id FROM customers WHERE (id, (email, phone)) = (1, ('secret!', 'secret!'))
=> plan
=> text: SELECT id FROM public.customers WHERE (id, (email, phone)) = (1, (‹sealed to match public.customers.email›, ‹sealed to match public.customers.phone›))
=> rows: kept

SELECT id FROM customers WHERE (email, 1) = (SELECT 'secret!', 1)
=> plan
=> text: SELECT id FROM public.customers WHERE (email, 1) = (SELECT ‹sealed to match public.customers.email given as text›, 1)
=> rows: kept

SELECT id FROM customers WHERE EXISTS (SELECT 1 WHERE email = 'secret!')
=> plan
=> text: SELECT id FROM public.customers WHERE EXISTS (SELECT 1 WHERE email = ‹sealed to match public.customers.email›)
=> rows: kept

SELECT id FROM customers WHERE EXISTS (SELECT 1 FROM (SELECT 'secret!' AS x) q WHERE q.x = email)
=> plan
=> text: SELECT id FROM public.customers WHERE EXISTS (SELECT 1 FROM (SELECT ‹sealed to match public.customers.email given as text› AS x) q WHERE q.x = email)
=> rows: kept

SELECT id FROM customers, (SELECT 'secret!' AS email) q WHERE customers.email = q.email
=> plan
=> text: SELECT id FROM public.customers, (SELECT ‹sealed to match public.customers.email given as text› AS email) q WHERE customers.email = q.email
=> rows: kept

SELECT id FROM customers JOIN (SELECT 'secret!' AS email) q USING (email)
=> plan
=> text: SELECT id FROM public.customers JOIN (SELECT ‹sealed to match public.customers.email given as text› AS email) q USING (email)
=> rows: kept

SELECT id FROM customers NATURAL JOIN (SELECT 'secret!' AS email) q
=> plan
=> text: SELECT id FROM public.customers NATURAL JOIN (SELECT ‹sealed to match public.customers.email given as text› AS email) q
=> rows: kept

SELECT q.email FROM (SELECT 'secret!' AS email UNION SELECT email FROM customers) q
=> plan
=> text: SELECT q.email FROM (SELECT ‹sealed as public.customers.email› AS email UNION SELECT email FROM public.customers) q
=> rows: opened public.customers.email (expression)

SELECT id FROM customers WHERE coalesce(email, 'secret!') = 'secret!'
=> plan
=> text: SELECT id FROM public.customers WHERE coalesce(email, ‹sealed as public.customers.email›) = ‹sealed to match public.customers.email›
=> rows: kept

SELECT id FROM customers WHERE nullif(email, 'secret!') IS NULL
=> plan
=> text: SELECT id FROM public.customers WHERE nullif(email, ‹sealed to match public.customers.email›) IS NULL
=> rows: kept

SELECT id FROM customers WHERE CASE WHEN email = 'secret!' THEN true END
=> plan
=> text: SELECT id FROM public.customers WHERE CASE WHEN email = ‹sealed to match public.customers.email› THEN true END
=> rows: kept

SELECT id FROM customers WHERE CASE email WHEN 'secret!' THEN true END
=> plan
=> text: SELECT id FROM public.customers WHERE CASE email WHEN ‹sealed to match public.customers.email› THEN true END
=> rows: kept

SELECT id FROM customers WHERE CASE 'secret!' WHEN email THEN true END
=> plan
=> text: SELECT id FROM public.customers WHERE CASE ‹sealed to match public.customers.email› WHEN email THEN true END
=> rows: kept

SELECT id FROM customers WHERE email IS NOT DISTINCT FROM 'secret!'
=> plan
=> text: SELECT id FROM public.customers WHERE email IS NOT DISTINCT FROM ‹sealed to match public.customers.email›
=> rows: kept

SELECT id FROM customers WHERE NOT (email <> 'secret!')
=> plan
=> text: SELECT id FROM public.customers WHERE NOT (email <> ‹sealed to match public.customers.email›)
=> rows: kept

SELECT id FROM customers WHERE email OPERATOR(pg_catalog.=) 'secret!'
=> plan
=> text: SELECT id FROM public.customers WHERE email OPERATOR(pg_catalog.=) ‹sealed to match public.customers.email›
=> rows: kept

SELECT id FROM customers WHERE email OPERATOR(evil.=) 'secret!'
=> refuse operator-on-protected at: email OPERATOR ( evil . = ) ‹constant›
=> message: operator = cannot be applied to protected column public.customers.email

SELECT id FROM customers WHERE texteq(email, 'secret!')
=> refuse function-on-protected at: texteq ( email , ‹constant› )
=> message: function texteq cannot be applied to protected column public.customers.email

SELECT id FROM customers WHERE pg_catalog.texteq(email, 'secret!')
=> refuse function-on-protected at: pg_catalog . texteq ( email , ‹constant› )
=> message: function texteq cannot be applied to protected column public.customers.email

SELECT id FROM customers WHERE position('secret!' IN email) > 0
=> refuse function-on-protected at: position ( ‹constant› IN email )
=> message: function position cannot be applied to protected column public.customers.email

SELECT id FROM customers WHERE email = concat('secret!')
=> plan
=> text: SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email given as text›
=> rows: kept

SELECT id FROM customers WHERE email = quote_literal('secret!')
=> refuse mixed-with-plain at: email = quote_literal ( ‹constant› )
=> message: protected column public.customers.email meets a value that is not protected

SELECT id FROM customers WHERE email::name = 'secret!'
=> refuse cast-of-protected at: email :: name
=> message: this cast cannot be applied to protected column public.customers.email

SELECT id FROM customers WHERE email = 'secret!'::name
=> refuse cast-of-protected at: ‹constant› :: name
=> message: this cast cannot be applied to protected column public.customers.email

SELECT id FROM customers WHERE email = name 'secret!'
=> refuse cast-of-protected at: name ‹constant›
=> message: this cast cannot be applied to protected column public.customers.email

SELECT id FROM customers WHERE email = text 'secret!'
=> plan
=> text: SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email, cast to text›
=> rows: kept

SELECT id FROM customers WHERE email = varchar(3) 'secret!'
=> plan
=> text: SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email, cast to character varying(3)›
=> rows: kept

SELECT id FROM customers WHERE email = text('secret!')
=> plan
=> text: SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email, cast to text›
=> rows: kept

SELECT id FROM customers WHERE email = (ARRAY['secret!'])[1]
=> plan
=> text: SELECT id FROM public.customers WHERE email = (ARRAY[‹sealed to match public.customers.email given as text›])[1]
=> rows: kept

SELECT id FROM customers WHERE email = (SELECT x FROM (VALUES ('secret!')) v (x))
=> plan
=> text: SELECT id FROM public.customers WHERE email = (SELECT x FROM (VALUES (‹sealed to match public.customers.email given as text›)) v (x))
=> rows: kept

SELECT id FROM customers WHERE email = (WITH w AS (SELECT 'secret!' AS x) SELECT x FROM w)
=> plan
=> text: SELECT id FROM public.customers WHERE email = (WITH w AS (SELECT ‹sealed to match public.customers.email given as text› AS x) SELECT x FROM w)
=> rows: kept

WITH w AS (SELECT 'secret!' AS x) SELECT id FROM customers WHERE email = (SELECT x FROM w)
=> plan
=> text: WITH w AS (SELECT ‹sealed to match public.customers.email given as text› AS x) SELECT id FROM public.customers WHERE email = (SELECT x FROM w)
=> rows: kept

WITH RECURSIVE w (x) AS (SELECT 'secret!' UNION SELECT email FROM customers) SELECT * FROM w
=> plan
=> text: WITH RECURSIVE w (x) AS (SELECT ‹sealed as public.customers.email given as text› UNION SELECT email FROM public.customers) SELECT * FROM w
=> rows: opened public.customers.email (expression)

WITH notes AS (SELECT * FROM customers) SELECT id FROM notes WHERE email = 'secret!'
=> plan
=> text: WITH notes AS (SELECT * FROM public.customers) SELECT id FROM notes WHERE email = ‹sealed to match public.customers.email›
=> rows: kept

WITH customers AS (SELECT 1 AS id) SELECT c.id FROM public.customers c WHERE c.email = 'secret!'
=> plan
=> text: WITH customers AS (SELECT 1 AS id) SELECT c.id FROM public.customers c WHERE c.email = ‹sealed to match public.customers.email›
=> rows: kept

SELECT id FROM notes, LATERAL (SELECT * FROM customers WHERE email = 'secret!') l
=> plan
=> text: SELECT id FROM notes, LATERAL (SELECT * FROM public.customers WHERE email = ‹sealed to match public.customers.email›) l
=> rows: kept

SELECT count(*) FILTER (WHERE email = 'secret!') FROM customers
=> plan
=> text: SELECT count(*) FILTER (WHERE email = ‹sealed to match public.customers.email›) FROM public.customers
=> rows: kept

SELECT sum(1) OVER (PARTITION BY email = 'secret!') FROM customers
=> plan
=> text: SELECT sum(1) OVER (PARTITION BY email = ‹sealed to match public.customers.email›) FROM public.customers
=> rows: kept

SELECT id FROM customers GROUP BY id, email HAVING email = 'secret!'
=> plan
=> text: SELECT id FROM public.customers GROUP BY id, email HAVING email = ‹sealed to match public.customers.email›
=> rows: kept

SELECT id FROM customers ORDER BY email = 'secret!'
=> plan
=> text: SELECT id FROM public.customers ORDER BY email = ‹sealed to match public.customers.email›
=> rows: kept

SELECT DISTINCT ON (email = 'secret!') id FROM customers
=> plan
=> text: SELECT DISTINCT ON (email = ‹sealed to match public.customers.email›) id FROM public.customers
=> rows: kept

SELECT id FROM customers LIMIT (SELECT count(*) FROM orders WHERE customer_email = 'secret!')
=> plan
=> text: SELECT id FROM public.customers LIMIT (SELECT count(*) FROM public.orders WHERE customer_email = ‹sealed to match public.orders.customer_email›)
=> rows: kept

SELECT email = 'secret!' FROM customers
=> plan
=> text: SELECT email = ‹sealed to match public.customers.email› FROM public.customers
=> rows: kept

SELECT ARRAY(SELECT id FROM customers WHERE email = 'secret!')
=> plan
=> text: SELECT ARRAY(SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email›)
=> rows: kept

SELECT (SELECT id FROM customers WHERE email = 'secret!')
=> plan
=> text: SELECT (SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email›)
=> rows: kept

VALUES ((SELECT id FROM customers WHERE email = 'secret!'))
=> plan
=> text: VALUES ((SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email›))
=> rows: kept

INSERT INTO notes (id) VALUES ((SELECT id FROM customers WHERE email = 'secret!'))
=> plan
=> text: INSERT INTO notes (id) VALUES ((SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email›))

INSERT INTO notes (id) VALUES (1) RETURNING (SELECT id FROM customers WHERE email = 'secret!')
=> plan
=> text: INSERT INTO notes (id) VALUES (1) RETURNING (SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email›)
=> rows: kept

UPDATE notes SET id = 1 FROM customers c WHERE c.email = 'secret!'
=> plan
=> text: UPDATE notes SET id = 1 FROM public.customers c WHERE c.email = ‹sealed to match public.customers.email›

DELETE FROM notes WHERE EXISTS (SELECT 1 FROM customers WHERE customers.email = 'secret!')
=> plan
=> text: DELETE FROM notes WHERE EXISTS (SELECT 1 FROM public.customers WHERE customers.email = ‹sealed to match public.customers.email›)

EXPLAIN SELECT id FROM customers WHERE email = 'secret!'
=> plan
=> text: EXPLAIN SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email›

EXPLAIN ANALYZE INSERT INTO customers (email) VALUES ('secret!')
=> plan
=> text: EXPLAIN ANALYZE INSERT INTO public.customers (email) VALUES (‹sealed as public.customers.email›)

EXPLAIN (ANALYZE, FORMAT JSON) UPDATE customers SET email = 'secret!'
=> plan
=> text: EXPLAIN (ANALYZE, FORMAT JSON) UPDATE public.customers SET email = ‹sealed as public.customers.email›

COPY (SELECT id FROM customers WHERE email = 'secret!') TO STDOUT
=> plan
=> text: COPY (SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email›) TO STDOUT

COPY notes (body) FROM PROGRAM 'psql -c "DELETE FROM customers WHERE email = ''secret!''"'
=> refuse copy-file at: COPY notes ( body ) FROM PROGRAM ‹constant›
=> message: COPY between a protected relation and a file or program of the server is not possible

COPY notes (body) FROM PROGRAM 'cat'
=> clear

COPY customers FROM PROGRAM 'echo secret!'
=> refuse copy-file at: COPY customers FROM PROGRAM ‹constant›
=> message: COPY between a protected relation and a file or program of the server is not possible

COPY customers (email) TO '/tmp/secret!'
=> refuse copy-file at: COPY customers ( email ) TO ‹constant›
=> message: COPY between a protected relation and a file or program of the server is not possible

COPY customers FROM STDIN WHERE email = 'secret!'
=> plan
=> text: COPY public.customers (id, email, name, phone, born, hired, level, score, balance, data, active, photo, labels, notes, created_at) FROM STDIN WHERE email = ‹sealed to match public.customers.email›
=> copy in (text): kept, sealed public.customers.email, sealed public.customers.name, sealed public.customers.phone, sealed public.customers.born, sealed public.customers.hired, sealed public.customers.level, sealed public.customers.score, sealed public.customers.balance, sealed public.customers.data, sealed public.customers.active, sealed public.customers.photo, sealed public.customers.labels, kept, kept
=> sent after a look at the shape: order decides which value goes where

PREPARE p AS SELECT id FROM customers WHERE email = 'secret!'
=> plan
=> text: PREPARE p AS SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email›
=> rows: kept

@before PREPARE p (text) AS SELECT id FROM customers WHERE email = $1
EXECUTE p ('secret!')
=> plan
=> text: EXECUTE p (‹sealed to match public.customers.email, cast to text›)
=> rows: kept

@before PREPARE p (text) AS SELECT id FROM customers WHERE email = $1
EXECUTE p (lower('secret!'))
=> refuse cast-of-protected at: lower ( ‹constant› )
=> message: this cast cannot be applied to protected column public.customers.email

@before PREPARE p (text) AS SELECT id FROM customers WHERE email = $1
EXECUTE p (('secret!'))
=> plan
=> text: EXECUTE p ((‹sealed to match public.customers.email, cast to text›))
=> rows: kept

EXECUTE unknown ('secret!')
=> refuse untracked-prepared at: EXECUTE unknown ( ‹constant› )
=> message: this prepared statement does not exist

DECLARE c CURSOR FOR SELECT id FROM customers WHERE email = 'secret!'
=> plan
=> text: DECLARE c CURSOR FOR SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email›
=> rows: kept

DO $$ BEGIN PERFORM 1 FROM customers WHERE email = 'secret!'; END $$
=> refuse dynamic-sql at: DO ‹constant›
=> message: SQL text that the server runs could reach protected columns

DO $$ BEGIN EXECUTE 'SELECT 1 FROM cust' || 'omers WHERE email = ''secret!'''; END $$
=> refuse dynamic-sql at: DO ‹constant›
=> message: SQL text that the server runs could reach protected columns

DO LANGUAGE plpython3u 'secret!'
=> refuse dynamic-sql at: DO LANGUAGE plpython3u ‹constant›
=> message: SQL text that the server runs could reach protected columns

DO $x$ DECLARE t text := $y$customers secret!$y$; BEGIN END $x$
=> refuse dynamic-sql at: DO ‹constant›
=> message: SQL text that the server runs could reach protected columns

CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT id FROM customers WHERE email = 'secret!' $$
=> refuse body-on-protected at: CREATE FUNCTION f ( ) RETURNS int LANGUAGE …
=> message: a function with constants in its body cannot use a protected column

CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN (SELECT id FROM customers WHERE email = 'secret!')
=> refuse body-on-protected at: CREATE FUNCTION f ( ) RETURNS int LANGUAGE …
=> message: a function with constants in its body cannot use a protected column

CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT id FROM customers WHERE email = 'secret!'; END
=> refuse body-on-protected at: CREATE FUNCTION f ( ) RETURNS int LANGUAGE …
=> message: a function with constants in its body cannot use a protected column

CREATE VIEW v AS SELECT id FROM customers WHERE email = 'secret!'
=> refuse body-on-protected at: ‹constant›
=> message: a view cannot use protected column public.customers.email

CREATE INDEX ON customers (id) WHERE email = 'secret!'
=> refuse body-on-protected at: ‹constant›
=> message: an index cannot use protected column public.customers.email

ALTER TABLE customers ADD CHECK (email <> 'secret!')
=> refuse body-on-protected at: ‹constant›
=> message: a default or check cannot use protected column public.customers.email

ALTER TABLE customers ALTER email SET DEFAULT 'secret!'
=> plan
=> text: ALTER TABLE public.customers ALTER email SET DEFAULT ‹sealed as public.customers.email›
=> pin: public.customers is altered

CREATE RULE r AS ON INSERT TO customers DO ALSO INSERT INTO notes (email) VALUES ('secret!')
=> refuse body-on-protected at: CREATE RULE r AS ON INSERT TO customers …
=> message: a rule cannot use a protected column

CREATE POLICY p ON customers USING (email = 'secret!')
=> refuse body-on-protected at: ‹constant›
=> message: a row policy cannot use protected column public.customers.email

CREATE TRIGGER t BEFORE INSERT ON customers FOR EACH ROW WHEN (new.email = 'secret!') EXECUTE FUNCTION f()
=> refuse body-on-protected at: ‹constant›
=> message: a trigger's condition cannot use protected column public.customers.email

SELECT query_to_xml('SELECT id FROM customers WHERE email = ''secret!''', true, true, '')
=> refuse dynamic-sql at: query_to_xml ( ‹constant› , true , true , …
=> message: SQL text that the server runs could reach protected columns

SELECT query_to_xml('SELECT * FROM cust' || 'omers -- secret!', true, true, '')
=> refuse dynamic-sql at: query_to_xml ( ‹constant› || ‹constant› , true , …
=> message: SQL text that the server runs could reach protected columns

SELECT query_to_xml($1, true, true, ''), 'secret!'
=> refuse dynamic-sql at: query_to_xml ( $1 , true , true , …
=> message: SQL text that the server runs could reach protected columns

SELECT find_customer('secret!')
=> refuse undeclared-function at: find_customer ( ‹constant› )
=> message: function find_customer could reach protected columns

SELECT public.find_customer('secret!')
=> refuse undeclared-function at: public . find_customer ( ‹constant› )
=> message: function find_customer could reach protected columns

SELECT * FROM find_customer('secret!')
=> refuse undeclared-function at: find_customer ( ‹constant› )
=> message: function find_customer could reach protected columns

SELECT run('SELECT ''secret!''')
=> refuse undeclared-function at: run ( ‹constant› )
=> message: function run could reach protected columns

SELECT indirect('secret!')
=> refuse undeclared-function at: indirect ( ‹constant› )
=> message: function indirect could reach protected columns

SELECT native('secret!')
=> refuse undeclared-function at: native ( ‹constant› )
=> message: function native could reach protected columns

SELECT mask_email('secret!')
=> plan
=> text: SELECT mask_email(‹sealed as public.customers.email›)
=> rows: opened public.customers.email (expression)

SELECT id FROM customers WHERE email = mask_email('secret!')
=> plan
=> text: SELECT id FROM public.customers WHERE email = mask_email(‹sealed as public.customers.email›)
=> rows: kept

SELECT id FROM customers; SELECT id FROM customers WHERE email = 'secret!'
=> plan
=> text: SELECT id FROM public.customers
=> rows: kept
=> plan
=> text: SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email›
=> rows: kept

SELECT 1;; ;SELECT id FROM customers WHERE email = 'secret!';
=> clear
=> plan
=> text: SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email›
=> rows: kept

BEGIN; INSERT INTO customers (email) VALUES ('secret!'); COMMIT
=> clear
=> plan
=> text: INSERT INTO public.customers (email) VALUES (‹sealed as public.customers.email›)
=> clear

CREATE TEMP TABLE customers (email text); INSERT INTO customers VALUES ('secret!')
=> clear
=> refuse ambiguous-relation at: customers
=> message: relation name "customers" could mean more than one relation

CREATE TEMP TABLE t AS SELECT email FROM customers; INSERT INTO t VALUES ('secret!')
=> plan
=> text: CREATE TEMP TABLE t AS SELECT email FROM public.customers
=> plan
=> text: INSERT INTO t (email) VALUES (‹sealed as public.customers.email›)
=> sent after a look at the shape: order decides which value goes where

SELECT id INTO TEMP t FROM customers; SELECT email FROM customers WHERE email = 'secret!'
=> plan
=> text: SELECT id INTO TEMP t FROM public.customers
=> plan
=> text: SELECT email FROM public.customers WHERE email = ‹sealed to match public.customers.email›
=> rows: opened public.customers.email

SELECT * FROM customers WHERE email = 'secret!' AND
=> refuse unreadable-statement at: AND
=> message: syntax error in a statement that names something protected

SELECT * FROM customers WHERE email = 'secret!
=> refuse unreadable-statement
=> message: syntax error in a statement that names something protected

SELEC id FROM customers WHERE email = 'secret!'
=> refuse unreadable-statement at: SELEC
=> message: syntax error in a statement that names something protected

SELECT id FROM customers WHERE email = 'secret!' :: :: text
=> refuse unreadable-statement at: ::
=> message: syntax error in a statement that names something protected

SELECT id FROM customers WHERE email = x'secret!'
=> refuse cast-of-protected at: ‹constant›
=> message: this cast cannot be applied to protected column public.customers.email

SELECT id FROM customers WHERE email BETWEEN 'secret!' AND 'secret!'
=> refuse range-on-protected at: email BETWEEN ‹constant› AND ‹constant›
=> message: cannot compare the order of protected column public.customers.email

SELECT id FROM customers WHERE email SIMILAR TO 'secret!'
=> refuse pattern-on-protected at: email SIMILAR TO ‹constant›
=> message: cannot match a pattern on protected column public.customers.email

SELECT id FROM customers WHERE (email = 'secret!') IS TRUE
=> plan
=> text: SELECT id FROM public.customers WHERE (email = ‹sealed to match public.customers.email›) IS TRUE
=> rows: kept

SELECT id FROM customers WHERE (email = 'secret!')::int = 1
=> plan
=> text: SELECT id FROM public.customers WHERE (email = ‹sealed to match public.customers.email›)::int = 1
=> rows: kept

SELECT id FROM customers WHERE email = 'secret!' OR true
=> plan
=> text: SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email› OR true
=> rows: kept

MERGE INTO notes n USING customers c ON c.email = 'secret!' WHEN MATCHED THEN DELETE
=> plan
=> text: MERGE INTO notes n USING public.customers c ON c.email = ‹sealed to match public.customers.email› WHEN MATCHED THEN DELETE

SELECT id FROM customers WHERE email = ANY (string_to_array('secret!', ','))
=> refuse mixed-with-plain at: email = ANY ( string_to_array ( ‹constant› , …
=> message: protected column public.customers.email meets a value that is not protected

SELECT id FROM customers WHERE email = ANY ('{secret!}')
=> plan
=> text: SELECT id FROM public.customers WHERE email = ANY (‹sealed to match public.customers.email element by element›)
=> rows: kept

SELECT id FROM customers WHERE email IN ('secret!', 'secret!') AND phone NOT IN ('secret!')
=> plan
=> text: SELECT id FROM public.customers WHERE email IN (‹sealed to match public.customers.email›, ‹sealed to match public.customers.email›) AND phone NOT IN (‹sealed to match public.customers.phone›)
=> rows: kept

SELECT id FROM customers WHERE json_build_object('e', 'secret!') ->> 'e' = email
=> refuse mixed-with-plain at: json_build_object ( ‹constant› , ‹constant› ) ->> ‹constant› …
=> message: protected column public.customers.email meets a value that is not protected

SELECT xmlelement(name e, 'plain') FROM customers
=> plan
=> text: SELECT xmlelement(name e, 'plain') FROM public.customers
=> rows: kept

TABLE customers; VALUES ('plain')
=> plan
=> text: TABLE public.customers
=> rows: kept, opened public.customers.email, opened public.customers.name, opened public.customers.phone, opened public.customers.born, opened public.customers.hired, opened public.customers.level, opened public.customers.score, opened public.customers.balance, opened public.customers.data, opened public.customers.active, opened public.customers.photo, opened public.customers.labels, kept, kept
=> clear

SELECT id FROM ONLY customers WHERE email = 'secret!'
=> plan
=> text: SELECT id FROM ONLY public.customers WHERE email = ‹sealed to match public.customers.email›
=> rows: kept

SELECT id FROM customers * WHERE email = 'secret!'
=> plan
=> text: SELECT id FROM public.customers * WHERE email = ‹sealed to match public.customers.email›
=> rows: kept

SELECT id FROM pg_temp.customers WHERE email = 'secret!'
=> refuse unresolved-relation at: pg_temp . customers
=> message: relation pg_temp.customers is not known, and a protected relation has the same name

SELECT id FROM nosuchschema.customers WHERE email = 'secret!'
=> refuse unresolved-relation at: nosuchschema . customers
=> message: relation nosuchschema.customers is not known, and a protected relation has the same name

LOCK TABLE customers; DELETE FROM customers WHERE email = 'secret!'
=> clear
=> plan
=> text: DELETE FROM public.customers WHERE email = ‹sealed to match public.customers.email›

SELECT id FROM customers WHERE email = 'secret!' FOR UPDATE OF customers
=> plan
=> text: SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email› FOR UPDATE OF customers
=> rows: kept

SELECT id FROM customers c (a, b) WHERE b = 'secret!'
=> refuse undefined-column at: id
=> message: column "id" does not exist

SELECT a FROM customers AS c (a, email_) WHERE c.email_ = 'secret!'
=> plan
=> text: SELECT a FROM public.customers AS c (a, email_) WHERE c.email_ = ‹sealed to match public.customers.email›
=> rows: kept
=> sent after a look at the shape: order decides which value goes where

SELECT id FROM customers c (email, id) WHERE id = 'secret!'
=> plan
=> text: SELECT id FROM public.customers c (email, id) WHERE id = ‹sealed to match public.customers.email›
=> rows: opened public.customers.email
=> sent after a look at the shape: order decides which value goes where

SELECT x.b FROM (customers c JOIN orders o ON true) AS x (a, b) WHERE x.b = 'secret!'
=> plan
=> text: SELECT x.b FROM (public.customers c JOIN public.orders o ON true) AS x (a, b) WHERE x.b = ‹sealed to match public.customers.email›
=> rows: opened public.customers.email
=> sent after a look at the shape: order decides which value goes where

SELECT '(1,secret!)'::customers
=> refuse not-understood at: ‹constant› :: customers
=> message: a cast to the row type of a protected relation is not supported in a statement that touches protected columns

SELECT (json_populate_record(null::public.customers, '{"email":"secret!"}')).*
=> refuse not-understood at: null :: public . customers
=> message: a cast to the row type of a protected relation is not supported in a statement that touches protected columns

INSERT INTO customers SELECT (json_populate_record(CAST(null AS "customers"), '{"email":"secret!"}')).*
=> refuse not-understood at: CAST ( null AS "customers" )
=> message: a cast to the row type of a protected relation is not supported in a statement that touches protected columns

CREATE FUNCTION leak(x text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'insert into cust' || 'omers(email) values ($1)' USING x; END $$; SELECT leak('secret!')
=> plan
=> refuse undeclared-function at: leak ( ‹constant› )
=> message: function leak could reach protected columns

INSERT INTO people SELECT * FROM json_populate_recordset(NULL::people, '[{"email": "plain"}]')
=> refuse not-understood at: NULL :: people
=> message: a cast to the row type of a protected relation is not supported in a statement that touches protected columns

SELECT id FROM customers WHERE email = (TABLE orders)
=> refuse unreadable-statement at: ( TABLE orders )
=> message: subquery must return only one column

SELECT id FROM customers WHERE (SELECT email) = 'secret!'
=> plan
=> text: SELECT id FROM public.customers WHERE (SELECT email) = ‹sealed to match public.customers.email›
=> rows: kept

SELECT id FROM customers c WHERE (c).email = 'secret!'
=> plan
=> text: SELECT id FROM public.customers c WHERE (c).email = ‹sealed to match public.customers.email›
=> rows: kept

SELECT id FROM customers c WHERE (SELECT c.email) IN ('secret!')
=> plan
=> text: SELECT id FROM public.customers c WHERE (SELECT c.email) IN (‹sealed to match public.customers.email›)
=> rows: kept

SELECT id FROM (customers JOIN orders USING (id)) WHERE email = 'secret!'
=> plan
=> text: SELECT id FROM (public.customers JOIN public.orders USING (id)) WHERE email = ‹sealed to match public.customers.email›
=> rows: kept

SELECT id FROM customers LEFT JOIN notes USING (id) WHERE email = 'secret!'
=> plan
=> text: SELECT id FROM public.customers LEFT JOIN notes USING (id) WHERE email = ‹sealed to match public.customers.email›
=> rows: kept

SELECT id FROM customers RIGHT JOIN LATERAL (SELECT email AS e) q ON e = 'secret!'
=> plan
=> text: SELECT id FROM public.customers RIGHT JOIN LATERAL (SELECT email AS e) q ON e = ‹sealed to match public.customers.email›
=> rows: kept

SELECT CASE WHEN email = 'secret!' THEN 1 END, count(*) FROM customers GROUP BY CASE WHEN email = 'secret!' THEN 1 END
=> plan
=> text: SELECT CASE WHEN email = ‹sealed to match public.customers.email› THEN 1 END, count(*) FROM public.customers GROUP BY CASE WHEN email = ‹sealed to match public.customers.email› THEN 1 END
=> rows: kept, kept

SELECT email FROM customers EXCEPT SELECT 'secret!'
=> plan
=> text: SELECT email FROM public.customers EXCEPT SELECT ‹sealed as public.customers.email›
=> rows: opened public.customers.email (expression)

SELECT id, email FROM customers WHERE email = 'secret!' UNION ALL SELECT 1, 'secret!'
=> plan
=> text: SELECT id, email FROM public.customers WHERE email = ‹sealed to match public.customers.email› UNION ALL SELECT 1, ‹sealed as public.customers.email›
=> rows: kept, opened public.customers.email (expression)

WITH RECURSIVE r AS (SELECT 'secret!' AS e UNION ALL SELECT c.email FROM customers c JOIN r ON c.email = r.e) SELECT count(*) FROM r
=> plan
=> text: WITH RECURSIVE r AS (SELECT ‹sealed as public.customers.email given as text› AS e UNION ALL SELECT c.email FROM public.customers c JOIN r ON c.email = r.e) SELECT count(*) FROM r
=> rows: kept

WITH ins AS (INSERT INTO customers (email) VALUES ('secret!') ON CONFLICT (email) DO UPDATE SET email = excluded.email RETURNING id) SELECT * FROM ins
=> plan
=> text: WITH ins AS (INSERT INTO public.customers (email) VALUES (‹sealed as public.customers.email›) ON CONFLICT (email) DO UPDATE SET email = excluded.email RETURNING id) SELECT * FROM ins
=> rows: kept

INSERT INTO customers (email) SELECT v FROM (SELECT 'secret!') AS x (v)
=> plan
=> text: INSERT INTO public.customers (email) SELECT v FROM (SELECT ‹sealed as public.customers.email given as text›) AS x (v)

INSERT INTO customers (email) SELECT CASE WHEN true THEN 'secret!' ELSE 'secret!' END
=> plan
=> text: INSERT INTO public.customers (email) SELECT CASE WHEN true THEN ‹sealed as public.customers.email given as text› ELSE ‹sealed as public.customers.email given as text› END

INSERT INTO customers (email) SELECT (ARRAY['secret!'])[1]
=> plan
=> text: INSERT INTO public.customers (email) SELECT (ARRAY[‹sealed as public.customers.email given as text›])[1]

INSERT INTO customers (email) VALUES ((ROW('secret!')).f1)
=> refuse plain-into-protected at: ( ROW ( ‹constant› ) ) . f1
=> message: a value that the server computes cannot be stored in protected column public.customers.email

INSERT INTO customers (email) SELECT x.f FROM ROWS FROM (unnest(ARRAY['secret!'])) AS x (f)
=> plan
=> text: INSERT INTO public.customers (email) SELECT x.f FROM ROWS FROM (unnest(ARRAY[‹sealed as public.customers.email given as text›])) AS x (f)

INSERT INTO customers (email) (VALUES ('secret!'))
=> plan
=> text: INSERT INTO public.customers (email) (VALUES (‹sealed as public.customers.email›))

INSERT INTO customers (email) (SELECT 'secret!' LIMIT 1)
=> plan
=> text: INSERT INTO public.customers (email) (SELECT ‹sealed as public.customers.email› LIMIT 1)

INSERT INTO public.customers SELECT 1, 'secret!'
=> plan
=> text: INSERT INTO public.customers (id, email) SELECT 1, ‹sealed as public.customers.email›
=> sent after a look at the shape: order decides which value goes where

UPDATE customers SET email = (CASE WHEN false THEN NULL ELSE 'secret!' END)::text
=> plan
=> text: UPDATE public.customers SET email = (CASE WHEN false THEN NULL ELSE ‹sealed as public.customers.email given as text, cast to text› END)

UPDATE customers SET (email) = (SELECT 'secret!')
=> plan
=> text: UPDATE public.customers SET (email) = (SELECT ‹sealed as public.customers.email given as text›)

UPDATE customers SET email = 'secret!' FROM (SELECT 'secret!' AS e) q WHERE customers.email = q.e
=> plan
=> text: UPDATE public.customers SET email = ‹sealed as public.customers.email› FROM (SELECT ‹sealed to match public.customers.email given as text› AS e) q WHERE customers.email = q.e

UPDATE customers c SET email = q.e FROM (VALUES ('secret!')) q (e) RETURNING (SELECT c.email)
=> plan
=> text: UPDATE public.customers c SET email = q.e FROM (VALUES (‹sealed as public.customers.email given as text›)) q (e) RETURNING (SELECT c.email)
=> rows: opened public.customers.email (expression)

DELETE FROM customers USING (VALUES ('secret!')) v (e) WHERE email = e
=> plan
=> text: DELETE FROM public.customers USING (VALUES (‹sealed to match public.customers.email given as text›)) v (e) WHERE email = e

SELECT id FROM customers WHERE email = 'secret!'::varchar::text::varchar(5)
=> plan
=> text: SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email, cast to character varying, cast to text, cast to character varying(5)›
=> rows: kept

SELECT id FROM customers WHERE email IN (SELECT unnest('{secret!}'::text[]))
=> plan
=> text: SELECT id FROM public.customers WHERE email IN (SELECT unnest(‹sealed to match public.customers.email element by element, cast to text[]›::text[] ))
=> rows: kept

SELECT id FROM customers WHERE email = ALL (ARRAY['secret!'] || ARRAY['x'])
=> refuse mixed-with-plain at: email = ALL ( ARRAY [ ‹constant› ] …
=> message: protected column public.customers.email meets a value that is not protected

SELECT id FROM customers WHERE ARRAY['secret!'] @> ARRAY[email]
=> plan
=> text: SELECT id FROM public.customers WHERE ARRAY[‹sealed to match public.customers.email given as text›] @> ARRAY[email]
=> rows: kept

SELECT x.e FROM (notes JOIN customers ON true) AS x (a, b, c, d, e) WHERE x.d = 'secret!'
=> refuse unknown-shape at: ( notes JOIN customers ON true ) AS …
=> message: the columns of this result cannot be counted

SELECT x.b FROM (notes JOIN customers ON true) AS x WHERE x.email = 'secret!'
=> plan
=> text: SELECT x.b FROM (notes JOIN public.customers ON true) AS x WHERE x.email = ‹sealed to match public.customers.email›
=> rows: kept

WITH x (a, b, c, d) AS (SELECT * FROM notes, customers) SELECT a FROM x WHERE d = 'secret!'
=> refuse unknown-shape at: x ( a , b , c , …
=> message: the columns of this result cannot be counted

SELECT q.d FROM (SELECT * FROM notes, customers) q (a, b, c, d) WHERE q.d = 'secret!'
=> refuse unknown-shape at: ( SELECT * FROM notes , customers ) …
=> message: the columns of this result cannot be counted

SELECT n.a FROM notes n (a, email), customers c WHERE c.email = 'secret!' AND n.email = 'x'
=> plan
=> text: SELECT n.a FROM notes n (a, email), public.customers c WHERE c.email = ‹sealed to match public.customers.email› AND n.email = 'x'
=> rows: kept

CREATE TEMP VIEW customers AS SELECT * FROM mine; INSERT INTO customers VALUES ('secret!')
=> clear
=> refuse ambiguous-relation at: customers
=> message: relation name "customers" could mean more than one relation

CREATE TEMP TABLE customers AS TABLE mine; INSERT INTO customers VALUES ('secret!')
=> clear
=> refuse ambiguous-relation at: customers
=> message: relation name "customers" could mean more than one relation

SELECT * INTO TEMP customers FROM mine; INSERT INTO customers VALUES ('secret!')
=> clear
=> refuse ambiguous-relation at: customers
=> message: relation name "customers" could mean more than one relation

CREATE TEMP TABLE mine (email text); ALTER TABLE mine RENAME TO customers; INSERT INTO customers VALUES ('secret!')
=> clear
=> refuse ambiguous-relation at: customers
=> message: relation name "customers" could mean more than one relation
=> plan
=> text: INSERT INTO public.customers (id) VALUES ('secret!')
=> sent after a look at the shape: order decides which value goes where

ALTER VIEW mine RENAME TO customers
=> refuse ambiguous-relation at: customers
=> message: relation name "customers" could mean more than one relation

ALTER SEQUENCE mine RENAME TO customers
=> refuse ambiguous-relation at: customers
=> message: relation name "customers" could mean more than one relation

ALTER TABLE mine RENAME COLUMN a TO customers
=> clear
