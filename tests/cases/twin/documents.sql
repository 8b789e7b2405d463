-- objects and arrays of every type
SELECT json_build_object('id', id, 'email', email, 'name', name, 'nick', nick, 'code', code, 'born', born, 'seen', seen, 'joined', joined, 'opens', opens) FROM customer ORDER BY id
SELECT json_build_object('wage', wage, 'ratio', ratio, 'weight', weight, 'ref', ref, 'small', small, 'level', level, 'big', big, 'doc', doc, 'raw', raw, 'photo', photo, 'active', active) FROM customer ORDER BY id
SELECT json_build_object('tags', tags, 'span', span, 'ip', ip, 'net', net, 'meets', meets, 'score', score, 'note', note, 'n', n, 'made', made) FROM customer ORDER BY id
SELECT jsonb_build_object('id', id, 'email', email, 'name', name, 'nick', nick, 'code', code, 'born', born, 'seen', seen, 'joined', joined, 'opens', opens) FROM customer ORDER BY id
SELECT jsonb_build_object('wage', wage, 'ratio', ratio, 'weight', weight, 'ref', ref, 'small', small, 'level', level, 'big', big, 'doc', doc, 'raw', raw, 'photo', photo, 'active', active) FROM customer ORDER BY id
SELECT jsonb_build_object('tags', tags, 'span', span, 'ip', ip, 'net', net, 'meets', meets, 'score', score, 'note', note, 'n', n, 'made', made) FROM customer ORDER BY id
SELECT json_build_array(id, email, born, level, doc, tags, note, 'it''s "quoted"') FROM customer ORDER BY id
SELECT jsonb_build_array(id, email, born, level, doc, raw, tags, note, NULL, 1.50) FROM customer ORDER BY id

-- rows as objects
SELECT row_to_json(c) FROM customer c ORDER BY c.id
SELECT to_jsonb(c) FROM customer c ORDER BY c.id
SELECT to_json(c.*) FROM customer c ORDER BY c.id
SELECT row_to_json(i, true) FROM invoice i ORDER BY i.id
SELECT row_to_json(t) FROM (SELECT id, email AS "e Mail", level FROM customer) t ORDER BY t.id
SELECT json_agg(i ORDER BY i.id) FROM invoice i
SELECT coalesce(json_agg(t), '[]') FROM (SELECT id, card FROM invoice WHERE email = «text:nobody@x.org») t
SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY t.id), '[]'::jsonb) FROM (SELECT id, card, due FROM invoice WHERE email = «text:ada@x.org») t
SELECT array_to_json(array_agg(row_to_json(t))) FROM (SELECT id, card FROM invoice ORDER BY id) t
SELECT c.id, row_to_json(i) FROM customer c LEFT JOIN invoice i ON i.email = c.email ORDER BY c.id, i.id
SELECT json_agg(c) FROM customer c JOIN plain p ON p.id = c.id WHERE c.id = 1
SELECT row_to_json(m) FROM "Mixed Case" m ORDER BY m."Id"
SELECT to_jsonb(e) FROM event e ORDER BY e.id
SELECT row_to_json(v) FROM contact v WHERE v.number = 1

-- values alone, and pairs
SELECT to_json(email), to_jsonb(email), to_json(born), to_jsonb(level), to_json(doc), to_jsonb(raw), to_json(tags) FROM customer ORDER BY id
SELECT json_object_agg(id, email) FROM invoice
SELECT jsonb_object_agg(id, card) FROM invoice
SELECT json_agg(email ORDER BY id), jsonb_agg(card ORDER BY id), json_agg(due ORDER BY id) FILTER (WHERE due IS NOT NULL) FROM invoice
SELECT place, json_agg(card ORDER BY id) FROM invoice GROUP BY place ORDER BY place
SELECT to_json(array_agg(email ORDER BY id)), array_to_json(array_agg(level ORDER BY id)) FROM customer
SELECT json_build_object('born', born::text, 'level', level::int8, 'wage', wage::numeric) FROM customer ORDER BY id
SELECT json_strip_nulls(json_build_object('email', c.email, 'name', c.name, 'n', c.n)), jsonb_strip_nulls(to_jsonb(i)) FROM customer c LEFT JOIN invoice i USING (email) ORDER BY c.id, i.id
SELECT count(to_jsonb(email)), json_agg(email) IS NULL FROM customer
SELECT CASE WHEN id = 1 THEN json_build_object('a', email) END, CASE WHEN id = 2 THEN jsonb_build_object('a', name) ELSE '{}' END FROM customer ORDER BY id
SELECT json_build_object('a', email) FROM customer WHERE id = 1 UNION ALL SELECT json_build_object('a', email) FROM staff WHERE id = 2
SELECT json_build_object('x', «text:ada@x.org», 'email', email, 'y', «int4:5») FROM customer WHERE email = «text:ada@x.org»

-- Drizzle: relational queries
select "customer"."id", "customer"."email", "customer_bills"."data" as "bills" from "customer" "customer" left join lateral (select coalesce(json_agg(json_build_array("customer_bills"."id", "customer_bills"."card", "customer_bills"."due") order by "customer_bills"."id"), '[]'::json) as "data" from "invoice" "customer_bills" where "customer_bills"."email" = "customer"."email") "customer_bills" on true order by "customer"."id"
select "invoice"."id", "invoice_customer"."data" as "customer" from "invoice" "invoice" left join lateral (select json_build_array("invoice_customer"."id", "invoice_customer"."email", "invoice_customer"."name") as "data" from (select * from "customer" "invoice_customer" where "invoice_customer"."email" = "invoice"."email" limit «int8:1») "invoice_customer") "invoice_customer" on true order by "invoice"."id"

-- Prisma: joins in the database
SELECT "t0"."id", "t0"."email", "Customer_bills"."__prisma_data__" AS "bills" FROM "public"."customer" AS "t0" LEFT JOIN LATERAL (SELECT COALESCE(JSONB_AGG("__prisma_data__"), '[]') AS "__prisma_data__" FROM (SELECT "t3"."__prisma_data__" FROM (SELECT JSONB_BUILD_OBJECT('id', "t2"."id", 'card', "t2"."card", 'due', "t2"."due") AS "__prisma_data__" FROM (SELECT "t1".* FROM "public"."invoice" AS "t1" WHERE "t0"."email" = "t1"."email" /* root select */) AS "t2" /* inner select */) AS "t3" /* middle select */) AS "t4" /* outer select */) AS "Customer_bills" ON TRUE WHERE "t0"."email" = «text:ada@x.org»
SELECT "t1"."id", "Invoice_customer"."__prisma_data__" AS "customer" FROM "public"."invoice" AS "t1" LEFT JOIN LATERAL (SELECT JSONB_BUILD_OBJECT('id', "t3"."id", 'email', "t3"."email", 'level', "t3"."level") AS "__prisma_data__" FROM (SELECT "t2".* FROM "public"."customer" AS "t2" WHERE "t1"."email" = "t2"."email" LIMIT «int8:1») AS "t3") AS "Invoice_customer" ON TRUE ORDER BY "t1"."id"

-- PostgREST
WITH pgrst_source AS (SELECT "public"."customer"."id", "public"."customer"."email" FROM "public"."customer" WHERE "public"."customer"."email" = «text:ada@x.org») SELECT null::bigint AS total_result_set, pg_catalog.count(_postgrest_t) AS page_total, coalesce(json_agg(_postgrest_t), '[]') AS body FROM (SELECT * FROM pgrst_source) _postgrest_t
SELECT "customer"."id", COALESCE("customer_bills_1"."customer_bills_1", '[]') AS "bills" FROM "public"."customer" LEFT JOIN LATERAL (SELECT json_agg("customer_bills_1")::jsonb AS "customer_bills_1" FROM (SELECT "invoice_1"."id", "invoice_1"."card" FROM "public"."invoice" AS "invoice_1" WHERE "invoice_1"."email" = "public"."customer"."email") AS "customer_bills_1") AS "customer_bills_1" ON TRUE ORDER BY "customer"."id"

-- Hasura
SELECT coalesce(json_agg("root"), '[]') AS "root" FROM (SELECT row_to_json((SELECT "_e" FROM (SELECT "_root.base"."id" AS "id", "_root.base"."email" AS "email") AS "_e")) AS "root" FROM (SELECT * FROM "public"."customer" WHERE ("public"."customer"."email") = ((«text:ada@x.org»)::text)) AS "_root.base") AS "_root"

-- dates whatever DateStyle says
-- forms: Simple
-- together
SET LOCAL DateStyle = 'German, DMY'
SET LOCAL TimeZone = 'Asia/Kolkata'
SELECT json_build_object('born', born, 'seen', seen, 'joined', joined, 'span', span), jsonb_build_array(born, seen, joined) FROM customer ORDER BY id
SET LOCAL bytea_output = escape
SET LOCAL IntervalStyle = iso_8601
SELECT to_json(photo), to_json(span), born FROM customer ORDER BY id

-- NULLs are stripped inside a document of its own, too, which only the client reads
-- refused
SELECT jsonb_strip_nulls(to_jsonb(c)) FROM customer c
