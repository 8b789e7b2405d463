# Whole rows and functional notation

SELECT c FROM customers c
=> refuse composite-result at: SELECT c FROM customers c
=> message: protected column public.customers.email cannot stand in a row, a nested array, a document or a composed text here

SELECT customers FROM customers
=> refuse composite-result at: SELECT customers FROM customers
=> message: protected column public.customers.email cannot stand in a row, a nested array, a document or a composed text here

SELECT c.* IS NULL FROM customers c
=> plan
=> text: SELECT c.* IS NULL FROM public.customers c
=> rows: kept
=> sent after a look at the shape: order decides which value goes where

SELECT c IS NULL FROM customers c
=> plan
=> text: SELECT c IS NULL FROM public.customers c
=> rows: kept
=> sent after a look at the shape: order decides which value goes where

SELECT count(c) FROM customers c
=> plan
=> text: SELECT count(c) FROM public.customers c
=> rows: kept
=> sent after a look at the shape: order decides which value goes where

SELECT row_to_json(c) FROM customers c
=> plan
=> text: SELECT row_to_json(c) FROM public.customers c
=> rows: JSON of {id: kept, email: opened public.customers.email, name: opened public.customers.name, phone: opened public.customers.phone, born: opened public.customers.born, hired: opened public.customers.hired, level: opened public.customers.level, score: opened public.customers.score, balance: opened public.customers.balance, data: opened public.customers.data, active: opened public.customers.active, photo: opened public.customers.photo, labels: [opened public.customers.labels as one element, …], notes: kept, created_at: kept}
=> sent after a look at the shape: order decides which value goes where

SELECT to_jsonb(customers) FROM customers
=> plan
=> text: SELECT to_jsonb(customers) FROM public.customers
=> rows: JSON of {id: kept, email: opened public.customers.email, name: opened public.customers.name, phone: opened public.customers.phone, born: opened public.customers.born, hired: opened public.customers.hired, level: opened public.customers.level, score: opened public.customers.score, balance: opened public.customers.balance, data: opened public.customers.data, active: opened public.customers.active, photo: opened public.customers.photo, labels: [opened public.customers.labels as one element, …], notes: kept, created_at: kept}
=> sent after a look at the shape: order decides which value goes where

SELECT array_agg(c) FROM customers c
=> refuse composite-result at: SELECT array_agg ( c ) FROM customers c
=> message: protected column public.customers.email cannot stand in a row, a nested array, a document or a composed text here

SELECT c::text FROM customers c
=> refuse composite-result at: SELECT c :: text FROM customers c
=> message: protected column public.customers.email cannot stand in a row, a nested array, a document or a composed text here

SELECT ROW(c.*) FROM customers c
=> refuse whole-row at: c . *
=> message: a whole row that contains protected column public.customers.email cannot be used as one value

SELECT (c).email FROM customers c
=> plan
=> text: SELECT (c).email FROM public.customers c
=> rows: opened public.customers.email

SELECT (c).id FROM customers c
=> plan
=> text: SELECT (c).id FROM public.customers c
=> rows: kept

SELECT (c).* FROM customers c
=> plan
=> text: SELECT (c).* FROM public.customers c
=> rows: kept, opened public.customers.email, opened public.customers.name, opened public.customers.phone, opened public.customers.born, opened public.customers.hired, opened public.customers.level, opened public.customers.score, opened public.customers.balance, opened public.customers.data, opened public.customers.active, opened public.customers.photo, opened public.customers.labels, kept, kept

SELECT email(c) FROM customers c
=> plan
=> text: SELECT email(c) FROM public.customers c
=> rows: opened public.customers.email

SELECT c.lower FROM customers c
=> refuse undefined-column at: c . lower
=> message: column "lower" does not exist

SELECT c.nosuch FROM customers c
=> refuse undefined-column at: c . nosuch
=> message: column "nosuch" does not exist

SELECT n FROM notes n
=> clear

SELECT n, c.id FROM notes n, customers c
=> plan
=> text: SELECT n, c.id FROM notes n, public.customers c
=> rows: kept, kept

SELECT c FROM notes n, customers c
=> refuse composite-result at: SELECT c FROM notes n , customers c
=> message: protected column public.customers.email cannot stand in a row, a nested array, a document or a composed text here

SELECT row_to_json(x) FROM (SELECT id, notes FROM customers) x
=> plan
=> text: SELECT row_to_json(x) FROM (SELECT id, notes FROM public.customers) x
=> rows: kept
=> sent after a look at the shape: order decides which value goes where

SELECT row_to_json(x) FROM (SELECT id, email FROM customers) x
=> plan
=> text: SELECT row_to_json(x) FROM (SELECT id, email FROM public.customers) x
=> rows: JSON of {id: kept, email: opened public.customers.email}
=> sent after a look at the shape: order decides which value goes where

SELECT json_agg(x) FROM (SELECT email FROM customers) x
=> plan
=> text: SELECT json_agg(x) FROM (SELECT email FROM public.customers) x
=> rows: JSON of [{email: opened public.customers.email}, …]
=> sent after a look at the shape: order decides which value goes where

SELECT x FROM (SELECT email FROM customers) x
=> refuse composite-result at: SELECT x FROM ( SELECT email FROM customers …
=> message: protected column public.customers.email cannot stand in a row, a nested array, a document or a composed text here

SELECT c = c FROM customers c
=> refuse equality-on-randomized at: c = c
=> message: protected column public.customers.name is randomized, so that equal values cannot be found

SELECT l FROM leads l WHERE l = l
=> refuse equality-on-randomized at: l = l
=> message: protected column public.leads.name is randomized, so that equal values cannot be found

SELECT hstore(c) FROM customers c
=> refuse function-on-protected at: hstore ( c )
=> message: function hstore cannot be applied to protected column public.customers.email

SELECT jsonb_build_object('row', c) FROM customers c
=> plan
=> text: SELECT jsonb_build_object('row', c) FROM public.customers c
=> rows: JSON of {"row": {id: kept, email: opened public.customers.email, name: opened public.customers.name, phone: opened public.customers.phone, born: opened public.customers.born, hired: opened public.customers.hired, level: opened public.customers.level, score: opened public.customers.score, balance: opened public.customers.balance, data: opened public.customers.data, active: opened public.customers.active, photo: opened public.customers.photo, labels: [opened public.customers.labels as one element, …], notes: kept, created_at: kept}}
=> sent after a look at the shape: order decides which value goes where

SELECT c.customers FROM customers c
=> refuse undefined-column at: c . customers
=> message: column "customers" does not exist
