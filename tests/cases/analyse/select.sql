# SELECT: the select list

SELECT 1
=> clear

SELECT id FROM notes
=> clear

SELECT email FROM notes WHERE email = 'plain'
=> clear

SELECT id, email FROM customers WHERE email = 'a@b.c'
=> plan
=> text: SELECT id, email FROM public.customers WHERE email = ‹sealed to match public.customers.email›
=> rows: kept, opened public.customers.email

SELECT email FROM public.customers
=> plan
=> rows: opened public.customers.email

SELECT email FROM postgres.public.customers
=> plan
=> rows: opened public.customers.email

SELECT * FROM customers
=> plan
=> text: SELECT * FROM public.customers
=> rows: kept, opened public.customers.email, opened public.customers.name, opened public.customers.phone, opened public.customers.born, opened public.customers.hired, opened public.customers.level, opened public.customers.score, opened public.customers.balance, opened public.customers.data, opened public.customers.active, opened public.customers.photo, opened public.customers.labels, kept, kept

SELECT * FROM orders
=> plan
=> text: SELECT * FROM public.orders
=> rows: kept, kept, opened public.orders.customer_email, opened public.orders.card, kept, kept, kept

SELECT o.* FROM public.orders AS o WHERE o.customer_email = $1 AND o.id = $2
=> plan
=> $1: the client's $1, sealed to match public.orders.customer_email
=> $2: kept
=> rows: kept, kept, opened public.orders.customer_email, opened public.orders.card, kept, kept, kept

SELECT id, created_at FROM public.customers
=> plan
=> rows: kept, kept

SELECT count(*) FROM customers
=> plan
=> text: SELECT count(*) FROM public.customers
=> rows: kept

SELECT count(email), count(name) FROM customers
=> plan
=> text: SELECT count(email), count(name) FROM public.customers
=> rows: kept, kept

SELECT count(DISTINCT email) FROM customers
=> plan
=> text: SELECT count(DISTINCT email) FROM public.customers
=> rows: kept

SELECT count(DISTINCT name) FROM customers
=> refuse grouping-on-randomized at: count ( DISTINCT name )
=> message: protected column public.customers.name is randomized, so that equal values cannot be brought together

SELECT email AS mail, name "Full Name" FROM customers
=> plan
=> text: SELECT email AS mail, name "Full Name" FROM public.customers
=> rows: opened public.customers.email, opened public.customers.name

SELECT "email" FROM "customers"
=> plan
=> text: SELECT "email" FROM public."customers"
=> rows: opened public.customers.email

SELECT "EMAIL" FROM customers
=> refuse undefined-column at: "EMAIL"
=> message: column "EMAIL" does not exist

SELECT EMAIL FROM CUSTOMERS
=> plan
=> text: SELECT EMAIL FROM public.CUSTOMERS
=> rows: opened public.customers.email

SELECT "E Mail" FROM "Odd Schema"."Weird ""Name"
=> plan
=> rows: opened "Odd Schema"."Weird ""Name"."E Mail"

SELECT U&"em\0061il" FROM U&"custom\0065rs"
=> plan
=> text: SELECT U&"em\0061il" FROM public.U&"custom\0065rs"
=> rows: opened public.customers.email

SELECT ctid, tableoid FROM customers
=> plan
=> text: SELECT ctid, tableoid FROM public.customers
=> rows: kept, kept

SELECT customers.email FROM customers
=> plan
=> text: SELECT customers.email FROM public.customers
=> rows: opened public.customers.email

SELECT public.customers.email FROM public.customers
=> plan
=> rows: opened public.customers.email

SELECT c.email FROM customers c
=> plan
=> text: SELECT c.email FROM public.customers c
=> rows: opened public.customers.email

SELECT customers.email FROM customers c
=> refuse missing-from at: customers . email
=> message: missing FROM-clause entry for table "customers"

SELECT nosuch FROM customers
=> refuse undefined-column at: nosuch
=> message: column "nosuch" does not exist

SELECT x.email FROM customers
=> refuse missing-from at: x . email
=> message: missing FROM-clause entry for table "x"

SELECT email, email FROM customers
=> plan
=> text: SELECT email, email FROM public.customers
=> rows: opened public.customers.email, opened public.customers.email

SELECT upper('x'), id FROM customers
=> plan
=> text: SELECT upper('x'), id FROM public.customers
=> rows: kept, kept

SELECT $1, id FROM customers
=> plan
=> text: SELECT $1, id FROM public.customers
=> rows: kept, kept

SELECT now(), email FROM customers
=> plan
=> text: SELECT now(), email FROM public.customers
=> rows: kept, opened public.customers.email

SELECT email || 'x' FROM customers
=> plan
=> text: SELECT email || ‹sealed as public.customers.email given as text› FROM public.customers
=> rows: text opened of public.customers.email

SELECT lower(email) FROM customers
=> refuse function-on-protected at: lower ( email )
=> message: function lower cannot be applied to protected column public.customers.email

SELECT length(name) FROM customers
=> refuse function-on-protected at: length ( name )
=> message: function length cannot be applied to protected column public.customers.name

SELECT substr(email, 1, 3) FROM customers
=> refuse function-on-protected at: substr ( email , ‹constant› , ‹constant› )
=> message: function substr cannot be applied to protected column public.customers.email

SELECT concat(email, ' ', id) FROM customers
=> refuse function-on-protected at: concat ( email , ‹constant› , id )
=> message: function concat cannot be applied to protected column public.customers.email

SELECT format('%s', email) FROM customers
=> refuse function-on-protected at: format ( ‹constant› , email )
=> message: function format cannot be applied to protected column public.customers.email

SELECT md5(email) FROM customers
=> refuse function-on-protected at: md5 ( email )
=> message: function md5 cannot be applied to protected column public.customers.email

SELECT coalesce(email, 'none') FROM customers
=> plan
=> text: SELECT coalesce(email, ‹sealed as public.customers.email›) FROM public.customers
=> rows: opened public.customers.email (expression)

SELECT coalesce(name, 'none') FROM customers
=> plan
=> text: SELECT coalesce(name, ‹sealed beside public.customers.name›) FROM public.customers
=> rows: opened public.customers.name (expression), cast to character varying

SELECT coalesce(email, notes) FROM customers
=> refuse mixed-with-plain at: coalesce ( email , notes )
=> message: protected column public.customers.email meets a value that is not protected

SELECT coalesce(email, now()::text) FROM customers
=> refuse mixed-with-plain at: coalesce ( email , now ( ) :: …
=> message: protected column public.customers.email meets a value that is not protected

SELECT nullif(email, 'x') FROM customers
=> plan
=> text: SELECT nullif(email, ‹sealed to match public.customers.email›) FROM public.customers
=> rows: opened public.customers.email (expression)

SELECT nullif(name, 'x') FROM customers
=> refuse equality-on-randomized at: nullif ( name , ‹constant› )
=> message: protected column public.customers.name is randomized, so that equal values cannot be found

SELECT greatest(email, 'x') FROM customers
=> refuse extremes-of-protected at: greatest ( email , ‹constant› )
=> message: cannot take a minimum or maximum of protected column public.customers.email

SELECT min(email), max(email) FROM customers
=> refuse extremes-of-protected at: min ( email )
=> message: cannot take a minimum or maximum of protected column public.customers.email

SELECT CASE WHEN id = 1 THEN email ELSE 'hidden' END FROM customers
=> plan
=> text: SELECT CASE WHEN id = 1 THEN email ELSE ‹sealed as public.customers.email› END FROM public.customers
=> rows: opened public.customers.email (expression)

SELECT CASE WHEN id = 1 THEN name ELSE notes END FROM customers
=> refuse mixed-with-plain at: CASE WHEN id = ‹constant› THEN name ELSE …
=> message: protected column public.customers.name meets a value that is not protected

SELECT CASE email WHEN 'x' THEN 1 ELSE 2 END FROM customers
=> plan
=> text: SELECT CASE email WHEN ‹sealed to match public.customers.email› THEN 1 ELSE 2 END FROM public.customers
=> rows: kept

SELECT CASE name WHEN 'x' THEN 1 ELSE 2 END FROM customers
=> refuse equality-on-randomized at: ‹constant›
=> message: protected column public.customers.name is randomized, so that equal values cannot be found

SELECT CASE id WHEN 1 THEN email WHEN 2 THEN phone END FROM customers
=> plan
=> text: SELECT CASE id WHEN 1 THEN email WHEN 2 THEN phone END FROM public.customers
=> rows: text opened of public.customers.email, public.customers.phone

SELECT email IS NULL, name IS NOT NULL FROM customers
=> plan
=> text: SELECT email IS NULL, name IS NOT NULL FROM public.customers
=> rows: kept, kept

SELECT active IS TRUE FROM customers
=> refuse condition-on-protected at: active IS TRUE
=> message: protected column public.customers.active cannot be used as a condition

SELECT id FROM customers WHERE active
=> refuse condition-on-protected at: active
=> message: protected column public.customers.active cannot be used as a condition

SELECT id FROM customers WHERE NOT active
=> refuse condition-on-protected at: active
=> message: protected column public.customers.active cannot be used as a condition

SELECT active FROM customers
=> plan
=> text: SELECT active FROM public.customers
=> rows: opened public.customers.active

SELECT data -> 'a' FROM customers
=> refuse operator-on-protected at: data -> ‹constant›
=> message: operator -> cannot be applied to protected column public.customers.data

SELECT data ->> 'a' FROM customers
=> refuse operator-on-protected at: data ->> ‹constant›
=> message: operator ->> cannot be applied to protected column public.customers.data

SELECT data FROM customers
=> plan
=> text: SELECT data FROM public.customers
=> rows: opened public.customers.data

SELECT labels FROM customers
=> plan
=> text: SELECT labels FROM public.customers
=> rows: opened public.customers.labels

SELECT labels[1] FROM customers
=> plan
=> text: SELECT labels[1] FROM public.customers
=> rows: opened public.customers.labels as one element (expression)

SELECT cardinality(labels) FROM customers
=> plan
=> text: SELECT cardinality(labels) FROM public.customers
=> rows: kept

SELECT array_length(labels, 1) FROM customers
=> plan
=> text: SELECT array_length(labels, 1) FROM public.customers
=> rows: kept

SELECT photo FROM customers
=> plan
=> text: SELECT photo FROM public.customers
=> rows: opened public.customers.photo

SELECT array_agg(email) FROM customers
=> plan
=> text: SELECT array_agg(email) FROM public.customers
=> rows: opened public.customers.email element by element (expression)

SELECT array_agg(DISTINCT email) FROM customers
=> plan
=> text: SELECT array_agg(DISTINCT email) FROM public.customers
=> rows: opened public.customers.email element by element (expression)

SELECT array_agg(name ORDER BY id) FROM customers
=> plan
=> text: SELECT array_agg(name ORDER BY id) FROM public.customers
=> rows: opened public.customers.name element by element (expression), cast to character varying[]

SELECT array_agg(name ORDER BY name) FROM customers
=> refuse order-by-protected at: name
=> message: cannot sort by protected column public.customers.name

SELECT string_agg(email, ',') FROM customers
=> plan
=> text: SELECT string_agg(email, ‹sealed as public.customers.email given as text›) FROM public.customers
=> rows: text opened of public.customers.email

SELECT json_agg(email) FROM customers
=> plan
=> text: SELECT json_agg(email) FROM public.customers
=> rows: JSON of [opened public.customers.email, …]

SELECT json_build_object('e', email) FROM customers
=> plan
=> text: SELECT json_build_object('e', email) FROM public.customers
=> rows: JSON of {e: opened public.customers.email}

SELECT array_agg(email) FILTER (WHERE id > 3) FROM customers
=> plan
=> text: SELECT array_agg(email) FILTER (WHERE id > 3) FROM public.customers
=> rows: opened public.customers.email element by element (expression)

SELECT ARRAY[email, 'x'] FROM customers
=> plan
=> text: SELECT ARRAY[email, ‹sealed as public.customers.email›] FROM public.customers
=> rows: opened public.customers.email element by element (expression)

SELECT ARRAY(SELECT email FROM customers)
=> plan
=> text: SELECT ARRAY(SELECT email FROM public.customers)
=> rows: opened public.customers.email element by element (expression)

SELECT (ARRAY(SELECT email FROM customers))[1]
=> plan
=> text: SELECT (ARRAY(SELECT email FROM public.customers))[1]
=> rows: opened public.customers.email (expression)

SELECT unnest(array_agg(email)) FROM customers
=> plan
=> text: SELECT unnest(array_agg(email)) FROM public.customers
=> rows: opened public.customers.email (expression)

SELECT ROW(id, email) FROM customers
=> refuse composite-result at: SELECT ROW ( id , email ) FROM …
=> message: protected column public.customers.email cannot stand in a row, a nested array, a document or a composed text here

SELECT (id, email) FROM customers
=> refuse composite-result at: SELECT ( id , email ) FROM customers
=> message: protected column public.customers.email cannot stand in a row, a nested array, a document or a composed text here

SELECT (id, notes) FROM customers
=> plan
=> text: SELECT (id, notes) FROM public.customers
=> rows: kept

SELECT id + 1 FROM customers WHERE id > 5 AND notes LIKE '%x%' ORDER BY created_at LIMIT 10 OFFSET $1
=> plan
=> text: SELECT id + 1 FROM public.customers WHERE id > 5 AND notes LIKE '%x%' ORDER BY created_at LIMIT 10 OFFSET $1
=> rows: kept

SELECT email FROM customers LIMIT $1
=> plan
=> text: SELECT email FROM public.customers LIMIT $1
=> rows: opened public.customers.email

SELECT level + 1 FROM customers
=> refuse operator-on-protected at: level + ‹constant›
=> message: operator + cannot be applied to protected column public.customers.level

SELECT -level FROM customers
=> refuse operator-on-protected at: - level
=> message: operator - cannot be applied to protected column public.customers.level

SELECT sum(score) FROM customers
=> refuse function-on-protected at: sum ( score )
=> message: function sum cannot be applied to protected column public.customers.score

SELECT avg(balance) FROM customers
=> refuse function-on-protected at: avg ( balance )
=> message: function avg cannot be applied to protected column public.customers.balance

SELECT DISTINCT email FROM customers
=> plan
=> text: SELECT DISTINCT email FROM public.customers
=> rows: opened public.customers.email

SELECT DISTINCT name FROM customers
=> refuse grouping-on-randomized at: SELECT DISTINCT name FROM customers
=> message: protected column public.customers.name is randomized, so that equal values cannot be brought together

SELECT DISTINCT ON (email) id, email FROM customers
=> plan
=> text: SELECT DISTINCT ON (email) id, email FROM public.customers
=> rows: kept, opened public.customers.email

SELECT DISTINCT ON (name) id FROM customers
=> refuse grouping-on-randomized at: name
=> message: protected column public.customers.name is randomized, so that equal values cannot be brought together

SELECT email, count(*) FROM customers GROUP BY email
=> plan
=> text: SELECT email, count(*) FROM public.customers GROUP BY email
=> rows: opened public.customers.email, kept

SELECT email, count(*) FROM customers GROUP BY 1
=> plan
=> text: SELECT email, count(*) FROM public.customers GROUP BY 1
=> rows: opened public.customers.email, kept

SELECT email AS e, count(*) FROM customers GROUP BY e
=> plan
=> text: SELECT email AS e, count(*) FROM public.customers GROUP BY e
=> rows: opened public.customers.email, kept

SELECT name, count(*) FROM customers GROUP BY name
=> refuse grouping-on-randomized at: name
=> message: protected column public.customers.name is randomized, so that equal values cannot be brought together

SELECT name, count(*) FROM customers GROUP BY 1
=> refuse grouping-on-randomized at: ‹constant›
=> message: protected column public.customers.name is randomized, so that equal values cannot be brought together

SELECT email, count(*) FROM customers GROUP BY email HAVING count(*) > 1
=> plan
=> text: SELECT email, count(*) FROM public.customers GROUP BY email HAVING count(*) > 1
=> rows: opened public.customers.email, kept

SELECT email FROM customers GROUP BY email HAVING email = 'x'
=> plan
=> text: SELECT email FROM public.customers GROUP BY email HAVING email = ‹sealed to match public.customers.email›
=> rows: opened public.customers.email

SELECT email, phone, count(*) FROM customers GROUP BY ROLLUP (email, phone)
=> plan
=> text: SELECT email, phone, count(*) FROM public.customers GROUP BY ROLLUP (email, phone)
=> rows: opened public.customers.email, opened public.customers.phone, kept

SELECT email, count(*) FROM customers GROUP BY GROUPING SETS ((email), ())
=> plan
=> text: SELECT email, count(*) FROM public.customers GROUP BY GROUPING SETS ((email), ())
=> rows: opened public.customers.email, kept

SELECT grouping(email), count(*) FROM customers GROUP BY CUBE (email)
=> plan
=> text: SELECT grouping(email), count(*) FROM public.customers GROUP BY CUBE (email)
=> rows: kept, kept

SELECT id, email FROM customers ORDER BY id
=> plan
=> text: SELECT id, email FROM public.customers ORDER BY id
=> rows: kept, opened public.customers.email

SELECT id, email FROM customers ORDER BY email
=> refuse order-by-protected at: email
=> message: cannot sort by protected column public.customers.email

SELECT id, email FROM customers ORDER BY 2
=> refuse order-by-protected at: ‹constant›
=> message: cannot sort by protected column public.customers.email

SELECT id, email FROM customers ORDER BY 1
=> plan
=> text: SELECT id, email FROM public.customers ORDER BY 1
=> rows: kept, opened public.customers.email

SELECT id, email AS e FROM customers ORDER BY e
=> refuse order-by-protected at: e
=> message: cannot sort by protected column public.customers.email

SELECT id AS email FROM customers ORDER BY email
=> plan
=> text: SELECT id AS email FROM public.customers ORDER BY email
=> rows: kept

SELECT email FROM customers ORDER BY lower(email)
=> refuse function-on-protected at: lower ( email )
=> message: function lower cannot be applied to protected column public.customers.email

SELECT email, row_number() OVER (PARTITION BY email ORDER BY id) FROM customers
=> plan
=> text: SELECT email, row_number() OVER (PARTITION BY email ORDER BY id) FROM public.customers
=> rows: opened public.customers.email, kept

SELECT row_number() OVER (ORDER BY email) FROM customers
=> refuse order-by-protected at: email
=> message: cannot sort by protected column public.customers.email

SELECT row_number() OVER (PARTITION BY name) FROM customers
=> refuse grouping-on-randomized at: name
=> message: protected column public.customers.name is randomized, so that equal values cannot be brought together

SELECT lag(email) OVER (ORDER BY id) FROM customers
=> plan
=> text: SELECT lag(email) OVER (ORDER BY id) FROM public.customers
=> rows: opened public.customers.email (expression)

SELECT lag(email, 1, 'none') OVER (ORDER BY id) FROM customers
=> plan
=> text: SELECT lag(email, 1, ‹sealed as public.customers.email›) OVER (ORDER BY id) FROM public.customers
=> rows: opened public.customers.email (expression)

SELECT first_value(name) OVER w FROM customers WINDOW w AS (PARTITION BY phone ORDER BY id)
=> plan
=> text: SELECT first_value(name) OVER w FROM public.customers WINDOW w AS (PARTITION BY phone ORDER BY id)
=> rows: opened public.customers.name (expression), cast to character varying

SELECT nth_value(name, 2) OVER (ORDER BY id) FROM customers
=> plan
=> text: SELECT nth_value(name, 2) OVER (ORDER BY id) FROM public.customers
=> rows: opened public.customers.name (expression), cast to character varying

SELECT rank() OVER w FROM customers WINDOW w AS (ORDER BY born)
=> refuse order-by-protected at: born
=> message: cannot sort by protected column public.customers.born

SELECT email FROM customers FOR UPDATE
=> plan
=> text: SELECT email FROM public.customers FOR UPDATE
=> rows: opened public.customers.email

SELECT email FROM customers c FOR UPDATE OF c SKIP LOCKED
=> plan
=> text: SELECT email FROM public.customers c FOR UPDATE OF c SKIP LOCKED
=> rows: opened public.customers.email

TABLE customers
=> plan
=> text: TABLE public.customers
=> rows: kept, opened public.customers.email, opened public.customers.name, opened public.customers.phone, opened public.customers.born, opened public.customers.hired, opened public.customers.level, opened public.customers.score, opened public.customers.balance, opened public.customers.data, opened public.customers.active, opened public.customers.photo, opened public.customers.labels, kept, kept

TABLE notes
=> clear

VALUES (1, 'x')
=> clear

SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY level) FROM customers
=> refuse order-by-protected at: level
=> message: cannot sort by protected column public.customers.level

SELECT mode() WITHIN GROUP (ORDER BY email) FROM customers
=> refuse order-by-protected at: email
=> message: cannot sort by protected column public.customers.email

SELECT email COLLATE "C" FROM customers
=> plan
=> text: SELECT email COLLATE "C" FROM public.customers
=> rows: opened public.customers.email (expression)

SELECT email COLLATE "de_DE" FROM customers
=> refuse collate-protected at: email COLLATE "de_DE"
=> message: this collation cannot be applied to protected column public.customers.email

SELECT xmlforest(email) FROM customers
=> refuse function-on-protected at: xmlforest ( email )
=> message: function xmlforest cannot be applied to protected column public.customers.email

SELECT extract(year FROM born) FROM customers
=> refuse function-on-protected at: extract ( year FROM born )
=> message: function extract cannot be applied to protected column public.customers.born

SELECT created_at AT TIME ZONE 'UTC' FROM customers
=> plan
=> text: SELECT created_at AT TIME ZONE 'UTC' FROM public.customers
=> rows: kept

SELECT born AT TIME ZONE 'UTC' FROM customers
=> refuse operator-on-protected at: born AT TIME ZONE ‹constant›
=> message: operator AT TIME ZONE cannot be applied to protected column public.customers.born

SELECT num_nulls(email, name) FROM customers
=> plan
=> text: SELECT num_nulls(email, name) FROM public.customers
=> rows: kept

SELECT pg_typeof(email) FROM customers
=> refuse function-on-protected at: pg_typeof ( email )
=> message: function pg_typeof cannot be applied to protected column public.customers.email

SELECT id FROM customers WHERE (email, id) = ('x', 1)
=> plan
=> text: SELECT id FROM public.customers WHERE (email, id) = (‹sealed to match public.customers.email›, 1)
=> rows: kept

SELECT id FROM customers WHERE (email, id) IN (('x', 1), ('y', 2))
=> plan
=> text: SELECT id FROM public.customers WHERE (email, id) IN ((‹sealed to match public.customers.email›, 1), (‹sealed to match public.customers.email›, 2))
=> rows: kept

SELECT id FROM customers WHERE ROW(name, id) = ROW('x', 1)
=> refuse equality-on-randomized at: ROW ( name , id ) = ROW …
=> message: protected column public.customers.name is randomized, so that equal values cannot be found

SELECT id FROM customers WHERE (email, phone) < ('x', 'y')
=> refuse range-on-protected at: ( email , phone ) < ( ‹constant› …
=> message: cannot compare the order of protected column public.customers.email

SELECT * FROM customers TABLESAMPLE BERNOULLI (10)
=> plan
=> text: SELECT * FROM public.customers TABLESAMPLE BERNOULLI (10)
=> rows: kept, opened public.customers.email, opened public.customers.name, opened public.customers.phone, opened public.customers.born, opened public.customers.hired, opened public.customers.level, opened public.customers.score, opened public.customers.balance, opened public.customers.data, opened public.customers.active, opened public.customers.photo, opened public.customers.labels, kept, kept

SELECT current_user, email FROM customers
=> plan
=> text: SELECT current_user, email FROM public.customers
=> rows: kept, opened public.customers.email

SELECT id FROM later WHERE email = 'x'
=> plan
=> text: SELECT id FROM public.later WHERE email = 'x'
=> rows: kept

SELECT * FROM broken
=> refuse relation-closed at: broken
=> message: relation public.broken differs from its accepted shape

SELECT id FROM broken
=> refuse relation-closed at: broken
=> message: relation public.broken differs from its accepted shape

SELECT id, secret FROM moving
=> plan
=> text: SELECT id, secret FROM public.moving
=> rows: kept, opened public.moving.secret

SELECT ident FROM moving
=> plan
=> text: SELECT ident FROM public.moving
=> rows: opened public.moving.ident

SELECT id FROM moving WHERE ident = 'x'
=> refuse transitional-phase at: ident = ‹constant›
=> message: protected column public.moving.ident is between plaintext and ciphertext

SELECT secret FROM leaving
=> plan
=> text: SELECT secret FROM public.leaving
=> rows: opened public.leaving.secret

# Text put together of protected values; constants beside them are sealed

SELECT name || ' <' || email || '>' FROM customers
=> plan
=> text: SELECT name || ‹sealed as public.customers.name given as text› || email || ‹sealed as public.customers.name given as text› FROM public.customers
=> rows: text opened of public.customers.name, public.customers.email
