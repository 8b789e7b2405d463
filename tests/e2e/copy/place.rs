//! A database with protected columns of many types, the proxy in front of it, and a tap between.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::{Database, Proxy, ProxySetup, Tap, database};

/// `plain` and `kept` are nobody's; the rest is tagged.
pub const TABLE: &str = "CREATE TABLE people (id int PRIMARY KEY, plain text, name text, email varchar(60) \
     UNIQUE, born date, score numeric(10,2), data jsonb, photo bytea, labels text[], seen timestamptz, \
     kept text)";

const POLICY: &str = "[[column]]\nname = 'public.people.name'\n[[column]]\nname = 'public.people.email'\n\
     mode = 'deterministic'\n[[column]]\nname = 'public.people.born'\n[[column]]\n\
     name = 'public.people.score'\n[[column]]\nname = 'public.people.data'\n[[column]]\n\
     name = 'public.people.photo'\n[[column]]\nname = 'public.people.labels'\n[[column]]\n\
     name = 'public.people.seen'\n";

const KEYS: &str =
    "[keys]\nkeyring = 'keyring.pgveil'\nunlock = 'file:root.key'\n[admin]\nurl = 'file:admin.dsn'\n\n";

/// One test's database, proxy and tap.
pub struct Place {
    pub database: Database,
    pub tap: Tap,
    pub proxy: Proxy,
    /// For files of psql and pg_dump.
    pub directory: tempfile::TempDir,
}

impl Place {
    pub fn new(label: &str) -> Place {
        let database = database(label);
        database.direct().run(TABLE);
        let tap = Tap::start(&database.server.address());
        let directory = tempfile::tempdir().expect("a directory");
        let mut setup = ProxySetup::plain(&tap.address);
        setup.tables = format!("{KEYS}{POLICY}");
        setup.files = files(directory.path(), &database, &setup.tables);
        let proxy = Proxy::start(&setup);
        Place { database, tap, proxy, directory }
    }

    /// psql through the proxy; its output.
    pub fn psql(&self, commands: &[&str]) -> String {
        let (good, out, err) = self.try_psql(&self.proxy.address, commands);
        assert!(good, "psql: {err}\n{out}");
        out
    }

    /// psql straight on the server.
    pub fn host_psql(&self, commands: &[&str]) -> String {
        let (good, out, err) = self.try_psql(&self.database.server.address(), commands);
        assert!(good, "psql: {err}\n{out}");
        out
    }

    pub fn try_psql(&self, address: &str, commands: &[&str]) -> (bool, String, String) {
        let url = self.database.url_at(address);
        let mut arguments = vec!["-X", "-qAt", "-v", "ON_ERROR_STOP=1"];
        commands.iter().for_each(|command| arguments.extend(["-c", command]));
        arguments.push(&url);
        self.database.program("psql", &arguments)
    }

    pub fn path(&self, name: &str) -> String {
        self.directory.path().join(name).to_str().expect("a path").to_owned()
    }

    pub fn write(&self, name: &str, contents: &[u8]) -> String {
        let path = self.path(name);
        std::fs::write(&path, contents).expect("written");
        path
    }
}

/// What an operator makes before `serve`: keys, the accepted policy, the pinned catalog.
fn files(directory: &Path, database: &Database, tables: &str) -> Vec<(String, Vec<u8>)> {
    let config = format!(
        "version = 1\n[listen]\naddress = '127.0.0.1:0'\n[upstream]\nhosts = ['{}']\nsslmode = 'disable'\n\
         [auth]\nmode = 'relay'\n{tables}",
        database.server.address()
    );
    std::fs::write(directory.join("pgveil.toml"), config).expect("written");
    std::fs::write(directory.join("admin.dsn"), database.url()).expect("written");
    for verb in [&["keys", "new"][..], &["policy", "accept"], &["apply"]] {
        let output = Command::new(env!("CARGO_BIN_EXE_pgveil"))
            .args(verb)
            .current_dir(directory)
            .stdin(Stdio::null())
            .output()
            .expect("the binary");
        assert!(output.status.success(), "{verb:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let entries = std::fs::read_dir(directory).expect("a directory").map(|entry| entry.expect("a file"));
    let files = entries.filter(|entry| entry.file_name() != "pgveil.toml" && entry.path().is_file());
    let named = files.map(|entry| {
        let name = entry.file_name().into_string().expect("a name");
        (name, std::fs::read(entry.path()).expect("readable"))
    });
    named.collect()
}
