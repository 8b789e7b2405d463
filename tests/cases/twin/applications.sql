-- Django admin: lists, filters, history, deletion
SELECT COUNT(*) AS "__count" FROM "customer" INNER JOIN "invoice" ON ("customer"."email" = "invoice"."email") WHERE "invoice"."paid"
SELECT "customer"."id", "customer"."email", "customer"."name" FROM "customer" ORDER BY "customer"."id" DESC LIMIT 100
SELECT "customer"."id", "customer"."email" FROM "customer" WHERE "customer"."id" IN («int4:1», «int4:2», «int4:4») ORDER BY "customer"."id" DESC
SELECT DISTINCT "invoice"."place" FROM "invoice" ORDER BY "invoice"."place" ASC
SELECT "invoice"."id", "invoice"."email", T3."email", T3."name" FROM "invoice" INNER JOIN "customer" T3 ON ("invoice"."email" = T3."email") WHERE T3."id" = «int4:1» LIMIT 21
SELECT (("customer"."made" AT TIME ZONE «text:UTC»))::date AS "day", COUNT("customer"."email") AS "n" FROM "customer" GROUP BY 1 ORDER BY 1 ASC
SELECT DATE_TRUNC(«text:day», "customer"."made" AT TIME ZONE 'UTC') AS "day", COUNT(DISTINCT "customer"."email") AS "n" FROM "customer" GROUP BY DATE_TRUNC(«text:day», "customer"."made" AT TIME ZONE 'UTC')
SELECT "customer"."id", "customer"."email" FROM "customer" WHERE EXISTS(SELECT 1 AS "a" FROM "invoice" U0 WHERE (U0."email" = ("customer"."email") AND U0."total" > «numeric:5») LIMIT 1) ORDER BY "customer"."id" ASC
SELECT "customer"."id", COALESCE(SUM("invoice"."total"), «numeric:0») AS "spent" FROM "customer" LEFT OUTER JOIN "invoice" ON ("customer"."email" = "invoice"."email") GROUP BY "customer"."id" ORDER BY "customer"."id"
UPDATE "customer" SET "email" = «text:admin@x.org», "name" = NULL, "made" = «timestamptz:2024-01-01 00:00:00+00» WHERE ("customer"."id" = «int4:3» AND "customer"."n" IS NULL)
SELECT "customer"."id", "customer"."email", (SELECT COUNT(*) AS "c" FROM "invoice" U0 WHERE U0."email" = ("customer"."email") GROUP BY U0."email") AS "bills" FROM "customer"
SELECT "customer"."email", "customer"."note" FROM "customer" WHERE UPPER("customer"."note"::text) LIKE UPPER(«text:%ir%»)
SELECT "customer"."id", ROW_NUMBER() OVER (PARTITION BY "customer"."email" ORDER BY "customer"."id" ASC) AS "at" FROM "customer" ORDER BY "customer"."id"
INSERT INTO "staff" ("id", "email", "name", "level") SELECT * FROM UNNEST((«int4[]:{70,71}»)::integer[], («text[]:{dja@x.org,djb@x.org}»)::text[], («text[]:{A,NULL}»)::text[], («int4[]:{1,2}»)::integer[]) RETURNING "staff"."id"

-- Rails: batches, upserts, pluck, associations
SELECT "customer"."id", "customer"."email" FROM "customer" WHERE "customer"."id" > «int4:1» ORDER BY "customer"."id" ASC LIMIT «int8:1000»
SELECT "customer"."email", "customer"."born" FROM "customer" WHERE "customer"."email" IS NOT NULL
SELECT "customer".* FROM "customer" WHERE "customer"."email" = «text:ada@x.org» OR "customer"."ref" = «uuid:8d1f0f6e-0000-4000-8000-000000000002»
SELECT "customer".* FROM "customer" WHERE ("customer"."email", "customer"."level") IN ((«text:ada@x.org», «int4:42»), («text:bob@x.org», «int4:42»))
SELECT "customer".* FROM "customer" WHERE NOT ("customer"."email" = «text:ada@x.org» AND "customer"."level" = «int4:42»)
INSERT INTO "staff" ("id","email","name") VALUES (70, 'ra@x.org', 'Ra'), (71, 'rb@x.org', NULL) ON CONFLICT DO NOTHING RETURNING "id"
INSERT INTO "customer" ("id","email","name") VALUES («int4:70», «text:ada@x.org», «text:Up») ON CONFLICT ("email") DO UPDATE SET "name"=excluded."name", "n" = CASE WHEN ("customer"."name" IS NULL) THEN 0 ELSE "customer"."n" END RETURNING "id","name"
UPDATE "customer" SET "n" = COALESCE("customer"."n", 0) + «int4:1», "email" = «text:rails@x.org» WHERE "customer"."id" = «int4:2»
SELECT "customer".* FROM "customer" INNER JOIN (SELECT "invoice"."email", MAX("invoice"."id") AS last FROM "invoice" GROUP BY "invoice"."email") AS latest ON latest.email = "customer"."email" ORDER BY latest.last
SELECT SUM("invoice"."total") FROM "invoice" WHERE "invoice"."email" = «text:ada@x.org»
SELECT "customer"."id" FROM "customer" WHERE "customer"."born" IN («date:1987-06-05», «date:1990-01-01») ORDER BY "customer"."id"
SELECT "customer".* FROM "customer" WHERE "customer"."email" = «text:ada@x.org» FOR UPDATE SKIP LOCKED
SELECT pg_try_advisory_lock(1234567), "customer"."email" FROM "customer" WHERE "customer"."id" = «int4:1»

-- Hibernate 6: joins, subselects, fetch, pagination
select c1_0.id,c1_0.email,c1_0.name from customer c1_0 where c1_0.id in («int4:1»,«int4:2») order by c1_0.id
select c1_0.id,c1_0.email from customer c1_0 where array_position(«int4[]:{1,2}»,c1_0.id) is not null order by c1_0.id
select c1_0.id,c1_0.email from customer c1_0 where c1_0.email=any(«varchar[]:{ada@x.org,bob@x.org}»)
select c1_0.email from customer c1_0 where c1_0.id=«int4:1» for update of c1_0
select c1_0.id,c1_0.email from customer c1_0 where c1_0.id=«int4:1» for no key update of c1_0 skip locked
select i1_0.email,i1_0.id,i1_0.card from invoice i1_0 join customer c1_0 on c1_0.email=i1_0.email where c1_0.level=«int4:42» and i1_0.place is not null order by i1_0.id offset «int8:0» rows fetch first «int8:2» rows only
select case c1_0.n when 1 then 'one' else 'many' end,c1_0.email from customer c1_0 order by c1_0.id
select c1_0.id from customer c1_0 where (select count(*) from invoice i1_0 where i1_0.email=c1_0.email)>«int8:1»
with cte0 as (select c1_0.id id,c1_0.email email from customer c1_0 where c1_0.level=«int4:42») select cte0.email from cte0 order by cte0.id
insert into staff (email,level,name,id) values («varchar:h@x.org»,«int4:3»,«varchar:H»,«int4:70») on conflict(id) do update set email=excluded.email,level=excluded.level
update staff s1_0 set email=«varchar:h2@x.org» where s1_0.id in (select c1_0.id from customer c1_0 where c1_0.email=«varchar:ada@x.org»)
delete from invoice i1_0 where exists (select 1 from customer c1_0 where c1_0.email=i1_0.email and c1_0.born=«date:1990-01-01»)
select nullif(c1_0.email,«varchar:ada@x.org») from customer c1_0 order by c1_0.id
select count(distinct c1_0.email),count(c1_0.name) from customer c1_0
select c1_0.email from customer c1_0 where c1_0.seen is not null and c1_0.active is not null order by c1_0.id
select upper(c1_0.note),c1_0.email from customer c1_0 where c1_0.note in («varchar:first»,«varchar:second») order by c1_0.note

-- Prisma: relations, aggregates, upsert, transactions
SELECT "t0"."id", "t0"."email" FROM "public"."customer" AS "t0" WHERE ("t0"."id") IN (SELECT "t1"."id" FROM "public"."staff" AS "t1" WHERE ("t1"."email" = «text:ada@x.org» AND "t1"."id" IS NOT NULL)) ORDER BY "t0"."id" ASC
SELECT COUNT(*) AS "_count$_all", COUNT("email") AS "_count$email" FROM (SELECT "public"."customer"."id", "public"."customer"."email" FROM "public"."customer" WHERE 1=1 OFFSET «int8:0») AS "sub"
SELECT COUNT(*) AS "_count._all", "public"."invoice"."email" FROM "public"."invoice" WHERE 1=1 GROUP BY "public"."invoice"."email" OFFSET «int8:0»
SELECT "public"."customer"."id" FROM "public"."customer" WHERE ("public"."customer"."email" <> «text:ada@x.org» OR "public"."customer"."email" IS NULL) ORDER BY "public"."customer"."id"
SELECT "public"."customer"."id" FROM "public"."customer" WHERE (NOT "public"."customer"."email" IN («text:ada@x.org»,«text:bob@x.org»))
INSERT INTO "public"."staff" ("id","email","name") VALUES («int4:70»,«text:p1@x.org»,DEFAULT), («int4:71»,DEFAULT,«text:P2») ON CONFLICT DO NOTHING
INSERT INTO "public"."customer" ("id","email","born","doc","wage","active") VALUES («int4:70»,«text:p@x.org»,«date:2000-01-01»,«jsonb:{"a": 1}»,«numeric:1.5»,«bool:true») RETURNING "public"."customer"."id", "public"."customer"."email", "public"."customer"."doc"
UPDATE "public"."customer" SET "n" = ("public"."customer"."n" + «int4:1») WHERE ("public"."customer"."email" = «text:ada@x.org» AND 1=1)
SELECT "t1"."id", "t1"."email", "aggr_selection_0_Invoice"."_aggr_count_bills" FROM "public"."customer" AS "t1" LEFT JOIN (SELECT "public"."invoice"."email", COUNT(*) AS "_aggr_count_bills" FROM "public"."invoice" WHERE 1=1 GROUP BY "public"."invoice"."email") AS "aggr_selection_0_Invoice" ON ("t1"."email" = "aggr_selection_0_Invoice"."email") ORDER BY "t1"."id"
SELECT "public"."customer"."id", "public"."customer"."doc"::text FROM "public"."customer" WHERE "public"."customer"."doc" IS NOT NULL ORDER BY "public"."customer"."id"

-- SQLAlchemy 2: insertmanyvalues, upsert, CTE, window, tuple
INSERT INTO staff (id, email, name) VALUES («int4:70»::INTEGER, «varchar:s1@x.org»::VARCHAR, «varchar:S»::VARCHAR), (71, 's2@x.org'::VARCHAR, NULL::VARCHAR) RETURNING staff.id, staff.email
INSERT INTO customer (email, name, id) SELECT p0::VARCHAR, p1::VARCHAR, p2::INTEGER FROM (VALUES («varchar:s1@x.org», «varchar:S», «int4:70», 0), ('s2@x.org', NULL, 71, 1)) AS imp_sen(p0, p1, p2, sen_counter) ORDER BY sen_counter RETURNING customer.id, customer.email, customer.id AS id__1
INSERT INTO customer (id, email, name) VALUES («int4:70»::INTEGER, «varchar:ada@x.org»::VARCHAR, «varchar:S»::VARCHAR) ON CONFLICT (email) DO UPDATE SET name = excluded.name WHERE customer.name IS DISTINCT FROM NULL RETURNING customer.id
SELECT customer.id, customer.email FROM customer WHERE (customer.email, customer.level) IN ((«varchar:ada@x.org»::VARCHAR, «int4:42»::INTEGER), ('bob@x.org', 42))
SELECT anon_1.email, anon_1.rn FROM (SELECT invoice.email AS email, row_number() OVER (PARTITION BY invoice.email ORDER BY invoice.id DESC) AS rn FROM invoice) AS anon_1 WHERE anon_1.rn = «int4:1»::INTEGER
WITH RECURSIVE tree(id, boss, email) AS (SELECT staff.id AS id, staff.boss AS boss, staff.email AS email FROM staff WHERE staff.boss IS NULL UNION ALL SELECT s.id AS id, s.boss AS boss, s.email AS email FROM staff AS s, tree WHERE s.boss = tree.id) SELECT tree.id, tree.email FROM tree ORDER BY tree.id
WITH upd AS (UPDATE staff SET email=«varchar:su@x.org»::VARCHAR WHERE staff.id = «int4:1»::INTEGER RETURNING staff.id, staff.email) SELECT upd.id, upd.email, customer.name FROM upd LEFT OUTER JOIN customer ON customer.email = upd.email
WITH ins AS (INSERT INTO staff (id, email) VALUES («int4:70», «varchar:si@x.org») ON CONFLICT (id) DO UPDATE SET email = excluded.email RETURNING id, email) SELECT * FROM ins UNION ALL SELECT id, email FROM staff WHERE id = «int4:1»
SELECT EXISTS (SELECT * FROM customer WHERE customer.email = «varchar:ada@x.org»::VARCHAR) AS anon_1
SELECT customer.id, customer.email FROM customer WHERE customer.email IS NOT DISTINCT FROM «varchar:ada@x.org»::VARCHAR
SELECT customer.id, CASE WHEN (customer.email = «varchar:ada@x.org»::VARCHAR) THEN «varchar:her»::VARCHAR ELSE «varchar:other»::VARCHAR END AS kind FROM customer ORDER BY customer.id
SELECT invoice.id, invoice.email FROM invoice WHERE invoice.email IN (SELECT customer.email FROM customer WHERE customer.email = invoice.email AND customer.id < «int4:3»::INTEGER) ORDER BY invoice.id
UPDATE staff SET email=anon_1.email FROM (VALUES («int4:1»::INTEGER, «varchar:v1@x.org»::VARCHAR), (2, 'v2@x.org')) AS anon_1 (id, email) WHERE staff.id = anon_1.id
SELECT customer.id, customer.email FROM customer JOIN (VALUES («varchar:ada@x.org»::VARCHAR, 1), ('bob@x.org', 2)) AS wanted (email, at) ON wanted.email = customer.email ORDER BY wanted.at
SELECT customer.id, customer.email FROM customer JOIN unnest(«varchar[]:{ada@x.org,bob@x.org}»::VARCHAR[]) WITH ORDINALITY AS w (email, at) ON w.email = customer.email ORDER BY w.at

-- Ecto: preload, insert_all, lateral, update_all, fragments
SELECT i0."id", i0."email", i0."card", i0."email" FROM "invoice" AS i0 WHERE (i0."email" = ANY(«text[]:{ada@x.org,bob@x.org}»)) ORDER BY i0."id"
INSERT INTO "staff" ("email","id","level") VALUES («text:e1@x.org»,«int4:70»,«int4:1»),('e2@x.org',71,DEFAULT) ON CONFLICT ("id") DO UPDATE SET "email" = EXCLUDED."email" RETURNING "id","email"
INSERT INTO "staff" AS s0 ("id","email") VALUES («int4:1»,«text:e3@x.org») ON CONFLICT ("id") DO UPDATE SET "boss" = s0."boss" + «int4:0», "email" = «text:e4@x.org» WHERE (s0."email" = «text:ada@x.org»)
UPDATE "staff" AS s0 SET "email" = c1."email" FROM "customer" AS c1 WHERE (c1."id" = s0."id") AND (s0."id" = «int4:1») RETURNING s0."id", s0."email"
SELECT c0."id", i1."card" FROM "customer" AS c0 INNER JOIN LATERAL (SELECT si0."card" AS "card", si0."id" AS "id" FROM "invoice" AS si0 WHERE (si0."email" = c0."email") ORDER BY si0."id" DESC LIMIT 1) AS i1 ON TRUE ORDER BY c0."id"
SELECT c0."email", over0."n" FROM "customer" AS c0 INNER JOIN (SELECT ss0."email" AS "email", count(*) OVER "w" AS "n" FROM "invoice" AS ss0 WINDOW "w" AS (PARTITION BY ss0."email")) AS over0 ON over0."email" = c0."email" ORDER BY c0."id"
SELECT count(c0."id") FILTER (WHERE c0."email" = «text:ada@x.org») FROM "customer" AS c0
SELECT c0."id" FROM "customer" AS c0 WHERE (c0."email" = «text:ada@x.org»::text) AND NOT (c0."born" = «date:1990-01-01»::date)

-- Sequelize, Knex, TypeORM, MikroORM, Kysely
SELECT count(*) AS "count" FROM "customer" AS "Customer" LEFT OUTER JOIN "invoice" AS "Bills" ON "Customer"."email" = "Bills"."email" WHERE "Bills"."place" = 'Ulm'
SELECT "Customer".*, "Bills"."id" AS "Bills.id", "Bills"."card" AS "Bills.card" FROM (SELECT "Customer"."id", "Customer"."email" FROM "customer" AS "Customer" WHERE "Customer"."email" = 'ada@x.org' LIMIT 1) AS "Customer" LEFT OUTER JOIN "invoice" AS "Bills" ON "Customer"."email" = "Bills"."email" ORDER BY "Bills"."id"
SELECT "Customer"."id", "Customer"."email" FROM "customer" "Customer" WHERE ("Customer"."id" = «int4:1» AND "Customer"."email" = «text:ada@x.org») AND ("Customer"."note" IS NOT NULL) FOR UPDATE NOWAIT
UPDATE "customer" SET "email"=«text:sq@x.org»,"born"=«date:2001-01-01» WHERE "id" = «int4:1» RETURNING "id","email","born","wage"
INSERT INTO "customer"("id", "email", "name", "born") VALUES («int4:70», «text:ty@x.org», DEFAULT, «date:2001-01-01») RETURNING "id", "email", "made"
insert into "staff" ("email", "id") values («text:kn@x.org», «int4:70») on conflict ("id") do update set "email" = excluded."email", "level" = «int4:5» where "staff"."level" is null returning *
select "c"."id", "c"."email" from "customer" as "c" where "c"."email" in («text:ada@x.org», «text:bob@x.org») and ("c"."id", "c"."n") > («int4:0», «int4:0») order by "c"."id", "c"."n" limit «int8:10»
with "new" as (insert into "staff" ("id", "email") values («int4:70», «text:ky@x.org») returning "id", "email") insert into "invoice" ("id", "card") select "new"."id", «text:c» from "new" returning "id", "card"
select "c"."id", "c"."email", count("i"."id")::int as "n" from "customer" as "c" left join "invoice" as "i" on "i"."email" = "c"."email" group by "c"."id", "c"."email" having count("i"."id") >= «int8:1» order by "c"."id"

-- EF Core with Npgsql
SELECT c."id", c."email" FROM "customer" AS c WHERE c."email" = «text:ada@x.org» AND c."email" IS NOT NULL LIMIT 1
SELECT c.id, c.email FROM customer AS c WHERE c.email = ANY («text[]:{ada@x.org,NULL}») OR (c.email IS NULL AND array_position(«text[]:{ada@x.org,NULL}», NULL) IS NOT NULL)
SELECT c.id, c.email, t.id, t.card FROM (SELECT c0.id, c0.email FROM customer AS c0 ORDER BY c0.id LIMIT «int8:2» OFFSET «int8:0») AS c LEFT JOIN invoice AS t ON c.email = t.email ORDER BY c.id, t.id
SELECT count(*)::int FROM customer AS c WHERE c.email = «text:ada@x.org»
SELECT EXISTS (SELECT 1 FROM customer AS c WHERE c.email = «text:ada@x.org»)
SELECT NOT EXISTS (SELECT 1 FROM customer AS c WHERE c.email <> «text:ada@x.org» OR c.email IS NULL)
INSERT INTO staff (id, email, level, name) VALUES («int4:70», «text:ef@x.org», «int4:1», «text:\N») RETURNING id
UPDATE staff AS s SET email = «text:ef@x.org», boss = s.boss + 1 WHERE s.id = «int4:1»
DELETE FROM staff AS s WHERE s.email = «text:ada@x.org»
SELECT c.email, count(*)::int AS "Count" FROM invoice AS c GROUP BY c.email
SELECT c.id, COALESCE(c.email, '') FROM customer AS c ORDER BY c.id
SELECT c.id FROM customer AS c WHERE CASE WHEN c.email = «text:ada@x.org» THEN TRUE ELSE FALSE END
SELECT t0.email FROM (SELECT c.email, c.id FROM customer AS c WHERE c.level = «int4:42» UNION SELECT s.email, s.id FROM staff AS s) AS t0
SELECT date_part('year', c.made)::int, c.email FROM customer AS c ORDER BY c.id
SELECT c.id, c.born, c.seen, c.joined FROM customer AS c WHERE c.born = DATE '1987-06-05' OR c.joined = TIMESTAMP '2024-02-03 04:05:06.789'

-- written by hand: upserts, queues, moves, reports
INSERT INTO staff (id, email, name) SELECT v.id, v.email, v.name FROM (VALUES («int4:70», «text:w1@x.org», «text:W»), (71, 'w2@x.org', NULL)) AS v (id, email, name) WHERE NOT EXISTS (SELECT 1 FROM staff s WHERE s.email = v.email)
INSERT INTO staff (id, email) SELECT * FROM (VALUES (70, 'w1@x.org'), (71, 'w2@x.org')) AS v ON CONFLICT (id) DO NOTHING
INSERT INTO staff (id, email, level) SELECT t.* FROM unnest(«int4[]:{70,71}»::int[], «text[]:{u1@x.org,u2@x.org}»::text[], «int4[]:{1,NULL}»::int[]) AS t (id, email, level) ON CONFLICT (id) DO UPDATE SET email = excluded.email RETURNING id, email
UPDATE staff s SET email = t.email, level = t.level FROM (SELECT unnest(«int4[]:{1,2}»::int[]) AS id, unnest(«text[]:{u1@x.org,u2@x.org}»::text[]) AS email, unnest(«int4[]:{7,8}»::int[]) AS level) AS t WHERE t.id = s.id RETURNING s.id, s.email, s.level
DELETE FROM staff WHERE (id, email) IN (SELECT * FROM unnest(«int4[]:{1,2}»::int[], «text[]:{ada@x.org,no@x.org}»::text[])) RETURNING id
WITH job AS (SELECT id FROM staff WHERE email IS NOT NULL ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) UPDATE staff SET level = 9 FROM job WHERE staff.id = job.id RETURNING staff.id, staff.email
WITH gone AS (DELETE FROM staff WHERE email = «text:ada@x.org» RETURNING id, email, name) INSERT INTO customer (id, email, name) SELECT id + 500, 'moved@x.org', NULL FROM gone RETURNING id, email
WITH wanted (email) AS (VALUES («text:ada@x.org»), ('nobody@x.org')), made AS (INSERT INTO staff (id, email) SELECT 70, w.email FROM wanted w WHERE w.email NOT IN (SELECT c.email FROM customer c WHERE c.email IS NOT NULL) RETURNING id, email) SELECT id, email FROM made UNION ALL SELECT c.id, c.email FROM customer c JOIN wanted USING (email)
SELECT i.email, i.place, count(*), grouping(i.email, i.place) FROM invoice i GROUP BY GROUPING SETS ((i.email, i.place), (i.email), ()) HAVING count(*) > 0
SELECT id, email, sum(total) OVER (PARTITION BY email ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE TIES) FROM invoice ORDER BY id
SELECT id, email, lag(email, 2) OVER w AS before, lead(email) OVER w AS after FROM invoice WINDOW w AS (ORDER BY id RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) ORDER BY id
SELECT c.id, c.email FROM customer c WHERE (c.made, c.id) > («timestamptz:2000-01-01 00:00:00+00», «int4:1») ORDER BY c.made, c.id LIMIT 2
SELECT DISTINCT ON (i.place) i.place, i.email, i.card FROM invoice i ORDER BY i.place, i.id DESC
SELECT coalesce(a.email, b.email) AS email, a.n, b.n FROM (SELECT email, count(*) n FROM invoice GROUP BY email) a FULL OUTER JOIN (SELECT email, count(*) n FROM staff GROUP BY email) b USING (email) ORDER BY a.n NULLS LAST, b.n NULLS LAST LIMIT 2
SELECT c.id, x.email, x.kind FROM customer c CROSS JOIN LATERAL (SELECT i.email, 'bill' AS kind FROM invoice i WHERE i.email = c.email UNION ALL SELECT s.email, 'job' FROM staff s WHERE s.email = c.email) x ORDER BY c.id, x.kind
SELECT g.day::date, c.email FROM generate_series('2020-01-01'::timestamp, '2020-01-03'::timestamp, '1 day') AS g (day) LEFT JOIN customer c ON c.made::date = g.day::date ORDER BY g.day, c.id
MERGE INTO customer c USING (SELECT * FROM unnest(«int4[]:{1,70}»::int[], «text[]:{m1@x.org,m2@x.org}»::text[]) AS t (id, email)) v ON c.id = v.id WHEN MATCHED THEN UPDATE SET email = v.email WHEN NOT MATCHED THEN INSERT (id, email) VALUES (v.id, v.email)
SELECT c.id, array_remove(array_agg(i.place ORDER BY i.id), NULL), array_agg(i.card ORDER BY i.id) FILTER (WHERE i.card IS NOT NULL) FROM customer c LEFT JOIN invoice i USING (email) GROUP BY c.id ORDER BY c.id
SELECT c.email FROM customer c WHERE c.id = «int4:1» AND «text:ada@x.org» = c.email
SELECT c.email FROM customer c WHERE c.email IN («text:ada@x.org») AND c.email NOT IN ('x', 'y') AND c.email <> ALL (ARRAY['z'])
SELECT exists(SELECT FROM customer WHERE email = «text:ada@x.org») AND NOT exists(SELECT FROM staff WHERE email = 'zed@x.org')
SELECT 'ada@x.org' IN (SELECT email FROM customer)
SELECT count(*) FROM customer c WHERE (SELECT s.email FROM staff s WHERE s.id = 1) = c.email
