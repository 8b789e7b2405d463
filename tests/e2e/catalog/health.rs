//! `doctor` and `status` as an operator types them, on a database that is in order and on one that is
//! not.

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use super::verbs::Desk;

/// The sentences of one grade.
fn said(json: &Value, grade: &str) -> Vec<String> {
    let sections = json["sections"].as_array().expect("sections");
    let checks = sections.iter().flat_map(|section| section["checks"].as_array().expect("checks"));
    checks
        .filter(|check| check["grade"] == grade)
        .map(|check| check["said"].as_str().expect("text").to_owned())
        .collect()
}

fn doctor(desk: &Desk, code: i32) -> Value {
    let run = desk.run(&["doctor", "--json"]).ends(code);
    serde_json::from_str(&run.out).expect("JSON")
}

fn healthy(label: &str) -> Desk {
    let desk = Desk::new(label);
    desk.database.direct().run(
        "CREATE TABLE customers (id int PRIMARY KEY, email text, born date, town text); \
         CREATE VIEW letters AS SELECT email FROM customers",
    );
    desk.run(&["policy", "accept"]).ends(0);
    desk.run(&["apply"]).ends(0);
    desk
}

fn any(said: &[String], part: &str) -> bool {
    said.iter().any(|said| said.contains(part))
}

#[test]
fn a_database_in_order_has_no_failure() {
    let desk = healthy("doctor_good");
    let json = doctor(&desk, 0);
    assert_eq!(said(&json, "failure"), Vec::<String>::new());
    let good = said(&json, "success");
    for part in ["keyring opens", "accepted ones", "every protected table is open", "its clock"] {
        assert!(any(&good, part), "{part} in {good:#?}");
    }
    // The server's data may be of another year than ours: then it is a warning.
    assert!(any(&[good, said(&json, "warning")].concat(), "time zones"));
    assert!(any(&said(&json, "warning"), "without a users file"));
    assert!(any(&said(&json, "note"), "view public.letters"));
    let tree = desk.run(&["doctor"]).ends(0).out;
    assert!(tree.contains("├─ ✓") && tree.contains("0 failures"), "{tree}");
}

#[test]
fn each_trouble_is_named_with_its_way_out() {
    let desk = healthy("doctor_bad");
    let root = desk.path("root.key");
    std::fs::set_permissions(&root, std::fs::Permissions::from_mode(0o644)).expect("changed");
    let failures = said(&doctor(&desk, 2), "failure");
    assert!(any(&failures, "can be read by others"), "{failures:#?}");
    std::fs::set_permissions(&root, std::fs::Permissions::from_mode(0o600)).expect("changed");

    let mut host = desk.database.host();
    host.run("ALTER TABLE customers DROP CONSTRAINT pgveil_guard_email");
    host.run(&format!(
        "ALTER ROLE app IN DATABASE {} SET standard_conforming_strings = off",
        desk.database.name
    ));
    host.run(
        "INSERT INTO customers SELECT g, 'canary' || g % 3 || '@example.org' FROM generate_series(1, 300) g",
    );
    host.run("ANALYZE customers");
    let json = doctor(&desk, 2);
    let failures = said(&json, "failure");
    assert!(any(&failures, "it has no guard"), "{failures:#?}");
    assert!(any(&failures, "standard_conforming_strings = off for app"), "{failures:#?}");
    assert!(any(&said(&json, "warning"), "pg_statistic holds 3 values"), "{json:#}");
    assert!(!json.to_string().contains("canary"));

    let status = desk.run(&["status"]).ends(2).out;
    assert!(status.contains("CLOSED"), "{status}");
}

#[test]
fn offline_asks_nobody_and_a_dead_server_is_a_failure_and_not_a_crash() {
    let desk = healthy("doctor_dead");
    std::fs::write(desk.path("admin.dsn"), "postgres://app@127.0.0.1:1/none").expect("written");
    let failures = said(&doctor(&desk, 2), "failure");
    assert!(any(&failures, "cannot connect"), "{failures:#?}");
    desk.run(&["doctor", "--offline"]).ends(0);
    desk.run(&["status"]).ends(4);
}

#[test]
fn an_admin_url_that_names_fewer_hosts_than_clients_use_is_warned_of() {
    let desk = healthy("doctor_hosts");
    let warned = |desk: &Desk| any(&said(&doctor(desk, 0), "warning"), "names 2 servers and [admin] url 1");
    assert!(!warned(&desk));
    desk.replace("hosts = [", "hosts = ['127.0.0.1:1', ");
    assert!(warned(&desk));
    let url = desk.database.url();
    let (before, after) = url.split_once('@').expect("a host");
    std::fs::write(desk.path("admin.dsn"), format!("{before}@127.0.0.1:1,{after}")).expect("written");
    assert!(!warned(&desk));
}

#[test]
fn status_is_one_screen() {
    let desk = healthy("status");
    let text = desk.run(&["status"]).ends(0).out;
    assert!(text.contains("public.customers.email  encrypted"), "{text}");
    let json: Value = serde_json::from_str(&desk.run(&["status", "--json"]).ends(0).out).expect("JSON");
    assert_eq!(
        (&json["schema_version"], json["columns"].as_array().map(Vec::len)),
        (&Value::from(1), Some(2))
    );
    assert_eq!(json["keys"][0]["seals"], true);
}
