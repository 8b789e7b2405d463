//! Two proxies before one database. The shape changes past one of them, and the very next statement
//! through that one sends no plaintext to a place that the client did not mean.

use std::time::{Duration, Instant};

use crate::protected::place::setup;
use crate::support::{Client, Database, Message, Proxy, Tap, database};

const SECRET: &str = "kanarie@example.ro";

/// One table for each form of statement, so that none has been looked at for another.
const FORMS: &[Form] = &[
    Form::Insert,
    Form::InTransaction,
    Form::Prepared,
    Form::SqlPrepared,
    Form::Copy,
    Form::Merge,
    Form::Selected,
    Form::Union,
];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    /// `INSERT INTO t VALUES (…)`
    Insert,
    /// The same in a transaction that has begun before.
    InTransaction,
    /// A protocol-level statement that was prepared before.
    Prepared,
    /// PREPARE before, EXECUTE after.
    SqlPrepared,
    /// `COPY t FROM STDIN`
    Copy,
    /// `MERGE … INSERT VALUES (…)`
    Merge,
    /// `INSERT INTO t SELECT …`
    Selected,
    /// A constant beside `SELECT *`.
    Union,
}

impl Form {
    fn table(self) -> String {
        format!("t_{self:?}").to_lowercase()
    }

    /// Before the shape changes.
    fn begin(self, client: &mut Client) {
        let table = self.table();
        match self {
            Form::InTransaction => {
                client.run("BEGIN");
                client.run("SELECT 1");
            }
            Form::Prepared => {
                client.parse("s", &format!("INSERT INTO {table} VALUES ($1, $2, $3)"), &[23, 25, 25]);
                client.sync();
                client.until_ready();
            }
            Form::SqlPrepared => {
                client
                    .run(&format!("PREPARE p (int, text, text) AS INSERT INTO {table} VALUES ($1, $2, $3)"));
            }
            Form::Insert | Form::Copy | Form::Merge | Form::Selected | Form::Union => {}
        }
    }

    /// By somebody who knows that the order is now id, note, email.
    fn go(self, client: &mut Client) -> Vec<Message> {
        let table = self.table();
        match self {
            Form::Insert => client.query(&format!("INSERT INTO {table} VALUES (1, 'note', '{SECRET}')")),
            Form::InTransaction => {
                client.query(&format!("INSERT INTO {table} VALUES (1, 'note', '{SECRET}'); COMMIT"));
            }
            Form::Prepared => {
                let cells = [Some(&b"1"[..]), Some(b"note"), Some(SECRET.as_bytes())];
                client.bind("", "s", &[], &cells, &[]);
                client.execute("", 0);
                client.sync();
            }
            Form::SqlPrepared => client.query(&format!("EXECUTE p (1, 'note', '{SECRET}')")),
            Form::Copy => {
                client.query(&format!("COPY {table} FROM STDIN"));
                let answer = client.read();
                if answer.tag == b'G' {
                    client.copy_data(format!("1\tnote\t{SECRET}\n").as_bytes());
                    client.send(b'c', b"");
                }
            }
            Form::Merge => client.query(&format!(
                "MERGE INTO {table} t USING (SELECT 1 AS one) s ON t.id = s.one \
                 WHEN NOT MATCHED THEN INSERT VALUES (1, 'note', '{SECRET}')"
            )),
            Form::Selected => {
                client.query(&format!("INSERT INTO {table} SELECT 1, 'note', '{SECRET}' FROM one"));
            }
            Form::Union => {
                client.query(&format!("SELECT 1, 'note', '{SECRET}' UNION ALL SELECT * FROM {table}"));
            }
        }
        client.until_ready()
    }

    fn stores(self) -> bool {
        self != Form::Union
    }
}

/// A proxy that definitions go through, and one whose wire to the server is watched.
struct Fleet {
    database: Database,
    tap: Tap,
    one: Proxy,
    other: Proxy,
}

impl Fleet {
    /// With files of its own for each, or the same for both.
    fn new(label: &str, shared: bool) -> Fleet {
        let database = database(label);
        let tables: Vec<String> =
            FORMS.iter().map(|form| made(&form.table(), "email text, note text")).collect();
        let tags: Vec<String> = FORMS.iter().map(|form| tag(&form.table())).collect();
        let more = "CREATE TABLE base (id int, email text, note text); CREATE TABLE one (n int); \
                    INSERT INTO one VALUES (1); \
                    CREATE VIEW shown AS SELECT id, email AS a, note AS b FROM base; \
                    CREATE TABLE yearly (year int, email text) PARTITION BY LIST (year)";
        database.direct().run(&format!("{}; {more}", tables.join("; ")));
        let policy = format!("{}{}{}", tags.concat(), tag("base"), tag("yearly"));
        let one = Proxy::start(&setup(&database.server.address(), &database.url(), &policy));
        let tap = Tap::start(&database.server.address());
        let behind = |text: &str| {
            let hosts = format!("hosts = [\"{}\"]", database.server.address());
            assert!(text.contains(&hosts), "{text}");
            text.replace(&hosts, &format!("hosts = [\"{}\"]", tap.address))
        };
        let other = if shared { one.beside("other.toml", behind) } else { one.elsewhere(behind) };
        Fleet { database, tap, one, other }
    }

    fn client(&self) -> Client {
        self.other.client(&self.database.login())
    }

    #[track_caller]
    fn nothing_leaked(&self, of: &str, answer: &[Message]) {
        let said: Vec<String> = answer.iter().map(Message::line).collect();
        assert!(!self.tap.to_server.contains(b"kanarie"), "{of}: a plaintext went up: {said:?}");
    }

    /// What stands in the table is what the client meant, if anything does.
    #[track_caller]
    fn meant(&self, table: &str) -> usize {
        let stored = self.database.direct().rows(&format!("SELECT note, email FROM {table}"));
        for row in &stored {
            assert_eq!(row[0].as_deref(), Some("note"), "{table}");
            assert!(row[1].as_deref().is_some_and(|email| email.starts_with("pgV1:")), "{table}");
        }
        stored.len()
    }
}

fn made(table: &str, columns: &str) -> String {
    format!("CREATE TABLE {table} (id int, {columns})")
}

fn tag(table: &str) -> String {
    format!("[[column]]\nname = 'public.{table}.email'\nmode = 'deterministic'\ndomain = 'email'\n")
}

/// Each form, right after its table was made again in another order by `define`.
fn every_form_after(fleet: &Fleet, define: &mut Client) {
    for form in FORMS {
        let mut client = fleet.client();
        form.begin(&mut client);
        let table = form.table();
        define.run(&format!("BEGIN; DROP TABLE {table}; {}; COMMIT", made(&table, "note text, email text")));
        let answer = form.go(&mut client);
        fleet.nothing_leaked(&format!("{form:?}"), &answer);
        fleet.meant(&table);
    }
}

#[test]
fn a_table_made_again_through_another_proxy_with_other_files() {
    let fleet = Fleet::new("fleet_apart", false);
    every_form_after(&fleet, &mut fleet.one.client(&fleet.database.login()));
}

#[test]
fn a_table_made_again_past_every_proxy() {
    let fleet = Fleet::new("fleet_past", false);
    every_form_after(&fleet, &mut fleet.database.direct());
}

#[test]
fn a_table_made_again_through_another_proxy_with_the_same_files() {
    let fleet = Fleet::new("fleet_shared", true);
    every_form_after(&fleet, &mut fleet.one.client(&fleet.database.login()));
    // And what the one has stored, the other takes over: then everything works.
    for form in FORMS.iter().filter(|form| form.stores()) {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let mut client = fleet.client();
            form.begin(&mut client);
            let answer = form.go(&mut client);
            fleet.nothing_leaked(&format!("{form:?}"), &answer);
            if fleet.meant(&form.table()) > 0 {
                break;
            }
            let said: Vec<String> = answer.iter().map(Message::line).collect();
            assert!(Instant::now() < deadline, "{form:?}: {said:?}\n{}", fleet.other.log());
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

#[test]
fn columns_that_have_changed_places_past_every_proxy() {
    let fleet = Fleet::new("fleet_moved", false);
    for form in FORMS {
        let mut client = fleet.client();
        form.begin(&mut client);
        let table = form.table();
        fleet.database.direct().run(&format!(
            "ALTER TABLE {table} RENAME note TO x; ALTER TABLE {table} RENAME email TO note; \
             ALTER TABLE {table} RENAME x TO email"
        ));
        let answer = form.go(&mut client);
        fleet.nothing_leaked(&format!("{form:?}"), &answer);
    }
}

#[test]
fn a_view_that_shows_other_columns_under_the_same_names() {
    for (label, with_list) in [("fleet_view", false), ("fleet_view_list", true)] {
        let fleet = Fleet::new(label, false);
        let mut client = fleet.client();
        client.run("SELECT a, b FROM shown");
        let shown = "VIEW shown AS SELECT id, note AS a, email AS b FROM base";
        fleet.database.direct().run(&format!("CREATE OR REPLACE {shown}"));
        let list = if with_list { " (id, a, b)" } else { "" };
        client.query(&format!("INSERT INTO shown{list} VALUES (1, 'note', '{SECRET}')"));
        fleet.nothing_leaked(label, &client.until_ready());
    }
}

#[test]
fn a_partition_or_a_view_that_nobody_has_seen_yet() {
    let fleet = Fleet::new("fleet_new", false);
    let mut define = fleet.one.client(&fleet.database.login());
    let mut client = fleet.client();
    define.run("CREATE TABLE yearly_7 PARTITION OF yearly FOR VALUES IN (7)");
    client.query(&format!("INSERT INTO yearly_7 (year, email) VALUES (7, '{SECRET}')"));
    fleet.nothing_leaked("a partition", &client.until_ready());
    define.run("CREATE VIEW fresh AS SELECT id, email FROM base");
    client.query(&format!("SELECT id FROM fresh WHERE email = '{SECRET}'"));
    fleet.nothing_leaked("a view", &client.until_ready());
    // A name that was asked for in vain is not taken for nobody's from then on.
    client.fails(&format!("INSERT INTO yearly_8 (year, email) VALUES (8, '{}')", "anybody"));
    fleet.database.direct().run("CREATE TABLE yearly_8 PARTITION OF yearly FOR VALUES IN (8)");
    client.query(&format!("INSERT INTO yearly_8 (year, email) VALUES (8, '{SECRET}')"));
    fleet.nothing_leaked("a partition that was missing", &client.until_ready());
}

#[test]
fn a_protected_table_that_has_taken_the_name_of_a_plain_one_keeps_its_guard() {
    let fleet = Fleet::new("fleet_swapped", false);
    let mut direct = fleet.database.direct();
    let mut client = fleet.client();
    client.run("INSERT INTO one VALUES (2)");
    direct.run("DROP TABLE one; DROP VIEW shown; ALTER TABLE base RENAME TO one");
    let answer = client.fails("INSERT INTO one (id, email) VALUES (1, 'anybody')");
    assert!(matches!(answer.0.as_str(), "23514" | "0A000"), "{answer:?}");
    assert_eq!(direct.value("SELECT count(*) FROM one"), "0");
}

#[test]
fn what_names_its_columns_waits_for_nobody() {
    let fleet = Fleet::new("fleet_named", false);
    let mut client = fleet.client();
    // From here on nobody can look at the shape.
    let admin = fleet.other.directory.path().join("admin.dsn");
    std::fs::write(admin, "postgres://nobody@127.0.0.1:1/none").expect("a file");
    let looking = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity \
                   WHERE application_name = 'pgveil' AND datname = current_database()";
    fleet.database.host().run(looking);
    client.run(&format!("INSERT INTO base (id, note, email) VALUES (1, 'note', '{SECRET}')"));
    client.run(&format!("SELECT * FROM base WHERE email = '{SECRET}'"));
    let refused = client.fails(&format!("INSERT INTO base VALUES (1, '{SECRET}', 'note')"));
    assert_eq!(refused.0, "57P03", "{refused:?}");
    fleet.nothing_leaked("named", &[]);
}
