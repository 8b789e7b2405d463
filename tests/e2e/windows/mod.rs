//! Clients go on while the operator changes keys, policy and pin: no lookup answers wrong, no write
//! is lost, and nothing that a program of theirs does outside a transaction fails.

mod clients;
mod fleet;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use clients::Crowd;

use crate::support::{Client, Database, Message, Proxy, ProxySetup, Tap, database, server};

/// Two tables joined by a foreign key on the column whose key changes.
const TABLES: &str = "\
CREATE TABLE people (id int PRIMARY KEY, email text NOT NULL UNIQUE, visits int NOT NULL DEFAULT 0)
    WITH (fillfactor = 10);
CREATE TABLE orders (id serial PRIMARY KEY, email text NOT NULL REFERENCES people (email), note text);
CREATE INDEX ON orders (email)";

/// People whom the clients look up.
const PEOPLE: usize = 200;

/// How long a reload or a step may take to be seen.
const PATIENCE: Duration = Duration::from_secs(30);

fn tags(phase: &str) -> String {
    ["people", "orders"]
        .iter()
        .map(|table| {
            format!(
                "[[column]]\nname = 'public.{table}.email'\nmode = 'deterministic'\ndomain = 'email'\n\
                 phase = '{phase}'\n"
            )
        })
        .collect()
}

fn setup(database: &Database, phase: &str) -> ProxySetup {
    let keys =
        "[keys]\nkeyring = 'keyring.pgveil'\nunlock = 'file:root.key'\n[admin]\nurl = 'file:admin.dsn'\n";
    let verbs = [&["keys", "new"][..], &["policy", "accept"], &["apply"]];
    ProxySetup {
        tables: format!("{keys}\n{}", tags(phase)),
        files: vec![("admin.dsn".into(), database.url().into_bytes())],
        verbs: verbs.iter().map(|v| v.iter().map(|a| (*a).to_owned()).collect()).collect(),
        ..ProxySetup::plain(&database.server.address())
    }
}

struct Place {
    database: Database,
    proxy: Proxy,
}

impl Place {
    /// With people in the table, written through the proxy.
    fn new(label: &str, phase: &str) -> Place {
        Place::with(label, phase, |_, _| ())
    }

    /// The same, with more in the database and in the configuration.
    fn with(label: &str, phase: &str, more: impl Fn(&Database, &mut ProxySetup)) -> Place {
        let database = database(label);
        database.direct().run(TABLES);
        let mut setup = setup(&database, phase);
        more(&database, &mut setup);
        let proxy = Proxy::start(&setup);
        let place = Place { database, proxy };
        let people: Vec<String> = (0..PEOPLE).map(|n| format!("({n}, 'p{n}@example.com')")).collect();
        let text = format!("INSERT INTO people (id, email) VALUES {}", people.join(", "));
        place.proxy.client(&place.database.login()).run(&text);
        place
    }

    fn crowd(&self) -> Crowd {
        Crowd::start(&self.proxy.address, &self.database.login(), PEOPLE)
    }

    /// Suites and keys under which the values of the domain stand now.
    fn headers(&self) -> Vec<String> {
        let text = "SELECT DISTINCT substr(email, 1, 13) FROM \
                    (SELECT email FROM people UNION ALL SELECT email FROM orders) t ORDER BY 1";
        let rows = self.database.direct().rows(text);
        rows.into_iter().flatten().flatten().collect()
    }

    /// Waits until the log says so.
    fn says(&self, what: &str, times: usize) {
        let deadline = Instant::now() + PATIENCE;
        while self.proxy.log().matches(what).count() < times {
            assert!(Instant::now() < deadline, "{what:?} was not said:\n{}", self.proxy.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn rewrite_configuration(&self, change: impl Fn(&str) -> String) {
        let path = self.proxy.configuration();
        let text = std::fs::read_to_string(&path).expect("the configuration");
        std::fs::write(&path, change(&text)).expect("the configuration");
    }
}

/// Programs on drivers, looking up and writing until they are told to stop.
struct Drivers {
    process: Child,
    stop: tempfile::TempDir,
}

impl Drivers {
    /// `None` where the caller of the tests has said that there is no Python.
    fn start(place: &Place) -> Option<Drivers> {
        let python = crate::drivers::python()?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/windows/clients.py");
        let stop = tempfile::tempdir().expect("a directory");
        let process = Command::new(python)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .arg(script)
            .arg(place.database.url_at(&place.proxy.address).replace("postgres://", "postgresql://"))
            .arg(stop.path().join("stop"))
            .arg(PEOPLE.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("Python");
        Some(Drivers { process, stop })
    }

    /// What they have done: one line for each, `name: times`.
    fn end(self) -> String {
        std::fs::write(self.stop.path().join("stop"), "").expect("a file");
        let output = self.process.wait_with_output().expect("the programs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

/// Every written row is there, joined, and under one key.
fn all_is_well(place: &Place, orders: usize) {
    let mut client = place.proxy.client(&place.database.login());
    let count = |client: &mut crate::support::Client, text: &str| client.value(text).parse::<usize>();
    assert_eq!(count(&mut client, "SELECT count(*) FROM orders WHERE note = 'counted'"), Ok(orders));
    let joined = count(&mut client, "SELECT count(*) FROM orders o JOIN people p ON p.email = o.email");
    assert_eq!(joined, count(&mut client, "SELECT count(*) FROM orders"));
    for n in [0, PEOPLE / 2, PEOPLE - 1] {
        let found = client.rows(&format!("SELECT id FROM people WHERE email = 'p{n}@example.com'"));
        assert_eq!(found, [[Some(n.to_string())]]);
    }
}

#[test]
fn clients_go_on_while_a_domain_changes_its_key() {
    let place = Place::new("windows_rotate", "encrypted");
    let before = place.headers();
    assert_eq!(before.len(), 1);
    let (crowd, drivers) = (place.crowd(), Drivers::start(&place));
    crowd.warm_up();
    place.proxy.verb(&["rotate", "data", "--domain", "email"]);
    crowd.warm_up();
    let drivers = drivers.map(Drivers::end);
    let done = crowd.end();
    let after = place.headers();
    assert_eq!(after.len(), 1, "{after:?}");
    assert_ne!(before, after);
    all_is_well(&place, done.orders);
    eprintln!("{done:?}\n{}", drivers.unwrap_or_default());
}

#[test]
fn epochs_come_and_go_under_load_and_what_is_not_accepted_does_not() {
    let place = Place::new("windows_reload", "encrypted");
    let crowd = place.crowd();
    for round in 1..=4 {
        crowd.warm_up();
        place.proxy.signal("HUP");
        place.says("policy, catalog and keys were read again", round);
    }
    place.proxy.verb(&["keys", "add"]);
    place.says("policy, catalog and keys were read again", 5);

    // Another tag, which nobody has accepted.
    place.rewrite_configuration(|text| text.replace("domain = 'email'", "domain = 'email'\nmax_bytes = 500"));
    place.says("policy, catalog and keys stay as they were", 1);
    crowd.warm_up();
    place.proxy.verb(&["policy", "accept"]);
    place.says("policy, catalog and keys were read again", 6);

    // An older keyring is put back.
    let keyring = place.proxy.directory.path().join("keyring.pgveil");
    let older = std::fs::read(&keyring).expect("the keyring");
    place.proxy.verb(&["keys", "add"]);
    place.says("policy, catalog and keys were read again", 7);
    std::fs::write(&keyring, older).expect("the keyring");
    place.says("policy, catalog and keys stay as they were", 2);
    crowd.warm_up();
    let done = crowd.end();
    all_is_well(&place, done.orders);
}

#[test]
fn clients_go_on_while_a_domain_is_encrypted() {
    let place = Place::new("windows_encrypt", "encrypting");
    assert!(!place.headers().iter().any(|header| header.starts_with("pgV1:")), "stored plain");
    let crowd = place.crowd();
    crowd.warm_up();
    place.proxy.verb(&["encrypt", "--domain", "email"]);
    crowd.warm_up();
    let headers = place.headers();
    assert!(headers.len() == 1 && headers[0].starts_with("pgV1:"), "{headers:?}");
    place.rewrite_configuration(|text| text.replace("phase = 'encrypting'", "phase = 'encrypted'"));
    let read = place.proxy.log().matches("policy, catalog and keys were read again").count();
    place.proxy.verb(&["policy", "accept"]);
    place.says("policy, catalog and keys were read again", read + 1);
    let done = crowd.end();
    all_is_well(&place, done.orders);
}

/// Of a domain none of whose tables is there yet.
#[test]
fn a_domain_without_a_table_is_not_moved() {
    let database = database("windows_none");
    let proxy = Proxy::start(&setup(&database, "encrypting"));
    for more in [&["--dry-run"][..], &[]] {
        let said = proxy.objects(&[&["encrypt", "--domain", "email"], more].concat());
        assert!(said.contains("no table of the domain \"email\" yet"), "{said}");
    }
}

#[test]
fn no_client_loses_a_deadlock_to_the_move_of_a_domain() {
    let place = Place::new("windows_deadlock", "encrypting");
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let holder = scope.spawn(|| holds_one_table_and_wants_the_other(&place));
        for turn in 0..3 {
            let (place, over) = (&place, &over);
            scope.spawn(move || waits_for_a_row(place, turn, over));
        }
        let moved = scope.spawn(|| place.proxy.verb(&["encrypt", "--domain", "email"]));
        let met = holder.join().expect("the client that holds the row");
        moved.join().expect("the domain is moved once the tables are to be had");
        over.store(true, Ordering::Relaxed);
        assert!(met >= 5, "the move was met {met} times");
    });
}

/// Holds a row of one table until the move holds the other table, and then wants that. How often.
fn holds_one_table_and_wants_the_other(place: &Place) -> usize {
    let (mut client, mut watch) = (place.database.direct(), place.database.direct());
    let held =
        "SELECT 1 FROM pg_locks WHERE relation = 'orders'::regclass AND mode = 'ExclusiveLock' AND granted";
    let begun = Instant::now();
    let mut met = 0;
    while met < 8 && begun.elapsed() < PATIENCE {
        client.run("BEGIN");
        client.run("UPDATE people SET visits = visits WHERE id = 1");
        while watch.rows(held).is_empty() && begun.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(2));
        }
        // Fails the test with 40P01.
        client.run("UPDATE orders SET note = note WHERE false");
        client.run("COMMIT");
        met += 1;
    }
    met
}

/// Waits for that row again and again, each time for longer than deadlock_timeout.
fn waits_for_a_row(place: &Place, turn: u64, over: &AtomicBool) {
    let mut client = place.database.direct();
    client.run("SET lock_timeout = '600ms'");
    std::thread::sleep(Duration::from_millis(350 * turn));
    while !over.load(Ordering::Relaxed) {
        client.query("UPDATE people SET visits = visits WHERE id = 1");
        let said = client.until_ready();
        let error = said.iter().find(|message| message.tag == b'E').map(Message::sqlstate);
        assert!(error.as_deref().is_none_or(|code| code == "55P03"), "{error:?}");
        std::thread::sleep(Duration::from_millis(450));
    }
}

/// What a Query that is looked up in finds, by the constants in it.
fn looks_up(client: &mut Client) {
    let ids = |client: &mut Client, text: &str| -> Vec<String> {
        client.rows(text).into_iter().flatten().flatten().collect()
    };
    for (text, found) in [
        ("SELECT id FROM people WHERE email = 'p1@example.com'", &["1"][..]),
        ("SELECT id FROM people WHERE 'p1@example.com' = email", &["1"]),
        (
            "SELECT id FROM people WHERE email IN ('p1@example.com', 'p2@example.com') ORDER BY id",
            &["1", "2"],
        ),
        (
            "SELECT id FROM people WHERE email = ANY ('{p1@example.com,p2@example.com}') ORDER BY 1",
            &["1", "2"],
        ),
        ("SELECT count(*) FROM people WHERE email <> 'p1@example.com'", &["199"]),
        ("SELECT count(*) FROM people WHERE email IS DISTINCT FROM 'p1@example.com'::text", &["199"]),
        ("SELECT CASE email WHEN 'p1@example.com' THEN 'yes' END FROM people WHERE id = 1", &["yes"]),
        ("UPDATE people SET visits = 7 WHERE email = 'p1@example.com' RETURNING id", &["1"]),
        ("WITH o AS (SELECT 1) DELETE FROM orders WHERE email = 'p1@example.com' RETURNING id", &[]),
        ("SELECT email FROM people WHERE email = 'p3@example.com'", &["p3@example.com"]),
    ] {
        assert_eq!(ids(client, text), found, "{text}");
    }
    client.run("DELETE FROM orders WHERE email = 'p1@example.com'");
}

#[test]
fn a_constant_in_the_text_is_looked_up_while_a_domain_is_encrypted_and_does_not_stand_there() {
    let tap = Tap::start(&server().address());
    let place = Place::with("windows_text", "encrypting", |_, setup| setup.upstream.clone_from(&tap.address));
    tap.to_server.clear();
    let mut client = place.proxy.client(&place.database.login());
    looks_up(&mut client);
    client.run("BEGIN");
    looks_up(&mut client);
    assert_eq!(client.fails("SELECT 1 / 0 FROM people WHERE email = 'p1@example.com'").0, "22012");
    assert_eq!(client.fails("SELECT id FROM people WHERE email = 'p1@example.com'").0, "25P02");
    client.run("ROLLBACK");
    looks_up(&mut client);
    // As after every Query, the statement without a name is gone.
    client.parse("", "SELECT 1", &[]);
    client.query("SELECT id FROM people WHERE email = 'p1@example.com'");
    client.bind("", "", &[], &[], &[]);
    client.sync();
    let answers = client.until_ready();
    let errors: Vec<String> = answers.iter().filter(|m| m.tag == b'E').map(|m| m.sqlstate()).collect();
    assert_eq!(errors, Vec::<String>::new());
    let answers = client.until_ready();
    let errors: Vec<String> = answers.iter().filter(|m| m.tag == b'E').map(|m| m.sqlstate()).collect();
    assert_eq!(errors, ["26000"]);
    // Others beside it are sent so, too, but for those that a pipeline cannot do.
    assert_eq!(
        client.rows("SELECT 1 WHERE false; SELECT id FROM people WHERE email = 'p1@example.com'").len(),
        1
    );
    let refused =
        client.fails("SET LOCAL work_mem = '1MB'; SELECT id FROM people WHERE email = 'p1@example.com'");
    assert_eq!(refused.0, "0A000", "{refused:?}");
    assert!(tap.to_server.contains(b"p1@example.com"), "it is matched in the clear");
    assert!(!tap.to_server.contains(b"'p1@example.com'"), "and stands in no text");
    place.proxy.verb(&["encrypt", "--domain", "email"]);
    looks_up(&mut client);
}
