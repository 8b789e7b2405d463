# Parameters that no place of the text uses

@declared 25, 25
INSERT INTO customers (email) VALUES ($2)
=> plan
=> text: INSERT INTO public.customers (email) VALUES ($2)
=> $1: used nowhere, sent as NULL
=> $2: the client's $2, sealed as public.customers.email given as text

@declared 23, 25
SELECT id FROM customers WHERE id = $1
=> plan
=> text: SELECT id FROM public.customers WHERE id = $1
=> $1: kept
=> $2: used nowhere, sent as NULL
=> rows: kept

@declared 25
DELETE FROM customers WHERE id = 1
=> plan
=> text: DELETE FROM public.customers WHERE id = 1
=> $1: used nowhere, sent as NULL

@declared 25, 25, 25
SELECT id FROM customers WHERE email = $3 AND notes = $3
=> plan
=> text: SELECT id FROM public.customers WHERE email = $3 AND notes = $4
=> $1: used nowhere, sent as NULL
=> $2: used nowhere, sent as NULL
=> $3: the client's $3, sealed to match public.customers.email given as text
=> $4: the client's $3, kept
=> rows: kept

@declared 25
SELECT id FROM unrelated WHERE id = 1
=> clear

PREPARE p (text, text) AS INSERT INTO customers (email) VALUES ($2)
=> plan
=> text: PREPARE p (text, text) AS INSERT INTO public.customers (email) VALUES ($2)
=> $1: used nowhere, sent as NULL
=> $2: the client's $2, sealed as public.customers.email given as text

@before PREPARE p (text, text) AS INSERT INTO customers (email) VALUES ($2)
EXECUTE p ('secret', 'secret')
=> plan
=> text: EXECUTE p (NULL, ‹sealed as public.customers.email, cast to text›)

@before PREPARE p (text, text) AS INSERT INTO customers (email) VALUES ($2)
EXECUTE p (lower('secret'), 'secret')
=> refuse not-understood at: lower ( ‹constant› )
=> message: an argument that no place of the statement uses is not supported in a statement that touches protected columns

@before PREPARE p AS SELECT id FROM customers WHERE id = 1
EXECUTE p ('secret')
=> plan
=> text: EXECUTE p (NULL)
=> rows: kept

## A parameter in several places has the type of the one that says it

SELECT $1, id FROM customers WHERE hired = $1
=> plan
=> text: SELECT $2, id FROM public.customers WHERE hired = $1
=> $1: the client's $1, sealed to match public.customers.hired
=> $2: the client's $1, sealed as public.customers.hired
=> rows: opened public.customers.hired (expression), kept

SELECT id FROM customers WHERE hired = $1 AND level = COALESCE($2, $3)
=> refuse type-mismatch at: $2
=> message: operator does not exist: protected column public.customers.level is of another type than this expression
