//! A private PostgreSQL server: found, initialised in a directory of its own, started on loopback
//! and a unix socket, and stopped when its owner goes away, however that happens.
//!
//! Knows the programs `initdb` and `postgres`. Does not know SQL, and nothing of pgveil.

use std::fs;
use std::io::{self, Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, chown};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use thiserror::Error;

/// How long a server may take to accept connections before starting it counts as failed.
const START_LIMIT: Duration = Duration::from_secs(60);
/// Ports are chosen by asking the kernel for a free one; another process may take it in between.
const PORT_ATTEMPTS: u32 = 5;

/// Why there is no private server.
#[derive(Debug, Error)]
pub enum PostgresError {
    /// No PostgreSQL programs anywhere that we look.
    #[error(
        "no PostgreSQL programs found: not in $PGVEIL_POSTGRES_BIN, not on PATH, not under \
         /usr/lib/postgresql (Debian and Ubuntu: apt-get install postgresql; or run scripts/demo, \
         which fetches one)"
    )]
    NotFound,
    /// We are root, PostgreSQL refuses to run as root, and there is nobody else to be.
    #[error("PostgreSQL does not run as root, and there is neither a user `postgres` nor `nobody` here")]
    NoUnprivilegedUser,
    /// A program ran and failed; its own words follow.
    #[error("{program} failed: {output}")]
    Program {
        /// `initdb` or `postgres`.
        program: &'static str,
        /// The end of what it wrote.
        output: String,
    },
    /// The file system or the process table said no.
    #[error("{doing}: {source}")]
    Io {
        /// What was being done.
        doing: String,
        /// The system's answer.
        source: io::Error,
    },
}

fn io_error(doing: impl Into<String>) -> impl FnOnce(io::Error) -> PostgresError {
    let doing = doing.into();
    move |source| PostgresError::Io { doing, source }
}

/// A directory with PostgreSQL's programs.
#[derive(Clone, Debug)]
pub struct Installation {
    /// Holds `initdb` and `postgres`.
    pub bin: PathBuf,
}

impl Installation {
    /// Looks in `$PGVEIL_POSTGRES_BIN`, on `PATH`, then under `/usr/lib/postgresql/*/bin` (the
    /// highest version first).
    pub fn find() -> Result<Self, PostgresError> {
        let named = std::env::var_os("PGVEIL_POSTGRES_BIN").map(PathBuf::from);
        let path = std::env::var_os("PATH").unwrap_or_default();
        named
            .into_iter()
            .chain(std::env::split_paths(&path))
            .chain(debian_directories())
            .filter(|bin| bin.join("initdb").is_file())
            // A directory of links is not the installation: its libraries stand beside the programs.
            .find_map(|bin| fs::canonicalize(bin.join("postgres")).ok()?.parent().map(Path::to_path_buf))
            .map(|bin| Installation { bin })
            .ok_or(PostgresError::NotFound)
    }

    /// A program of this installation, for instance `psql`; `None` if it has none of that name.
    pub fn program(&self, name: &str) -> Option<PathBuf> {
        let path = self.bin.join(name);
        path.is_file().then_some(path)
    }
}

fn debian_directories() -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    found.into_iter().map(|(_, bin)| bin).collect()
}

/// How a private server is set up. The superuser is always `postgres`, over the unix socket without
/// a password.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// Lines of `postgresql.conf`, after ours, so they win.
    pub configuration: Vec<(String, String)>,
    /// Lines of `pg_hba.conf` for TCP; empty: everybody from loopback is trusted.
    pub host_rules: Vec<String>,
    /// PEM texts of certificate and key: TLS is on if they are given.
    pub tls: Option<(String, String)>,
    /// PEM text of the authority that client certificates must come from.
    pub client_authority: Option<String>,
}

/// A running private server. Dropping it stops the server at once and removes its directory; a
/// watching process does the same if this process is killed.
#[derive(Debug)]
pub struct PrivatePostgres {
    directory: PathBuf,
    port: u16,
    process: Child,
    watcher: Child,
}

/// The account that PostgreSQL's programs run under, if it cannot be our own.
#[derive(Clone, Copy, Debug)]
struct Account {
    uid: u32,
    gid: u32,
}

impl PrivatePostgres {
    /// Initialises and starts a server in a fresh directory under the system's temporary one.
    /// Returns when it accepts connections.
    pub fn start(installation: &Installation, setup: &Setup) -> Result<Self, PostgresError> {
        let account = unprivileged_account()?;
        let directory = fresh_directory(account)?;
        let result = initialise(installation, setup, &directory, account)
            .and_then(|()| launch(installation, &directory, account));
        match result {
            Ok((port, process, watcher)) => Ok(PrivatePostgres { directory, port, process, watcher }),
            Err(error) => {
                // The server's own words are in the error already; a leftover directory helps nobody.
                let _ = fs::remove_dir_all(&directory);
                Err(error)
            }
        }
    }

    /// The TCP port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The directory of the unix socket.
    pub fn socket_directory(&self) -> &Path {
        &self.directory
    }

    /// The data directory: what the host's disk holds.
    pub fn data_directory(&self) -> PathBuf {
        self.directory.join("data")
    }

    /// The server's log.
    pub fn log_file(&self) -> PathBuf {
        self.directory.join("log")
    }
}

impl Drop for PrivatePostgres {
    fn drop(&mut self) {
        // ORDER: closing the watcher's input makes it stop the server and remove the directory;
        // only then are the two processes collected.
        drop(self.watcher.stdin.take());
        let _ = self.watcher.wait();
        let _ = self.process.wait();
    }
}

fn unprivileged_account() -> Result<Option<Account>, PostgresError> {
    use std::os::unix::fs::MetadataExt;
    let me = fs::metadata("/proc/self").map_err(io_error("reading /proc/self"))?;
    if me.uid() != 0 {
        return Ok(None);
    }
    let passwd = fs::read_to_string("/etc/passwd").map_err(io_error("reading /etc/passwd"))?;
    let account_of = |name: &str| {
        passwd.lines().find_map(|line| {
            let mut fields = line.split(':');
            (fields.next()? == name).then_some(())?;
            let uid = fields.nth(1)?.parse().ok()?;
            let gid = fields.next()?.parse().ok()?;
            Some(Account { uid, gid })
        })
    };
    account_of("postgres").or_else(|| account_of("nobody")).map(Some).ok_or(PostgresError::NoUnprivilegedUser)
}

fn fresh_directory(account: Option<Account>) -> Result<PathBuf, PostgresError> {
    let mut serial = 0;
    let path = loop {
        let name = format!("pgveil-postgres-{}-{serial}", std::process::id());
        let path = std::env::temp_dir().join(name);
        match fs::DirBuilder::new().mode(0o700).create(&path) {
            Ok(()) => break path,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => serial += 1,
            Err(error) => return Err(io_error(format!("creating {}", path.display()))(error)),
        }
    };
    hand_over(&path, account)?;
    Ok(path)
}

fn hand_over(path: &Path, account: Option<Account>) -> Result<(), PostgresError> {
    let Some(account) = account else { return Ok(()) };
    chown(path, Some(account.uid), Some(account.gid))
        .map_err(io_error(format!("changing the owner of {}", path.display())))
}

fn command(program: &Path, directory: &Path, account: Option<Account>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(directory).env("LC_ALL", "C").env_remove("PGDATA").stdin(Stdio::null());
    if let Some(account) = account {
        command.uid(account.uid).gid(account.gid);
    }
    command
}

fn initialise(
    installation: &Installation,
    setup: &Setup,
    directory: &Path,
    account: Option<Account>,
) -> Result<(), PostgresError> {
    let data = directory.join("data");
    let output = command(&installation.bin.join("initdb"), directory, account)
        .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"])
        .arg(&data)
        .output()
        .map_err(io_error("running initdb"))?;
    if !output.status.success() {
        return Err(PostgresError::Program { program: "initdb", output: tail(&output.stderr) });
    }
    let write = |name: &str, text: &str| {
        let path = data.join(name);
        fs::write(&path, text).map_err(io_error(format!("writing {}", path.display())))?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))
            .map_err(io_error(format!("closing {}", path.display())))?;
        hand_over(&path, account)
    };
    if let Some((certificate, key)) = &setup.tls {
        write("server.crt", certificate)?;
        write("server.key", key)?;
    }
    if let Some(authority) = &setup.client_authority {
        write("clients.crt", authority)?;
    }
    write("pg_hba.conf", &host_based_authentication(setup))?;
    let settings = fs::read_to_string(data.join("postgresql.conf"))
        .map_err(io_error("reading postgresql.conf"))?
        + &configuration(setup, directory);
    write("postgresql.conf", &settings)
}

fn host_based_authentication(setup: &Setup) -> String {
    let mut text = String::from("local all all trust\nlocal replication all trust\n");
    if setup.host_rules.is_empty() {
        text.push_str("host all all 127.0.0.1/32 trust\nhost replication all 127.0.0.1/32 trust\n");
    }
    for rule in &setup.host_rules {
        text.push_str(rule);
        text.push('\n');
    }
    text
}

/// Durability is off: the data is thrown away with the directory.
fn configuration(setup: &Setup, directory: &Path) -> String {
    let mut text = format!(
        "\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '{}'\nunix_socket_permissions = 0777\n\
         fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nmax_connections = 200\n\
         shared_buffers = 64MB\n",
        directory.display()
    );
    if setup.tls.is_some() {
        text.push_str("ssl = on\n");
    }
    if setup.client_authority.is_some() {
        text.push_str("ssl_ca_file = 'clients.crt'\n");
    }
    for (name, value) in &setup.configuration {
        text.push_str(&format!("{name} = '{}'\n", value.replace('\'', "''")));
    }
    text
}

fn launch(
    installation: &Installation,
    directory: &Path,
    account: Option<Account>,
) -> Result<(u16, Child, Child), PostgresError> {
    let mut attempt = 1;
    loop {
        let port = free_port()?;
        match launch_on(installation, directory, account, port) {
            Ok((process, watcher)) => return Ok((port, process, watcher)),
            Err(error) if attempt == PORT_ATTEMPTS => return Err(error),
            Err(_) => attempt += 1,
        }
    }
}

fn free_port() -> Result<u16, PostgresError> {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(io_error("looking for a free port"))
}

fn launch_on(
    installation: &Installation,
    directory: &Path,
    account: Option<Account>,
    port: u16,
) -> Result<(Child, Child), PostgresError> {
    let log_path = directory.join("log");
    let log = fs::File::create(&log_path).map_err(io_error("creating the server's log"))?;
    let also = log.try_clone().map_err(io_error("creating the server's log"))?;
    // ORDER: its own process group, so that a Ctrl-C on our terminal reaches us first.
    let mut process = command(&installation.bin.join("postgres"), directory, account)
        .args(["-p", &port.to_string(), "-D"])
        .arg(directory.join("data"))
        .stdout(log)
        .stderr(also)
        .process_group(0)
        .spawn()
        .map_err(io_error("starting postgres"))?;
    let watcher = match watch(process.id(), directory) {
        Ok(watcher) => watcher,
        Err(error) => {
            let _ = process.kill();
            let _ = process.wait();
            return Err(error);
        }
    };
    match wait_until_ready(&mut process, directory, port) {
        Ok(()) => Ok((process, watcher)),
        Err(error) => {
            let _ = process.kill();
            let _ = process.wait();
            let mut watcher = watcher;
            let _ = watcher.kill();
            let _ = watcher.wait();
            Err(error)
        }
    }
}

/// A process that waits for its input to close, which the kernel does when we end for whatever
/// reason, then stops the server at once (SIGQUIT: immediate shutdown; manual 19.5) and clears up.
fn watch(server: u32, directory: &Path) -> Result<Child, PostgresError> {
    let script = "trap '' INT TERM HUP; cat >/dev/null; kill -QUIT \"$1\" 2>/dev/null; n=0; \
                  while kill -0 \"$1\" 2>/dev/null && [ $n -lt 100 ] && ! grep -q '^State:.Z' /proc/$1/status 2>/dev/null; \
                  do sleep 0.05; n=$((n+1)); done; rm -rf -- \"$2\"";
    Command::new("/bin/sh")
        .args(["-c", script, "pgveil-watch", &server.to_string()])
        .arg(directory)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .map_err(io_error("starting the watcher"))
}

fn wait_until_ready(process: &mut Child, directory: &Path, port: u16) -> Result<(), PostgresError> {
    let deadline = Instant::now() + START_LIMIT;
    let socket = directory.join(format!(".s.PGSQL.{port}"));
    loop {
        let ended = process.try_wait().map_err(io_error("asking after postgres"))?;
        if ended.is_some() || Instant::now() > deadline {
            let log = fs::read(directory.join("log")).unwrap_or_default();
            return Err(PostgresError::Program { program: "postgres", output: tail(&log) });
        }
        if accepts(&socket) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A start-up packet is answered with an authentication request ('R') only when the server is up;
/// before that with an error 57P03 (manual 55.2.1).
fn accepts(socket: &Path) -> bool {
    let ask = || -> io::Result<u8> {
        let mut stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        let body = b"\0\x03\0\0user\0postgres\0database\0postgres\0\0";
        let length = u32::try_from(body.len() + 4).map_err(io::Error::other)?;
        stream.write_all(&length.to_be_bytes())?;
        stream.write_all(body)?;
        let mut tag = [0];
        stream.read_exact(&mut tag)?;
        let [tag] = tag;
        // Terminate, so that the server does not log a lost connection.
        let _ = stream.write_all(b"X\0\0\0\x04");
        Ok(tag)
    };
    matches!(ask(), Ok(b'R'))
}

fn tail(output: &[u8]) -> String {
    let text = String::from_utf8_lossy(output);
    let lines: Vec<&str> = text.lines().collect();
    let start = lines.len().saturating_sub(12);
    lines.get(start..).unwrap_or_default().join("\n")
}
