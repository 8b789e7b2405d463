//! The counts after a workload that is known are those of the workload, and hold no word of it.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use super::web::Web;
use crate::canary::needles::found;
use crate::canary::{SECRETS, live};
use crate::protected::place::{self, Place};
use crate::support::{self, Client, Login, Proxy, ProxySetup, Tap};

const TABLES: &str = "CREATE TABLE people (id int PRIMARY KEY, email text, name text); \
                      CREATE TABLE plain (id int)";

const POLICY: &str = "[[column]]\nname = 'public.people.email'\nmode = 'deterministic'\ndomain = 'email'\n\
                      phase = 'encrypted'\n[[column]]\nname = 'public.people.name'\nphase = 'encrypted'\n";

/// A place whose proxy is watched.
fn watched(label: &str, tables: &str, policy: &str, more: &str) -> (Place, Web) {
    let database = support::database(label);
    database.direct().run(tables);
    let tap = Tap::start(&database.server.address());
    let mut setup: ProxySetup = place::setup(&tap.address, &database.url(), policy);
    setup.tables = format!("{more}{}", setup.tables);
    let web = Web::of(&mut setup);
    let proxy = Proxy::start(&setup);
    (Place { database, tap, proxy }, web)
}

/// What has grown, by how much; what has not is left out. Only counters.
fn grown(before: &BTreeMap<String, f64>, after: &BTreeMap<String, f64>) -> BTreeMap<String, f64> {
    let counters =
        after.iter().filter(|(name, _)| name.split('{').next().is_some_and(|n| n.ends_with("_total")));
    let growth = counters.map(|(name, value)| (name.clone(), value - before.get(name).unwrap_or(&0.0)));
    growth.filter(|(_, more)| *more != 0.0).collect()
}

fn bytes_of_queries(texts: &[&str]) -> f64 {
    texts.iter().map(|text| text.len() + 6).sum::<usize>() as f64
}

#[test]
fn counts_are_those_of_the_workload() {
    let (place, web) = watched("counted", TABLES, POLICY, "");
    let mut client = place.client();
    let before = web.metrics();
    assert_eq!(before["pgveil_sessions"], 1.0);
    assert_eq!(before["pgveil_ready"], 1.0);
    assert_eq!(before["pgveil_closed_relations"], 0.0);
    assert_eq!(before["pgveil_statements_total{verdict=\"plan\"}"], 0.0);
    let planned = [
        "INSERT INTO people VALUES (1, 'ann@example.org', 'Ann'), (2, 'bea@example.org', NULL)",
        "SELECT name FROM people WHERE email = 'ann@example.org'",
        "SELECT name FROM people WHERE email = 'nobody@example.org'",
    ];
    let clear = ["INSERT INTO plain VALUES (1)", "SELECT 1; SELECT 2"];
    let refused = ["SELECT id FROM people ORDER BY name", "SELECT id FROM people WHERE name = 'Ann'"];
    planned.iter().chain(&clear).for_each(|text| drop(client.run(text)));
    refused.iter().for_each(|text| drop(client.fails(text)));
    let after = web.metrics();
    let mut growth = grown(&before, &after);
    let sealing =
        after.keys().find(|name| name.starts_with("pgveil_key_values_sealed_total")).expect("a key");
    assert_eq!(growth.remove(sealing), Some(5.0), "both modes");
    let expected = [
        ("pgveil_statements_total{verdict=\"plan\"}", 3.0),
        ("pgveil_statements_total{verdict=\"clear\"}", 2.0),
        ("pgveil_statements_total{verdict=\"refused\"}", 2.0),
        ("pgveil_refusals_total{reason=\"order-by-protected\"}", 1.0),
        ("pgveil_refusals_total{reason=\"equality-on-randomized\"}", 1.0),
        // Two stored, two compared; NULL is not sealed.
        ("pgveil_values_sealed_total{mode=\"deterministic\"}", 4.0),
        ("pgveil_values_sealed_total{mode=\"randomized\"}", 1.0),
        ("pgveil_values_opened_total{mode=\"randomized\"}", 1.0),
        // The second SELECT by e-mail has the shape of the first.
        ("pgveil_plan_cache_hits_total", 1.0),
        ("pgveil_plan_cache_misses_total", 6.0),
        ("pgveil_bytes_total{leg=\"client\",direction=\"in\"}", {
            bytes_of_queries(&planned) + bytes_of_queries(&clear) + bytes_of_queries(&refused)
        }),
    ];
    for (name, more) in expected {
        assert_eq!(growth.get(name), Some(&more), "{name} in {growth:#?}");
    }
    let other = growth.keys().filter(|name| !expected.iter().any(|(known, _)| known == name));
    let other: Vec<_> = other.filter(|name| !name.starts_with("pgveil_bytes_total")).collect();
    assert!(other.is_empty(), "{other:?}");
    assert!(after["pgveil_plan_cache_size"] >= 3.0);
    drop(client);
}

#[test]
fn what_a_key_has_sealed_outlives_the_process() {
    let (mut place, web) = watched("counted_uses", TABLES, POLICY, "");
    let uses = place.proxy.configuration().with_file_name("keyring.pgveil.uses");
    for (already, row) in [(0, 1), (4, 2)] {
        assert_eq!(sealed_here(&uses), already);
        let mut client = place.client();
        client.run(&format!("INSERT INTO people VALUES ({row}, 'ann{row}@example.org', 'Ann')"));
        client.run(&format!("SELECT name FROM people WHERE email = 'ann{row}@example.org'"));
        client.run("UPDATE people SET name = 'Bea' WHERE id = 1");
        drop(client);
        place.proxy.signal("TERM");
        assert_eq!(place.proxy.wait(Duration::from_secs(20)), Some(0));
        place.proxy.kill_and_start_again();
    }
    assert_eq!(sealed_here(&uses), 8);
    assert!(
        web.metrics().keys().all(|name| !name.starts_with("pgveil_key_values")),
        "since the process began"
    );
    let status = place.proxy.says(&["status", "--json"]);
    let status: serde_json::Value = serde_json::from_str(&status).expect("JSON");
    assert_eq!((&status["keys"][0]["sealed_here"], &status["keys"][0]["values"]), (&8.into(), &4.into()));
}

/// Of all keys, as the file has it; 0 if there is none yet.
fn sealed_here(file: &Path) -> u64 {
    let Ok(text) = std::fs::read_to_string(file) else { return 0 };
    let file: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    file["sealed"].as_object().expect("keys").values().filter_map(serde_json::Value::as_u64).sum()
}

#[test]
fn each_execute_is_a_statement() {
    let (place, web) = watched("counted_extended", TABLES, POLICY, "");
    let mut client = place.client();
    client.run(
        "INSERT INTO people SELECT 1, 'ann@example.org', 'Ann' WHERE false; INSERT INTO plain VALUES (1)",
    );
    client.run("INSERT INTO people VALUES (1, 'ann@example.org', 'Ann')");
    let before = web.metrics();
    client.parse("by_id", "SELECT email, name FROM people WHERE id = $1", &[23]);
    client.parse("free", "SELECT id FROM plain WHERE id = $1", &[23]);
    for _ in 0..5 {
        for statement in ["by_id", "free"] {
            client.bind("", statement, &[], &[Some(b"1")], &[]);
            client.execute("", 0);
        }
    }
    client.sync();
    assert!(client.until_ready().iter().all(|message| message.tag != b'E'));
    client.parse("", "SELECT id FROM people ORDER BY email", &[]);
    client.bind("", "", &[], &[], &[]);
    client.execute("", 0);
    client.sync();
    client.until_ready();
    let growth = grown(&before, &web.metrics());
    assert_eq!(growth["pgveil_statements_total{verdict=\"plan\"}"], 5.0, "{growth:#?}");
    assert_eq!(growth["pgveil_statements_total{verdict=\"clear\"}"], 5.0);
    assert_eq!(growth["pgveil_statements_total{verdict=\"refused\"}"], 1.0);
    assert_eq!(growth["pgveil_values_opened_total{mode=\"deterministic\"}"], 5.0);
    assert_eq!(growth["pgveil_values_opened_total{mode=\"randomized\"}"], 5.0);
}

#[test]
fn what_goes_wrong_is_counted_under_its_reason() {
    let (place, web) = watched("counted_wrong", TABLES, POLICY, "[limits]\nconnections = 1\n");
    let before = web.metrics();
    let mut client = place.client();
    client.run("INSERT INTO people VALUES (1, 'ann@example.org', 'Ann')");
    assert!(place.proxy.connect(&place.database.login()).is_err(), "one session is the limit");
    // The host moves a value into another column.
    place.direct().run("UPDATE people SET name = email");
    client.query("SELECT name FROM people");
    assert!(client.until_end().iter().any(|message| message.tag == b'E' && message.sqlstate() == "XX001"));
    let wrong = Login::with_password("app", &place.database.name, "not it");
    // The place of the session that was closed is free in a moment.
    while matches!(place.proxy.connect(&wrong), Err(error) if format!("{error:?}").contains("53300")) {}
    let growth = grown(&before, &web.metrics());
    assert_eq!(growth["pgveil_values_unopened_total"], 1.0, "{growth:#?}");
    assert_eq!(growth["pgveil_sessions_closed_total{sqlstate=\"XX001\"}"], 1.0);
    assert!(growth["pgveil_connections_refused_total{reason=\"too-many-sessions\"}"] >= 1.0);
    assert_eq!(growth["pgveil_logins_total{result=\"accepted\"}"], 1.0);
    assert_eq!(growth["pgveil_logins_total{result=\"refused-by-the-server\"}"], 1.0);
    assert_eq!(growth["pgveil_upstream_connect_errors_total{reason=\"refused\"}"], 1.0);
    assert!(growth["pgveil_connections_accepted_total"] >= 3.0);
}

#[test]
fn no_line_of_the_log_and_no_answer_of_the_endpoint_holds_a_value() {
    let log = "[log]\nformat = \"json\"\nlevel = \"debug\"\n";
    let (place, web) = watched("counted_canary", place::TABLES, &place::policy(), log);
    live(&place);
    drop(Client::dial(&place.proxy.address).expect("a connection"));
    let log = place.proxy.log();
    assert!(log.contains("\"level\":\"DEBUG\""), "everything is written:\n{log}");
    let answers: String =
        ["/healthz", "/readyz", "/metrics", "/"].iter().map(|path| web.get(path).body).collect();
    assert!(answers.contains("pgveil_refusals_total{reason=\"pattern-on-protected\"} 1"), "{answers}");
    for (what, text) in [("the log", log), ("the endpoint", answers)] {
        assert_eq!(found(SECRETS, text.as_bytes()), Vec::<String>::new(), "{what}");
        // Names of the application's tables are no label.
        assert!(what == "the log" || !text.contains("people"), "{what}");
    }
}
