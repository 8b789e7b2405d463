# While a window is open, a constant is compared in both forms of its domain.

@standing email window sealed sealed
SELECT id FROM customers WHERE email = 'x'
=> plan
=> text: SELECT id FROM public.customers WHERE email = ANY  (ARRAY[‹sealed to match public.customers.email›, ‹sealed to match public.customers.email in its other form›]::text[])
=> rows: kept

@standing email window sealed sealed
SELECT id FROM customers WHERE email = $1
=> plan
=> text: SELECT id FROM public.customers WHERE email = ANY  (ARRAY[$1, $2]::text[])
=> $1: the client's $1, sealed to match public.customers.email
=> $2: the client's $1, sealed to match public.customers.email in its other form
=> rows: kept

@standing email window sealed sealed
SELECT id FROM customers WHERE $1 = email AND id = $2
=> plan
=> text: SELECT id FROM public.customers WHERE  email  = ANY (ARRAY[$1, $3]::text[]) AND id = $2
=> $1: the client's $1, sealed to match public.customers.email
=> $2: kept
=> $3: the client's $1, sealed to match public.customers.email in its other form
=> rows: kept

@standing email window sealed sealed
SELECT id FROM customers WHERE 'x' <> email AND notes = 'plain'
=> plan
=> text: SELECT id FROM public.customers WHERE  email  <> ALL (ARRAY[‹sealed to match public.customers.email›, ‹sealed to match public.customers.email in its other form›]::text[]) AND notes = 'plain'
=> rows: kept

@standing email window sealed sealed
SELECT id FROM customers WHERE email != ('x')::text
=> plan
=> text: SELECT id FROM public.customers WHERE email <> ALL  (ARRAY[‹sealed to match public.customers.email, cast to text›, ‹sealed to match public.customers.email in its other form, cast to text›]::text[])
=> rows: kept

@standing email window sealed sealed
SELECT id FROM customers WHERE (email) = ('x')
=> plan
=> text: SELECT id FROM public.customers WHERE (email) = ANY  ((ARRAY[‹sealed to match public.customers.email›, ‹sealed to match public.customers.email in its other form›]::text[]))
=> rows: kept

@standing email window sealed sealed
SELECT id FROM customers WHERE ('x') = (email)
=> refuse window-open at: ‹constant›
=> message: a protected column is changing its key, and this constant cannot be compared

@standing email window sealed sealed
SELECT id FROM customers WHERE email IN ('x', $1, 'y') OR email NOT IN ($2)
=> plan
=> text: SELECT id FROM public.customers WHERE email IN (‹sealed to match public.customers.email›, ‹sealed to match public.customers.email in its other form›, $1, $3, ‹sealed to match public.customers.email›, ‹sealed to match public.customers.email in its other form›) OR email NOT IN ($2, $4)
=> $1: the client's $1, sealed to match public.customers.email
=> $2: the client's $2, sealed to match public.customers.email
=> $3: the client's $1, sealed to match public.customers.email in its other form
=> $4: the client's $2, sealed to match public.customers.email in its other form
=> rows: kept

@standing email window sealed sealed
SELECT id FROM customers WHERE email = ANY($1) AND email <> ALL('{a,b}')
=> plan
=> text: SELECT id FROM public.customers WHERE email = ANY($1) AND email <> ALL(‹sealed to match public.customers.email in both forms element by element›)
=> $1: the client's $1, sealed to match public.customers.email in both forms element by element
=> rows: kept

@standing email window sealed sealed
SELECT id FROM customers WHERE email = ANY(ARRAY['a', $1])
=> plan
=> text: SELECT id FROM public.customers WHERE email = ANY(ARRAY[‹sealed to match public.customers.email given as text›, ‹sealed to match public.customers.email in its other form given as text›, $1, $2])
=> $1: the client's $1, sealed to match public.customers.email given as text
=> $2: the client's $1, sealed to match public.customers.email in its other form given as text
=> rows: kept

# An array that holds every value twice says something else to these.

@standing email window sealed sealed
SELECT id FROM customers WHERE email = ALL($1)
=> refuse window-open at: $1
=> message: protected column public.customers.email is changing its key, and this constant cannot be compared

@standing email window sealed sealed
SELECT id FROM customers WHERE email <> ANY($1)
=> refuse window-open at: $1
=> message: protected column public.customers.email is changing its key, and this constant cannot be compared

@standing email window sealed sealed
SELECT id FROM customers WHERE email IS NOT DISTINCT FROM $1 AND email IS DISTINCT FROM 'x'
=> plan
=> text: SELECT id FROM public.customers WHERE (pg_catalog.array_position(ARRAY[$1, $2]::text[], email ) IS NOT NULL)  AND (pg_catalog.array_position(ARRAY[‹sealed to match public.customers.email›, ‹sealed to match public.customers.email in its other form›]::text[], email ) IS NULL) 
=> $1: the client's $1, sealed to match public.customers.email
=> $2: the client's $1, sealed to match public.customers.email in its other form
=> rows: kept

@standing email window sealed sealed
SELECT id FROM customers WHERE $1 IS DISTINCT FROM email
=> plan
=> text: SELECT id FROM public.customers WHERE (pg_catalog.array_position(ARRAY[$1, $2]::text[],  email ) IS NULL) 
=> $1: the client's $1, sealed to match public.customers.email
=> $2: the client's $1, sealed to match public.customers.email in its other form
=> rows: kept

@standing email window sealed sealed
SELECT CASE email WHEN 'x' THEN 1 WHEN $1 THEN 2 ELSE 3 END FROM customers
=> plan
=> text: SELECT CASE  WHEN email = ANY (ARRAY[‹sealed to match public.customers.email›, ‹sealed to match public.customers.email in its other form›]::text[]) THEN 1 WHEN email = ANY (ARRAY[$1, $2]::text[]) THEN 2 ELSE 3 END FROM public.customers
=> $1: the client's $1, sealed to match public.customers.email
=> $2: the client's $1, sealed to match public.customers.email in its other form
=> rows: kept

@standing email window sealed sealed
SELECT CASE c.email WHEN 'x' THEN 1 WHEN o.customer_email THEN 2 END FROM customers c, orders o
=> plan
=> text: SELECT CASE  WHEN c.email = ANY (ARRAY[‹sealed to match public.customers.email›, ‹sealed to match public.customers.email in its other form›]::text[]) THEN 1 WHEN c.email = (o.customer_email ) THEN 2 END FROM public.customers c, public.orders o
=> rows: kept

@standing email window sealed sealed
SELECT CASE coalesce(email, email) WHEN 'x' THEN 1 END FROM customers
=> refuse window-open at: coalesce ( email , email )
=> message: a protected column is changing its key, and this constant cannot be compared

@standing email window sealed sealed
SELECT id FROM customers WHERE $1 IS NULL OR email = $1
=> plan
=> text: SELECT id FROM public.customers WHERE $1 IS NULL OR email = ANY  (ARRAY[$1, $2]::text[])
=> $1: the client's $1, sealed to match public.customers.email
=> $2: the client's $1, sealed to match public.customers.email in its other form
=> rows: kept

@standing email window sealed sealed
SELECT o.id FROM orders o JOIN customers c ON c.email = o.customer_email AND c.email = 'x' GROUP BY c.email, o.id
=> plan
=> text: SELECT o.id FROM public.orders o JOIN public.customers c ON c.email = o.customer_email AND c.email = ANY  (ARRAY[‹sealed to match public.customers.email›, ‹sealed to match public.customers.email in its other form›]::text[]) GROUP BY c.email, o.id
=> rows: kept

@standing email window sealed sealed
SELECT DISTINCT email FROM customers UNION SELECT customer_email FROM orders
=> plan
=> text: SELECT DISTINCT email FROM public.customers UNION SELECT customer_email FROM public.orders
=> rows: opened public.customers.email (expression)

# Written constants take the form that is written.

@standing email window sealed sealed
INSERT INTO customers (id, email) VALUES (1, 'x'), (2, $1) ON CONFLICT (email) DO UPDATE SET email = excluded.email WHERE customers.email <> $1
=> plan
=> text: INSERT INTO public.customers (id, email) VALUES (1, ‹sealed as public.customers.email›), (2, $1) ON CONFLICT (email) DO UPDATE SET email = excluded.email WHERE customers.email <> ALL  (ARRAY[$2, $3]::text[])
=> $1: the client's $1, sealed as public.customers.email
=> $2: the client's $1, sealed to match public.customers.email
=> $3: the client's $1, sealed to match public.customers.email in its other form

@standing email window sealed sealed
UPDATE customers SET email = $1 WHERE email = $2 RETURNING email
=> plan
=> text: UPDATE public.customers SET email = $1 WHERE email = ANY  (ARRAY[$2, $3]::text[]) RETURNING email
=> $1: the client's $1, sealed as public.customers.email
=> $2: the client's $2, sealed to match public.customers.email
=> $3: the client's $2, sealed to match public.customers.email in its other form
=> rows: opened public.customers.email

@standing email window sealed sealed
UPDATE customers SET email = $1 WHERE email = $1
=> plan
=> text: UPDATE public.customers SET email = $1 WHERE email = ANY  (ARRAY[$2, $3]::text[])
=> $1: the client's $1, sealed as public.customers.email
=> $2: the client's $1, sealed to match public.customers.email
=> $3: the client's $1, sealed to match public.customers.email in its other form

@standing email window sealed sealed
DELETE FROM customers WHERE email = 'x'
=> plan
=> text: DELETE FROM public.customers WHERE email = ANY  (ARRAY[‹sealed to match public.customers.email›, ‹sealed to match public.customers.email in its other form›]::text[])

@standing email window sealed sealed
SELECT coalesce(email, 'none') FROM customers
=> plan
=> text: SELECT coalesce(email, ‹sealed as public.customers.email›) FROM public.customers
=> rows: opened public.customers.email (expression)

# A constant among values that are told apart could stand there in one form only.

@standing email window sealed sealed
SELECT DISTINCT coalesce(email, 'none') FROM customers
=> refuse window-open at: ‹constant›
=> message: protected column public.customers.email is changing its key, and this constant cannot be compared

@standing email window sealed sealed
SELECT email FROM customers UNION SELECT 'x'
=> refuse window-open at: ‹constant›
=> message: protected column public.customers.email is changing its key, and this constant cannot be compared

@standing email window sealed sealed
SELECT id FROM customers WHERE coalesce(email, 'x') = $1
=> plan
=> text: SELECT id FROM public.customers WHERE coalesce(email, ‹sealed as public.customers.email›) = ANY  (ARRAY[$1, $2]::text[])
=> $1: the client's $1, sealed to match public.customers.email
=> $2: the client's $1, sealed to match public.customers.email in its other form
=> rows: kept

@standing email window sealed sealed
SELECT id FROM customers WHERE email = coalesce($1, 'x')
=> refuse window-open at: $1
=> message: protected column public.customers.email is changing its key, and this constant cannot be compared

@standing email window sealed sealed
SELECT c.id FROM customers c JOIN (VALUES ($1), ('x')) v(e) ON c.email = v.e
=> refuse window-open at: $1
=> message: protected column public.customers.email is changing its key, and this constant cannot be compared

@standing email window sealed sealed
WITH v AS (SELECT $1 AS e) SELECT c.id FROM customers c, v WHERE c.email = v.e
=> refuse window-open at: $1
=> message: protected column public.customers.email is changing its key, and this constant cannot be compared

@standing email window sealed sealed
SELECT nullif(email, 'x') FROM customers
=> refuse window-open at: ‹constant›
=> message: protected column public.customers.email is changing its key, and this constant cannot be compared

@standing email window sealed sealed
SELECT id FROM customers WHERE 'x' IN (email)
=> refuse window-open at: ‹constant›
=> message: protected column public.customers.email is changing its key, and this constant cannot be compared

@standing email window sealed sealed
SELECT id FROM customers WHERE (id, email) = (1, 'x')
=> refuse window-open at: ‹constant›
=> message: protected column public.customers.email is changing its key, and this constant cannot be compared

@standing labels window sealed sealed
SELECT id FROM customers WHERE labels = '{a,b}' AND labels IN ('{c}')
=> plan
=> text: SELECT id FROM public.customers WHERE labels IN  (‹sealed to match public.customers.labels›, ‹sealed to match public.customers.labels in its other form›) AND labels IN (‹sealed to match public.customers.labels›, ‹sealed to match public.customers.labels in its other form›)
=> rows: kept

@standing email window sealed sealed
@before PREPARE p AS SELECT id FROM customers WHERE email = $1
EXECUTE p('x')
=> plan
=> text: EXECUTE p(‹sealed to match public.customers.email›, ‹sealed to match public.customers.email in its other form›)
=> rows: kept

@standing email window sealed sealed
PREPARE p (text) AS SELECT id FROM customers WHERE email = $1
=> plan
=> text: PREPARE p (text) AS SELECT id FROM public.customers WHERE email = ANY  (ARRAY[$1, $2]::text[])
=> $1: the client's $1, sealed to match public.customers.email given as text
=> $2: the client's $1, sealed to match public.customers.email in its other form given as text
=> rows: kept

# Another domain is as always.

@standing email window sealed sealed
SELECT id FROM customers WHERE phone = 'x'
=> plan
=> text: SELECT id FROM public.customers WHERE phone = ‹sealed to match public.customers.phone›
=> rows: kept

# Between plaintext and ciphertext the plain form goes as a parameter, and nowhere else.

@standing ident plain
SELECT id FROM moving WHERE ident = $1
=> plan
=> text: SELECT id FROM public.moving WHERE ident = $1
=> $1: the client's $1, in the clear to match public.moving.ident
=> rows: kept

@standing ident plain
SELECT id FROM moving WHERE ident = 'x'
=> refuse plain-in-text at: ‹constant›
=> message: protected column public.moving.ident is between plaintext and ciphertext, and is compared only with parameters

@standing ident plain
INSERT INTO moving (ident) VALUES ('x'), ($1)
=> plan
=> text: INSERT INTO public.moving (ident) VALUES (‹in the clear as public.moving.ident›), ($1)
=> $1: the client's $1, in the clear as public.moving.ident

@standing ident plain
SELECT a.id FROM moving a JOIN moving b USING (ident) GROUP BY a.id, ident
=> plan
=> text: SELECT a.id FROM public.moving a JOIN public.moving b USING (ident) GROUP BY a.id, ident
=> rows: kept

@standing ident window plain sealed
SELECT id FROM moving WHERE ident = $1
=> plan
=> text: SELECT id FROM public.moving WHERE ident = ANY  (ARRAY[$1, $2]::text[])
=> $1: the client's $1, in the clear to match public.moving.ident
=> $2: the client's $1, sealed to match public.moving.ident in its other form
=> rows: kept

@standing ident window plain sealed
SELECT id FROM moving WHERE ident = 'x'
=> refuse plain-in-text at: ‹constant›
=> message: protected column public.moving.ident is between plaintext and ciphertext, and is compared only with parameters

@standing ident window plain sealed
SELECT id FROM moving WHERE ident = ANY($1)
=> plan
=> text: SELECT id FROM public.moving WHERE ident = ANY($1)
=> $1: the client's $1, in the clear to match public.moving.ident in both forms element by element
=> rows: kept

@standing ident window plain sealed
SELECT id FROM moving WHERE ident = ANY('{x}')
=> refuse plain-in-text at: ‹constant›
=> message: protected column public.moving.ident is between plaintext and ciphertext, and is compared only with parameters

@standing ident window plain sealed
INSERT INTO moving (ident) VALUES ($1)
=> plan
=> text: INSERT INTO public.moving (ident) VALUES ($1)
=> $1: the client's $1, in the clear as public.moving.ident

@standing ident window sealed plain
SELECT coalesce(ident, 'x') FROM moving WHERE ident IN ($1, $2)
=> plan
=> text: SELECT coalesce(ident, ‹sealed as public.moving.ident›) FROM public.moving WHERE ident IN ($1, $3, $2, $4)
=> $1: the client's $1, sealed to match public.moving.ident
=> $2: the client's $2, sealed to match public.moving.ident
=> $3: the client's $1, in the clear to match public.moving.ident in its other form
=> $4: the client's $2, in the clear to match public.moving.ident in its other form
=> rows: opened public.moving.ident (expression)

@standing ident window plain sealed
COPY moving (ident) FROM STDIN
=> plan
=> text: COPY public.moving (ident) FROM STDIN
=> copy in (text): sealed public.moving.ident

@standing ident window plain sealed
@before PREPARE p AS SELECT id FROM moving WHERE ident = $1
EXECUTE p('x')
=> refuse plain-in-text at: ‹constant›
=> message: protected column public.moving.ident is between plaintext and ciphertext, and is compared only with parameters

@standing ident sealed
SELECT id FROM moving WHERE ident = 'x'
=> plan
=> text: SELECT id FROM public.moving WHERE ident = ‹sealed to match public.moving.ident›
=> rows: kept

# Row by row some values are envelopes and some are not.

@standing ident mixed sealed plain
SELECT id FROM moving WHERE ident = $1
=> plan
=> text: SELECT id FROM public.moving WHERE ident = ANY  (ARRAY[$1, $2]::text[])
=> $1: the client's $1, sealed to match public.moving.ident
=> $2: the client's $1, in the clear to match public.moving.ident in its other form
=> rows: kept

@standing ident mixed sealed plain
SELECT ident FROM moving GROUP BY ident
=> refuse transitional-phase at: ident
=> message: protected column public.moving.ident is between plaintext and ciphertext

@standing ident mixed sealed plain
SELECT a.id FROM moving a JOIN moving b ON a.ident = b.ident
=> refuse transitional-phase at: a . ident = b . ident
=> message: protected column public.moving.ident is between plaintext and ciphertext

@standing ident mixed sealed plain
SELECT DISTINCT ident FROM moving
=> refuse transitional-phase at: SELECT DISTINCT ident FROM moving
=> message: protected column public.moving.ident is between plaintext and ciphertext

@standing ident mixed sealed plain
INSERT INTO moving (ident) VALUES ($1) ON CONFLICT (ident) DO NOTHING
=> refuse transitional-phase at: ident
=> message: protected column public.moving.ident is between plaintext and ciphertext

@standing ident mixed sealed plain
INSERT INTO moving (ident) VALUES ('x')
=> plan
=> text: INSERT INTO public.moving (ident) VALUES (‹sealed as public.moving.ident›)

@standing ident mixed sealed plain
SELECT count(DISTINCT ident) FROM moving
=> refuse transitional-phase at: count ( DISTINCT ident )
=> message: protected column public.moving.ident is between plaintext and ciphertext

@standing email window sealed sealed
SELECT id FROM customers WHERE email = ANY(ARRAY['a', 'b', $1, lower('C')])
=> plan
=> text: SELECT id FROM public.customers WHERE email = ANY(ARRAY[‹sealed to match public.customers.email given as text›, ‹sealed to match public.customers.email in its other form given as text›, ‹sealed to match public.customers.email given as text›, ‹sealed to match public.customers.email in its other form given as text›, $1, $2, ‹sealed to match public.customers.email given as text, lower›, ‹sealed to match public.customers.email in its other form given as text, lower›])
=> $1: the client's $1, sealed to match public.customers.email given as text
=> $2: the client's $1, sealed to match public.customers.email in its other form given as text
=> rows: kept

@standing email window sealed sealed
SELECT id FROM customers WHERE email = ANY(ARRAY['a', 'b', $1]) AND notes = ANY(ARRAY['a', 'b'])
=> plan
=> text: SELECT id FROM public.customers WHERE email = ANY(ARRAY[‹sealed to match public.customers.email given as text›, ‹sealed to match public.customers.email in its other form given as text›, ‹sealed to match public.customers.email given as text›, ‹sealed to match public.customers.email in its other form given as text›, $1, $2]) AND notes = ANY(ARRAY['a', 'b'])
=> $1: the client's $1, sealed to match public.customers.email given as text
=> $2: the client's $1, sealed to match public.customers.email in its other form given as text
=> rows: kept

## Text put to a constant

@standing email window sealed sealed
SELECT id FROM customers WHERE email = 'a' || $1
=> plan
=> text: SELECT id FROM public.customers WHERE email = ANY  (ARRAY[$1, $2]::text[])
=> $1: the client's $1, sealed to match public.customers.email given as text, behind the text that stands before it
=> $2: the client's $1, sealed to match public.customers.email in its other form given as text, behind the text that stands before it
=> rows: kept

@standing email window sealed sealed
INSERT INTO customers (email) VALUES (lower('A') || 'b')
=> plan
=> text: INSERT INTO public.customers (email) VALUES (‹sealed as public.customers.email given as text, lower, before the text that stands behind it›)

@standing email window sealed sealed
CREATE TABLE orders AS SELECT id, email AS customer_email FROM customers
=> refuse window-open at: orders
=> message: protected column public.orders.customer_email is changing its key, and this constant cannot be compared

@standing email mixed plain sealed
SELECT id FROM customers WHERE email = lower($1) || 'b'
=> plan
=> text: SELECT id FROM public.customers WHERE email = ANY  (ARRAY[$1, $2]::text[])
=> $1: the client's $1, in the clear to match public.customers.email given as text, lower, before the text that stands behind it
=> $2: the client's $1, sealed to match public.customers.email in its other form given as text, lower, before the text that stands behind it
=> rows: kept

@standing email mixed plain sealed
SELECT id FROM customers WHERE email = lower('A') || 'b'
=> refuse plain-in-text at: lower ( ‹constant› ) || ‹constant›
=> message: protected column public.customers.email is between plaintext and ciphertext, and is compared only with parameters
