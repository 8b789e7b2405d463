# Predicates

SELECT id FROM customers WHERE email = 'x'
=> plan
=> text: SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email›
=> rows: kept

SELECT id FROM customers WHERE 'x' = email
=> plan
=> text: SELECT id FROM public.customers WHERE ‹sealed to match public.customers.email› = email
=> rows: kept

SELECT id FROM customers WHERE email <> 'x'
=> plan
=> text: SELECT id FROM public.customers WHERE email <> ‹sealed to match public.customers.email›
=> rows: kept

SELECT id FROM customers WHERE email != 'x'
=> plan
=> text: SELECT id FROM public.customers WHERE email != ‹sealed to match public.customers.email›
=> rows: kept

SELECT id FROM customers WHERE email OPERATOR(pg_catalog.=) 'x'
=> plan
=> text: SELECT id FROM public.customers WHERE email OPERATOR(pg_catalog.=) ‹sealed to match public.customers.email›
=> rows: kept

SELECT id FROM customers WHERE email OPERATOR(public.=) 'x'
=> refuse operator-on-protected at: email OPERATOR ( public . = ) ‹constant›
=> message: operator = cannot be applied to protected column public.customers.email

SELECT id FROM customers WHERE email = $1
=> plan
=> text: SELECT id FROM public.customers WHERE email = $1
=> $1: the client's $1, sealed to match public.customers.email
=> rows: kept

SELECT id FROM customers WHERE email = $1 OR notes = $1
=> plan
=> text: SELECT id FROM public.customers WHERE email = $1 OR notes = $2
=> $1: the client's $1, sealed to match public.customers.email
=> $2: the client's $1, kept
=> rows: kept

SELECT id FROM customers WHERE email = $1 OR phone = $1
=> plan
=> text: SELECT id FROM public.customers WHERE email = $1 OR phone = $2
=> $1: the client's $1, sealed to match public.customers.email
=> $2: the client's $1, sealed to match public.customers.phone
=> rows: kept

SELECT id FROM customers WHERE email = $1 OR email = $1
=> plan
=> text: SELECT id FROM public.customers WHERE email = $1 OR email = $1
=> $1: the client's $1, sealed to match public.customers.email
=> rows: kept

SELECT id FROM customers WHERE id = $2 AND email = $1
=> plan
=> text: SELECT id FROM public.customers WHERE id = $2 AND email = $1
=> $1: the client's $1, sealed to match public.customers.email
=> $2: kept
=> rows: kept

SELECT id FROM customers WHERE email IN ('x', 'y', $1)
=> plan
=> text: SELECT id FROM public.customers WHERE email IN (‹sealed to match public.customers.email›, ‹sealed to match public.customers.email›, $1)
=> $1: the client's $1, sealed to match public.customers.email
=> rows: kept

SELECT id FROM customers WHERE email NOT IN ('x', 'y')
=> plan
=> text: SELECT id FROM public.customers WHERE email NOT IN (‹sealed to match public.customers.email›, ‹sealed to match public.customers.email›)
=> rows: kept

SELECT id FROM customers WHERE email IN (SELECT customer_email FROM orders)
=> plan
=> text: SELECT id FROM public.customers WHERE email IN (SELECT customer_email FROM public.orders)
=> rows: kept

SELECT id FROM customers WHERE email IN (SELECT email FROM leads)
=> refuse cross-domain at: email IN ( SELECT email FROM leads )
=> message: protected column public.customers.email meets a protected value of another domain, mode or type

SELECT id FROM customers WHERE email IN (SELECT body FROM notes)
=> refuse mixed-with-plain at: email IN ( SELECT body FROM notes )
=> message: protected column public.customers.email meets a value that is not protected

SELECT id FROM customers WHERE email NOT IN (SELECT customer_email FROM orders WHERE amount > 10)
=> plan
=> text: SELECT id FROM public.customers WHERE email NOT IN (SELECT customer_email FROM public.orders WHERE amount > 10)
=> rows: kept

SELECT id FROM customers WHERE email = ANY ($1)
=> plan
=> text: SELECT id FROM public.customers WHERE email = ANY ($1)
=> $1: the client's $1, sealed to match public.customers.email element by element
=> rows: kept

@declared 1009
SELECT id FROM customers WHERE email = ANY ($1)
=> plan
=> text: SELECT id FROM public.customers WHERE email = ANY ($1)
=> $1: the client's $1, sealed to match public.customers.email element by element given as text
=> rows: kept

SELECT id FROM customers WHERE email = ANY ($1::text[])
=> plan
=> text: SELECT id FROM public.customers WHERE email = ANY ($1::text[])
=> $1: the client's $1, sealed to match public.customers.email element by element, cast to text[]
=> rows: kept

SELECT id FROM customers WHERE email = ANY ('{a,b}')
=> plan
=> text: SELECT id FROM public.customers WHERE email = ANY (‹sealed to match public.customers.email element by element›)
=> rows: kept

SELECT id FROM customers WHERE email = ANY ('{a,b}'::text[])
=> plan
=> text: SELECT id FROM public.customers WHERE email = ANY (‹sealed to match public.customers.email element by element, cast to text[]›::text[] )
=> rows: kept

SELECT id FROM customers WHERE email = ANY (ARRAY['a', 'b'])
=> plan
=> text: SELECT id FROM public.customers WHERE email = ANY (ARRAY[‹sealed to match public.customers.email given as text›, ‹sealed to match public.customers.email given as text›])
=> rows: kept

SELECT id FROM customers WHERE email = ANY (ARRAY['a', 'b']::text[])
=> plan
=> text: SELECT id FROM public.customers WHERE email = ANY (ARRAY[‹sealed to match public.customers.email›, ‹sealed to match public.customers.email›])
=> rows: kept

SELECT id FROM customers WHERE email <> ALL ($1)
=> plan
=> text: SELECT id FROM public.customers WHERE email <> ALL ($1)
=> $1: the client's $1, sealed to match public.customers.email element by element
=> rows: kept

SELECT id FROM customers WHERE email = SOME (SELECT customer_email FROM orders)
=> plan
=> text: SELECT id FROM public.customers WHERE email = SOME (SELECT customer_email FROM public.orders)
=> rows: kept

SELECT id FROM customers WHERE email LIKE ANY ($1)
=> refuse pattern-on-protected at: email LIKE ANY ( $1 )
=> message: cannot match a pattern on protected column public.customers.email

SELECT id FROM customers WHERE level = ANY ($1)
=> plan
=> text: SELECT id FROM public.customers WHERE level = ANY ($1)
=> $1: the client's $1, sealed to match public.customers.level element by element
=> rows: kept

@declared 1007
SELECT id FROM customers WHERE level = ANY ($1)
=> plan
=> text: SELECT id FROM public.customers WHERE level = ANY ($1)
=> $1: the client's $1, sealed to match public.customers.level element by element given as integer
=> rows: kept

SELECT id FROM customers WHERE name = ANY ($1)
=> refuse equality-on-randomized at: name = ANY ( $1 )
=> message: protected column public.customers.name is randomized, so that equal values cannot be found

SELECT id FROM customers WHERE name = 'x'
=> refuse equality-on-randomized at: name = ‹constant›
=> message: protected column public.customers.name is randomized, so that equal values cannot be found

SELECT id FROM customers WHERE name <> $1
=> refuse equality-on-randomized at: name <> $1
=> message: protected column public.customers.name is randomized, so that equal values cannot be found

SELECT id FROM customers WHERE name IN ('x')
=> refuse equality-on-randomized at: ‹constant›
=> message: protected column public.customers.name is randomized, so that equal values cannot be found

SELECT id FROM customers WHERE name IS NULL
=> plan
=> text: SELECT id FROM public.customers WHERE name IS NULL
=> rows: kept

SELECT id FROM customers WHERE email IS DISTINCT FROM 'x'
=> plan
=> text: SELECT id FROM public.customers WHERE email IS DISTINCT FROM ‹sealed to match public.customers.email›
=> rows: kept

SELECT id FROM customers WHERE email IS NOT DISTINCT FROM $1
=> plan
=> text: SELECT id FROM public.customers WHERE email IS NOT DISTINCT FROM $1
=> $1: the client's $1, sealed to match public.customers.email
=> rows: kept

SELECT id FROM customers WHERE name IS DISTINCT FROM NULL AND NULL IS NOT DISTINCT FROM score AND name = NULL
=> plan
=> text: SELECT id FROM public.customers WHERE name IS DISTINCT FROM NULL AND NULL IS NOT DISTINCT FROM score AND name = NULL
=> rows: kept

SELECT id FROM customers WHERE name IS NOT DISTINCT FROM (NULL::text)
=> refuse equality-on-randomized at: name IS NOT DISTINCT FROM ( NULL :: …
=> message: protected column public.customers.name is randomized, so that equal values cannot be found

SELECT id FROM customers WHERE name::varchar(3) IS DISTINCT FROM NULL
=> refuse cast-of-protected at: name :: varchar ( ‹constant› )
=> message: this cast cannot be applied to protected column public.customers.name

SELECT id FROM customers WHERE name IS DISTINCT FROM 'x'
=> refuse equality-on-randomized at: name IS DISTINCT FROM ‹constant›
=> message: protected column public.customers.name is randomized, so that equal values cannot be found

SELECT id FROM customers WHERE email = NULL
=> plan
=> text: SELECT id FROM public.customers WHERE email = NULL
=> rows: kept

SELECT id FROM customers WHERE email LIKE 'x%'
=> refuse pattern-on-protected at: email LIKE ‹constant›
=> message: cannot match a pattern on protected column public.customers.email

SELECT id FROM customers WHERE email ILIKE $1
=> refuse pattern-on-protected at: email ILIKE $1
=> message: cannot match a pattern on protected column public.customers.email

SELECT id FROM customers WHERE email NOT LIKE 'x%'
=> refuse pattern-on-protected at: email NOT LIKE ‹constant›
=> message: cannot match a pattern on protected column public.customers.email

SELECT id FROM customers WHERE email SIMILAR TO 'x'
=> refuse pattern-on-protected at: email SIMILAR TO ‹constant›
=> message: cannot match a pattern on protected column public.customers.email

SELECT id FROM customers WHERE email ~ 'x'
=> refuse pattern-on-protected at: email ~ ‹constant›
=> message: cannot match a pattern on protected column public.customers.email

SELECT id FROM customers WHERE email ~* 'x'
=> refuse pattern-on-protected at: email ~* ‹constant›
=> message: cannot match a pattern on protected column public.customers.email

SELECT id FROM customers WHERE email ^@ 'x'
=> refuse pattern-on-protected at: email ^@ ‹constant›
=> message: cannot match a pattern on protected column public.customers.email

SELECT id FROM customers WHERE starts_with(email, 'x')
=> refuse pattern-on-protected at: starts_with ( email , ‹constant› )
=> message: cannot match a pattern on protected column public.customers.email

SELECT id FROM customers WHERE email > 'x'
=> refuse range-on-protected at: email > ‹constant›
=> message: cannot compare the order of protected column public.customers.email

SELECT id FROM customers WHERE born BETWEEN '2000-01-01' AND '2001-01-01'
=> refuse range-on-protected at: born BETWEEN ‹constant› AND ‹constant›
=> message: cannot compare the order of protected column public.customers.born

SELECT id FROM customers WHERE hired >= $1
=> refuse range-on-protected at: hired >= $1
=> message: cannot compare the order of protected column public.customers.hired

SELECT id FROM customers WHERE lower(email) = 'x'
=> refuse function-on-protected at: lower ( email )
=> message: function lower cannot be applied to protected column public.customers.email

SELECT id FROM customers WHERE lower(email) = lower('x')
=> refuse function-on-protected at: lower ( email )
=> message: function lower cannot be applied to protected column public.customers.email

SELECT id FROM customers WHERE email = lower('X')
=> plan
=> text: SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email given as text, lower›
=> rows: kept

SELECT id FROM customers WHERE email = lower($1)
=> plan
=> text: SELECT id FROM public.customers WHERE email = $1::text
=> $1: the client's $1, sealed to match public.customers.email given as text, lower
=> rows: kept

SELECT id FROM customers WHERE email = 'a' || 'b'
=> plan
=> text: SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email given as text›
=> rows: kept

SELECT id FROM customers WHERE email = notes
=> refuse mixed-with-plain at: email = notes
=> message: protected column public.customers.email meets a value that is not protected

SELECT id FROM customers WHERE email = phone
=> refuse cross-domain at: email = phone
=> message: protected column public.customers.email meets a protected value of another domain, mode or type

SELECT id FROM customers WHERE email = current_user
=> refuse mixed-with-plain at: email = current_user
=> message: protected column public.customers.email meets a value that is not protected

SELECT id FROM customers WHERE email = (SELECT customer_email FROM orders LIMIT 1)
=> plan
=> text: SELECT id FROM public.customers WHERE email = (SELECT customer_email FROM public.orders LIMIT 1)
=> rows: kept

SELECT id FROM customers WHERE email = (SELECT 'x')
=> plan
=> text: SELECT id FROM public.customers WHERE email = (SELECT ‹sealed to match public.customers.email given as text›)
=> rows: kept

SELECT id FROM customers WHERE email = (SELECT $1)
=> plan
=> text: SELECT id FROM public.customers WHERE email = (SELECT $1)
=> $1: the client's $1, sealed to match public.customers.email given as text
=> rows: kept

SELECT id FROM customers WHERE email = (SELECT body FROM notes LIMIT 1)
=> refuse mixed-with-plain at: email = ( SELECT body FROM notes LIMIT …
=> message: protected column public.customers.email meets a value that is not protected

SELECT id FROM customers WHERE email = coalesce($1, 'x')
=> plan
=> text: SELECT id FROM public.customers WHERE email = coalesce($1, ‹sealed to match public.customers.email given as text›)
=> $1: the client's $1, sealed to match public.customers.email given as text
=> rows: kept

SELECT id FROM customers WHERE email = CASE WHEN id = 1 THEN 'a' ELSE $1 END
=> plan
=> text: SELECT id FROM public.customers WHERE email = CASE WHEN id = 1 THEN ‹sealed to match public.customers.email given as text› ELSE $1 END
=> $1: the client's $1, sealed to match public.customers.email given as text
=> rows: kept

SELECT id FROM customers WHERE coalesce(email, 'none') = 'none'
=> plan
=> text: SELECT id FROM public.customers WHERE coalesce(email, ‹sealed as public.customers.email›) = ‹sealed to match public.customers.email›
=> rows: kept

SELECT id FROM customers WHERE nullif(email, '') IS NULL
=> plan
=> text: SELECT id FROM public.customers WHERE nullif(email, ‹sealed to match public.customers.email›) IS NULL
=> rows: kept

SELECT id FROM customers WHERE level = 5
=> plan
=> text: SELECT id FROM public.customers WHERE level = ‹sealed to match public.customers.level given as integer›
=> rows: kept

SELECT id FROM customers WHERE level = -5
=> plan
=> text: SELECT id FROM public.customers WHERE level = ‹minus a constant, sealed to match public.customers.level given as integer›
=> rows: kept

SELECT id FROM customers WHERE level = +5
=> plan
=> text: SELECT id FROM public.customers WHERE level = ‹sealed to match public.customers.level given as integer›
=> rows: kept

SELECT id FROM customers WHERE level = - - 5
=> plan
=> text: SELECT id FROM public.customers WHERE level = ‹sealed to match public.customers.level given as integer›
=> rows: kept

SELECT id FROM customers WHERE level = '5'
=> plan
=> text: SELECT id FROM public.customers WHERE level = ‹sealed to match public.customers.level›
=> rows: kept

SELECT id FROM customers WHERE level = 2 + 3
=> refuse mixed-with-plain at: level = ‹constant› + ‹constant›
=> message: protected column public.customers.level meets a value that is not protected

SELECT id FROM customers WHERE balance = 12.50
=> plan
=> text: SELECT id FROM public.customers WHERE balance = ‹sealed to match public.customers.balance given as numeric›
=> rows: kept

SELECT id FROM customers WHERE balance = 5000000000
=> plan
=> text: SELECT id FROM public.customers WHERE balance = ‹sealed to match public.customers.balance given as bigint›
=> rows: kept

SELECT id FROM customers WHERE hired = DATE '2020-01-01'
=> plan
=> text: SELECT id FROM public.customers WHERE hired = ‹sealed to match public.customers.hired, cast to date›
=> rows: kept

SELECT id FROM customers WHERE hired = '2020-01-01'::date
=> plan
=> text: SELECT id FROM public.customers WHERE hired = ‹sealed to match public.customers.hired, cast to date›
=> rows: kept

SELECT id FROM customers WHERE hired = CAST('2020-01-01' AS date)
=> plan
=> text: SELECT id FROM public.customers WHERE hired = ‹sealed to match public.customers.hired, cast to date›
=> rows: kept

SELECT id FROM customers WHERE hired = $1::date
=> plan
=> text: SELECT id FROM public.customers WHERE hired = $1::text
=> $1: the client's $1, sealed to match public.customers.hired, cast to date
=> rows: kept

SELECT id FROM customers WHERE hired = $1::timestamp
=> plan
=> text: SELECT id FROM public.customers WHERE hired = $1::text
=> $1: the client's $1, sealed to match public.customers.hired, cast to timestamp without time zone
=> rows: kept

SELECT id FROM customers WHERE hired = 5
=> refuse type-mismatch at: ‹constant›
=> message: operator does not exist: protected column public.customers.hired is of another type than this expression

SELECT id FROM customers WHERE hired = true
=> refuse type-mismatch at: true
=> message: operator does not exist: protected column public.customers.hired is of another type than this expression

SELECT id FROM customers WHERE email = $1::text
=> plan
=> text: SELECT id FROM public.customers WHERE email = $1::text
=> $1: the client's $1, sealed to match public.customers.email, cast to text
=> rows: kept

SELECT id FROM customers WHERE email = 'abcdef'::varchar(3)
=> plan
=> text: SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email, cast to character varying(3)›
=> rows: kept

SELECT id FROM customers WHERE email = CAST($1 AS character varying(20))
=> plan
=> text: SELECT id FROM public.customers WHERE email = $1::text
=> $1: the client's $1, sealed to match public.customers.email, cast to character varying(20)
=> rows: kept

SELECT id FROM customers WHERE email = 'x'::citext
=> refuse type-mismatch at: ‹constant› :: citext
=> message: operator does not exist: protected column public.customers.email is of another type than this expression

SELECT id FROM customers WHERE email = 'x'::public.email_domain
=> refuse cast-of-protected at: ‹constant› :: public . email_domain
=> message: this cast cannot be applied to protected column public.customers.email

SELECT id FROM customers WHERE email = $1::regclass
=> refuse cast-of-protected at: $1 :: regclass
=> message: this cast cannot be applied to protected column public.customers.email

SELECT id FROM customers WHERE email::text = 'x'
=> plan
=> text: SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email given as text›
=> rows: kept

SELECT id FROM customers WHERE email::varchar = 'x'
=> plan
=> text: SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email given as text›
=> rows: kept

SELECT id FROM customers WHERE email::varchar(5) = 'x'
=> refuse cast-of-protected at: email :: varchar ( ‹constant› )
=> message: this cast cannot be applied to protected column public.customers.email

SELECT id FROM customers WHERE email::bytea = 'x'
=> refuse cast-of-protected at: email :: bytea
=> message: this cast cannot be applied to protected column public.customers.email

SELECT id FROM customers WHERE CAST(email AS text) = $1
=> plan
=> text: SELECT id FROM public.customers WHERE (email ) = $1
=> $1: the client's $1, sealed to match public.customers.email given as text
=> rows: kept

SELECT id FROM customers WHERE hired::date = '2020-01-01'
=> plan
=> text: SELECT id FROM public.customers WHERE hired = ‹sealed to match public.customers.hired given as date›
=> rows: kept

SELECT id FROM customers WHERE hired::text = '2020-01-01'
=> plan
=> text: SELECT id FROM public.customers WHERE hired = ‹sealed to match the text of public.customers.hired given as text›
=> rows: kept

SELECT id FROM customers WHERE level::int8 = 5
=> plan
=> text: SELECT id FROM public.customers WHERE level = ‹sealed to match public.customers.level given as integer›
=> rows: kept

SELECT id FROM customers WHERE level::int2 = 5
=> refuse cast-of-protected at: level :: int2
=> message: this cast cannot be applied to protected column public.customers.level

SELECT id FROM customers WHERE email = 'x' AND name = 'y'
=> refuse equality-on-randomized at: name = ‹constant›
=> message: protected column public.customers.name is randomized, so that equal values cannot be found

SELECT id FROM customers WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_email = customers.email)
=> plan
=> text: SELECT id FROM public.customers WHERE EXISTS (SELECT 1 FROM public.orders o WHERE o.customer_email = customers.email)
=> rows: kept

SELECT id FROM customers WHERE EXISTS (SELECT 1 FROM notes WHERE email = 'x')
=> refuse unqualified-column at: email
=> message: column reference "email" could be protected column public.customers.email or a column of another relation

SELECT id FROM customers WHERE EXISTS (SELECT 1 FROM notes n WHERE n.email = 'x')
=> plan
=> text: SELECT id FROM public.customers WHERE EXISTS (SELECT 1 FROM notes n WHERE n.email = 'x')
=> rows: kept

SELECT id FROM customers c WHERE EXISTS (SELECT 1 FROM notes n WHERE c.email = 'x' AND n.id = c.id)
=> plan
=> text: SELECT id FROM public.customers c WHERE EXISTS (SELECT 1 FROM notes n WHERE c.email = ‹sealed to match public.customers.email› AND n.id = c.id)
=> rows: kept

SELECT id FROM customers WHERE EXISTS (SELECT 1 FROM notes WHERE phone = 'x')
=> refuse unqualified-column at: phone
=> message: column reference "phone" could be protected column public.customers.phone or a column of another relation

SELECT c.id FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.id IN (SELECT id FROM notes WHERE id = 3)
=> plan
=> text: SELECT c.id FROM public.customers c JOIN public.orders o ON o.customer_id = c.id WHERE c.id IN (SELECT id FROM notes WHERE id = 3)
=> rows: kept

SELECT c.id FROM customers c JOIN leads l ON l.id = c.id WHERE c.id IN (SELECT id FROM notes WHERE email = 'x')
=> refuse unqualified-column at: email
=> message: column reference "email" could be protected column public.customers.email or a column of another relation

SELECT c.id FROM customers c JOIN orders o ON o.customer_id = c.id WHERE id = 3
=> refuse ambiguous-column at: id
=> message: column reference "id" is ambiguous

SELECT id FROM customers WHERE id IN (SELECT id FROM notes WHERE body = 'x')
=> plan
=> text: SELECT id FROM public.customers WHERE id IN (SELECT id FROM notes WHERE body = 'x')
=> rows: kept

SELECT id FROM customers WHERE email = 'x' COLLATE "C"
=> plan
=> text: SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email› COLLATE "C"
=> rows: kept

SELECT id FROM customers WHERE email = B'101'
=> refuse cast-of-protected at: ‹constant›
=> message: this cast cannot be applied to protected column public.customers.email

SELECT id FROM customers WHERE email = E'a\'b'
=> plan
=> text: SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email›
=> rows: kept

SELECT id FROM customers WHERE email = U&'\0061'
=> plan
=> text: SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email›
=> rows: kept

SELECT id FROM customers WHERE email = $$x$$
=> plan
=> text: SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email›
=> rows: kept

SELECT id FROM customers WHERE email = $tag$x$tag$
=> plan
=> text: SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email›
=> rows: kept

SELECT id FROM customers WHERE email = 'a'
  'b'
=> plan
=> text: SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email›
=> rows: kept

SELECT id FROM customers WHERE email = N'x'
=> plan
=> text: SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email, cast to character(10485760)›
=> rows: kept

SELECT id FROM customers WHERE labels = '{a,b}'
=> plan
=> text: SELECT id FROM public.customers WHERE labels = ‹sealed to match public.customers.labels›
=> rows: kept

SELECT id FROM customers WHERE labels = $1
=> plan
=> text: SELECT id FROM public.customers WHERE labels = $1
=> $1: the client's $1, sealed to match public.customers.labels
=> rows: kept

SELECT id FROM customers WHERE 'a' = ANY (labels)
=> plan
=> text: SELECT id FROM public.customers WHERE ‹sealed to match public.customers.labels as one element› = ANY (labels)
=> rows: kept

SELECT id FROM customers WHERE labels @> ARRAY['a']
=> plan
=> text: SELECT id FROM public.customers WHERE labels @> ARRAY[‹sealed to match public.customers.labels as one element given as text›]
=> rows: kept

SELECT id FROM customers WHERE photo = '\x00'
=> refuse equality-on-randomized at: photo = ‹constant›
=> message: protected column public.customers.photo is randomized, so that equal values cannot be found

SELECT id FROM customers WHERE data = '{}'
=> refuse equality-on-randomized at: data = ‹constant›
=> message: protected column public.customers.data is randomized, so that equal values cannot be found

SELECT id FROM customers WHERE data @> '{"a": 1}'
=> refuse operator-on-protected at: data @> ‹constant›
=> message: operator @> cannot be applied to protected column public.customers.data

SELECT id FROM customers WHERE data IS NULL
=> plan
=> text: SELECT id FROM public.customers WHERE data IS NULL
=> rows: kept

SELECT id FROM customers WHERE active = true
=> refuse equality-on-randomized at: active = true
=> message: protected column public.customers.active is randomized, so that equal values cannot be found

SELECT id FROM customers WHERE (id, email) OVERLAPS (1, 'x')
=> refuse operator-on-protected at: ( id , email ) OVERLAPS ( ‹constant› …
=> message: operator OVERLAPS cannot be applied to protected column public.customers.email

@declared 1043
SELECT id FROM customers WHERE email = $1
=> plan
=> text: SELECT id FROM public.customers WHERE email = $1
=> $1: the client's $1, sealed to match public.customers.email given as character varying
=> rows: kept

@declared 25
SELECT id FROM customers WHERE hired = $1
=> refuse type-mismatch at: $1
=> message: operator does not exist: protected column public.customers.hired is of another type than this expression

@declared 21
SELECT id FROM customers WHERE level = $1
=> plan
=> text: SELECT id FROM public.customers WHERE level = $1
=> $1: the client's $1, sealed to match public.customers.level given as smallint
=> rows: kept

@declared 20
SELECT id FROM customers WHERE level = $1
=> plan
=> text: SELECT id FROM public.customers WHERE level = $1
=> $1: the client's $1, sealed to match public.customers.level given as bigint
=> rows: kept

@declared 16500
SELECT id FROM customers WHERE email = $1
=> refuse cast-of-protected at: $1
=> message: this cast cannot be applied to protected column public.customers.email

@declared 0, 23
SELECT id FROM customers WHERE email = $1 AND id = $2
=> plan
=> text: SELECT id FROM public.customers WHERE email = $1 AND id = $2
=> $1: the client's $1, sealed to match public.customers.email
=> $2: kept
=> rows: kept

@standard_conforming_strings off
SELECT id FROM customers WHERE email = 'x'
=> refuse text-rules at: customers
=> message: protected columns need UTF8 encoding on both sides and standard_conforming_strings = on

@client_encoding LATIN1
SELECT id FROM customers WHERE email = 'x'
=> refuse text-rules at: customers
=> message: protected columns need UTF8 encoding on both sides and standard_conforming_strings = on

@client_encoding LATIN1
SELECT id FROM notes WHERE email = 'x'
=> clear

# A column cast to text beside a constant: the constant is to be written as the server would write the value.

SELECT id FROM customers WHERE level::text = $1
=> plan
=> text: SELECT id FROM public.customers WHERE level = $1
=> $1: the client's $1, sealed to match the text of public.customers.level given as text
=> rows: kept

SELECT id FROM customers WHERE hired::text IN ('2020-01-01', 'x')
=> plan
=> text: SELECT id FROM public.customers WHERE hired IN (‹sealed to match the text of public.customers.hired given as text›, ‹sealed to match the text of public.customers.hired given as text›)
=> rows: kept

SELECT id FROM customers WHERE CAST(level AS varchar) = ANY ($1)
=> plan
=> text: SELECT id FROM public.customers WHERE (level ) = ANY ($1)
=> $1: the client's $1, sealed to match the text of public.customers.level element by element given as text
=> rows: kept

SELECT id FROM customers WHERE level::text = notes
=> refuse mixed-with-plain at: level :: text = notes
=> message: protected column public.customers.level meets a value that is not protected

SELECT id FROM customers WHERE born::text = 'x'
=> refuse equality-on-randomized at: born :: text = ‹constant›
=> message: protected column public.customers.born is randomized, so that equal values cannot be found

SELECT a.id FROM customers a JOIN customers b ON a.level::text = b.level::text
=> refuse cast-of-protected at: a . level :: text
=> message: this cast cannot be applied to protected column public.customers.level

# Arrays that the server makes of others.

UPDATE customers SET labels = array_append(labels, $1) WHERE id = 1
=> plan
=> text: UPDATE public.customers SET labels = array_append(labels, $1) WHERE id = 1
=> $1: the client's $1, sealed as public.customers.labels as one element

UPDATE customers SET labels = labels || '{a}' WHERE 'b' = ANY (labels)
=> plan
=> text: UPDATE public.customers SET labels = labels || ‹sealed as public.customers.labels› WHERE ‹sealed to match public.customers.labels as one element› = ANY (labels)

UPDATE customers SET labels = array_remove(labels, 'a') || 'b'::text
=> plan
=> text: UPDATE public.customers SET labels = array_remove(labels, ‹sealed to match public.customers.labels as one element›) || ‹sealed as public.customers.labels as one element, cast to text› ::text 

UPDATE customers SET labels = array_append(labels, notes)
=> refuse mixed-with-plain at: array_append ( labels , notes )
=> message: protected column public.customers.labels meets a value that is not protected

UPDATE customers SET labels = array_append(labels, email)
=> refuse composite-result at: array_append ( labels , email )
=> message: protected column public.customers.labels cannot stand in a row, a nested array, a document or a composed text here

UPDATE customers SET notes = array_to_string(labels || '{a}', ',')
=> refuse function-on-protected at: array_to_string ( labels || ‹constant› , ‹constant› )
=> message: function array_to_string cannot be applied to protected column public.customers.labels

SELECT array_position(labels, 'a') FROM customers
=> plan
=> text: SELECT array_position(labels, ‹sealed to match public.customers.labels as one element›) FROM public.customers
=> rows: kept

# One of several columns.

SELECT coalesce(name, email, 'none') FROM customers
=> plan
=> text: SELECT coalesce(name, email, ‹sealed as public.customers.name given as text›) FROM public.customers
=> rows: text opened of public.customers.name, public.customers.email

SELECT coalesce(name, email, notes) FROM customers
=> refuse cross-domain at: coalesce ( name , email , notes )
=> message: protected column public.customers.name meets a protected value of another domain, mode or type

SELECT id FROM customers WHERE coalesce(name, email) = 'x'
=> refuse composite-result at: coalesce ( name , email ) = ‹constant›
=> message: protected column public.customers.name cannot stand in a row, a nested array, a document or a composed text here

INSERT INTO leads (email) SELECT coalesce(name, email) FROM customers
=> refuse composite-result at: SELECT coalesce ( name , email ) FROM …
=> message: protected column public.leads.email cannot stand in a row, a nested array, a document or a composed text here
