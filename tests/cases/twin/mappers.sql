-- Django: reading
SELECT "customer"."id", "customer"."email", "customer"."name", "customer"."born" FROM "customer" WHERE "customer"."email" = «text:ada@x.org» LIMIT 21
SELECT "customer"."id", "customer"."email" FROM "customer" WHERE "customer"."email" IN («text:ada@x.org», «text:bob@x.org») ORDER BY "customer"."id" ASC
SELECT (1) AS "a" FROM "customer" WHERE "customer"."email" = «text:ada@x.org» LIMIT 1
SELECT COUNT(*) AS "__count" FROM "customer" WHERE NOT ("customer"."email" = «text:ada@x.org» AND "customer"."email" IS NOT NULL)
SELECT "invoice"."id", "invoice"."card", "customer"."id", "customer"."email" FROM "invoice" LEFT OUTER JOIN "customer" ON ("invoice"."email" = "customer"."email") WHERE "customer"."born" = «date:1987-06-05» ORDER BY "invoice"."id" DESC
SELECT "customer"."email", COUNT("invoice"."id") AS "bills" FROM "customer" LEFT OUTER JOIN "invoice" ON ("customer"."email" = "invoice"."email") GROUP BY "customer"."id", "customer"."email" HAVING COUNT("invoice"."id") > «int4:0» ORDER BY "bills" DESC, "customer"."id" ASC
SELECT "customer"."id" AS "col1", EXISTS(SELECT 1 AS "a" FROM "invoice" U0 WHERE U0."email" = ("customer"."email") LIMIT 1) AS "has" FROM "customer"
SELECT "customer"."id", (SELECT U0."card" FROM "invoice" U0 WHERE U0."email" = ("customer"."email") ORDER BY U0."id" DESC LIMIT 1) AS "last_card" FROM "customer"
SELECT DISTINCT "invoice"."email" AS "email" FROM "invoice" WHERE "invoice"."email" IS NOT NULL
SELECT "customer"."id", CASE WHEN "customer"."email" = «text:ada@x.org» THEN «text:vip»::text ELSE «text:std»::text END AS "kind" FROM "customer"
SELECT "customer"."id" FROM "customer" WHERE ("customer"."email" = «text:ada@x.org» OR ("customer"."level" = «int4:0» AND NOT ("customer"."born" IS NULL)))
SELECT "customer"."id" FROM "customer" WHERE "customer"."id" IN (SELECT U0."id" FROM "customer" U0 WHERE U0."email" = «text:ada@x.org»)
SELECT "customer"."id", "customer"."email" FROM "customer" WHERE "customer"."id" > «int4:1» ORDER BY "customer"."id" ASC LIMIT 2 OFFSET 1
SELECT "customer"."id", "customer"."email" FROM "customer" WHERE "customer"."id" = «int4:1» FOR UPDATE OF "customer" NOWAIT
SELECT "customer"."id" FROM "customer" WHERE "customer"."tags" @> (ARRAY[«text:x»])::text[]
SELECT "customer"."id" FROM "customer" WHERE "customer"."tags" && (ARRAY[«text:x», «text:q»])::text[]
SELECT "customer"."id" FROM "customer" WHERE "customer"."tags" = (ARRAY[«text:x», «text:y z»])::text[]
SELECT COUNT(*) FROM (SELECT DISTINCT "customer"."email" AS "col1" FROM "customer") subquery
SELECT "t"."id", "t"."email" FROM (SELECT "customer"."id", "customer"."email", ROW_NUMBER() OVER (PARTITION BY "customer"."level" ORDER BY "customer"."id") AS "rn" FROM "customer") "t" WHERE "t"."rn" = 1
(SELECT "customer"."email" AS "col1" FROM "customer") UNION (SELECT "invoice"."email" AS "col1" FROM "invoice") LIMIT 21

-- Django: writing
INSERT INTO "customer" ("id", "email", "name", "born", "active") VALUES («int4:80», «text:dj@x.org», «text:Dj», «date:2001-02-03», «bool:true») RETURNING "customer"."id"
INSERT INTO "staff" ("id", "email", "name") VALUES (80, «text:a@x.org», «text:A»), (81, «text:b@x.org», NULL) ON CONFLICT DO NOTHING
INSERT INTO "customer" ("id", "email", "name") VALUES (80, «text:ada@x.org», «text:A») ON CONFLICT("email") DO UPDATE SET "name" = EXCLUDED."name"
UPDATE "customer" SET "email" = «text:n@x.org», "name" = «text:N», "level" = «int4:4» WHERE "customer"."id" = «int4:3»
UPDATE "staff" SET "name" = CASE WHEN ("staff"."id" = 1) THEN «text:One» WHEN ("staff"."id" = 2) THEN «text:Two» ELSE NULL END WHERE "staff"."id" IN (1, 2)
UPDATE "staff" SET "level" = (CASE WHEN ("staff"."id" = 1) THEN «int4:7» WHEN ("staff"."id" = 2) THEN «int4:8» ELSE NULL END)::integer WHERE "staff"."id" IN (1, 2)
UPDATE "customer" SET "n" = ("customer"."n" + 1) WHERE "customer"."email" = «text:ada@x.org»
DELETE FROM "invoice" WHERE "invoice"."email" IN («text:ada@x.org»)
DELETE FROM "staff" WHERE "staff"."id" IN (SELECT U0."id" FROM "staff" U0 WHERE U0."email" = «text:ada@x.org»)

-- Rails: ActiveRecord
SELECT "customer".* FROM "customer" WHERE "customer"."email" = «text:ada@x.org» LIMIT «int8:1»
SELECT 1 AS one FROM "customer" WHERE "customer"."email" = «text:ada@x.org» LIMIT «int8:1»
SELECT 1 AS one FROM "customer" WHERE "customer"."email" = «text:ada@x.org» AND "customer"."id" != «int4:1» LIMIT «int8:1»
SELECT "customer"."email" FROM "customer" ORDER BY "customer"."id" ASC
SELECT COUNT(*) AS "count_all", "invoice"."email" AS "invoice_email" FROM "invoice" GROUP BY "invoice"."email"
SELECT COUNT(DISTINCT "invoice"."email") FROM "invoice"
SELECT "invoice".* FROM "invoice" WHERE "invoice"."email" IN (SELECT "customer"."email" FROM "customer" WHERE "customer"."level" = «int4:42»)
SELECT "customer"."id" AS t0_r0, "customer"."email" AS t0_r1, "invoice"."id" AS t1_r0, "invoice"."card" AS t1_r1 FROM "customer" LEFT OUTER JOIN "invoice" ON "invoice"."email" = "customer"."email" WHERE "customer"."id" = «int4:1»
SELECT "customer".* FROM "customer" INNER JOIN "invoice" ON "invoice"."email" = "customer"."email" WHERE "invoice"."place" = «text:Ulm» AND "customer"."email" IS NOT NULL
SELECT "customer".* FROM "customer" WHERE ("customer"."email" = «text:ada@x.org» OR "customer"."email" IS NULL) ORDER BY "customer"."id" DESC LIMIT «int8:5» OFFSET «int8:0»
SELECT "customer".* FROM "customer" WHERE (email = 'ada@x.org' and level in (42, 43))
SELECT "customer".* FROM "customer" WHERE «text:x» = ANY("customer"."tags")
SELECT "customer".* FROM "customer" WHERE "customer"."email" NOT IN («text:ada@x.org», «text:bob@x.org»)
INSERT INTO "customer" ("id", "email", "name", "doc") VALUES («int4:82», «text:ar@x.org», «text:Ar», «jsonb:{"k": 1}») RETURNING "id"
INSERT INTO "customer" ("id","email","name") VALUES (82, 'up@x.org', 'Up') ON CONFLICT ("email") DO UPDATE SET "name"=excluded."name" RETURNING "id"
INSERT INTO "staff" ("id","email") VALUES (82, 'u1@x.org'), (83, 'u2@x.org') ON CONFLICT ("id") DO UPDATE SET "email"=excluded."email" RETURNING "id"
INSERT INTO "customer" ("id","email","n") VALUES (82, 'ada@x.org', 5) ON CONFLICT ("email") DO UPDATE SET n=(CASE WHEN ("customer"."email" IS NOT DISTINCT FROM excluded."email") THEN "customer".n ELSE 0 END),"email"=excluded."email" RETURNING "id"
UPDATE "customer" SET "email" = «text:r@x.org», "born" = «date:2000-01-02» WHERE "customer"."id" = «int4:3»
UPDATE "customer" SET "email" = NULL WHERE "customer"."id" IN (SELECT "customer"."id" FROM "customer" WHERE "customer"."level" = «int4:0» AND "customer"."id" > 100)
DELETE FROM "invoice" WHERE "invoice"."id" = «int4:10»
SELECT "customer".* FROM "customer" WHERE "customer"."id" = «int4:1» LIMIT «int8:1» FOR UPDATE

-- Hibernate and JPA
select c1_0.id,c1_0.email,c1_0.name from customer c1_0 where c1_0.email=«varchar:ada@x.org»
select c1_0.id,c1_0.email,c1_0.born from customer c1_0 where c1_0.email=«text:ada@x.org» and c1_0.born=«date:1987-06-05»
select c1_0.id,i1_0.id,i1_0.card from customer c1_0 left join invoice i1_0 on c1_0.email=i1_0.email where c1_0.id=«int4:1»
select count(c1_0.id) from customer c1_0 where c1_0.email is not null
select count(*) from (select c1_0.email c0 from customer c1_0 group by c1_0.email) t
select distinct c1_0.email from invoice c1_0
select c1_0.id from customer c1_0 where c1_0.email in («varchar:ada@x.org»,«varchar:bob@x.org») order by c1_0.id offset «int8:0» rows fetch first «int8:10» rows only
select c1_0.id,c1_0.email from customer c1_0 where exists(select 1 from invoice i1_0 where i1_0.email=c1_0.email)
select case when (count(c1_0.id)>0) then true else false end from customer c1_0 where c1_0.email=«varchar:ada@x.org»
select c1_0.id from customer c1_0 where coalesce(c1_0.email,'')=«varchar:»
select c1_0.id,coalesce(c1_0.email,'unknown') from customer c1_0
select c1_0.id from customer c1_0 where (c1_0.email,c1_0.level)=(«varchar:ada@x.org»,«int4:42»)
select c1_0.id from customer c1_0 where (c1_0.email,c1_0.born) in ((«varchar:ada@x.org»,«date:1987-06-05»),('bob@x.org','1990-01-01'))
insert into customer (email,name,born,id) values («varchar:hb@x.org»,«varchar:Hb»,«date:2001-02-03»,«int4:84»)
update customer set email=«varchar:h2@x.org»,name=«varchar:H2» where id=«int4:3»
delete from staff s1_0 where s1_0.email=«varchar:ada@x.org»
select c1_0.id from customer c1_0 where c1_0.email=cast(«varchar:ada@x.org» as varchar)
select c1_0.id from customer c1_0 where «varchar:\N» is null or c1_0.email=«varchar:ada@x.org»
select c1_0.id from customer c1_0 where c1_0.id=«int4:1» for no key update
select c1_0.id from customer c1_0 where c1_0.ref=«uuid:8d1f0f6e-0000-4000-8000-000000000001»

-- Prisma
SELECT "public"."customer"."id", "public"."customer"."email" FROM "public"."customer" WHERE ("public"."customer"."email" = «text:ada@x.org» AND 1=1) LIMIT «int8:1» OFFSET «int8:0»
SELECT "public"."customer"."id" FROM "public"."customer" WHERE "public"."customer"."email" IN («text:ada@x.org»,«text:bob@x.org») ORDER BY "public"."customer"."id" ASC OFFSET «int8:0»
SELECT "public"."customer"."id", "public"."customer"."tags" FROM "public"."customer" WHERE "public"."customer"."tags" @> ARRAY[«text:x»]::text[] OFFSET «int8:0»
SELECT COUNT(*) FROM (SELECT "public"."customer"."id" FROM "public"."customer" WHERE "public"."customer"."email" <> «text:ada@x.org» OFFSET «int8:0») AS "sub"
INSERT INTO "public"."customer" ("id","email","tags") VALUES («int4:85»,«text:pr@x.org»,«text[]:{a,b}») RETURNING "public"."customer"."id", "public"."customer"."email", "public"."customer"."tags"
UPDATE "public"."customer" SET "email" = «text:p2@x.org», "tags" = ARRAY[«text:a»,«text:b»] WHERE ("public"."customer"."id" = «int4:3» AND 1=1) RETURNING "public"."customer"."id", "public"."customer"."email"
INSERT INTO "public"."customer" ("id","email","name") VALUES («int4:85»,«text:ada@x.org»,«text:P») ON CONFLICT ("email") DO UPDATE SET "name" = «text:Q» WHERE ("public"."customer"."email" = «text:ada@x.org» AND 1=1) RETURNING "public"."customer"."id", "public"."customer"."name"
DELETE FROM "public"."invoice" WHERE ("public"."invoice"."email" = «text:ada@x.org» AND 1=1) RETURNING "public"."invoice"."id"
SELECT "t0"."id", "t0"."email", "t1"."card" FROM "public"."customer" AS "t0" LEFT JOIN LATERAL (SELECT "t2"."card" FROM "public"."invoice" AS "t2" WHERE "t0"."email" = "t2"."email" ORDER BY "t2"."id" LIMIT 1) AS "t1" ON TRUE

-- SQLAlchemy
SELECT customer.id, customer.email AS customer_email FROM customer WHERE customer.email = «varchar:ada@x.org»::VARCHAR
SELECT customer.id FROM customer WHERE customer.email IN («varchar:ada@x.org»::VARCHAR, «varchar:bob@x.org»::VARCHAR)
SELECT anon_1.id, anon_1.email FROM (SELECT customer.id AS id, customer.email AS email FROM customer WHERE customer.email = «varchar:ada@x.org»::VARCHAR) AS anon_1 ORDER BY anon_1.id
SELECT count(*) AS count_1 FROM (SELECT customer.id AS customer_id FROM customer WHERE customer.born = «date:1987-06-05»::DATE) AS anon_1
SELECT customer_1.id, customer_1.email, invoice_1.id AS id_1 FROM customer AS customer_1 JOIN invoice AS invoice_1 ON customer_1.email = invoice_1.email
WITH regional AS (SELECT invoice.email AS email, sum(invoice.total) AS total FROM invoice GROUP BY invoice.email), top AS (SELECT regional.email AS email FROM regional WHERE regional.total > «numeric:1»::NUMERIC) SELECT customer.id, customer.email FROM customer WHERE customer.email IN (SELECT top.email FROM top)
INSERT INTO staff (id, email, name) SELECT p0::INTEGER, p1::VARCHAR, p2::VARCHAR FROM (VALUES («int4:86», «varchar:sa@x.org», «varchar:Sa», 0), (87, 'sb@x.org', NULL, 1)) AS imp_sen(p0, p1, p2, sen_counter) ORDER BY sen_counter RETURNING staff.id, staff.id AS id__1
INSERT INTO customer (id, email, doc) VALUES («int4:86»::INTEGER, «varchar:sa@x.org»::VARCHAR, «jsonb:{"a": [1]}»::JSONB) RETURNING customer.id
UPDATE staff SET email=«varchar:su@x.org»::VARCHAR WHERE staff.id = «int4:1»::INTEGER
UPDATE staff SET name=(SELECT p.name FROM person AS p WHERE p.id = staff.id) WHERE staff.id = 1
DELETE FROM staff USING customer WHERE staff.email = customer.email AND customer.level = «int4:42»::INTEGER
SELECT customer.id FROM customer WHERE customer.email IS NULL OR customer.email != «varchar:ada@x.org»::VARCHAR
SELECT customer.id FROM customer WHERE customer.email = ANY (ARRAY[«varchar:ada@x.org»::VARCHAR, «varchar:bob@x.org»::VARCHAR])
SELECT customer.id FROM customer WHERE customer.email = ANY («varchar[]:{ada@x.org}»::VARCHAR[])
SELECT customer.id, customer.email FROM customer, LATERAL (SELECT invoice.card AS card FROM invoice WHERE invoice.email = customer.email LIMIT 1) AS l
SELECT CAST(customer.born AS VARCHAR) AS born FROM customer
SELECT customer.wage FROM customer WHERE customer.wage = «numeric:100.50»::NUMERIC(10, 2)

-- Ecto
SELECT c0."id", c0."email" FROM "customer" AS c0 WHERE (c0."email" = «text:ada@x.org»)
SELECT c0."id", c0."email" FROM "customer" AS c0 WHERE (c0."email" = ANY(«text[]:{ada@x.org,bob@x.org}»))
SELECT TRUE FROM "customer" AS c0 WHERE (c0."email" = «text:ada@x.org») LIMIT 1
SELECT sc0."email", count(*) FROM (SELECT ss0."email" AS "email" FROM "invoice" AS ss0) AS sc0 GROUP BY sc0."email"
INSERT INTO "staff" ("email","id","name") VALUES («text:ec@x.org»,«int4:88»,«text:Ec») ON CONFLICT ("id") DO UPDATE SET "email" = EXCLUDED."email", "name" = EXCLUDED."name" RETURNING "id"
UPDATE "staff" AS s0 SET "email" = «text:ex@x.org» WHERE (s0."id" = «int4:1»)
DELETE FROM "staff" AS s0 WHERE (s0."email" = «text:ada@x.org»)
SELECT c0."id" FROM "customer" AS c0 INNER JOIN "invoice" AS i1 ON i1."email" = c0."email" WHERE (i1."due" = «date:1990-01-01») AND (NOT (c0."name" IS NULL))

-- Laravel: Eloquent
select * from "customer" where "email" = «text:ada@x.org» limit 1
select * from "customer" where "email" in («text:ada@x.org», «text:bob@x.org») and "name" is not null
select exists(select * from "customer" where "email" = «text:ada@x.org») as "exists"
select count(*) as aggregate from "customer" where "email" = «text:ada@x.org»
select "invoice".*, "customer"."name" as "customer_name" from "invoice" inner join "customer" on "customer"."email" = "invoice"."email" where "customer"."id" = «int4:1»
insert into "customer" ("email", "name", "id") values («text:la@x.org», «text:La», «int4:89») returning "id"
insert into "staff" ("email", "id") values ('la@x.org', 89), ('lb@x.org', 90) on conflict ("id") do update set "email" = "excluded"."email"
insert into "staff" ("id", "email") select "id" + 300, "email" from "customer" where "email" = «text:ada@x.org»
update "customer" set "email" = «text:l2@x.org», "n" = "n" + 1 where "id" = «int4:1»
delete from "staff" where "email" = «text:ada@x.org» and "level" is not null
select * from "customer" where ("email" = «text:ada@x.org» or "born" = «date:1990-01-01») and "id" > 0 order by "id" desc limit 15 offset 0
select distinct "email" from "invoice"
update "staff" set "email" = "c"."email" from "customer" as "c" where "c"."id" = "staff"."id"

-- GORM and sqlx in Go
SELECT * FROM "customer" WHERE email = «text:ada@x.org» ORDER BY "customer"."id" LIMIT 1
SELECT "customer"."id","customer"."email" FROM "customer" WHERE "customer"."email" = «text:ada@x.org» AND "customer"."id" = «int4:1»
SELECT * FROM "customer" WHERE (email = «text:ada@x.org» AND level = «int4:42») OR email IS NULL
INSERT INTO "customer" ("email","name","active","id") VALUES («text:go@x.org»,«text:Go»,«bool:false»,«int4:91») ON CONFLICT ("id") DO UPDATE SET "email"="excluded"."email","name"="excluded"."name" RETURNING "id"
UPDATE "customer" SET "email"=«text:g2@x.org»,"seen"=«timestamptz:2024-02-03 04:05:06+00» WHERE "id" = «int4:1»
SELECT count(*) FROM "customer" WHERE email <> «text:ada@x.org»
SELECT "email" FROM "customer" WHERE id IN (SELECT id FROM customer WHERE email = ANY(«text[]:{ada@x.org}»))

-- jOOQ
select "public"."customer"."id", "public"."customer"."email" from "public"."customer" where "public"."customer"."email" = «text:ada@x.org»
select "c"."id" from "public"."customer" as "c" where ("c"."email", "c"."born") = («text:ada@x.org», cast(«date:1987-06-05» as date))
select "c"."id" from "public"."customer" as "c" where "c"."born" = cast('1987-06-05' as date) and "c"."seen" is not null
insert into "public"."staff" ("id", "email", "name") values (cast(«int4:92» as int), «text:jo@x.org», «text:Jo») on conflict ("id") do update set "email" = excluded."email" returning "public"."staff"."id", "public"."staff"."email"
select "public"."customer"."email", "public"."customer"."wage" from "public"."customer" where "public"."customer"."wage" = cast(«numeric:100.50» as numeric(10, 2))
select * from (values (cast(«text:ada@x.org» as text), 1)) as "v" ("e", "k") join "public"."customer" on "v"."e" = "public"."customer"."email"
merge into "public"."staff" using (select «int4:1» as "id", «text:mg@x.org» as "email") as "s" on "public"."staff"."id" = "s"."id" when matched then update set "email" = "s"."email" when not matched then insert ("id", "email") values ("s"."id", "s"."email")

-- TypeORM, Sequelize, Knex, Drizzle
SELECT "Customer"."id" AS "Customer_id", "Customer"."email" AS "Customer_email" FROM "customer" "Customer" WHERE (("Customer"."email" = «text:ada@x.org»)) LIMIT 1
SELECT DISTINCT "distinctAlias"."Customer_id" AS "ids_Customer_id" FROM (SELECT "Customer"."id" AS "Customer_id", "Customer"."email" AS "Customer_email" FROM "customer" "Customer" WHERE (("Customer"."email" = «text:ada@x.org»))) "distinctAlias" ORDER BY "Customer_id" ASC LIMIT 1
SELECT "id", "email", "name" FROM "customer" AS "Customer" WHERE "Customer"."email" = 'ada@x.org' AND "Customer"."level" IN (42, 43) LIMIT 1
INSERT INTO "customer" ("id","email","name") VALUES («int4:93»,«text:se@x.org»,«text:Se») RETURNING "id","email","name"
INSERT INTO "staff" ("id","email") VALUES (93,'s1@x.org'),(94,'s2@x.org') ON CONFLICT ("id") DO UPDATE SET "email"=EXCLUDED."email" RETURNING "id","email","boss","name","level"
select "customer".*, "i"."card" from "customer" left join "invoice" as "i" on "i"."email" = "customer"."email" where "customer"."email" = «text:ada@x.org» and "i"."id" is not null
select "id", "email" from "customer" where ("customer"."email" = «text:ada@x.org» and "customer"."born" = «date:1987-06-05») limit «int8:5»
select "customer"."id", "orders"."data" as "orders" from "customer" left join lateral (select coalesce(json_agg(json_build_array("o"."id", "o"."place") order by "o"."id"), '[]'::json) as "data" from "invoice" "o" where "o"."email" = "customer"."email") "orders" on true

-- reports
SELECT date_trunc('month', c.made) AS month, count(*) AS n, count(DISTINCT c.email) AS people FROM customer c GROUP BY 1 ORDER BY 1
SELECT i.place, count(*) FILTER (WHERE i.email = «text:ada@x.org») AS hers, sum(i.total) AS total FROM invoice i GROUP BY i.place ORDER BY i.place NULLS LAST
SELECT c.email, sum(i.total) AS total, rank() OVER (ORDER BY sum(i.total) DESC NULLS LAST) AS place FROM customer c JOIN invoice i ON i.email = c.email GROUP BY c.email
SELECT email, total, total - lag(total) OVER (PARTITION BY email ORDER BY id) AS delta FROM invoice
SELECT c.level, count(*), array_agg(c.id ORDER BY c.id) FROM customer c GROUP BY c.level HAVING count(*) > 1
SELECT x.email, x.n FROM (SELECT email, count(*) AS n FROM invoice GROUP BY email) x WHERE x.n >= «int8:1» ORDER BY x.n DESC, x.email IS NULL
SELECT c.id, c.email, s.total FROM customer c LEFT JOIN (SELECT email, sum(total) AS total FROM invoice GROUP BY email) s USING (email) ORDER BY s.total DESC NULLS LAST, c.id
SELECT extract(year FROM c.made), c.email FROM customer c WHERE c.made >= «timestamptz:2000-01-01 00:00:00+00» AND c.email IS NOT NULL
WITH m AS (SELECT email, max(id) AS last FROM invoice GROUP BY email) SELECT i.* FROM invoice i JOIN m ON m.last = i.id AND m.email IS NOT DISTINCT FROM i.email
WITH a AS (SELECT DISTINCT email FROM invoice), b AS (SELECT email FROM a EXCEPT SELECT email FROM staff), c AS (SELECT b.email, count(*) OVER () AS n FROM b) SELECT * FROM c
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY total) FROM invoice WHERE email = «text:ada@x.org»
SELECT string_agg(i.place, ', ' ORDER BY i.id), i.email FROM invoice i GROUP BY i.email
SELECT json_build_object('id', id, 'n', n) AS o, email FROM customer WHERE id = 1
SELECT c.id, (SELECT count(*) FROM invoice i WHERE i.email = c.email) AS bills, (SELECT array_agg(i.card ORDER BY i.id) FROM invoice i WHERE i.email = c.email) AS cards FROM customer c ORDER BY c.id
SELECT bool_or(email IS NULL), bool_and(email IS NOT NULL), every(born IS NULL) FROM customer
SELECT g.n, c.email FROM generate_series(1, 5) AS g (n) LEFT JOIN customer c ON c.id = g.n ORDER BY g.n
SELECT c.email, ntile(2) OVER (ORDER BY c.id), cume_dist() OVER (ORDER BY c.id) FROM customer c ORDER BY c.id
SELECT id, first_value(email) OVER (PARTITION BY place ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM invoice ORDER BY id
SELECT id, any_email FROM (SELECT id, last_value(email) OVER w AS any_email FROM invoice WINDOW w AS (PARTITION BY place ORDER BY id GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW)) q ORDER BY id
SELECT COALESCE(i.email, c.email) AS email, i.id FROM invoice i FULL JOIN customer c ON c.email = i.email ORDER BY i.id NULLS LAST, c.id
SELECT count(*) FROM customer TABLESAMPLE BERNOULLI (100)
SELECT c.email FROM customer c WHERE c.id = (SELECT max(id) FROM customer WHERE email IS NOT NULL)
SELECT DISTINCT ON (i.email) i.email, i.id, i.card FROM invoice i ORDER BY i.email IS NULL, i.id

-- DISTINCT ON needs its own order, which ciphertext has not
-- refused
SELECT DISTINCT ON (i.email) i.email, i.id FROM invoice i ORDER BY i.email, i.id DESC

-- parameters of which nothing is said, in a list and alone
SELECT id FROM customer WHERE nick IN («varchar:a», «varchar:b»)
