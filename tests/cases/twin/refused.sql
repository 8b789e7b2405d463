-- order
-- refused
SELECT email FROM customer ORDER BY email

-- order by position
-- refused
SELECT id, email FROM customer ORDER BY 2

-- range
-- refused
SELECT id FROM customer WHERE born < «date:2000-01-01»

-- BETWEEN
-- refused
SELECT id FROM customer WHERE level BETWEEN «int4:1» AND «int4:5»

-- LIKE
-- refused
SELECT id FROM customer WHERE email LIKE «text:a%»

-- ILIKE
-- refused
SELECT id FROM customer WHERE name ILIKE «text:a%»

-- a regular expression
-- refused
SELECT id FROM customer WHERE email ~ «text:^a»

-- min and max
-- refused
SELECT min(born), max(level) FROM customer

-- arithmetic
-- refused
SELECT level + «int4:1» FROM customer

-- a string function
-- refused
SELECT id FROM customer WHERE lower(email) = «text:ada@x.org»

-- equality on a randomized column
-- refused
SELECT id FROM customer WHERE name = «text:Ada»

-- DISTINCT on a randomized column
-- refused
SELECT DISTINCT card FROM invoice

-- GROUP BY a randomized column
-- refused
SELECT name, count(*) FROM customer GROUP BY name

-- UNION of a randomized column
-- refused
SELECT name FROM customer UNION SELECT «text:x»

-- NULLIF of a randomized column
-- refused
SELECT NULLIF(name, «text:x») FROM customer

-- another domain
-- refused
SELECT c.id FROM customer c JOIN lead l ON l.email = c.email

-- a plain column
-- refused
SELECT c.id FROM customer c JOIN plain p ON p.body = c.email

-- stored in the clear
-- refused
INSERT INTO plain (id, body) SELECT id, email FROM customer

-- a server's value into a protected column
-- refused
UPDATE customer SET name = note

-- now() into a protected column
-- refused
UPDATE customer SET seen = now()

-- a server's expression
-- refused
SELECT COALESCE(email, current_user) FROM customer

-- another domain's value stored
-- refused
INSERT INTO lead (id, email) SELECT id, email FROM customer

-- a whole row
-- refused
SELECT c FROM customer c

-- a table made of it
-- refused
-- forms: Simple
CREATE TABLE copied AS SELECT email FROM customer

-- COPY to a file
-- refused
-- forms: Simple
COPY customer TO '/tmp/out'

-- json_populate_recordset
-- refused
INSERT INTO staff SELECT * FROM json_populate_recordset(NULL::staff, «json:[]»)

-- a DO block that names it
-- refused
-- forms: Simple
DO $$ BEGIN PERFORM email FROM customer; END $$

-- varchar compared without blanks at the end
-- refused
SELECT id FROM customer WHERE nick = 'ada'::char(5)
SELECT id FROM customer WHERE nick = n'ada'
