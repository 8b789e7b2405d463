"""The small application on asyncpg: everything binary, everything prepared."""

import asyncio
import datetime
import decimal
import json
import sys

import asyncpg

from trace import Trace

DAY = datetime.date(1990, 2, 3)
PAY = decimal.Decimal("1234.50")


async def main(dsn):
    trace = Trace()
    connection = await asyncpg.connect(dsn)
    await application(trace, connection)
    await cursors(trace, connection)
    await refusals(trace, connection)
    await connection.close()
    async with asyncpg.create_pool(dsn, min_size=2, max_size=4) as pool:
        await pooled(trace, pool)


def rows(found):
    return [tuple(row) for row in found]


async def application(trace, connection):
    async def run(*arguments):
        return rows(await connection.fetch(*arguments))

    async def many():
        return await connection.executemany(
            "INSERT INTO invoices (customer_id, email, amount, note) VALUES ($1, $2, $3, $4)",
            [(1, "ada@example.com", decimal.Decimal(i), f"note {i}") for i in range(20)] + [(2, "bob@example.com", PAY, None)])

    async def attributes():
        statement = await connection.prepare("SELECT id, email, birth_date, salary, profile FROM customers WHERE email = $1")
        return [tuple(statement.get_parameters()[0]), [(a.name, a.type.name) for a in statement.get_attributes()]]

    async def registered():
        await connection.set_type_codec("jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")
        await connection.execute("UPDATE customers SET profile = $1 WHERE email = $2", {"b": [1.5, "x"]}, "bob@example.com")
        found = await run("SELECT profile FROM customers WHERE email = $1", "bob@example.com")
        await connection.reset_type_codec("jsonb", schema="pg_catalog")
        return found

    sign_up = ("INSERT INTO customers (name, email, phone, birth_date, salary, profile) VALUES ($1, $2, $3, $4, $5, $6)"
               " RETURNING id, name, email, birth_date, salary, profile")
    await trace.astep("sign-up", lambda: run(sign_up, "Ada Ü", "ada@example.com", "+49", DAY, PAY, '{"a": 1}'))
    await trace.astep("sign-up with nulls", lambda: run(sign_up, "Bob", "bob@example.com", None, None, None, None))
    await trace.astep("sign-up twice", lambda: run(sign_up, "Ada", "ada@example.com", None, None, None, None))
    await trace.astep("sign-up, too long", lambda: run(sign_up, "x" * 101, "l@example.com", None, None, None, None))
    await trace.astep("log in", lambda: run("SELECT * FROM (SELECT id, name, email, phone, birth_date, salary, profile, plan"
                                            " FROM customers) c WHERE email = $1", "ada@example.com"))
    await trace.astep("log in, any", lambda: run("SELECT id FROM customers WHERE email = ANY($1) ORDER BY id",
                                                 ["ada@example.com", None, "bob@example.com"]))
    await trace.astep("log in, any, cast", lambda: run("SELECT id FROM customers WHERE email = ANY($1::text[]) ORDER BY id",
                                                       ["ada@example.com", "bob@example.com"]))
    await trace.astep("log in, cast", lambda: run("SELECT id FROM customers WHERE email = $1::varchar", "ada@example.com"))
    await trace.astep("types", attributes)
    await trace.astep("jsonb codec", registered)
    await trace.astep("bills", many)
    await trace.astep("bills joined", lambda: run(
        "SELECT c.name, i.email, i.note FROM invoices i JOIN customers c ON c.id = i.customer_id AND c.email = i.email ORDER BY i.id"))
    await trace.astep("unnest", lambda: run(
        "INSERT INTO customers (name, email) SELECT * FROM unnest($1::text[], $2::text[]) RETURNING name, email",
        ["U1", "U2"], ["u1@example.com", "u2@example.com"]))
    await trace.astep("change", lambda: connection.execute("UPDATE customers SET name = $1 WHERE email = $2", "B2", "bob@example.com"))
    await trace.astep("upsert", lambda: run(
        "INSERT INTO customers (name, email) VALUES ($1, $2) ON CONFLICT (email) DO UPDATE SET name = $1 RETURNING id, name",
        "B3", "bob@example.com"))
    await trace.astep("one value", lambda: connection.fetchval("SELECT salary FROM customers WHERE email = $1", "ada@example.com"))
    await trace.astep("several statements", lambda: connection.execute(
        "UPDATE customers SET phone = '7' WHERE email = 'ada@example.com'; SELECT 1"))
    await trace.astep("admin list", lambda: run("SELECT id, name, email, phone FROM customers ORDER BY id LIMIT $1", 3))
    await trace.astep("untouched table", lambda: run("INSERT INTO pages (title) VALUES ($1) RETURNING *", "home"))


async def cursors(trace, connection):
    async def cursor():
        async with connection.transaction():
            return [tuple(row) async for row in connection.cursor("SELECT id, name, email FROM customers ORDER BY id", prefetch=2)]

    async def savepoint():
        async with connection.transaction():
            try:
                async with connection.transaction():
                    await connection.execute("INSERT INTO customers (name, email) VALUES ('x', 'ada@example.com')")
            except asyncpg.UniqueViolationError as error:
                return error.constraint_name, await connection.fetchval(
                    "SELECT name FROM customers WHERE email = $1", "ada@example.com")

    await trace.astep("cursor", cursor)
    await trace.astep("savepoint", savepoint)


async def refusals(trace, connection):
    run = connection.fetch
    await trace.astep("LIKE", lambda: run("SELECT id FROM customers WHERE email LIKE $1", "ada%"), refused=True)
    await trace.astep("ORDER BY", lambda: run("SELECT id FROM customers ORDER BY name"), refused=True)
    await trace.astep("upper", lambda: run("SELECT id FROM customers WHERE upper(email) = $1", "A"), refused=True)
    await trace.astep("range", lambda: run("SELECT id FROM customers WHERE birth_date > $1", DAY), refused=True)
    await trace.astep("still connected", lambda: connection.fetchval(
        "SELECT email FROM customers WHERE email = $1", "ada@example.com"))


async def pooled(trace, pool):
    async def together():
        async def one(mail):
            return await pool.fetchval("SELECT name FROM customers WHERE email = $1", mail)
        return await asyncio.gather(*(one(mail) for mail in ["ada@example.com", "bob@example.com", "none"] * 10))

    await trace.astep("pool", together)


asyncio.run(main(sys.argv[1]))
