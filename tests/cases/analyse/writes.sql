# INSERT

INSERT INTO customers (id, email) VALUES (1, 'secret!')
=> plan
=> text: INSERT INTO public.customers (id, email) VALUES (1, ‹sealed as public.customers.email›)

INSERT INTO customers (email, id) VALUES ('secret!', 1), ($1, $2)
=> plan
=> text: INSERT INTO public.customers (email, id) VALUES (‹sealed as public.customers.email›, 1), ($1, $2)
=> $1: the client's $1, sealed as public.customers.email
=> $2: kept

INSERT INTO customers VALUES (1, 'secret!', 'secret!')
=> plan
=> text: INSERT INTO public.customers (id, email, name) VALUES (1, ‹sealed as public.customers.email›, ‹sealed as public.customers.name›)
=> sent after a look at the shape: order decides which value goes where

INSERT INTO customers AS c VALUES ($1, $2)
=> plan
=> text: INSERT INTO public.customers AS c (id, email) VALUES ($1, $2)
=> $1: kept
=> $2: the client's $2, sealed as public.customers.email
=> sent after a look at the shape: order decides which value goes where

INSERT INTO customers VALUES (DEFAULT, $1)
=> plan
=> text: INSERT INTO public.customers (id, email) VALUES (DEFAULT, $1)
=> $1: the client's $1, sealed as public.customers.email
=> sent after a look at the shape: order decides which value goes where

INSERT INTO customers DEFAULT VALUES
=> plan
=> text: INSERT INTO public.customers DEFAULT VALUES

INSERT INTO customers (email) VALUES (DEFAULT)
=> plan
=> text: INSERT INTO public.customers (email) VALUES (DEFAULT)

INSERT INTO customers (email) VALUES (NULL)
=> plan
=> text: INSERT INTO public.customers (email) VALUES (NULL)

INSERT INTO customers (email) VALUES (lower($1))
=> plan
=> text: INSERT INTO public.customers (email) VALUES ($1::text)
=> $1: the client's $1, sealed as public.customers.email given as text, lower

INSERT INTO customers (email) VALUES ('a' || 'b')
=> plan
=> text: INSERT INTO public.customers (email) VALUES (‹sealed as public.customers.email given as text›)

INSERT INTO customers (email) VALUES (now()::text)
=> refuse plain-into-protected at: now ( ) :: text
=> message: a value that the server computes cannot be stored in protected column public.customers.email

INSERT INTO customers (email) VALUES ((SELECT 'secret!'))
=> plan
=> text: INSERT INTO public.customers (email) VALUES ((SELECT ‹sealed as public.customers.email given as text›))

INSERT INTO customers (email) VALUES (coalesce($1, 'secret!'))
=> plan
=> text: INSERT INTO public.customers (email) VALUES (coalesce($1, ‹sealed as public.customers.email given as text›))
=> $1: the client's $1, sealed as public.customers.email given as text

INSERT INTO customers (email) VALUES (CASE WHEN $1 THEN 'secret!' ELSE $2 END)
=> plan
=> text: INSERT INTO public.customers (email) VALUES (CASE WHEN $1 THEN ‹sealed as public.customers.email given as text› ELSE $2 END)
=> $1: kept
=> $2: the client's $2, sealed as public.customers.email given as text

INSERT INTO customers (email) VALUES ('secret!'::text)
=> plan
=> text: INSERT INTO public.customers (email) VALUES (‹sealed as public.customers.email, cast to text›)

INSERT INTO customers (email) VALUES (CAST('secret!' AS varchar(3)))
=> plan
=> text: INSERT INTO public.customers (email) VALUES (‹sealed as public.customers.email, cast to character varying(3)›)

INSERT INTO customers (born) VALUES (DATE '2000-01-01')
=> plan
=> text: INSERT INTO public.customers (born) VALUES (‹sealed as public.customers.born, cast to date›)

INSERT INTO customers (born) VALUES ('2000-01-01'), ($1::date)
=> plan
=> text: INSERT INTO public.customers (born) VALUES (‹sealed as public.customers.born›), ($1::text)
=> $1: the client's $1, sealed as public.customers.born, cast to date

INSERT INTO customers (level, balance) VALUES (5, -12.50)
=> plan
=> text: INSERT INTO public.customers (level, balance) VALUES (‹sealed as public.customers.level given as integer›, ‹minus a constant, sealed as public.customers.balance given as numeric›)

INSERT INTO customers (level) VALUES (2 + 3)
=> refuse plain-into-protected at: ‹constant› + ‹constant›
=> message: a value that the server computes cannot be stored in protected column public.customers.level

INSERT INTO customers (email) VALUES (5)
=> plan
=> text: INSERT INTO public.customers (email) VALUES (‹sealed as public.customers.email given as integer›)

INSERT INTO customers (active, data, photo, labels) VALUES (true, '{"a": 1}', '\x00', '{a,b}')
=> plan
=> text: INSERT INTO public.customers (active, data, photo, labels) VALUES (‹sealed as public.customers.active given as boolean›, ‹sealed as public.customers.data›, ‹sealed as public.customers.photo›, ‹sealed as public.customers.labels›)

INSERT INTO customers (data) VALUES ($1::jsonb)
=> plan
=> text: INSERT INTO public.customers (data) VALUES ($1::jsonb)
=> $1: the client's $1, sealed as public.customers.data, cast to jsonb

INSERT INTO customers (labels) VALUES (ARRAY['a', 'b'])
=> plan
=> text: INSERT INTO public.customers (labels) VALUES (ARRAY[‹sealed as public.customers.labels as one element given as text›, ‹sealed as public.customers.labels as one element given as text›])

INSERT INTO customers (labels) VALUES ($1::text[])
=> plan
=> text: INSERT INTO public.customers (labels) VALUES ($1::text[])
=> $1: the client's $1, sealed as public.customers.labels, cast to text[]

INSERT INTO customers (labels[1]) VALUES ('secret!')
=> refuse subscript-of-protected at: labels [ ‹constant› ]
=> message: cannot take a part of protected column public.customers.labels

INSERT INTO customers (nosuch) VALUES (1)
=> refuse undefined-column at: nosuch
=> message: column "nosuch" does not exist

INSERT INTO customers (id, email) VALUES ($1, $1)
=> plan
=> text: INSERT INTO public.customers (id, email) VALUES ($1, $2)
=> $1: kept
=> $2: the client's $1, sealed as public.customers.email

INSERT INTO customers (email, phone) VALUES ($1, $1)
=> plan
=> text: INSERT INTO public.customers (email, phone) VALUES ($1, $2)
=> $1: the client's $1, sealed as public.customers.email
=> $2: the client's $1, sealed as public.customers.phone

INSERT INTO customers (notes) VALUES ('plain')
=> plan
=> text: INSERT INTO public.customers (notes) VALUES ('plain')

INSERT INTO customers (notes) SELECT email FROM customers
=> refuse protected-into-plain at: SELECT email FROM customers
=> message: protected column public.customers.email cannot be stored in a column that is not protected

INSERT INTO orders (customer_email) SELECT email FROM customers
=> plan
=> text: INSERT INTO public.orders (customer_email) SELECT email FROM public.customers

INSERT INTO orders (customer_email) SELECT email FROM leads
=> refuse cross-domain at: SELECT email FROM leads
=> message: protected column public.orders.customer_email meets a protected value of another domain, mode or type

INSERT INTO orders (customer_email) SELECT body FROM notes
=> refuse plain-into-protected at: SELECT body FROM notes
=> message: a value that the server computes cannot be stored in protected column public.orders.customer_email

INSERT INTO orders (id, customer_email) SELECT id, 'secret!' FROM notes
=> plan
=> text: INSERT INTO public.orders (id, customer_email) SELECT id, ‹sealed as public.orders.customer_email› FROM notes

INSERT INTO orders (id, customer_email) SELECT 1, $1
=> plan
=> text: INSERT INTO public.orders (id, customer_email) SELECT 1, $1
=> $1: the client's $1, sealed as public.orders.customer_email

INSERT INTO orders SELECT 1, 2, 'secret!'
=> plan
=> text: INSERT INTO public.orders (id, customer_id, customer_email) SELECT 1, 2, ‹sealed as public.orders.customer_email›
=> sent after a look at the shape: order decides which value goes where

INSERT INTO people SELECT * FROM people_2024
=> plan
=> text: INSERT INTO public.people (id, email, year) SELECT * FROM public.people_2024
=> sent after a look at the shape: order decides which value goes where

INSERT INTO people SELECT * FROM notes
=> refuse unknown-shape at: SELECT * FROM notes
=> message: the columns of this result cannot be counted

INSERT INTO people (id, email) SELECT id, coalesce(customer_email, 'secret!') FROM orders
=> plan
=> text: INSERT INTO public.people (id, email) SELECT id, coalesce(customer_email, ‹sealed as public.people.email›) FROM public.orders

INSERT INTO people (email) SELECT DISTINCT customer_email FROM orders
=> plan
=> text: INSERT INTO public.people (email) SELECT DISTINCT customer_email FROM public.orders

INSERT INTO people (email) SELECT customer_email FROM orders UNION SELECT 'secret!'
=> plan
=> text: INSERT INTO public.people (email) SELECT customer_email FROM public.orders UNION SELECT ‹sealed as public.people.email›

INSERT INTO people (email) SELECT 'secret!' UNION ALL SELECT $1
=> plan
=> text: INSERT INTO public.people (email) SELECT ‹sealed as public.people.email given as text› UNION ALL SELECT $1
=> $1: the client's $1, sealed as public.people.email given as text

INSERT INTO people (email) SELECT unnest($1::text[])
=> plan
=> text: INSERT INTO public.people (email) SELECT unnest($1::text[])
=> $1: the client's $1, sealed as public.people.email element by element, cast to text[]

INSERT INTO people (email) SELECT unnest(ARRAY['secret!', 'secret!'])
=> plan
=> text: INSERT INTO public.people (email) SELECT unnest(ARRAY[‹sealed as public.people.email given as text›, ‹sealed as public.people.email given as text›])

INSERT INTO people (id, email) SELECT * FROM unnest($1::int[], $2::text[])
=> plan
=> text: INSERT INTO public.people (id, email) SELECT * FROM unnest($1::int[], $2::text[])
=> $1: kept
=> $2: the client's $2, sealed as public.people.email element by element, cast to text[]

INSERT INTO people (email) SELECT u.e FROM unnest($1::text[]) AS u (e)
=> plan
=> text: INSERT INTO public.people (email) SELECT u.e FROM unnest($1::text[]) AS u (e)
=> $1: the client's $1, sealed as public.people.email element by element, cast to text[]

INSERT INTO people (id, email) SELECT p0::INTEGER, p1::VARCHAR FROM (VALUES ($1, $2, 0), ($3, $4, 1)) AS imp_sen (p0, p1, sen_counter) ORDER BY sen_counter RETURNING people.id, people.id AS id__1
=> plan
=> text: INSERT INTO public.people (id, email) SELECT p0::INTEGER, p1 FROM (VALUES ($1, $2, 0), ($3, $4, 1)) AS imp_sen (p0, p1, sen_counter) ORDER BY sen_counter RETURNING people.id, people.id AS id__1
=> $1: kept
=> $2: the client's $2, sealed as public.people.email given as text, cast to character varying
=> $3: kept
=> $4: the client's $4, sealed as public.people.email given as text, cast to character varying
=> rows: kept, kept

INSERT INTO customers (id, born, hired) SELECT p0::INTEGER, p1::DATE, p2::DATE FROM (VALUES ($1, $2, $3, 0)) AS v (p0, p1, p2, n)
=> plan
=> text: INSERT INTO public.customers (id, born, hired) SELECT p0::INTEGER, p1, p2 FROM (VALUES ($1, $2, $3, 0)) AS v (p0, p1, p2, n)
=> $1: kept
=> $2: the client's $2, sealed as public.customers.born given as text, cast to date
=> $3: the client's $3, sealed as public.customers.hired given as text, cast to date

INSERT INTO people (email) VALUES ('secret!') ORDER BY 1
=> refuse order-by-protected at: ‹constant›
=> message: cannot sort by protected column public.people.email

INSERT INTO people (email) TABLE notes
=> refuse unknown-shape at: TABLE notes
=> message: the columns of this result cannot be counted

INSERT INTO people (email) SELECT email FROM json_populate_recordset(NULL::people, $1)
=> refuse not-understood at: NULL :: people
=> message: a cast to the row type of a protected relation is not supported in a statement that touches protected columns

INSERT INTO people SELECT * FROM json_populate_recordset(NULL::people, '[{"email": "x"}]')
=> refuse not-understood at: NULL :: people
=> message: a cast to the row type of a protected relation is not supported in a statement that touches protected columns

INSERT INTO people (email) WITH x AS (SELECT 'secret!' AS e) SELECT e FROM x
=> plan
=> text: INSERT INTO public.people (email) WITH x AS (SELECT ‹sealed as public.people.email given as text› AS e) SELECT e FROM x

WITH x AS (SELECT $1 AS e) INSERT INTO people (email) SELECT e FROM x
=> plan
=> text: WITH x AS (SELECT $1 AS e) INSERT INTO public.people (email) SELECT e FROM x
=> $1: the client's $1, sealed as public.people.email given as text

INSERT INTO customers (email) OVERRIDING SYSTEM VALUE VALUES ('secret!')
=> plan
=> text: INSERT INTO public.customers (email) OVERRIDING SYSTEM VALUE VALUES (‹sealed as public.customers.email›)

INSERT INTO customers OVERRIDING USER VALUE VALUES (1, 'secret!')
=> plan
=> text: INSERT INTO public.customers (id, email) OVERRIDING USER VALUE VALUES (1, ‹sealed as public.customers.email›)
=> sent after a look at the shape: order decides which value goes where

INSERT INTO customers (id, email) VALUES (1, 'secret!') RETURNING *
=> plan
=> text: INSERT INTO public.customers (id, email) VALUES (1, ‹sealed as public.customers.email›) RETURNING *
=> rows: kept, opened public.customers.email, opened public.customers.name, opened public.customers.phone, opened public.customers.born, opened public.customers.hired, opened public.customers.level, opened public.customers.score, opened public.customers.balance, opened public.customers.data, opened public.customers.active, opened public.customers.photo, opened public.customers.labels, kept, kept

INSERT INTO customers (id, email) VALUES (1, 'secret!') RETURNING id, email AS mail, upper(notes)
=> plan
=> text: INSERT INTO public.customers (id, email) VALUES (1, ‹sealed as public.customers.email›) RETURNING id, email AS mail, upper(notes)
=> rows: kept, opened public.customers.email, kept

INSERT INTO customers (id) VALUES (1) RETURNING lower(email)
=> refuse function-on-protected at: lower ( email )
=> message: function lower cannot be applied to protected column public.customers.email

INSERT INTO customers (id, email) VALUES (1, 'secret!') ON CONFLICT DO NOTHING
=> plan
=> text: INSERT INTO public.customers (id, email) VALUES (1, ‹sealed as public.customers.email›) ON CONFLICT DO NOTHING

INSERT INTO customers (id, email) VALUES (1, 'secret!') ON CONFLICT (email) DO NOTHING
=> plan
=> text: INSERT INTO public.customers (id, email) VALUES (1, ‹sealed as public.customers.email›) ON CONFLICT (email) DO NOTHING

INSERT INTO customers (id, name) VALUES (1, 'secret!') ON CONFLICT (name) DO NOTHING
=> refuse grouping-on-randomized at: name
=> message: protected column public.customers.name is randomized, so that equal values cannot be brought together

INSERT INTO customers (id, email) VALUES (1, 'secret!') ON CONFLICT (id) DO UPDATE SET email = excluded.email
=> plan
=> text: INSERT INTO public.customers (id, email) VALUES (1, ‹sealed as public.customers.email›) ON CONFLICT (id) DO UPDATE SET email = excluded.email

INSERT INTO customers (id, email) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET email = $1, name = 'secret!'
=> plan
=> text: INSERT INTO public.customers (id, email) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET email = $1, name = ‹sealed as public.customers.name›
=> $1: the client's $1, sealed as public.customers.email

INSERT INTO customers (id, email) VALUES (1, 'secret!') ON CONFLICT (id) DO UPDATE SET email = EXCLUDED.phone
=> refuse cross-domain at: EXCLUDED . phone
=> message: protected column public.customers.email meets a protected value of another domain, mode or type

INSERT INTO customers (id, email) VALUES (1, 'secret!') ON CONFLICT (id) DO UPDATE SET notes = excluded.email
=> refuse protected-into-plain at: excluded . email
=> message: protected column public.customers.email cannot be stored in a column that is not protected

INSERT INTO customers AS c (id, email) VALUES (1, 'secret!') ON CONFLICT (id) DO UPDATE SET email = excluded.email WHERE c.email <> excluded.email
=> plan
=> text: INSERT INTO public.customers AS c (id, email) VALUES (1, ‹sealed as public.customers.email›) ON CONFLICT (id) DO UPDATE SET email = excluded.email WHERE c.email <> excluded.email

INSERT INTO customers (id, email) VALUES (1, 'secret!') ON CONFLICT (id) DO UPDATE SET email = customers.email WHERE customers.email = 'secret!'
=> plan
=> text: INSERT INTO public.customers (id, email) VALUES (1, ‹sealed as public.customers.email›) ON CONFLICT (id) DO UPDATE SET email = customers.email WHERE customers.email = ‹sealed to match public.customers.email›

INSERT INTO customers (id, email) VALUES (1, 'secret!') ON CONFLICT (lower(email)) DO NOTHING
=> refuse function-on-protected at: lower ( email )
=> message: function lower cannot be applied to protected column public.customers.email

INSERT INTO customers (id, email) VALUES (1, 'secret!') ON CONFLICT (email) WHERE email = 'secret!' DO NOTHING
=> plan
=> text: INSERT INTO public.customers (id, email) VALUES (1, ‹sealed as public.customers.email›) ON CONFLICT (email) WHERE email = ‹sealed to match public.customers.email› DO NOTHING

INSERT INTO customers (id, email) VALUES (1, 'secret!') ON CONFLICT ON CONSTRAINT customers_pkey DO UPDATE SET (email, name) = (excluded.email, excluded.name)
=> plan
=> text: INSERT INTO public.customers (id, email) VALUES (1, ‹sealed as public.customers.email›) ON CONFLICT ON CONSTRAINT customers_pkey DO UPDATE SET (email, name) = (excluded.email, excluded.name)

INSERT INTO customers (id, email) VALUES (1, 'secret!') ON CONFLICT (id) DO UPDATE SET (email, notes) = ROW('secret!', 'x')
=> plan
=> text: INSERT INTO public.customers (id, email) VALUES (1, ‹sealed as public.customers.email›) ON CONFLICT (id) DO UPDATE SET (email, notes) = ROW(‹sealed as public.customers.email›, 'x')

INSERT INTO notes (email) VALUES ('plain')
=> clear

INSERT INTO notes (email) SELECT email FROM customers
=> refuse protected-into-plain at: SELECT email FROM customers
=> message: protected column public.customers.email cannot be stored in a column that is not protected

INSERT INTO notes SELECT * FROM customers
=> refuse protected-into-plain at: SELECT * FROM customers
=> message: protected column public.customers.email cannot be stored in a column that is not protected

INSERT INTO notes (id) SELECT id FROM customers WHERE email = 'secret!'
=> plan
=> text: INSERT INTO notes (id) SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email›

INSERT INTO customer_emails (mail) VALUES ('secret!')
=> plan
=> text: INSERT INTO public.customer_emails (mail) VALUES (‹sealed as public.customers.email›)
=> sent after a look at the shape: order decides which value goes where

INSERT INTO customer_emails VALUES (1, 'secret!')
=> plan
=> text: INSERT INTO public.customer_emails (id, mail) VALUES (1, ‹sealed as public.customers.email›)
=> sent after a look at the shape: order decides which value goes where

INSERT INTO people_2024 VALUES (1, 'secret!', 2024)
=> plan
=> text: INSERT INTO public.people_2024 (id, email, year) VALUES (1, ‹sealed as public.people.email›, 2024)
=> sent after a look at the shape: order decides which value goes where

INSERT INTO archive.customers (email) VALUES ('plain')
=> clear

INSERT INTO moving (secret) VALUES ('secret!')
=> plan
=> text: INSERT INTO public.moving (secret) VALUES (‹sealed as public.moving.secret›)

INSERT INTO moving (ident) VALUES ('secret!')
=> refuse transitional-phase at: ‹constant›
=> message: protected column public.moving.ident is between plaintext and ciphertext

INSERT INTO moving (id) VALUES (1)
=> plan
=> text: INSERT INTO public.moving (id) VALUES (1)

INSERT INTO leaving (secret) VALUES ('secret!')
=> plan
=> text: INSERT INTO public.leaving (secret) VALUES (‹sealed as public.leaving.secret›)

INSERT INTO later (email) VALUES ('still plain')
=> plan
=> text: INSERT INTO public.later (email) VALUES ('still plain')

INSERT INTO later (email) SELECT email FROM customers
=> refuse protected-into-plain at: SELECT email FROM customers
=> message: protected column public.customers.email cannot be stored in a column that is not protected

INSERT INTO broken (email) VALUES ('secret!')
=> refuse relation-closed at: broken
=> message: relation public.broken differs from its accepted shape

INSERT INTO "Odd Schema"."Weird ""Name" VALUES (1, 'secret!')
=> plan
=> text: INSERT INTO "Odd Schema"."Weird ""Name" (id, "E Mail") VALUES (1, ‹sealed as "Odd Schema"."Weird ""Name"."E Mail"›)
=> sent after a look at the shape: order decides which value goes where

INSERT INTO customers (email) SELECT email FROM customers WHERE email = 'secret!'
=> plan
=> text: INSERT INTO public.customers (email) SELECT email FROM public.customers WHERE email = ‹sealed to match public.customers.email›

# UPDATE

UPDATE customers SET email = 'secret!'
=> plan
=> text: UPDATE public.customers SET email = ‹sealed as public.customers.email›

UPDATE customers SET email = $1 WHERE id = $2
=> plan
=> text: UPDATE public.customers SET email = $1 WHERE id = $2
=> $1: the client's $1, sealed as public.customers.email
=> $2: kept

UPDATE customers SET email = $2, name = $1 WHERE email = $2
=> plan
=> text: UPDATE public.customers SET email = $2, name = $1 WHERE email = $3
=> $1: the client's $1, sealed as public.customers.name
=> $2: the client's $2, sealed as public.customers.email
=> $3: the client's $2, sealed to match public.customers.email

UPDATE customers SET email = email
=> plan
=> text: UPDATE public.customers SET email = email

UPDATE customers SET email = NULL, name = DEFAULT
=> plan
=> text: UPDATE public.customers SET email = NULL, name = DEFAULT

UPDATE customers SET email = lower(email)
=> refuse function-on-protected at: lower ( email )
=> message: function lower cannot be applied to protected column public.customers.email

UPDATE customers SET email = email || 'x'
=> refuse composite-result at: email || ‹constant›
=> message: protected column public.customers.email cannot stand in a row, a nested array, a document or a composed text here

UPDATE customers SET email = phone
=> refuse cross-domain at: phone
=> message: protected column public.customers.email meets a protected value of another domain, mode or type

UPDATE customers SET email = notes
=> refuse plain-into-protected at: notes
=> message: a value that the server computes cannot be stored in protected column public.customers.email

UPDATE customers SET notes = email
=> refuse protected-into-plain at: email
=> message: protected column public.customers.email cannot be stored in a column that is not protected

UPDATE customers SET notes = 'x' WHERE email = 'secret!'
=> plan
=> text: UPDATE public.customers SET notes = 'x' WHERE email = ‹sealed to match public.customers.email›

UPDATE customers SET notes = $1 WHERE email = $1
=> plan
=> text: UPDATE public.customers SET notes = $1 WHERE email = $2
=> $1: kept
=> $2: the client's $1, sealed to match public.customers.email

UPDATE customers SET level = level + 1
=> refuse operator-on-protected at: level + ‹constant›
=> message: operator + cannot be applied to protected column public.customers.level

UPDATE customers SET level = 5
=> plan
=> text: UPDATE public.customers SET level = ‹sealed as public.customers.level given as integer›

UPDATE customers SET email = CASE WHEN id = 1 THEN email ELSE 'secret!' END
=> plan
=> text: UPDATE public.customers SET email = CASE WHEN id = 1 THEN email ELSE ‹sealed as public.customers.email› END

UPDATE customers SET email = coalesce(email, $1)
=> plan
=> text: UPDATE public.customers SET email = coalesce(email, $1)
=> $1: the client's $1, sealed as public.customers.email

UPDATE customers SET email = nullif(email, '')
=> plan
=> text: UPDATE public.customers SET email = nullif(email, ‹sealed to match public.customers.email›)

UPDATE customers SET name = nullif(name, '')
=> refuse equality-on-randomized at: nullif ( name , ‹constant› )
=> message: protected column public.customers.name is randomized, so that equal values cannot be found

UPDATE customers SET (email, notes) = ('secret!', 'x')
=> plan
=> text: UPDATE public.customers SET (email, notes) = (‹sealed as public.customers.email›, 'x')

UPDATE customers SET (email, name) = ROW('secret!', $1)
=> plan
=> text: UPDATE public.customers SET (email, name) = ROW(‹sealed as public.customers.email›, $1)
=> $1: the client's $1, sealed as public.customers.name

UPDATE customers SET (email, id) = (SELECT customer_email, 1 FROM orders WHERE orders.id = customers.id)
=> plan
=> text: UPDATE public.customers SET (email, id) = (SELECT customer_email, 1 FROM public.orders WHERE orders.id = customers.id)

UPDATE customers SET (email, id) = (SELECT 'secret!', 1)
=> plan
=> text: UPDATE public.customers SET (email, id) = (SELECT ‹sealed as public.customers.email given as text›, 1)

UPDATE customers SET (email, notes) = (SELECT note, customer_email FROM orders LIMIT 1)
=> refuse plain-into-protected at: ( SELECT note , customer_email FROM orders LIMIT …
=> message: a value that the server computes cannot be stored in protected column public.customers.email

UPDATE customers SET (email) = ROW('secret!')
=> plan
=> text: UPDATE public.customers SET (email) = ROW(‹sealed as public.customers.email›)

UPDATE customers SET (id, notes) = (SELECT id, body FROM notes LIMIT 1)
=> plan
=> text: UPDATE public.customers SET (id, notes) = (SELECT id, body FROM notes LIMIT 1)

UPDATE customers c SET email = o.customer_email FROM orders o WHERE o.customer_id = c.id
=> plan
=> text: UPDATE public.customers c SET email = o.customer_email FROM public.orders o WHERE o.customer_id = c.id

UPDATE customers c SET email = o.note FROM orders o WHERE o.customer_id = c.id
=> refuse plain-into-protected at: o . note
=> message: a value that the server computes cannot be stored in protected column public.customers.email

UPDATE orders SET note = c.email FROM customers c WHERE c.id = orders.customer_id
=> refuse protected-into-plain at: c . email
=> message: protected column public.customers.email cannot be stored in a column that is not protected

UPDATE customers SET email = v.e FROM (VALUES (1, 'secret!'), (2, $1)) AS v (id, e) WHERE v.id = customers.id
=> plan
=> text: UPDATE public.customers SET email = v.e FROM (VALUES (1, ‹sealed as public.customers.email given as text›), (2, $1)) AS v (id, e) WHERE v.id = customers.id
=> $1: the client's $1, sealed as public.customers.email given as text

UPDATE customers SET email = v.e FROM unnest($1::int[], $2::text[]) AS v (id, e) WHERE v.id = customers.id
=> plan
=> text: UPDATE public.customers SET email = v.e FROM unnest($1::int[], $2::text[]) AS v (id, e) WHERE v.id = customers.id
=> $1: kept
=> $2: the client's $2, sealed as public.customers.email element by element, cast to text[]

UPDATE notes SET email = 'x' WHERE id IN (SELECT id FROM customers WHERE email = 'secret!')
=> plan
=> text: UPDATE notes SET email = 'x' WHERE id IN (SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email›)

UPDATE notes SET email = customers.email FROM customers
=> refuse protected-into-plain at: customers . email
=> message: protected column public.customers.email cannot be stored in a column that is not protected

UPDATE customers SET email = 'secret!' RETURNING email
=> plan
=> text: UPDATE public.customers SET email = ‹sealed as public.customers.email› RETURNING email
=> rows: opened public.customers.email

UPDATE customers SET email = 'secret!' FROM orders RETURNING *
=> plan
=> text: UPDATE public.customers SET email = ‹sealed as public.customers.email› FROM public.orders RETURNING *
=> rows: kept, opened public.customers.email, opened public.customers.name, opened public.customers.phone, opened public.customers.born, opened public.customers.hired, opened public.customers.level, opened public.customers.score, opened public.customers.balance, opened public.customers.data, opened public.customers.active, opened public.customers.photo, opened public.customers.labels, kept, kept, kept, kept, opened public.orders.customer_email, opened public.orders.card, kept, kept, kept

UPDATE customers SET email = 'secret!' WHERE CURRENT OF cur
=> plan
=> text: UPDATE public.customers SET email = ‹sealed as public.customers.email› WHERE CURRENT OF cur

UPDATE ONLY people SET email = 'secret!' WHERE year = 2024
=> plan
=> text: UPDATE ONLY public.people SET email = ‹sealed as public.people.email› WHERE year = 2024

UPDATE customers SET labels[1] = 'secret!'
=> refuse subscript-of-protected at: labels [ ‹constant› ]
=> message: cannot take a part of protected column public.customers.labels

UPDATE customers SET data['a'] = '"secret!"'
=> refuse subscript-of-protected at: data [ ‹constant› ]
=> message: cannot take a part of protected column public.customers.data

UPDATE customers SET data = '{"secret!": 1}'
=> plan
=> text: UPDATE public.customers SET data = ‹sealed as public.customers.data›

UPDATE customers SET data = jsonb_set(data, '{a}', '1')
=> refuse function-on-protected at: jsonb_set ( data , ‹constant› , ‹constant› )
=> message: function jsonb_set cannot be applied to protected column public.customers.data

UPDATE customers SET data = data || '{"a": 1}'
=> refuse operator-on-protected at: data || ‹constant›
=> message: operator || cannot be applied to protected column public.customers.data

UPDATE customer_emails SET mail = 'secret!' WHERE mail = 'secret!'
=> plan
=> text: UPDATE public.customer_emails SET mail = ‹sealed as public.customers.email› WHERE mail = ‹sealed to match public.customers.email›
=> sent after a look at the shape: order decides which value goes where

UPDATE customers SET born = $1::date, hired = '2020-01-01'::timestamp
=> plan
=> text: UPDATE public.customers SET born = $1::text, hired = ‹sealed as public.customers.hired, cast to timestamp without time zone›
=> $1: the client's $1, sealed as public.customers.born, cast to date

UPDATE customers SET email = (SELECT max(customer_email) FROM orders)
=> refuse extremes-of-protected at: max ( customer_email )
=> message: cannot take a minimum or maximum of protected column public.orders.customer_email

UPDATE customers SET email = 'x' WHERE name = 'y'
=> refuse equality-on-randomized at: name = ‹constant›
=> message: protected column public.customers.name is randomized, so that equal values cannot be found

UPDATE moving SET secret = 'secret!'
=> plan
=> text: UPDATE public.moving SET secret = ‹sealed as public.moving.secret›

UPDATE moving SET id = 5
=> plan
=> text: UPDATE public.moving SET id = 5

# DELETE

DELETE FROM customers
=> plan
=> text: DELETE FROM public.customers

DELETE FROM customers WHERE email = 'secret!'
=> plan
=> text: DELETE FROM public.customers WHERE email = ‹sealed to match public.customers.email›

DELETE FROM customers WHERE email = $1 RETURNING *
=> plan
=> text: DELETE FROM public.customers WHERE email = $1 RETURNING *
=> $1: the client's $1, sealed to match public.customers.email
=> rows: kept, opened public.customers.email, opened public.customers.name, opened public.customers.phone, opened public.customers.born, opened public.customers.hired, opened public.customers.level, opened public.customers.score, opened public.customers.balance, opened public.customers.data, opened public.customers.active, opened public.customers.photo, opened public.customers.labels, kept, kept

DELETE FROM customers c USING orders o WHERE o.customer_email = c.email AND o.customer_email = 'secret!'
=> plan
=> text: DELETE FROM public.customers c USING public.orders o WHERE o.customer_email = c.email AND o.customer_email = ‹sealed to match public.orders.customer_email›

DELETE FROM customers WHERE name = 'x'
=> refuse equality-on-randomized at: name = ‹constant›
=> message: protected column public.customers.name is randomized, so that equal values cannot be found

DELETE FROM customers WHERE email LIKE 'x%'
=> refuse pattern-on-protected at: email LIKE ‹constant›
=> message: cannot match a pattern on protected column public.customers.email

DELETE FROM notes WHERE email = 'x'
=> clear

DELETE FROM notes WHERE email IN (SELECT email FROM customers)
=> refuse mixed-with-plain at: email IN ( SELECT email FROM customers )
=> message: protected column public.customers.email meets a value that is not protected

DELETE FROM notes n USING customers c WHERE n.id = c.id AND c.email = 'secret!'
=> plan
=> text: DELETE FROM notes n USING public.customers c WHERE n.id = c.id AND c.email = ‹sealed to match public.customers.email›

DELETE FROM customers WHERE CURRENT OF cur
=> plan
=> text: DELETE FROM public.customers WHERE CURRENT OF cur

DELETE FROM public.customers AS c WHERE c.email = ANY ($1) RETURNING c.id, c.name
=> plan
=> $1: the client's $1, sealed to match public.customers.email element by element
=> rows: kept, opened public.customers.name

# MERGE

MERGE INTO customers c USING orders o ON c.email = o.customer_email WHEN MATCHED THEN UPDATE SET email = o.customer_email WHEN NOT MATCHED THEN INSERT (email) VALUES (o.customer_email)
=> plan
=> text: MERGE INTO public.customers c USING public.orders o ON c.email = o.customer_email WHEN MATCHED THEN UPDATE SET email = o.customer_email WHEN NOT MATCHED THEN INSERT (email) VALUES (o.customer_email)

MERGE INTO customers c USING (VALUES (1, 'secret!')) AS v (id, e) ON c.id = v.id WHEN MATCHED THEN UPDATE SET email = v.e WHEN NOT MATCHED THEN INSERT (id, email) VALUES (v.id, v.e)
=> plan
=> text: MERGE INTO public.customers c USING (VALUES (1, ‹sealed as public.customers.email given as text›)) AS v (id, e) ON c.id = v.id WHEN MATCHED THEN UPDATE SET email = v.e WHEN NOT MATCHED THEN INSERT (id, email) VALUES (v.id, v.e)

MERGE INTO customers c USING notes n ON c.id = n.id WHEN MATCHED THEN UPDATE SET email = n.email
=> refuse plain-into-protected at: n . email
=> message: a value that the server computes cannot be stored in protected column public.customers.email

MERGE INTO customers c USING notes n ON c.id = n.id WHEN MATCHED AND c.email = 'secret!' THEN DELETE WHEN NOT MATCHED THEN DO NOTHING
=> plan
=> text: MERGE INTO public.customers c USING notes n ON c.id = n.id WHEN MATCHED AND c.email = ‹sealed to match public.customers.email› THEN DELETE WHEN NOT MATCHED THEN DO NOTHING

MERGE INTO customers c USING notes n ON c.id = n.id WHEN NOT MATCHED THEN INSERT VALUES (n.id, 'secret!')
=> plan
=> text: MERGE INTO public.customers c USING notes n ON c.id = n.id WHEN NOT MATCHED THEN INSERT (id, email) VALUES (n.id, ‹sealed as public.customers.email›)
=> sent after a look at the shape: order decides which value goes where

MERGE INTO customers USING notes n ON customers.name = 'x' WHEN MATCHED THEN DELETE
=> refuse equality-on-randomized at: customers . name = ‹constant›
=> message: protected column public.customers.name is randomized, so that equal values cannot be found

MERGE INTO notes n USING customers c ON n.id = c.id WHEN MATCHED THEN UPDATE SET body = c.email
=> refuse protected-into-plain at: c . email
=> message: protected column public.customers.email cannot be stored in a column that is not protected

MERGE INTO notes n USING customers c ON n.id = c.id AND c.email = $1 WHEN MATCHED THEN DELETE
=> plan
=> text: MERGE INTO notes n USING public.customers c ON n.id = c.id AND c.email = $1 WHEN MATCHED THEN DELETE
=> $1: the client's $1, sealed to match public.customers.email

@version 170000
MERGE INTO customers c USING notes n ON c.id = n.id WHEN MATCHED THEN DELETE RETURNING merge_action(), c.email
=> plan
=> text: MERGE INTO public.customers c USING notes n ON c.id = n.id WHEN MATCHED THEN DELETE RETURNING merge_action(), c.email
=> rows: kept, opened public.customers.email

# A cast keeps what a VALUES list of its own needs

INSERT INTO customers (id, data) SELECT v.a::int4, v.b::jsonb FROM (VALUES (1, '{"k": "secret!"}'), (2, NULL)) AS v (a, b) WHERE true
=> plan
=> text: INSERT INTO public.customers (id, data) SELECT v.a::int4, v.b::jsonb FROM (VALUES (1, ‹sealed as public.customers.data given as text, cast to jsonb›::jsonb ), (2, NULL)) AS v (a, b) WHERE true

INSERT INTO customers (id, data) SELECT v.a, v.b FROM (VALUES (1, '{"k": "secret!"}'::jsonb)) AS v (a, b)
=> plan
=> text: INSERT INTO public.customers (id, data) SELECT v.a, v.b FROM (VALUES (1, ‹sealed as public.customers.data, cast to jsonb›::jsonb )) AS v (a, b)

UPDATE customers SET data = '{"k": "secret!"}'::jsonb WHERE id = 1
=> plan
=> text: UPDATE public.customers SET data = ‹sealed as public.customers.data, cast to jsonb› ::jsonb WHERE id = 1

# OLD and NEW, which PostgreSQL 18 knows without being told

@version 180000
UPDATE customers SET email = $1 RETURNING old.email, new.email, email
=> plan
=> text: UPDATE public.customers SET email = $1 RETURNING old.email, new.email, email
=> $1: the client's $1, sealed as public.customers.email
=> rows: opened public.customers.email, opened public.customers.email, opened public.customers.email

@version 180000
UPDATE customers SET email = $1 RETURNING WITH (OLD AS o) o.email, new.email
=> plan
=> text: UPDATE public.customers SET email = $1 RETURNING WITH (OLD AS o) o.email, new.email
=> $1: the client's $1, sealed as public.customers.email
=> rows: opened public.customers.email, opened public.customers.email

@version 170000
UPDATE customers SET email = $1 RETURNING old.email
=> refuse missing-from at: old . email
=> message: missing FROM-clause entry for table "old"

## A field that was left empty, and values that are too many

INSERT INTO customers (email, name) VALUES (NULLIF($1, ''), NULLIF('secret!', ''))
=> plan
=> text: INSERT INTO public.customers (email, name) VALUES ($1::text, ‹sealed as public.customers.name given as text, NULL if empty›)
=> $1: the client's $1, sealed as public.customers.email given as text, NULL if empty

UPDATE customers SET name = NULLIF(trim($1), ''), hired = NULLIF($2, '')::timestamp
=> plan
=> text: UPDATE public.customers SET name = $1::varchar, hired = $2::text
=> $1: the client's $1, sealed as public.customers.name given as text, btrim, NULL if empty
=> $2: the client's $2, sealed as public.customers.hired given as text, cast to timestamp without time zone, NULL if empty

INSERT INTO customers (name) VALUES (NULLIF('secret!', 'secret!'))
=> refuse equality-on-randomized at: NULLIF ( ‹constant› , ‹constant› )
=> message: protected column public.customers.name is randomized, so that equal values cannot be found

INSERT INTO customers (name) VALUES (NULLIF(notes, ''))
=> refuse undefined-column at: notes
=> message: column "notes" does not exist

INSERT INTO notes (body) VALUES (NULLIF('secret', ''))
=> clear

INSERT INTO customers (email) VALUES ('secret!', 'secret!')
=> refuse unreadable-statement at: VALUES ( ‹constant› , ‹constant› )
=> message: INSERT has more expressions than target columns

UPDATE customers SET born = COALESCE('secret!', '2001-01-01')
=> refuse type-mismatch at: ‹constant›
=> message: protected column public.customers.born is of another type than this expression

UPDATE customers SET born = v.b FROM (VALUES (1, 'secret!')) AS v (a, b) WHERE v.a = id
=> refuse type-mismatch at: ‹constant›
=> message: protected column public.customers.born is of another type than this expression
