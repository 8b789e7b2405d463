"""The small application on ODBC (psqlODBC, as Excel, Access, Power BI and SAS reach a database), by pyodbc: prepared on
the server and not, cursors fetched in parts, catalog functions.
"""

import datetime
import decimal
import os
import sys

import pyodbc

from trace import Trace

ADA, BOB = "ada@example.com", "bob@example.com"
DAY = datetime.date(1990, 2, 3)
PAY = decimal.Decimal("1234.50")
SIGN_UP = "INSERT INTO customers (name, email, phone, birth_date, salary, profile) VALUES (?, ?, ?, ?, ?, ?::jsonb)"
LOG_IN = "SELECT id, name, email, phone, birth_date, salary, profile, active, plan FROM customers WHERE email = ?"
# How psqlODBC is told to work: by the text, by server-side statements, and in parts of few rows.
WAYS = {"text": "UseServerSidePrepare=0", "prepared": "UseServerSidePrepare=1", "in parts": "UseDeclareFetch=1;Fetch=5;UseServerSidePrepare=1"}
pyodbc.pooling = False


def state_of(error):
    """psqlODBC says the server's state for most errors, and its own for some."""
    return error.args[0] if error.args and len(str(error.args[0])) == 5 else None


class Said(Exception):
    def __init__(self, error):
        super().__init__(str(error))
        self.sqlstate = state_of(error)


def connected(way):
    environment = os.environ
    return pyodbc.connect(
        f"Driver={{PostgreSQL Unicode}};Server={environment['PGHOST']};Port={environment['PGPORT']};Database={environment['PGDATABASE']};"
        f"Uid={environment['PGUSER']};Pwd={environment['PGPASSWORD']};SSLmode=verify-full;BoolsAsChar=0;{WAYS[way]};"
        f"pqopt={{sslrootcert={environment['PGSSLROOTCERT']}}}", autocommit=True)


def main():
    trace = Trace()
    for way in WAYS:
        connection = connected(way)
        connection.execute("TRUNCATE customers, invoices RESTART IDENTITY")
        application(trace, way, connection)
        connection.close()


def application(trace, way, connection):
    cursor = connection.cursor()

    def step(name, action, refused=False):
        def tried():
            try:
                return action()
            except pyodbc.Error as error:
                raise Said(error) from None
        trace.step(f"{way}: {name}", tried, refused)

    run = lambda sql, *values: [tuple(row) for row in cursor.execute(sql, *values).fetchall()]
    count = lambda sql, *values: cursor.execute(sql, *values).rowcount
    described = lambda sql, *values: [(column[0], column[1].__name__, column[4]) for column in cursor.execute(sql, *values).description]

    def many(fast):
        cursor.fast_executemany = fast
        cursor.executemany("INSERT INTO customers (name, email, salary) VALUES (?, ?, ?)",
                           [(f"n'{i}", f"n{i}{fast}@example.com", PAY + i) for i in range(12)])
        cursor.fast_executemany = False
        return run("SELECT count(*) FROM customers")

    def transaction():
        connection.autocommit = False
        count("UPDATE customers SET name = ? WHERE email = ?", "gone", ADA)
        try:
            count(SIGN_UP, "x", ADA, None, None, None, None)
        except pyodbc.IntegrityError:
            taken = True
        connection.rollback()
        connection.autocommit = True
        return taken, run("SELECT name FROM customers WHERE email = ?", ADA)

    step("sign-up", lambda: count(SIGN_UP, "Ada Ü", ADA, "+49", DAY, PAY, '{"a": [1, null]}'))
    step("sign-up with nulls", lambda: run(SIGN_UP + " RETURNING id, name, birth_date", "Bob", BOB, None, None, None, None))
    step("sign-up twice", lambda: count(SIGN_UP, "x", ADA, None, None, None, None))
    step("many", lambda: many(False))
    step("many, in arrays", lambda: many(True))
    step("log in", lambda: run(LOG_IN, ADA))
    step("log in again", lambda: [run(LOG_IN, mail) for mail in [BOB, ADA, "nobody"]])
    step("log in, literal", lambda: run("SELECT id, name FROM customers WHERE email = 'ada@example.com'"))
    step("log in, in", lambda: run("SELECT id FROM customers WHERE email IN (?, ?) ORDER BY id", ADA, BOB))
    step("types", lambda: described("SELECT id, name, email, phone, active, profile FROM customers WHERE email = ?", ADA))
    step("change", lambda: count("UPDATE customers SET phone = ?, birth_date = ?, salary = ? WHERE email = ?", "2", None, PAY, BOB))
    step("change, seen", lambda: run(LOG_IN, BOB))
    step("upsert", lambda: run("INSERT INTO customers (name, email) VALUES (?, ?) ON CONFLICT (email) DO UPDATE SET name = excluded.name RETURNING id, name", "Ada U", ADA))
    step("bills", lambda: [count("INSERT INTO invoices (customer_id, email, amount, note) VALUES (?, ?, ?, ?)", 1, ADA, PAY, note) for note in ["x", None]])
    step("bills joined", lambda: run("SELECT i.id, i.note, c.name FROM invoices i JOIN customers c ON c.email = i.email WHERE c.email = ? ORDER BY i.id", ADA))
    step("admin list", lambda: run("SELECT id, name, email, birth_date, salary FROM customers ORDER BY id"))
    step("some of many", lambda: cursor.execute("SELECT id, email FROM customers ORDER BY id").fetchmany(7)[-1][1])
    step("group", lambda: run("SELECT email, count(*), sum(amount) FROM invoices GROUP BY email"))
    step("escape", lambda: run("SELECT {fn length(plan)} FROM customers WHERE email = ?", ADA))
    step("transaction", transaction)
    step("tables", lambda: sorted(row.table_name for row in cursor.tables(schema="public", tableType="TABLE")))
    step("columns", lambda: [(row.column_name, row.type_name, row.nullable) for row in cursor.columns(table="invoices") if row.column_name != "email"])
    step("keys", lambda: [row.column_name for row in cursor.primaryKeys("customers")] + [row.fkcolumn_name for row in cursor.foreignKeys(foreignTable="invoices")])
    step("delete", lambda: count("DELETE FROM customers WHERE email = ?", BOB))
    step("LIKE", lambda: run("SELECT id FROM customers WHERE email LIKE ?", "a%"), True)
    step("ORDER BY", lambda: run("SELECT id FROM customers ORDER BY name"), True)
    step("lower", lambda: run("SELECT id FROM customers WHERE lower(email) = ?", ADA), True)
    step("max", lambda: run("SELECT max(salary) FROM customers"), True)
    step("still connected", lambda: run(LOG_IN, ADA))


main()
sys.exit(0)
