// The small application on four of Node's query builders and ORMs: Knex, Sequelize, TypeORM, Drizzle.
// Each does the same round on emptied tables; all of them send their statements over node-postgres.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { place, refused, step } from "./node_trace.mjs";

const installed = createRequire(process.env.PGVEIL_NODE_MODULES + "/");
const ssl = { ca: readFileSync(process.env.PGSSLROOTCERT, "utf8"), rejectUnauthorized: true };
const { Pool } = installed("pg");
const DAY = "1990-02-03";

async function emptied() {
  const pool = new Pool({ ...place, ssl });
  await pool.query("TRUNCATE customers, invoices RESTART IDENTITY");
  await pool.end();
}

async function onKnex() {
  const knex = installed("knex")({ client: "pg", connection: { ...place, ssl } });
  const people = () => knex("customers");
  const mine = ["id", "name", "email", "phone", "birth_date", "salary", "profile", "plan"];
  await step("knex: sign-up", () => people().insert({ name: "Ada", email: "ada@example.com", phone: "1", birth_date: DAY, salary: "1234.50", profile: { a: [1] } }).returning(mine));
  await step("knex: sign-ups", () => people().insert(Array.from({ length: 30 }, (_, i) => ({ name: `n${i}`, email: `n${i}@example.com`, salary: i }))).returning("id"));
  await step("knex: batch", () => knex.batchInsert("customers", Array.from({ length: 20 }, (_, i) => ({ name: `b${i}`, email: `b${i}@example.com` })), 7).returning(["id", "email"]));
  await step("knex: sign-up twice", () => people().insert({ name: "x", email: "ada@example.com" }));
  await step("knex: log in", () => people().select(mine).where({ email: "ada@example.com" }).first());
  await step("knex: in", () => people().select("id").whereIn("email", ["ada@example.com", "n1@example.com"]).orderBy("id"));
  await step("knex: not", () => people().whereNot("email", "ada@example.com").count());
  await step("knex: null", () => people().whereNull("phone").count("id as n"));
  await step("knex: change", () => people().where({ email: "ada@example.com" }).update({ phone: "2", profile: null }, ["id", "phone"]));
  await step("knex: upsert", () => people().insert({ name: "Ada U", email: "ada@example.com" }).onConflict("email").merge(["name"]).returning(["id", "name"]));
  await step("knex: bills", () => knex("invoices").insert([{ customer_id: 1, email: "ada@example.com", amount: 5, note: "x" }, { customer_id: 1, email: "ada@example.com", amount: 6, note: null }]).returning(["id", "note"]));
  await step("knex: joined", () => knex("invoices as i").join("customers as c", "c.id", "i.customer_id").select("i.id", "i.note", "c.name").where("c.email", "ada@example.com").orderBy("i.id"));
  await step("knex: page", () => people().select("id", "name", "email").orderBy("id").limit(4).offset(2));
  await step("knex: transaction", () => knex.transaction(async (t) => t("customers").where({ email: "n1@example.com" }).forUpdate().select("name")));
  await step("knex: group", () => knex("invoices").select("email").count("* as n").groupBy("email"));
  await step("knex: columns", async () => Object.entries(await knex("invoices").columnInfo()).map(([name, about]) => [name, about.type, about.nullable]));
  await step("knex: delete", () => people().where({ email: "n5@example.com" }).del());
  await refused("knex: LIKE", () => people().whereLike("email", "a%"));
  await refused("knex: ORDER BY", () => people().orderBy("email"));
  await step("knex: still connected", () => people().where({ email: "n2@example.com" }).select("name"));
  await knex.destroy();
}

async function onSequelize() {
  const { DataTypes, Op, Sequelize, UniqueConstraintError } = installed("sequelize");
  const database = new Sequelize(place.database, place.user, place.password, { host: place.host, port: place.port, dialect: "postgres", dialectOptions: { ssl }, logging: false });
  const stamps = { timestamps: false };
  const Customer = database.define("customer", {
    id: { type: DataTypes.BIGINT, primaryKey: true, autoIncrement: true }, name: DataTypes.STRING(100), email: DataTypes.STRING(254),
    phone: DataTypes.TEXT, birth_date: DataTypes.DATEONLY, salary: DataTypes.DECIMAL(10, 2), active: { type: DataTypes.BOOLEAN, defaultValue: true },
    profile: DataTypes.JSONB, plan: { type: DataTypes.TEXT, defaultValue: "free" } }, { ...stamps, tableName: "customers" });
  const Invoice = database.define("invoice", {
    id: { type: DataTypes.BIGINT, primaryKey: true, autoIncrement: true }, email: DataTypes.STRING(254),
    amount: DataTypes.DECIMAL(10, 2), note: DataTypes.TEXT, customer_id: DataTypes.BIGINT }, { ...stamps, tableName: "invoices" });
  Customer.hasMany(Invoice, { foreignKey: "customer_id" });
  Invoice.belongsTo(Customer, { foreignKey: "customer_id" });
  const seen = (found) => (Array.isArray(found) ? found.map((one) => one.toJSON()) : found && found.toJSON());
  await step("sequelize: sign-up", async () => seen(await Customer.create({ name: "Ada Ü", email: "ada@example.com", birth_date: DAY, salary: "1234.50", profile: { a: ["'", null] } })));
  await step("sequelize: sign-ups", async () => seen(await Customer.bulkCreate(Array.from({ length: 20 }, (_, i) => ({ name: `n'${i}`, email: `n${i}@example.com`, birth_date: DAY, salary: i, profile: { i } })))));
  await step("sequelize: sign-up twice", () => Customer.create({ name: "x", email: "ada@example.com" }).catch((e) => { if (e instanceof UniqueConstraintError) return "twin"; throw e; }));
  await step("sequelize: log in", async () => seen(await Customer.findOne({ where: { email: "ada@example.com" } })));
  await step("sequelize: in", async () => seen(await Customer.findAll({ where: { email: ["ada@example.com", "n1@example.com"] }, order: ["id"] })));
  await step("sequelize: or", async () => seen(await Customer.findAll({ where: { [Op.or]: [{ email: "n2@example.com" }, { id: 1 }] }, order: [["id", "DESC"]] })));
  await step("sequelize: not", () => Customer.count({ where: { email: { [Op.ne]: "ada@example.com" } } }));
  // It makes a PL/pgSQL function with the values in its body; findCreateFind does without.
  await refused("sequelize: find or create", () => Customer.findOrCreate({ where: { email: "made@example.com" }, defaults: { name: "N" } }));
  for (const again of ["", " again"]) {
    await step("sequelize: find, create, find" + again, async () => { const [one, made] = await Customer.findCreateFind({ where: { email: "new@example.com" }, defaults: { name: "N" } }); return [one.name, one.email, made]; });
  }
  await step("sequelize: change", async () => { const ada = await Customer.findOne({ where: { email: "ada@example.com" } }); ada.phone = "2"; ada.profile = { b: 1 }; ada.birth_date = null; await ada.save(); return seen(await ada.reload()); });
  await step("sequelize: update", () => Customer.update({ phone: "3" }, { where: { email: { [Op.in]: ["n1@example.com"] } } }));
  await step("sequelize: upsert", async () => seen((await Customer.upsert({ id: 1, name: "U", email: "ada@example.com" }))[0]).name);
  await step("sequelize: bulk upsert", async () => seen(await Customer.bulkCreate([{ name: "V", email: "n1@example.com" }], { updateOnDuplicate: ["name"], conflictAttributes: ["email"] })).length);
  await step("sequelize: bills", async () => seen(await Invoice.bulkCreate([{ customer_id: 1, email: "ada@example.com", amount: 5, note: "n" }, { customer_id: 1, email: "ada@example.com", amount: 6 }])));
  await step("sequelize: include", async () => seen(await Invoice.findAll({ include: { model: Customer, where: { email: "ada@example.com" } }, order: ["id"] })));
  await step("sequelize: find and count", async () => { const { rows, count } = await Customer.findAndCountAll({ order: ["id"], where: { id: { [Op.lt]: 9 } }, limit: 3, offset: 1 }); return [seen(rows), count]; });
  await step("sequelize: page with its bills", async () => seen(await Customer.findAll({ include: Invoice, order: ["id"], limit: 2 })));
  await step("sequelize: replaced", () => database.query("SELECT id, name FROM customers WHERE email = :mail OR email IN (:mails) ORDER BY id", { replacements: { mail: "n1@example.com", mails: ["n2@example.com", "n3@example.com"] }, type: "SELECT" }));
  await step("sequelize: bound", () => database.query("SELECT id FROM customers WHERE email = $1", { bind: ["n1@example.com"], type: "SELECT" }));
  await step("sequelize: transaction", () => database.transaction(async (transaction) => { await Customer.update({ name: "T" }, { where: { email: "n4@example.com" }, transaction }); throw new Error("no"); }).catch(() => Customer.findOne({ where: { email: "n4@example.com" } }).then(seen)));
  await step("sequelize: group", () => Invoice.count({ group: ["email"] }));
  await step("sequelize: described", async () => Object.entries(await database.getQueryInterface().describeTable("invoices")).map(([name, about]) => [name, about.allowNull]));
  await step("sequelize: destroy", () => Customer.destroy({ where: { email: "n7@example.com" } }));
  await refused("sequelize: LIKE", () => Customer.findAll({ where: { email: { [Op.like]: "a%" } } }));
  await refused("sequelize: ORDER BY", () => Customer.findAll({ order: ["name"] }));
  await refused("sequelize: max", () => Customer.max("salary"));
  await step("sequelize: still connected", async () => seen(await Customer.findOne({ where: { email: "n8@example.com" } })));
  await database.close();
}

async function onTypeorm() {
  installed("reflect-metadata");
  const { DataSource, EntitySchema, ILike, In, IsNull, Not } = installed("typeorm");
  const Customer = new EntitySchema({ name: "Customer", tableName: "customers", columns: {
    id: { type: "bigint", primary: true, generated: "identity" }, name: { type: "varchar", length: 100 }, email: { type: "varchar", length: 254 },
    phone: { type: "text", nullable: true }, birthDate: { type: "date", name: "birth_date", nullable: true },
    salary: { type: "numeric", precision: 10, scale: 2, nullable: true }, active: { type: "boolean", default: true },
    profile: { type: "jsonb", nullable: true }, plan: { type: "text", default: "free" } },
    relations: { invoices: { type: "one-to-many", target: "Invoice", inverseSide: "customer" } } });
  const Invoice = new EntitySchema({ name: "Invoice", tableName: "invoices", columns: {
    id: { type: "bigint", primary: true, generated: "identity" }, email: { type: "varchar" }, amount: { type: "numeric" }, note: { type: "text", nullable: true } },
    relations: { customer: { type: "many-to-one", target: "Customer", joinColumn: { name: "customer_id" }, inverseSide: "invoices" } } });
  const source = new DataSource({ type: "postgres", ...place, username: place.user, ssl, entities: [Customer, Invoice] });
  await source.initialize();
  const people = source.getRepository(Customer);
  const bills = source.getRepository(Invoice);
  await step("typeorm: sign-up", () => people.save({ name: "Ada", email: "ada@example.com", birthDate: DAY, salary: "1234.50", profile: { a: [1] } }));
  await step("typeorm: sign-ups", () => people.save(Array.from({ length: 15 }, (_, i) => ({ name: `n${i}`, email: `n${i}@example.com`, birthDate: DAY, salary: String(i) }))));
  await step("typeorm: insert", async () => (await people.insert([{ name: "I", email: "i@example.com" }, { name: "J", email: "j@example.com", profile: { j: 1 } }])).identifiers);
  await step("typeorm: sign-up twice", () => people.insert({ name: "x", email: "ada@example.com" }));
  await step("typeorm: log in", () => people.findOneBy({ email: "ada@example.com" }));
  await step("typeorm: in", () => people.find({ where: { email: In(["ada@example.com", "n1@example.com"]) }, order: { id: "ASC" } }));
  await step("typeorm: not", () => people.countBy({ email: Not("ada@example.com"), phone: IsNull() }));
  await step("typeorm: exists", () => people.existsBy({ email: "i@example.com" }));
  await step("typeorm: change", async () => { const ada = await people.findOneByOrFail({ email: "ada@example.com" }); ada.phone = "2"; ada.birthDate = "1991-01-01"; await people.save(ada); return people.findOneBy({ id: ada.id }); });
  await step("typeorm: update", async () => (await people.update({ email: "n1@example.com" }, { name: "U", profile: { u: null } })).affected);
  await step("typeorm: upsert", async () => { await people.upsert([{ name: "V", email: "n2@example.com" }], ["email"]); return people.findOneBy({ email: "n2@example.com" }); });
  await step("typeorm: bills", () => bills.save([{ customer: { id: 1 }, email: "ada@example.com", amount: "5", note: "n" }, { customer: { id: 1 }, email: "ada@example.com", amount: "6" }]));
  await step("typeorm: relation", () => bills.find({ relations: { customer: true }, where: { customer: { email: "ada@example.com" } }, order: { id: "ASC" } }));
  await step("typeorm: page", () => people.findAndCount({ order: { id: "ASC" }, take: 3, skip: 1 }));
  await step("typeorm: page with its bills", () => people.find({ relations: { invoices: true }, where: { email: "ada@example.com" }, take: 2, order: { id: "ASC" } }));
  await step("typeorm: builder", () => people.createQueryBuilder("c").leftJoinAndSelect("c.invoices", "i").where("c.email = :mail", { mail: "ada@example.com" }).orderBy("i.id").getMany());
  await step("typeorm: raw", () => people.createQueryBuilder("c").select("c.email", "mail").addSelect("COUNT(*)", "n").groupBy("c.email").where("c.email IN (:...mails)", { mails: ["n1@example.com", "no"] }).getRawMany());
  await step("typeorm: transaction", () => source.transaction(async (manager) => { await manager.update(Customer, { email: "n4@example.com" }, { name: "T" }); return manager.findOne(Customer, { where: { email: "n4@example.com" }, lock: { mode: "pessimistic_write" } }); }));
  await step("typeorm: remove", async () => (await people.delete({ email: "n7@example.com" })).affected);
  await refused("typeorm: ILIKE", () => people.findBy({ name: ILike("a%") }));
  await refused("typeorm: ORDER BY", () => people.find({ order: { email: "ASC" }, take: 3 }));
  await refused("typeorm: page with its bills, distinct", () => people.find({ relations: { invoices: true }, take: 2, order: { name: "ASC" } }));
  await step("typeorm: still connected", () => people.findOneBy({ email: "n8@example.com" }));
  await source.destroy();
}

async function onDrizzle() {
  const { drizzle } = installed("drizzle-orm/node-postgres");
  const { bigint, boolean, date, jsonb, numeric, pgTable, text, varchar } = installed("drizzle-orm/pg-core");
  const { asc, count, eq, inArray, like, ne, relations, sql } = installed("drizzle-orm");
  const customers = pgTable("customers", {
    id: bigint({ mode: "number" }).primaryKey().generatedByDefaultAsIdentity(), name: varchar({ length: 100 }), email: varchar({ length: 254 }), phone: text(),
    birthDate: date("birth_date"), salary: numeric({ precision: 10, scale: 2 }), active: boolean().default(true), profile: jsonb(), plan: text().default("free") });
  const invoices = pgTable("invoices", {
    id: bigint({ mode: "number" }).primaryKey().generatedByDefaultAsIdentity(), customerId: bigint("customer_id", { mode: "number" }), email: varchar(), amount: numeric(), note: text() });
  const schema = { customers, invoices,
    ofCustomers: relations(customers, ({ many }) => ({ invoices: many(invoices) })),
    ofInvoices: relations(invoices, ({ one }) => ({ customer: one(customers, { fields: [invoices.customerId], references: [customers.id] }) })) };
  const pool = new Pool({ ...place, ssl, max: 2 });
  const db = drizzle(pool, { schema });
  await step("drizzle: sign-up", () => db.insert(customers).values({ name: "Ada", email: "ada@example.com", birthDate: DAY, salary: "1234.50", profile: { a: [1] } }).returning());
  await step("drizzle: sign-ups", () => db.insert(customers).values(Array.from({ length: 25 }, (_, i) => ({ name: `n${i}`, email: `n${i}@example.com`, salary: String(i) }))).returning({ id: customers.id }));
  await step("drizzle: sign-up twice", () => db.insert(customers).values({ name: "x", email: "ada@example.com" }));
  await step("drizzle: log in", () => db.select().from(customers).where(eq(customers.email, "ada@example.com")));
  await step("drizzle: in", () => db.select({ id: customers.id }).from(customers).where(inArray(customers.email, ["ada@example.com", "n1@example.com"])).orderBy(asc(customers.id)));
  await step("drizzle: count", () => db.select({ n: count() }).from(customers).where(ne(customers.email, "ada@example.com")));
  await step("drizzle: change", () => db.update(customers).set({ phone: "2", profile: { b: null } }).where(eq(customers.email, "ada@example.com")).returning({ phone: customers.phone, profile: customers.profile }));
  await step("drizzle: upsert", () => db.insert(customers).values({ name: "U", email: "n1@example.com" }).onConflictDoUpdate({ target: customers.email, set: { name: sql`excluded.name` } }).returning({ name: customers.name }));
  await step("drizzle: bills", () => db.insert(invoices).values([{ customerId: 1, email: "ada@example.com", amount: "5", note: "n" }, { customerId: 1, email: "ada@example.com", amount: "6" }]).returning());
  await step("drizzle: joined", () => db.select({ note: invoices.note, name: customers.name }).from(invoices).innerJoin(customers, eq(customers.email, invoices.email)).orderBy(invoices.id));
  await step("drizzle: page", () => db.select().from(customers).orderBy(customers.id).limit(3).offset(1));
  await step("drizzle: prepared", () => db.select({ name: customers.name }).from(customers).where(eq(customers.email, sql.placeholder("mail"))).prepare("by_mail").execute({ mail: "n2@example.com" }));
  await step("drizzle: find many", () => db.query.customers.findMany({ columns: { id: true, name: true }, where: eq(customers.email, "ada@example.com") }));
  await step("drizzle: transaction", () => db.transaction(async (t) => { await t.update(customers).set({ name: "T" }).where(eq(customers.email, "n4@example.com")); return t.select({ name: customers.name }).from(customers).where(eq(customers.email, "n4@example.com")).for("update"); }));
  await step("drizzle: delete", () => db.delete(customers).where(eq(customers.email, "n7@example.com")).returning({ email: customers.email }));
  await step("drizzle: find with relations", () => db.query.customers.findMany({ with: { invoices: true }, where: eq(customers.email, "ada@example.com") }));
  await refused("drizzle: LIKE", () => db.select().from(customers).where(like(customers.email, "a%")));
  await refused("drizzle: ORDER BY", () => db.select().from(customers).orderBy(customers.email));
  await step("drizzle: still connected", () => db.select({ name: customers.name }).from(customers).where(eq(customers.email, "n8@example.com")));
  await pool.end();
}

for (const round of [onKnex, onSequelize, onTypeorm, onDrizzle]) {
  await emptied();
  await round();
}
