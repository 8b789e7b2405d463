//! The verbs as an operator types them: policy accept, apply, catalog diff and accept.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::support::{Database, database};

/// A configuration, a keyring and a database.
pub struct Desk {
    directory: TempDir,
    pub database: Database,
}

/// What a run left behind.
pub struct Run {
    code: i32,
    pub out: String,
    err: String,
}

const COLUMNS: &str = "# tagged columns\n[[column]]\nname = 'public.customers.email'\nmode = 'deterministic'\n\
     [[column]]\nname = 'public.customers.born'\n";

impl Desk {
    pub fn new(label: &str) -> Self {
        let desk = Desk { directory: tempfile::tempdir().expect("a directory"), database: database(label) };
        std::fs::write(desk.path("admin.dsn"), desk.database.url()).expect("written");
        desk.configure(COLUMNS);
        desk.run(&["keys", "new"]).ends(0);
        desk
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn config(&self) -> PathBuf {
        self.path("pgveil.toml")
    }

    fn configure(&self, columns: &str) {
        let host = self.database.server.address();
        let text = format!(
            "version = 1\n[listen]\naddress = '127.0.0.1:0'\n[upstream]\nhosts = ['{host}']\nsslmode = 'disable'\n\
             [auth]\nmode = 'relay'\n[keys]\nkeyring = 'keyring.pgveil'\nunlock = 'file:root.key'\n\
             [admin]\nurl = 'file:admin.dsn'\n\n{columns}"
        );
        std::fs::write(self.config(), text).expect("written");
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        let output = Command::new(env!("CARGO_BIN_EXE_pgveil"))
            .args(arguments)
            .arg("-c")
            .arg(self.config())
            .stdin(Stdio::null())
            .output()
            .expect("the binary");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        Run { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }

    /// With what `[[column]]` says now.
    pub fn replace(&self, from: &str, to: &str) {
        let text = read(&self.config());
        assert!(text.contains(from), "{text}");
        std::fs::write(self.config(), text.replace(from, to)).expect("written");
    }
}

impl Run {
    pub fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        self
    }

    fn says(self, text: &str) -> Self {
        assert!(self.out.contains(text) || self.err.contains(text), "{text}:\n{}\n{}", self.out, self.err);
        self
    }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("readable")
}

#[test]
fn from_a_fresh_table_to_an_accepted_catalog() {
    let desk = Desk::new("verbs_fresh");
    desk.database
        .direct()
        .run("CREATE TABLE customers (id int PRIMARY KEY, email varchar(80) UNIQUE, born date)");

    desk.run(&["apply"]).ends(3).says("the policy is not the one that was accepted");
    desk.run(&["policy", "accept", "--dry-run"]).ends(0);
    desk.run(&["apply"]).ends(3);
    desk.run(&["policy", "accept"])
        .ends(0)
        .says("public.customers.email  deterministic, domain public.customers.email, encrypted");
    assert!(read(&desk.config()).contains("# tagged columns"));
    assert!(read(&desk.config()).contains("domain = \"public.customers.born\""));

    let planned = desk.run(&["apply", "--dry-run"]).ends(0);
    assert!(
        planned
            .out
            .starts_with("ALTER TABLE public.customers ALTER COLUMN email TYPE character varying USING"),
        "{}",
        planned.out
    );
    assert!(!desk.path("pgveil.lock").exists());
    assert_eq!(
        desk.database.host().value("SELECT count(*) FROM pg_constraint WHERE conname ~ 'pgveil'"),
        "0"
    );

    desk.run(&["apply"]).ends(0).says("└─ public.customers: in order");
    assert_eq!(
        desk.database.host().value("SELECT count(*) FROM pg_constraint WHERE conname ~ 'pgveil'"),
        "2"
    );
    assert!(read(&desk.path("pgveil.lock")).contains("logical = \"date\""));
    desk.run(&["catalog", "diff"]).ends(0).says("nothing has changed");
    desk.run(&["apply"]).ends(0).says("nothing to change");
    let done: serde_json::Value =
        serde_json::from_str(&desk.run(&["apply", "--json"]).ends(0).out).expect("one JSON value");
    assert_eq!((&done["steps"], &done["accepted"]), (&serde_json::json!([]), &serde_json::json!([])));
    desk.run(&["keys", "list"]).ends(0).says("public.customers.email");
}

#[test]
fn drift_is_shown_and_accepted() {
    let desk = Desk::new("verbs_drift");
    desk.database.direct().run("CREATE TABLE customers (id int PRIMARY KEY, email text, born date)");
    desk.run(&["policy", "accept"]).ends(0);
    desk.run(&["apply"]).ends(0);

    desk.database.direct().run("ALTER TABLE customers ADD COLUMN city text");
    desk.run(&["catalog", "diff"]).ends(2).says("~ public.customers.city: the column is new (text)");
    let json: serde_json::Value =
        serde_json::from_str(&desk.run(&["catalog", "diff", "--json"]).ends(2).out).expect("JSON");
    assert_eq!(json["changes"][0], "~ public.customers.city: the column is new (text)");
    desk.run(&["catalog", "accept", "--dry-run"]).ends(0);
    desk.run(&["catalog", "diff"]).ends(2);
    desk.run(&["catalog", "accept"]).ends(0);
    desk.run(&["catalog", "diff"]).ends(0);

    // Past pgveil somebody drops the guard: nothing to accept, but not healthy.
    desk.database.host().run("ALTER TABLE customers DROP CONSTRAINT pgveil_guard_email");
    desk.run(&["catalog", "diff"]).ends(2).says("CLOSED").says("it has no guard");
    desk.run(&["apply"]).ends(0).says("ADD CONSTRAINT pgveil_guard_email");
    desk.run(&["catalog", "diff"]).ends(0);
}

#[test]
fn a_lock_file_that_was_touched_is_refused() {
    let desk = Desk::new("verbs_lock");
    desk.database.direct().run("CREATE TABLE customers (id int PRIMARY KEY, email varchar(80), born date)");
    desk.run(&["policy", "accept"]).ends(0);
    desk.run(&["apply"]).ends(0);
    let good = std::fs::read(desk.path("pgveil.lock")).expect("written");
    let mut bad = good.clone();
    bad[300] ^= 1;
    std::fs::write(desk.path("pgveil.lock"), &bad).expect("tampered");
    for verb in [&["catalog", "diff"][..], &["catalog", "accept"], &["apply"]] {
        desk.run(verb).ends(3).says("not authenticated by this keyring");
    }
    std::fs::remove_file(desk.path("pgveil.lock")).expect("removed");
    desk.run(&["catalog", "accept"]).ends(3).says("is missing");
    desk.run(&["catalog", "accept", "--anew"]).ends(0);
    desk.run(&["catalog", "diff"]).ends(0);
    // The file of before is authentic and no longer the accepted one.
    std::fs::write(desk.path("pgveil.lock"), &good).expect("put back");
    desk.run(&["catalog", "diff"]).ends(3).says("not the catalog that was accepted last");
}

#[test]
fn a_changed_policy_must_be_accepted_and_what_it_needs_be_applied() {
    let desk = Desk::new("verbs_policy");
    desk.database.direct().run("CREATE TABLE customers (id int PRIMARY KEY, email text, born date)");
    desk.run(&["policy", "accept"]).ends(0);
    desk.run(&["apply"]).ends(0);
    desk.replace("mode = 'deterministic'", "mode = 'randomized'");
    desk.run(&["catalog", "diff"]).ends(3).says("pgveil policy accept");
    desk.replace("mode = 'randomized'", "moed = 'randomized'");
    desk.run(&["policy", "accept"]).ends(3).says("unknown key `moed` in [[column]]; `mode` is meant?");
    desk.replace("moed = 'randomized'", "mode = 'randomized'");
    desk.run(&["policy", "accept"]).ends(0);
    desk.run(&["catalog", "diff"]).ends(0);
}

#[test]
fn a_table_of_other_letters_than_the_policy_says_is_no_success() {
    let desk = Desk::new("verbs_letters");
    desk.database.direct().run("CREATE TABLE \"Customers\" (id int, \"eMail\" text)");
    desk.run(&["policy", "accept"]).ends(0);
    desk.run(&["apply"]).ends(2).says("write public.\"Customers\" in the policy");
}

#[test]
fn each_trouble_has_its_exit_code() {
    let desk = Desk::new("verbs_codes");
    desk.run(&["policy", "accept"]).ends(0);
    desk.run(&["apply"]).ends(0).says("there is no such table").says("when a client creates it");
    std::fs::write(desk.path("admin.dsn"), "postgres://app:secret-word@127.0.0.1:1/x").expect("written");
    let run = desk.run(&["apply"]).ends(4);
    assert!(!run.err.contains("secret-word"), "{}", run.err);
    std::fs::remove_file(desk.path("admin.dsn")).expect("removed");
    desk.run(&["catalog", "diff"]).ends(3);
    std::fs::remove_file(desk.path("root.key")).expect("removed");
    desk.run(&["policy", "accept"]).ends(5);
}
