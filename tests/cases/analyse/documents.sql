# JSON documents made of protected values

SELECT json_build_object('id', id, 'mail', email, 'fixed', 'text', 'born', born) FROM customers
=> plan
=> text: SELECT json_build_object('id', id, 'mail', email, 'fixed', 'text', 'born', born) FROM public.customers
=> rows: JSON of {id: kept, mail: opened public.customers.email, fixed: kept, born: opened public.customers.born}

SELECT jsonb_build_array(email, notes, $1, NULL) FROM customers
=> plan
=> text: SELECT jsonb_build_array(email, notes, $1, NULL) FROM public.customers
=> rows: JSON of [opened public.customers.email, kept, kept, kept]

SELECT json_agg(email ORDER BY id), jsonb_agg(born) FILTER (WHERE id > 1) FROM customers
=> plan
=> text: SELECT json_agg(email ORDER BY id), jsonb_agg(born) FILTER (WHERE id > 1) FROM public.customers
=> rows: JSON of [opened public.customers.email, …], JSON of [opened public.customers.born, …]

SELECT c.id, o.data FROM customers c LEFT JOIN LATERAL (SELECT coalesce(json_agg(json_build_array(o.id, o.card)), '[]'::json) AS data FROM orders o WHERE o.customer_email = c.email) o ON true
=> plan
=> text: SELECT c.id, o.data FROM public.customers c LEFT JOIN LATERAL (SELECT coalesce(json_agg(json_build_array(o.id, o.card)), '[]'::json) AS data FROM public.orders o WHERE o.customer_email = c.email) o ON true
=> rows: kept, JSON of [[kept, opened public.orders.card], …]

SELECT coalesce(json_agg(t), '[]') FROM (SELECT id, email, labels, data FROM customers) t
=> plan
=> text: SELECT coalesce(json_agg(t), '[]') FROM (SELECT id, email, labels, data FROM public.customers) t
=> rows: JSON of [{id: kept, email: opened public.customers.email, labels: [opened public.customers.labels as one element, …], data: opened public.customers.data}, …]
=> sent after a look at the shape: order decides which value goes where

SELECT row_to_json(o), to_jsonb(o.*), row_to_json(o, true) FROM orders o
=> plan
=> text: SELECT row_to_json(o), to_jsonb(o.*), row_to_json(o, true) FROM public.orders o
=> rows: JSON of {id: kept, customer_id: kept, customer_email: opened public.orders.customer_email, card: opened public.orders.card, amount: kept, note: kept, doubled: kept}, JSON of {id: kept, customer_id: kept, customer_email: opened public.orders.customer_email, card: opened public.orders.card, amount: kept, note: kept, doubled: kept}, JSON of {id: kept, customer_id: kept, customer_email: opened public.orders.customer_email, card: opened public.orders.card, amount: kept, note: kept, doubled: kept}
=> sent after a look at the shape: order decides which value goes where

SELECT json_object_agg(id, email), to_json(email), to_jsonb(labels), array_to_json(array_agg(email)) FROM customers
=> plan
=> text: SELECT json_object_agg(id, email), to_json(email), to_jsonb(labels), array_to_json(array_agg(email)) FROM public.customers
=> rows: JSON of {…: opened public.customers.email}, JSON of opened public.customers.email, JSON of [opened public.customers.labels as one element, …], JSON of [opened public.customers.email, …]

SELECT jsonb_strip_nulls(jsonb_build_object('mail', email, 'level', level::text)) FROM customers
=> plan
=> text: SELECT jsonb_strip_nulls(jsonb_build_object('mail', email, 'level', level)) FROM public.customers
=> rows: JSON of {mail: opened public.customers.email, level: opened public.customers.level, cast to text}

SELECT CASE WHEN id = 1 THEN json_build_object('a', email) END FROM customers
=> plan
=> text: SELECT CASE WHEN id = 1 THEN json_build_object('a', email) END FROM public.customers
=> rows: JSON of {a: opened public.customers.email}

SELECT json_build_object('a', email) FROM customers UNION ALL SELECT json_build_object('a', email) FROM people
=> plan
=> text: SELECT json_build_object('a', email) FROM public.customers UNION ALL SELECT json_build_object('a', email) FROM public.people
=> rows: JSON of {a: opened public.customers.email}

SELECT json_build_object('id', id, 'note', notes) FROM customers
=> plan
=> text: SELECT json_build_object('id', id, 'note', notes) FROM public.customers
=> rows: kept

SELECT jsonb_agg(d) FROM (SELECT jsonb_build_object('mail', email, 'in', jsonb_build_object('x', name)) AS d FROM customers) q
=> plan
=> text: SELECT jsonb_agg(d) FROM (SELECT jsonb_build_object('mail', email, 'in', jsonb_build_object('x', name)) AS d FROM public.customers) q
=> rows: JSON of [{mail: opened public.customers.email, "in": {x: opened public.customers.name}}, …]

WITH q AS (SELECT json_build_object('mail', email) AS d FROM customers WHERE email = 'secret!') SELECT d FROM q
=> plan
=> text: WITH q AS (SELECT json_build_object('mail', email) AS d FROM public.customers WHERE email = ‹sealed to match public.customers.email›) SELECT d FROM q
=> rows: JSON of {mail: opened public.customers.email}

SELECT DISTINCT jsonb_build_object('mail', email) FROM customers
=> refuse composite-result at: SELECT DISTINCT jsonb_build_object ( ‹constant› , email ) …
=> message: protected column public.customers.email cannot stand in a row, a nested array, a document or a composed text here

SELECT json_build_object('mail', email) ->> 'mail' FROM customers
=> refuse operator-on-protected at: json_build_object ( ‹constant› , email ) ->> ‹constant›
=> message: operator ->> cannot be applied to protected column public.customers.email

SELECT json_build_object('mail', email)::text FROM customers
=> plan
=> text: SELECT json_build_object('mail', email)::text FROM public.customers
=> rows: JSON of {mail: opened public.customers.email}

SELECT id FROM customers WHERE jsonb_build_object('mail', email) @> '{"mail": "secret!"}'
=> refuse operator-on-protected at: jsonb_build_object ( ‹constant› , email ) @> ‹constant›
=> message: operator @> cannot be applied to protected column public.customers.email

SELECT id FROM customers WHERE jsonb_build_object('mail', email) = '{"mail": "secret!"}'
=> refuse composite-result at: jsonb_build_object ( ‹constant› , email ) = ‹constant›
=> message: protected column public.customers.email cannot stand in a row, a nested array, a document or a composed text here

SELECT coalesce(json_agg(email), '["secret!"]') FROM customers
=> refuse mixed-with-plain at: ‹constant›
=> message: protected column public.customers.email meets a value that is not protected

SELECT coalesce(json_agg(email), $1) FROM customers
=> refuse mixed-with-plain at: $1
=> message: protected column public.customers.email meets a value that is not protected

SELECT json_build_object(notes, email) FROM customers
=> refuse not-understood at: notes
=> message: a JSON object with such a name is not supported in a statement that touches protected columns

SELECT json_build_object('a', email, 'a', id) FROM customers
=> refuse not-understood at: ‹constant›
=> message: a JSON object with such a name is not supported in a statement that touches protected columns

SELECT json_build_object(email, id) FROM customers
=> refuse function-on-protected at: json_build_object ( email , id )
=> message: function json_build_object cannot be applied to protected column public.customers.email

SELECT json_object_agg(email, id) FROM customers
=> refuse function-on-protected at: json_object_agg ( email , id )
=> message: function json_object_agg cannot be applied to protected column public.customers.email

SELECT public.json_agg(email) FROM customers
=> refuse function-on-protected at: public . json_agg ( email )
=> message: function json_agg cannot be applied to protected column public.customers.email

SELECT json_agg(ROW(email, 1)) FROM customers
=> refuse composite-result at: SELECT json_agg ( ROW ( email , ‹constant› …
=> message: protected column public.customers.email cannot stand in a row, a nested array, a document or a composed text here

SELECT json_agg(VARIADIC email) FROM customers
=> refuse function-on-protected at: json_agg ( VARIADIC email )
=> message: function json_agg cannot be applied to protected column public.customers.email

SELECT json_object(ARRAY['a', email]) FROM customers
=> refuse function-on-protected at: json_object ( ARRAY [ ‹constant› , email ] …
=> message: function json_object cannot be applied to protected column public.customers.email

INSERT INTO notes (body) SELECT json_agg(email) FROM customers
=> refuse protected-into-plain at: SELECT json_agg ( email ) FROM customers
=> message: protected column public.customers.email cannot be stored in a column that is not protected

INSERT INTO customers (data) SELECT jsonb_build_object('mail', email) FROM customers
=> refuse composite-result at: SELECT jsonb_build_object ( ‹constant› , email ) FROM …
=> message: protected column public.customers.data cannot stand in a row, a nested array, a document or a composed text here

UPDATE customers SET data = jsonb_build_object('secret!', 1)
=> refuse plain-into-protected at: jsonb_build_object ( ‹constant› , ‹constant› )
=> message: a value that the server computes cannot be stored in protected column public.customers.data

CREATE TABLE t AS SELECT json_agg(email) AS d FROM customers
=> refuse table-from-protected at: t
=> message: protected column public.customers.email cannot be copied into a new table

CREATE TEMP TABLE t AS SELECT json_agg(email) AS d FROM customers
=> refuse table-from-protected at: t
=> message: protected column public.customers.email cannot be copied into a new table

CREATE VIEW v AS SELECT json_agg(email) AS d FROM customers
=> refuse composite-result at: v
=> message: protected column public.customers.email cannot stand in a row, a nested array, a document or a composed text here

COPY (SELECT json_agg(email) FROM customers) TO STDOUT
=> refuse composite-result at: SELECT json_agg ( email ) FROM customers
=> message: protected column public.customers.email cannot stand in a row, a nested array, a document or a composed text here

SELECT json_agg(c) FROM customers c JOIN notes n ON n.id = c.id
=> plan
=> text: SELECT json_agg(c) FROM public.customers c JOIN notes n ON n.id = c.id
=> rows: JSON of [{id: kept, email: opened public.customers.email, name: opened public.customers.name, phone: opened public.customers.phone, born: opened public.customers.born, hired: opened public.customers.hired, level: opened public.customers.level, score: opened public.customers.score, balance: opened public.customers.balance, data: opened public.customers.data, active: opened public.customers.active, photo: opened public.customers.photo, labels: [opened public.customers.labels as one element, …], notes: kept, created_at: kept}, …]
=> sent after a look at the shape: order decides which value goes where

SELECT id FROM customers ORDER BY to_jsonb(email)
=> refuse order-by-protected at: to_jsonb ( email )
=> message: cannot sort by protected column public.customers.email

SELECT json_agg(a.email) FROM customers a UNION ALL SELECT json_agg(b.phone) FROM customers b
=> refuse cross-domain at: SELECT json_agg ( a . email ) FROM …
=> message: protected column public.customers.email meets a protected value of another domain, mode or type

SELECT json_array_length(json_agg(email)), count(to_json(email)) FROM customers
=> refuse function-on-protected at: json_array_length ( json_agg ( email ) )
=> message: function json_array_length cannot be applied to protected column public.customers.email

# A document stands in another's place only if its values stand in the same places

SELECT json_build_object('a', email) FROM customers UNION ALL SELECT json_build_object('b', email) FROM people
=> refuse composite-result at: SELECT json_build_object ( ‹constant› , email ) FROM …
=> message: protected column public.customers.email cannot stand in a row, a nested array, a document or a composed text here

SELECT json_build_object('a', email) FROM customers UNION ALL SELECT json_build_object('a', email, 'b', 1) FROM people
=> refuse composite-result at: SELECT json_build_object ( ‹constant› , email ) FROM …
=> message: protected column public.customers.email cannot stand in a row, a nested array, a document or a composed text here

SELECT json_build_array(email) FROM customers UNION ALL SELECT json_build_array(email, 1) FROM people
=> refuse composite-result at: SELECT json_build_array ( email ) FROM customers UNION …
=> message: protected column public.customers.email cannot stand in a row, a nested array, a document or a composed text here

SELECT json_build_array(email) FROM customers UNION ALL SELECT json_build_object('a', email) FROM people
=> refuse composite-result at: SELECT json_build_array ( email ) FROM customers UNION …
=> message: protected column public.customers.email cannot stand in a row, a nested array, a document or a composed text here

SELECT email || email FROM customers UNION ALL SELECT email || email || email FROM people
=> refuse composite-result at: SELECT email || email FROM customers UNION ALL …
=> message: protected column public.customers.email cannot stand in a row, a nested array, a document or a composed text here

SELECT email || email FROM customers UNION ALL SELECT string_agg(email, '') FROM people
=> refuse composite-result at: SELECT email || email FROM customers UNION ALL …
=> message: protected column public.customers.email cannot stand in a row, a nested array, a document or a composed text here

SELECT json_agg(email) FROM customers UNION ALL SELECT json_object_agg(id, email) FROM people
=> refuse composite-result at: SELECT json_agg ( email ) FROM customers UNION …
=> message: protected column public.customers.email cannot stand in a row, a nested array, a document or a composed text here

# Arguments by name, and one array for all

SELECT concat(VARIADIC labels) FROM customers
=> refuse function-on-protected at: concat ( VARIADIC labels )
=> message: function concat cannot be applied to protected column public.customers.labels

SELECT concat(VARIADIC ARRAY[email, email]) FROM customers
=> refuse function-on-protected at: concat ( VARIADIC ARRAY [ email , email …
=> message: function concat cannot be applied to protected column public.customers.email

SELECT lower(string => email) FROM customers
=> refuse function-on-protected at: lower ( string => email )
=> message: function lower cannot be applied to protected column public.customers.email

# Constants and parameters among the values that are put together

SELECT concat(email, 5, ' ', $1::int8, 2.5) FROM customers
=> refuse type-mismatch at: $1 :: int8
=> message: protected column public.customers.email is of another type than this expression

SELECT concat_ws(5, email, name) FROM customers
=> plan
=> text: SELECT concat_ws(‹sealed as public.customers.email given as integer, cast to text›, email, name) FROM public.customers
=> rows: text opened of public.customers.email, public.customers.name

SELECT concat(email, $1) FROM customers
=> refuse function-on-protected at: concat ( email , $1 )
=> message: function concat cannot be applied to protected column public.customers.email

SELECT concat_ws($1, email, name) FROM customers
=> plan
=> text: SELECT concat_ws($1, email, name) FROM public.customers
=> $1: the client's $1, sealed as public.customers.email given as text
=> rows: text opened of public.customers.email, public.customers.name

SELECT string_agg(email, $1) FROM customers
=> plan
=> text: SELECT string_agg(email, $1) FROM public.customers
=> $1: the client's $1, sealed as public.customers.email given as text
=> rows: text opened of public.customers.email

SELECT array_to_string(array_agg(email), $1) FROM customers
=> plan
=> text: SELECT array_to_string(array_agg(email), $1) FROM public.customers
=> $1: the client's $1, sealed as public.customers.email given as text
=> rows: text opened of public.customers.email

SELECT email || 5 FROM customers
=> plan
=> text: SELECT email || ‹sealed as public.customers.email given as integer, cast to text› FROM public.customers
=> rows: text opened of public.customers.email

## Documents cast to text

SELECT json_agg(email)::text, jsonb_build_object('e', email)::varchar FROM customers
=> plan
=> text: SELECT json_agg(email)::text, jsonb_build_object('e', email)::varchar FROM public.customers
=> rows: JSON of [opened public.customers.email, …], JSON of {e: opened public.customers.email}

SELECT to_json(json_build_object('e', email)::text) FROM customers
=> refuse composite-result at: SELECT to_json ( json_build_object ( ‹constant› , email …
=> message: protected column public.customers.email cannot stand in a row, a nested array, a document or a composed text here

SELECT json_build_object('e', email)::text LIKE '%secret!%' FROM customers
=> refuse pattern-on-protected at: json_build_object ( ‹constant› , email ) :: text …
=> message: cannot match a pattern on protected column public.customers.email

SELECT json_build_object('e', email)::text || 'x' FROM customers
=> refuse operator-on-protected at: json_build_object ( ‹constant› , email ) :: text …
=> message: operator || cannot be applied to protected column public.customers.email
