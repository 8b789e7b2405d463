// The small application on postgres.js: everything prepared, pipelined, types asked of the server.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { place, refused, step } from "./node_trace.mjs";

const postgres = createRequire(process.env.PGVEIL_NODE_MODULES + "/")("postgres");
const ssl = { ca: readFileSync(process.env.PGSSLROOTCERT, "utf8"), rejectUnauthorized: true };

const rows = (found) => Array.from(found, (row) => (Array.isArray(row) ? row : { ...row }));

async function main() {
  for (const prepare of [true, false]) {
    const sql = postgres({ ...place, username: place.user, ssl, prepare, max: 1, onnotice: () => {} });
    await sql`TRUNCATE customers, invoices RESTART IDENTITY`;
    const named = (name, ...rest) => step((prepare ? "prepared: " : "unprepared: ") + name, ...rest);
    await application(sql, named);
    await streams(sql, named);
    await refusals(sql, (name, action) => named(name, action, true), named);
    await sql.end();
  }
}

async function application(sql, step) {
  const day = new Date("1990-02-03T00:00:00Z");
  await step("sign-up", async () => rows(await sql`INSERT INTO customers ${sql({ name: "Ada Ü", email: "ada@example.com", phone: "1", birth_date: "1990-02-03", salary: "1234.50", profile: sql.json({ a: [1, null] }) })} RETURNING id, name, email, birth_date, salary, profile`));
  await step("sign-up with nulls", async () => rows(await sql`INSERT INTO customers (name, email, phone) VALUES (${"Bob"}, ${"bob@example.com"}, ${null}) RETURNING id, phone`));
  await step("sign-up, date object", async () => rows(await sql`INSERT INTO customers (name, email, birth_date) VALUES (${"Cy"}, ${"cy@example.com"}, ${day}) RETURNING birth_date`));
  await step("sign-up twice", () => sql`INSERT INTO customers (name, email) VALUES (${"x"}, ${"ada@example.com"})`);
  await step("many rows", async () => rows(await sql`INSERT INTO customers ${sql(Array.from({ length: 40 }, (_, i) => ({ name: `n${i}`, email: `n${i}@example.com`, salary: i })), "name", "email", "salary")} RETURNING id, email, salary`));
  await step("log in", async () => rows(await sql`SELECT id, name, email, birth_date, salary, profile, plan FROM customers WHERE email = ${"ada@example.com"}`));
  await step("log in, in", async () => rows(await sql`SELECT id FROM customers WHERE email IN ${sql(["ada@example.com", "n3@example.com"])} ORDER BY id`));
  await step("log in, any", async () => rows(await sql`SELECT id, email FROM customers WHERE email = ANY(${["ada@example.com", "bob@example.com"]}) ORDER BY id`));
  await step("log in, fragment", async () => rows(await sql`SELECT id FROM customers ${sql`WHERE email = ${"bob@example.com"}`}`));
  await step("log in, unsafe", async () => rows(await sql.unsafe("SELECT id, name FROM customers WHERE email = $1", ["ada@example.com"])));
  await step("columns", async () => (await sql`SELECT id, name, birth_date, salary FROM customers WHERE email = ${"no"}`).columns.map((c) => [c.name, c.type]));
  await step("described", async () => {
    const { types, columns } = await sql`SELECT id, email, birth_date FROM customers WHERE email = ${"x"} AND id > ${1}`.describe();
    return [types, columns.map((c) => [c.name, c.type])];
  });
  await step("values", async () => rows(await sql`SELECT id, name, email FROM customers WHERE email = ${"ada@example.com"}`.values()));
  await step("change", async () => (await sql`UPDATE customers SET ${sql({ phone: "2", name: "Bobby" }, "phone", "name")} WHERE email = ${"bob@example.com"}`).count);
  await step("update from values", async () => rows(await sql`UPDATE customers SET phone = d.phone FROM (VALUES ${sql([["n1@example.com", "p1"], ["n2@example.com", "p2"]])}) AS d (email, phone) WHERE customers.email = d.email RETURNING customers.email, customers.phone`));
  await step("upsert", async () => rows(await sql`INSERT INTO customers (name, email) VALUES (${"Ada U"}, ${"ada@example.com"}) ON CONFLICT (email) DO UPDATE SET name = EXCLUDED.name RETURNING id, name`));
  await step("bills", async () => rows(await sql`INSERT INTO invoices ${sql([{ customer_id: 1, email: "ada@example.com", amount: "9.99", note: "first" }, { customer_id: 1, email: "ada@example.com", amount: 5, note: null }])} RETURNING id, note`));
  await step("bill with its customer", async () => rows(await sql`SELECT i.id, i.note, c.name FROM invoices i JOIN customers c ON c.id = i.customer_id WHERE c.email = ${"ada@example.com"} ORDER BY i.id`));
  await step("pipelined", async () => (await Promise.all(["ada@example.com", "bob@example.com", "no"].flatMap((mail) => [
    sql`SELECT name FROM customers WHERE email = ${mail}`, sql`SELECT 1 AS one`, sql`UPDATE customers SET plan = ${"pro"} WHERE email = ${mail}`]))).map(rows));
  await step("pipelined with an error", async () => (await Promise.allSettled([
    sql`SELECT name FROM customers WHERE email = ${"ada@example.com"}`, sql`INSERT INTO customers (name, email) VALUES (${"x"}, ${"ada@example.com"})`,
    sql`SELECT name FROM customers WHERE email = ${"bob@example.com"}`])).map((r) => (r.value ? rows(r.value) : r.reason.code)));
  await step("transaction", () => sql.begin(async (sql) => {
    await sql`UPDATE customers SET name = ${"T"} WHERE email = ${"bob@example.com"}`;
    const twin = await sql.savepoint((sql) => sql`INSERT INTO customers (name, email) VALUES ('x', ${"ada@example.com"})`).catch((e) => e.code);
    return [twin, rows(await sql`SELECT name FROM customers WHERE email = ${"bob@example.com"}`)];
  }));
  await step("rolled back", async () => {
    await sql.begin(async (sql) => {
      await sql`UPDATE customers SET name = ${"gone"} WHERE email = ${"bob@example.com"}`;
      throw new Error("no");
    }).catch(() => {});
    return rows(await sql`SELECT name FROM customers WHERE email = ${"bob@example.com"}`);
  });
  await step("admin list", async () => rows(await sql`SELECT id, name, email FROM customers ORDER BY id LIMIT ${3} OFFSET ${1}`));
  await step("several statements", async () => (await sql`UPDATE customers SET phone = '9' WHERE email = 'n1@example.com'; SELECT phone FROM customers WHERE email = 'n1@example.com'`.simple()).map((r) => [r.command, rows(r)]));
}

async function streams(sql, step) {
  await step("cursor", async () => {
    const found = [];
    for await (const part of sql`SELECT id, name, email FROM customers ORDER BY id`.cursor(9)) found.push(rows(part));
    return found;
  });
  await step("for each", async () => {
    const found = [];
    await sql`SELECT email FROM customers ORDER BY id`.forEach((row) => found.push(row.email));
    return found;
  });
  await step("copy in", async () => {
    const sink = await sql`COPY customers (name, email, birth_date) FROM STDIN`.writable();
    await pipeline(Readable.from(["K1\tk1@example.com\t2001-02-03\n", "K2\tk2@exa", "mple.com\t\\N\n"]), sink);
    return rows(await sql`SELECT name, birth_date FROM customers WHERE email IN ('k1@example.com', 'k2@example.com') ORDER BY id`);
  });
  await step("copy out", async () => {
    let text = "";
    for await (const chunk of await sql`COPY (SELECT id, name, email FROM customers ORDER BY id) TO STDOUT (FORMAT csv)`.readable()) text += chunk;
    return text;
  });
  await step("notifications", async () => {
    let heard;
    const told = new Promise((resolve) => (heard = resolve));
    const listening = await sql.listen("news", heard);
    await sql.notify("news", "hello");
    const said = await told;
    await listening.unlisten();
    return said;
  });
  await step("cancelled", async () => {
    const sleeping = sql`SELECT pg_sleep(30)`.execute();
    setTimeout(() => sleeping.cancel(), 300);
    return sleeping;
  });
}

async function refusals(sql, refused, step) {
  await refused("LIKE", () => sql`SELECT id FROM customers WHERE email LIKE ${"ada%"}`);
  await refused("ORDER BY", () => sql`SELECT id FROM customers ORDER BY name`);
  await refused("range", () => sql`SELECT id FROM customers WHERE salary > ${5}`);
  await step("a refusal among others", async () => (await Promise.allSettled([
    sql`SELECT name FROM customers WHERE email = ${"ada@example.com"}`, sql`SELECT no_such_column FROM customers`, sql`SELECT name FROM customers WHERE email = ${"k1@example.com"}`,
  ])).map((r) => (r.value ? rows(r.value) : r.reason.code)));
  await step("still connected", async () => rows(await sql`SELECT id FROM customers WHERE email = ${"ada@example.com"}`));
}

await main();
