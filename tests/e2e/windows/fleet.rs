//! Two proxies that change keys together, as `[cluster]` says: under load, and with one of them dead,
//! stopped, or cut off. No lookup answers wrong, and nothing is sealed with a key that the other cannot
//! open.

use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use super::{Crowd, PATIENCE, PEOPLE, Place, all_is_well};
use crate::support::{Client, Proxy};

/// A lease is over by then, on every clock (docs/format.md, section 4: 15 s).
const OVER: Duration = Duration::from_secs(16);

struct Fleet {
    place: Place,
    other: Proxy,
}

impl Fleet {
    fn new(label: &str) -> Fleet {
        let place = Place::with(label, "encrypted", |database, setup| {
            database.direct().run("ALTER TABLE people ADD phone text");
            setup.tables.push_str("[[column]]\nname = 'public.people.phone'\n");
            setup.tables.push_str("[cluster]\ninstances = ['one', 'other']\ninstance = 'one'\n");
            setup.files.push(("other.dsn".into(), database.url().into_bytes()));
        });
        let other = place.proxy.beside("other.toml", |text| {
            let text = text.replace("instance = 'one'", "instance = 'other'");
            text.replace("url = 'file:admin.dsn'", "url = 'file:other.dsn'")
        });
        let text: String = (0..PEOPLE).map(|n| phone(n) + "; ").collect();
        place.proxy.client(&place.database.login()).run(&text);
        Fleet { place, other }
    }

    fn crowds(&self) -> [Crowd; 2] {
        let login = self.place.database.login();
        [&self.place.proxy, &self.other].map(|proxy| Crowd::start(&proxy.address, &login, PEOPLE))
    }

    fn client(&self) -> Client {
        self.other.client(&self.place.database.login())
    }

    /// What the verb says, beside the serving proxies.
    fn verb(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_pgveil"))
            .args(arguments)
            .args(["-c", "pgveil.toml"])
            .current_dir(self.place.proxy.directory.path())
            .stdin(Stdio::null())
            .output()
            .expect("the pgveil binary")
    }

    #[track_caller]
    fn done(&self, arguments: &[&str]) {
        let output = self.verb(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Keys of the randomized column.
    fn phones(&self) -> Vec<String> {
        let text = "SELECT DISTINCT substr(phone, 1, 13) FROM people ORDER BY 1";
        self.place.database.direct().rows(text).into_iter().flatten().flatten().collect()
    }

    /// Both proxies find everybody, and what each stores the other opens.
    #[track_caller]
    fn agree(&self) {
        let login = self.place.database.login();
        let mut both = [self.place.proxy.client(&login), self.client()];
        for (n, client) in both.iter_mut().enumerate() {
            client.run(&phone(n));
            client.run(&format!("INSERT INTO orders (email) VALUES ('p{n}@example.com')"));
        }
        for client in &mut both {
            for n in 0..5 {
                let found = format!("SELECT phone FROM people WHERE email = 'p{n}@example.com'");
                assert_eq!(client.value(&found), format!("+32 {n}"));
            }
            assert_eq!(client.value("SELECT count(*) FROM people WHERE phone IS NULL"), "0");
        }
        assert_eq!(self.place.headers().len(), 1, "one key");
        let table = "SELECT to_regclass('public.pgveil_instances') IS NULL";
        assert_eq!(self.place.database.direct().value(table), "t", "nothing is left in the database");
    }

    /// Until the other proxy serves what is protected again.
    #[track_caller]
    fn until_it_serves(&self) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let mut client = self.client();
            client.query("SELECT id FROM people WHERE email = 'p7@example.com'");
            let answer = client.until_ready();
            match answer.iter().find(|message| message.tag == b'E') {
                Some(error) => assert_eq!(error.sqlstate(), "57P03", "{}", error.line()),
                None => {
                    assert!(answer.iter().any(|message| message.tag == b'D'), "no row is a wrong answer");
                    return;
                }
            }
            assert!(Instant::now() < deadline, "it does not serve:\n{}", self.other.log());
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

fn phone(n: usize) -> String {
    format!("UPDATE people SET phone = '+32 {n}' WHERE id = {n}")
}

#[test]
fn both_go_on_while_a_domain_and_a_randomized_column_change_their_keys() {
    let fleet = Fleet::new("fleet_load");
    let (domain, phones) = (fleet.place.headers(), fleet.phones());
    let crowds = fleet.crowds();
    crowds.iter().for_each(Crowd::warm_up);
    fleet.done(&["rotate", "data", "--domain", "email"]);
    crowds.iter().for_each(Crowd::warm_up);
    fleet.done(&["rotate", "data"]);
    crowds.iter().for_each(Crowd::warm_up);
    let orders = crowds.map(|crowd| crowd.end().orders).iter().sum();
    let (new_domain, new_phones) = (fleet.place.headers(), fleet.phones());
    assert!(new_domain.len() == 1 && new_domain != domain, "{new_domain:?}");
    assert!(new_phones.len() == 1 && new_phones != phones, "{new_phones:?}");
    all_is_well(&fleet.place, orders);
    fleet.agree();
}

#[test]
fn one_that_is_dead_stalls_a_step_until_the_operator_says_so() {
    let mut fleet = Fleet::new("fleet_dead");
    let before = fleet.place.headers();
    fleet.other.signal("KILL");
    fleet.other.wait(PATIENCE);
    let stalled = fleet.verb(&["rotate", "data", "--domain", "email", "--patience", "3"]);
    let said = String::from_utf8_lossy(&stalled.stderr).into_owned();
    assert!(!stalled.status.success() && said.contains("instance \"other\" does not answer"), "{said}");
    assert_eq!(fleet.place.headers(), before);
    fleet.done(&["rotate", "data", "--domain", "email", "--without", "other"]);
    assert_ne!(fleet.place.headers(), before);
    fleet.other.kill_and_start_again();
    fleet.agree();
}

#[test]
fn one_that_was_stopped_for_longer_than_its_lease_serves_nothing_of_before() {
    let fleet = Fleet::new("fleet_stopped");
    let before = fleet.place.headers();
    let (mut writer, mut reader) = (fleet.client(), fleet.client());
    for client in [&mut writer, &mut reader] {
        client.run("SELECT id FROM people WHERE email = 'p1@example.com'");
    }
    fleet.other.signal("STOP");
    writer.query("INSERT INTO orders (email, note) VALUES ('p1@example.com', 'late')");
    reader.query("SELECT id FROM people WHERE email = 'p1@example.com'");
    fleet.done(&["rotate", "data", "--domain", "email", "--without", "other"]);
    fleet.other.signal("CONT");
    // Refused, or done under the keys of now.
    for client in [&mut writer, &mut reader] {
        let answer = client.until_ready();
        let error = answer.iter().find(|message| message.tag == b'E').map(|error| error.sqlstate());
        assert!(matches!(error.as_deref(), None | Some("57P03")), "{error:?}");
    }
    let after = fleet.place.headers();
    assert!(after.len() == 1 && after != before, "{after:?}");
    fleet.until_it_serves();
    fleet.agree();
}

#[test]
fn one_that_is_cut_off_stops_serving_what_is_protected() {
    let fleet = Fleet::new("fleet_cut");
    let before = fleet.place.headers();
    let mut client = fleet.client();
    client.run("SELECT id FROM people WHERE email = 'p1@example.com'");
    // Its sessions reach the server, and its own connection does not.
    let dsn = fleet.place.proxy.directory.path().join("other.dsn");
    let url = std::fs::read(&dsn).expect("a file");
    std::fs::write(&dsn, "postgres://nobody@127.0.0.1:1/none").expect("a file");
    let own = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity \
               WHERE application_name = 'pgveil' AND datname = current_database()";
    fleet.place.database.host().run(own);
    let cut = Instant::now();
    // Nobody waits for it for ever, and what it may still serve until then is of before.
    fleet.done(&["rotate", "data", "--domain", "email", "--without", "other"]);
    assert!(cut.elapsed() > OVER, "its lease could still hold: {:?}", cut.elapsed());
    let refused = client.fails("SELECT id FROM people WHERE email = 'p1@example.com'");
    assert_eq!(refused.0, "57P03", "{refused:?}");
    client.run("SELECT 1");
    let after = fleet.place.headers();
    assert!(after.len() == 1 && after != before, "{after:?}");
    std::fs::write(&dsn, url).expect("a file");
    fleet.until_it_serves();
    fleet.agree();
}

#[test]
fn a_key_is_destroyed_when_no_instance_reads_with_it_any_more() {
    let fleet = Fleet::new("fleet_destroy");
    let old = fleet.place.headers()[0][5..].to_owned();
    fleet.done(&["rotate", "data", "--domain", "email"]);
    fleet.done(&["rotate", "data"]);
    let listed = fleet.verb(&["keys", "list", "--json"]);
    let listed: serde_json::Value = serde_json::from_slice(&listed.stdout).expect("JSON");
    let keys = listed["keys"].as_array().expect("keys");
    let key = keys[0]["id"].as_str().expect("a key").to_owned();
    assert!(!old.is_empty() && keys.len() > 1, "{listed}");
    fleet.done(&["keys", "disable", &key]);
    let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    // A transaction of before may still read with it.
    let mut client = fleet.client();
    client.run("BEGIN");
    client.run("SELECT id FROM people WHERE email = 'p1@example.com'");
    fleet.other.signal("STOP");
    let destroy = ["keys", "destroy", &key, "--oldest-backup", &now];
    let refused = fleet.verb(&[&destroy[..], &["--patience", "2"]].concat());
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("instance \"other\" does not answer"), "{said}");
    fleet.other.signal("CONT");
    client.run("COMMIT");
    fleet.done(&destroy);
    fleet.agree();
}
