//! Migrations as frameworks send them, from an empty database on: the tables are tagged before they
//! are there.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::drivers::python;
use crate::protected::place::{Place, setup};
use crate::support::{Client, Proxy, Tap, database};

const POLICY: &str = "[[column]]\nname = 'public.crm_customer.email'\nmode = 'deterministic'\ndomain = 'email'\n\
    [[column]]\nname = 'public.crm_customer.card'\n\
    [[column]]\nname = 'public.crm_customer.phone'\n\
    [[column]]\nname = 'public.crm_customer.born'\ntype = 'date'\n\
    [[column]]\nname = 'public.crm_note.body'\n";

fn place(label: &str) -> Place {
    tagged_before(label, POLICY)
}

/// A database without tables, all of which the policy names.
pub fn tagged_before(label: &str, policy: &str) -> Place {
    let database = database(label);
    let tap = Tap::start(&database.server.address());
    let mut setup = setup(&tap.address, &database.url(), policy);
    // Without tables `apply` makes keys and accepts the catalog.
    setup.verbs.retain(|verb| verb.first().is_none_or(|word| word != "apply"));
    let proxy = Proxy::start(&setup);
    assert!(proxy.tries(&["apply"]), "tables that are to come are no fault");
    let read = || proxy.log().matches("policy, catalog and keys were read again").count();
    let (before, deadline) = (read(), Instant::now() + Duration::from_secs(20));
    proxy.signal("HUP");
    while read() == before {
        assert!(Instant::now() < deadline, "{}", proxy.log());
        std::thread::sleep(Duration::from_millis(300));
    }
    Place { database, tap, proxy }
}

/// What is stored in the protected columns is sealed, and nothing else went up.
#[track_caller]
fn is_sealed(place: &Place, columns: &[(&str, &str)]) {
    assert!(!place.tap.to_server.contains(b"kanarie"), "a plaintext went up");
    for (table, column) in columns {
        let open = format!("SELECT count(*) FROM {table} WHERE {column}::text NOT LIKE 'pgV1:%'");
        assert_eq!(place.direct().value(&open), "0", "{table}.{column}");
        let sealed = format!("SELECT count(*) > 0 FROM {table} WHERE {column}::text LIKE 'pgV1:%'");
        assert_eq!(place.direct().value(&sealed), "t", "{table}.{column}");
    }
}

const COLUMNS: &[(&str, &str)] = &[
    ("crm_customer", "email"),
    ("crm_customer", "card"),
    ("crm_customer", "phone"),
    ("crm_customer", "born"),
    ("crm_note", "body"),
];

#[test]
fn django_migrates_and_the_application_goes_on() {
    let Some(python) = python() else { return };
    let place = place("def_django");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/definitions/django_migrations.py");
    let run = Command::new(python)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .arg(script)
        .arg(place.database.url_at(&place.proxy.address).replace("postgres://", "postgresql://"))
        .output()
        .expect("Python");
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{said}\n{}", place.proxy.log());
    assert_eq!(String::from_utf8_lossy(&run.stdout).trim(), "done");
    is_sealed(&place, COLUMNS);
}

/// One revision of Alembic: its statements in one transaction, and its number.
fn revision(client: &mut Client, number: &str, before: &str, statements: &[&str]) {
    client.run("BEGIN");
    for statement in statements {
        client.run(statement);
    }
    client.run(&match before {
        "" => format!(
            "INSERT INTO alembic_version (version_num) VALUES ('{number}') RETURNING alembic_version.version_num"
        ),
        _ => format!(
            "UPDATE alembic_version SET version_num='{number}' WHERE alembic_version.version_num = '{before}'"
        ),
    });
    client.run("COMMIT");
}

#[track_caller]
fn works(clients: [&mut Client; 2], round: &str) {
    for (index, client) in clients.into_iter().enumerate() {
        let email = format!("kanarie-{round}-{index}@example.ro");
        client.run(&format!("INSERT INTO crm_customer (email, card) VALUES ('{email}', 'kanarie')"));
        client.run(&format!("UPDATE crm_customer SET born = '1987-06-05' WHERE email = '{email}'"));
        let found = client.rows(&format!("SELECT card, born FROM crm_customer WHERE email = '{email}'"));
        assert_eq!(found, [[Some("kanarie".to_owned()), Some("1987-06-05".to_owned())]], "{round}");
    }
}

/// The statements of Alembic 1 on PostgreSQL, as `alembic upgrade --sql` prints them.
#[test]
fn revisions_of_alembic_are_applied_and_taken_back() {
    let place = place("def_alembic");
    let (mut one, mut two) = (place.client(), place.client());
    one.run(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, \
         CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))",
    );
    let revisions: [(&str, &[&str]); 5] = [
        (
            "1975ea83b712",
            &[
                "CREATE TABLE crm_customer (\n    id SERIAL NOT NULL, \n    email VARCHAR(255) NOT NULL, \n    \
                 card TEXT, \n    born DATE, \n    note TEXT, \n    PRIMARY KEY (id), \n    UNIQUE (email)\n)",
                "CREATE INDEX ix_crm_customer_email ON crm_customer (email)",
            ],
        ),
        (
            "ae1027a6acf",
            &[
                "ALTER TABLE crm_customer ADD COLUMN last_seen TIMESTAMP WITHOUT TIME ZONE",
                "ALTER TABLE crm_customer ADD COLUMN phone VARCHAR(40)",
                "UPDATE crm_customer SET phone='kanarie-phone'",
            ],
        ),
        (
            "3512b954651e",
            &[
                "CREATE TABLE crm_note (\n    id SERIAL NOT NULL, \n    customer_id INTEGER, \n    body TEXT, \n    \
                 PRIMARY KEY (id), \n    FOREIGN KEY(customer_id) REFERENCES crm_customer (id) ON DELETE CASCADE\n)",
                "INSERT INTO crm_note (customer_id, body) SELECT id, 'kanarie' FROM crm_customer",
            ],
        ),
        (
            "2b1ae634e5cd",
            &[
                "ALTER TABLE crm_customer RENAME note TO remark",
                "ALTER TABLE crm_customer ALTER COLUMN email TYPE VARCHAR(300)",
                "ALTER TABLE crm_customer ADD CONSTRAINT uq_email_id UNIQUE (email, id)",
            ],
        ),
        (
            "4d2c3b1a0f9e",
            &[
                "ALTER TABLE crm_customer DROP CONSTRAINT uq_email_id",
                "ALTER TABLE crm_customer RENAME remark TO note",
                "ALTER TABLE crm_customer DROP COLUMN last_seen",
                "DROP INDEX ix_crm_customer_email",
            ],
        ),
    ];
    let mut before = "";
    for (number, statements) in revisions {
        revision(&mut one, number, before, statements);
        works([&mut two, &mut one], number);
        before = number;
    }
    is_sealed(&place, COLUMNS);
    revision(&mut one, "base", before, &["DROP TABLE crm_note", "DROP TABLE crm_customer"]);
    // No such relation, or closed since a look at the live catalog did not find it.
    let refused = two.fails("INSERT INTO crm_customer (email) VALUES ('kanarie')").0;
    assert!(["42P01", "0A000"].contains(&refused.as_str()), "{refused}");
    assert!(!place.tap.to_server.contains(b"kanarie"), "a plaintext went up");
}

/// Rails wraps each migration in a transaction; a rewrite of a big table takes as long as it takes.
#[test]
fn a_migration_of_another_table_holds_nobody_up() {
    let place = Place::of(
        "def_held",
        "CREATE TABLE crm_customer (email text, city text, born date); CREATE TABLE crm_note (body text);
         CREATE TABLE plain (id int PRIMARY KEY, note text DEFAULT 'none' || 'yet', CHECK (note <> 'bad'));
         CREATE INDEX ON plain (lower(note)) WHERE note > 'a';
         CREATE VIEW plain_notes AS SELECT id, note FROM plain; CREATE VIEW over_it AS SELECT * FROM plain_notes;
         CREATE RULE silent AS ON DELETE TO plain DO INSTEAD NOTHING;
         CREATE POLICY p ON plain USING (note IS NOT NULL);
        ",
        "[[column]]\nname = 'public.crm_customer.email'\nmode = 'deterministic'\ndomain = 'email'\n\
         [[column]]\nname = 'public.crm_note.body'\n",
    );
    let (mut one, mut two) = (place.direct(), place.client());
    let mut mine = place.client();
    for (round, statement) in
        ["ALTER TABLE plain ALTER COLUMN id TYPE bigint", "DROP TABLE plain CASCADE"].iter().enumerate()
    {
        let held = if round == 0 {
            vec!["DROP VIEW plain_notes CASCADE", "CREATE VIEW kept AS SELECT note FROM plain"]
        } else {
            vec![]
        };
        held.into_iter().for_each(|sql| drop(one.run(sql)));
        one.run("BEGIN");
        one.run(statement);
        // Something else is defined, so that the shape has to be read.
        let mut third = place.direct();
        third.run(&format!("CREATE TABLE made_{round} (id int)"));
        two.run(&format!("INSERT INTO crm_customer VALUES ('kanarie-{round}', 'Gent', NULL)"));
        let found = two.value(&format!("SELECT city FROM crm_customer WHERE email = 'kanarie-{round}'"));
        assert_eq!(found, "Gent");
        assert_eq!(two.value(&format!("SELECT count(*) FROM made_{round}")), "0");
        one.run("ROLLBACK");
        // The migration is the client's own, and goes on with what it has made.
        mine.run("BEGIN");
        mine.run(statement);
        third.run(&format!("CREATE TABLE made_too_{round} (id int)"));
        mine.run(&format!("CREATE TABLE fresh_{round} (id int)"));
        assert_eq!(mine.value(&format!("SELECT count(*) FROM fresh_{round}, made_too_{round}")), "0");
        mine.run(&format!("INSERT INTO crm_customer VALUES ('kanarie-mine-{round}', 'Gent', NULL)"));
        mine.run("ROLLBACK");
    }
    assert!(!place.tap.to_server.contains(b"kanarie"), "a plaintext went up");
    assert!(!place.proxy.has_logged("could not be read"), "{}", place.proxy.log());
}
