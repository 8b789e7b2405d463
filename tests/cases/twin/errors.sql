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

-- conditions that are none
-- forms: Simple Text Prepared
SELECT id FROM customer WHERE email
SELECT id FROM customer WHERE NOT level
SELECT id FROM customer WHERE born AND id = 1
SELECT c.id FROM customer c JOIN staff s ON c.email
SELECT email FROM invoice GROUP BY email HAVING email
SELECT CASE WHEN email THEN 1 END FROM customer
SELECT count(*) FILTER (WHERE email) FROM customer
DELETE FROM staff WHERE email
UPDATE staff SET boss = 1 WHERE level

-- columns of types that have nothing in common
-- forms: Simple Text Binary Prepared
SELECT id FROM customer WHERE email = born
SELECT id FROM customer WHERE email <> level
SELECT id FROM customer WHERE born IN (level, NULL)
SELECT id FROM customer WHERE level IN (SELECT email FROM staff)
SELECT c.id FROM customer c JOIN staff s ON s.email = c.level
SELECT c.id FROM customer c JOIN staff s ON (s.email, s.level) = (c.email, c.born)
SELECT id FROM customer WHERE email IS DISTINCT FROM ref
SELECT NULLIF(email, level) FROM customer
SELECT CASE email WHEN level THEN 1 END FROM customer
SELECT email FROM customer UNION SELECT level FROM staff
SELECT COALESCE(born, level) FROM customer
SELECT CASE WHEN id = 1 THEN email ELSE level END FROM customer
SELECT ARRAY[email, level] FROM customer
INSERT INTO customer (id, level) SELECT 90, email FROM staff
INSERT INTO customer (id, born) SELECT 90, email FROM staff
UPDATE customer SET level = email WHERE id = 1
MERGE INTO customer c USING staff s ON s.email = c.level WHEN MATCHED THEN DELETE
MERGE INTO customer c USING staff s ON s.email = c.email WHEN NOT MATCHED THEN INSERT (id, level) VALUES (s.id, s.email)

-- one value is wanted
-- forms: Simple Text Prepared
SELECT id FROM customer WHERE email = (SELECT email, id FROM staff LIMIT 1)
SELECT id FROM customer WHERE (SELECT email, id FROM staff LIMIT 1) = email
SELECT id FROM customer WHERE email IN (SELECT email, id FROM staff)
SELECT id FROM customer WHERE id IN (SELECT id, email FROM staff)
SELECT id FROM customer WHERE email NOT IN (SELECT * FROM staff)
SELECT id FROM customer WHERE (id, email) IN (SELECT id FROM staff)
SELECT id FROM customer WHERE (id, email) IN (SELECT id, email, level FROM staff)
SELECT id FROM customer WHERE (id, email) = (1, 'ada@x.org', 3)
SELECT id FROM customer WHERE (id, email) IN ((1, 'ada@x.org', 3))
SELECT id FROM customer WHERE (id, email) = ROW(1)
INSERT INTO customer (id, email) VALUES (90, (SELECT email, id FROM staff LIMIT 1))
INSERT INTO customer (id, email) VALUES (90, (SELECT 'a', 'b'))
UPDATE customer SET email = (SELECT email, id FROM staff LIMIT 1) WHERE id = 1
SELECT id FROM customer WHERE email = ANY ('ada@x.org'::text)
SELECT id FROM customer WHERE level = ANY (5)
SELECT id FROM customer WHERE level <> ALL (5::int8)

-- positions behind the last
-- forms: Simple Text Prepared
SELECT email, count(*) FROM customer GROUP BY 3
SELECT email FROM customer UNION SELECT email FROM staff ORDER BY 2
SELECT email, id FROM customer ORDER BY 3

-- casts that there are not
-- forms: Simple Text Prepared
SELECT born::int FROM customer
SELECT born::bool FROM customer
SELECT level::uuid FROM customer
SELECT ref::int FROM customer
SELECT active::date FROM customer
SELECT tags::int FROM customer
SELECT born::text[] FROM customer
SELECT CAST(level AS date) FROM customer
SELECT id FROM customer WHERE born::int = 5
SELECT id FROM customer WHERE ref::int8 = 5

-- parts and functions that values of a type do not have
-- forms: Simple Text Prepared
SELECT email[1] FROM customer
SELECT level[1:2] FROM customer
SELECT (email).x FROM customer
SELECT (level).* FROM customer
SELECT unnest(email) FROM customer
SELECT unnest(level) FROM customer
SELECT * FROM customer, unnest(customer.email)
SELECT lower(level) FROM customer
SELECT length(born) FROM customer
SELECT upper(ref) FROM customer
SELECT sum(email) FROM customer
SELECT avg(born) FROM customer
SELECT replace(level, '1', '2') FROM customer
SELECT btrim(wage) FROM customer
