// The small application on Prisma with its adapter for node-postgres: models, relations, nested writes,
// transactions, raw queries.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

// The packages and the generated client are where `scripts/drivers prisma` has put them.
const require = createRequire(`${process.env.PGVEIL_PRISMA}/`);
const { PrismaClient } = require("@prisma/client");
const { PrismaPg } = require("@prisma/adapter-pg");
const env = process.env;
const place = { host: env.PGHOST, port: +env.PGPORT, user: env.PGUSER, password: env.PGPASSWORD, database: env.PGDATABASE };
const db = new PrismaClient({ adapter: new PrismaPg({ ...place, ssl: { ca: readFileSync(env.PGSSLROOTCERT, "utf8") } }) });

// A value with its type, so that 1 and "1" are told apart; when a row was made differs.
function shown(value) {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return "date:" + value.toISOString();
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== "object") return `${typeof value}:${value}`;
  if (value.constructor?.name !== "Object") return `${value.constructor?.name}:${value}`;
  const fields = Object.entries(value).filter(([name]) => name !== "created_at");
  return Object.fromEntries(fields.map(([name, field]) => [name, shown(field)]));
}

function state(error) {
  const behind = [error, error.cause, error.meta?.driverAdapterError, error.meta?.driverAdapterError?.cause];
  return behind.find((one) => one?.originalCode)?.originalCode ?? error.code ?? null;
}

async function step(name, action, refused = false) {
  let outcome;
  try {
    outcome = { value: shown(await action()) };
  } catch (error) {
    outcome = { error: error.constructor.name, state: state(error) };
  }
  console.log(JSON.stringify({ step: name, refused, outcome }));
}

const refused = (name, action) => step(name, action, true);
const ada = { name: "Ada Ü", email: "ada@example.com", phone: "+49", birth_date: new Date("1990-02-03"), salary: "1234.50", profile: { a: [1, null] } };
const c = db.customers;
await db.$executeRawUnsafe("TRUNCATE customers, invoices RESTART IDENTITY");
await step("create", () => c.create({ data: ada }));
await step("create nulls", () => c.create({ data: { name: "Bob", email: "bob@example.com" } }));
await step("twice", () => c.create({ data: ada }));
await step("findUnique", () => c.findUnique({ where: { email: "ada@example.com" } }));
await step("findFirst", () => c.findFirst({ where: { email: { in: ["ada@example.com", "no"] } } }));
await step("findMany not", () => c.findMany({ where: { NOT: { email: "ada@example.com" } }, orderBy: { id: "asc" }, select: { id: true, name: true } }));
await step("createMany", () => c.createMany({ data: Array.from({ length: 30 }, (_, i) => ({ name: `n'${i}\\`, email: `n${i}@example.com` })), skipDuplicates: true }));
await step("createManyAndReturn", () => c.createManyAndReturn({ data: [{ name: "r", email: "r@example.com" }], select: { id: true, email: true } }));
await step("update", () => c.update({ where: { email: "bob@example.com" }, data: { birth_date: new Date("1991-01-01"), salary: "99.90", profile: { b: null } } }));
await step("updateMany", () => c.updateMany({ where: { email: "bob@example.com" }, data: { phone: "2" } }));
await step("upsert", () => c.upsert({ where: { email: "ada@example.com" }, create: ada, update: { name: "Ada U" }, select: { id: true, name: true } }));
await step("upsert new", () => c.upsert({ where: { email: "new@example.com" }, create: { name: "N", email: "new@example.com" }, update: {}, select: { name: true } }));
await step("nested create", () => c.update({ where: { id: 1n }, data: { invoices: { create: { email: "ada@example.com", amount: "9.99", note: "first" } } }, include: { invoices: true } }));
await step("include", () => c.findUnique({ where: { email: "ada@example.com" }, include: { invoices: true } }));
await step("relation filter", () => db.invoices.findMany({ where: { customer: { email: "ada@example.com" } }, include: { customer: { select: { name: true } } } }));
await step("some", () => c.findMany({ where: { invoices: { some: { email: "ada@example.com" } } }, select: { id: true } }));
await step("count", () => c.count({ where: { email: { not: "ada@example.com" } } }));
await step("page", () => c.findMany({ orderBy: { id: "desc" }, skip: 2, take: 3, select: { id: true, email: true } }));
await step("cursor", () => c.findMany({ cursor: { id: 5n }, take: 2, orderBy: { id: "asc" }, select: { email: true } }));
await step("groupBy", () => c.groupBy({ by: ["plan"], _count: { _all: true } }));
await step("transaction", () => db.$transaction([c.update({ where: { id: 2n }, data: { name: "B" }, select: { name: true } }), c.findUnique({ where: { id: 2n }, select: { name: true } })]));
await step("rollback", async () => {
  try {
    await db.$transaction(async (inside) => {
      await inside.customers.update({ where: { id: 2n }, data: { name: "gone" } });
      await inside.customers.create({ data: ada });
    });
  } catch (error) {
    return [error.code, (await c.findUnique({ where: { id: 2n } })).name];
  }
});
await step("raw", () => db.$queryRaw`SELECT id, name, email FROM customers WHERE email = ${"ada@example.com"}`);
await step("delete", () => c.delete({ where: { email: "new@example.com" }, select: { email: true } }));
await step("deleteMany", () => c.deleteMany({ where: { email: { in: ["r@example.com", "n1@example.com"] } } }));
await refused("contains", () => c.findMany({ where: { email: { contains: "a" } } }));
await refused("insensitive", () => c.findMany({ where: { email: { equals: "A", mode: "insensitive" } } }));
await refused("orderBy", () => c.findMany({ orderBy: { email: "asc" } }));
await refused("sum", () => c.aggregate({ _sum: { salary: true } }));
await refused("gt", () => c.findMany({ where: { birth_date: { gt: new Date("1990-01-01") } } }));
await refused("JSON path", () => c.findMany({ where: { profile: { path: ["a"], equals: 1 } } }));
await db.$disconnect();
