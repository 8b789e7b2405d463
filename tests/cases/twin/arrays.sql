-- arrays made of arrays
UPDATE customer SET tags = array_append(tags, 'new') WHERE id < 3 RETURNING tags
UPDATE customer SET tags = array_append(tags, «text:new») WHERE id = 1 RETURNING tags
UPDATE customer SET tags = array_prepend('new', tags) WHERE id = 1 RETURNING tags
UPDATE customer SET tags = array_append(tags, NULL) WHERE id = 1 RETURNING tags
UPDATE customer SET tags = array_append(COALESCE(tags, '{}'), 'new') WHERE id = 3 RETURNING tags
UPDATE customer SET tags = array_cat(tags, '{a,b}') WHERE id = 1 RETURNING tags
UPDATE customer SET tags = array_cat(tags, ARRAY['a', «text:b»]) WHERE id = 1 RETURNING tags
UPDATE customer SET tags = tags || '{a,"b c"}' WHERE id = 1 RETURNING tags
UPDATE customer SET tags = tags || ARRAY['a'] WHERE id = 1 RETURNING tags
UPDATE customer SET tags = tags || 'a'::text WHERE id = 1 RETURNING tags
UPDATE customer SET tags = 'a'::text || tags WHERE id = 1 RETURNING tags
UPDATE customer SET tags = '{z}'::text[] || tags || ARRAY['a', 'b'] WHERE id = 1 RETURNING tags
UPDATE customer SET tags = tags || 'plain' WHERE id = 1
UPDATE customer SET tags = tags || tags WHERE id = 1 RETURNING tags
UPDATE customer SET tags = tags || «text[]:{p,q}» WHERE id = 1 RETURNING tags
UPDATE customer SET tags = array_remove(tags, 'x') WHERE id = 1 RETURNING tags
UPDATE customer SET tags = array_remove(tags, «text:y z») WHERE id = 1 RETURNING tags
UPDATE customer SET tags = array_replace(tags, 'x', 'w') WHERE id = 1 RETURNING tags
UPDATE customer SET tags = array_append(array_remove(tags, 'x'), 'x') WHERE id = 1 RETURNING tags
UPDATE customer SET tags = array_append(tags, 'x') WHERE NOT ('x' = ANY (tags)) RETURNING id, tags
INSERT INTO customer (id, tags) SELECT 60, array_append(tags, 'c') FROM customer WHERE id = 1 RETURNING tags
SELECT id, array_append(tags, 'c'), tags || ARRAY['d'] FROM customer ORDER BY id
SELECT id, array_position(tags, 'y z'), array_positions(tags, 'x') FROM customer ORDER BY id
SELECT id FROM customer WHERE array_position(tags, 'x') IS NOT NULL
SELECT id FROM customer WHERE array_append(tags, 'c') @> '{x,c}'
SELECT array_append('{1,2}'::int[], 3), ARRAY[1] || 2, array_remove(ARRAY['a', 'b'], 'a'), array_position(ARRAY['a'], 'a')
SELECT array_append(array_agg(email ORDER BY id), 'last') FROM customer WHERE id < 3

-- one of several columns
SELECT id, COALESCE(email, nick) FROM customer ORDER BY id
SELECT id, COALESCE(nick, email, 'none') FROM customer ORDER BY id
SELECT id, COALESCE(name, email) AS shown FROM customer ORDER BY id
SELECT id, COALESCE(name, email, «text:none») AS shown FROM customer ORDER BY id
SELECT id, CASE WHEN n = 1 THEN name WHEN n = 2 THEN email ELSE 'other' END FROM customer ORDER BY id
SELECT id, CASE n WHEN 1 THEN name ELSE nick END FROM customer ORDER BY id
SELECT id, COALESCE(name, email) || ' (' || COALESCE(email, name) || ')' FROM customer ORDER BY id
SELECT id, COALESCE(NULLIF(email, ''), name, '-') FROM customer ORDER BY id
SELECT json_build_object('n', COALESCE(name, email)) FROM customer ORDER BY id
SELECT s.x FROM (SELECT id, COALESCE(name, email) AS x FROM customer) s ORDER BY s.id
SELECT string_agg(COALESCE(name, email), '; ' ORDER BY id) FROM customer
UPDATE customer SET n = 0 WHERE id = 1 RETURNING COALESCE(name, email)
