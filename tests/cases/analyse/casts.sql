# Types that do not meet, and casts that are not evaluated

SELECT id FROM customers WHERE level = DATE '2001-02-03'
=> refuse type-mismatch at: DATE ‹constant›
=> message: operator does not exist: protected column public.customers.level is of another type than this expression

SELECT id FROM customers WHERE level = TIME '10:00'
=> refuse type-mismatch at: TIME ‹constant›
=> message: operator does not exist: protected column public.customers.level is of another type than this expression

SELECT id FROM customers WHERE level = JSON '1'
=> refuse type-mismatch at: JSON ‹constant›
=> message: operator does not exist: protected column public.customers.level is of another type than this expression

SELECT id FROM customers WHERE level = INET '10.0.0.1'
=> refuse type-mismatch at: INET ‹constant›
=> message: operator does not exist: protected column public.customers.level is of another type than this expression

SELECT id FROM customers WHERE hired = 5
=> refuse type-mismatch at: ‹constant›
=> message: operator does not exist: protected column public.customers.hired is of another type than this expression

SELECT id FROM customers WHERE hired = TIME '10:00'
=> refuse type-mismatch at: TIME ‹constant›
=> message: operator does not exist: protected column public.customers.hired is of another type than this expression

SELECT id FROM customers WHERE email = 5
=> refuse type-mismatch at: ‹constant›
=> message: operator does not exist: protected column public.customers.email is of another type than this expression

SELECT id FROM customers WHERE email = DATE '2001-02-03'
=> refuse type-mismatch at: DATE ‹constant›
=> message: operator does not exist: protected column public.customers.email is of another type than this expression

UPDATE customers SET level = TIME '10:00'
=> refuse type-mismatch at: TIME ‹constant›
=> message: protected column public.customers.level is of another type than this expression

UPDATE customers SET level = JSON '1'
=> refuse type-mismatch at: JSON ‹constant›
=> message: protected column public.customers.level is of another type than this expression

UPDATE customers SET level = INET '10.0.0.1'
=> refuse type-mismatch at: INET ‹constant›
=> message: protected column public.customers.level is of another type than this expression

UPDATE customers SET hired = 5
=> refuse type-mismatch at: ‹constant›
=> message: protected column public.customers.hired is of another type than this expression

UPDATE customers SET data = INET '10.0.0.1'
=> refuse type-mismatch at: INET ‹constant›
=> message: protected column public.customers.data is of another type than this expression

UPDATE customers SET data = JSON '{"a": 1}'
=> plan
=> text: UPDATE public.customers SET data = ‹sealed as public.customers.data, cast to json› ::jsonb 

UPDATE customers SET born = TIMESTAMP '2001-02-03 04:05'
=> plan
=> text: UPDATE public.customers SET born = ‹sealed as public.customers.born, cast to timestamp without time zone›

UPDATE customers SET email = 5
=> plan
=> text: UPDATE public.customers SET email = ‹sealed as public.customers.email given as integer›

UPDATE customers SET email = DATE '2001-02-03'
=> plan
=> text: UPDATE public.customers SET email = ‹sealed as public.customers.email, cast to date›

SELECT level::uuid FROM customers
=> refuse type-mismatch at: level :: uuid
=> message: cannot cast values of protected column public.customers.level to this type

SELECT level::date FROM customers
=> refuse type-mismatch at: level :: date
=> message: cannot cast values of protected column public.customers.level to this type

SELECT hired::int FROM customers
=> refuse type-mismatch at: hired :: int
=> message: cannot cast values of protected column public.customers.hired to this type

SELECT labels::int[] FROM customers
=> refuse cast-of-protected at: labels :: int [ ]
=> message: this cast cannot be applied to protected column public.customers.labels

SELECT labels::text FROM customers
=> refuse cast-of-protected at: labels :: text
=> message: this cast cannot be applied to protected column public.customers.labels

SELECT labels::varchar(3)[] FROM customers
=> plan
=> text: SELECT labels::text[] FROM public.customers
=> rows: opened public.customers.labels, cast to character varying(3)[]

SELECT email::text[] FROM customers
=> refuse cast-of-protected at: email :: text [ ]
=> message: this cast cannot be applied to protected column public.customers.email

SELECT id FROM customers WHERE labels::text = '{a}'
=> refuse cast-of-protected at: labels :: text
=> message: this cast cannot be applied to protected column public.customers.labels

SELECT id FROM customers WHERE labels::text[] = '{a}'
=> plan
=> text: SELECT id FROM public.customers WHERE labels::text[] = ‹sealed to match public.customers.labels given as text[]›
=> rows: kept

SELECT id FROM customers WHERE labels::varchar[] = '{a}'
=> plan
=> text: SELECT id FROM public.customers WHERE labels::text[] = ‹sealed to match public.customers.labels given as text[]›
=> rows: kept

SELECT id FROM customers WHERE labels::int[] = '{1}'
=> refuse cast-of-protected at: labels :: int [ ]
=> message: this cast cannot be applied to protected column public.customers.labels

SELECT id FROM customers WHERE email::varchar(3) = 'ada'
=> refuse cast-of-protected at: email :: varchar ( ‹constant› )
=> message: this cast cannot be applied to protected column public.customers.email

SELECT id FROM customers WHERE level::bigint = 7
=> plan
=> text: SELECT id FROM public.customers WHERE level = ‹sealed to match public.customers.level given as integer›
=> rows: kept

SELECT id FROM customers WHERE level::smallint = 7
=> refuse cast-of-protected at: level :: smallint
=> message: this cast cannot be applied to protected column public.customers.level

SELECT id FROM customers WHERE balance::numeric = 7
=> plan
=> text: SELECT id FROM public.customers WHERE balance = ‹sealed to match public.customers.balance given as integer›
=> rows: kept

SELECT id FROM customers WHERE balance::numeric(5,1) = 7
=> refuse cast-of-protected at: balance :: numeric ( ‹constant› , ‹constant› )
=> message: this cast cannot be applied to protected column public.customers.balance

# Names of types

SELECT id FROM customers WHERE email = 'x'::"char"
=> refuse cast-of-protected at: ‹constant› :: "char"
=> message: this cast cannot be applied to protected column public.customers.email

SELECT id FROM customers WHERE email = 'x'::"Text"
=> refuse cast-of-protected at: ‹constant› :: "Text"
=> message: this cast cannot be applied to protected column public.customers.email

SELECT id FROM customers WHERE email = 'x'::public.text
=> refuse cast-of-protected at: ‹constant› :: public . text
=> message: this cast cannot be applied to protected column public.customers.email

SELECT id FROM customers WHERE email = 'x'::pg_catalog.text
=> plan
=> text: SELECT id FROM public.customers WHERE email = ‹sealed to match public.customers.email, cast to text›
=> rows: kept

SELECT id FROM customers WHERE email = 'x'::text[]
=> refuse type-mismatch at: ‹constant› :: text [ ]
=> message: operator does not exist: protected column public.customers.email is of another type than this expression

SELECT id FROM customers WHERE email = bpchar('x')
=> refuse mixed-with-plain at: email = bpchar ( ‹constant› )
=> message: protected column public.customers.email meets a value that is not protected

SELECT id FROM customers WHERE email = public.text('x')
=> refuse mixed-with-plain at: email = public . text ( ‹constant› )
=> message: protected column public.customers.email meets a value that is not protected

SELECT id FROM customers WHERE level = int4('7')
=> plan
=> text: SELECT id FROM public.customers WHERE level = ‹sealed to match public.customers.level, cast to integer›
=> rows: kept

SELECT id FROM customers WHERE level = "Int4"('7')
=> refuse mixed-with-plain at: level = "Int4" ( ‹constant› )
=> message: protected column public.customers.level meets a value that is not protected

# Signs

SELECT id FROM customers WHERE level = -(7)
=> plan
=> text: SELECT id FROM public.customers WHERE level = ‹minus a constant, sealed to match public.customers.level given as integer›
=> rows: kept

SELECT id FROM customers WHERE level = - -7
=> plan
=> text: SELECT id FROM public.customers WHERE level = ‹sealed to match public.customers.level given as integer›
=> rows: kept

SELECT id FROM customers WHERE level = -(7::bigint)
=> plan
=> text: SELECT id FROM public.customers WHERE level = ‹minus a constant, sealed to match public.customers.level given as integer, cast to bigint›
=> rows: kept

SELECT id FROM customers WHERE level = -('7'::text)
=> refuse mixed-with-plain at: level = - ( ‹constant› :: text )
=> message: protected column public.customers.level meets a value that is not protected

SELECT id FROM customers WHERE level = -(ARRAY[7])[1]
=> refuse mixed-with-plain at: level = - ( ARRAY [ ‹constant› ] …
=> message: protected column public.customers.level meets a value that is not protected

SELECT id FROM customers WHERE hired = -('2001-02-03'::date)
=> refuse mixed-with-plain at: hired = - ( ‹constant› :: date )
=> message: protected column public.customers.hired meets a value that is not protected

## What has a sign, and the wider of two numbers

SELECT id FROM customers WHERE phone = -5::text
=> refuse mixed-with-plain at: phone = - ‹constant› :: text
=> message: protected column public.customers.phone meets a value that is not protected

SELECT id FROM customers WHERE hired = -'2020-01-01'::date
=> refuse mixed-with-plain at: hired = - ‹constant› :: date
=> message: protected column public.customers.hired meets a value that is not protected

SELECT id FROM customers WHERE level = -5::int2
=> plan
=> text: SELECT id FROM public.customers WHERE level = ‹minus a constant, sealed to match public.customers.level given as integer, cast to smallint›
=> rows: kept

SELECT coalesce(level, 3000000000) FROM customers
=> plan
=> text: SELECT coalesce(level, ‹sealed as public.customers.level given as bigint›) FROM public.customers
=> rows: opened public.customers.level (expression), cast to bigint

SELECT coalesce(level, 1.5) FROM customers
=> plan
=> text: SELECT coalesce(level, ‹sealed as public.customers.level given as numeric›) FROM public.customers
=> rows: opened public.customers.level (expression), cast to numeric

SELECT coalesce(level, 5) FROM customers
=> plan
=> text: SELECT coalesce(level, ‹sealed as public.customers.level given as integer›) FROM public.customers
=> rows: opened public.customers.level (expression)

SELECT coalesce(level, 5::int2) FROM customers
=> plan
=> text: SELECT coalesce(level, ‹sealed as public.customers.level given as integer, cast to smallint›) FROM public.customers
=> rows: opened public.customers.level (expression)

SELECT coalesce(level, '5') FROM customers
=> plan
=> text: SELECT coalesce(level, ‹sealed as public.customers.level›) FROM public.customers
=> rows: opened public.customers.level (expression)

SELECT id FROM customers WHERE level IN (5, $1)
=> plan
=> text: SELECT id FROM public.customers WHERE level IN (‹sealed to match public.customers.level given as integer›, $1)
=> $1: the client's $1, sealed to match public.customers.level
=> rows: kept

SELECT id FROM customers WHERE level IN (3000000000, $1)
=> plan
=> text: SELECT id FROM public.customers WHERE level IN (‹sealed to match public.customers.level given as bigint›, $1)
=> $1: the client's $1, sealed to match public.customers.level given as bigint
=> rows: kept

SELECT id FROM customers WHERE level IN (1.5, $1, '7')
=> plan
=> text: SELECT id FROM public.customers WHERE level IN (‹sealed to match public.customers.level given as numeric›, $1, ‹sealed to match public.customers.level given as numeric›)
=> $1: the client's $1, sealed to match public.customers.level given as numeric
=> rows: kept

SELECT id FROM customers WHERE level IN (1.5, $1::int2)
=> plan
=> text: SELECT id FROM public.customers WHERE level IN (‹sealed to match public.customers.level given as numeric›, $1::text)
=> $1: the client's $1, sealed to match public.customers.level, cast to smallint
=> rows: kept

SELECT level FROM customers UNION SELECT 3000000000
=> plan
=> text: SELECT level FROM public.customers UNION SELECT ‹sealed as public.customers.level given as bigint›
=> rows: opened public.customers.level (expression), cast to bigint

SELECT id FROM customers WHERE balance = 5 AND level = 7.0
=> plan
=> text: SELECT id FROM public.customers WHERE balance = ‹sealed to match public.customers.balance given as integer› AND level = ‹sealed to match public.customers.level given as numeric›
=> rows: kept

SELECT id FROM customers WHERE phone = 'a'::char(3)
=> plan
=> text: SELECT id FROM public.customers WHERE phone = ‹sealed to match public.customers.phone, cast to character(3)›
=> rows: kept

INSERT INTO customers (name) VALUES ('a'::char(3))
=> plan
=> text: INSERT INTO public.customers (name) VALUES (‹sealed as public.customers.name, cast to character(3)›)

UPDATE customers SET name = 'a'::varchar(200)
=> plan
=> text: UPDATE public.customers SET name = ‹sealed as public.customers.name, cast to character varying(200)›

SELECT id FROM customers WHERE email = text($1)
=> plan
=> text: SELECT id FROM public.customers WHERE email = $1::text
=> $1: the client's $1, sealed to match public.customers.email, cast to text
=> rows: kept

SELECT id FROM customers WHERE level = int4($1)
=> refuse mixed-with-plain at: level = int4 ( $1 )
=> message: protected column public.customers.level meets a value that is not protected
