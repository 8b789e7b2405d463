-- as Django and its admin send
SELECT "customer"."id", "customer"."email", "customer"."name" FROM "customer" WHERE "customer"."email" = «text:ada@x.org» LIMIT 21
SELECT COUNT(*) AS "__count" FROM "customer" WHERE NOT ("customer"."email" = «text:ada@x.org» AND "customer"."email" IS NOT NULL)
SELECT (1) AS "a" FROM "customer" WHERE "customer"."email" = «text:ada@x.org» LIMIT 1
SELECT DISTINCT "customer"."email" FROM "customer" INNER JOIN "invoice" ON ("customer"."email" = "invoice"."email") WHERE "invoice"."place" = «text:Ulm»
SELECT "customer"."level", COUNT("customer"."id") AS "n" FROM "customer" GROUP BY "customer"."level" HAVING COUNT("customer"."id") > 1
UPDATE "customer" SET "email" = «text:x@y.z», "name" = «text:X», "born" = «date:2001-02-03»::date, "seen" = «timestamptz:2024-01-01 00:00:00+00»::timestamptz WHERE "customer"."id" = 1
UPDATE "customer" SET "email" = CASE WHEN ("customer"."id" = 1) THEN «text:a@a.a» WHEN ("customer"."id" = 2) THEN «text:b@b.b» ELSE NULL END WHERE "customer"."id" IN (1, 2)
UPDATE "customer" SET "level" = (CASE WHEN ("customer"."id" = 1) THEN «int4:5» WHEN ("customer"."id" = 2) THEN «int4:6» ELSE NULL END)::integer WHERE "customer"."id" IN (1, 2)
SELECT "customer"."id" FROM "customer" WHERE EXISTS(SELECT 1 AS "a" FROM "invoice" U0 WHERE (U0."email" = ("customer"."email") AND U0."place" = 'Ulm') LIMIT 1) ORDER BY "customer"."id" ASC
SELECT "customer"."id", (SELECT U0."card" FROM "invoice" U0 WHERE U0."email" = ("customer"."email") ORDER BY U0."id" DESC LIMIT 1) AS "last" FROM "customer" ORDER BY 1
INSERT INTO "customer" ("id", "email", "name", "nick", "born") VALUES (60, 'a@b.c', 'A', 'a', '2001-01-01'::date), (61, 'b@b.c', NULL, 'b', NULL) ON CONFLICT ("id") DO UPDATE SET "email" = EXCLUDED."email", "name" = EXCLUDED."name" RETURNING "customer"."id", "customer"."email"
INSERT INTO "customer" ("id", "email") VALUES (60, «text:n@n.n») ON CONFLICT DO NOTHING
DELETE FROM "invoice" WHERE "invoice"."email" IN (SELECT U0."email" FROM "customer" U0 WHERE U0."id" = 1)
SELECT "customer"."email" FROM "customer" WHERE ("customer"."id" > 0 AND NOT (EXISTS(SELECT 1 AS "a" FROM "staff" V0 WHERE V0."email" = ("customer"."email") LIMIT 1))) ORDER BY "customer"."id" DESC LIMIT 10 OFFSET 0
SELECT "customer"."id" FROM "customer" WHERE ("customer"."born" = «date:1987-06-05» OR "customer"."born" IS NULL) ORDER BY "customer"."id"
SELECT "customer"."id" FROM "customer" WHERE "customer"."email" IN (SELECT U0."email" AS "email" FROM "staff" U0 GROUP BY 1 HAVING COUNT(*) >= 1) ORDER BY 1

-- as Rails sends
SELECT "customer".* FROM "customer" WHERE "customer"."email" = «text:ada@x.org» ORDER BY "customer"."id" ASC LIMIT «int8:1»
SELECT 1 AS one FROM "customer" WHERE "customer"."email" = «text:ada@x.org» AND "customer"."id" != «int4:1» LIMIT «int8:1»
SELECT "customer"."id", "customer"."email" FROM "customer" WHERE "customer"."email" IN ('ada@x.org', 'bob@x.org', '') ORDER BY "customer"."id"
SELECT "customer"."email" FROM "customer" WHERE ("customer"."email" = 'ada@x.org' OR "customer"."email" IS NULL) AND "customer"."level" = 42
INSERT INTO "customer" ("id", "email", "name", "tags", "doc") VALUES (60, «text:n@n.n», «text:N», '{a,b}', '{"k": [1, null]}') RETURNING "id"
INSERT INTO "customer" ("id","email","name") VALUES (60, 'a@b.c', 'A'), (61, 'b@b.c', 'B') ON CONFLICT ("email") DO UPDATE SET "name"=excluded."name" RETURNING "id"
INSERT INTO "customer" ("id","email","note") VALUES (1, 'ada@x.org', 'x') ON CONFLICT ("email") DO UPDATE SET note=(CASE WHEN ("customer"."nick" IS NOT DISTINCT FROM excluded."nick") THEN "customer".note ELSE 'changed' END) RETURNING "id", note
SELECT COUNT(DISTINCT "customer"."email") FROM "customer"
SELECT COUNT("customer"."level") AS count_level, "customer"."level" AS customer_level FROM "customer" GROUP BY "customer"."level"
SELECT "invoice"."id" AS t0_r0, "invoice"."email" AS t0_r1, "customer"."id" AS t1_r0, "customer"."name" AS t1_r1 FROM "invoice" LEFT OUTER JOIN "customer" ON "customer"."email" = "invoice"."email" WHERE "customer"."nick" = «varchar:ada» ORDER BY 1
DELETE FROM "customer" WHERE "customer"."id" IN (SELECT "customer"."id" FROM "customer" WHERE "customer"."email" = '' ORDER BY "customer"."id" ASC LIMIT 1)
UPDATE "customer" SET "level" = «int4:3», "active" = TRUE WHERE "customer"."id" = 2
SELECT DISTINCT ON ("customer"."level") "customer"."level", "customer"."id" FROM "customer" WHERE "customer"."level" IS NOT NULL AND "customer"."id" = 1

-- as Hibernate and EclipseLink send
select c1_0.id,c1_0.active,c1_0.born,c1_0.email,c1_0.wage from customer c1_0 where c1_0.email=«text:ada@x.org»
select c1_0.id from customer c1_0 where c1_0.email in (select s1_0.email from staff s1_0 where s1_0.name=«text:Ada») order by c1_0.id
select c1_0.id,c1_0.ref from customer c1_0 where c1_0.ref=«uuid:8d1f0f6e-0000-4000-8000-000000000001»
select count(c1_0.id) from customer c1_0 where c1_0.born=«date:1990-01-01» and c1_0.level=«int4:42»
insert into customer (active,born,email,level,name,nick,wage,id) values (true,«date:2000-02-29»,«text:h@h.h»,«int4:1»,«text:H»,«varchar:h»,«numeric:10.55»,60)
update customer set active=false,born=«date:2000-02-29»,email=«text:h@h.h»,level=«int4:1»,wage=«numeric:10.5» where id=1 and level=42
select s1_0.id,b1_0.email from staff s1_0 left join staff b1_0 on b1_0.id=s1_0.boss where s1_0.email=«text:eve@x.org» fetch first 2 rows only
select c1_0.email,row_number() over(partition by c1_0.level order by c1_0.id) from customer c1_0 where c1_0.id<3
select case when c1_0.email is null then 'none' else c1_0.email end from customer c1_0 order by c1_0.id offset 1 rows fetch first 3 rows only
select c1_0.id from customer c1_0 where (c1_0.email,c1_0.level) in (('ada@x.org',42),('bob@x.org',42)) order by 1
select c1_0.id from customer c1_0 where (c1_0.email,c1_0.level)=(«text:ada@x.org»,«int4:42»)
delete from customer c1_0 where c1_0.email=«text:» and c1_0.level=0
select c1_0.id, nullif(c1_0.email, '') from customer c1_0 order by c1_0.id
select c1_0.id, coalesce(c1_0.email, c1_0.email, 'x') from customer c1_0 order by 1
with recursive t(id, email, boss) as (select id, email, boss from staff where email=«text:ada@x.org» union all select s.id, s.email, s.boss from staff s join t on s.boss=t.id) select * from t order by id

-- as Prisma sends
SELECT "public"."customer"."id", "public"."customer"."email", "public"."customer"."born" FROM "public"."customer" WHERE ("public"."customer"."email" = «text:ada@x.org» AND 1=1) LIMIT 1 OFFSET 0
SELECT "public"."customer"."id" FROM "public"."customer" WHERE "public"."customer"."email" IN ('ada@x.org','bob@x.org') ORDER BY "public"."customer"."id" ASC OFFSET 0
SELECT "public"."customer"."id" FROM "public"."customer" WHERE ("public"."customer"."email" <> «text:ada@x.org» AND "public"."customer"."email" IS NOT NULL) ORDER BY 1 OFFSET 0
INSERT INTO "public"."customer" ("id","email","level","seen","doc") VALUES (60,«text:p@p.p»,«int4:4»,«timestamptz:2024-05-06 07:08:09.123+00»,'{"a":1}') RETURNING "public"."customer"."id", "public"."customer"."email", "public"."customer"."seen"
UPDATE "public"."customer" SET "email" = «text:q@q.q» WHERE ("public"."customer"."id" = 1 AND 1=1) RETURNING "public"."customer"."id", "public"."customer"."email"
INSERT INTO "public"."customer" ("id","email") VALUES (1,'ada@x.org') ON CONFLICT ("email") DO UPDATE SET "email" = 'z@z.z' WHERE ("public"."customer"."email" = 'ada@x.org' AND 1=1) RETURNING "public"."customer"."id", "public"."customer"."email"
SELECT COUNT(*) FROM (SELECT "public"."customer"."id" FROM "public"."customer" WHERE "public"."customer"."level" = «int4:42» OFFSET 0) AS "sub"
SELECT COUNT(*), "public"."customer"."level" FROM "public"."customer" WHERE 1=1 GROUP BY "public"."customer"."level" OFFSET 0
SELECT "t0"."id", "t1"."__prisma_data__" FROM "public"."plain" AS "t0" LEFT JOIN LATERAL (SELECT "t2"."email" AS "__prisma_data__" FROM "public"."customer" AS "t2" WHERE "t2"."id" = "t0"."id") AS "t1" ON true ORDER BY 1
SELECT "t0"."id", "agg"."x" FROM "public"."customer" AS "t0" LEFT JOIN LATERAL (SELECT COALESCE(JSONB_AGG("s"."d"), '[]') AS "x" FROM (SELECT JSONB_BUILD_OBJECT('id', "i"."id", 'card', "i"."card") AS "d" FROM "public"."invoice" AS "i" WHERE "i"."email" = "t0"."email" ORDER BY "i"."id") AS "s") AS "agg" ON true WHERE "t0"."id" = 1

-- as SQLAlchemy sends
SELECT customer.id AS customer_id, customer.email AS customer_email FROM customer WHERE customer.email = «varchar:ada@x.org»::VARCHAR
SELECT customer.id FROM customer WHERE customer.born = «date:1990-01-01»::DATE AND customer.level = «int4:42»::INTEGER
INSERT INTO customer (id, email, wage, born) SELECT p0::INTEGER, p1::VARCHAR, p2::NUMERIC(10, 2), p3::DATE FROM (VALUES (60, 'a@b.c', 1.5, '2001-01-01', 0), (61, 'b@b.c', 2.25, '2001-01-02', 1)) AS imp_sen(p0, p1, p2, p3, sen_counter) ORDER BY sen_counter RETURNING customer.id, customer.id AS id__1
SELECT anon_1.email FROM (SELECT customer.email AS email FROM customer WHERE customer.level = «int4:42»::INTEGER) AS anon_1 WHERE anon_1.email = «varchar:ada@x.org»::VARCHAR
SELECT customer.id FROM customer WHERE customer.email IN ('ada@x.org'::VARCHAR, 'bob@x.org'::VARCHAR) ORDER BY customer.id
SELECT customer.id FROM customer WHERE (customer.email NOT IN ('ada@x.org'::VARCHAR, 'bob@x.org'::VARCHAR)) ORDER BY customer.id
SELECT EXISTS (SELECT 1 FROM customer WHERE customer.email = «varchar:ada@x.org»::VARCHAR) AS anon_1
UPDATE customer SET email=«varchar:n@n.n»::VARCHAR, born=«date:1999-09-09»::DATE, ref=«uuid:8d1f0f6e-0000-4000-8000-0000000000ff»::UUID WHERE customer.id = 1::INTEGER RETURNING customer.email, customer.born, customer.ref
SELECT customer.email, coalesce(customer.name, «varchar:none»::VARCHAR) AS coalesce_1 FROM customer ORDER BY customer.id
SELECT CAST(customer.level AS VARCHAR) AS level, CAST(customer.born AS VARCHAR) FROM customer ORDER BY customer.id
SELECT CAST(customer.wage AS INTEGER), CAST(customer.wage AS DOUBLE PRECISION) FROM customer ORDER BY customer.id
SELECT customer.email AS email, 'customer' AS kind FROM customer WHERE id = 1 UNION ALL SELECT staff.email AS email, 'staff' AS kind FROM staff WHERE id = 1
SELECT c.email FROM customer AS c JOIN staff AS s ON c.email = s.email AND c.level = s.level ORDER BY c.id

-- as Ecto, sqlc, pgx and GORM send
SELECT c0."id", c0."email" FROM "customer" AS c0 WHERE (c0."email" = ANY(«text[]:{ada@x.org,bob@x.org}»)) ORDER BY c0."id"
SELECT c0."id" FROM "customer" AS c0 WHERE (NOT (c0."email" = ANY(«text[]:{ada@x.org}»))) ORDER BY c0."id"
SELECT c0."id" FROM "customer" AS c0 WHERE (c0."level" = ANY(«int4[]:{42,0}»)) ORDER BY c0."id"
SELECT c0."id" FROM "customer" AS c0 WHERE (c0."ref" = ANY(«uuid[]:{8d1f0f6e-0000-4000-8000-000000000001}»)) ORDER BY c0."id"
SELECT c0."id" FROM "customer" AS c0 WHERE (c0."born" = ANY(«date[]:{1987-06-05,1990-01-01}»)) ORDER BY c0."id"
INSERT INTO "customer" AS c0 ("id","email","name") VALUES (1,'ada@x.org','A') ON CONFLICT ("id") DO UPDATE SET "email" = EXCLUDED."email", "name" = EXCLUDED."name" RETURNING "id","email"
INSERT INTO customer (id, email, name) SELECT unnest(«int4[]:{60,61}»), unnest(«text[]:{a@b.c,b@b.c}»), unnest(«text[]:{A,B}») RETURNING id, email, name
INSERT INTO customer (id, email) SELECT * FROM unnest(«int4[]:{60,61}», «text[]:{a@b.c,b@b.c}») AS t (id, email) RETURNING id, email
UPDATE customer SET email = v.email FROM (SELECT unnest(«int4[]:{1,2}») AS id, unnest(«text[]:{a@b.c,b@b.c}») AS email) AS v WHERE customer.id = v.id
UPDATE customer AS c SET name = v.name FROM unnest(«int4[]:{1,2}», «text[]:{X,Y}») AS v (id, name) WHERE c.id = v.id RETURNING c.id, c.name
SELECT * FROM "customer" WHERE "customer"."email" = «text:ada@x.org» AND "customer"."note" IS NOT NULL ORDER BY "customer"."id" LIMIT 1
DELETE FROM customer WHERE email = ANY(«text[]:{"",nobody}») RETURNING id
SELECT sqlc.email, sqlc.n FROM (SELECT email, count(*) AS n FROM invoice GROUP BY email) sqlc ORDER BY n, 1 IS NULL
SELECT id FROM customer WHERE email = «text:ada@x.org» FOR NO KEY UPDATE SKIP LOCKED

-- as Sequelize, Drizzle, TypeORM and Knex send
SELECT "id", "email", "wage" FROM "customer" AS "Customer" WHERE "Customer"."email" = 'ada@x.org' LIMIT 1
SELECT count("Customer"."id") AS "count" FROM "customer" AS "Customer" LEFT OUTER JOIN "invoice" AS "invoices" ON "Customer"."email" = "invoices"."email" WHERE "Customer"."level" = 42
INSERT INTO "customer" ("id","email","tags") VALUES (60,«text:s@s.s»,ARRAY['a','b']::TEXT[]) RETURNING "id","email","tags"
INSERT INTO "customer" ("id","email","tags") VALUES (60,«text:s@s.s»,ARRAY[]::TEXT[]) RETURNING "tags"
select "id", "email" from "customer" where ("customer"."email" = «text:ada@x.org» and "customer"."level" = «int4:42») limit 1
select "customer"."id", "invoices"."data" from "customer" left join lateral (select coalesce(json_agg(json_build_array("i"."id", "i"."card", "i"."due")), '[]'::json) as "data" from (select * from "invoice" "i" where "i"."email" = "customer"."email" order by "i"."id") "i") "invoices" on true where "customer"."id" = 1
insert into "customer" ("id", "email", "name") values (60, default, default) returning "email", "name"
insert into "customer" ("id", "email") values (1, 'ada@x.org') on conflict ("id") do update set "email" = excluded."email" where "customer"."email" is distinct from excluded."email" returning "id"
select distinct "email" from "customer" where "email" is not null and "id" = 1
SELECT "c"."id" AS "c_id", "c"."email" AS "c_email" FROM "customer" "c" LEFT JOIN "staff" "s" ON "s"."email"="c"."email" WHERE "c"."email" IN (SELECT "email" FROM "invoice") ORDER BY "c"."id"
START TRANSACTION READ ONLY
update "customer" set "email" = «text:k@k.k», "n" = "n" + 1 where "id" = 1 returning "email", "n"
select * from "customer" where exists (select 1 from "invoice" where "invoice"."email" = "customer"."email" and "invoice"."card" is not null) order by "id"

-- as Laravel, Doctrine and EF Core send
select * from "customer" where "email" = «text:ada@x.org» limit 1
select exists(select * from "customer" where "email" = «text:ada@x.org») as "exists"
select count(*) as aggregate from "customer" where "email" = «text:ada@x.org» and "id" <> «int4:1»
insert into "customer" ("id", "email") values (60, 'u@u.u'), (61, 'v@v.v') on conflict ("email") do nothing
insert into "customer" ("id", "email", "name") values (60, 'u@u.u', 'U') on conflict ("email") do update set "name" = "excluded"."name"
SELECT t0.id AS id_1, t0.email AS email_2, t0.born AS born_3 FROM customer t0 WHERE t0.email = «text:ada@x.org» AND t0.born = «date:1987-06-05» LIMIT 1
SELECT c0_.id AS id_0, c0_.email AS email_1 FROM customer c0_ INNER JOIN invoice i1_ ON (i1_.email = c0_.email) WHERE i1_.due = «date:1990-01-01»
SELECT c."id", c."email", c."seen" FROM customer AS c WHERE c."email" = «text:ada@x.org» OR (c."email" IS NULL AND c."level" IS NULL) ORDER BY 1
SELECT c."id" FROM customer AS c WHERE c."email" = ANY («text[]:{ada@x.org,NULL}») OR c."email" IS NULL ORDER BY c."id"
SELECT CASE WHEN c."email" = «text:ada@x.org» AND (c."email" IS NOT NULL) THEN TRUE ELSE FALSE END FROM customer AS c ORDER BY c."id"
INSERT INTO customer ("id", "email", "opens", "wage", "ref") VALUES (60, «text:e@e.e», «time:08:30:00», «numeric:12.345», «uuid:8d1f0f6e-0000-4000-8000-00000000000a») RETURNING "id", "wage"
UPDATE customer SET "email" = «text:e@e.e», "joined" = «timestamp:2024-01-01 01:02:03.456» WHERE "id" = 1
SELECT t."email", t."c" FROM (SELECT c."email", COUNT(*)::int AS "c" FROM customer AS c GROUP BY c."email") AS t WHERE t."email" = «text:ada@x.org»
SELECT COALESCE(c."email", '') AS "e", c."level" = 42 AS "b" FROM customer AS c ORDER BY c."id"
DELETE FROM customer AS c WHERE c."id" IN (SELECT c0."id" FROM customer AS c0 WHERE c0."email" = '')

-- as PostgREST and Hasura send
WITH pgrst_source AS (SELECT "public"."customer"."id", "public"."customer"."email" FROM "public"."customer" WHERE "public"."customer"."email" = «text:ada@x.org» LIMIT 10 OFFSET 0) SELECT null::bigint AS total_result_set, pg_catalog.count(_postgrest_t) AS page_total, coalesce(json_agg(json_build_object('id', _postgrest_t.id, 'email', _postgrest_t.email)), '[]') AS body FROM (SELECT * FROM pgrst_source) _postgrest_t
SELECT coalesce(json_agg("root"), '[]') AS "root" FROM (SELECT row_to_json((SELECT "_e" FROM (SELECT "_r"."id" AS "id", "_r"."email" AS "email") AS "_e")) AS "root" FROM (SELECT * FROM "public"."customer" WHERE "email" = «text:ada@x.org») AS "_r") AS "_root"
SELECT json_build_object('data', (SELECT json_agg(json_build_object('e', email, 'w', wage, 'b', born) ORDER BY id) FROM customer))

-- as Metabase and report writers send
SELECT "source"."email" AS "email", COUNT(*) AS "count" FROM (SELECT "public"."invoice"."email" AS "email" FROM "public"."invoice") AS "source" GROUP BY "source"."email" ORDER BY "count" DESC, "source"."email" IS NULL LIMIT 1
SELECT "level", SUM("n") AS "sum", AVG("n"), MAX("id") FROM "customer" WHERE "level" = 42 GROUP BY "level"
SELECT DATE_TRUNC('month', "made") AS "made", COUNT(DISTINCT "email") FROM "customer" GROUP BY DATE_TRUNC('month', "made")
SELECT "c"."level", GROUPING("c"."level"), COUNT(*) FROM "customer" "c" GROUP BY ROLLUP ("c"."level") HAVING COUNT(*) > 1 ORDER BY 3 DESC
SELECT "email", "place", COUNT(*) FROM "invoice" GROUP BY GROUPING SETS (("email"), ("place"), ()) ORDER BY 3, 2, 1 IS NULL
SELECT "i"."email", SUM("i"."id") FILTER (WHERE "i"."place" = 'Ulm') FROM "invoice" "i" WHERE "i"."email" = 'ada@x.org' GROUP BY 1
SELECT email, RANK() OVER (ORDER BY id), COUNT(*) OVER (PARTITION BY email), NTILE(2) OVER (ORDER BY id) FROM invoice ORDER BY id
SELECT email, FIRST_VALUE(card) OVER w, LAST_VALUE(card) OVER w, NTH_VALUE(card, 2) OVER w FROM invoice WINDOW w AS (PARTITION BY email ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) ORDER BY id
SELECT c.email, x.n FROM customer c CROSS JOIN LATERAL (SELECT count(*) AS n FROM invoice i WHERE i.email = c.email) x WHERE c.id = 1
SELECT c.email FROM customer c TABLESAMPLE BERNOULLI (100) WHERE c.id = 1
