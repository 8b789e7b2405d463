"""The small application on pg8000, which is all Python: values as text, nothing of libpq; native and DB-API."""

import datetime
import decimal
import io
import os
import ssl
import sys
import urllib.parse

import pg8000.dbapi
import pg8000.native

from trace import Trace

DAY = datetime.date(1990, 2, 3)
PAY = decimal.Decimal("1234.50")
SIGN_UP = """INSERT INTO customers (name, email, phone, birth_date, salary, profile)
    VALUES (:name, :email, :phone, :day, :pay, :profile) RETURNING id, name, email, phone, birth_date, salary, profile"""


def main(dsn):
    place = urllib.parse.urlsplit(dsn)
    known = {
        "user": place.username, "password": place.password, "host": place.hostname, "port": place.port,
        "database": place.path[1:], "ssl_context": ssl.create_default_context(cafile=os.environ["PGSSLROOTCERT"]),
    }
    trace = Trace()
    with pg8000.native.Connection(**known) as connection:
        application(trace, connection)
        prepared(trace, connection)
        copies(trace, connection)
        refusals(trace, connection)
    with pg8000.dbapi.connect(**known) as connection:
        db_api(trace, connection)


def application(trace, connection):
    run = connection.run

    def sign_up(**more):
        values = {"name": "x", "email": None, "phone": None, "day": None, "pay": None, "profile": None, **more}
        return run(SIGN_UP, **values)

    def columns():
        run("SELECT id, email, birth_date, salary, profile FROM customers WHERE email = :mail", mail="ada@example.com")
        return [(column["name"], column["type_oid"]) for column in connection.columns]

    trace.step("sign-up", lambda: sign_up(name="Ada Ü", email="ada@example.com", phone="+49", day=DAY, pay=PAY, profile='{"a": 1}'))
    trace.step("sign-up, a dict", lambda: sign_up(name="Cy", email="cy@example.com", profile={"a": [1, None]}))
    trace.step("sign-up with nulls", lambda: sign_up(name="Bob", email="bob@example.com"))
    trace.step("sign-up twice", lambda: sign_up(name="Ada", email="ada@example.com"))
    trace.step("sign-up, too long", lambda: sign_up(name="x" * 101, email="l@example.com"))
    trace.step("sign-up without an address", lambda: sign_up(name="No"))
    trace.step("log in", lambda: run("SELECT id, name, phone, birth_date, salary, profile, plan FROM customers WHERE email = :mail",
                                     mail="ada@example.com"))
    trace.step("log in, any", lambda: run("SELECT id FROM customers WHERE email = ANY(:mails) ORDER BY id",
                                          mails=["ada@example.com", None, "bob@example.com"]))
    trace.step("log in, in", lambda: run("SELECT id FROM customers WHERE email IN (:one, :two) ORDER BY id",
                                         one="ada@example.com", two="bob@example.com"))
    trace.step("log in, cast", lambda: run("SELECT id FROM customers WHERE email = CAST(:mail AS varchar)", mail="ada@example.com"))
    trace.step("log in, literal", lambda: run("SELECT name FROM customers WHERE email = 'ada@example.com'"))
    trace.step("columns", columns)
    trace.step("change", lambda: (run("UPDATE customers SET name = :name WHERE email = :mail", name="B2", mail="bob@example.com"),
                                  connection.row_count))
    trace.step("upsert", lambda: run("INSERT INTO customers (name, email) VALUES (:name, :mail) ON CONFLICT (email)"
                                     " DO UPDATE SET name = excluded.name RETURNING id, name", name="B3", mail="bob@example.com"))
    trace.step("unnest", lambda: run("INSERT INTO customers (name, email) SELECT * FROM unnest(CAST(:names AS text[]),"
                                     " CAST(:mails AS text[])) RETURNING name, email", names=["U1", "U2"], mails=["u1@x", "u2@x"]))
    trace.step("bill", lambda: run("INSERT INTO invoices (customer_id, email, amount, note) VALUES (1, :mail, :amount, :note)"
                                   " RETURNING id, email, amount, note", mail="ada@example.com", amount=PAY, note="first"))
    trace.step("bills joined", lambda: run("SELECT c.name, i.email, i.note FROM invoices i JOIN customers c"
                                           " ON c.id = i.customer_id AND c.email = i.email ORDER BY i.id"))
    trace.step("several statements", lambda: run("UPDATE customers SET phone = '7' WHERE email = 'ada@example.com';"
                                                 " SELECT phone FROM customers WHERE email = 'ada@example.com'"))
    trace.step("admin list", lambda: run("SELECT id, name, email, phone FROM customers ORDER BY id LIMIT :n", n=3))
    trace.step("untouched table", lambda: run("INSERT INTO pages (title) VALUES (:title) RETURNING *", title="home"))


def prepared(trace, connection):
    def often():
        statement = connection.prepare("SELECT name, salary FROM customers WHERE email = :mail")
        found = [statement.run(mail=mail) for mail in ["ada@example.com", "bob@example.com", "none"]]
        statement.close()
        return found

    def undone():
        connection.run("BEGIN")
        connection.run("UPDATE customers SET name = 'gone' WHERE email = 'ada@example.com'")
        connection.run("SAVEPOINT one")
        try:
            connection.run("INSERT INTO customers (name, email) VALUES ('x', 'ada@example.com')")
        except pg8000.native.DatabaseError:
            connection.run("ROLLBACK TO one")
        inside = connection.run("SELECT name FROM customers WHERE email = 'ada@example.com'")
        connection.run("ROLLBACK")
        return inside, connection.run("SELECT name FROM customers WHERE email = 'ada@example.com'")

    trace.step("prepared", often)
    trace.step("undone", undone)


def copies(trace, connection):
    def out():
        stream = io.BytesIO()
        connection.run("COPY (SELECT name, email, birth_date FROM customers ORDER BY id) TO STDOUT WITH CSV", stream=stream)
        return stream.getvalue()

    trace.step("copy in", lambda: connection.run("COPY customers (name, email, birth_date) FROM STDIN WITH CSV",
                                                 stream=io.BytesIO(b'"Copy, One",c1@example.com,2001-01-01\nTwo,c2@example.com,\n')))
    trace.step("copy out", out)


def refusals(trace, connection):
    run = connection.run
    trace.refused("LIKE", lambda: run("SELECT id FROM customers WHERE email LIKE :p", p="ada%"))
    trace.refused("ORDER BY", lambda: run("SELECT id FROM customers ORDER BY name"))
    trace.refused("range", lambda: run("SELECT id FROM customers WHERE birth_date > :day", day=DAY))
    trace.step("still connected", lambda: run("SELECT email FROM customers WHERE email = :mail", mail="ada@example.com"))


def db_api(trace, connection):
    cursor = connection.cursor()

    def find(sql, *values):
        cursor.execute(sql, values)
        return [tuple(row) for row in cursor.fetchall()]

    def many():
        cursor.executemany("INSERT INTO invoices (customer_id, email, amount, note) VALUES (%s, %s, %s, %s)",
                           [(1, "ada@example.com", decimal.Decimal(n), f"note {n}") for n in range(10)] + [(1, "ada@example.com", PAY, None)])
        connection.commit()
        return cursor.rowcount

    def failed():
        try:
            find("INSERT INTO customers (name, email) VALUES (%s, %s)", "x", "ada@example.com")
        finally:
            connection.rollback()

    trace.step("many", many)
    trace.step("their notes", lambda: find("SELECT email, amount, note FROM invoices ORDER BY id"))
    trace.step("by address", lambda: find("SELECT name FROM customers WHERE email = %s", "ada@example.com"))
    trace.step("taken", failed)
    trace.step("after it", lambda: find("SELECT count(*) FROM customers"))


main(sys.argv[1])
