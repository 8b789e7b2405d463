-- text that is no value of the type
SELECT id FROM customer WHERE born = «date:garbage»

SELECT id FROM customer WHERE born = «date:2001-13-45»

SELECT id FROM customer WHERE born = 'yesterday morning'::date

SELECT id FROM customer WHERE level = «int4:abc»

SELECT id FROM customer WHERE level = «int4:99999999999»

SELECT id FROM customer WHERE level = «int4:»

SELECT id FROM customer WHERE ref = «uuid:1234»

SELECT id FROM customer WHERE wage = «numeric:1,5»

SELECT id FROM customer WHERE ratio = «float8:1e999»

SELECT id FROM customer WHERE ratio = «float8:x»

SELECT id FROM customer WHERE joined = «timestamp:2001-02-30»

SELECT id FROM customer WHERE joined = «timestamp:nonsense»

SELECT id FROM customer WHERE opens = «time:25:00»

SELECT id FROM customer WHERE ip = «inet:300.1.1.1»

SELECT id FROM customer WHERE photo = «bytea:\xzz»

SELECT id FROM customer WHERE tags = «text[]:{a»

SELECT id FROM customer WHERE email = ANY («text[]:{a»)

SELECT id FROM customer WHERE level = ANY («int4[]:{a}»)

INSERT INTO customer (id, born) VALUES (80, «date:garbage»)

INSERT INTO customer (id, seen) VALUES (80, «timestamptz:garbage»)

INSERT INTO customer (id, seen) VALUES (80, «timestamptz:2001-01-01 00:00 Mars/Olympus»)

-- forms: Simple Literals Text Typed Prepared
INSERT INTO customer (id, doc) VALUES (80, «jsonb:{»)

INSERT INTO customer (id, raw) VALUES (80, «json:{"a"}»)

INSERT INTO customer (id, active) VALUES (80, «bool:perhaps»)

INSERT INTO customer (id, span) VALUES (80, «interval:1 fortnight of days»)

INSERT INTO customer (id, net) VALUES (80, «cidr:10.0.0.1/8»)

INSERT INTO customer (id, meets) VALUES (80, «timetz:x»)

INSERT INTO customer (id, weight) VALUES (80, «float4:1e60»)

INSERT INTO customer (id, wage) VALUES (80, «numeric:123456789.00»)

INSERT INTO customer (id, wage) VALUES (80, 123456789)

INSERT INTO customer (id, small) VALUES (80, 40000)

INSERT INTO customer (id, level) VALUES (80, «int8:5000000000»)

INSERT INTO customer (id, nick) VALUES (80, «text:a name that is much too long»)

INSERT INTO customer (id, nick) VALUES (80, 'trailing blanks are cut             ')

INSERT INTO customer (id, code) VALUES (80, «text:1234567»)

-- refused
INSERT INTO customer (id, tags) VALUES (80, «text[]:{{a},{b}}»)

INSERT INTO customer (id, tags) VALUES (80, «text[]:x»)

-- numbers that are no integers
SELECT id FROM customer WHERE level = '42.0'

SELECT id FROM customer WHERE level = ' 42 '

-- names that do not exist
SELECT nothing FROM customer

SELECT c.nothing FROM customer c

SELECT x.email FROM customer c

SELECT customer.email FROM customer c

SELECT email FROM customer, staff

INSERT INTO customer (id, nothing) VALUES (1, 2)

UPDATE customer SET nothing = 1

SELECT nofunction(id) FROM customer WHERE email = «text:ada@x.org»

-- wrong numbers of things
INSERT INTO staff (id, email) VALUES (1)

INSERT INTO staff (id, id) VALUES (1, 2)

SELECT email, id FROM customer UNION SELECT email FROM staff

-- refused
SELECT id FROM customer WHERE email = (SELECT email, name FROM staff)

-- grammar
SELECT email FROM customer WHERE

SELECT FROM WHERE customer

SELECT email email email FROM customer

INSERT INTO customer id VALUES 1

-- in an aborted transaction
SELECT 1/0

-- grouping errors
SELECT email, id, count(*) FROM invoice GROUP BY email

SELECT DISTINCT ON (email) email FROM invoice ORDER BY id

-- types that do not meet
SELECT id FROM customer WHERE born = 5

SELECT id FROM customer WHERE level = true

-- refused
SELECT id FROM customer WHERE active = 1

SELECT COALESCE(born, 5) FROM customer

INSERT INTO customer (id, born) VALUES (80, 5)

INSERT INTO customer (id, level) VALUES (80, true)

INSERT INTO customer (id, level) VALUES (80, '2001-01-01'::date)

-- refused
SELECT email FROM customer UNION SELECT id FROM staff
