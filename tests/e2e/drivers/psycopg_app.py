"""The small application on psycopg 3: text, binary, cursors, pipeline mode, COPY."""

import datetime
import decimal
import sys

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from trace import Trace

SIGN_UP = (
    "INSERT INTO customers (name, email, phone, birth_date, salary, profile)"
    " VALUES (%s, %s, %s, %s, %s, %s) RETURNING id, name, email, birth_date, salary, profile, plan"
)
ADA = ("Ada Ünal", "ada@example.com", "+49 1", datetime.date(1990, 2, 3), decimal.Decimal("1234.50"), Jsonb({"a": [1, None]}))
BOB = ("Bob", "bob@example.com", None, None, None, None)


def main(dsn):
    trace = Trace()
    with psycopg.connect(dsn, autocommit=True) as connection:
        application(trace, connection)
        cursors(trace, connection)
        pipelines(trace, connection)
        copies(trace, connection)
        refusals(trace, connection)


def application(trace, connection):
    run = lambda *a, **k: connection.execute(*a, **k).fetchall()
    count = lambda *a, **k: connection.execute(*a, **k).rowcount
    trace.step("sign-up", lambda: run(SIGN_UP, ADA))
    trace.step("sign-up with nulls", lambda: run(SIGN_UP, BOB))
    trace.step("sign-up twice", lambda: run(SIGN_UP, ADA))
    trace.step("sign-up, too long", lambda: run(SIGN_UP, ("x" * 101, "long@example.com", None, None, None, None)))
    trace.step("sign-up, no date", lambda: run("INSERT INTO customers (name, email, birth_date) VALUES ('x', 'y', %s)", ("never",)))
    trace.step("sign-up or not", lambda: count(
        "INSERT INTO customers (name, email) VALUES (%s, %s) ON CONFLICT (email) DO NOTHING", ("A", "ada@example.com")))
    trace.step("upsert", lambda: run(
        "INSERT INTO customers (name, email) VALUES (%s, %s) ON CONFLICT (email) DO UPDATE SET name = excluded.name"
        " RETURNING id, name", ("Ada B.", "ada@example.com")))
    for binary in (False, True):
        label = "binary" if binary else "text"
        trace.step(f"log in, {label}", lambda: run(
            "SELECT id, name, email, phone, birth_date, salary, profile, active, plan FROM customers WHERE email = %s",
            ("ada@example.com",), binary=binary))
        trace.step(f"log in, cast, {label}", lambda: run(
            "SELECT id FROM customers WHERE email = %s::text", ("ada@example.com",), binary=binary))
        trace.step(f"log in, any, {label}", lambda: run(
            "SELECT id, email FROM customers WHERE email = ANY(%s) ORDER BY id", (["ada@example.com", "bob@example.com", "no"],),
            binary=binary))
        trace.step(f"binary parameters, {label}", lambda: run(
            "SELECT id FROM customers WHERE email = %b AND id > %b", ("ada@example.com", 0), binary=binary))
        trace.step(f"binary sign-up, {label}", lambda: run(
            "INSERT INTO customers (name, email, birth_date, salary, profile) VALUES (%b, %b, %b, %b, %b)"
            " RETURNING name, email, birth_date, salary, profile",
            ("Eve", f"eve-{label}@example.com", ADA[3], ADA[4], ADA[5]), binary=binary))
        trace.step(f"binary any, {label}", lambda: run(
            "SELECT id FROM customers WHERE email = ANY(%b) ORDER BY id", (["ada@example.com"],), binary=binary))
    trace.step("change", lambda: count(
        "UPDATE customers SET phone = %s, birth_date = %s, plan = %s WHERE email = %s",
        ("+49 2", datetime.date(1991, 1, 1), "pro", "bob@example.com")))
    trace.step("change to null", lambda: count("UPDATE customers SET phone = NULL WHERE email = %s", ("bob@example.com",)))
    trace.step("bills", lambda: connection.cursor().executemany(
        "INSERT INTO invoices (customer_id, email, amount, note) VALUES (%s, %s, %s, %s)",
        [(1, "ada@example.com", decimal.Decimal("9.99"), "first"), (1, "ada@example.com", 5, ""),
         (2, "bob@example.com", 7, None)]))
    trace.step("bills, returning", lambda: executemany_returning(connection))
    trace.step("bills joined", lambda: run(
        "SELECT c.name, i.email, i.amount, i.note FROM invoices i JOIN customers c USING (email) ORDER BY i.id"))
    trace.step("bills by e-mail", lambda: run(
        "SELECT i.email, count(*), sum(i.amount) FROM invoices i GROUP BY i.email ORDER BY 2 DESC, 3"))
    trace.step("bills, exists", lambda: run(
        "SELECT c.email FROM customers c WHERE EXISTS (SELECT 1 FROM invoices i WHERE i.email = c.email AND i.email <> %s)"
        " ORDER BY c.id", ("ada@example.com",)))
    trace.step("types of a result", lambda: [
        (c.name, c.type_code, c.display_size, c.internal_size, c.precision, c.scale)
        for c in connection.execute("SELECT id, name, email, birth_date, salary, profile FROM customers").description])
    trace.step("admin list", lambda: connection.cursor(row_factory=dict_row).execute(
        "SELECT id, name, email, birth_date FROM customers ORDER BY id LIMIT %s OFFSET %s", (3, 1)).fetchall())
    trace.step("rolled back", lambda: rolled_back(connection))
    trace.step("distinct", lambda: run("SELECT count(DISTINCT email) FROM invoices"))
    trace.step("coalesce", lambda: run("SELECT coalesce(phone, %s) FROM customers ORDER BY id", ("none",)))
    trace.step("quoted and odd", lambda: run(
        "INSERT INTO customers (name, email) VALUES ('O''Hara \\ %% ''''', E'tab\\t@x') RETURNING name, email"))
    trace.step("untouched table", lambda: run("INSERT INTO pages (title) VALUES (%s) RETURNING id, title, visits", ("home",)))


def executemany_returning(connection):
    cursor = connection.cursor()
    cursor.executemany(
        "INSERT INTO customers (name, email) VALUES (%s, %s) RETURNING email",
        [(f"n{i}", f"many{i}@example.com") for i in range(5)], returning=True)
    found = [cursor.fetchone()]
    while cursor.nextset():
        found.append(cursor.fetchone())
    return found


def rolled_back(connection):
    try:
        with connection.transaction():
            connection.execute("UPDATE customers SET name = 'gone'")
            with connection.transaction():
                connection.execute("INSERT INTO customers (name, email) VALUES ('x', 'ada@example.com')")
    except psycopg.errors.UniqueViolation as error:
        kept = connection.execute("SELECT count(*) FROM customers WHERE email = 'ada@example.com'").fetchall()
        return error.diag.constraint_name, error.diag.table_name, kept
    return None


def cursors(trace, connection):
    def named(**options):
        with connection.transaction(), connection.cursor("c1", **options) as cursor:
            cursor.itersize = 2
            cursor.execute("SELECT id, email, salary FROM customers WHERE id < %s ORDER BY id", (100,))
            first = cursor.fetchone()
            return first, cursor.fetchmany(2), list(cursor)

    def binary():
        with connection.transaction(), connection.cursor("c2", binary=True) as cursor:
            cursor.execute("SELECT id, email, birth_date FROM customers WHERE email = %s", ("ada@example.com",))
            return cursor.fetchall()

    def scrolled():
        with connection.transaction(), connection.cursor("c3", scrollable=True) as cursor:
            cursor.execute("SELECT id, email FROM customers ORDER BY id")
            cursor.scroll(2)
            later = cursor.fetchone()
            cursor.scroll(0, mode="absolute")
            return later, cursor.fetchone()

    def held():
        with connection.cursor("c4", withhold=True) as cursor:
            cursor.execute("SELECT id, name FROM customers ORDER BY id")
            return cursor.fetchmany(2)

    trace.step("named cursor", named)
    trace.step("named cursor, binary", binary)
    trace.step("named cursor, scrolled", scrolled)
    trace.step("named cursor, held", held)
    trace.step("stream", lambda: list(connection.cursor().stream("SELECT id, email FROM customers ORDER BY id LIMIT 3")))
    trace.step("prepared", lambda: [
        connection.execute("SELECT name FROM customers WHERE email = %s", (mail,), prepare=True).fetchall()
        for mail in ("ada@example.com", "nobody", "bob@example.com")])
    trace.step("client cursor", lambda: psycopg.ClientCursor(connection).execute(
        "SELECT id, name, birth_date, salary FROM customers WHERE email = %s AND id = %s", ("ada@example.com", 1)).fetchall())
    trace.step("client sign-up", lambda: psycopg.ClientCursor(connection).execute(
        SIGN_UP, ("Cl", "client@example.com", "1", ADA[3], ADA[4], ADA[5])).fetchall())
    trace.step("raw cursor", lambda: psycopg.RawCursor(connection).execute(
        "SELECT id FROM customers WHERE email = $1 OR email = $1", ("ada@example.com",)).fetchall())


def pipelines(trace, connection):
    def many():
        with connection.pipeline() as pipeline:
            found = [connection.execute("SELECT name, salary FROM customers WHERE email = %s", (mail,))
                     for mail in ("ada@example.com", "bob@example.com", "nobody") * 3]
            connection.execute("UPDATE customers SET name = %s WHERE email = %s", ("Bobby", "bob@example.com"))
            pipeline.sync()
            found.append(connection.execute("SELECT name FROM customers WHERE email = %s", ("bob@example.com",)))
            return [cursor.fetchall() for cursor in found]

    def broken():
        with connection.pipeline():
            good = connection.execute("SELECT name FROM customers WHERE email = %s", ("ada@example.com",))
            bad = connection.execute("INSERT INTO customers (name, email) VALUES (%s, %s)", ("x", "ada@example.com"))
            connection.execute("SELECT 1")
        return good.fetchall(), bad.rowcount

    def refused():
        with connection.pipeline():
            connection.execute("SELECT name FROM customers WHERE email = %s", ("ada@example.com",))
            connection.execute("SELECT name FROM customers WHERE email LIKE %s", ("ada%",))
            connection.execute("SELECT 1")

    trace.step("pipeline", many)
    trace.step("pipeline with an error", broken)
    trace.refused("pipeline, LIKE", refused)
    trace.step("after the pipeline", lambda: connection.execute("SELECT count(*) FROM customers").fetchall())


def copies(trace, connection):
    def out(statement, types=None):
        with connection.cursor().copy(statement) as copy:
            if types:
                copy.set_types(types)
            return list(copy.rows()) if types else b"".join(bytes(part) for part in copy)

    def load(statement, rows, types=None):
        cursor = connection.cursor()
        with cursor.copy(statement) as copy:
            if types:
                copy.set_types(types)
            for row in rows:
                copy.write_row(row)
        return cursor.rowcount

    trace.step("copy in", lambda: load(
        "COPY customers (name, email, birth_date, salary) FROM STDIN",
        [("Tab\tNew\nline", "copy1@example.com", ADA[3], ADA[4]), (r"back\slash", "copy2@example.com", None, None)]))
    trace.step("copy in, binary", lambda: load(
        "COPY customers (name, email, birth_date, salary) FROM STDIN (FORMAT binary)",
        [("Bin", "copy3@example.com", ADA[3], ADA[4])], ["varchar", "varchar", "date", "numeric"]))
    trace.step("copy out", lambda: sorted(out("COPY customers (id, name, email, birth_date, salary) TO STDOUT").splitlines()))
    trace.step("copy out, csv", lambda: out("COPY (SELECT id, name, email FROM customers ORDER BY id) TO STDOUT (FORMAT csv, HEADER)"))
    trace.step("copy out, binary", lambda: out(
        "COPY (SELECT id, email, birth_date FROM customers ORDER BY id) TO STDOUT (FORMAT binary)", ["int8", "varchar", "date"]))
    trace.step("after the copies", lambda: connection.execute(
        "SELECT id, name, email, birth_date, salary FROM customers ORDER BY id").fetchall())


def refusals(trace, connection):
    run = lambda *a: connection.execute(*a).fetchall()
    trace.refused("LIKE", lambda: run("SELECT id FROM customers WHERE email LIKE %s", ("ada%",)))
    trace.refused("ILIKE", lambda: run("SELECT id FROM customers WHERE name ILIKE %s", ("ada%",)))
    trace.refused("ORDER BY", lambda: run("SELECT id FROM customers ORDER BY email"))
    trace.refused("upper", lambda: run("SELECT upper(name) FROM customers"))
    trace.refused("lower and equal", lambda: run("SELECT id FROM customers WHERE lower(email) = lower(%s)", ("ADA@example.com",)))
    trace.refused("equal, randomized", lambda: run("SELECT id FROM customers WHERE name = %s", ("Ada",)))
    trace.refused("range", lambda: run("SELECT id FROM customers WHERE birth_date > %s", (ADA[3],)))
    trace.refused("sum", lambda: run("SELECT sum(salary) FROM customers"))
    trace.refused("json path", lambda: run("SELECT profile ->> 'a' FROM customers"))
    trace.step("still connected", lambda: run("SELECT email FROM customers WHERE email = %s", ("ada@example.com",)))
    trace.step("delete", lambda: run("DELETE FROM invoices WHERE email = %s RETURNING email, note", ("bob@example.com",)))


main(sys.argv[1])
