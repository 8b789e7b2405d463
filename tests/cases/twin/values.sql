-- values and errors of every type
INSERT INTO customer (id, nick) VALUES (60, 'more than twenty characters')
INSERT INTO customer (id, code) VALUES (60, 'longer than six')
INSERT INTO customer (id, code) VALUES (60, 'six      ') RETURNING code
INSERT INTO customer (id, born) VALUES (60, '2001-02-30')
INSERT INTO customer (id, born) VALUES (60, 'not a date')
INSERT INTO customer (id, wage) VALUES (60, 123456789.5)
INSERT INTO customer (id, wage) VALUES (60, 1.005) RETURNING wage
INSERT INTO customer (id, wage) VALUES (60, '1e3') RETURNING wage
INSERT INTO customer (id, small) VALUES (60, 40000)
INSERT INTO customer (id, level) VALUES (60, 2147483648)
INSERT INTO customer (id, level) VALUES (60, '12a')
INSERT INTO customer (id, level) VALUES (60, 2.5) RETURNING level
INSERT INTO customer (id, level) VALUES (60, ' 12 ') RETURNING level
INSERT INTO customer (id, level) VALUES (60, true)
INSERT INTO customer (id, big) VALUES (60, 9223372036854775807) RETURNING big
INSERT INTO customer (id, big) VALUES (60, 9223372036854775808)
INSERT INTO customer (id, ref) VALUES (60, 'nope')
INSERT INTO customer (id, ref) VALUES (60, '{8D1F0F6E-0000-4000-8000-00000000000A}') RETURNING ref
INSERT INTO customer (id, doc) VALUES (60, '{bad')
INSERT INTO customer (id, doc) VALUES (60, '{"b":1,"a":2,"b":3}') RETURNING doc
INSERT INTO customer (id, active) VALUES (60, 'yes') RETURNING active
INSERT INTO customer (id, active) VALUES (60, 'maybe')
INSERT INTO customer (id, ip) VALUES (60, '10.0.0.256')
INSERT INTO customer (id, ip) VALUES (60, '10.0.0.1/32') RETURNING ip
INSERT INTO customer (id, net) VALUES (60, '10.0.0.1/8')
INSERT INTO customer (id, opens) VALUES (60, '25:00')
INSERT INTO customer (id, opens) VALUES (60, '04:05 PM') RETURNING opens
INSERT INTO customer (id, seen) VALUES (60, '2024-01-01 00:00:00 Europe/Berlin') RETURNING seen
INSERT INTO customer (id, seen) VALUES (60, '2024-01-01T00:00:00Z') RETURNING seen
INSERT INTO customer (id, joined) VALUES (60, '2024-01-01 24:00:00') RETURNING joined
INSERT INTO customer (id, span) VALUES (60, '1 year 2 mons 3 days 04:05:06.7') RETURNING span
INSERT INTO customer (id, span) VALUES (60, 'P1Y2M3DT4H5M6S') RETURNING span
INSERT INTO customer (id, photo) VALUES (60, '\x0g')
INSERT INTO customer (id, photo) VALUES (60, E'\\x00ff') RETURNING photo
INSERT INTO customer (id, tags) VALUES (60, '{a,"b c",NULL}') RETURNING tags
INSERT INTO customer (id, ratio) VALUES (60, '1e400')
INSERT INTO customer (id, ratio) VALUES (60, 'Infinity') RETURNING ratio
INSERT INTO customer (id, email) VALUES (60, 'ada@x.org')
INSERT INTO customer (id, email) VALUES (1, 'new@x.org')
INSERT INTO invoice (id, email) VALUES (60, 'nobody@x.org')
DELETE FROM customer WHERE email = 'ada@x.org'
INSERT INTO customer (id, email, nosuch) VALUES (60, 'a', 'b')
INSERT INTO customer (id, email) VALUES (60)
INSERT INTO customer (id, email) VALUES (60, 'a', 'b')
SELECT emial FROM customer WHERE email = 'a'
SELECT email FROM custmer WHERE email = 'a'
SELECT c.email FROM customer d WHERE c.email = 'a'
SELECT id FROM customer WHERE email = 5
SELECT id FROM customer WHERE level = 'x'
SELECT id FROM customer WHERE level = '5'::text
SELECT id FROM customer WHERE born = '1990-13-01'
SELECT id FROM customer WHERE born = 1
SELECT id FROM customer WHERE ref = 'x'
SELECT id FROM customer WHERE ref = 'x'::text
SELECT email, FROM customer
SELECT id FROM customer WHERE email = 'ada@x.org' AND
UPDATE customer SET email = 'x', email = 'y' WHERE id = 1
UPDATE customer SET nosuch = 'x' WHERE email = 'ada@x.org'

-- predicates less common
SELECT id FROM customer WHERE email = 'ada@x.org' IS TRUE
SELECT id FROM customer WHERE (email = 'ada@x.org') IS NOT TRUE ORDER BY id
SELECT id FROM customer WHERE (email = 'ada@x.org') = true
SELECT id, email = 'ada@x.org' AS hit FROM customer ORDER BY id
SELECT id, email IN ('ada@x.org', 'bob@x.org') FROM customer ORDER BY id
SELECT id FROM customer WHERE NOT email = 'ada@x.org' ORDER BY id
SELECT id FROM customer WHERE 'ada@x.org' = email
SELECT id FROM customer WHERE email = ('ada@x.org')
SELECT id FROM customer WHERE ((email)) = (('ada@x.org'))
SELECT id FROM customer WHERE email = SOME ('{ada@x.org}')
SELECT id FROM customer WHERE email = ALL ('{ada@x.org}')
SELECT id FROM customer WHERE email <> ANY ('{ada@x.org}') ORDER BY id
SELECT id FROM customer WHERE email = ALL (SELECT email FROM invoice WHERE id = 10)
SELECT id FROM customer WHERE email <> ALL (SELECT email FROM invoice WHERE email IS NOT NULL) ORDER BY id
SELECT id FROM customer WHERE ROW(email, level) = ROW('ada@x.org', 42)
SELECT id FROM customer WHERE ROW(email, level) IS DISTINCT FROM ROW('ada@x.org', 42) ORDER BY id
SELECT id FROM customer WHERE (email, level) IN (SELECT email, level FROM staff)
SELECT id FROM customer WHERE (email, level) = (SELECT email, level FROM staff WHERE id = 1)
SELECT id FROM customer WHERE (email, level) IS NULL
SELECT id FROM customer WHERE (email, level) IS NOT NULL ORDER BY id
SELECT id FROM customer WHERE email ISNULL
SELECT id FROM customer WHERE email NOTNULL ORDER BY id
SELECT id FROM customer WHERE CASE WHEN email = 'ada@x.org' THEN true ELSE false END
SELECT id FROM customer WHERE CASE email WHEN 'ada@x.org' THEN 1 WHEN 'bob@x.org' THEN 2 ELSE 0 END > 0 ORDER BY id
SELECT id FROM customer WHERE level = 42::smallint ORDER BY id
SELECT id FROM customer WHERE level = 42::bigint ORDER BY id
SELECT id FROM customer WHERE level = 42.0 ORDER BY id
SELECT id FROM customer WHERE level = 42.5
SELECT id FROM customer WHERE level = 3000000000
SELECT id FROM customer WHERE level = +42 ORDER BY id
SELECT id FROM customer WHERE level = -42
SELECT id FROM customer WHERE level = - 42
SELECT id FROM customer WHERE level = '-42'
SELECT id FROM customer WHERE level = (42) ORDER BY id
SELECT id FROM customer WHERE wage = 100.5 ORDER BY id
SELECT id FROM customer WHERE wage = '100.500' ORDER BY id
SELECT id FROM customer WHERE wage = 100.501
SELECT id FROM customer WHERE wage = 0 ORDER BY id
SELECT id FROM customer WHERE ratio = 1.5
SELECT id FROM customer WHERE ratio = 0 ORDER BY id
SELECT id FROM customer WHERE ratio = 'NaN'
SELECT id FROM customer WHERE ratio = '-0'  ORDER BY id
SELECT id FROM customer WHERE small = 7 ORDER BY id
SELECT id FROM customer WHERE small = 70000
SELECT id FROM customer WHERE big = 9000000000 ORDER BY id
SELECT id FROM customer WHERE born = DATE '1990-01-01'
SELECT id FROM customer WHERE born = '1990-01-01'::timestamp
SELECT id FROM customer WHERE born = timestamp '1990-01-01 00:00:01'
SELECT id FROM customer WHERE born = '19900101'
SELECT id FROM customer WHERE born = 'January 1, 1990'
SELECT id FROM customer WHERE born = 'infinity'
SELECT id FROM customer WHERE born = '0044-03-15 BC'
SELECT id FROM customer WHERE born IN ('1990-01-01', '1987-06-05') ORDER BY id
SELECT id FROM customer WHERE joined = TIMESTAMP '2024-02-03 04:05:06.789' ORDER BY id
SELECT id FROM customer WHERE joined = '2000-01-01'::date
SELECT id FROM customer WHERE opens = TIME '10:00' ORDER BY id
SELECT id FROM customer WHERE opens = '10:00:00.000' ORDER BY id
SELECT id FROM customer WHERE ref = UUID '8d1f0f6e-0000-4000-8000-000000000001'
SELECT id FROM customer WHERE ref = '8D1F0F6E000040008000000000000001'
SELECT id FROM customer WHERE ref IN ('8d1f0f6e-0000-4000-8000-000000000001'::uuid, '00000000-0000-0000-0000-000000000000') ORDER BY id
SELECT id FROM customer WHERE ip = '10.0.0.1'::inet
SELECT id FROM customer WHERE ip = inet '::1'
SELECT id FROM customer WHERE ip = '10.0.0.0/24'::cidr
SELECT id FROM customer WHERE photo = '\x00ff01'
SELECT id FROM customer WHERE photo = '\xDEADBEEF'::bytea
SELECT id FROM customer WHERE tags = '{x,"y z"}'
SELECT id FROM customer WHERE tags = ARRAY['x', 'y z']
SELECT id FROM customer WHERE 'x' = ANY (tags)
SELECT id FROM customer WHERE tags @> ARRAY['x']
SELECT id FROM customer WHERE tags && '{x,q}'
SELECT id FROM customer WHERE tags <@ ARRAY['x', 'y z', 'w'] ORDER BY id
SELECT id, tags[1], cardinality(tags), array_length(tags, 1) FROM customer ORDER BY id
SELECT id, unnest(tags) FROM customer WHERE id = 1
SELECT c.id, t FROM customer c, unnest(c.tags) AS t WHERE c.id = 1
SELECT c.id, t.tag, t.ord FROM customer c CROSS JOIN LATERAL unnest(c.tags) WITH ORDINALITY AS t (tag, ord) WHERE c.id = 1
SELECT id FROM customer WHERE EXISTS (SELECT FROM unnest(tags) t WHERE t = 'x')
SELECT id FROM customer WHERE nick = 'ada' AND code = 'A1'
SELECT id FROM customer WHERE code = 'A1    ' OR code = 'B2' ORDER BY id
SELECT id FROM customer WHERE code IN ('A1', 'B2    ') ORDER BY id
SELECT id FROM customer WHERE nick = 'ada '
SELECT id FROM customer WHERE email = E'ada\x40x.org'
SELECT id FROM customer WHERE email = U&'ada\0040x.org'
SELECT id FROM customer WHERE email = $$ada@x.org$$
SELECT id FROM customer WHERE email = 'ada' '@x.org'
SELECT id FROM customer WHERE email = 'ada'
 '@x.org'
SELECT id FROM customer WHERE email = 'ada' || '@x.org'
SELECT id FROM customer WHERE email = CAST('ada@x.org' AS character varying)
SELECT id FROM customer WHERE email = 'ada@x.org'::varchar(255)
SELECT id FROM customer WHERE email::varchar = 'ada@x.org'
SELECT id FROM customer WHERE email::text = 'ada@x.org' AND nick::text = 'ada'
SELECT id FROM customer WHERE level::bigint = 42 ORDER BY id
SELECT id FROM customer WHERE email COLLATE "C" = 'ada@x.org'
