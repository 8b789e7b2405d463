//! The `pgveil` binary in front of a server, with a configuration in a temporary directory.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::client::{Client, ConnectError, Login};

/// How long the proxy may take until it accepts connections.
const START_LIMIT: Duration = Duration::from_secs(20);

/// What the configuration says beyond where to listen.
#[derive(Clone, Debug)]
pub struct ProxySetup {
    /// `host:port` of the server, or of a [`super::Tap`] before it.
    pub upstream: String,
    /// `sslmode` of the server's leg.
    pub sslmode: String,
    /// The `[auth]` table's lines.
    pub auth: String,
    /// Further lines of the `[listen]` table.
    pub listen: String,
    /// Further lines of the `[upstream]` table.
    pub upstream_more: String,
    /// Further tables, at the end of the file: `[[column]]`, `[limits]` …
    pub tables: String,
    /// Files to write into the configuration's directory: relative path, contents.
    pub files: Vec<(String, Vec<u8>)>,
    /// Environment of the process.
    pub environment: Vec<(String, String)>,
    /// Verbs to run in the configuration's directory before `serve`, for instance `apply`.
    pub verbs: Vec<Vec<String>>,
}

impl ProxySetup {
    /// In front of `upstream`, without TLS, with `relay` authentication and an empty policy.
    pub fn plain(upstream: &str) -> Self {
        ProxySetup {
            upstream: upstream.into(),
            sslmode: "disable".into(),
            auth: "mode = \"relay\"".into(),
            listen: String::new(),
            upstream_more: String::new(),
            tables: String::new(),
            files: Vec::new(),
            environment: Vec::new(),
            verbs: Vec::new(),
        }
    }

    fn configuration(&self, address: &str) -> String {
        format!(
            "version = 1\n\n[listen]\naddress = \"{address}\"\n{}\n\n[upstream]\nhosts = [\"{}\"]\n\
             sslmode = \"{}\"\n{}\n\n[auth]\n{}\n\n{}\n",
            self.listen, self.upstream, self.sslmode, self.upstream_more, self.auth, self.tables
        )
    }
}

/// A running proxy; dropping it ends it.
pub struct Proxy {
    process: Child,
    /// `127.0.0.1:port`.
    pub address: String,
    /// Holds `pgveil.toml` and the files of the setup.
    pub directory: Arc<tempfile::TempDir>,
    /// The configuration's name in it.
    file: String,
    log: Arc<Mutex<String>>,
}

impl Proxy {
    /// Starts the binary and waits until it accepts connections; fails the test with its log if it
    /// does not.
    pub fn start(setup: &ProxySetup) -> Proxy {
        let address = free_address();
        let directory = Arc::new(tempfile::tempdir().expect("a directory"));
        write_private(&directory.path().join("pgveil.toml"), setup.configuration(&address).as_bytes());
        for (name, contents) in &setup.files {
            write_private(&directory.path().join(name), contents);
        }
        for verb in &setup.verbs {
            run_verb(directory.path(), verb);
        }
        Proxy::serve(address, directory, "pgveil.toml", &setup.environment)
    }

    fn serve(
        address: String,
        directory: Arc<tempfile::TempDir>,
        file: &str,
        environment: &[(String, String)],
    ) -> Proxy {
        let mut process = serve(directory.path(), file, environment);
        let log = Arc::default();
        collect(process.stderr.take().expect("stderr"), &log);
        let mut proxy = Proxy { process, address, directory, file: file.into(), log };
        proxy.wait_until_it_listens();
        proxy
    }

    /// A second proxy with the same files, but a configuration of its own: this one's, changed.
    pub fn beside(&self, file: &str, change: impl Fn(&str) -> String) -> Proxy {
        let address = free_address();
        let text = fs::read_to_string(self.configuration()).expect("the configuration");
        let text = change(&text.replace(&self.address, &address));
        write_private(&self.directory.path().join(file), text.as_bytes());
        Proxy::serve(address, Arc::clone(&self.directory), file, &[])
    }

    /// A second proxy with copies of the files, as on another host, in front of `upstream`.
    pub fn elsewhere(&self, change: impl Fn(&str) -> String) -> Proxy {
        let address = free_address();
        let directory = Arc::new(tempfile::tempdir().expect("a directory"));
        for file in fs::read_dir(self.directory.path()).expect("the files").flatten() {
            let contents = fs::read(file.path()).expect("a file");
            write_private(&directory.path().join(file.file_name()), &contents);
        }
        let text = fs::read_to_string(self.configuration()).expect("the configuration");
        let text = change(&text.replace(&self.address, &address));
        write_private(&directory.path().join("pgveil.toml"), text.as_bytes());
        Proxy::serve(address, directory, "pgveil.toml", &[])
    }

    /// `kill -9`, then the same again at the same address. What it logs is added to the log.
    pub fn kill_and_start_again(&mut self) {
        self.process.kill().expect("killed");
        self.process.wait().expect("ended");
        self.process = serve(self.directory.path(), &self.file, &[]);
        collect(self.process.stderr.take().expect("stderr"), &self.log);
        self.wait_until_it_listens();
    }

    fn wait_until_it_listens(&mut self) {
        let deadline = Instant::now() + START_LIMIT;
        loop {
            let ended = self.process.try_wait().expect("the process");
            assert!(ended.is_none(), "pgveil ended with {ended:?}:\n{}", self.log());
            assert!(Instant::now() < deadline, "pgveil does not listen:\n{}", self.log());
            if TcpStream::connect(&self.address).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Runs another verb beside the serving one; fails the test if it fails.
    pub fn verb(&self, arguments: &[&str]) {
        let arguments: Vec<String> = arguments.iter().map(|a| (*a).to_owned()).collect();
        run_verb(self.directory.path(), &arguments);
    }

    /// Runs another verb beside the serving one. Whether it had nothing to object.
    pub fn tries(&self, arguments: &[&str]) -> bool {
        self.tried(arguments).status.success()
    }

    /// Runs another verb beside the serving one. What it prints.
    pub fn says(&self, arguments: &[&str]) -> String {
        String::from_utf8(self.tried(arguments).stdout).expect("UTF-8")
    }

    /// Runs another verb beside the serving one. What it objects.
    pub fn objects(&self, arguments: &[&str]) -> String {
        let tried = self.tried(arguments);
        assert!(!tried.status.success(), "{arguments:?} has nothing to object");
        String::from_utf8(tried.stderr).expect("UTF-8")
    }

    fn tried(&self, arguments: &[&str]) -> Output {
        let verb = Command::new(env!("CARGO_BIN_EXE_pgveil"))
            .args(arguments)
            .args(["-c", "pgveil.toml"])
            .current_dir(self.directory.path())
            .stdin(Stdio::null())
            .output();
        verb.expect("the pgveil binary")
    }

    /// The process id, for signals and for /proc.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Everything on its stderr so far.
    pub fn log(&self) -> String {
        self.log.lock().expect("log").clone()
    }

    /// Whether it logs this, now or within a few seconds: what it writes comes through a pipe.
    pub fn has_logged(&self, text: &str) -> bool {
        let deadline = Instant::now() + Duration::from_secs(5);
        while !self.log().contains(text) {
            if Instant::now() > deadline {
                return false;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        true
    }

    /// The configuration's path.
    pub fn configuration(&self) -> PathBuf {
        self.directory.path().join(&self.file)
    }

    /// Logs in through the proxy.
    pub fn connect(&self, login: &Login) -> Result<Client, ConnectError> {
        Client::connect(&self.address, login)
    }

    /// Logs in through the proxy; fails the test if that does not work.
    pub fn client(&self, login: &Login) -> Client {
        self.connect(login).unwrap_or_else(|error| panic!("{error:?}\nlog of pgveil:\n{}", self.log()))
    }

    /// Sends a signal by its name, for instance `TERM`.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").args([&format!("-{name}"), &self.pid().to_string()]).status();
        assert!(status.expect("kill").success(), "signal {name}");
    }

    /// The exit code, once it has ended by itself; fails the test after `limit`.
    pub fn wait(&mut self, limit: Duration) -> Option<i32> {
        let deadline = Instant::now() + limit;
        loop {
            if let Some(status) = self.process.try_wait().expect("the process") {
                return status.code();
            }
            assert!(Instant::now() < deadline, "pgveil did not end:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        if std::thread::panicking() {
            eprintln!("--- log of pgveil ---\n{}", self.log());
        }
    }
}

fn run_verb(directory: &Path, arguments: &[String]) {
    let output = Command::new(env!("CARGO_BIN_EXE_pgveil"))
        .args(arguments)
        .args(["-c", "pgveil.toml"])
        .current_dir(directory)
        .stdin(Stdio::null())
        .output()
        .expect("the pgveil binary");
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    assert!(output.status.success(), "pgveil {}: {}", arguments.join(" "), said.concat());
}

fn write_private(path: &Path, contents: &[u8]) {
    use std::os::unix::fs::PermissionsExt;
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).expect("a directory");
    }
    fs::write(path, contents).expect("a file");
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("permissions");
}

fn free_address() -> String {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
    format!("127.0.0.1:{port}")
}

fn serve(directory: &Path, file: &str, environment: &[(String, String)]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_pgveil"))
        .args(["serve", "-c", file])
        .current_dir(directory)
        .envs(environment.iter().cloned())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the pgveil binary")
}

fn collect(stderr: std::process::ChildStderr, log: &Arc<Mutex<String>>) {
    let writer = Arc::clone(log);
    std::thread::spawn(move || {
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            let mut log = writer.lock().expect("log");
            log.push_str(&line);
            log.push('\n');
        }
    });
}
