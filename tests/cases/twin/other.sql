-- COPY out
COPY customer TO STDOUT
COPY customer (id, email, name, born, level, tags, doc) TO STDOUT WITH (FORMAT csv, HEADER)
COPY (SELECT id, email, card FROM invoice ORDER BY id) TO STDOUT
COPY (SELECT id, email, card FROM invoice ORDER BY id) TO STDOUT (FORMAT csv, FORCE_QUOTE *)
COPY invoice TO STDOUT (DELIMITER ';', NULL 'nix')
COPY staff TO STDOUT BINARY
COPY invoice (email, id) TO STDOUT CSV HEADER QUOTE '"' ESCAPE '\'
COPY student TO STDOUT
COPY (SELECT * FROM event) TO STDOUT
COPY (INSERT INTO staff (id, email) VALUES (70, 'copy@x.org') RETURNING *) TO STDOUT

-- COPY in
-- forms: Simple
-- together
COPY staff (id, email, name, level) FROM STDIN
| 70	c1@x.org	C1	1
| 71	\N		\N

-- COPY in, csv
-- forms: Simple
-- together
COPY staff (id, email, name) FROM STDIN WITH (FORMAT csv, HEADER true, NULL 'nix')
| id,email,name
| 70,"c,1@x.org",C1
| 71,nix,""

-- COPY in with an error
-- forms: Simple
-- together
COPY staff (id, level) FROM STDIN
| 70	x

-- COPY in, too many fields
-- forms: Simple
-- together
COPY staff (id, email) FROM STDIN
| 70	a	b

-- PREPARE and EXECUTE
-- forms: Simple
-- together
PREPARE by_mail AS SELECT id, email, name FROM customer WHERE email = $1
EXECUTE by_mail('ada@x.org')
EXECUTE by_mail('bob@x.org'::text)
EXECUTE by_mail(NULL)
PREPARE two (text, int) AS SELECT id, email FROM customer WHERE email = $1 OR id = $2 ORDER BY id
EXECUTE two('ada@x.org', 2)
DEALLOCATE by_mail
PREPARE ins (int, text, text) AS INSERT INTO staff (id, email, name) VALUES ($1, $2, $3) RETURNING *
EXECUTE ins(90, 'p@x.org', 'P')
EXECUTE ins(91, 'q@x.org', NULL)
DEALLOCATE ALL

-- a parameter that is both plain and sealed
-- forms: Simple
-- together
PREPARE twice (text) AS SELECT c.id, p.id FROM customer c, plain p WHERE c.email = $1 AND p.body = $1
EXECUTE twice('ada@x.org')
EXECUTE twice('nobody')

-- without types
-- forms: Simple
-- together
PREPARE twice AS SELECT c.id, l.id FROM customer c, plain l WHERE c.email = $1 OR l.body = $1 ORDER BY c.id, l.id
EXECUTE twice('ada@x.org')

-- types that the client names
-- forms: Simple
-- together
PREPARE d (date, int8) AS SELECT id, born FROM customer WHERE born = $1 OR big = $2
EXECUTE d('1987-06-05', -1)

-- cursors
-- forms: Simple
-- together
DECLARE c SCROLL CURSOR FOR SELECT id, email, born FROM customer ORDER BY id
FETCH 2 FROM c
FETCH NEXT IN c
FETCH ABSOLUTE 1 FROM c
MOVE LAST IN c
FETCH PRIOR FROM c
FETCH BACKWARD ALL FROM c
CLOSE c

-- WHERE CURRENT OF
-- forms: Simple
-- together
DECLARE c CURSOR FOR SELECT id, email FROM staff WHERE email = 'ada@x.org' FOR UPDATE
FETCH 1 FROM c
UPDATE staff SET email = 'cur@x.org' WHERE CURRENT OF c
DELETE FROM staff WHERE CURRENT OF c
CLOSE ALL

-- a binary cursor
-- forms: Simple
-- together
DECLARE b BINARY CURSOR FOR SELECT id, email, born, level, wage, ref FROM customer ORDER BY id
FETCH ALL FROM b

-- several statements in one Query
-- forms: Simple
-- together
INSERT INTO staff (id, email) VALUES (70, 'a'); UPDATE staff SET email = 'b' WHERE email = 'a'; SELECT email FROM staff WHERE id = 70
SELECT email FROM customer WHERE id = 1; SELECT 2; ; SELECT name FROM customer WHERE email = 'ada@x.org'

-- savepoints
-- forms: Simple
-- together
SAVEPOINT s
INSERT INTO staff (id, email) VALUES (70, 'sp@x.org')
ROLLBACK TO s
SELECT id FROM staff WHERE email = 'sp@x.org'
RELEASE s

-- temporary tables
-- forms: Simple
-- together
CREATE TEMP TABLE mine AS SELECT id, email, name FROM customer
SELECT * FROM mine ORDER BY id
SELECT id FROM mine WHERE email = 'ada@x.org'
INSERT INTO mine VALUES (77, 'temp@x.org', 'T')
SELECT m.id, i.card FROM mine m JOIN invoice i ON i.email = m.email
DROP TABLE mine

-- EXPLAIN gives lines, whatever they say
-- forms: Simple
-- together
EXPLAIN (COSTS OFF, ANALYZE OFF) SELECT id FROM plain WHERE id = 1

-- catalog queries
SELECT relname FROM pg_class WHERE relname = «text:customer»
SELECT count(*) FROM information_schema.tables WHERE table_name = «text:customer»

-- session
-- forms: Simple
-- together
SET LOCAL work_mem = '4MB'
SHOW work_mem
SELECT current_setting('TimeZone') IS NOT NULL, current_user
SELECT set_config('app.tenant', '5', true)
SELECT pg_advisory_xact_lock(5)
RESET ALL

-- a comment beside a constant
SELECT id /* ada@x.org */ FROM customer WHERE email = «text:ada@x.org» -- ada@x.org
/* first */ SELECT id, email FROM customer -- last
SELECT id, (SELECT email FROM ROWS FROM (unnest(ARRAY['a'])) AS email) FROM customer ORDER BY id
SELECT id FROM customer c WHERE 'a' IN (SELECT email FROM ROWS FROM (unnest(ARRAY['a'])) WITH ORDINALITY AS email) ORDER BY id

-- an item of a list in parentheses keeps its name
SELECT id, (lower(«text:ADA@X.ORG»)) = email, (email) FROM customer ORDER BY id
UPDATE staff SET (email, name) = (SELECT c.email, (lower(«text:Same»)) FROM customer c WHERE c.id = staff.id) WHERE id < 3 RETURNING id, email, name
INSERT INTO customer (id, email, name) SELECT 700, (lower(«text:New@X.org»)), (('a' || «text:b»)) RETURNING email, name
SELECT id, ((born::text)), (cast(level AS text)), ((email)::varchar), (text(email)), ((date(born))), text(email) AS x FROM customer ORDER BY id
SELECT (((text(email)))) FROM customer ORDER BY id
SELECT id, COALESCE(code, «text:none»::text), COALESCE(code, (SELECT «text:none»)), COALESCE(code, (SELECT x FROM (VALUES («text:ab »)) s(x))) FROM customer ORDER BY id
SELECT id, CASE WHEN id < 3 THEN email ELSE lower(«text:Hidden») END, CASE WHEN id < 3 THEN email ELSE (trim(upper(«text:hidden»))) END FROM customer ORDER BY id
SELECT id, CASE WHEN id < 3 THEN email ELSE CASE WHEN true THEN email ELSE lower(«text:Hidden»)::text END END, CASE WHEN id < 3 THEN lower(«text:Hidden») ELSE email END FROM customer ORDER BY id
SELECT id, CASE WHEN id < 3 THEN email ELSE «text:hidden» || 'x' END, CASE WHEN id < 3 THEN email ELSE «text:hidden»::text END, CASE WHEN id < 3 THEN email ELSE text(email) END FROM customer ORDER BY id
SELECT id, CASE WHEN id < 3 THEN email ELSE (SELECT lower(«text:Hidden»)) END, CASE WHEN id < 3 THEN email END FROM customer ORDER BY id
SELECT id, (SELECT email UNION SELECT email), (SELECT email UNION SELECT NULL)::varchar(3), (SELECT x FROM (VALUES (email)) s(x)) FROM customer ORDER BY id
WITH t AS (SELECT id, (SELECT email UNION SELECT email) FROM customer) SELECT t.email FROM t WHERE email = «text:ada@x.org»
SELECT to_json(r) FROM (SELECT id, (SELECT email UNION SELECT email), code FROM customer WHERE id = 1) r
SELECT id, COALESCE(nullif(nick, NULL), 'longer than twenty characters'), COALESCE(nick, nullif(nick, NULL)), CASE id WHEN 3 THEN 'x' ELSE nullif(nick, NULL) END FROM customer ORDER BY id
SELECT id, COALESCE(nick::text, nick), COALESCE(nick, nick::text), CASE id WHEN 3 THEN nick::text ELSE nick END, CASE id WHEN 3 THEN nick ELSE nick::text END FROM customer ORDER BY id
SELECT id, COALESCE(«text:x»::text, nick), COALESCE(nick, «text:x»::text), CASE WHEN id = 1 THEN nick ELSE «text:x»::varchar END FROM customer ORDER BY id
SELECT id, x FROM customer, unnest(ARRAY[tags]) x
SELECT id, (SELECT count(x) FROM unnest(ARRAY[ARRAY[email], ARRAY[email]]) x) FROM customer ORDER BY id
SELECT id, 'x' = ANY (ARRAY[tags]) FROM customer ORDER BY id
