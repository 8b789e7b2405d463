//! Schemas of tenants that are tagged alike: bare names are those of the schema that the session's
//! search_path says, as against the server directly. The same statements run against a twin without
//! protection.

use super::place::Place;
use crate::support::{self, Client};

const TABLES: &str = "
    CREATE SCHEMA tenant_a; CREATE SCHEMA tenant_b; CREATE SCHEMA tenant_z; CREATE SCHEMA elsewhere;
    CREATE TABLE tenant_a.customers (id int PRIMARY KEY, email text UNIQUE, name text, note text);
    CREATE TABLE tenant_b.customers (id int PRIMARY KEY, email text UNIQUE, name text, note text);
    CREATE TABLE tenant_z.customers (id int PRIMARY KEY, email text UNIQUE, name text, note text);
    CREATE VIEW tenant_a.mails AS SELECT id, email FROM tenant_a.customers;
    CREATE VIEW tenant_b.mails AS SELECT id, email FROM tenant_b.customers;
    CREATE FUNCTION public.turn_to(tenant text) RETURNS void LANGUAGE plpgsql AS
        $$ BEGIN PERFORM set_config('search_path', tenant, false); END $$;
    CREATE FUNCTION public.turn_twice(tenant text) RETURNS void LANGUAGE sql AS 'SELECT turn_to($1)'";

fn policy() -> String {
    let tag = |tenant: &str| {
        format!(
            "[[column]]\nname = '{tenant}.customers.email'\nmode = 'deterministic'\n\
             [[column]]\nname = '{tenant}.customers.name'\n"
        )
    };
    ["tenant_a", "tenant_b"].map(tag).concat()
}

/// Rows, tags and SQLSTATEs of a Query.
fn said(client: &mut Client, sql: &str) -> Vec<String> {
    client.query(sql);
    client.until_ready().iter().filter_map(heard).collect()
}

fn heard(message: &support::Message) -> Option<String> {
    let text =
        |cell: Option<Vec<u8>>| cell.map_or("∅".into(), |c| String::from_utf8_lossy(&c).into_owned());
    match message.tag {
        b'D' => Some(message.cells().into_iter().map(text).collect::<Vec<_>>().join("|")),
        b'C' | b'd' => Some(String::from_utf8_lossy(&message.body).trim_end_matches('\0').to_owned()),
        b'E' => Some(message.sqlstate()),
        b'Z' => Some(char::from(message.body[0]).to_string()),
        _ => None,
    }
}

/// What a statement prepared as `s` finds for this address.
fn prepared(client: &mut Client, email: &str) -> Vec<String> {
    client.bind("", "s", &[], &[Some(email.as_bytes())], &[]);
    client.execute("", 0);
    client.sync();
    client.until_ready().iter().filter_map(heard).collect()
}

/// A session through pgveil, and one on the twin.
struct Both {
    through: Client,
    direct: Client,
}

impl Both {
    fn same(&mut self, sql: &str) {
        assert_eq!(said(&mut self.through, sql), said(&mut self.direct, sql), "{sql}");
    }

    fn prepared(&mut self, email: &str) {
        assert_eq!(prepared(&mut self.through, email), prepared(&mut self.direct, email), "{email}");
    }

    fn refused(&mut self, sql: &str) {
        let heard = said(&mut self.through, sql);
        assert!(heard.iter().any(|line| line == "0A000"), "{sql}: {heard:?}");
    }
}

fn both(label: &str) -> (Place, support::Database, Both) {
    let place = Place::of(label, TABLES, &policy());
    let twin = support::database(&format!("{label}_twin"));
    twin.direct().run(TABLES);
    let both = Both { through: place.client(), direct: twin.direct() };
    (place, twin, both)
}

#[test]
fn a_bare_name_is_that_of_the_tenant_on_the_path() {
    let (place, _twin, mut both) = both("tenants");
    // Nobody has said which tenant.
    both.refused("SELECT email FROM customers");
    for (tenant, person) in [("tenant_a", "ada"), ("tenant_b", "bob")] {
        both.same(&format!("SET search_path TO {tenant}, public"));
        both.same(&format!("INSERT INTO customers VALUES (1, '{person}@example.org', '{person}', 'first')"));
        both.same(&format!("INSERT INTO customers (id, email) VALUES (2, 'both@{tenant}') RETURNING *"));
        both.same("INSERT INTO customers VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET note = 'again'");
        both.same("UPDATE customers SET name = 'both' WHERE email = 'nobody' OR id = 2 RETURNING id, name");
        both.same("SELECT * FROM customers ORDER BY id");
        both.same("SELECT c.email, m.email FROM customers c JOIN mails m USING (email) ORDER BY c.id");
        both.same("COPY customers (id, email) TO STDOUT");
        both.same("SELECT count(*) FROM mails WHERE email = 'ada@example.org'");
    }
    let own = place
        .direct()
        .rows("SELECT email FROM tenant_a.customers UNION SELECT email FROM tenant_b.customers");
    assert_eq!(own.len(), 4);
    let armoured = |row: &Vec<Option<String>>| row.iter().flatten().all(|cell| !cell.contains('@'));
    assert!(own.iter().all(armoured), "{own:?}");
}

#[test]
fn what_is_prepared_follows_the_path() {
    let (_place, _twin, mut both) = both("tenants_prepared");
    for (tenant, person) in [("tenant_a", "ada"), ("tenant_b", "bob")] {
        both.same(&format!("INSERT INTO {tenant}.customers VALUES (1, '{person}', '{person}')"));
        both.same(&format!("INSERT INTO {tenant}.customers VALUES (2, 'same', '{tenant}')"));
    }
    both.same("SET search_path = tenant_a");
    for client in [&mut both.through, &mut both.direct] {
        client.parse("s", "SELECT id, name FROM customers WHERE email = $1", &[]);
        client.sync();
        client.until_ready();
    }
    for path in ["tenant_b", "tenant_a", "elsewhere, tenant_b", "\"tenant_a\""] {
        both.same(&format!("SET search_path = {path}"));
        for email in ["same", "ada", "bob"] {
            both.prepared(email);
        }
    }
    // SQL's own PREPARE: the text on the server names one tenant.
    both.same("PREPARE q AS SELECT name FROM customers WHERE id = 2");
    both.same("EXECUTE q");
    both.same("SET search_path = tenant_b");
    both.refused("EXECUTE q");
    both.same("SET search_path = tenant_a, elsewhere");
    both.same("EXECUTE q");
}

#[test]
fn the_path_is_followed_through_transactions_and_several_statements_in_one_query() {
    let (_place, _twin, mut both) = both("tenants_moves");
    for (tenant, person) in [("tenant_a", "ada"), ("tenant_b", "bob")] {
        both.same(&format!("INSERT INTO {tenant}.customers VALUES (1, '{person}', '{person}')"));
    }
    let select = "SELECT email FROM customers";
    both.same(&format!("SET search_path TO tenant_a;{select}"));
    both.same(&format!("SET search_path TO tenant_b; {select}; SET search_path TO tenant_a; {select}"));
    both.same(&format!(
        "SET search_path TO tenant_b; INSERT INTO customers (id, email) VALUES (7, 'x'); {select}"
    ));
    both.same(select);
    both.same(&format!("BEGIN; SET LOCAL search_path = tenant_a; {select}; COMMIT"));
    both.same(select);
    both.refused(&format!("BEGIN; SET LOCAL search_path = tenant_a; COMMIT; {select}"));
    both.same("BEGIN");
    both.same("SET LOCAL search_path = tenant_a");
    both.same(select);
    both.same("SAVEPOINT one");
    both.same("SET search_path = tenant_b");
    both.same(select);
    both.same("ROLLBACK TO one");
    both.same(select);
    both.same("ROLLBACK");
    both.same(select);
    both.same("SELECT set_config('search_path', 'tenant_a, public', false)");
    both.same(select);
    both.same("SELECT pg_catalog.set_config('search_path', ' \"tenant_b\" ', true), 1");
    both.same(select);
    // Not certain to be called.
    both.same("SELECT set_config('search_path', 'tenant_b', false) WHERE false");
    both.refused(select);
    both.same("SET search_path = tenant_b");
    both.same(select);
    both.same("RESET search_path");
    both.refused(select);
    both.same("SET search_path = tenant_b");
    both.same("DISCARD ALL");
    both.refused(select);
    // A tenant that is not protected.
    both.same("SET search_path = tenant_z, tenant_a");
    both.refused(select);
}

#[test]
fn a_path_that_a_function_may_change_is_not_certain() {
    let (_place, _twin, mut both) = both("tenants_functions");
    both.same("INSERT INTO tenant_a.customers VALUES (1, 'ada')");
    let select = "SELECT email FROM customers";
    for turn in [
        "SELECT turn_to('tenant_b')",
        "SELECT turn_twice('tenant_b')",
        "DO $$ BEGIN PERFORM turn_to('tenant_b'); END $$",
        "DO $$ BEGIN SET search_path = tenant_b; END $$",
    ] {
        both.same("SET search_path = tenant_a, public");
        both.same(select);
        both.same(turn);
        both.refused(select);
        both.same("SET search_path = tenant_a, public");
        both.refused(&format!("{turn}; {select}"));
    }
    both.same("SET search_path = tenant_a, public");
    both.same(select);
    both.same("PREPARE turn AS SELECT turn_to('tenant_b')");
    both.refused(select);
}

#[test]
fn the_path_of_the_start_up_packet_and_of_the_role_is_the_clients_word() {
    let (place, _twin, mut both) = both("tenants_start");
    both.same("INSERT INTO tenant_b.customers VALUES (1, 'bob')");
    let select = "SELECT email FROM customers";
    for (name, value) in [("search_path", "tenant_b"), ("options", "-c search_path=tenant_b,public")] {
        let mut client = place.proxy.client(&place.database.login().and(name, value));
        assert_eq!(client.value(select), "bob");
        client.run("SET search_path = tenant_a");
        assert_eq!(client.rows(select).len(), 0);
        client.run("RESET ALL");
        assert_eq!(client.value(select), "bob");
    }
    both.same("SET search_path = \"$user\", tenant_b");
    both.same(select);
    both.same("SET ROLE NONE");
    both.refused(select);
}

/// A role that database or login role set is whose schema `"$user"` is.
#[test]
fn a_role_that_the_server_begins_with_is_not_taken_for_the_one_that_logged_in() {
    let (place, twin, mut both) = both("tenants_role");
    let role = "DO $$ BEGIN CREATE ROLE tenant_b; EXCEPTION WHEN duplicate_object THEN NULL; END $$; \
                GRANT tenant_b TO app; GRANT USAGE ON SCHEMA tenant_a, tenant_b TO tenant_b; \
                GRANT SELECT ON tenant_a.customers, tenant_b.customers TO tenant_b; \
                DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET role = tenant_b', current_database()); END $$";
    for (tenant, person) in [("tenant_a", "ada"), ("tenant_b", "bob")] {
        both.same(&format!("INSERT INTO {tenant}.customers (id, email) VALUES (1, '{person}')"));
    }
    place.database.host().run(role);
    twin.host().run(role);
    both = Both { through: place.client(), direct: twin.direct() };
    let (path, select) = ("SET search_path = \"$user\", tenant_a", "SELECT email FROM customers");
    both.same(path);
    assert_eq!(both.direct.value(select), "bob");
    both.refused(select);
    both.same("SET search_path = tenant_a");
    both.same(select);
}
