//! The shape changes through pgveil, and the application goes on at once, in every session.

use std::fs::File;
use std::time::{Duration, Instant};

use crate::protected::place::{Place, setup};
use crate::support::{Client, Proxy, database};

const SECRET: &str = "kanarie@example.ro";

const TABLES: &str = "\
    CREATE TABLE people (id int PRIMARY KEY, email text UNIQUE, note text); \
    CREATE TABLE orders (id int PRIMARY KEY, email varchar(80), card text); \
    CREATE TABLE yearly (id int, year int, email text) PARTITION BY LIST (year); \
    CREATE TABLE yearly_1 PARTITION OF yearly FOR VALUES IN (1); \
    CREATE VIEW mails AS SELECT id AS number, email AS mail FROM people";

const POLICY: &str = "[[column]]\nname = 'public.people.email'\nmode = 'deterministic'\ndomain = 'email'\n\
    [[column]]\nname = 'public.orders.email'\nmode = 'deterministic'\ndomain = 'email'\n\
    [[column]]\nname = 'public.orders.card'\n\
    [[column]]\nname = 'public.yearly.email'\nmode = 'deterministic'\ndomain = 'email'\n";

fn place(label: &str) -> Place {
    Place::of(label, TABLES, POLICY)
}

/// Nothing that a client sent for a protected column went up.
#[track_caller]
fn nothing_leaked(place: &Place) {
    assert!(!place.tap.to_server.contains(b"kanarie"), "a plaintext went up");
}

/// Waits until what clients defined is stored, and that is what the server has.
#[track_caller]
fn stored(place: &Place) {
    let deadline = Instant::now() + Duration::from_secs(30);
    // ORDER: what was defined last may be stored by the second look, which begins when the first ends.
    while !place.proxy.log().contains("follows what clients have defined")
        || !place.proxy.tries(&["catalog", "diff"])
    {
        assert!(Instant::now() < deadline, "not stored:\n{}", place.proxy.log());
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[track_caller]
fn inserts(client: &mut Client, sql: &str) {
    client.run(sql);
}

#[test]
fn a_column_that_is_added_is_there_for_every_session() {
    let place = place("def_add");
    let (mut one, mut two) = (place.client(), place.client());
    two.run("SELECT id FROM people");
    one.run("ALTER TABLE people ADD COLUMN city text DEFAULT 'x', ADD COLUMN born date");
    for (id, client) in [(1, &mut one), (2, &mut two)] {
        inserts(
            client,
            &format!("INSERT INTO people (id, email, city) VALUES ({id}, '{id}{SECRET}', 'Ghent')"),
        );
        inserts(
            client,
            &format!("INSERT INTO people VALUES (1{id}, '1{id}{SECRET}', 'n', 'Ghent', '2020-01-01')"),
        );
    }
    let row = vec![Some(format!("2{SECRET}")), Some("Ghent".to_owned())];
    assert_eq!(two.rows(&format!("SELECT email, city FROM people WHERE email = '2{SECRET}'")), [row]);
    one.run("ALTER TABLE people RENAME COLUMN city TO town; ALTER TABLE people DROP COLUMN born");
    assert_eq!(two.value(&format!("SELECT town FROM people WHERE email = '1{SECRET}'")), "Ghent");
    assert_eq!(two.fails("SELECT city FROM people").0, "42703");
    one.run("CREATE INDEX ON people (town); CREATE INDEX ON people (email)");
    one.run("ALTER TABLE orders ALTER COLUMN email TYPE varchar(200)");
    two.run(&format!("INSERT INTO orders (id, email) VALUES (30, '{}{SECRET}')", "x".repeat(100)));
    stored(&place);
    nothing_leaked(&place);
}

#[test]
fn what_is_rolled_back_leaves_the_shape_as_it_was() {
    let place = place("def_rollback");
    let (mut one, mut two) = (place.client(), place.client());
    one.run("BEGIN");
    one.run("ALTER TABLE people ADD COLUMN first text");
    one.run("SAVEPOINT s");
    one.run("ALTER TABLE people ADD COLUMN second text");
    one.run(&format!("INSERT INTO people VALUES (1, '{SECRET}', 'n', 'a', 'b')"));
    // Nobody else sees it, and nobody waits for the lock.
    assert_eq!(two.fails("SELECT first FROM people").0, "42703");
    one.run("ROLLBACK TO s");
    one.run(&format!("INSERT INTO people VALUES (1, '{SECRET}', 'n', 'a')"));
    assert_eq!(one.fails("SELECT second FROM people").0, "42703");
    one.run("ROLLBACK");
    assert_eq!(one.fails("SELECT first FROM people").0, "42703");
    one.run(&format!("INSERT INTO people VALUES (1, '{SECRET}', 'n')"));
    two.run(&format!("SELECT id FROM people WHERE email = '{SECRET}'"));

    // The transaction of one Query, whose last statement fails; a pipeline that fails; a COMMIT.
    one.query("ALTER TABLE people ADD COLUMN third text; SELECT 1/0");
    one.until_ready();
    assert_eq!(one.fails("SELECT third FROM people").0, "42703");
    one.parse("", "ALTER TABLE people ADD COLUMN third text", &[]);
    one.bind("", "", &[], &[], &[]);
    one.execute("", 0);
    one.parse("", "SELECT 1/0", &[]);
    one.bind("", "", &[], &[], &[]);
    one.execute("", 0);
    one.sync();
    one.until_ready();
    assert_eq!(one.fails("SELECT third FROM people").0, "42703");
    one.run("BEGIN; ALTER TABLE people ADD COLUMN third text; COMMIT");
    two.run(&format!("UPDATE people SET third = 'c' WHERE email = '{SECRET}'"));
    stored(&place);
    nothing_leaked(&place);
}

#[test]
fn a_tagged_table_is_made_with_its_stored_types_and_guards() {
    let place = place("def_create");
    let (mut one, mut two) = (place.client(), place.client());
    one.run(&format!(
        "DROP TABLE orders; CREATE TABLE orders (card varchar(30), id serial, email varchar(90) UNIQUE \
         REFERENCES people (email)); INSERT INTO people VALUES (1, '{SECRET}', 'n'); \
         INSERT INTO orders VALUES ('kanarie', 1, '{SECRET}')"
    ));
    two.run(&format!("INSERT INTO people VALUES (2, '2{SECRET}', 'n')"));
    two.run(&format!("INSERT INTO orders (email, card) VALUES ('2{SECRET}', 'kanarie')"));
    let row = vec![Some("kanarie".to_owned()), Some(SECRET.to_owned())];
    assert_eq!(two.rows("SELECT card, email FROM orders WHERE id = 1 AND card IS NOT NULL LIMIT 1"), [row]);
    assert_eq!(two.fails("INSERT INTO orders (card) VALUES (repeat('x', 3))").0, "0A000");
    let long = "x".repeat(31);
    assert_eq!(two.fails(&format!("INSERT INTO orders (card) VALUES ('{long}')")).0, "22001");
    let stored_types = "SELECT string_agg(format_type(atttypid, atttypmod), ',' ORDER BY attnum) \
        FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attnum > 0";
    assert_eq!(place.direct().value(stored_types), "character varying,integer,character varying");
    assert_eq!(place.direct().fails("INSERT INTO orders (card) VALUES ('open')").0, "23514");
    stored(&place);
    // Over a table that is there the server does nothing, and the pin stays.
    one.run("CREATE TABLE IF NOT EXISTS orders (note text, card text)");
    one.run(&format!("INSERT INTO orders VALUES ('kanarie', 9, NULL)"));
    assert_eq!(one.fails("CREATE TABLE orders (note text, card text)").0, "42P07");
    one.run(&format!("INSERT INTO orders VALUES ('kanarie', 10, NULL)"));
    nothing_leaked(&place);
}

#[test]
fn views_and_partitions_that_clients_make_are_followed() {
    let place = place("def_views");
    let (mut one, mut two) = (place.client(), place.client());
    one.run(&format!("INSERT INTO people VALUES (1, '{SECRET}', 'n')"));
    one.run("CREATE VIEW post AS SELECT mail AS address, number FROM mails");
    assert_eq!(two.value(&format!("SELECT number FROM post WHERE address = '{SECRET}'")), "1");
    assert_eq!(two.value("SELECT address FROM post"), SECRET);
    one.run("CREATE MATERIALIZED VIEW kept AS SELECT email AS e, id FROM people");
    assert_eq!(two.value("SELECT e FROM kept"), SECRET);
    one.run("ALTER TABLE people RENAME COLUMN note TO remark");
    stored(&place);
    assert_eq!(two.value("SELECT address FROM post"), SECRET);
    // Another column under the name of one that showed sealed values.
    assert_eq!(
        one.fails("CREATE OR REPLACE VIEW post AS SELECT remark AS address, number FROM mails, people").0,
        "0A000"
    );
    one.run("DROP VIEW post");
    assert_eq!(two.fails("SELECT address FROM post").0, "0A000");
    assert_eq!(
        one.fails("CREATE VIEW post AS SELECT remark AS address, id AS number FROM people").0,
        "0A000"
    );
    one.run("CREATE VIEW post AS SELECT email AS address, id AS number FROM people");
    assert_eq!(two.value("SELECT address FROM post"), SECRET);

    one.run("CREATE TABLE yearly_2 PARTITION OF yearly FOR VALUES IN (2)");
    two.run(&format!(
        "INSERT INTO yearly_2 VALUES (1, 2, '{SECRET}'); INSERT INTO yearly VALUES (2, 2, '{SECRET}')"
    ));
    one.run("CREATE TABLE yearly_3 (id int, year int, email text)");
    assert_eq!(one.fails("ALTER TABLE yearly ATTACH PARTITION yearly_3 FOR VALUES IN (3)").0, "42804");
    one.run("ALTER TABLE yearly ADD COLUMN extra int");
    two.run(&format!("INSERT INTO yearly_1 VALUES (3, 1, '{SECRET}', 7)"));
    assert_eq!(two.value(&format!("SELECT sum(id) FROM yearly WHERE email = '{SECRET}'")), "6");
    // A partition that stands alone has no tag of its own: closed, whoever makes it again.
    one.run("ALTER TABLE yearly DETACH PARTITION yearly_2");
    assert_eq!(two.fails("INSERT INTO yearly_2 VALUES (1, 2, 'kanarie', 1)").0, "0A000");
    one.run("DROP TABLE yearly_2");
    one.run("CREATE TABLE yearly_2 (id int, year int, email text, extra int)");
    assert_eq!(two.fails("INSERT INTO yearly_2 VALUES (1, 2, 'kanarie', 1)").0, "0A000");
    nothing_leaked(&place);
}

#[test]
fn what_the_operator_accepts_is_in_force_without_a_restart() {
    let place = place("def_accept");
    let mut client = place.client();
    place.direct().run("ALTER TABLE people ADD COLUMN past text");
    place.proxy.verb(&["catalog", "accept"]);
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        client.query(&format!("INSERT INTO people (id, email, past) VALUES (1, '{SECRET}', 'p')"));
        if client.until_ready().iter().all(|message| message.tag != b'E') {
            break;
        }
        assert!(Instant::now() < deadline, "{}", place.proxy.log());
        std::thread::sleep(Duration::from_millis(200));
    }
    nothing_leaked(&place);
}

#[test]
fn only_the_roles_that_the_operator_names_change_what_is_pinned() {
    let database = database("def_roles");
    database.direct().run(TABLES);
    let mut setup = setup(&database.server.address(), &database.url(), POLICY);
    setup.auth.push_str("\nddl_roles = [\"migrations\"]");
    let proxy = Proxy::start(&setup);
    let mut client = proxy.client(&database.login());
    for sql in [
        "ALTER TABLE people ADD COLUMN city text",
        "DROP TABLE orders",
        "CREATE VIEW v AS SELECT email FROM people",
        "DROP SCHEMA public CASCADE",
    ] {
        let (state, message) = client.fails(sql);
        assert_eq!(state, "42501", "{sql}: {message}");
    }
    client.run("CREATE TABLE apart (id int); ALTER TABLE apart ADD COLUMN x int; DROP TABLE apart");
    client.run("CREATE INDEX ON people (email); TRUNCATE people");
}

/// A verb may hold the keyring at the moment when what a client has defined is to be stored beside it.
#[test]
fn what_is_defined_while_a_verb_holds_the_keyring_is_stored_afterwards() {
    let place = place("def_busy");
    let (mut one, mut two) = (place.client(), place.client());
    let path = place.proxy.directory.path().join("keyring.pgveil.lock");
    let held = File::options().create(true).truncate(false).write(true).open(path).expect("the lock's file");
    held.lock().expect("the keyring");
    one.run("ALTER TABLE people ADD COLUMN city text");
    // Answered when somebody has looked, whatever came of it: by then it was to be stored.
    two.query(&format!("INSERT INTO people VALUES (1, '1{SECRET}', 'note', 'Ghent')"));
    two.until_ready();
    held.unlock().expect("the keyring");
    stored(&place);
    two.run(&format!("INSERT INTO people VALUES (2, '2{SECRET}', 'note', 'Ghent')"));
    assert_eq!(one.value("SELECT city FROM people WHERE id = 2"), "Ghent");
    nothing_leaked(&place);
}

/// A disk may be full for a while. Here the keyring's next file cannot be made.
#[test]
fn what_could_not_be_stored_stays_in_force_and_is_stored_later() {
    let place = place("def_full");
    let (mut one, mut two) = (place.client(), place.client());
    let obstacle = place.proxy.directory.path().join("keyring.pgveil.new");
    std::fs::create_dir(&obstacle).expect("a directory in the way");
    one.run("ALTER TABLE people ADD COLUMN city text");
    assert!(place.proxy.has_logged("could not be stored: tried again"), "{}", place.proxy.log());
    two.run(&format!("INSERT INTO people VALUES (1, '1{SECRET}', 'note', 'Ghent')"));
    // Files that are read again have the older shape.
    place.proxy.signal("HUP");
    assert!(place.proxy.has_logged("keys were read again"), "{}", place.proxy.log());
    two.run(&format!("INSERT INTO people VALUES (2, '2{SECRET}', 'note', 'Ghent')"));
    std::fs::remove_dir(&obstacle).expect("out of the way");
    stored(&place);
    assert_eq!(one.value("SELECT count(*) FROM people WHERE city = 'Ghent'"), "2");
    nothing_leaked(&place);
}
