//! A bare name under a search_path that gives it to another relation than the protected one: refused,
//! and so is a statement that was prepared before the path was changed.

use super::place::Place;
use crate::support::Client;

const TABLES: &str = "CREATE TABLE people (id int, email text);
    CREATE SCHEMA other; CREATE TABLE other.people (id int, email text);
    INSERT INTO other.people VALUES (1, 'not protected')";
const POLICY: &str = "[[column]]\nname = 'public.people.email'\n";
const SELECT: &str = "SELECT email FROM people WHERE id = 1";

/// What a statement prepared as `s` finds: its first cell, or the SQLSTATE.
fn prepared(client: &mut Client) -> String {
    client.bind("", "s", &[], &[], &[]);
    client.execute("", 0);
    client.sync();
    let answer = client.until_ready();
    if let Some(error) = answer.iter().find(|message| message.tag == b'E') {
        return error.sqlstate();
    }
    let row = answer.iter().find(|message| message.tag == b'D').expect("a row");
    let cell = row.cells().remove(0).expect("no NULL");
    String::from_utf8_lossy(&cell).into_owned()
}

#[test]
fn a_name_that_the_path_gives_to_another_relation_is_refused_also_when_it_was_prepared_before() {
    let place = Place::of("paths", TABLES, POLICY);
    let mut client = place.client();
    client.run("INSERT INTO people VALUES (1, 'kanarie')");
    client.parse("s", SELECT, &[]);
    client.sync();
    client.until_ready();
    assert_eq!((client.value(SELECT).as_str(), prepared(&mut client).as_str()), ("kanarie", "kanarie"));

    client.run("SET search_path = other, public");
    assert_eq!((client.fails(SELECT).0.as_str(), prepared(&mut client).as_str()), ("0A000", "0A000"));
    assert_eq!(client.value("SELECT email FROM public.people WHERE id = 1"), "kanarie");
    assert_eq!(client.value("SELECT email FROM other.people WHERE id = 1"), "not protected");

    // As the server undoes what was set, so does what the name means.
    client.run("SET search_path = public");
    assert_eq!(prepared(&mut client), "kanarie");
    client.run("BEGIN");
    client.run("SET LOCAL search_path = other");
    assert_eq!(prepared(&mut client), "0A000");
    client.run("ROLLBACK");
    assert_eq!(prepared(&mut client), "kanarie");
}

/// What the role or the database sets comes with the login, and no report tells of it.
#[test]
fn what_a_session_begins_with_is_known_also_where_the_server_does_not_report_it() {
    let place = Place::of(
        "paths_begun",
        &format!("{TABLES}; CREATE TABLE photos (id int, photo bytea, weight float8)"),
        &format!(
            "{POLICY}[[column]]\nname = 'public.photos.photo'\n[[column]]\nname = 'public.photos.weight'\n"
        ),
    );
    let mut client = place.client();
    client.run("INSERT INTO people VALUES (1, 'kanarie')");
    client.run("INSERT INTO photos VALUES (1, '\\x00ff', 1.2345678901)");
    let begins = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I ', current_database())";
    let mut host = place.database.host();
    for setting in ["search_path = other, public", "bytea_output = escape", "extra_float_digits = -10"] {
        host.run(&format!("{begins} || 'SET {setting}'; END $$"));
    }

    let mut client = place.client();
    assert_eq!(client.fails(SELECT).0, "0A000");
    assert_eq!(client.value("SELECT email FROM public.people WHERE id = 1"), "kanarie");
    assert_eq!(client.value("SELECT photo FROM photos"), "\\000\\377");
    assert_eq!(client.value("SELECT weight FROM photos"), "1.2346");
    client.run("SET search_path = public");
    assert_eq!(client.value(SELECT), "kanarie");
    client.run("RESET search_path");
    assert_eq!(client.fails(SELECT).0, "0A000");

    // By which constants are read otherwise than pgveil reads them.
    for (setting, usual) in
        [("array_nulls = off", "on"), ("timezone_abbreviations = 'Australia'", "'Default'")]
    {
        let (name, _) = setting.split_once(' ').expect("a setting");
        host.run(&format!("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET ', current_database()) || $q${setting}$q$; END $$"));
        let mut client = place.client();
        assert_eq!(client.fails("SELECT email FROM public.people WHERE id = 1").0, "0A000", "{setting}");
        client.run(&format!("SET {name} = {usual}"));
        assert_eq!(client.value("SELECT email FROM public.people WHERE id = 1"), "kanarie", "{setting}");
        host.run(&format!("{begins} || 'RESET {name}'; END $$"));
    }

    // A schema of the role's name comes first on the path that is built in.
    host.run(&format!("{begins} || 'RESET search_path'; END $$"));
    assert_eq!(place.client().value(SELECT), "kanarie");
    host.run(
        "CREATE SCHEMA app; CREATE TABLE app.people (id int, email text); GRANT USAGE ON SCHEMA app TO app; \
         GRANT SELECT ON app.people TO app",
    );
    place.client().run("SELECT 1 FROM app.people");
    assert_eq!(place.client().fails(SELECT).0, "0A000");
}
