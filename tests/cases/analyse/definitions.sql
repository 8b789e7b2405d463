# Tables

CREATE TABLE customers (id int, email text)
=> clear

CREATE TABLE customers (id int, email text DEFAULT 'secret!')
=> refuse body-on-protected at: DEFAULT ‹constant›
=> message: a default or check cannot use protected column public.customers.email

CREATE TABLE customers (id int, email text CHECK (email <> 'secret!'))
=> refuse body-on-protected at: CHECK ( email <> ‹constant› )
=> message: a default or check cannot use protected column public.customers.email

CREATE TABLE customers (id int, email text, CHECK (email <> 'secret!'))
=> refuse body-on-protected at: CHECK ( email <> ‹constant› )
=> message: a CHECK constraint cannot use a protected column

CREATE TABLE customers (id int, name varchar(100) UNIQUE)
=> refuse index-on-protected at: UNIQUE
=> message: this index means nothing on protected column public.customers.name

CREATE TABLE other (id int, email text DEFAULT 'x')
=> clear

CREATE TABLE copy_of (LIKE customers)
=> refuse alter-protected at: CREATE TABLE copy_of ( LIKE customers )
=> message: a table LIKE it is not possible on a protected column

CREATE TABLE child () INHERITS (customers)
=> refuse alter-protected at: CREATE TABLE child ( ) INHERITS ( customers …
=> message: a new partition or child is not possible on a protected column

CREATE TABLE people_2025 PARTITION OF people FOR VALUES FROM (2025) TO (2026)
=> refuse alter-protected at: CREATE TABLE people_2025 PARTITION OF people FOR VALUES …
=> message: a new partition or child is not possible on a protected column

CREATE TABLE other (email text REFERENCES customers (email))
=> refuse index-on-protected at: REFERENCES customers ( email )
=> message: this index means nothing on protected column public.customers.email

CREATE TABLE other (id int REFERENCES customers (id))
=> plan
=> text: CREATE TABLE other (id int REFERENCES public.customers (id))

CREATE TABLE t AS SELECT email FROM customers
=> refuse table-from-protected at: t
=> message: protected column public.customers.email cannot be copied into a new table

CREATE TABLE t AS SELECT id FROM customers
=> plan
=> text: CREATE TABLE t AS SELECT id FROM public.customers

CREATE TABLE t AS TABLE customers
=> refuse table-from-protected at: t
=> message: protected column public.customers.email cannot be copied into a new table

SELECT email INTO t FROM customers
=> refuse table-from-protected at: INTO t
=> message: protected column public.customers.email cannot be copied into a new table

SELECT id INTO t FROM customers WHERE email = 'secret!'
=> plan
=> text: SELECT id INTO t FROM public.customers WHERE email = ‹sealed to match public.customers.email›

CREATE MATERIALIZED VIEW m AS SELECT email FROM customers
=> refuse table-from-protected at: m
=> message: protected column public.customers.email cannot be copied into a new table

CREATE MATERIALIZED VIEW m AS SELECT id FROM customers
=> plan
=> text: CREATE MATERIALIZED VIEW m AS SELECT id FROM public.customers

CREATE VIEW v AS SELECT email FROM customers
=> refuse view-over-protected at: v
=> message: a view over protected column public.customers.email has to be pinned before it is used

CREATE VIEW v AS SELECT id, notes FROM customers
=> plan
=> text: CREATE VIEW v AS SELECT id, notes FROM public.customers

CREATE OR REPLACE VIEW customer_emails AS SELECT id FROM customers
=> refuse view-over-protected at: customer_emails
=> message: a view over a protected column has to be pinned before it is used

CREATE VIEW v AS SELECT 1
=> clear

DROP TABLE customers
=> clear

DROP VIEW customer_emails
=> clear

TRUNCATE customers
=> clear

ALTER TABLE customers ADD COLUMN x int
=> plan
=> text: ALTER TABLE public.customers ADD COLUMN x int

ALTER TABLE customers ADD COLUMN x text DEFAULT 'a'
=> plan
=> text: ALTER TABLE public.customers ADD COLUMN x text DEFAULT 'a'

ALTER TABLE customers DROP COLUMN email
=> refuse alter-protected at: ALTER TABLE customers DROP COLUMN email
=> message: dropping is not possible on protected column public.customers.email

ALTER TABLE customers DROP COLUMN notes
=> plan
=> text: ALTER TABLE public.customers DROP COLUMN notes

ALTER TABLE customers RENAME COLUMN email TO mail
=> refuse alter-protected at: ALTER TABLE customers RENAME COLUMN email TO mail
=> message: renaming is not possible on protected column public.customers.email

ALTER TABLE customers RENAME TO clients
=> refuse alter-protected at: ALTER TABLE customers RENAME TO clients
=> message: renaming is not possible on a protected column

ALTER TABLE customers SET SCHEMA archive
=> refuse alter-protected at: ALTER TABLE customers SET SCHEMA archive
=> message: renaming is not possible on a protected column

ALTER TABLE customers ALTER COLUMN email TYPE varchar(10)
=> refuse alter-protected at: ALTER TABLE customers ALTER COLUMN email TYPE varchar …
=> message: changing the type is not possible on protected column public.customers.email

ALTER TABLE customers ALTER COLUMN notes TYPE varchar USING email
=> refuse protected-into-plain at: email
=> message: protected column public.customers.email cannot be stored in a column that is not protected

ALTER TABLE customers ALTER COLUMN email SET DEFAULT 'secret!'
=> refuse alter-protected at: ALTER TABLE customers ALTER COLUMN email SET DEFAULT …
=> message: a default is not possible on protected column public.customers.email

ALTER TABLE customers ALTER COLUMN email SET DEFAULT NULL
=> plan
=> text: ALTER TABLE public.customers ALTER COLUMN email SET DEFAULT NULL

ALTER TABLE customers ALTER COLUMN email DROP DEFAULT
=> plan
=> text: ALTER TABLE public.customers ALTER COLUMN email DROP DEFAULT

ALTER TABLE customers ALTER COLUMN email SET NOT NULL
=> plan
=> text: ALTER TABLE public.customers ALTER COLUMN email SET NOT NULL

ALTER TABLE customers ALTER COLUMN notes SET DEFAULT 'x'
=> plan
=> text: ALTER TABLE public.customers ALTER COLUMN notes SET DEFAULT 'x'

ALTER TABLE customers ADD CHECK (email IS NOT NULL)
=> plan
=> text: ALTER TABLE public.customers ADD CHECK (email IS NOT NULL)

ALTER TABLE customers ADD CONSTRAINT c CHECK (email LIKE '%@%')
=> refuse pattern-on-protected at: email LIKE ‹constant›
=> message: cannot match a pattern on protected column public.customers.email

ALTER TABLE customers ADD CONSTRAINT c CHECK (email <> 'secret!')
=> refuse body-on-protected at: ‹constant›
=> message: a default or check cannot use protected column public.customers.email

ALTER TABLE customers ADD UNIQUE (email)
=> plan
=> text: ALTER TABLE public.customers ADD UNIQUE (email)

ALTER TABLE customers ADD UNIQUE (name)
=> refuse index-on-protected at: UNIQUE ( name )
=> message: this index means nothing on protected column public.customers.name

ALTER TABLE orders ADD FOREIGN KEY (customer_email) REFERENCES customers (email)
=> plan
=> text: ALTER TABLE public.orders ADD FOREIGN KEY (customer_email) REFERENCES public.customers (email)

ALTER TABLE orders ADD FOREIGN KEY (customer_email) REFERENCES leads (email)
=> refuse cross-domain at: FOREIGN KEY ( customer_email ) REFERENCES leads ( …
=> message: protected column public.orders.customer_email meets a protected value of another domain, mode or type

ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers
=> plan
=> text: ALTER TABLE public.orders ADD FOREIGN KEY (customer_id) REFERENCES public.customers

ALTER TABLE customers ADD EXCLUDE USING gist (email WITH =)
=> refuse index-on-protected at: email
=> message: this index means nothing on protected column public.customers.email

ALTER TABLE people ATTACH PARTITION people_2025 FOR VALUES FROM (1) TO (2)
=> refuse alter-protected at: ALTER TABLE people ATTACH PARTITION people_2025 FOR VALUES …
=> message: attaching a table is not possible on a protected column

ALTER TABLE people DETACH PARTITION people_2024
=> plan
=> text: ALTER TABLE public.people DETACH PARTITION people_2024

ALTER TABLE notes INHERIT customers
=> refuse alter-protected at: ALTER TABLE notes INHERIT customers
=> message: attaching a table is not possible on a protected column

ALTER TABLE customers ENABLE ROW LEVEL SECURITY
=> plan
=> text: ALTER TABLE public.customers ENABLE ROW LEVEL SECURITY

ALTER TABLE notes ADD COLUMN email2 text
=> clear

ALTER TABLE accounts ADD COLUMN x int
=> refuse ambiguous-relation at: accounts
=> message: relation name "accounts" could mean more than one relation

# Indexes, policies, rules, triggers

CREATE INDEX ON customers (email)
=> plan
=> text: CREATE INDEX ON public.customers (email)

CREATE UNIQUE INDEX ON customers (email, id)
=> plan
=> text: CREATE UNIQUE INDEX ON public.customers (email, id)

CREATE INDEX ON customers USING hash (email)
=> plan
=> text: CREATE INDEX ON public.customers USING hash (email)

CREATE INDEX ON customers (name)
=> refuse index-on-protected at: name
=> message: this index means nothing on protected column public.customers.name

CREATE INDEX ON customers (lower(email))
=> refuse function-on-protected at: lower ( email )
=> message: function lower cannot be applied to protected column public.customers.email

CREATE INDEX ON customers USING gin (email)
=> refuse index-on-protected at: email
=> message: this index means nothing on protected column public.customers.email

CREATE INDEX ON customers (email text_pattern_ops)
=> refuse index-on-protected at: email
=> message: this index means nothing on protected column public.customers.email

CREATE INDEX ON customers (id) WHERE email IS NOT NULL
=> plan
=> text: CREATE INDEX ON public.customers (id) WHERE email IS NOT NULL

CREATE INDEX ON customers (id) WHERE email = 'secret!'
=> refuse body-on-protected at: ‹constant›
=> message: an index cannot use protected column public.customers.email

CREATE INDEX ON customers (id) INCLUDE (email)
=> plan
=> text: CREATE INDEX ON public.customers (id) INCLUDE (email)

CREATE INDEX ON customers (notes)
=> plan
=> text: CREATE INDEX ON public.customers (notes)

CREATE INDEX ON notes (email)
=> clear

CREATE POLICY p ON customers USING (notes = current_user)
=> plan
=> text: CREATE POLICY p ON public.customers USING (notes = current_user)

CREATE POLICY p ON customers USING (email = current_user)
=> refuse mixed-with-plain at: email = current_user
=> message: protected column public.customers.email meets a value that is not protected

CREATE POLICY p ON customers USING (email = 'secret!')
=> refuse body-on-protected at: ‹constant›
=> message: a row policy cannot use protected column public.customers.email

CREATE RULE r AS ON DELETE TO customers DO INSTEAD NOTHING
=> refuse body-on-protected at: CREATE RULE r AS ON DELETE TO customers …
=> message: a rule cannot use a protected column

CREATE RULE r AS ON INSERT TO notes DO ALSO INSERT INTO customers (email) VALUES (new.email)
=> refuse plain-into-protected at: new . email
=> message: a value that the server computes cannot be stored in protected column public.customers.email

CREATE TRIGGER t AFTER UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION audit()
=> plan
=> text: CREATE TRIGGER t AFTER UPDATE ON public.customers FOR EACH ROW EXECUTE FUNCTION audit()

CREATE TRIGGER t AFTER UPDATE ON customers FOR EACH ROW WHEN (old.email IS DISTINCT FROM new.email) EXECUTE FUNCTION audit()
=> plan
=> text: CREATE TRIGGER t AFTER UPDATE ON public.customers FOR EACH ROW WHEN (old.email IS DISTINCT FROM new.email) EXECUTE FUNCTION audit()

CREATE TRIGGER t AFTER UPDATE ON customers FOR EACH ROW WHEN (new.email = 'secret!') EXECUTE FUNCTION audit()
=> refuse body-on-protected at: ‹constant›
=> message: a trigger's condition cannot use protected column public.customers.email

CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM customers'
=> plan

CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM customers WHERE email = 'secret!' $$
=> refuse body-on-protected at: CREATE FUNCTION f ( ) RETURNS bigint LANGUAGE …
=> message: a function with constants in its body cannot use a protected column

CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'
=> clear

CREATE PROCEDURE f() LANGUAGE plpgsql AS $$ BEGIN UPDATE customers SET email = 'secret!'; END $$
=> refuse body-on-protected at: CREATE PROCEDURE f ( ) LANGUAGE plpgsql AS …
=> message: a function with constants in its body cannot use a protected column

CREATE STATISTICS s ON id, notes FROM customers
=> plan
=> text: CREATE STATISTICS s ON id, notes FROM public.customers

CREATE DOMAIN d AS text CHECK (value <> 'customers')
=> clear

CREATE PUBLICATION p FOR TABLE customers
=> plan
=> text: CREATE PUBLICATION p FOR TABLE public.customers

CREATE PUBLICATION p FOR TABLE customers WHERE (email = 'secret!')
=> refuse body-on-protected at: ‹constant›
=> message: a publication cannot use protected column public.customers.email

COMMENT ON TABLE customers IS 'people'
=> clear

COMMENT ON COLUMN customers.email IS 'address'
=> clear

GRANT SELECT ON customers TO bob
=> clear

VACUUM ANALYZE customers
=> clear

REINDEX TABLE customers
=> clear

CLUSTER customers
=> clear

REFRESH MATERIALIZED VIEW customers
=> clear

# Functions and code

SELECT twice(5)
=> clear

SELECT similarity('a', 'b')
=> clear

SELECT twice(id) FROM customers
=> plan
=> text: SELECT twice(id) FROM public.customers
=> rows: kept

SELECT twice(level) FROM customers
=> refuse function-on-protected at: twice ( level )
=> message: function twice cannot be applied to protected column public.customers.level

SELECT find_customer(notes) FROM customers
=> refuse undeclared-function at: find_customer ( notes )
=> message: function find_customer could reach protected columns

SELECT run(notes) FROM notes
=> clear

SELECT native(1)
=> refuse undeclared-function at: native ( ‹constant› )
=> message: function native could reach protected columns

SELECT native(body) FROM notes
=> clear

SELECT mask_email(email) FROM customers
=> plan
=> text: SELECT mask_email(email) FROM public.customers
=> rows: opened public.customers.email (expression)

SELECT mask_email(name) FROM customers
=> refuse cross-domain at: mask_email ( name )
=> message: protected column public.customers.name meets a protected value of another domain, mode or type

SELECT touch('x')
=> clear

SELECT touch(email) FROM customers
=> refuse function-on-protected at: touch ( email )
=> message: function touch cannot be applied to protected column public.customers.email

CALL run('x')
=> refuse undeclared-function at: CALL run ( ‹constant› )
=> message: function run could reach protected columns

CALL find_customer('x')
=> refuse undeclared-function at: CALL find_customer ( ‹constant› )
=> message: function find_customer could reach protected columns

DO $$ BEGIN PERFORM 1; END $$
=> plan

DO $$ BEGIN PERFORM count(*) FROM customers; END $$
=> refuse dynamic-sql at: DO ‹constant›
=> message: SQL text that the server runs could reach protected columns

DO $$ BEGIN PERFORM run('x'); END $$
=> refuse dynamic-sql at: DO ‹constant›
=> message: SQL text that the server runs could reach protected columns

SELECT query_to_xml('SELECT 1', true, true, '')
=> plan

SELECT table_to_xml('customers', true, true, '')
=> refuse dynamic-sql at: table_to_xml ( ‹constant› , true , true , …
=> message: SQL text that the server runs could reach protected columns

SELECT database_to_xml(true, true, '')
=> refuse dynamic-sql at: database_to_xml ( true , true , ‹constant› )
=> message: SQL text that the server runs could reach protected columns

SELECT ts_stat('SELECT to_tsvector(email) FROM customers')
=> refuse dynamic-sql at: ts_stat ( ‹constant› )
=> message: SQL text that the server runs could reach protected columns

SELECT cursor_to_xml('c', 1, true, true, '')
=> plan
