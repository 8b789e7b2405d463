"""Which column a constant meets, decided by PostgreSQL: a random search for names that pgveil resolves otherwise.

    pip install psycopg
    python scripts/oracle/scopes.py [--seconds N] [--seed N] [--show N]

Makes statements out of nested scopes (joins, aliases with and without column lists, USING, LATERAL, CTEs,
set operations, views, shadowed names) that bring one constant to one expression. On a database whose
tagged columns are of type uuid, PostgreSQL itself says which column that is: the constant is no uuid. The
same statement then goes through pgveil to a database with the same columns protected, and the server's log
must not hold the constant where the column was tagged, and must hold it where it was not, unless pgveil
refused. PGVEIL_BIN says which binary.
"""

import argparse
import collections
import pathlib
import random
import sys
import time

import psycopg

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "scripts")]

from arena import Arena

# Relation: its columns, the tagged ones with a star.
TABLES = {
    "customers": ["id", "email*", "name", "note"],
    "orders": ["id", "email", "name*", "note"],
    "notes": ["id", "email", "name", "note"],
    "crm.entries": ["id", "email*", "name", "note"],
    "wide": ["id", "email", "customers", "orders", "a", "note*"],
}
VIEWS = {
    "mails": "SELECT id, email AS name, name AS email, note FROM customers",
    "crm.letters": "SELECT o.id, o.name AS note, o.note AS name, c.email AS email FROM orders o JOIN customers c ON c.id = o.id",
}
RELATIONS = {**{name: [c.rstrip("*") for c in columns] for name, columns in TABLES.items()},
             "mails": ["id", "name", "email", "note"], "crm.letters": ["id", "note", "name", "email"]}
ALIASES = ["a", "b", "c", "customers", "orders", "notes", "email", "name", "mails"]
NAMES = ["id", "email", "name", "note"]
KEYS = """[keys]
keyring = "keyring.pgveil"
unlock = "file:root.key"
[admin]
url = "file:admin.dsn"
"""


class Made:
    """One statement: text with marks \\1n\\2 for places that may hold the constant."""

    def __init__(self, dice):
        self.dice = dice
        self.sites = []
        # Aliases to columns, innermost last; a guess, for names that mostly exist.
        self.scopes = [{}]
        self.ctes = {}

    def chance(self, percent):
        return self.dice.random() * 100 < percent

    def one(self, of):
        return self.dice.choice(of)

    def column(self):
        scope = self.scopes[-1]
        if len(self.scopes) > 1 and self.chance(20):
            scope = self.one(self.scopes)
        # Names that more than one level has are what this is about.
        twice = [name for n, level in enumerate(self.scopes) for name in level if any(name in other for other in self.scopes[:n])]
        if twice and self.chance(50):
            name = self.one(twice)
            scope = {name: self.one([level[name] for level in self.scopes if name in level])}
        if self.chance(3) or not scope:
            return self.one(NAMES + ALIASES)
        alias = self.one(list(scope))
        columns = scope[alias] or NAMES
        name = self.one(columns)
        if self.chance(35):
            return name
        if self.chance(6):
            return f"({alias}).{name}"
        if self.chance(2):
            return f"({alias}.*).{name}"
        if self.chance(6):
            return f"{self.one(['public', 'crm'])}.{alias}.{name}"
        if self.chance(2):
            return f"{name}({alias})"
        return f"{alias}.{name}"

    def site(self, neutral, templates):
        text = self.one(templates)
        while "C" in text.split():
            text = text.replace(" C ", f" {self.column()} ", 1)
        while "S" in text.split():
            text = text.replace(" S ", f" {self.query(2, [self.one(NAMES)])} ", 1)
        self.sites.append((text, neutral))
        return f"\1{len(self.sites) - 1}\2"

    def condition(self, depth):
        r = self.dice.random()
        if r < 0.3 and depth < 3:
            return f"EXISTS ({self.query(depth + 1)})"
        if r < 0.4:
            return f"{self.condition(depth + 1)} {self.one(['AND', 'OR'])} {self.condition(depth + 1)}" if depth < 4 else "true"
        if r < 0.43:
            return f"NOT ({self.condition(depth + 1)})" if depth < 4 else "true"
        return self.site("true", [
            " C = L ", " L = C ", " C <> L ", " C IN ( L ) ", " C IN ( NULL , L ) ", " C = ANY ( ARRAY[ L ] ) ", " ( C ) = L ",
            " C IS DISTINCT FROM L ", " ( C , C ) = ( L , NULL ) ", " ROW( C , 1) = ROW( L , 1) ", " C NOT IN ( L ) ",
            " CASE C WHEN L THEN true END ", " C = ( L ) ", " ( C = L ) IS TRUE ", " ( C , C ) IN ( ( NULL , L ) ) ",
            " C OPERATOR(pg_catalog.=) L ", " C <> ALL ( ARRAY[ NULL , L ] ) ", " L IN ( C ) ",
            " NULLIF( C , L ) IS NULL ", " CASE L WHEN C THEN true ELSE false END ",
        ])

    def value(self, depth):
        r = self.dice.random()
        if r < 0.45:
            return self.column()
        if r < 0.52 and depth < 3:
            return f"({self.query(depth + 1, [self.one(NAMES)])} LIMIT 1)"
        if r < 0.6:
            return "NULL"
        return self.site("NULL", [
            " C = L ", " COALESCE( C , L ) ", " NULLIF( C , L ) ", " CASE WHEN true THEN C ELSE L END ", " CASE C WHEN L THEN 1 END ",
            " count(*) FILTER (WHERE C = L ) ", " bool_or( C = L ) ", " row_number() OVER (PARTITION BY C = L ) ", " ( C ) = L ",
        ])

    def relation(self, depth):
        """Text of an item of FROM without alias, and its columns."""
        if self.ctes and self.chance(35):
            name = self.one(list(self.ctes))
            return name, name, self.ctes[name]
        name = self.one(list(RELATIONS))
        return name, name.split(".")[-1], RELATIONS[name]

    def aliased(self, columns, must=None):
        """An alias clause, what the item is called, its columns."""
        if must and self.chance(45):
            return "", must, columns
        # Names that hide others are what this is about.
        around = [name for scope in self.scopes for name in scope]
        alias = self.one(around) if around and self.chance(50) else self.one(ALIASES)
        said = self.one([" ", " AS "]) + alias
        if self.chance(25) and columns:
            renamed = [self.one(NAMES + ["x"]) for _ in columns[: self.dice.randint(1, len(columns))]]
            return f"{said} ({', '.join(renamed)})", alias, renamed + columns[len(renamed):]
        return said, alias, columns

    def item(self, depth, scope):
        """One item of FROM; enters what it is called into scope."""
        r = self.dice.random()
        if r < 0.5 or depth > 3:
            text, name, columns = self.relation(depth)
            said, alias, columns = self.aliased(columns, name)
            scope[alias] = columns
            only = "ONLY " if self.chance(3) else ""
            return only + text + said
        if r < 0.68:
            shown = self.names()
            lateral = self.chance(25)
            self.scopes.append(dict(scope) if lateral else {})
            inner = self.query(depth + 1, shown)
            self.scopes.pop()
            said, alias, columns = self.aliased(shown)
            scope[alias] = columns
            return ("LATERAL " if lateral else "") + f"({inner}){said}"
        if r < 0.93:
            return self.join(depth, scope)
        if r < 0.96:
            said, alias, columns = self.aliased(["column1", "column2"])
            scope[alias] = columns
            return f"(VALUES ('v', 'w')){said}"
        alias = self.one(ALIASES)
        call = self.one(["generate_series(1, 2)", "unnest(ARRAY['p', 'q'])", "ROWS FROM (generate_series(1, 2), unnest(ARRAY['p']))"])
        scope[alias] = [self.one(NAMES)]
        return f"{call} {alias} ({scope[alias][0]})"

    def names(self):
        return [self.one(NAMES) for _ in range(self.dice.randint(1, 3))]

    def join(self, depth, scope):
        inner = {}
        kind = self.one(["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN", "JOIN", "NATURAL JOIN", "USING", "USING", "NATURAL LEFT JOIN"])
        left = self.item(depth + 1, inner)
        # LATERAL on the right sees the left; the condition sees both.
        self.scopes.append(inner)
        right = self.item(depth + 1, inner)
        text = f"{left} {kind} {right}"
        if kind == "USING":
            using = self.one(["id", "id", "note", "name", "email", "id, note"])
            text = f"{left} {self.one(['JOIN', 'LEFT JOIN', 'FULL JOIN', 'RIGHT JOIN'])} {right} USING ({using})"
            if self.chance(20):
                alias = self.one(ALIASES)
                text += f" AS {alias}"
                inner[alias] = using.split(", ")
        elif kind in ("JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"):
            # The items beside are not seen by PostgreSQL: tried now and then.
            if self.chance(50):
                self.scopes[-1:] = [scope, inner]
                condition = self.condition(depth)
                self.scopes[-2:] = [inner]
            else:
                condition = self.condition(depth)
            text += f" ON {condition}"
        self.scopes.pop()
        if self.chance(30):
            text = f"({text})"
            if self.chance(50):
                columns = [c for columns in inner.values() for c in columns or NAMES]
                said, alias, columns = self.aliased(columns)
                scope[alias] = columns
                return text + said
        scope.update(inner)
        return text

    def block(self, depth, shown):
        """SELECT … without WITH, set operations and ORDER BY; shown: names of its columns."""
        scope = {}
        items = [self.item(depth, scope) for _ in range(self.one([1, 1, 1, 2, 2, 3]))] if self.chance(95) else []
        self.scopes.append(scope)
        text = "SELECT "
        if self.chance(4):
            text += f"DISTINCT ON ({self.value(depth)}) "
        elif self.chance(6):
            text += "DISTINCT "
        if shown is None:
            text += self.one(["1", "*", self.column(), "count(*)", self.value(depth)])
        else:
            text += ", ".join(f"{self.value(depth)} AS {name}" if self.chance(80) else name for name in shown)
        if items:
            text += " FROM " + ", ".join(items)
        if self.chance(60):
            text += f" WHERE {self.condition(depth)}"
        if self.chance(8):
            text += f" GROUP BY {self.one([self.column(), self.value(depth), 'ROLLUP (' + self.column() + ')'])}"
            if self.chance(40):
                text += f" HAVING {self.condition(depth)}"
        if self.chance(3):
            text += f" WINDOW w AS (PARTITION BY {self.value(depth)})"
        return text

    def query(self, depth, shown=None):
        before = dict(self.ctes)
        deep = len(self.scopes)
        text = ""
        if self.chance(15) and depth < 3:
            text += self.with_clause(depth)
        text += self.block(depth, shown)
        if self.chance(10) and shown is not None:
            self.scopes[deep:] = []
            text += f" {self.one(['UNION', 'UNION ALL', 'INTERSECT', 'EXCEPT'])} {self.block(depth, shown)}"
        if self.chance(10):
            text += f" ORDER BY {self.one([self.column(), self.condition(depth), '1'])}"
        self.scopes[deep:] = []
        self.ctes = before
        return text

    def with_clause(self, depth):
        text = "WITH "
        recursive = self.chance(20)
        if recursive:
            text += "RECURSIVE "
        parts = []
        for _ in range(self.one([1, 1, 2])):
            name = self.one(["customers", "orders", "notes", "mails", "a", "q"])
            shown = self.names()
            if recursive and self.chance(50):
                self.ctes[name] = shown
            if self.chance(12) and depth == 0:
                body, shown = self.change(depth + 1, True)
            else:
                body = self.query(depth + 1, shown)
            said = ""
            if self.chance(25) and shown:
                renamed = [self.one(NAMES) for _ in shown[: self.dice.randint(1, len(shown))]]
                said = f" ({', '.join(renamed)})"
                shown = renamed + shown[len(renamed):]
            parts.append(f"{name}{said} AS {self.one(['', '', 'MATERIALIZED ', 'NOT MATERIALIZED '])}({body})")
            self.ctes[name] = shown
        return text + ", ".join(parts) + " "

    def change(self, depth, returning=False):
        """INSERT, UPDATE, DELETE; text and the names that it returns."""
        name = self.one(list(RELATIONS))
        columns = RELATIONS[name]
        target = name.split(".")[-1]
        said = ""
        if self.chance(50):
            target = self.one(ALIASES)
            said = f" AS {target}"
        kind = self.dice.random()
        scope = {target: columns}
        deep = len(self.scopes)
        text = ""
        if kind < 0.35:
            into = self.dice.sample(columns, self.dice.randint(1, len(columns)))
            if self.chance(50):
                body = f"VALUES ({', '.join(self.given() for _ in into)})"
            else:
                body = self.query(depth + 1, into)
            text = f"INSERT INTO {name}{said} ({', '.join(into)}) {body}"
            self.scopes.append(scope)
            if self.chance(30) and name in TABLES:
                excluded = {**scope, "excluded": columns}
                self.scopes[-1] = excluded
                text += f" ON CONFLICT (id) DO UPDATE SET {self.assignments(columns, depth)}"
                if self.chance(60):
                    text += f" WHERE {self.condition(depth)}"
                self.scopes[-1] = scope
        elif kind < 0.85 or returning:
            updates = kind < 0.65
            others = [self.item(depth + 1, scope) for _ in range(self.one([0, 1, 2]))]
            self.scopes.append(scope)
            text = f"UPDATE {name}{said} SET {self.assignments(columns, depth)}" if updates else f"DELETE FROM {name}{said}"
            if others:
                text += (" FROM " if updates else " USING ") + ", ".join(others)
            text += f" WHERE {self.condition(depth)}"
        else:
            other = self.item(depth + 1, scope)
            self.scopes.append(scope)
            text = f"MERGE INTO {name}{said} USING {other} ON {self.condition(depth)}"
            text += f" WHEN MATCHED AND {self.condition(depth)} THEN " + self.one(["DELETE", f"UPDATE SET {self.assignments(columns, depth)}"])
            if self.chance(50):
                into = self.dice.sample(columns, self.dice.randint(1, len(columns)))
                text += f" WHEN NOT MATCHED THEN INSERT ({', '.join(into)}) VALUES ({', '.join(self.given() for _ in into)})"
        shown = []
        if (returning or self.chance(25)) and not text.startswith("MERGE"):
            shown = self.names()
            text += " RETURNING " + ", ".join(f"{self.value(depth)} AS {n}" for n in shown)
        self.scopes[deep:] = []
        return text, shown

    def given(self):
        return self.site("NULL", [" L ", " NULL ", " ( L ) ", " COALESCE( NULL , L ) "]) if self.chance(60) else self.one(["NULL", "DEFAULT", self.column()])

    def assignments(self, columns, depth):
        parts = []
        for name in self.dice.sample(columns, self.one([1, 1, 2])):
            if self.chance(15):
                parts.append(f"({name}) = ROW({self.given()})")
            elif self.chance(10):
                parts.append(f"({name}) = ({self.query(depth + 1, [name])} LIMIT 1)")
            else:
                parts.append(f"{name} = {self.one([self.given(), self.value(depth)])}")
        return ", ".join(parts)

    def statement(self):
        if self.chance(30):
            with_clause = self.with_clause(0) if self.chance(25) else ""
            text, _ = self.change(0)
            text = with_clause + text
        else:
            text = self.query(0)
        return text

    def spelt(self, text, chosen, constant):
        """The text with the constant in one of its places."""
        while "\1" in text:
            before, _, rest = text.partition("\1")
            number, _, after = rest.partition("\2")
            site, neutral = self.sites[int(number)]
            if int(number) == chosen:
                site = site.replace(" L ", f" {constant} ")
            elif chosen not in self.below(int(number)):
                site = neutral
            text = f"{before}({site.strip()}){after}"
        return text

    def below(self, number):
        """The places within the text of a place, and within those."""
        out = set()
        for part in self.sites[number][0].split("\1")[1:]:
            inner = int(part.partition("\2")[0])
            out |= {inner} | self.below(inner)
        return out


def prepare(connection, text):
    """What PostgreSQL's analysis says: its SQLSTATE and message, or None."""
    result = connection.pgconn.prepare(b"", text.encode())
    if result.status == psycopg.pq.ExecStatus.COMMAND_OK:
        return None
    return result.error_field(psycopg.pq.DiagnosticField.SQLSTATE).decode(), result.error_field(psycopg.pq.DiagnosticField.MESSAGE_PRIMARY).decode()


def tables(tagged):
    out = ["CREATE SCHEMA crm"]
    for name, columns in TABLES.items():
        typed = [f"{c.rstrip('*')} {'int UNIQUE' if c == 'id' else tagged if c.endswith('*') else 'text'}" for c in columns]
        out.append(f"CREATE TABLE {name} ({', '.join(typed)})")
    out += [f"CREATE VIEW {name} AS {body}" for name, body in VIEWS.items()]
    return "; ".join(out)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--seconds", type=int, default=60)
    arguments.add_argument("--seed", type=int, default=int(time.time()))
    arguments.add_argument("--show", type=int, default=10)
    arguments.add_argument("--path", default="public", help="search_path of both sessions")
    said = arguments.parse_args()

    settings = {"log_statement": "all", "log_line_prefix": "%d|", "log_min_messages": "log"}
    with Arena(settings.items()) as arena:
        for database, tagged in [("oracle", "uuid"), ("app", "text")]:
            arena.psql(f"CREATE DATABASE {database}")
            arena.psql(tables(tagged), database)
        (arena.place / "admin.dsn").write_text(arena.url("postgres"))
        (arena.place / "admin.dsn").chmod(0o600)
        columns = [f"{name if '.' in name else 'public.' + name}.{c.rstrip('*')}" for name, cs in TABLES.items() for c in cs if c.endswith("*")]
        arena.configure(KEYS + "".join(f'[[column]]\nname = "{c}"\nmode = "deterministic"\ndomain = "one"\nphase = "encrypted"\n' for c in columns))
        for verb in ["keys new", "policy accept", "apply"]:
            arena.verb(*verb.split())
        arena.serve()
        direct = psycopg.connect(arena.url("postgres", database="oracle"), autocommit=True)
        through = psycopg.connect(arena.through("postgres"), autocommit=True)
        for connection in (direct, through):
            connection.execute(f"SET search_path = {said.path}")
        search(said, arena, direct, through)


def search(said, arena, direct, through):
    dice = random.Random(said.seed)
    counted, reasons, shown, waiting = collections.Counter(), collections.Counter(), collections.Counter(), {}
    log = open(arena.data.parent / "log", encoding="utf-8", errors="replace")
    until = time.monotonic() + said.seconds
    number = 0
    bad = 0

    def settle():
        nonlocal bad
        text = log.read()
        seen = set()
        for line in text.split("kanarie")[1:]:
            seen.add(int(line[:7]))
        for n, (statement, tagged, error) in waiting.items():
            up = n in seen
            outcome = ("tagged" if tagged else "plain", "went up" if up else "error" if error else "sealed")
            if tagged and up:
                outcome = ("LEAK",)
            if not tagged and outcome[1] == "sealed":
                outcome = ("SEALED THOUGH PLAIN",)
            counted[outcome] += 1
            if error:
                reasons[(outcome, error[0][:90])] += 1
            if outcome[0].isupper():
                bad += outcome[0].isupper()
                if shown[outcome] < said.show:
                    shown[outcome] += 1
                    print(*outcome, error, "\n   ", statement, flush=True)
        waiting.clear()

    while time.monotonic() < until:
        made = Made(dice)
        text = made.statement()
        if not made.sites:
            continue
        chosen = dice.randrange(len(made.sites))
        number += 1
        constant = f"'kanarie{number:07}'"
        statement = made.spelt(text, chosen, constant)
        if constant not in statement:
            continue
        error = prepare(direct, statement)
        if error and not (error[0] == "22P02" and "uuid" in error[1] and "kanarie" in error[1]):
            counted["invalid",] += 1
            continue
        through.pgconn.exec_(b"BEGIN")
        result = through.pgconn.exec_(statement.encode())
        refused = None
        if result.status not in (psycopg.pq.ExecStatus.COMMAND_OK, psycopg.pq.ExecStatus.TUPLES_OK):
            field = result.error_field
            if field(psycopg.pq.DiagnosticField.SQLSTATE) is None:
                raise SystemExit(f"the session was lost: {statement}\n{arena.log()[-1500:]}")
            refused = (field(psycopg.pq.DiagnosticField.MESSAGE_PRIMARY).decode(), field(psycopg.pq.DiagnosticField.SQLSTATE).decode(),
                       (field(psycopg.pq.DiagnosticField.MESSAGE_DETAIL) or b"").decode())
        through.pgconn.exec_(b"ROLLBACK")
        waiting[number] = (statement, error is not None, refused)
        if len(waiting) >= 500:
            time.sleep(0.02)
            settle()
    time.sleep(0.2)
    settle()
    print("seed", said.seed)
    for outcome, count in counted.most_common():
        print(f"{count:9}  {' '.join(outcome)}")
    for (outcome, reason), count in reasons.most_common(30):
        print(f"{count:9}  {' '.join(outcome)}: {reason}")
    raise SystemExit(bad > 0)


if __name__ == "__main__":
    main()
