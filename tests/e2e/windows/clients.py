"""psycopg and asyncpg, looking up and writing by equality until a file appears."""

import asyncio
import os
import sys
import threading

import psycopg

try:
    import asyncpg
except ImportError:
    asyncpg = None


def email(n):
    return f"p{n}@example.com"


def with_psycopg(dsn, stop, people, done, prepared):
    with psycopg.connect(dsn, autocommit=True, prepare_threshold=0 if prepared else None) as connection:
        n = 0
        while not os.path.exists(stop):
            n = (n + 11) % people
            row = connection.execute("SELECT id, email FROM people WHERE email = %s", (email(n),)).fetchall()
            assert row == [(n, email(n))], row
            connection.execute("INSERT INTO orders (email, note) VALUES (%s, 'driver')", (email(n),))
            found = connection.execute(
                "SELECT count(*) FROM people WHERE email = ANY(%s)", ([email(n), email((n + 1) % people)],)
            ).fetchone()
            assert found == (2,), found
            done["psycopg prepared" if prepared else "psycopg"] += 1


async def with_asyncpg(dsn, stop, people, done):
    connection = await asyncpg.connect(dsn)
    look_up = await connection.prepare("SELECT id FROM people WHERE email = $1")
    n = 0
    while not os.path.exists(stop):
        n = (n + 13) % people
        assert await look_up.fetchval(email(n)) == n
        await connection.execute("INSERT INTO orders (email, note) VALUES ($1, 'driver')", email(n))
        rows = await connection.fetch("SELECT id FROM people WHERE email IN ($1, $2)", email(n), "nobody")
        assert [row["id"] for row in rows] == [n], rows
        done["asyncpg"] += 1
    await connection.close()


def main(dsn, stop, people):
    done = {"psycopg": 0, "psycopg prepared": 0}
    failed = []

    def guarded(work, *arguments):
        try:
            work(*arguments)
        except BaseException as error:
            failed.append(error)
            raise

    threads = [
        threading.Thread(target=guarded, args=(with_psycopg, dsn, stop, people, done, prepared))
        for prepared in (False, True)
    ]
    if asyncpg is not None:
        done["asyncpg"] = 0
        run = lambda: asyncio.run(with_asyncpg(dsn, stop, people, done))
        threads.append(threading.Thread(target=guarded, args=(run,)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for name, times in done.items():
        print(f"{name}: {times}")
    sys.exit(1 if failed or not all(done.values()) else 0)


main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
