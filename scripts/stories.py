"""Whole applications that others wrote, and the stories that are told of each in tests/applications.

A story has three parts: `install`, `begin` (accounts are made) and `continue`. It is told on a plain database
directly, and through pgveil on two ways: tagged before the application is installed, and tagged, converted and
guarded when it has data already. Knows how the applications are fetched, tagged and run; what they do, the
stories know. What another suite's comparison does is scripts/applications.
"""

import dataclasses
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

from arena import PASSWORD, Arena

ROOT = pathlib.Path(__file__).resolve().parent.parent
OURS = ROOT / "tests" / "applications"
PLACE = ROOT / "target" / "applications"
KEYS = '[keys]\nkeyring = "keyring.pgveil"\nunlock = "file:root.key"\n[admin]\nurl = "file:admin.dsn"\n'
PARSE = "7.5.4"
SYNAPSE = "1.110.0"
TRYTON = {"trytond": "7.6.20", "trytond-party": "7.6.3", "trytond-company": "7.6.2", "proteus": "7.6.2", "psycopg2-binary": "2.9.13"}
# In every value of a person that the stories write.
CANARY = re.compile("canary", re.I)


def fetch_parse():
    place = PLACE / "parse"
    place.mkdir(exist_ok=True)
    if not (place / "node_modules" / "parse-server").exists():
        (place / "package.json").write_text('{"private": true}')
        subprocess.run(["npm", "install", "--silent", "--omit=optional", f"parse-server@{PARSE}", "express@4", "crypto-js"], cwd=place, check=True)


def fetch_mediawiki():
    place = PLACE / "mediawiki"
    if not place.exists():
        packed = PLACE / "mediawiki-packed"
        packed.mkdir(exist_ok=True)
        packed.chmod(0o777)
        subprocess.run(["apt-get", "download", "-qq", "mediawiki", "mediawiki-classes"], cwd=packed, check=True)
        for package in packed.glob("*.deb"):
            subprocess.run(["dpkg", "-x", package, packed / "all"], check=True)
        unpacked = packed / "all" / "usr" / "share" / "mediawiki"
        for link in [entry for entry in unpacked.iterdir() if entry.is_symlink()]:
            link.unlink()
        for empty in ["images", "extensions", "cache"]:
            (unpacked / empty).mkdir(exist_ok=True)
        unpacked.rename(place)


REDMINE_DATABASE = """production:
  adapter: postgresql
  encoding: unicode
  host: <%= ENV["PGHOST"] %>
  port: <%= ENV["PGPORT"] %>
  database: <%= ENV["PGDATABASE"] %>
  username: <%= ENV["PGUSER"] %>
  password: <%= ENV["PGPASSWORD"] %>
"""


def fetch_redmine():
    installed, place = pathlib.Path("/usr/share/redmine"), PLACE / "redmine"
    if not installed.exists():
        raise SystemExit("redmine: install Debian's redmine, redmine-pgsql and puma, without a database of theirs")
    if not place.exists():
        ignored = shutil.ignore_patterns("database.yml", "Gemfile.lock", "instances")
        shutil.copytree(installed, place, ignore=ignored, ignore_dangling_symlinks=True)
        own = place / "instances" / "default"
        for folder in ["config", "log", "tmp", "files"]:
            (own / folder).mkdir(parents=True)
        for folder in [place / "config", own / "config"]:
            (folder / "database.yml").write_text(REDMINE_DATABASE)
        # Which driver it needs, it reads from the database.yml of where it is installed.
        (place / "Gemfile.local").write_text('gem "puma"\ngem "pg" unless dependencies.any? { |own| own.name == "pg" }\n')
        # Debian's bundler: the one that came with its Ruby may be newer, and does not know Debian's gems.
        (bundler,) = pathlib.Path("/usr/share/rubygems-integration/all/specifications").glob("bundler-*.gemspec")
        subprocess.run(["bundle", f"_{bundler.stem.partition('-')[2]}_", "install", "--local", "--quiet"], cwd=place, check=True)


def fetch_tryton():
    place = PLACE / "tryton"
    place.mkdir(exist_ok=True)
    if not (place / "python" / "bin" / "trytond-admin").exists():
        subprocess.run([sys.executable, "-m", "venv", place / "python"], check=True)
        subprocess.run([place / "python" / "bin" / "pip", "install", "-q", *[f"{name}=={version}" for name, version in TRYTON.items()]], check=True)


def fetch_matrix():
    place = PLACE / "matrix"
    place.mkdir(exist_ok=True)
    if not (place / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", place / "python"], check=True)
        subprocess.run([place / "python" / "bin" / "pip", "install", "-q", f"matrix-synapse=={SYNAPSE}", "psycopg2-binary", "prometheus-client<0.20", "setuptools<81"], check=True)


@dataclasses.dataclass
class Application:
    """One application: how it is fetched, what is protected, and whether its own tables may be made tagged."""

    fetch: callable
    # Column, and mode with the domain of a deterministic one.
    protected: dict
    # Its migrations give no DEFAULT to a tagged column.
    before: bool = True
    environment: dict = dataclasses.field(default_factory=dict)
    # Which Python tells its story.
    python: pathlib.Path = pathlib.Path(sys.executable)

    def policy(self, phase):
        text = KEYS
        for column, mode in self.protected.items():
            mode, _, domain = mode.partition(" ")
            text += f"[[column]]\nname = '{column}'\nmode = '{mode}'\nphase = '{phase}'\n" + (f"domain = '{domain}'\n" if domain else "")
        return text

    def domains(self):
        return sorted({mode.partition(" ")[2] for mode in self.protected.values()} - {""})


APPLICATIONS = {
    "parse": Application(fetch_parse, {
        'public."_User".username': "deterministic login", 'public."_User".email': "deterministic email", 'public."_User".phone': "randomized",
        'public."_Session"."sessionToken"': "deterministic token", 'public."Customer".email': "deterministic email",
        'public."Customer".name': "randomized", 'public."Customer".phone': "randomized", 'public."Customer".notes': "randomized",
    }),
    "mediawiki": Application(fetch_mediawiki, {
        "mediawiki.user.user_email": "deterministic email", "mediawiki.user.user_real_name": "randomized",
        "mediawiki.comment.comment_text": "deterministic comment",
    }, before=True),
    "redmine": Application(fetch_redmine, {
        "public.users.firstname": "deterministic firstname", "public.users.lastname": "deterministic lastname",
        "public.tokens.value": "deterministic token", "public.custom_values.value": "deterministic custom_value",
        "public.issues.description": "randomized", "public.journals.notes": "deterministic notes",
    }, before=True, environment={"SECRET_KEY_BASE": "0" * 64}),
    "tryton": Application(fetch_tryton, {
        "public.party_party.name": "deterministic party", "public.party_contact_mechanism.value": "deterministic reached",
        "public.party_contact_mechanism.value_compact": "deterministic compact", "public.party_identifier.code": "deterministic identifier",
        "public.party_address.street_unstructured": "randomized", "public.party_address.postal_code": "randomized", "public.party_address.city": "deterministic city",
        "public.res_user.login": "deterministic login", "public.res_user.email": "deterministic reached",
        "public.res_user_login_attempt.login": "deterministic login", "public.ir_session.key": "deterministic session",
    }, before=False, python=PLACE / "tryton" / "python" / "bin" / "python"),
    "matrix": Application(fetch_matrix, {
        "public.user_threepids.address": "deterministic address", "public.user_threepid_id_server.address": "deterministic address",
        "public.pushers.pushkey": "deterministic address", "public.deleted_pushers.pushkey": "deterministic address",
        "public.access_tokens.token": "deterministic token",
        "public.user_ips.access_token": "deterministic token", "public.user_ips.ip": "deterministic ip",
        "public.devices.display_name": "randomized", "public.devices.ip": "deterministic ip",
        "public.event_json.json": "randomized", "public.account_data.content": "randomized",
    }),
}


class Told:
    """A story as it is told in an arena of its own; everything that it said."""

    def __init__(self, name, arena):
        self.name, self.application, self.arena, self.said = name, APPLICATIONS[name], arena, ""
        arena.psql(f"CREATE ROLE app LOGIN SUPERUSER PASSWORD '{PASSWORD}'")
        arena.psql("CREATE DATABASE app OWNER app")

    def tell(self, port, *parts):
        environment = {
            **os.environ, "PGHOST": "127.0.0.1", "PGPORT": str(port), "PGUSER": "app", "PGPASSWORD": PASSWORD, "PGDATABASE": "app",
            "PYTHONPATH": str(OURS), "LANG": "C.UTF-8", **self.application.environment,
        }
        for part in parts:
            command = [self.application.python, OURS / f"{self.name}.py", part]
            done = subprocess.run(command, cwd=PLACE / self.name, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
            self.said += done.stdout
        # What it said beside its steps, for a person to read.
        (PLACE / f"{self.name}-{'through' if port == self.arena.port else 'direct'}.log").write_text(self.said)

    def protect(self, phase):
        (self.arena.place / "admin.dsn").write_text(self.arena.url())
        (self.arena.place / "admin.dsn").chmod(0o600)
        self.arena.configure(self.application.policy(phase))
        for verb in ["keys new", "policy accept", "apply"]:
            self.arena.verb(*verb.split())
        self.arena.serve()

    def convert(self):
        for domain in self.application.domains():
            self.arena.verb("encrypt", "--domain", domain)
        self.arena.verb("encrypt", "--finish")
        self.arena.configure(self.application.policy("encrypted"))
        for verb in ["policy accept", "apply", "verify"]:
            self.arena.verb(verb.split()[0], *verb.split()[1:])

    def steps(self):
        lines = [json.loads(line) for line in self.said.splitlines() if line.startswith('{"step"')]
        return {line["step"]: line["outcome"] for line in lines}

    def in_the_clear(self):
        """Lines with a person's value in the tagged columns, as the server has them; and in its log."""
        found = []
        for column in self.application.protected:
            table, own = column.rsplit(".", 1)
            schema, relation = table.split(".", 1)
            place = f'{schema}."{relation.strip(chr(34))}"'
            found += [f"{column} in the database"] * int(self.arena.psql(f"SELECT count(*) FROM {place} WHERE {own} ILIKE '%canary%'", "app"))
        return found

    def in_the_log(self):
        lines = (self.arena.data.parent / "log").read_text(errors="replace").splitlines()
        return [line for line in lines if CANARY.search(line)]


def told(name, way):
    statements = {"log_statement": "all"} if way == "before" else {}
    with Arena({"max_connections": 100, **statements}) as arena:
        story = Told(name, arena)
        if way == "direct":
            story.tell(arena.server_port, "install", "begin", "continue")
            return story.steps(), []
        if way == "before":
            story.protect("encrypted")
            story.tell(arena.port, "install", "begin", "continue")
            clear = story.in_the_log()
        else:
            story.tell(arena.server_port, "install", "begin")
            story.protect("encrypting")
            story.convert()
            story.tell(arena.port, "continue")
            clear = []
        return story.steps(), [*story.in_the_clear(), *clear]


def compare(name):
    """Prints what differs. Whether it was told to its end, and nothing was in the clear."""
    application = APPLICATIONS[name]
    application.fetch()
    direct, _ = told(name, "direct")
    whole = bool(direct)
    for way in ["before", "after"] if application.before else ["after"]:
        through, clear = told(name, way)
        differ = [step for step in direct if direct[step] != through.get(step)]
        print(f"{name}, tagged {way} it had data: {len(direct)} steps direct, {len(through)} through, {len(differ)} differ, {len(clear)} in the clear")
        for step in differ:
            print(f"  {step}\n    direct:  {json.dumps(direct[step])[:300]}\n    through: {json.dumps(through.get(step))[:300]}")
        for line in clear[:10]:
            print(f"  in the clear: {line[:300]}")
        whole = whole and len(through) == len(direct) and not clear
    return whole
