-- Laravel
select * from "customer" where "email" = «text:ada@x.org» limit 1
select count(*) as aggregate from "customer" where "email" = «text:ada@x.org»
select count(*) as aggregate from "customer" where "email" = «text:ada@x.org» and "id" <> «int4:2»
select exists(select * from "customer" where "email" = «text:ada@x.org») as "exists"
insert into "customer" ("email", "name", "id", "made") values («text:la@x.org», «text:La», «int4:90», «timestamp:2024-01-01 00:00:00») returning "id"
insert into "staff" ("id", "email", "name") values («int4:90», «text:a@x.org», «text:A»), («int4:91», «text:b@x.org», «text:\N») on conflict ("id") do update set "email" = "excluded"."email", "name" = «text:fixed» 
insert into "staff" ("id", "email") values («int4:90», «text:a@x.org») on conflict do nothing
update "customer" set "email" = «text:n@x.org», "name" = «text:N», "made" = «timestamp:2024-01-01 00:00:00» where "id" = «int4:1»
update "staff" set "email" = «text:q@x.org» where "ctid" in (select "staff"."ctid" from "staff" where "email" = «text:ada@x.org» limit 1)
delete from "staff" where "ctid" in (select "s"."ctid" from "staff" as "s" inner join "customer" as "c" on "c"."email" = "s"."email" where "c"."id" = «int4:1»)
select * from "invoice" where "invoice"."email" in («text:ada@x.org», «text:bob@x.org»)
select "customer".*, (select count(*) from "invoice" where "customer"."email" = "invoice"."email") as "bills_count" from "customer" order by "id" asc
select "customer".*, exists(select * from "invoice" where "customer"."email" = "invoice"."email") as "bills_exists" from "customer"
select * from "customer" where exists (select * from "invoice" where "customer"."email" = "invoice"."email" and "paid" = «bool:false») order by "id" desc limit 15 offset 0
select * from "customer" where "born"::date = «date:1987-06-05»
select * from "customer" where "email" is null or not exists (select 1 from "invoice" where "invoice"."email" = "customer"."email")
select "email" from "customer" where "id" = «int4:1» limit 1 for share
(select "id", "email" from "customer" where "id" = «int4:1») union all (select "id", "email" from "staff" where "id" = «int4:2»)
select "id", "email", row_number() over (partition by "level" order by "id") as "laravel_row" from "customer"
update "customer" set "n" = coalesce("n", 0) + 1, "name" = «text:Inc» where "email" = «text:ada@x.org» returning "id"
select distinct "email", "level" from "staff"
select "email" as "e", count(*) as "c" from "invoice" group by "email" having count(*) > «int8:1» order by "c" desc

-- Doctrine
SELECT t0.id AS id_1, t0.email AS email_2, t0.name AS name_3 FROM customer t0 WHERE t0.email = «text:ada@x.org» LIMIT 1
SELECT c0_.id AS id_0, c0_.email AS email_1 FROM customer c0_ WHERE c0_.email = «text:ada@x.org» AND (c0_.level = «int4:42» OR c0_.level IS NULL)
SELECT count(c0_.id) AS sclr_0 FROM customer c0_ LEFT JOIN invoice i1_ ON c0_.email = i1_.email WHERE i1_.place = «text:Ulm»
SELECT DISTINCT id_0 FROM (SELECT c0_.id AS id_0, c0_.email AS email_1 FROM customer c0_ ORDER BY c0_.id ASC) dctrn_result LIMIT 10
SELECT DISTINCT id_0, MIN(id_2) AS dctrn_minrownum FROM (SELECT c0_.id AS id_0, c0_.email AS email_1, ROW_NUMBER() OVER (ORDER BY c0_.id) AS id_2 FROM customer c0_) dctrn_result GROUP BY id_0 ORDER BY dctrn_minrownum ASC LIMIT 3
INSERT INTO customer (email, name, id) VALUES («text:do@x.org», «text:Do», «int4:92»)
UPDATE customer SET email = «text:do@x.org», name = «text:Do» WHERE id = «int4:1»
SELECT c0_.id, CASE WHEN c0_.email IS NULL THEN 0 ELSE 1 END AS HIDDEN, c0_.email FROM customer c0_ ORDER BY CASE WHEN c0_.email IS NULL THEN 0 ELSE 1 END ASC, c0_.id
SELECT c0_.email, c0_.email IS NULL FROM customer c0_ ORDER BY c0_.email IS NULL, c0_.id

-- GORM and Go
SELECT * FROM "customer" WHERE email = «text:ada@x.org» ORDER BY "customer"."id" LIMIT 1
SELECT * FROM "customer" WHERE "customer"."email" = «text:ada@x.org» AND "customer"."id" = «int4:1» ORDER BY "customer"."id" LIMIT «int8:1»
INSERT INTO "staff" ("email","name","id") VALUES («text:go@x.org»,«text:Go»,«int4:93»),(«text:g2@x.org»,«text:G2»,«int4:94») ON CONFLICT ("id") DO UPDATE SET "email"="excluded"."email","name"="excluded"."name" RETURNING "id"
UPDATE "customer" SET "email"=«text:go@x.org»,"name"=«text:Go» WHERE "customer"."id" = «int4:1» AND "customer"."note" IS NOT NULL
UPDATE "customer" SET "name"=«text:Go» WHERE ("id","email") IN ((«int4:1»,«text:ada@x.org»))
SELECT count(*) FROM "customer" WHERE email = «text:ada@x.org» AND "customer"."note" IS NOT NULL
SELECT "customer"."id","customer"."email","Bill"."id" AS "Bill__id","Bill"."card" AS "Bill__card" FROM "customer" LEFT JOIN "invoice" "Bill" ON "customer"."email" = "Bill"."email" WHERE "customer"."id" = «int4:1» ORDER BY "Bill"."id"
SELECT id, email, xmin::text FROM customer WHERE email = «text:nobody@x.org»
INSERT INTO staff (id, email) VALUES («int4:1», «text:xm@x.org») ON CONFLICT (id) DO UPDATE SET email = EXCLUDED.email RETURNING id, email, (xmax = 0) AS inserted
SELECT tableoid::regclass::text, email FROM event ORDER BY id
INSERT INTO staff (id, email, name) SELECT «int4:95», «text:sel@x.org», «text:Sel» WHERE NOT EXISTS (SELECT 1 FROM staff WHERE email = «text:sel@x.org»)
UPDATE customer SET name = COALESCE(«text:\N», name), email = COALESCE(«text:co@x.org», email) WHERE id = «int4:1» RETURNING id, email, name
SELECT id FROM customer WHERE email = COALESCE(«text:\N», email) ORDER BY id
SELECT id FROM customer WHERE («text:ada@x.org»::text IS NULL OR email = «text:ada@x.org») AND («int4:\N»::int IS NULL OR level = «int4:\N») ORDER BY id
SELECT id, email FROM customer WHERE CASE WHEN «bool:true» THEN email = «text:ada@x.org» ELSE true END ORDER BY id
SELECT id, email, COUNT(*) OVER () AS total FROM customer ORDER BY id LIMIT 2
UPDATE staff SET (email, name) = («text:t1@x.org», «text:T1») WHERE id = 1 RETURNING *
UPDATE staff SET (email, level) = (SELECT c.email, c.level FROM customer c WHERE c.id = 2) WHERE id = 1 RETURNING *
UPDATE staff SET email = CASE id WHEN 1 THEN «text:c1@x.org» WHEN 2 THEN «text:c2@x.org» ELSE email END WHERE id IN (1, 2) RETURNING id, email

-- Diesel and Rust
SELECT "customer"."id", "customer"."email" FROM "customer" WHERE (("customer"."email" = «text:ada@x.org») AND ("customer"."level" = «int4:42»)) LIMIT «int8:1»
SELECT "customer"."id" FROM "customer" WHERE ("customer"."email" = ANY(«text[]:{ada@x.org,bob@x.org}»)) ORDER BY "customer"."id"
SELECT "customer"."id" FROM "customer" WHERE ("customer"."email" != ALL(«text[]:{ada@x.org}»)) ORDER BY "customer"."id"
INSERT INTO "staff" ("id", "email", "name") VALUES («int4:96», «text:di@x.org», DEFAULT) ON CONFLICT ("id") DO UPDATE SET "email" = excluded."email" RETURNING "staff"."id", "staff"."email"
UPDATE "staff" SET "email" = «text:d2@x.org» WHERE ("staff"."id" = «int4:1») RETURNING "staff"."id", "staff"."email", "staff"."name"
SELECT "customer"."id", "invoice"."card" FROM ("customer" INNER JOIN "invoice" ON ("invoice"."email" = "customer"."email")) WHERE ("invoice"."due" = «date:1990-01-01»)
SELECT EXISTS (SELECT "customer"."id" FROM "customer" WHERE ("customer"."email" = «text:ada@x.org»))
SELECT "customer"."email" IS NOT DISTINCT FROM «text:ada@x.org» FROM "customer" ORDER BY "customer"."id"
SELECT id, email as "email!", name as "name?" FROM customer WHERE id = «int4:1»

-- Exposed and jOOQ
SELECT customer.id, customer.email FROM customer WHERE customer.email = «varchar:ada@x.org» FETCH NEXT «int8:1» ROWS ONLY
select "alias_1"."id", "alias_1"."email" from (select "customer"."id", "customer"."email" from "customer" where "customer"."email" in («varchar:ada@x.org», «varchar:bob@x.org»)) as "alias_1" order by "alias_1"."id"
insert into "staff" ("id", "email") values («int4:97», «varchar:jo@x.org») on conflict ("id") do update set "email" = «varchar:jo@x.org» returning "staff"."id"
insert into "staff" ("id", "email") select "t"."c1", "t"."c2" from (values (cast(«int4:97» as int), cast(«varchar:jo@x.org» as varchar))) as "t" ("c1", "c2")
select "customer"."id", coalesce("customer"."email", cast(«varchar:none» as varchar)) from "customer" order by 1
select "c"."id", cast("c"."level" as varchar), cast("c"."born" as varchar) from "customer" as "c" where "c"."id" = «int4:1»
merge into "staff" using (select cast(«int4:1» as int) as "id", cast(«varchar:me@x.org» as varchar) as "email") as "s" on "staff"."id" = "s"."id" when matched then update set "email" = "s"."email" when not matched then insert ("id", "email") values ("s"."id", "s"."email")
select row ("c"."id", "c"."note") = row («int4:1», «varchar:first»), "c"."email" from "customer" as "c" order by "c"."id"
with "t" ("id", "email") as (select "id", "email" from "customer" where "email" = «varchar:ada@x.org») select "i"."card", "t"."email" from "t" join "invoice" as "i" on "i"."email" = "t"."email" order by "i"."id"

-- distinct on without order
select distinct on ("customer"."email") "customer"."email", "customer"."id" from "customer"

-- EF Core
SELECT c."id", c."email", c."name" FROM "customer" AS c WHERE c."email" = «text:ada@x.org» LIMIT 2
SELECT c.id, c.email FROM customer AS c WHERE c.email IS NOT NULL AND c.email <> '' ORDER BY c.id LIMIT «int8:10» OFFSET «int8:0»
SELECT c.id, c.email, i.id, i.card FROM customer AS c LEFT JOIN invoice AS i ON c.email = i.email WHERE c.id = «int4:1» ORDER BY c.id, i.id
SELECT c.email, COALESCE(i.place, '') FROM customer AS c LEFT JOIN invoice AS i ON c.email = i.email AND i.card IS NOT NULL ORDER BY c.id, i.id
UPDATE customer AS c SET n = c.n + 1, name = «text:EF» WHERE c.email = «text:ada@x.org»
DELETE FROM staff AS s WHERE s.email = «text:ada@x.org» OR s.email IS NULL
INSERT INTO staff (id, email, name) VALUES («int4:98», «text:ef@x.org», «text:E»), («int4:99», «text:eg@x.org», NULL) RETURNING id, email
SELECT c.id FROM customer AS c WHERE c.email IN (SELECT v.value FROM unnest(«text[]:{ada@x.org,x}»::text[]) AS v(value)) ORDER BY c.id
SELECT c.id FROM customer AS c WHERE EXISTS (SELECT 1 FROM unnest(«text[]:{ada@x.org,x}»::text[]) AS v(value) WHERE v.value = c.email) ORDER BY c.id
SELECT count(*)::int FROM (SELECT DISTINCT c.email FROM customer AS c) AS c0
SELECT c0.email, c0.n FROM (SELECT c.email, count(*)::int AS n FROM invoice AS c GROUP BY c.email) AS c0 WHERE c0.n > 1
SELECT c.id, (SELECT i.card FROM invoice AS i WHERE i.email = c.email ORDER BY i.id LIMIT 1), EXISTS (SELECT 1 FROM invoice AS i WHERE i.email = c.email) FROM customer AS c ORDER BY c.id
SELECT c.id, c.born FROM customer AS c WHERE c.born = «date:1987-06-05» OR c.born IS NULL ORDER BY c.id
SELECT c.ref FROM customer AS c WHERE c.ref = ANY («uuid[]:{8d1f0f6e-0000-4000-8000-000000000001}»)

-- Sequelize, Objection, MikroORM, Kysely
SELECT "id", "email", "name" FROM "customer" AS "Customer" WHERE "Customer"."email" = 'ada@x.org' LIMIT 1
SELECT count(*) AS "count" FROM "customer" AS "Customer" WHERE "Customer"."email" IN ('ada@x.org', 'bob@x.org')
INSERT INTO "customer" ("id","email","name","made") VALUES («int4:100»,«text:sq@x.org»,«text:Sq»,«timestamptz:2024-01-01 00:00:00+00») RETURNING "id","email","name","made"
INSERT INTO "staff" ("id","email") VALUES (100,'s1@x.org'),(101,'s2@x.org') ON CONFLICT ("id") DO UPDATE SET "id"=EXCLUDED."id","email"=EXCLUDED."email" RETURNING "id","email","name"
SELECT "Customer"."id", "Customer"."email", "bills"."id" AS "bills.id" FROM "customer" AS "Customer" INNER JOIN "invoice" AS "bills" ON "Customer"."email" = "bills"."email" AND "bills"."place" = 'Ulm' ORDER BY "bills"."id"
select "c0".* from "customer" as "c0" where "c0"."email" = «text:ada@x.org» limit «int8:1»
select "c0"."id", "c0"."email", to_json("c0"."note") from "customer" as "c0" where "c0"."id" = «int4:1»
insert into "staff" ("email", "id") values («text:mk@x.org», «int4:102») returning "id", "level"
update "staff" set "email" = case when ("id" = «int4:1») then «text:m1@x.org» when ("id" = «int4:2») then «text:m2@x.org» else "email" end where "id" in («int4:1», «int4:2») returning "id"
select "customer"."email" as "e", "customer"."email" as "f" from "customer" where "customer"."id" = «int4:1»

-- reports by hand
SELECT COUNT(*) FILTER (WHERE email IS NULL) AS missing, COUNT(email) AS there, COUNT(DISTINCT email) AS different FROM customer
SELECT email, COUNT(*) AS n FROM invoice GROUP BY 1 HAVING COUNT(*) > 1 ORDER BY 2 DESC
SELECT c.email, SUM(i.total) AS total, MAX(i.id) AS last FROM customer c JOIN invoice i ON i.email = c.email GROUP BY c.email ORDER BY total DESC
SELECT place, array_agg(email ORDER BY id) FROM invoice GROUP BY place ORDER BY place
SELECT email FROM customer EXCEPT SELECT email FROM invoice
SELECT email FROM customer INTERSECT SELECT email FROM staff
SELECT a.email FROM staff a, staff b WHERE a.email = b.email AND a.id < b.id
SELECT (SELECT email FROM customer WHERE id = 1) AS one, (SELECT email FROM customer WHERE id = 2) AS two
SELECT email IS NULL AS unknown, count(*) FROM customer GROUP BY email IS NULL ORDER BY 1
SELECT CASE WHEN born IS NULL THEN 'none' ELSE 'some' END AS b, count(*) FROM customer GROUP BY 1 ORDER BY 1
SELECT first_value(email) OVER (PARTITION BY level ORDER BY id) FROM customer ORDER BY id
SELECT level, count(*) FROM customer GROUP BY ROLLUP (level)
SELECT s.id, s.email, b.email AS boss FROM staff s LEFT JOIN staff b ON b.id = s.boss ORDER BY s.id
SELECT * FROM customer NATURAL JOIN (SELECT email FROM invoice) i ORDER BY id
SELECT id, email, CASE WHEN email = «text:ada@x.org» THEN email ELSE NULL END FROM customer ORDER BY id
SELECT id, CASE WHEN paid THEN card END FROM invoice ORDER BY id
SELECT id, CASE WHEN id = 1 THEN email WHEN id = 2 THEN 'nobody' ELSE 'x' END FROM customer ORDER BY id
SELECT id, CASE WHEN id = 1 THEN 'plain' ELSE note END, email FROM customer ORDER BY id
SELECT EXISTS (SELECT 1 FROM customer WHERE email = ANY (ARRAY[«text:ada@x.org», «text:b»]::text[]))
SELECT x.* FROM (VALUES (1), (2)) v (id) JOIN LATERAL (SELECT email FROM customer c WHERE c.id = v.id) x ON true
TABLE staff
SELECT ALL email FROM staff ORDER BY id
SELECT email FROM ONLY person CROSS JOIN staff WHERE person.id = 1 ORDER BY staff.id
SELECT p.name, s.school FROM person p LEFT JOIN student s ON s.name = p.name ORDER BY p.id, s.id
SELECT DISTINCT born FROM customer WHERE born IS NOT NULL
SELECT i.due = c.born FROM invoice i JOIN customer c ON c.born = i.due ORDER BY i.id
SELECT age(made) IS NOT NULL, email FROM customer WHERE id = 1
SELECT email FROM customer WHERE id = 1 AND made < now()
SELECT email, length(note), md5(note) FROM customer ORDER BY id
