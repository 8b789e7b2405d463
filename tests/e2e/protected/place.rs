//! A database with protected columns of many types, the proxy in front of it, and a tap between.

use crate::support::{self, Client, Database, Proxy, ProxySetup, Tap};

/// The tables, as an application's migrations would make them.
pub const TABLES: &str = "\
CREATE TABLE people (
    id int PRIMARY KEY, email text UNIQUE, name text, nick varchar(20), birth date, seen timestamptz,
    salary numeric(12,2), ref uuid, level int, doc jsonb, photo bytea, active bool, tags text[],
    note text, made timestamptz DEFAULT now());
CREATE TABLE orders (id int, email text, card text, amount numeric);
CREATE TABLE leads (id int, email text);
CREATE TABLE yearly (id int, year int, email text) PARTITION BY LIST (year);
CREATE TABLE yearly_a PARTITION OF yearly FOR VALUES IN (1);
CREATE TABLE yearly_b (email text, year int, id int);
ALTER TABLE yearly ATTACH PARTITION yearly_b FOR VALUES IN (2);
CREATE VIEW mails AS SELECT id AS number, email AS mail, note FROM people;
CREATE TABLE plain (id int, email text, body text, stamp int GENERATED ALWAYS AS (id * 2) STORED);
CREATE SCHEMA other;
CREATE TABLE other.people (id int, email text);
CREATE TABLE other.plain (id int, body text)";

/// What the operator tagged: column, lines of its `[[column]]` table.
const TAGS: &[(&str, &str)] = &[
    ("people.email", "mode = 'deterministic'\ndomain = 'email'"),
    ("people.name", ""),
    ("people.nick", "mode = 'deterministic'"),
    ("people.birth", "mode = 'deterministic'"),
    ("people.seen", ""),
    ("people.salary", "mode = 'deterministic'"),
    ("people.ref", "mode = 'deterministic'"),
    ("people.level", "mode = 'deterministic'"),
    ("people.doc", ""),
    ("people.photo", ""),
    ("people.active", ""),
    ("people.tags", "mode = 'deterministic'"),
    ("orders.email", "mode = 'deterministic'\ndomain = 'email'"),
    ("orders.card", ""),
    ("leads.email", "mode = 'deterministic'\ndomain = 'lead'"),
    ("yearly.email", "mode = 'deterministic'\ndomain = 'email'"),
];

/// `[[column]]` tables of the fixture.
pub fn policy() -> String {
    TAGS.iter()
        .map(|(name, more)| format!("[[column]]\nname = 'public.{name}'\nphase = 'encrypted'\n{more}\n"))
        .collect()
}

/// One test's database, proxy and tap.
pub struct Place {
    pub database: Database,
    pub tap: Tap,
    pub proxy: Proxy,
}

impl Place {
    /// The fixture's tables and tags; `more` is further SQL of the owner, run before `apply`.
    pub fn new(label: &str, more: &str) -> Place {
        Place::of(label, &format!("{TABLES};{more}"), &policy())
    }

    /// These tables and these tags.
    pub fn of(label: &str, tables: &str, policy: &str) -> Place {
        Place::in_database(support::database(label), tables, policy)
    }

    /// The same in this database.
    pub fn in_database(database: Database, tables: &str, policy: &str) -> Place {
        database.direct().run(tables);
        let tap = Tap::start(&database.server.address());
        let proxy = Proxy::start(&setup(&tap.address, &database.url(), policy));
        Place { database, tap, proxy }
    }

    /// A client through the proxy.
    pub fn client(&self) -> Client {
        self.proxy.client(&self.database.login())
    }

    /// The application's role, straight on the server.
    pub fn direct(&self) -> Client {
        self.database.direct()
    }
}

/// A proxy in front of `upstream` whose verbs talk to the database at `admin`.
pub fn setup(upstream: &str, admin: &str, policy: &str) -> ProxySetup {
    let verbs = [&["keys", "new"][..], &["policy", "accept"], &["apply"]];
    let keys =
        "[keys]\nkeyring = 'keyring.pgveil'\nunlock = 'file:root.key'\n[admin]\nurl = 'file:admin.dsn'\n";
    ProxySetup {
        tables: format!("{keys}\n{policy}"),
        files: vec![("admin.dsn".into(), admin.as_bytes().to_vec())],
        verbs: verbs.iter().map(|v| v.iter().map(|a| (*a).to_owned()).collect()).collect(),
        ..ProxySetup::plain(upstream)
    }
}
