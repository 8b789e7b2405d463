"""The own test suites of drivers and ORMs: where each is, how it runs, and how its output is read.

Knows sources and commands, and nothing of servers: `scripts/suites` gives each one a database to run in.
"""

import dataclasses
import os
import pathlib
import re
import subprocess
import sys

from arena import PASSWORD

PYTEST = [sys.executable, "-m", "pytest", "-v", "-o", "addopts="]
# How the output says the verdict of a test.
PYTEST_LINE = r"^(?P<name>\S+::\S.*?) (?P<verdict>PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS)\b"
UNITTEST_LINE = r"(?s)^(?P<name>\w+ \([\w.]+\)).*?\.\.\. (?:.*?)(?P<verdict>ok|FAIL|ERROR|skipped|expected failure)\b"
TAP_LINE = r"^(?P<verdict>not ok|ok) \d+ -? ?(?P<name>.*)$"
WORD_LINE = r"^(?P<verdict>ok|FAIL): (?P<name>.*)$"
GO_LINE = r"^\s*--- (?P<verdict>PASS|FAIL|SKIP): (?P<name>\S+)"
RUST_LINE = r"^test (?P<name>\S+) \.\.\. (?P<verdict>ok|FAILED|ignored)$"
JUNIT_LINE = r'<testcase (?P<name>name="[^"]*" classname="[^"]*")[^>]*>\s*(?P<verdict><failure|<error|<skipped|)'
FAILED = ("FAIL", "FAILED", "ERROR", "not ok", "<failure", "<error")

DJANGO_SETTINGS = """
import os
def base(name):
    return {"ENGINE": "django.db.backends.postgresql", "HOST": os.environ["PGHOST"], "PORT": os.environ["PGPORT"],
            "USER": os.environ["PGUSER"], "PASSWORD": os.environ["PGPASSWORD"], "NAME": os.environ["PGDATABASE"],
            "TEST": {"NAME": os.environ["PGDATABASE"] + name}}
DATABASES = {"default": base("_one"), "other": base("_two")}
SECRET_KEY = "django_tests_secret_key"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
USE_TZ = False
"""
DJANGO_APPS = """backends postgres_tests queries basic bulk_create aggregation transactions schema migrations
introspection inspectdb select_for_update model_fields expressions lookup delete update_only_fields
constraints indexes many_to_many prefetch_related raw_query db_functions""".split()
# The specs start a server of their own; here they are given one, and say what became of each example.
RUBY_SERVER = '''
class PG::TestingHelpers::PostgresServer
  def initialize(name, port:, postgresql_conf: "")
    @name, @port, @unix_socket = name, port, "/nowhere"
    database = ENV.fetch("PGDATABASE")
    @conninfo = "host=127.0.0.1 port=#{port} dbname=#{database} user=app password=#{ENV.fetch("PGPASSWORD")}"
  end
  def create_test_db = nil
  def teardown = nil
end
RSpec.configure do |config|
  config.after { |example| puts "\\n#{example.exception ? "FAIL" : "ok"}: #{example.full_description}" }
end
'''
# In place of the suite's own runner, which ends with the first failure and names none that passed.
NODE_RUNNER = """
const tests = []
export const t = (name, options, fn) => { tests.push({ name, fn: fn || options, seconds: (fn && options.timeout) || t.timeout }) }
export const nt = () => {}
export const ot = t
t.timeout = 5
const within = (seconds, promise) => {
  let timer
  const late = new Promise((_, no) => { timer = setTimeout(() => no(new Error('timed out')), seconds * 1000) })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
process.on('unhandledRejection', error => console.log('unhandled', error))
setImmediate(async() => {
  for (const { name, fn, seconds } of tests) {
    try {
      const [expected, got] = await within(seconds, fn().then(found => Promise.all(found)))
      console.log(expected === got ? 'ok: ' + name : 'FAIL: ' + name)
      if (expected !== got)
        console.log(expected, got)
    } catch (error) {
      console.log('FAIL: ' + name)
      console.log(error)
    }
  }
  process.exit()
})
"""
NODE_FILES = """for file in $(find test/integration -name '*-tests.js' | sort); do
if timeout 60 node $file; then echo "ok: $file"; else echo "FAIL: $file"; fi; done"""
# The role that the suite of postgres.js makes and logs in as without a password.
NODE_ROLE = "postgres_js_test"
SQLALCHEMY_TESTS = ["test/dialect/postgresql", "test/dialect/test_suite.py"]
SQLALCHEMY_FIRST = """CREATE SCHEMA test_schema; CREATE SCHEMA test_schema_2;
CREATE EXTENSION hstore; CREATE EXTENSION citext;"""
DBD_FILES = ["01connect", "01constants", "02attribs", "03dbmethod", "03smethod", "04misc", "06bytea", "07copy",
             "08async", "09arrays", "10_pg_error_field", "12placeholders", "20savepoints", "30unicode"]
# What pgjdbc's tests are compiled with, of Debian's /usr/share/java.
JAVA_ARCHIVES = """postgresql scram-client scram-common checker-qual osgi.core osgi.cmpn junit4 hamcrest hamcrest-all byte-buddy
junit-jupiter-api junit-jupiter-params junit-jupiter-engine junit-platform-commons junit-platform-engine
junit-platform-launcher junit-platform-console junit-platform-reporting junit-vintage-engine opentest4j
opentest4j-reporting-events apiguardian-api picocli univocity-parsers""".split()
# They need libraries that Debian does not carry, or gather others.
JAVA_LEFT_OUT = r"OSUtilTest|StubEnvironmentAndProperties|Pg\w+ParserTest|LeakTest|/osgi/|DriverTest|Suite\.java"
# They ask for several servers, for the server's certificates, or for Kerberos; or do nothing on a server, for long.
JAVA_NOT_RUN = "'.*(replication|[Ss]sl|SSL|[Gg]ss|GSS|MultiHosts|LogicalRepl|CopyBoth|DatabaseEncoding).*'"
GO_V5 = "github.com/jackc/pgx/v5"
RUST_FEATURES = ",".join(f"tokio-postgres/{name}" for name in
                         ["with-uuid-1", "with-serde_json-1", "with-chrono-0_4", "with-time-0_3", "array-impls"])


@dataclasses.dataclass
class Suite:
    """A command, where it runs, how its output is read, and what its database and its client want first."""

    place: pathlib.Path
    command: list
    line: str
    environment: dict = dataclasses.field(default_factory=dict)
    # SQL for its database.
    first: str = ""
    # The only port that it knows.
    port: int = 0

    def verdicts(self, text):
        found = {}
        for match in re.finditer(self.line, text, re.MULTILINE):
            # The worst one, if a name stands there more than once.
            if found.get(match["name"]) not in FAILED:
                found[match["name"]] = match["verdict"] or "ok"
        return found


def one(sources, pattern):
    found = sorted(place for place in sources.glob(pattern) if place.is_dir())
    return found[-1] if found else None


def prepare(sources):
    """Writes into the sources what the suites need to run with a server that is given to them."""
    django = one(sources, "django-5*")
    if django:
        (django / "tests/pgveil_settings.py").write_text(DJANGO_SETTINGS)
    if (sources / "ruby-pg/spec").is_dir():
        (sources / "ruby-pg/spec/pgveil_server.rb").write_text(RUBY_SERVER)
    give_a_password(sources / "rust-postgres")
    if (sources / "postgres.js/tests").is_dir():
        (sources / "postgres.js/tests/test.js").write_text(NODE_RUNNER)


def give_a_password(place):
    """pgveil asks for one also where the server asks for none."""
    for file in [*place.glob("postgres/src/test.rs"), *place.glob("*/tests/test/**/*.rs")]:
        text = file.read_text()
        with_one = re.sub(r"user=postgres(?! password)", "user=postgres password=any", text)
        if with_one != text:
            file.write_text(with_one)


def class_path():
    return ":".join(["out", *[f"/usr/share/java/{name}.jar" for name in JAVA_ARCHIVES]])


def compile_pgjdbc(place):
    """Debian has the driver's archive and not its tests."""
    if (place / "out").exists():
        return
    tests = place / "pgjdbc/src/test"
    sources = [str(file) for file in tests.rglob("*.java") if not re.search(JAVA_LEFT_OUT, str(file))]
    subprocess.run(["javac", "-nowarn", "-d", "out", "-cp", class_path(), *sources], cwd=place, check=True)
    subprocess.run(["cp", "-r", f"{tests}/resources/.", "out"], cwd=place, check=True)


def pgjdbc(place, database):
    compile_pgjdbc(place)
    options = {"server": "127.0.0.1", "port": "$PORT", "database": database, "username": "app", "password": PASSWORD,
               "build.properties.relative.path": ".", "privilegedUser": "app", "privilegedPassword": PASSWORD, "user.language": "en", "user.country": "US"}
    java = ["java", *[f"-D{name}={value}" for name, value in options.items()], "-cp", class_path(),
            "org.junit.platform.console.ConsoleLauncher", "--scan-classpath", "out", "--details=none",
            f"--include-classname='{os.environ.get('PGJDBC_CLASSES', 'org.postgresql.test.*Test')}'", f"--exclude-classname={JAVA_NOT_RUN}", "--reports-dir=reports"]
    return ["sh", "-c", f'rm -rf reports; {" ".join(java)}; cat reports/*.xml']


def suites(sources, database):
    """Those whose sources are here, by name."""
    debian = "/usr/share/gocode"
    go = pathlib.Path(debian, "src/github.com")
    test_go = ["go", "test", "-v", "-count=1", "-timeout=20m"]
    in_go = {"GO111MODULE": "off", "GOPATH": debian, "GOCACHE": "/tmp/go-cache"}
    django, sqlalchemy = one(sources, "django-5*"), one(sources, "sqlalchemy-*")
    known = {
        "psycopg2": Suite(one(sources, "psycopg2-*"), [*PYTEST, "tests"], PYTEST_LINE, {"PSYCOPG2_TESTDB": database}),
        "psycopg": Suite(one(sources, "psycopg-*"), [*PYTEST, "--cache-clear", "-m", "not slow and not timing", "tests"], PYTEST_LINE,
                         {"PSYCOPG_TEST_DSN": f"dbname={database}"}),
        # test_connect asks for a server of its own.
        "asyncpg": Suite(sources / "asyncpg-tests", [*PYTEST, "tests", "--ignore=tests/test_connect.py",
                                                     "--ignore=tests/test_adversity.py"], PYTEST_LINE),
        "pg8000": Suite(one(sources, "pg8000-*"), [*PYTEST, "test"], PYTEST_LINE),
        "django": Suite(django, [sys.executable, "tests/runtests.py", "--settings=pgveil_settings", "--parallel=1", "-v2",
                                 *(os.environ.get("DJANGO_APPS", "").split() or DJANGO_APPS)], UNITTEST_LINE),
        "sqlalchemy": Suite(sqlalchemy, [*PYTEST, "--maxfail=0", "--dburi", "$SQLALCHEMY", *SQLALCHEMY_TESTS], PYTEST_LINE,
                            first=SQLALCHEMY_FIRST),
        "ruby-pg": Suite(sources / "ruby-pg",
                         ["rspec", "--seed", "1", "-r", "./spec/helpers", "-r", "./spec/pgveil_server", "spec"], WORD_LINE),
        "dbd-pg": Suite(sources / "dbdpg", ["prove", "-v", *[f"t/{n}.t" for n in DBD_FILES]], TAP_LINE,
                        {"DBI_USER": "app", "DBI_PASS": PASSWORD}),
        "lib-pq": Suite(go / "lib/pq", [*test_go, "."], GO_LINE, {**in_go, "PGSSLMODE": "disable"}),
        "pgx": Suite(go / "jackc/pgx/v4", [*test_go, "."], GO_LINE, in_go),
        "pgx5": Suite(sources / "gopath/src" / GO_V5, [*test_go, "-p=1", ".", "./pgconn", "./pgtype", "./pgxpool", "./stdlib"],
                      GO_LINE, {**in_go, "GOPATH": f"{sources}/gopath:{debian}"},
                      "CREATE EXTENSION hstore; CREATE EXTENSION ltree; CREATE DOMAIN uint64 AS numeric(20,0);"),
        "postgres.js": Suite(sources / "postgres.js", ["node", "tests/index.js"], WORD_LINE),
        # Each file is a program of its own, and says nothing but by how it ends.
        "node-postgres": Suite(sources / "node-postgres/packages/pg",
                               ["sh", "-c", NODE_FILES.replace("\n", " ")], WORD_LINE),
        "rust-postgres": Suite(sources / "rust-postgres",
                               ["cargo", "test", "--no-fail-fast", "-p", "tokio-postgres", "-p", "postgres",
                                "--features", RUST_FEATURES, "--tests"], RUST_LINE, port=5433,
                               first="".join(f"CREATE EXTENSION IF NOT EXISTS {name};" for name in ["hstore", "citext", "ltree"])),
    }
    here = {name: suite for name, suite in known.items() if suite.place and suite.place.is_dir()}
    if (sources / "pgjdbc").is_dir():
        here["pgjdbc"] = Suite(sources / "pgjdbc", pgjdbc(sources / "pgjdbc", database), JUNIT_LINE,
                               first=f"CREATE EXTENSION hstore; CREATE EXTENSION lo; ALTER DATABASE {database} SET lock_timeout = '15s';")
    return here
