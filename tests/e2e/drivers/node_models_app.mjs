// The small application on three more of Node's libraries: Kysely, MikroORM, Objection. Each does the same round
// on emptied tables; all of them send their statements over node-postgres.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { place, refused, step } from "./node_trace.mjs";

const installed = createRequire(process.env.PGVEIL_NODE_MODULES + "/");
const ssl = { ca: readFileSync(process.env.PGSSLROOTCERT, "utf8"), rejectUnauthorized: true };
const { Pool } = installed("pg");
const [ADA, DAY] = ["ada@example.com", "1990-02-03"];
const ada = { name: "Ada Ü", email: ADA, phone: "1", birth_date: DAY, salary: "1234.50", profile: { a: [1, null] } };
const numbered = (count, make) => Array.from({ length: count }, (_, i) => make(i));

async function emptied() {
  const pool = new Pool({ ...place, ssl });
  await pool.query("TRUNCATE customers, invoices RESTART IDENTITY");
  await pool.end();
}

async function onKysely() {
  const { Kysely, PostgresDialect, sql } = installed("kysely");
  const { jsonArrayFrom, jsonObjectFrom } = installed("kysely/helpers/postgres");
  const Cursor = installed("pg-cursor");
  const db = new Kysely({ dialect: new PostgresDialect({ pool: new Pool({ ...place, ssl, max: 2 }), cursor: Cursor }) });
  const people = () => db.selectFrom("customers");
  const mine = ["id", "name", "email", "phone", "birth_date", "salary", "profile", "plan"];
  await step("kysely: sign-up", () => db.insertInto("customers").values(ada).returning(mine).executeTakeFirstOrThrow());
  await step("kysely: sign-ups", () => db.insertInto("customers").values(numbered(30, (i) => ({ name: `n'${i}`, email: `n${i}@example.com`, salary: i }))).returning(["id", "email"]).execute());
  await step("kysely: sign-up twice", () => db.insertInto("customers").values({ name: "x", email: ADA }).execute());
  await step("kysely: log in", () => people().selectAll().select(mine).where("email", "=", ADA).executeTakeFirst().then(({ created_at, ...rest }) => rest));
  await step("kysely: log in, unknown", () => people().select(mine).where("email", "=", "nobody").executeTakeFirst());
  await step("kysely: in", () => people().select("id").where("email", "in", [ADA, "n1@example.com"]).orderBy("id").execute());
  await step("kysely: any", () => people().select("id").where("email", "=", sql`any(${[ADA, "n1@example.com"]})`).orderBy("id").execute());
  await step("kysely: or", () => people().select("id").where((eb) => eb.or([eb("email", "=", ADA), eb("email", "=", "n2@example.com"), eb("phone", "is not", null)])).orderBy("id").execute());
  await step("kysely: not", () => people().select(({ fn }) => fn.countAll().as("n")).where("email", "!=", ADA).executeTakeFirst());
  await step("kysely: tuple", () => people().select("name").where(({ eb, refTuple, tuple }) => eb(refTuple("id", "email"), "in", [tuple(1, ADA), tuple(2, "n0@example.com")])).orderBy("id").execute());
  await step("kysely: change", () => db.updateTable("customers").set({ phone: "2", profile: JSON.stringify({ b: null }) }).where("email", "=", ADA).returning(["id", "phone", "profile"]).execute());
  await step("kysely: change from bills", () => db.updateTable("customers as c").from("invoices as i").set((eb) => ({ email: eb.ref("i.email") })).whereRef("c.email", "=", "i.email").executeTakeFirst().then((done) => done.numUpdatedRows));
  await step("kysely: upsert", () => db.insertInto("customers").values({ name: "Ada U", email: ADA }).onConflict((oc) => oc.column("email").doUpdateSet((eb) => ({ name: eb.ref("excluded.name") }))).returning(["id", "name"]).execute());
  await step("kysely: upsert, nothing", () => db.insertInto("customers").values({ name: "x", email: ADA }).onConflict((oc) => oc.doNothing()).executeTakeFirst().then((done) => done.numInsertedOrUpdatedRows));
  await step("kysely: bills", () => db.insertInto("invoices").values([{ customer_id: 1, email: ADA, amount: 5, note: "x" }, { customer_id: 1, email: ADA, amount: 6, note: null }]).returning(["id", "note"]).execute());
  await step("kysely: joined", () => db.selectFrom("invoices as i").innerJoin("customers as c", "c.email", "i.email").select(["i.id", "i.note", "c.name as customer"]).where("c.email", "=", ADA).orderBy("i.id").execute());
  await step("kysely: exists", () => people().select("id").where(({ exists, selectFrom }) => exists(selectFrom("invoices").select("invoices.id").whereRef("invoices.email", "=", "customers.email"))).execute());
  await step("kysely: group", () => db.selectFrom("invoices").select(["email", (eb) => eb.fn.count("id").as("n"), (eb) => eb.fn.sum("amount").as("sum")]).groupBy("email").having((eb) => eb.fn.count("id"), ">", 1).execute());
  await step("kysely: page", () => people().select(["id", "name", "email"]).orderBy("id").limit(4).offset(2).execute());
  await step("kysely: keyset", () => people().select(["id", "name"]).where("id", ">", 3).orderBy("id").limit(2).execute());
  await step("kysely: cte", () => db.with("mine", (w) => w.selectFrom("customers").select(["id", "email"]).where("email", "=", ADA)).selectFrom("mine").selectAll().execute());
  await step("kysely: inserted in a cte", () => db.with("new", (w) => w.insertInto("customers").values({ name: "C", email: "cte@example.com" }).returning(["id", "email"])).insertInto("invoices").columns(["customer_id", "email", "amount"]).expression((eb) => eb.selectFrom("new").select(["new.id", "new.email", eb.val(7).as("amount")])).returning(["email", "amount"]).execute());
  await step("kysely: union", () => people().select("email").where("id", "<", 3).union(db.selectFrom("invoices").select("email")).execute().then((rows) => rows.map((row) => row.email).sort()));
  await step("kysely: case", () => people().select((eb) => eb.case().when("phone", "is", null).then("none").else("some").end().as("has")).where("email", "=", ADA).execute());
  await step("kysely: transaction", () => db.transaction().execute(async (t) => { await t.updateTable("customers").set({ name: "T" }).where("email", "=", "n4@example.com").execute(); return t.selectFrom("customers").select("name").where("email", "=", "n4@example.com").forUpdate().execute(); }));
  await step("kysely: rolled back", async () => {
    await db.transaction().execute(async (t) => { await t.deleteFrom("invoices").execute(); throw new Error("no"); }).catch(() => {});
    return db.selectFrom("invoices").select("note").orderBy("id").execute();
  });
  await step("kysely: export", async () => { const mails = []; for await (const row of people().select("email").orderBy("id").stream(7)) mails.push(row.email); return mails; });
  await step("kysely: raw", () => sql`select id, name from customers where email = ${ADA}`.execute(db).then((found) => found.rows));
  await step("kysely: tables", () => db.introspection.getTables().then((tables) => tables.filter((t) => t.name === "invoices").map((t) => t.columns.map((c) => [c.name, c.dataType, c.isNullable]))));
  await step("kysely: delete", () => db.deleteFrom("customers").where("email", "=", "n5@example.com").returning("email").execute());
  await step("kysely: bills as JSON", () => people().select((eb) => ["id", jsonArrayFrom(eb.selectFrom("invoices").select("note").whereRef("customer_id", "=", "customers.id").orderBy("id")).as("bills")]).where("email", "=", ADA).execute());
  await step("kysely: customer as JSON", () => db.selectFrom("invoices").select((eb) => ["id", jsonObjectFrom(eb.selectFrom("customers").select(["name", "email"]).whereRef("customers.id", "=", "invoices.customer_id")).as("customer")]).orderBy("id").execute());
  await refused("kysely: LIKE", () => people().select("id").where("email", "like", "a%").execute());
  await refused("kysely: ORDER BY", () => people().select("id").orderBy("name").execute());
  await refused("kysely: max", () => people().select((eb) => eb.fn.max("salary").as("most")).execute());
  await step("kysely: still connected", () => people().select("name").where("email", "=", "n2@example.com").execute());
  await db.destroy();
}

async function onMikro() {
  const { EntitySchema, LockMode, MikroORM, raw } = installed("@mikro-orm/postgresql");
  const id = { type: "bigint", primary: true, autoincrement: true };
  const Customer = new EntitySchema({ name: "Customer", tableName: "customers", properties: {
    id, name: { type: "string", length: 100 }, email: { type: "string", length: 254, unique: true }, phone: { type: "text", nullable: true },
    birth_date: { type: "date", fieldName: "birth_date", nullable: true }, salary: { type: "decimal", precision: 10, scale: 2, nullable: true },
    active: { type: "boolean", default: true }, profile: { type: "json", nullable: true }, plan: { type: "text", default: "free" },
    invoices: { kind: "1:m", entity: "Invoice", mappedBy: "customer" } } });
  const Invoice = new EntitySchema({ name: "Invoice", tableName: "invoices", properties: {
    id, customer: { kind: "m:1", entity: "Customer", fieldName: "customer_id" }, email: { type: "string", length: 254 },
    amount: { type: "decimal", precision: 10, scale: 2 }, note: { type: "text", nullable: true } } });
  const orm = await MikroORM.init({ entities: [Customer, Invoice], host: place.host, port: place.port, user: place.user, password: place.password, dbName: place.database, driverOptions: { connection: { ssl } } });
  const fresh = () => orm.em.fork();
  const seen = (found) => JSON.parse(JSON.stringify(found));
  await step("mikro: sign-up", async () => { const em = fresh(); const one = em.create("Customer", { ...ada, active: true, plan: "free" }); await em.persistAndFlush(one); return seen(one); });
  await step("mikro: sign-ups", async () => { const em = fresh(); const many = numbered(20, (i) => em.create("Customer", { name: `n'${i}`, email: `n${i}@example.com`, salary: String(i), profile: { i } })); await em.persistAndFlush(many); return many.map((one) => one.id); });
  await step("mikro: sign-up twice", async () => { const em = fresh(); await em.persistAndFlush(em.create("Customer", { name: "x", email: ADA })); });
  await step("mikro: log in", async () => seen(await fresh().findOne("Customer", { email: ADA })));
  await step("mikro: log in, unknown", async () => seen(await fresh().findOne("Customer", { email: "nobody" })));
  await step("mikro: in", async () => (await fresh().find("Customer", { email: [ADA, "n1@example.com"] }, { orderBy: { id: "asc" }, fields: ["id"] })).map((one) => one.id));
  await step("mikro: or", () => fresh().count("Customer", { $or: [{ email: ADA }, { email: { $ne: "n1@example.com" }, phone: null }] }));
  await step("mikro: change", async () => { const em = fresh(); const one = await em.findOneOrFail("Customer", { email: ADA }); em.assign(one, { phone: "2", salary: null, profile: { b: null } }); await em.flush(); return seen(await fresh().findOne("Customer", { email: ADA })); });
  await step("mikro: several changed", async () => { const em = fresh(); const some = await em.find("Customer", { email: ["n2@example.com", "n3@example.com"] }, { orderBy: { id: "asc" } }); some.forEach((one, i) => { one.name = `new ${i}`; one.phone = String(i); }); await em.flush(); return seen(await fresh().find("Customer", { email: ["n2@example.com", "n3@example.com"] }, { orderBy: { id: "asc" } })); });
  await step("mikro: update", () => fresh().nativeUpdate("Customer", { email: "n4@example.com" }, { name: "N", salary: "7" }));
  await step("mikro: upsert", async () => seen(await fresh().upsert("Customer", { name: "Ada U", email: ADA })));
  await step("mikro: upserts", async () => (await fresh().upsertMany("Customer", [{ name: "A2", email: ADA }, { name: "New", email: "new@example.com" }])).map((one) => one.email));
  await step("mikro: bills", async () => { const em = fresh(); const one = await em.findOneOrFail("Customer", { email: ADA }); ["x", null].forEach((note) => em.create("Invoice", { customer: one, email: ADA, amount: "5", note })); await em.flush(); return seen(await fresh().find("Invoice", {}, { orderBy: { id: "asc" } })); });
  for (const strategy of ["select-in", "joined"])
    await step(`mikro: populated, ${strategy}`, async () => seen(await fresh().find("Invoice", { customer: { email: ADA } }, { populate: ["customer"], strategy, orderBy: { id: "asc" } })));
  await step("mikro: customer with bills", async () => seen(await fresh().findOne("Customer", { email: ADA }, { populate: ["invoices"], orderBy: { invoices: { id: "asc" } } })));
  await step("mikro: page", async () => { const [some, count] = await fresh().findAndCount("Customer", {}, { orderBy: { id: "asc" }, limit: 3, offset: 2 }); return [seen(some), count]; });
  await step("mikro: page with bills", async () => { const [some, count] = await fresh().findAndCount("Customer", { invoices: { note: { $ne: null } } }, { populate: ["invoices"], orderBy: { id: "asc", invoices: { id: "asc" } }, limit: 3 }); return [seen(some), count]; });
  await step("mikro: builder", () => fresh().createQueryBuilder("Customer", "c").select(["c.id", "c.name"]).leftJoin("c.invoices", "i").where({ "c.email": ADA }).groupBy(["c.id"]).orderBy({ id: "asc" }).execute("all"));
  await step("mikro: transaction", () => fresh().transactional(async (em) => { const one = await em.findOneOrFail("Customer", { email: "n6@example.com" }, { lockMode: LockMode.PESSIMISTIC_WRITE }); one.name = "T"; await em.flush(); return (await em.getConnection().execute("select name from customers where email = ?", ["n6@example.com"], "all", em.getTransactionContext())); }));
  await step("mikro: delete", async () => { const em = fresh(); await em.removeAndFlush(await em.findOneOrFail("Customer", { email: "n7@example.com" })); return em.nativeDelete("Customer", { email: ["n8@example.com", "n9@example.com"] }); });
  await refused("mikro: LIKE", () => fresh().count("Customer", { email: { $like: "a%" } }));
  await refused("mikro: lower", () => fresh().count("Customer", { [raw("lower(email)")]: "a" }));
  await refused("mikro: ORDER BY", async () => seen(await fresh().find("Customer", {}, { orderBy: { name: "asc" }, limit: 2 })));
  await step("mikro: still connected", async () => seen(await fresh().findOne("Customer", { email: ADA })));
  await orm.close();
}

async function onObjection() {
  const { Model } = installed("objection");
  const knex = installed("knex")({ client: "pg", connection: { ...place, ssl } });
  class Customer extends Model {
    static tableName = "customers";
    static get relationMappings() { return { invoices: { relation: Model.HasManyRelation, modelClass: Invoice, join: { from: "customers.id", to: "invoices.customer_id" } } }; }
  }
  class Invoice extends Model {
    static tableName = "invoices";
    static get relationMappings() { return { customer: { relation: Model.BelongsToOneRelation, modelClass: Customer, join: { from: "invoices.customer_id", to: "customers.id" } } }; }
  }
  Model.knex(knex);
  // It reads whole rows again, with the time at which they were made.
  const timeless = (found) => (found?.created_at ? { ...found, created_at: "then" } : found);
  const people = () => Customer.query();
  const mine = ["id", "name", "email", "phone", "birth_date", "salary", "profile"];
  await step("objection: sign-up", () => people().insertAndFetch(ada).then(timeless));
  await step("objection: graph", () => people().insertGraph([{ name: "G", email: "g@example.com", invoices: [{ email: "g@example.com", amount: 1, note: "g" }, { email: "g@example.com", amount: 2 }] }]));
  await step("objection: sign-up twice", () => people().insert(ada));
  await step("objection: log in", () => people().findOne({ email: ADA }).select(mine));
  await step("objection: by ids", () => people().findByIds([1, 2]).select("name").orderBy("id"));
  await step("objection: change", () => people().findOne({ email: ADA }).patch({ phone: "2", profile: { b: null } }).returning("id", "phone", "profile"));
  await step("objection: patched and fetched", () => people().patchAndFetchById(1, { name: "P" }).then(timeless));
  await step("objection: upserted graph", () => people().upsertGraphAndFetch({ id: 2, name: "G2", invoices: [{ id: 1, note: "changed" }, { email: "g@example.com", amount: 3, note: "new" }] }).then(timeless));
  await step("objection: eager", () => people().where({ email: "g@example.com" }).withGraphFetched("invoices(byId)").modifiers({ byId: (b) => b.orderBy("id") }).select("id", "name"));
  await step("objection: eager, joined", () => people().where("customers.email", "g@example.com").withGraphJoined("invoices").select("customers.id", "customers.name").orderBy("invoices.id"));
  await step("objection: page", () => people().select("id", "email").orderBy("id").page(0, 2));
  await step("objection: relation", () => people().alias("c").whereExists(Customer.relatedQuery("invoices").where("note", "is not", null)).select("c.email"));
  await step("objection: size", () => people().where({ email: ADA }).resultSize());
  await step("objection: transaction", () => Customer.transaction(async (t) => Customer.query(t).findOne({ email: ADA }).forUpdate().select("name")));
  await step("objection: delete", () => Invoice.query().delete().where({ email: "g@example.com" }));
  await refused("objection: LIKE", () => people().where("email", "ilike", "a%").resultSize());
  await refused("objection: ORDER BY", () => people().select("id").orderBy("name"));
  await step("objection: still connected", () => people().findOne({ email: ADA }).select(mine));
  await knex.destroy();
}

for (const round of [onKysely, onMikro, onObjection]) {
  await emptied();
  await round();
}
