"""A private PostgreSQL for the scripts: made in a directory, on loopback, stopped at the end."""
import os, pwd, signal, socket, subprocess, sys, time

import psycopg

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
#: Of a cluster that lives as long as the script.
PASSWORD = "of-no-use-elsewhere"


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Postgres:
    """A private cluster; durable as one is, with a WAL that is not checkpointed every few seconds."""

    def __init__(self, directory):
        self.bin = subprocess.check_output([os.path.join(ROOT, "scripts/postgres")], text=True).strip()
        self.data = os.path.join(directory, "data")
        self.port = free_port()
        self.user = pwd.getpwnam("postgres") if os.getuid() == 0 else None
        os.makedirs(self.data)
        os.chmod(directory, 0o755)
        if self.user:
            os.chown(self.data, self.user.pw_uid, self.user.pw_gid)
        password = os.path.join(directory, "password")
        with open(password, "w") as f:
            f.write(PASSWORD)
        self.run("initdb", "-D", self.data, "-U", "app", "-A", "scram-sha-256", "--pwfile", password, "-E", "UTF8",
                 "--locale=C")
        with open(os.path.join(self.data, "postgresql.conf"), "a") as conf:
            conf.write(
                f"listen_addresses = '127.0.0.1'\nport = {self.port}\nunix_socket_directories = ''\n"
                "shared_buffers = 512MB\nmax_wal_size = 4GB\ncheckpoint_timeout = 15min\n"
                "max_connections = 60\nautovacuum = off\n"
            )
        self.process = subprocess.Popen(
            [os.path.join(self.bin, "postgres"), "-D", self.data],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self.identity(),
        )
        self.wait()

    def identity(self):
        return dict(user=self.user.pw_uid, group=self.user.pw_gid, extra_groups=[]) if self.user else {}

    def program(self, name):
        """Beside the server, or on PATH."""
        beside = os.path.join(self.bin, name)
        return beside if os.path.exists(beside) else name

    def run(self, *command):
        command = [self.program(command[0]), *command[1:]]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", **self.identity())

    def url(self, port=None):
        return f"postgres://app:{PASSWORD}@127.0.0.1:{port or self.port}/postgres"

    def wait(self):
        for _ in range(400):
            try:
                return psycopg.connect(self.url()).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
        sys.exit("the server does not start")

    def sql(self, text):
        with psycopg.connect(self.url(), autocommit=True) as c:
            cursor = c.execute(text)
            return cursor.fetchall() if cursor.description else None

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()
