"""Counts the verdicts on PostgreSQL's regression SQL with columns of its own tables protected.

    scripts/regression direct                      (fetches the suite into target/regression)
    pip install pglast psycopg                     (pglast of the server's major version)
    python scripts/oracle/tagged.py [--show N]

Runs the suite against a private server, protects columns of the database that it leaves behind, and asks
`pgveil explain` about every statement of the suite (`verdicts.py`). PGVEIL_BIN says which binary.
"""

import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "scripts" / "oracle")]

import verdicts
from arena import Arena

SUITE = ROOT / "target" / "regression"
# The children of `person` and `road` hold the columns of their parents.
COLUMNS = ["onek.stringu1", "tenk1.stringu1", "person.name", "road.name"]
CHILDREN = ["emp", "student", "stud_emp", "ihighway", "shighway"]
KEYS = """[keys]
keyring = "keyring.pgveil"
unlock = "file:root.key"
[admin]
url = "file:admin.dsn"
"""
# The relations, and the views over them that the suite leaves behind.
VIEWS = "SELECT DISTINCT v.relname FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid JOIN pg_class v ON v.oid = r.ev_class " \
    "WHERE d.refobjid IN ({}) AND v.oid <> d.refobjid"


def run_suite(arena):
    """Leaves the database `regression` on the arena's server."""
    place = arena.place / "suite"
    shutil.copytree(SUITE / "suite", place)
    shutil.copytree(SUITE / "lib", arena.place / "lib")
    for name in ["testtablespace", "results"]:
        (place / name).mkdir(exist_ok=True)
    subprocess.run(["chown", "-R", "postgres", place], check=False)
    library = pathlib.Path(arena.bin).parent / "lib"
    regress = library / "pgxs/src/test/regress/pg_regress"
    command = [*arena.account, regress, f"--bindir={arena.bin}", f"--dlpath={arena.place / 'lib'}", "--inputdir=.", "--outputdir=.",
               "--host=127.0.0.1", f"--port={arena.server_port}", "--user=postgres", "--max-connections=20",
               "--schedule=./parallel_schedule"]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True)
    passed = len(re.findall(r"\.\.\. +ok", done.stdout))
    print(f"the suite, direct: {passed} ok, {len(re.findall(r'FAILED', done.stdout))} failed", flush=True)


def protect(arena):
    for table in ["onek", "tenk1"]:
        arena.psql(f"ALTER TABLE {table} ALTER stringu1 TYPE text", "regression")
    (arena.place / "admin.dsn").write_text(arena.url("postgres", database="regression"))
    (arena.place / "admin.dsn").chmod(0o600)
    moves = [f"encrypt --domain public.{name}" for name in COLUMNS]
    # A view of XML over `emp`: what it shows cannot be told.
    arena.psql("DROP VIEW xmlview4", "regression")
    for phase, steps in [("encrypting", ["keys new", "policy accept", "apply", *moves]), ("encrypted", ["policy accept", "apply"])]:
        columns = [f'[[column]]\nname = "public.{name}"\nmode = "deterministic"\nphase = "{phase}"\n' for name in COLUMNS]
        arena.configure(KEYS + "".join(columns))
        for verb in steps:
            if verb == moves[0]:
                arena.serve()
            arena.verb(*verb.split())
            print("$ pgveil", verb, flush=True)


def main():
    with Arena() as arena:
        run_suite(arena)
        protect(arena)
        tables = [name.split(".")[0] for name in COLUMNS] + CHILDREN
        oids = ", ".join(f"'{table}'::regclass" for table in tables)
        words = tables + arena.psql(VIEWS.format(oids), "regression").split()
        files = sorted(str(file) for file in (SUITE / "suite" / "sql").glob("*.sql"))
        sys.argv[1:] = [str(arena.pgveil), str(arena.place / "pgveil.toml"), *files, "--words", ",".join(words), *sys.argv[1:]]
        verdicts.main()


if __name__ == "__main__":
    main()
