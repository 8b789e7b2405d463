# COPY

COPY customers (id, email) FROM STDIN
=> plan
=> text: COPY public.customers (id, email) FROM STDIN
=> copy in (text): kept, sealed public.customers.email

COPY customers FROM STDIN
=> plan
=> text: COPY public.customers (id, email, name, phone, born, hired, level, score, balance, data, active, photo, labels, notes, created_at) FROM STDIN
=> copy in (text): kept, sealed public.customers.email, sealed public.customers.name, sealed public.customers.phone, sealed public.customers.born, sealed public.customers.hired, sealed public.customers.level, sealed public.customers.score, sealed public.customers.balance, sealed public.customers.data, sealed public.customers.active, sealed public.customers.photo, sealed public.customers.labels, kept, kept
=> sent after a look at the shape: order decides which value goes where

COPY public.customers (email, notes) FROM STDIN WITH (FORMAT csv, HEADER, DELIMITER ';', NULL 'NULL', QUOTE '''', ESCAPE '\')
=> plan
=> copy in (csv with header): sealed public.customers.email, kept

COPY customers (id, email) FROM STDIN WITH CSV HEADER
=> plan
=> text: COPY public.customers (id, email) FROM STDIN WITH CSV HEADER
=> copy in (csv with header): kept, sealed public.customers.email

COPY customers (id, email) FROM STDIN BINARY
=> plan
=> text: COPY public.customers (id, email) FROM STDIN BINARY
=> copy in (binary): kept, sealed public.customers.email

COPY BINARY customers (id, email) FROM STDIN
=> plan
=> text: COPY BINARY public.customers (id, email) FROM STDIN
=> copy in (binary): kept, sealed public.customers.email

COPY customers (id, email) FROM STDIN (FORMAT binary)
=> plan
=> text: COPY public.customers (id, email) FROM STDIN (FORMAT binary)
=> copy in (binary): kept, sealed public.customers.email

COPY customers (id, email) FROM STDIN (FORMAT csv, FORCE_NULL (email), FORCE_NOT_NULL (id))
=> plan
=> text: COPY public.customers (id, email) FROM STDIN (FORMAT csv, FORCE_NULL (email), FORCE_NOT_NULL (id))
=> copy in (csv): kept, sealed public.customers.email

COPY customers (id, email) TO STDOUT (FORMAT csv, FORCE_QUOTE *)
=> plan
=> text: COPY public.customers (id, email) TO STDOUT (FORMAT csv, FORCE_QUOTE *)
=> copy out (csv): kept, opened public.customers.email

COPY customers (id, email) FROM STDIN (FORMAT csv, FORCE_NULL (nosuch))
=> refuse copy-option at: FORCE_NULL ( nosuch )
=> message: this option of COPY is not supported for a protected relation

COPY customers (id, email) FROM STDIN (ENCODING 'UTF8')
=> plan
=> text: COPY public.customers (id, email) FROM STDIN (ENCODING 'UTF8')
=> copy in (text): kept, sealed public.customers.email

COPY customers (id, email) FROM STDIN (ENCODING 'LATIN1')
=> refuse copy-option at: ENCODING ‹constant›
=> message: this option of COPY is not supported for a protected relation

COPY customers (id, email) FROM STDIN (FREEZE)
=> plan
=> text: COPY public.customers (id, email) FROM STDIN (FREEZE)
=> copy in (text): kept, sealed public.customers.email

COPY customers (id, email) FROM STDIN (DEFAULT '\D')
=> plan
=> text: COPY public.customers (id, email) FROM STDIN (DEFAULT '\D')
=> copy in (text): kept, sealed public.customers.email

COPY customers (id, email) FROM STDIN (DELIMITER 'ab')
=> refuse copy-option at: DELIMITER ‹constant›
=> message: this option of COPY is not supported for a protected relation

COPY customers (id, notes) FROM STDIN
=> plan
=> text: COPY public.customers (id, notes) FROM STDIN

COPY customers (nosuch) FROM STDIN
=> refuse undefined-column at: COPY customers ( nosuch ) FROM STDIN
=> message: column "nosuch" does not exist

COPY customers TO STDOUT
=> plan
=> text: COPY public.customers (id, email, name, phone, born, hired, level, score, balance, data, active, photo, labels, notes, created_at) TO STDOUT
=> copy out (text): kept, opened public.customers.email, opened public.customers.name, opened public.customers.phone, opened public.customers.born, opened public.customers.hired, opened public.customers.level, opened public.customers.score, opened public.customers.balance, opened public.customers.data, opened public.customers.active, opened public.customers.photo, opened public.customers.labels, kept, kept

COPY orders TO STDOUT
=> plan
=> text: COPY public.orders (id, customer_id, customer_email, card, amount, note) TO STDOUT
=> copy out (text): kept, kept, opened public.orders.customer_email, opened public.orders.card, kept, kept

COPY orders FROM STDIN
=> plan
=> text: COPY public.orders (id, customer_id, customer_email, card, amount, note) FROM STDIN
=> copy in (text): kept, kept, sealed public.orders.customer_email, sealed public.orders.card, kept, kept
=> sent after a look at the shape: order decides which value goes where

COPY customers (email, id) TO STDOUT WITH DELIMITER '|' NULL ''
=> plan
=> text: COPY public.customers (email, id) TO STDOUT WITH DELIMITER '|' NULL ''
=> copy out (text): opened public.customers.email, kept

COPY (SELECT id, email FROM customers) TO STDOUT
=> plan
=> text: COPY (SELECT id, email FROM public.customers) TO STDOUT
=> copy out (text): kept, opened public.customers.email

COPY (SELECT email FROM customers WHERE email = 'secret!') TO STDOUT (FORMAT csv)
=> plan
=> text: COPY (SELECT email FROM public.customers WHERE email = ‹sealed to match public.customers.email›) TO STDOUT (FORMAT csv)
=> copy out (csv): opened public.customers.email

COPY (SELECT * FROM unknown_table, customers) TO STDOUT
=> refuse unknown-shape at: SELECT * FROM unknown_table , customers
=> message: the columns of this result cannot be counted

COPY (SELECT lower(email) FROM customers) TO STDOUT
=> refuse function-on-protected at: lower ( email )
=> message: function lower cannot be applied to protected column public.customers.email

COPY (SELECT email::varchar(3) FROM customers) TO STDOUT
=> refuse cast-of-protected at: email :: varchar ( ‹constant› )
=> message: this cast cannot be applied to protected column public.customers.email

COPY (SELECT array_agg(email) FROM customers) TO STDOUT
=> plan
=> text: COPY (SELECT array_agg(email) FROM public.customers) TO STDOUT
=> copy out (text): opened public.customers.email element by element

COPY (UPDATE customers SET notes = 'x' RETURNING email) TO STDOUT
=> plan
=> text: COPY (UPDATE public.customers SET notes = 'x' RETURNING email) TO STDOUT
=> copy out (text): opened public.customers.email

COPY (SELECT id FROM customers) TO '/tmp/x'
=> plan
=> text: COPY (SELECT id FROM public.customers) TO '/tmp/x'

COPY (SELECT email FROM customers) TO '/tmp/x'
=> refuse copy-file at: COPY ( SELECT email FROM customers ) TO …
=> message: COPY between a protected relation and a file or program of the server is not possible

COPY customers TO PROGRAM 'cat'
=> refuse copy-file at: COPY customers TO PROGRAM ‹constant›
=> message: COPY between a protected relation and a file or program of the server is not possible

COPY customers FROM '/tmp/x'
=> refuse copy-file at: COPY customers FROM ‹constant›
=> message: COPY between a protected relation and a file or program of the server is not possible

COPY notes FROM '/tmp/x'
=> clear

COPY notes FROM STDIN
=> clear

COPY moving (ident) FROM STDIN
=> refuse transitional-phase at: COPY moving ( ident ) FROM STDIN
=> message: protected column public.moving.ident is between plaintext and ciphertext

COPY moving (secret) FROM STDIN
=> plan
=> text: COPY public.moving (secret) FROM STDIN
=> copy in (text): sealed public.moving.secret

COPY people_2024 FROM STDIN
=> plan
=> text: COPY public.people_2024 (id, email, year) FROM STDIN
=> copy in (text): kept, sealed public.people.email, kept
=> sent after a look at the shape: order decides which value goes where

COPY accounts FROM STDIN
=> refuse ambiguous-relation at: accounts
=> message: relation name "accounts" could mean more than one relation

# PREPARE and EXECUTE

PREPARE p AS SELECT id FROM customers WHERE email = $1
=> plan
=> text: PREPARE p AS SELECT id FROM public.customers WHERE email = $1
=> $1: the client's $1, sealed to match public.customers.email
=> rows: kept

PREPARE p (text) AS SELECT id FROM customers WHERE email = $1
=> plan
=> text: PREPARE p (text) AS SELECT id FROM public.customers WHERE email = $1
=> $1: the client's $1, sealed to match public.customers.email given as text
=> rows: kept

PREPARE p (int, date) AS UPDATE customers SET hired = $2 WHERE id = $1
=> plan
=> text: PREPARE p (int, text) AS UPDATE public.customers SET hired = $2 WHERE id = $1
=> $1: kept
=> $2: the client's $2, sealed as public.customers.hired given as date

PREPARE p AS SELECT 1
=> clear

PREPARE p AS SELECT lower(email) FROM customers
=> refuse function-on-protected at: lower ( email )
=> message: function lower cannot be applied to protected column public.customers.email

@before PREPARE p AS SELECT id, email FROM customers WHERE email = $1
EXECUTE p ('secret!')
=> plan
=> text: EXECUTE p (‹sealed to match public.customers.email›)
=> rows: kept, opened public.customers.email

@before PREPARE p (int, text) AS INSERT INTO customers (id, email) VALUES ($1, $2)
EXECUTE p (1, 'secret!')
=> plan
=> text: EXECUTE p (1, ‹sealed as public.customers.email, cast to text›)

@before PREPARE p AS INSERT INTO customers (id, email) VALUES ($1, $2) RETURNING *
EXECUTE p (1, NULL)
=> plan
=> rows: kept, opened public.customers.email, opened public.customers.name, opened public.customers.phone, opened public.customers.born, opened public.customers.hired, opened public.customers.level, opened public.customers.score, opened public.customers.balance, opened public.customers.data, opened public.customers.active, opened public.customers.photo, opened public.customers.labels, kept, kept

@before PREPARE p AS SELECT id FROM customers WHERE email = $1 OR phone = $1
EXECUTE p ('secret!')
=> plan
=> text: EXECUTE p (‹sealed to match public.customers.email›, ‹sealed to match public.customers.phone›)
=> rows: kept

@before PREPARE p AS SELECT id FROM customers WHERE email = $1 OR notes = $1
EXECUTE p ('secret!')
=> plan
=> text: EXECUTE p (‹sealed to match public.customers.email›, 'secret!')
=> rows: kept

@before PREPARE p AS SELECT id FROM customers WHERE email = ANY ($1)
EXECUTE p ('{secret!}')
=> plan
=> text: EXECUTE p (‹sealed to match public.customers.email element by element›)
=> rows: kept

@before PREPARE p AS SELECT id FROM customers WHERE email = $1
EXECUTE p (upper('x'))
=> plan
=> text: EXECUTE p (‹sealed to match public.customers.email given as text, cast to text, upper›)
=> rows: kept

@before PREPARE p AS SELECT 1 WHERE $1
EXECUTE p (true)
=> clear

@before PREPARE p AS SELECT email FROM customers
EXPLAIN EXECUTE p
=> clear

@before PREPARE p AS SELECT email FROM customers
@before DEALLOCATE p
EXECUTE p
=> refuse untracked-prepared at: EXECUTE p
=> message: this prepared statement does not exist

@before PREPARE p AS SELECT email FROM customers
@before DEALLOCATE ALL
EXECUTE p
=> refuse untracked-prepared at: EXECUTE p
=> message: this prepared statement does not exist

@before PREPARE p AS SELECT email FROM customers
@before DISCARD ALL
EXECUTE p
=> refuse untracked-prepared at: EXECUTE p
=> message: this prepared statement does not exist

@before PREPARE p AS SELECT email FROM customers
CREATE TABLE t AS EXECUTE p
=> refuse table-from-protected at: CREATE TABLE t AS EXECUTE p
=> message: a protected column cannot be copied into a new table

DEALLOCATE p
=> clear

# Cursors

DECLARE c CURSOR FOR SELECT id, email FROM customers
=> plan
=> text: DECLARE c CURSOR FOR SELECT id, email FROM public.customers
=> rows: kept, opened public.customers.email

DECLARE c BINARY CURSOR FOR SELECT email FROM customers
=> plan
=> text: DECLARE c BINARY CURSOR FOR SELECT email FROM public.customers
=> rows: opened public.customers.email

DECLARE c SCROLL CURSOR WITH HOLD FOR SELECT * FROM notes
=> clear

@before DECLARE c CURSOR FOR SELECT id, email FROM customers
FETCH 10 FROM c
=> plan
=> rows: kept, opened public.customers.email

@before DECLARE c CURSOR FOR SELECT id FROM notes
FETCH ALL FROM c
=> clear

@before DECLARE c CURSOR FOR SELECT id, email FROM customers
MOVE 10 FROM c
=> clear

@before DECLARE c CURSOR FOR SELECT id, email FROM customers
@before CLOSE c
FETCH 10 FROM c
=> refuse untracked-cursor at: FETCH ‹constant› FROM c
=> message: this cursor was not declared through pgveil in this session

FETCH NEXT FROM unknown
=> refuse untracked-cursor at: FETCH NEXT FROM unknown
=> message: this cursor was not declared through pgveil in this session

MOVE NEXT FROM unknown
=> clear

CLOSE c
=> clear

# EXPLAIN

EXPLAIN SELECT email FROM customers WHERE email = $1
=> plan
=> text: EXPLAIN SELECT email FROM public.customers WHERE email = $1
=> $1: the client's $1, sealed to match public.customers.email

EXPLAIN ANALYZE DELETE FROM customers WHERE email = 'secret!'
=> plan
=> text: EXPLAIN ANALYZE DELETE FROM public.customers WHERE email = ‹sealed to match public.customers.email›

EXPLAIN (COSTS off) SELECT * FROM notes
=> clear

EXPLAIN SELECT * FROM customers WHERE lower(email) = 'x'
=> refuse function-on-protected at: lower ( email )
=> message: function lower cannot be applied to protected column public.customers.email

# Temporary tables and views

CREATE TEMP TABLE t AS SELECT id, email FROM customers
=> plan
=> text: CREATE TEMP TABLE t AS SELECT id, email FROM public.customers

CREATE TEMP TABLE t AS SELECT id, name FROM customers WHERE email = 'secret!'
=> plan
=> text: CREATE TEMP TABLE t AS SELECT id, name FROM public.customers WHERE email = ‹sealed to match public.customers.email›

CREATE TEMP TABLE t AS SELECT array_agg(email) AS a FROM customers
=> refuse table-from-protected at: t
=> message: protected column public.customers.email cannot be copied into a new table

CREATE TEMP VIEW v AS SELECT id, email FROM customers
=> plan
=> text: CREATE TEMP VIEW v AS SELECT id, email FROM public.customers

SELECT id, email INTO TEMP t FROM customers
=> plan
=> text: SELECT id, email INTO TEMP t FROM public.customers

@before CREATE TEMP TABLE t AS SELECT id, email FROM customers
SELECT * FROM t WHERE email = 'secret!'
=> plan
=> text: SELECT * FROM t WHERE email = ‹sealed to match public.customers.email›
=> rows: kept, opened public.customers.email

@before CREATE TEMP TABLE t AS SELECT id, email FROM customers
INSERT INTO t VALUES (1, 'secret!')
=> plan
=> text: INSERT INTO t (id, email) VALUES (1, ‹sealed as public.customers.email›)
=> sent after a look at the shape: order decides which value goes where

@before CREATE TEMP TABLE t AS SELECT id, email FROM customers
SELECT c.id FROM customers c JOIN pg_temp.t ON t.email = c.email
=> plan
=> text: SELECT c.id FROM public.customers c JOIN pg_temp.t ON t.email = c.email
=> rows: kept

@before CREATE TEMP TABLE t AS SELECT id, email FROM customers
@before DROP TABLE t
SELECT * FROM t
=> refuse unsettled-relation at: t
=> message: relation "t" does not exist

@before CREATE TEMP TABLE t (email text)
INSERT INTO t SELECT email FROM customers
=> refuse protected-into-plain at: SELECT email FROM customers
=> message: protected column public.customers.email cannot be stored in a column that is not protected

@before CREATE TEMP TABLE customers (email text)
SELECT email FROM customers
=> refuse ambiguous-relation at: customers
=> message: relation name "customers" could mean more than one relation

@before CREATE TEMP TABLE customers (email text)
SELECT email FROM public.customers
=> plan
=> rows: opened public.customers.email

@before SELECT id, email INTO TEMP t FROM customers
SELECT email FROM t
=> plan
=> rows: opened public.customers.email

# Session

SET search_path TO archive, public
=> clear

SET client_encoding TO 'LATIN1'
=> clear

SHOW server_version
=> clear

BEGIN
=> clear

COMMIT
=> clear

SAVEPOINT s
=> clear

LISTEN customers
=> clear

NOTIFY channel, 'customers'
=> clear

DISCARD ALL
=> clear

LOCK TABLE customers IN SHARE MODE
=> clear

SELECT set_config('search_path', 'x', false)
=> clear

SELECT pg_advisory_lock(1)
=> clear

SELECT 'customers'::regclass
=> clear

SELECT currval('customers_id_seq')
=> clear

SELECT set_config('jit', $1, false)
=> clear

# Bare names of several protected relations, by the client's own path

@search_path crm, public
SELECT iban FROM accounts WHERE iban = 'x'
=> plan
=> text: SELECT iban FROM crm.accounts WHERE iban = ‹sealed to match crm.accounts.iban›
=> rows: opened crm.accounts.iban

@search_path "$user", sales
SELECT iban FROM accounts
=> plan
=> text: SELECT iban FROM sales.accounts
=> rows: opened sales.accounts.iban

@search_path nowhere
SELECT iban FROM accounts
=> refuse ambiguous-relation at: accounts
=> message: relation name "accounts" could mean more than one relation

@search_path crm
DROP TABLE accounts
=> plan
=> text: DROP TABLE crm.accounts
=> pin: crm.accounts is gone

@search_path crm
CREATE TABLE accounts (id int, iban text)
=> plan
=> text: CREATE TABLE crm.accounts (id int, iban text CONSTRAINT pgveil_guard_iban CHECK (iban LIKE 'pgV1:_______________________________________________%.'))
=> pin: crm.accounts has the columns id, iban carries crm.accounts.iban

@search_path crm
@before PREPARE s AS SELECT iban FROM accounts
EXECUTE s
=> plan
=> rows: opened crm.accounts.iban

SET search_path = sales; SELECT iban FROM accounts; SET search_path = crm; SELECT iban FROM accounts
=> clear
=> plan
=> text: SELECT iban FROM sales.accounts
=> rows: opened sales.accounts.iban
=> clear
=> plan
=> text: SELECT iban FROM crm.accounts
=> rows: opened crm.accounts.iban

SET search_path = archive; SELECT email FROM customers
=> clear
=> refuse ambiguous-relation at: customers
=> message: relation name "customers" could mean more than one relation

BEGIN; SET LOCAL search_path = crm; SELECT iban FROM accounts; COMMIT; SELECT iban FROM accounts
=> clear
=> clear
=> plan
=> text: SELECT iban FROM crm.accounts
=> rows: opened crm.accounts.iban
=> clear
=> refuse ambiguous-relation at: accounts
=> message: relation name "accounts" could mean more than one relation

SELECT set_config('search_path', body, false) FROM notes; SELECT iban FROM accounts
=> plan
=> refuse ambiguous-relation at: accounts
=> message: relation name "accounts" could mean more than one relation

@search_path crm
PREPARE s AS SELECT set_config('search_path', 'sales', false); SELECT iban FROM accounts
=> plan
=> refuse ambiguous-relation at: accounts
=> message: relation name "accounts" could mean more than one relation

@search_path crm
RESET search_path; SELECT iban FROM accounts
=> clear
=> refuse ambiguous-relation at: accounts
=> message: relation name "accounts" could mean more than one relation

# Several statements, of which one says how others are read

SET standard_conforming_strings = on; SET client_encoding = 'UTF8'; INSERT INTO customers (email) VALUES ('x')
=> clear
=> clear
=> plan
=> text: INSERT INTO public.customers (email) VALUES (‹sealed as public.customers.email›)

SET client_encoding = 'LATIN1'; SELECT email FROM customers
=> clear
=> refuse text-rules at: customers
=> message: protected columns need UTF8 encoding on both sides and standard_conforming_strings = on

SET DateStyle = 'SQL, DMY'; INSERT INTO customers (email) VALUES ('x')
=> clear
=> plan
=> text: INSERT INTO public.customers (email) VALUES (‹sealed as public.customers.email›)

SET DateStyle = 'SQL, DMY'; INSERT INTO customers (born) VALUES ('01/02/2020')
=> clear
=> refuse text-rules at: INSERT INTO customers ( born ) VALUES ( …
=> message: protected columns need UTF8 encoding on both sides and standard_conforming_strings = on

SET TIME ZONE 'UTC'; SELECT born FROM customers WHERE id = 1
=> clear
=> plan
=> text: SELECT born FROM public.customers WHERE id = 1
=> rows: opened public.customers.born

SELECT set_config('DateStyle', body, false) FROM notes; SELECT email FROM customers
=> plan
=> refuse text-rules at: customers
=> message: protected columns need UTF8 encoding on both sides and standard_conforming_strings = on

SET standard_conforming_strings = off; SELECT id FROM customers WHERE email = 'a\' OR '' = 'x'
=> clear
=> refuse text-rules at: customers
=> message: protected columns need UTF8 encoding on both sides and standard_conforming_strings = on

# set_config is certain where it is certainly called

@search_path sales
SELECT set_config('search_path', 'crm', false); SELECT iban FROM accounts
=> plan
=> plan
=> text: SELECT iban FROM crm.accounts
=> rows: opened crm.accounts.iban

@search_path sales
SELECT set_config('search_path', 'crm', false) FROM notes; SELECT iban FROM accounts
=> plan
=> refuse ambiguous-relation at: accounts
=> message: relation name "accounts" could mean more than one relation

@search_path sales
SELECT set_config('search_path', 'crm', false) WHERE false; SELECT iban FROM accounts
=> plan
=> refuse ambiguous-relation at: accounts
=> message: relation name "accounts" could mean more than one relation
