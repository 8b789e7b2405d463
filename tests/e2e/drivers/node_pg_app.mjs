// The small application on node-postgres: text and binary, named statements, cursors, streams, COPY.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pipeline } from "node:stream/promises";
import { Readable } from "node:stream";
import { place, refused, step } from "./node_trace.mjs";

const installed = createRequire(process.env.PGVEIL_NODE_MODULES + "/");
const pg = installed("pg");
const Cursor = installed("pg-cursor");
const QueryStream = installed("pg-query-stream");
const copies = installed("pg-copy-streams");

const ssl = { ca: readFileSync(process.env.PGSSLROOTCERT, "utf8"), rejectUnauthorized: true };
const SIGN_UP = "INSERT INTO customers (name, email, phone, birth_date, salary, profile) VALUES ($1, $2, $3, $4, $5, $6)";
const LOG_IN = "SELECT id, name, email, phone, birth_date, salary, profile, active, plan FROM customers WHERE email = $1";
const ADA = ["Ada Ünal", "ada@example.com", "+49 1", "1990-02-03", "1234.50", { a: [1, null] }];
const BOB = ["Bob", "bob@example.com", null, null, null, null];

async function main() {
  const client = new pg.Client({ ...place, ssl });
  await client.connect();
  await application(client);
  await transactions(client);
  await streams(client);
  await refusals(client);
  await client.end();
  await pooled();
}

async function application(client) {
  const run = async (...query) => (await client.query(...query)).rows;
  const count = async (...query) => (await client.query(...query)).rowCount;
  await step("sign-up", () => run(SIGN_UP + " RETURNING id, name, email, birth_date, salary, profile", ADA));
  await step("sign-up with nulls", () => run(SIGN_UP + " RETURNING *", BOB).then((rows) => rows.map((r) => ({ ...r, created_at: 0 }))));
  await step("sign-up twice", () => run(SIGN_UP, ADA));
  await step("sign-up, too long", () => run(SIGN_UP, ["x".repeat(101), "l@example.com", null, null, null, null]));
  await step("sign-up, date object", () => run(SIGN_UP + " RETURNING birth_date", ["Cy", "cy@example.com", null, new Date(Date.UTC(1999, 11, 31, 12)), 7.5, [1, "two"].length ? { deep: { er: [] } } : null]));
  await step("details of a twin", () => run(SIGN_UP, ADA).catch((e) => [e.code, e.constraint, e.table, e.schema, e.severity]));
  await step("log in", () => run(LOG_IN, ["ada@example.com"]));
  await step("log in, named", async () => {
    const found = [];
    for (const mail of ["ada@example.com", "bob@example.com", "no", "ada@example.com"]) {
      found.push(await run({ name: "log-in", text: LOG_IN, values: [mail] }));
    }
    return found;
  });
  await step("log in, rows as arrays", () => run({ text: LOG_IN, values: ["ada@example.com"], rowMode: "array" }));
  await step("log in, binary", () => run({ text: "SELECT id, name, email, active FROM customers WHERE email = $1", values: ["ada@example.com"], binary: true }));
  await step("log in, buffer", () => run("SELECT id FROM customers WHERE email = $1", [Buffer.from("ada@example.com")]));
  await step("log in, any", () => run("SELECT id, email FROM customers WHERE email = ANY($1) ORDER BY id", [["ada@example.com", "bob@example.com", null]]));
  await step("log in, any, cast", () => run("SELECT id FROM customers WHERE email = ANY($1::text[]) ORDER BY id", [["ada@example.com", 'q"u\\o,te']]));
  await step("log in, in", () => run("SELECT id FROM customers WHERE email IN ($1, $2, $3) ORDER BY id", ["ada@example.com", "x", "cy@example.com"]));
  await step("log in, literal", () => run("SELECT id, name FROM customers WHERE email = 'ada@example.com'"));
  await step("types", async () => (await client.query(LOG_IN, ["x"])).fields.map((f) => [f.name, f.dataTypeID, f.dataTypeSize, f.dataTypeModifier, f.format]));
  await step("several statements", async () => (await client.query("UPDATE customers SET phone = '7' WHERE email = 'ada@example.com'; SELECT phone FROM customers WHERE email = 'ada@example.com'")).map((r) => [r.command, r.rowCount, r.rows]));
  await step("change", () => count("UPDATE customers SET phone = $1, birth_date = $2, plan = $3 WHERE email = $4", ["+49 2", "1991-01-01", "pro", "bob@example.com"]));
  await step("profile", () => run("UPDATE customers SET profile = $2::jsonb WHERE email = $1 RETURNING profile", ["bob@example.com", JSON.stringify({ b: [1.5, "ü"] })]));
  await step("upsert", () => run("INSERT INTO customers (name, email) VALUES ($1, $2) ON CONFLICT (email) DO UPDATE SET name = EXCLUDED.name RETURNING id, name", ["Ada B.", "ada@example.com"]));
  await step("many rows", () => run("INSERT INTO customers (name, email, salary) VALUES " + Array.from({ length: 50 }, (_, i) => `($${3 * i + 1}, $${3 * i + 2}, $${3 * i + 3})`).join(", ") + " RETURNING id, email, salary", Array.from({ length: 50 }, (_, i) => [`n${i}`, `n${i}@example.com`, i + 0.25]).flat()));
  await step("unnest", () => run("INSERT INTO customers (name, email) SELECT * FROM unnest($1::text[], $2::text[]) RETURNING name, email", [["U1", "U2"], ["u1@example.com", "u2@example.com"]]));
  await step("bills", () => run("INSERT INTO invoices (customer_id, email, amount, note) VALUES ($1, $2, $3, $4), ($1, $2, 5, NULL) RETURNING id, note", [1, "ada@example.com", "9.99", "first"]));
  await step("bill with its customer", () => run("SELECT i.id, i.note, c.name FROM invoices i JOIN customers c USING (email) WHERE i.email = $1 ORDER BY i.id", ["ada@example.com"]));
  await step("admin list", () => run("SELECT id, name, email, birth_date FROM customers ORDER BY id LIMIT $1 OFFSET $2", [3, 1]));
  await step("admin count", () => run("SELECT count(*)::int AS n FROM customers WHERE email <> $1", ["ada@example.com"]));
  // node-postgres sends each as soon as the one before has been answered.
  await step("queued", () => Promise.all(["ada@example.com", "bob@example.com", "no"].map((mail) => run(LOG_IN, [mail]))));
  await step("notifications", async () => {
    await client.query("LISTEN news");
    const heard = new Promise((resolve) => client.once("notification", (n) => resolve([n.channel, n.payload])));
    await client.query("SELECT pg_notify('news', 'hello')");
    return heard;
  });
}

async function transactions(client) {
  const run = async (...query) => (await client.query(...query)).rows;
  await step("rolled back", async () => {
    await client.query("BEGIN");
    await client.query("UPDATE customers SET name = $1 WHERE email = $2", ["gone", "ada@example.com"]);
    await client.query("SAVEPOINT s");
    const twin = await client.query(SIGN_UP, ADA).catch((e) => e.code);
    const aborted = await client.query(LOG_IN, ["ada@example.com"]).catch((e) => e.code);
    await client.query("ROLLBACK TO s");
    const inside = await run("SELECT name FROM customers WHERE email = $1", ["ada@example.com"]);
    await client.query("ROLLBACK");
    return [twin, aborted, inside, await run("SELECT name FROM customers WHERE email = $1", ["ada@example.com"])];
  });
  await step("refused in a transaction", async () => {
    await client.query("BEGIN");
    await client.query("UPDATE customers SET name = $1 WHERE email = $2", ["gone", "ada@example.com"]);
    const first = await client.query("SELECT 1/0").catch((e) => e.code);
    const after = await client.query("COMMIT");
    return [first, after.command, await run("SELECT name FROM customers WHERE email = $1", ["ada@example.com"])];
  });
}

async function streams(client) {
  await step("cursor", async () => {
    const cursor = client.query(new Cursor("SELECT id, name, email FROM customers WHERE email <> $1 ORDER BY id", ["ada@example.com"]));
    const first = await cursor.read(7);
    const second = await cursor.read(5);
    await cursor.close();
    return [first, second];
  });
  await step("stream", async () => {
    const found = [];
    for await (const row of client.query(new QueryStream("SELECT id, email, salary FROM customers ORDER BY id", [], { batchSize: 8 }))) found.push(row);
    return found;
  });
  await step("copy in", async () => {
    const sink = client.query(copies.from("COPY customers (name, email, birth_date) FROM STDIN (FORMAT csv)"));
    await pipeline(Readable.from(["K1,k1@example.com,2001-02-03\n", '"K""2",k2@exa', "mple.com,\n"]), sink);
    return sink.rowCount;
  });
  await step("copy out", async () => {
    let text = "";
    for await (const chunk of client.query(copies.to("COPY (SELECT id, name, email, birth_date FROM customers ORDER BY id) TO STDOUT"))) text += chunk;
    return text;
  });
}

async function refusals(client) {
  const run = async (...query) => (await client.query(...query)).rows;
  await refused("LIKE", () => run("SELECT id FROM customers WHERE email LIKE $1", ["ada%"]));
  await refused("ILIKE", () => run("SELECT id FROM customers WHERE name ILIKE '%a%'"));
  await refused("ORDER BY", () => run("SELECT id FROM customers ORDER BY email"));
  await refused("lower", () => run("SELECT id FROM customers WHERE lower(email) = $1", ["ada@example.com"]));
  await refused("json path", () => run("SELECT profile->>'a' FROM customers WHERE email = $1", ["ada@example.com"]));
  await step("still connected", () => run(LOG_IN, ["ada@example.com"]));
}

async function pooled() {
  const pool = new pg.Pool({ ...place, ssl, max: 4 });
  await step("pool", () => Promise.all(Array.from({ length: 30 }, (_, i) => pool.query(LOG_IN, [["ada@example.com", "bob@example.com", "no"][i % 3]]).then((r) => r.rows.map((row) => row.name)))));
  await step("cancelled", async () => {
    const client = await pool.connect();
    const { rows: [{ pid }] } = await client.query("SELECT pg_backend_pid() AS pid");
    const sleeping = client.query("SELECT pg_sleep(30)").catch((e) => e.code);
    // It may not have begun yet.
    const again = setInterval(() => pool.query("SELECT pg_cancel_backend($1)", [pid]), 100);
    const state = await sleeping;
    clearInterval(again);
    client.release();
    return state;
  });
  await step("timed out", () => pool.query("SET statement_timeout = 100; SELECT pg_sleep(30)"));
  await pool.end();
}

await main();
