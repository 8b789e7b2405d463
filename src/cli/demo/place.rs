//! The demo's directory and its processes: a private PostgreSQL, a configuration with throw-away
//! keys, and the proxy, each as an operator would have them, with the verbs that an operator uses.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::postgres::{Installation, PrivatePostgres, Setup};
use super::sample;

/// The port of the manual's examples; another one is taken if it is in use.
const USUAL_PORT: u16 = 6432;
/// How long the proxy may take until it accepts connections.
const START_LIMIT: Duration = Duration::from_secs(20);
/// The application's password: the demo's data is made up, and the server listens on loopback only.
pub const PASSWORD: &str = "demo";
/// The demo's database.
pub const DATABASE: &str = "crm";

/// Everything that the demo runs. Dropping it ends the proxy, then the server, and removes the files.
pub struct Place {
    proxy: Option<Child>,
    port: u16,
    /// The server.
    pub postgres: PrivatePostgres,
    directory: Directory,
}

/// A directory that goes with its owner.
struct Directory(PathBuf);

impl Drop for Directory {
    fn drop(&mut self) {
        // Throw-away keys should not outlive the demo; if they do, they open nothing any more.
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Place {
    /// Starts a server and writes a configuration beside it; no table yet, and no proxy.
    pub fn prepare() -> anyhow::Result<Place> {
        let installation = Installation::find()?;
        let setup = Setup {
            configuration: vec![("log_statement".into(), "all".into())],
            host_rules: vec![
                "host all postgres 127.0.0.1/32 trust".into(),
                "host all all 127.0.0.1/32 scram-sha-256".into(),
            ],
            ..Setup::default()
        };
        let postgres = PrivatePostgres::start(&installation, &setup)?;
        let directory = std::env::temp_dir().join(format!("pgveil-demo-{}", std::process::id()));
        fs::DirBuilder::new()
            .mode(0o700)
            .create(&directory)
            .with_context(|| format!("creating {}", directory.display()))?;
        let place = Place { proxy: None, port: free_port()?, postgres, directory: Directory(directory) };
        place.write("pgveil.toml", &place.configuration())?;
        place.write("admin.dsn", &place.host_string())?;
        fs::DirBuilder::new().mode(0o700).create(place.directory.0.join("keys"))?;
        place.verb(&["keys", "new"])?;
        Ok(place)
    }

    fn configuration(&self) -> String {
        format!(
            "version = 1\n\n[listen]\naddress = \"127.0.0.1:{}\"\n\n[upstream]\nhosts = [\"127.0.0.1:{}\"]\n\
             sslmode = \"disable\"\n\n[auth]\nmode = \"relay\"\n\n[keys]\nkeyring = \"keys/keyring.pgveil\"\n\
             unlock = \"file:keys/root.key\"\n\n[admin]\nurl = \"file:admin.dsn\"\n{}",
            self.port,
            self.postgres.port(),
            sample::POLICY
        )
    }

    fn write(&self, name: &str, text: &str) -> anyhow::Result<()> {
        let path = self.directory.0.join(name);
        fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        Ok(())
    }

    /// Runs another verb of this very program in the directory, to its end.
    pub fn verb(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let output = self.command(arguments)?.stdin(Stdio::null()).output().context("running pgveil")?;
        if !output.status.success() {
            bail!("pgveil {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn command(&self, arguments: &[&str]) -> anyhow::Result<Command> {
        let mut command = Command::new(std::env::current_exe().context("looking for this program")?);
        command.args(arguments).current_dir(&self.directory.0);
        Ok(command)
    }

    /// Starts the proxy and waits until it accepts connections.
    pub fn start_proxy(&mut self) -> anyhow::Result<()> {
        let log_path = self.directory.0.join("pgveil.log");
        let log = fs::File::create(&log_path)?;
        let mut proxy = self
            .command(&["serve"])?
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .context("starting pgveil")?;
        let deadline = Instant::now() + START_LIMIT;
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            if proxy.try_wait()?.is_some() || Instant::now() > deadline {
                let _ = proxy.kill();
                let _ = proxy.wait();
                bail!("pgveil does not serve: {}", fs::read_to_string(&log_path).unwrap_or_default());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        self.proxy = Some(proxy);
        Ok(())
    }

    /// The application's connection string.
    pub fn application_string(&self) -> String {
        format!("postgres://app:{PASSWORD}@127.0.0.1:{}/{DATABASE}", self.port)
    }

    /// The host's: a superuser straight on the server.
    pub fn host_string(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{DATABASE}", self.postgres.port())
    }

    /// The configuration's path.
    pub fn configuration_file(&self) -> PathBuf {
        self.directory.0.join("pgveil.toml")
    }

    /// Whether these bytes stand in any file of the server: tables, write-ahead log, log.
    pub fn server_files_with(&self, needle: &[u8]) -> Vec<PathBuf> {
        let mut found = Vec::new();
        search(self.postgres.socket_directory(), needle, &mut found);
        found
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(mut proxy) = self.proxy.take() {
            let _ = proxy.kill();
            let _ = proxy.wait();
        }
    }
}

fn free_port() -> anyhow::Result<u16> {
    let listener =
        TcpListener::bind(("127.0.0.1", USUAL_PORT)).or_else(|_| TcpListener::bind(("127.0.0.1", 0)))?;
    Ok(listener.local_addr()?.port())
}

fn search(directory: &Path, needle: &[u8], found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        // Files come and go while a server runs; one that is gone holds nothing.
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => search(&path, needle, found),
            Ok(kind) if kind.is_file() => {
                let bytes = fs::read(&path).unwrap_or_default();
                if memchr::memmem::find(&bytes, needle).is_some() {
                    found.push(path);
                }
            }
            _ => {}
        }
    }
}
