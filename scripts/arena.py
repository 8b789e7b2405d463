"""A private PostgreSQL and a pgveil in front of it, for scripts that need both for a while.

Knows how both are started and stopped, and nothing of what runs on them. The server's account must
not be root; everything is below one directory of /tmp that goes with the arena.
"""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
PASSWORD = "app-password"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(what, condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"{what}: not within {seconds} s")
        time.sleep(0.05)


class Arena:
    """Entered, the server runs; `serve` starts pgveil. Left, nothing of it does."""

    def __init__(self, settings=()):
        self.settings = settings
        self.proxy = None

    def __enter__(self):
        # Where the server is: psql and the others stand beside it.
        found = subprocess.check_output([HERE / "postgres"], text=True).strip()
        self.bin = (pathlib.Path(found) / "postgres").resolve().parent
        self.pgveil = os.environ.get("PGVEIL_BIN", HERE.parent / "target/debug/pgveil")
        self.place = pathlib.Path(tempfile.mkdtemp(prefix="pgveil-arena."))
        self.place.chmod(0o755)
        self.data = self.place / "server" / "data"
        self.data.parent.mkdir()
        self.account = []
        if os.geteuid() == 0:
            self.account = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
            shutil.chown(self.data.parent, "postgres", "postgres")
        self.server_port, self.port, self.watched = free_port(), free_port(), free_port()
        try:
            self.start_server()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.proxy and self.proxy.poll() is None:
            self.proxy.send_signal(signal.SIGKILL)
            self.proxy.wait()
        if (self.data / "postmaster.pid").exists():
            self.as_server("pg_ctl", "-D", self.data, "-m", "immediate", "-s", "stop")
        shutil.rmtree(self.place, ignore_errors=True)

    def as_server(self, program, *arguments):
        command = [*self.account, self.bin / program, *arguments]
        subprocess.run(command, check=True, cwd="/tmp", stdout=subprocess.DEVNULL)

    def start_server(self):
        self.as_server("initdb", "-D", self.data, "-U", "postgres", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.server_port,
            "unix_socket_directories": self.data.parent,
            "fsync": "off",
            "max_connections": 200,
            "max_prepared_transactions": 20,
            **dict(self.settings),
        }
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
        rules = "host all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
        (self.data / "pg_hba.conf").write_text(rules + rules.replace("host all", "host replication"))
        self.as_server("pg_ctl", "-D", self.data, "-l", self.data.parent / "log", "-w", "-s", "start")

    def psql(self, sql, database="postgres"):
        """Runs SQL as the superuser, straight on the server; what it printed."""
        return self.psql_at(self.server_port, sql, database)

    def psql_at(self, port, sql, database="postgres"):
        command = [self.bin / "psql", "-XAtqv", "ON_ERROR_STOP=1", "-c", sql, self.url("postgres", port, database)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def url(self, user="app", port=None, database="app"):
        return f"postgresql://{user}:{PASSWORD}@127.0.0.1:{port or self.server_port}/{database}"

    def through(self, user="app", database="app"):
        return self.url(user, self.port, database)

    def configure(self, more=""):
        """Writes pgveil.toml; `more` are further tables. The superuser, whom the server trusts, may come too."""
        text = f"""version = 1
[listen]
address = "127.0.0.1:{self.port}"
[upstream]
hosts = ["127.0.0.1:{self.server_port}"]
sslmode = "disable"
[auth]
mode = "relay"
allow_weak_upstream_auth = true
[metrics]
listen = "127.0.0.1:{self.watched}"
{more}"""
        (self.place / "pgveil.toml").write_text(text)

    def verb(self, *arguments):
        """Runs a verb of pgveil's in the place of its configuration; what it printed."""
        run = subprocess.run([self.pgveil, *arguments], cwd=self.place, capture_output=True, text=True)
        if run.returncode:
            raise SystemExit(f"pgveil {' '.join(arguments)}: {run.returncode}\n{run.stdout}{run.stderr}")
        return run.stdout

    def serve(self):
        with open(self.place / "pgveil.log", "a", encoding="utf-8") as log:
            self.proxy = subprocess.Popen([self.pgveil, "serve"], cwd=self.place, stderr=log)
        wait_until("pgveil listens", lambda: self.proxy.poll() is not None or listens(self.port))
        if self.proxy.poll() is not None:
            raise SystemExit(f"pgveil ended:\n{self.log()}")

    def log(self):
        return (self.place / "pgveil.log").read_text(encoding="utf-8")
