# Tables

CREATE TABLE customers (id int, email text)
=> plan
=> text: CREATE TABLE public.customers (id int, email text CONSTRAINT pgveil_guard_email CHECK (email LIKE 'pgV1:_______________________________________________%.'))
=> pin: public.customers has the columns id, email carries public.customers.email

CREATE TABLE customers (id int, email text DEFAULT 'secret!')
=> plan
=> text: CREATE TABLE public.customers (id int, email text DEFAULT ‹sealed as public.customers.email› CONSTRAINT pgveil_guard_email CHECK (email LIKE 'pgV1:_______________________________________________%.'))
=> pin: public.customers has the columns id, email carries public.customers.email

CREATE TABLE customers (id int, email varchar(255) DEFAULT '' NOT NULL)
=> plan
=> text: CREATE TABLE public.customers (id int, email character varying DEFAULT ‹sealed as public.customers.email› NOT NULL CONSTRAINT pgveil_guard_email CHECK (email LIKE 'pgV1:_______________________________________________%.'))
=> pin: public.customers.email holds character varying(255), stored as character varying
=> pin: public.customers has the columns id, email carries public.customers.email

CREATE TABLE customers (id int, email text DEFAULT 'secret!'::character varying(40))
=> plan
=> text: CREATE TABLE public.customers (id int, email text DEFAULT ‹sealed as public.customers.email, cast to character varying(40)› CONSTRAINT pgveil_guard_email CHECK (email LIKE 'pgV1:_______________________________________________%.'))
=> pin: public.customers has the columns id, email carries public.customers.email

CREATE TABLE customers (id int, email text DEFAULT lower('Secret!'))
=> plan
=> text: CREATE TABLE public.customers (id int, email text DEFAULT ‹sealed as public.customers.email given as text, lower› CONSTRAINT pgveil_guard_email CHECK (email LIKE 'pgV1:_______________________________________________%.'))
=> pin: public.customers has the columns id, email carries public.customers.email

CREATE TABLE customers (id int, email text DEFAULT NULL::text)
=> plan
=> text: CREATE TABLE public.customers (id int, email text DEFAULT NULL::text CONSTRAINT pgveil_guard_email CHECK (email LIKE 'pgV1:_______________________________________________%.'))
=> pin: public.customers has the columns id, email carries public.customers.email

CREATE TABLE customers (id int, email text DEFAULT current_user)
=> refuse body-on-protected at: DEFAULT current_user
=> message: a default that is no constant cannot use protected column public.customers.email

CREATE TABLE customers (id int, email text DEFAULT 'secret!' || random())
=> refuse body-on-protected at: DEFAULT ‹constant› || random ( )
=> message: a default that is no constant cannot use protected column public.customers.email

CREATE TABLE customers (id int, email text DEFAULT coalesce(NULL, 'secret!'))
=> refuse body-on-protected at: DEFAULT coalesce ( NULL , ‹constant› )
=> message: a default that is no constant cannot use protected column public.customers.email

CREATE TABLE customers (id int, email text DEFAULT $1)
=> refuse body-on-protected at: DEFAULT $1
=> message: a default that is no constant cannot use protected column public.customers.email

CREATE TABLE customers (id int, email int DEFAULT 7)
=> refuse alter-protected at: email int DEFAULT ‹constant›
=> message: a type that the policy does not say is not possible on protected column public.customers.email

ALTER TABLE customers ALTER email SET DEFAULT gen_random_uuid()::text
=> refuse body-on-protected at: ALTER TABLE customers ALTER email SET DEFAULT gen_random_uuid …
=> message: a default that is no constant cannot use protected column public.customers.email

ALTER TABLE customers ALTER email SET DEFAULT notes
=> refuse undefined-column at: notes
=> message: column "notes" does not exist

SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef
=> plan
=> rows: sealed DEFAULTs in them are shown opened
=> sent after a look at the shape: order decides which value goes where

SELECT column_default FROM information_schema.columns WHERE table_name = 'customers'
=> plan
=> rows: sealed DEFAULTs in them are shown opened
=> sent after a look at the shape: order decides which value goes where

CREATE TABLE customers (id int, email text CHECK (email <> 'secret!'))
=> refuse body-on-protected at: CHECK ( email <> ‹constant› )
=> message: a default or check cannot use protected column public.customers.email

CREATE TABLE customers (id int, email text, CHECK (email <> 'secret!'))
=> refuse body-on-protected at: ‹constant›
=> message: a default or check cannot use protected column public.customers.email

CREATE TABLE customers (id int, name varchar(100) UNIQUE)
=> refuse index-on-protected at: UNIQUE
=> message: this index means nothing on protected column public.customers.name

CREATE TABLE other (id int, email text DEFAULT 'x')
=> clear

CREATE TABLE leads (LIKE leads INCLUDING ALL EXCLUDING CONSTRAINTS, extra text)
=> plan
=> text: CREATE TABLE public.leads (LIKE public.leads INCLUDING ALL EXCLUDING CONSTRAINTS, extra text)
=> behind it: ALTER TABLE public.leads ADD CONSTRAINT pgveil_guard_email CHECK (email LIKE 'pgV1:_______________________________________________%.'), ADD CONSTRAINT pgveil_guard_name CHECK (name LIKE 'pgV1:_______________________________________________%.')
=> pin: public.leads has the columns id, email carries public.leads.email, name carries public.leads.name, extra

CREATE TABLE leads (line int, LIKE leads INCLUDING DEFAULTS INCLUDING CONSTRAINTS, at timestamptz DEFAULT now())
=> plan
=> text: CREATE TABLE public.leads (line int, LIKE public.leads INCLUDING DEFAULTS INCLUDING CONSTRAINTS, at timestamptz DEFAULT now())
=> behind it: ALTER TABLE public.leads DROP CONSTRAINT IF EXISTS pgveil_guard_email, ADD CONSTRAINT pgveil_guard_email CHECK (email LIKE 'pgV1:_______________________________________________%.'), DROP CONSTRAINT IF EXISTS pgveil_guard_name, ADD CONSTRAINT pgveil_guard_name CHECK (name LIKE 'pgV1:_______________________________________________%.')
=> pin: public.leads has the columns line, id, email carries public.leads.email, name carries public.leads.name, at

CREATE TABLE orders (LIKE leads)
=> refuse alter-protected at: CREATE TABLE orders ( LIKE leads )
=> message: a table LIKE it is not possible on protected column public.leads.email

CREATE TABLE leads (LIKE notes, LIKE leads)
=> refuse alter-protected at: CREATE TABLE leads ( LIKE notes , LIKE …
=> message: a table LIKE it and another is not possible on a protected column

CREATE TABLE IF NOT EXISTS leads (LIKE leads)
=> refuse alter-protected at: CREATE TABLE IF NOT EXISTS leads ( LIKE …
=> message: a table LIKE it is not possible on a protected column

CREATE TABLE leads (LIKE customers)
=> refuse cross-domain at: CREATE TABLE leads ( LIKE customers )
=> message: protected column public.leads.email meets a protected value of another domain, mode or type

CREATE TABLE moving (LIKE moving)
=> refuse transitional-phase at: CREATE TABLE moving ( LIKE moving )
=> message: protected column public.moving.secret is between plaintext and ciphertext

CREATE TABLE leads (LIKE leads, CHECK (email <> 'secret!'))
=> refuse body-on-protected at: ‹constant›
=> message: a default or check cannot use protected column public.leads.email

CREATE TABLE leads (LIKE leads, extra text DEFAULT 'x' CHECK (extra <> 'y'))
=> plan
=> text: CREATE TABLE public.leads (LIKE public.leads, extra text DEFAULT 'x' CHECK (extra <> 'y'))
=> behind it: ALTER TABLE public.leads ADD CONSTRAINT pgveil_guard_email CHECK (email LIKE 'pgV1:_______________________________________________%.'), ADD CONSTRAINT pgveil_guard_name CHECK (name LIKE 'pgV1:_______________________________________________%.')
=> pin: public.leads has the columns id, email carries public.leads.email, name carries public.leads.name, extra

CREATE TABLE copy_of (LIKE customers)
=> refuse alter-protected at: CREATE TABLE copy_of ( LIKE customers )
=> message: a table LIKE it is not possible on a protected column

CREATE TABLE child () INHERITS (customers)
=> plan
=> text: CREATE TABLE public.child () INHERITS (public.customers)
=> pin: public.child has the columns id, email carries public.customers.email, name carries public.customers.name, phone carries public.customers.phone, born carries public.customers.born, hired carries public.customers.hired, level carries public.customers.level, score carries public.customers.score, balance carries public.customers.balance, data carries public.customers.data, active carries public.customers.active, photo carries public.customers.photo, labels carries public.customers.labels, notes, created_at

CREATE TABLE people_2025 PARTITION OF people FOR VALUES FROM (2025) TO (2026)
=> plan
=> text: CREATE TABLE public.people_2025 PARTITION OF public.people FOR VALUES FROM (2025) TO (2026)
=> pin: public.people_2025 has the columns id, email carries public.people.email, year

CREATE TABLE other (email text REFERENCES customers (email))
=> refuse mixed-with-plain at: REFERENCES customers ( email )
=> message: protected column public.customers.email meets a value that is not protected

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
=> plan
=> text: CREATE MATERIALIZED VIEW public.m AS SELECT email FROM public.customers
=> pin: public.m has the columns email carries public.customers.email

CREATE MATERIALIZED VIEW m AS SELECT id FROM customers
=> plan
=> text: CREATE MATERIALIZED VIEW public.m AS SELECT id FROM public.customers
=> pin: public.m has the columns id

CREATE VIEW v AS SELECT email FROM customers
=> plan
=> text: CREATE VIEW public.v AS SELECT email FROM public.customers
=> pin: public.v has the columns email carries public.customers.email

CREATE VIEW v AS SELECT id, notes FROM customers
=> plan
=> text: CREATE VIEW public.v AS SELECT id, notes FROM public.customers
=> pin: public.v has the columns id, notes

CREATE OR REPLACE VIEW customer_emails AS SELECT id FROM customers
=> plan
=> text: CREATE OR REPLACE VIEW public.customer_emails AS SELECT id FROM public.customers
=> pin: public.customer_emails has the columns id

CREATE VIEW v AS SELECT 1
=> clear

DROP TABLE customers
=> plan
=> text: DROP TABLE public.customers
=> pin: public.customers is gone

DROP VIEW customer_emails
=> plan
=> text: DROP VIEW public.customer_emails
=> pin: public.customer_emails is gone

TRUNCATE customers
=> clear

ALTER TABLE customers ADD COLUMN x int
=> plan
=> text: ALTER TABLE public.customers ADD COLUMN x int
=> pin: public.customers has a column x more

ALTER TABLE customers ADD COLUMN x text DEFAULT 'a'
=> plan
=> text: ALTER TABLE public.customers ADD COLUMN x text DEFAULT 'a'
=> pin: public.customers has a column x more

ALTER TABLE customers DROP COLUMN email
=> refuse alter-protected at: ALTER TABLE customers DROP COLUMN email
=> message: dropping is not possible on protected column public.customers.email

ALTER TABLE customers DROP COLUMN notes
=> plan
=> text: ALTER TABLE public.customers DROP COLUMN notes
=> pin: public.customers has no column notes

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
=> plan
=> text: ALTER TABLE public.customers ALTER COLUMN email SET DEFAULT ‹sealed as public.customers.email›
=> pin: public.customers is altered

ALTER TABLE customers ALTER COLUMN email SET DEFAULT NULL
=> plan
=> text: ALTER TABLE public.customers ALTER COLUMN email SET DEFAULT NULL
=> pin: public.customers is altered

ALTER TABLE customers ALTER COLUMN email DROP DEFAULT
=> plan
=> text: ALTER TABLE public.customers ALTER COLUMN email DROP DEFAULT
=> pin: public.customers is altered

ALTER TABLE customers ALTER COLUMN email SET NOT NULL
=> plan
=> text: ALTER TABLE public.customers ALTER COLUMN email SET NOT NULL
=> pin: public.customers is altered

ALTER TABLE customers ALTER COLUMN notes SET DEFAULT 'x'
=> plan
=> text: ALTER TABLE public.customers ALTER COLUMN notes SET DEFAULT 'x'
=> pin: public.customers is altered

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
=> plan
=> text: ALTER TABLE public.people ATTACH PARTITION public.people_2025 FOR VALUES FROM (1) TO (2)
=> pin: public.people_2025 has the columns id, email carries public.people.email, year

ALTER TABLE people DETACH PARTITION people_2024
=> plan
=> text: ALTER TABLE public.people DETACH PARTITION public.people_2024
=> pin: public.people_2024 is no part of public.people

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

# Tagged tables made through pgveil

CREATE TABLE public.customers (id serial PRIMARY KEY, email varchar(200) NOT NULL UNIQUE, name varchar(100), born date, data jsonb, photo bytea, labels text[], notes text)
=> plan
=> text: CREATE TABLE public.customers (id serial PRIMARY KEY, email character varying NOT NULL UNIQUE CONSTRAINT pgveil_guard_email CHECK (email LIKE 'pgV1:_______________________________________________%.'), name character varying CONSTRAINT pgveil_guard_name CHECK (name LIKE 'pgV1:_______________________________________________%.'), born text CONSTRAINT pgveil_guard_born CHECK (born LIKE 'pgV1:_______________________________________________%.'), data jsonb CONSTRAINT pgveil_guard_data CHECK (jsonb_typeof(data) = 'string' AND (data #>> '{}') LIKE 'pgV1:_______________________________________________%.'), photo bytea CONSTRAINT pgveil_guard_photo CHECK (photo LIKE '\x706756313a5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f252e'::bytea), labels text[] CONSTRAINT pgveil_guard_labels CHECK ('pgV1:' <= ALL (labels COLLATE "C") AND 'pgV1;' > ALL (labels COLLATE "C")), notes text)
=> pin: public.customers.email holds character varying(200), stored as character varying
=> pin: public.customers has the columns id, email carries public.customers.email, name carries public.customers.name, born carries public.customers.born, data carries public.customers.data, photo carries public.customers.photo, labels carries public.customers.labels, notes

CREATE TABLE customers (id int, email varchar(200) CONSTRAINT own_name NOT NULL)
=> plan
=> text: CREATE TABLE public.customers (id int, email character varying CONSTRAINT own_name NOT NULL CONSTRAINT pgveil_guard_email CHECK (email LIKE 'pgV1:_______________________________________________%.'))
=> pin: public.customers.email holds character varying(200), stored as character varying
=> pin: public.customers has the columns id, email carries public.customers.email

CREATE TABLE customers (id int, email character varying, CONSTRAINT pgveil_guard_email CHECK (((email)::text ^@ 'pgV1:'::text) AND ("right"((email)::text, 1) = '.'::text) AND (length((email)::text) >= 53)))
=> plan
=> text: CREATE TABLE public.customers (id int, email character varying, CONSTRAINT pgveil_guard_email CHECK (((email)::text ^@ 'pgV1:'::text) AND ("right"((email)::text, 1) = '.'::text) AND (length((email)::text) >= 53)))
=> pin: public.customers.email holds text, stored as character varying
=> pin: public.customers has the columns id, email carries public.customers.email

CREATE TABLE customers (id int, email text, CONSTRAINT pgveil_guard_email CHECK (email <> 'secret!'))
=> refuse body-on-protected at: ‹constant›
=> message: a default or check cannot use protected column public.customers.email

CREATE TABLE customers (id int, email text DEFAULT NULL)
=> plan
=> text: CREATE TABLE public.customers (id int, email text DEFAULT NULL CONSTRAINT pgveil_guard_email CHECK (email LIKE 'pgV1:_______________________________________________%.'))
=> pin: public.customers has the columns id, email carries public.customers.email

CREATE TABLE customers (id int, email serial)
=> refuse alter-protected at: email serial
=> message: this type is not possible on protected column public.customers.email

CREATE TABLE customers (id int, email public.mytype)
=> refuse alter-protected at: email public . mytype
=> message: this type is not possible on protected column public.customers.email

CREATE TABLE customers (id int, hired date)
=> plan
=> text: CREATE TABLE public.customers (id int, hired text CONSTRAINT pgveil_guard_hired CHECK (hired LIKE 'pgV1:_______________________________________________%.'))
=> pin: public.customers has the columns id, hired carries public.customers.hired

CREATE TABLE customers (id int, level int GENERATED ALWAYS AS IDENTITY)
=> refuse alter-protected at: level int GENERATED ALWAYS AS IDENTITY
=> message: a value that the server makes is not possible on protected column public.customers.level

CREATE TABLE customers (id int, level bool)
=> refuse alter-protected at: level bool
=> message: a deterministic column of this type is not possible on protected column public.customers.level

CREATE TABLE customers (id int, email text, low text GENERATED ALWAYS AS (lower(email)) STORED)
=> refuse function-on-protected at: lower ( email )
=> message: function lower cannot be applied to protected column public.customers.email

CREATE TABLE customers (id int, email text, CHECK (length(email) > 3))
=> refuse function-on-protected at: length ( email )
=> message: function length cannot be applied to protected column public.customers.email

CREATE TABLE customers (id int, email text, notes text CHECK (notes <> 'x'))
=> plan
=> text: CREATE TABLE public.customers (id int, email text CONSTRAINT pgveil_guard_email CHECK (email LIKE 'pgV1:_______________________________________________%.'), notes text CHECK (notes <> 'x'))
=> pin: public.customers has the columns id, email carries public.customers.email, notes

CREATE TABLE customers (id int, email text) PARTITION BY LIST (email)
=> refuse index-on-protected at: email
=> message: this index means nothing on protected column public.customers.email

CREATE TABLE customers (LIKE notes)
=> refuse alter-protected at: CREATE TABLE customers ( LIKE notes )
=> message: a table of this form is not possible on a protected column

CREATE TABLE customers OF some_type
=> refuse alter-protected at: CREATE TABLE customers OF some_type
=> message: a table of this form is not possible on a protected column

CREATE TABLE IF NOT EXISTS customers (id int, email text, other text)
=> plan
=> text: CREATE TABLE IF NOT EXISTS public.customers (id int, email text CONSTRAINT pgveil_guard_email CHECK (email LIKE 'pgV1:_______________________________________________%.'), other text)

CREATE TABLE orders (id int, customer_email text REFERENCES customers (email))
=> plan
=> text: CREATE TABLE public.orders (id int, customer_email text REFERENCES public.customers (email) CONSTRAINT pgveil_guard_customer_email CHECK (customer_email LIKE 'pgV1:_______________________________________________%.'))
=> pin: public.orders has the columns id, customer_email carries public.orders.customer_email

CREATE TABLE orders (id int, customer_email text, FOREIGN KEY (customer_email) REFERENCES leads (email))
=> refuse cross-domain at: FOREIGN KEY ( customer_email ) REFERENCES leads ( …
=> message: protected column public.orders.customer_email meets a protected value of another domain, mode or type

CREATE TABLE orders (id int, customer_email text REFERENCES leads (email))
=> refuse cross-domain at: REFERENCES leads ( email )
=> message: protected column public.orders.customer_email meets a protected value of another domain, mode or type

CREATE TABLE orders (id int, amount numeric DEFAULT 0, customer_id int REFERENCES customers (id))
=> plan
=> text: CREATE TABLE public.orders (id int, amount numeric DEFAULT 0, customer_id int REFERENCES public.customers (id))
=> pin: public.orders has the columns id, amount, customer_id

CREATE TABLE orders (id int, card text UNIQUE)
=> refuse index-on-protected at: UNIQUE
=> message: this index means nothing on protected column public.orders.card

CREATE TABLE other.customers (id int, email text)
=> clear
=> pin: other.customers has the columns id, email

CREATE TEMP TABLE customers (id int, email text DEFAULT 'x')
=> clear

CREATE TABLE accounts (id int, iban text)
=> refuse ambiguous-relation at: accounts
=> message: relation name "accounts" could mean more than one relation

CREATE TABLE crm.accounts (id int, iban text)
=> plan
=> text: CREATE TABLE crm.accounts (id int, iban text CONSTRAINT pgveil_guard_iban CHECK (iban LIKE 'pgV1:_______________________________________________%.'))
=> pin: crm.accounts has the columns id, iban carries crm.accounts.iban

CREATE TABLE later (id int, email varchar(30))
=> plan
=> text: CREATE TABLE public.later (id int, email varchar(30))
=> pin: public.later.email holds character varying(30), stored as character varying
=> pin: public.later has the columns id, email carries public.later.email

CREATE TABLE moving (id int, secret varchar(30))
=> plan
=> text: CREATE TABLE public.moving (id int, secret character varying)
=> pin: public.moving.secret holds character varying(30), stored as character varying
=> pin: public.moving has the columns id, secret carries public.moving.secret

CREATE TABLE customers AS SELECT 'secret!' AS email
=> refuse table-from-protected at: customers
=> message: protected column public.customers.email cannot be copied into a new table

CREATE TABLE customer_emails AS SELECT 'secret!' AS mail
=> refuse table-from-protected at: customer_emails
=> message: a protected column cannot be copied into a new table

SELECT 'secret!' AS email INTO customers
=> refuse table-from-protected at: customers
=> message: protected column public.customers.email cannot be copied into a new table

CREATE TABLE child (extra text, email varchar(10)) INHERITS (customers)
=> plan
=> text: CREATE TABLE public.child (extra text, email text) INHERITS (public.customers)
=> pin: public.child has the columns id, email carries public.customers.email, name carries public.customers.name, phone carries public.customers.phone, born carries public.customers.born, hired carries public.customers.hired, level carries public.customers.level, score carries public.customers.score, balance carries public.customers.balance, data carries public.customers.data, active carries public.customers.active, photo carries public.customers.photo, labels carries public.customers.labels, notes, created_at, extra

CREATE TABLE child () INHERITS (customers, notes)
=> refuse alter-protected at: CREATE TABLE child ( ) INHERITS ( customers …
=> message: a child of it and of another table is not possible on a protected column

CREATE TEMP TABLE child () INHERITS (customers)
=> refuse alter-protected at: CREATE TEMP TABLE child ( ) INHERITS ( …
=> message: a new partition or child is not possible on a protected column

CREATE SCHEMA s CREATE TABLE customers (email text DEFAULT 'secret!')
=> refuse unreadable-statement at: CREATE
=> message: this statement cannot be read, and it names something protected

ALTER SCHEMA public RENAME TO old
=> refuse alter-protected at: ALTER SCHEMA public RENAME TO old
=> message: renaming its schema is not possible on a protected column

ALTER SCHEMA elsewhere RENAME TO old
=> clear

ALTER SCHEMA public OWNER TO bob
=> clear

DROP SCHEMA crm CASCADE
=> clear
=> pin: schema crm is gone

DROP TABLE IF EXISTS customers, orders CASCADE
=> plan
=> text: DROP TABLE IF EXISTS public.customers, public.orders CASCADE
=> pin: public.customers is gone
=> pin: public.orders is gone

DROP TABLE accounts
=> refuse ambiguous-relation at: accounts
=> message: relation name "accounts" could mean more than one relation

DROP TABLE notes
=> clear

CREATE TABLE customers (id int, email varchar(20)); INSERT INTO customers VALUES (1, 'secret!')
=> plan
=> text: CREATE TABLE public.customers (id int, email character varying CONSTRAINT pgveil_guard_email CHECK (email LIKE 'pgV1:_______________________________________________%.'))
=> pin: public.customers.email holds character varying(20), stored as character varying
=> pin: public.customers has the columns id, email carries public.customers.email
=> plan
=> text: INSERT INTO public.customers (id, email) VALUES (1, ‹sealed as public.customers.email›)
=> sent after a look at the shape: order decides which value goes where

ALTER TABLE customers ADD COLUMN x int; UPDATE customers SET x = 1 WHERE email = 'secret!'
=> plan
=> text: ALTER TABLE public.customers ADD COLUMN x int
=> pin: public.customers has a column x more
=> plan
=> text: UPDATE public.customers SET x = 1 WHERE email = ‹sealed to match public.customers.email›

ALTER TABLE customers ADD COLUMN x int; ROLLBACK; SELECT id FROM customers WHERE email = 'secret!'
=> plan
=> text: ALTER TABLE public.customers ADD COLUMN x int
=> pin: public.customers has a column x more
=> clear
=> refuse text-rules at: customers
=> message: protected columns need UTF8 encoding on both sides and standard_conforming_strings = on

DROP TABLE customers; CREATE TABLE customers (email text, id int); INSERT INTO customers VALUES ('secret!', 1)
=> plan
=> text: DROP TABLE public.customers
=> pin: public.customers is gone
=> plan
=> text: CREATE TABLE public.customers (email text CONSTRAINT pgveil_guard_email CHECK (email LIKE 'pgV1:_______________________________________________%.'), id int)
=> pin: public.customers has the columns email carries public.customers.email, id
=> plan
=> text: INSERT INTO public.customers (email, id) VALUES (‹sealed as public.customers.email›, 1)
=> sent after a look at the shape: order decides which value goes where

# Changes that the pin follows

ALTER TABLE customers ADD COLUMN x serial, DROP COLUMN notes, ALTER COLUMN created_at SET DEFAULT now()
=> plan
=> text: ALTER TABLE public.customers ADD COLUMN x serial, DROP COLUMN notes, ALTER COLUMN created_at SET DEFAULT now()
=> pin: public.customers has a column x more
=> pin: public.customers has no column notes
=> pin: public.customers is altered

ALTER TABLE customers ADD COLUMN IF NOT EXISTS email varchar(10)
=> plan
=> text: ALTER TABLE public.customers ADD COLUMN IF NOT EXISTS email character varying  CONSTRAINT pgveil_guard_email CHECK (email LIKE 'pgV1:_______________________________________________%.')

ALTER TABLE customers RENAME COLUMN notes TO remarks
=> plan
=> text: ALTER TABLE public.customers RENAME COLUMN notes TO remarks
=> pin: public.customers calls its column notes remarks

ALTER TABLE customers RENAME COLUMN notes TO email
=> refuse alter-protected at: ALTER TABLE customers RENAME COLUMN notes TO email
=> message: renaming another column is not possible on protected column public.customers.email

ALTER TABLE customers ALTER COLUMN notes TYPE varchar(40) USING notes::varchar(40)
=> plan
=> text: ALTER TABLE public.customers ALTER COLUMN notes TYPE varchar(40) USING notes::varchar(40)
=> pin: public.customers is altered

ALTER TABLE customers ALTER COLUMN name TYPE varchar(200)
=> plan
=> text: ALTER TABLE public.customers ALTER COLUMN name TYPE character varying
=> pin: public.customers.name holds character varying(200), stored as character varying
=> pin: public.customers is altered

ALTER TABLE customers ALTER COLUMN name TYPE varchar(200) USING name::varchar(200)
=> plan
=> text: ALTER TABLE public.customers ALTER COLUMN name TYPE character varying 
=> pin: public.customers.name holds character varying(200), stored as character varying
=> pin: public.customers is altered

ALTER TABLE customers ALTER COLUMN name TYPE varchar(50)
=> refuse alter-protected at: ALTER TABLE customers ALTER COLUMN name TYPE varchar …
=> message: changing the type is not possible on protected column public.customers.name

ALTER TABLE customers ALTER COLUMN name TYPE text
=> plan
=> text: ALTER TABLE public.customers ALTER COLUMN name TYPE character varying
=> pin: public.customers.name holds text, stored as character varying
=> pin: public.customers is altered

ALTER TABLE customers ALTER COLUMN name TYPE varchar(200) USING 'secret!'
=> refuse alter-protected at: ALTER TABLE customers ALTER COLUMN name TYPE varchar …
=> message: changing the type is not possible on protected column public.customers.name

ALTER TABLE customers DROP CONSTRAINT pgveil_guard_email
=> refuse alter-protected at: ALTER TABLE customers DROP CONSTRAINT pgveil_guard_email
=> message: going without the guard is not possible on protected column public.customers.email

ALTER TABLE customers ADD CONSTRAINT pgveil_guard_email CHECK (email ^@ 'pgV1:' AND right(email, 1) = '.' AND length(email) >= 53) NOT VALID
=> plan
=> text: ALTER TABLE public.customers ADD CONSTRAINT pgveil_guard_email CHECK (email ^@ 'pgV1:' AND right(email, 1) = '.' AND length(email) >= 53) NOT VALID

ALTER TABLE people_2024 NO INHERIT people
=> plan
=> text: ALTER TABLE public.people_2024 NO INHERIT public.people
=> pin: public.people_2024 is no part of public.people

ALTER TABLE people ATTACH PARTITION leads FOR VALUES FROM (1) TO (2)
=> refuse alter-protected at: ALTER TABLE people ATTACH PARTITION leads FOR VALUES …
=> message: attaching a protected table is not possible on a protected column

ALTER VIEW customer_emails RENAME COLUMN id TO number
=> plan
=> text: ALTER VIEW public.customer_emails RENAME COLUMN id TO number
=> pin: public.customer_emails calls its column id number

CREATE OR REPLACE VIEW customer_emails AS SELECT id, name AS mail FROM customers
=> plan
=> text: CREATE OR REPLACE VIEW public.customer_emails AS SELECT id, name AS mail FROM public.customers
=> pin: public.customer_emails has the columns id, mail carries public.customers.name

CREATE OR REPLACE VIEW customer_emails AS SELECT id, notes AS mail FROM customers
=> refuse view-over-protected at: customer_emails
=> message: a view over protected column public.customers.email has to be pinned before it is used

CREATE VIEW customers AS SELECT id FROM orders
=> refuse view-over-protected at: customers
=> message: a view over a protected column has to be pinned before it is used

CREATE VIEW both AS SELECT c.email AS mail, n.* FROM customers c JOIN notes n ON n.id = c.id
=> refuse unreadable-statement at: both
=> message: syntax error in a statement that names something protected

CREATE VIEW deep (a, b) AS SELECT mail, id FROM customer_emails
=> plan
=> text: CREATE VIEW public.deep (a, b) AS SELECT mail, id FROM public.customer_emails
=> sent after a look at the shape: order decides which value goes where
=> pin: public.deep has the columns a carries public.customers.email, b

CREATE VIEW filtered AS SELECT id FROM customers WHERE email = 'secret!'
=> refuse body-on-protected at: ‹constant›
=> message: a view cannot use protected column public.customers.email

CREATE MATERIALIZED VIEW IF NOT EXISTS customer_emails AS SELECT 1
=> plan
=> text: CREATE MATERIALIZED VIEW IF NOT EXISTS public.customer_emails AS SELECT 1

CREATE TEMP VIEW v AS SELECT email FROM customers
=> plan
=> text: CREATE TEMP VIEW v AS SELECT email FROM public.customers

EXPLAIN CREATE MATERIALIZED VIEW m AS SELECT email FROM customers
=> refuse not-understood at: CREATE MATERIALIZED VIEW m AS SELECT email FROM …
=> message: EXPLAIN of a definition is not supported in a statement that touches protected columns

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
=> refuse index-on-protected at: lower ( email )
=> message: this index means nothing on protected column public.customers.email

CREATE INDEX ON customers USING gin (email)
=> refuse index-on-protected at: email
=> message: this index means nothing on protected column public.customers.email

CREATE INDEX ON customers (email varchar_pattern_ops)
=> plan
=> text: CREATE INDEX ON public.customers (email varchar_pattern_ops)

CREATE INDEX ON customers (name varchar_pattern_ops)
=> refuse index-on-protected at: name
=> message: this index means nothing on protected column public.customers.name

CREATE INDEX ON customers (email gist_trgm_ops)
=> refuse index-on-protected at: email
=> message: this index means nothing on protected column public.customers.email

CREATE INDEX ON customers (email COLLATE "C")
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

SELECT countdown(5), ping(1), pong('2')
=> clear

SELECT ring('x')
=> refuse undeclared-function at: ring ( ‹constant› )
=> message: function ring could reach protected columns

SELECT doubled(5)
=> clear

SELECT run_all('x')
=> refuse undeclared-function at: run_all ( ‹constant› )
=> message: function run_all could reach protected columns

SELECT textrange('a', 'b'), id FROM notes
=> clear

SELECT input('5')
=> refuse undeclared-function at: input ( ‹constant› )
=> message: function input could reach protected columns

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
=> refuse dynamic-sql at: cursor_to_xml ( ‹constant› , ‹constant› , true , …
=> message: SQL text that the server runs could reach protected columns

# USING that makes another value of it

ALTER TABLE customers ALTER COLUMN name TYPE varchar(200) USING phone::varchar(200)
=> refuse alter-protected at: ALTER TABLE customers ALTER COLUMN name TYPE varchar …
=> message: changing the type is not possible on protected column public.customers.name

ALTER TABLE customers ALTER COLUMN name TYPE varchar(200) USING name::varchar(300)
=> refuse alter-protected at: ALTER TABLE customers ALTER COLUMN name TYPE varchar …
=> message: changing the type is not possible on protected column public.customers.name

ALTER TABLE customers ALTER COLUMN name TYPE varchar(200) USING name::text
=> refuse alter-protected at: ALTER TABLE customers ALTER COLUMN name TYPE varchar …
=> message: changing the type is not possible on protected column public.customers.name

## Temporary tables LIKE a protected one

CREATE TEMP TABLE bulk (LIKE customers INCLUDING DEFAULTS) ON COMMIT DROP
=> plan
=> text: CREATE TEMP TABLE bulk (LIKE public.customers INCLUDING DEFAULTS) ON COMMIT DROP

CREATE TEMP TABLE bulk (LIKE customers, LIKE notes)
=> refuse alter-protected at: CREATE TEMP TABLE bulk ( LIKE customers , …
=> message: a table LIKE it and another is not possible on a protected column

CREATE TEMP TABLE bulk (LIKE notes)
=> clear

## Foreign tables that stand for something protected

CREATE FOREIGN TABLE far (id int, email text) SERVER back OPTIONS (table_name 'customers')
=> refuse alter-protected at: CREATE FOREIGN TABLE far ( id int , …
=> message: a foreign table over it is not possible on a protected column

CREATE FOREIGN TABLE far (id int, email text) SERVER back OPTIONS (schema_name 'public', table_name 'notes')
=> clear

ALTER FOREIGN TABLE notes OPTIONS (SET table_name 'customers')
=> refuse alter-protected at: ALTER FOREIGN TABLE notes OPTIONS ( SET table_name …
=> message: a foreign table over it is not possible on a protected column

ALTER FOREIGN TABLE notes OPTIONS (ADD fetch_size '100')
=> clear

## Tables that are made of a query and tagged

CREATE TABLE orders AS SELECT id, email AS customer_email FROM customers
=> plan
=> text: CREATE TABLE public.orders AS SELECT id, email AS customer_email FROM public.customers
=> behind it: ALTER TABLE public.orders ALTER COLUMN customer_email TYPE text, ADD CONSTRAINT pgveil_guard_customer_email CHECK (customer_email LIKE 'pgV1:_______________________________________________%.')
=> pin: public.orders has the columns id, customer_email carries public.orders.customer_email

SELECT id, email AS customer_email INTO public.orders FROM customers
=> plan
=> text: SELECT id, email AS customer_email INTO public.orders FROM public.customers
=> behind it: ALTER TABLE public.orders ALTER COLUMN customer_email TYPE text, ADD CONSTRAINT pgveil_guard_customer_email CHECK (customer_email LIKE 'pgV1:_______________________________________________%.')
=> pin: public.orders has the columns id, customer_email carries public.orders.customer_email

CREATE TABLE orders AS SELECT id, notes AS customer_email FROM customers
=> refuse table-from-protected at: orders
=> message: protected column public.orders.customer_email cannot be copied into a new table

CREATE TABLE orders AS SELECT id, email FROM customers
=> refuse table-from-protected at: orders
=> message: protected column public.customers.email cannot be copied into a new table

CREATE TABLE orders AS SELECT id, phone AS customer_email FROM customers
=> refuse cross-domain at: orders
=> message: protected column public.orders.customer_email meets a protected value of another domain, mode or type

CREATE TABLE IF NOT EXISTS orders AS SELECT id, email AS customer_email FROM customers
=> refuse table-from-protected at: orders
=> message: a protected column cannot be copied into a new table

CREATE TABLE orders AS SELECT id, note FROM orders
=> refuse table-from-protected at: orders
=> message: a protected column cannot be copied into a new table
