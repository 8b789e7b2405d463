//! A database, a configuration that can be edited, the verbs, and a proxy that comes and goes.

use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Client, Database, database};

/// How long the proxy may take until it accepts connections.
const START_LIMIT: Duration = Duration::from_secs(20);

/// A database and the operator's files.
pub struct Yard {
    pub database: Database,
    directory: TempDir,
    address: String,
    /// What every verb finds in its environment besides.
    pub variables: Vec<(String, String)>,
    serving: Option<Child>,
}

/// What a verb left behind.
pub struct Ended {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Yard {
    /// These tables, owned by the application's role, and these `[[column]]`s; nothing accepted yet.
    pub fn new(label: &str, tables: &str, columns: &str) -> Yard {
        Yard::of(database(label), tables, columns)
    }

    /// The same in this database.
    pub fn of(database: Database, tables: &str, columns: &str) -> Yard {
        database.direct().run(tables);
        let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
        let address = format!("127.0.0.1:{port}");
        let directory = tempfile::tempdir().expect("a directory");
        let text = format!(
            "version = 1\n[listen]\naddress = '{address}'\n[upstream]\nhosts = ['{}']\nsslmode = 'disable'\n\
             [auth]\nmode = 'relay'\n[keys]\nkeyring = 'keyring.pgveil'\nunlock = 'file:root.key'\n\
             [admin]\nurl = 'file:admin.dsn'\n\n{columns}",
            database.server.address()
        );
        let yard = Yard { database, directory, address, variables: Vec::new(), serving: None };
        std::fs::write(yard.config(), text).expect("written");
        std::fs::write(yard.path("admin.dsn"), yard.database.url()).expect("written");
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(yard.path("admin.dsn"), mode).expect("permissions");
        yard.verb(&["keys", "new"]).ends(0);
        yard
    }

    /// As [`Yard::new`], accepted and applied.
    pub fn ready(label: &str, tables: &str, columns: &str) -> Yard {
        let yard = Yard::new(label, tables, columns);
        yard.accept();
        yard
    }

    /// Accepts the policy as it is and applies it.
    pub fn accept(&self) {
        self.verb(&["policy", "accept"]).ends(0);
        let applied = self.verb(&["apply"]);
        assert!(matches!(applied.code, 0 | 2), "{}{}", applied.out, applied.err);
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub fn config(&self) -> PathBuf {
        self.path("pgveil.toml")
    }

    /// A verb of the binary, not yet started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pgveil"));
        command.args(arguments).arg("-c").arg(self.config()).stdin(Stdio::null());
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs a verb to its end.
    pub fn verb(&self, arguments: &[&str]) -> Ended {
        let output = self.command(arguments).output().expect("the binary");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        Ended { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Runs a verb with `--json`; fails the test unless it ends with this exit code.
    pub fn json(&self, arguments: &[&str], code: i32) -> Value {
        let ended = self.verb(&[arguments, &["--json"]].concat()).ends(code);
        serde_json::from_str(&ended.out).unwrap_or_else(|e| panic!("{e}: {}\n{}", ended.out, ended.err))
    }

    /// Runs a verb that waits for the proxy: one runs meanwhile.
    pub fn attended(&mut self, arguments: &[&str]) -> Ended {
        let alone = self.serving.is_none();
        if alone {
            self.serve();
        }
        let ended = self.verb(arguments);
        if alone {
            self.stop();
        }
        ended
    }

    /// As [`Yard::attended`], with `--json`.
    pub fn attended_json(&mut self, arguments: &[&str], code: i32) -> Value {
        let ended = self.attended(&[arguments, &["--json"]].concat()).ends(code);
        serde_json::from_str(&ended.out).unwrap_or_else(|e| panic!("{e}: {}\n{}", ended.out, ended.err))
    }

    /// Edits the configuration.
    pub fn replace(&self, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.config()).expect("readable");
        assert!(text.contains(from), "{text}");
        std::fs::write(self.config(), text.replace(from, to)).expect("written");
    }

    /// Every `phase` of the policy.
    pub fn phase(&self, from: &str, to: &str) {
        self.replace(&format!("phase = \"{from}\""), &format!("phase = \"{to}\""));
        self.accept();
    }

    /// Starts the proxy, in place of one that runs.
    pub fn serve(&mut self) {
        self.stop();
        let mut process = self
            .command(&["serve"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary");
        let log = process.stderr.take().expect("stderr");
        std::thread::spawn(move || BufReader::new(log).lines().map_while(Result::ok).for_each(drop));
        self.serving = Some(process);
        let deadline = Instant::now() + START_LIMIT;
        while TcpStream::connect(&self.address).is_err() {
            assert!(Instant::now() < deadline, "pgveil does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Ends the proxy.
    pub fn stop(&mut self) {
        if let Some(mut process) = self.serving.take() {
            process.kill().expect("ended");
            process.wait().expect("ended");
        }
    }

    /// A client through the proxy.
    pub fn client(&self) -> Client {
        Client::connect(&self.address, &self.database.login()).unwrap_or_else(|error| panic!("{error:?}"))
    }

    /// Where the proxy listens.
    pub fn client_address(&self) -> &str {
        &self.address
    }

    /// A client straight to the server.
    pub fn direct(&self) -> Client {
        self.database.direct()
    }

    /// How many of the stored values, as text, begin as an armour does, and how many do not.
    pub fn sealed(&self, table: &str, column: &str) -> (u64, u64) {
        let sql = format!(
            "SELECT count(*) FILTER (WHERE v ~ '^\"?(\\\\x706756313a|pgV1:)'), count(*) FILTER (WHERE v !~ \
             '^\"?(\\\\x706756313a|pgV1:)') FROM (SELECT {column}::text v FROM {table}) x WHERE v IS NOT NULL"
        );
        let rows = self.direct().rows(&sql);
        let number = |n: usize| rows[0][n].as_ref().and_then(|text| text.parse().ok()).expect("a number");
        (number(0), number(1))
    }
}

impl Drop for Yard {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Ended {
    #[track_caller]
    pub fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(self.out.contains(text) || self.err.contains(text), "{text}:\n{}\n{}", self.out, self.err);
        self
    }
}

/// `[[column]]` tables: name and further lines.
pub fn columns(tags: &[(&str, &str)]) -> String {
    tags.iter().map(|(name, more)| format!("[[column]]\nname = 'public.{name}'\n{more}\n")).collect()
}
