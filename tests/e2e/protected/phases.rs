//! Columns on their way: what is stored in a transitional phase is what the server would have stored
//! of the client's own words, and what cannot be kept apart is refused before it goes up.

use super::place::Place;
use crate::canary::needles::found;

const TABLE: &str =
    "CREATE TABLE leaving (id int, photo bytea, name text, doc jsonb, tags text[], born text);
    CREATE TABLE twin (id int, photo bytea, name text, doc jsonb, tags text[], born date);
    CREATE TABLE coming (id int, email text, card text)";

const POLICY: &str = "[[column]]\nname = 'public.leaving.photo'\nphase = 'decrypting'\n\
    [[column]]\nname = 'public.leaving.name'\nphase = 'decrypting'\n\
    [[column]]\nname = 'public.leaving.doc'\nphase = 'decrypting'\n\
    [[column]]\nname = 'public.leaving.tags'\nphase = 'decrypting'\n\
    [[column]]\nname = 'public.leaving.born'\ntype = 'date'\nphase = 'decrypting'\n\
    [[column]]\nname = 'public.coming.email'\nmode = 'deterministic'\nphase = 'encrypting'\n\
    [[column]]\nname = 'public.coming.card'\nphase = 'encrypting'\n";

/// The same statement with the same parameters, for the protected table and its plain twin.
fn both(place: &Place, run: impl Fn(&mut crate::support::Client, &str)) {
    run(&mut place.client(), "leaving");
    run(&mut place.direct(), "twin");
}

#[test]
fn a_column_that_leaves_stores_what_the_server_would() {
    let place = Place::of("leaving", TABLE, POLICY);
    let photos: [(i16, &[u8]); 6] = [
        (0, b"\\xdeadbeef00"),
        (0, b"\\\\escaped\\000\\377"),
        (0, b""),
        (1, b"\xde\xad\xbe\xef\0"),
        (1, b"\\xdeadbeef"),
        (1, b""),
    ];
    let cells: [(i16, &[u8]); 4] = [
        (0, b"O'Ana\\x41"),
        (0, b"{\"a\": \"\\\\x\"}"),
        (0, b"{a,\"b\\\"\\\\c\",NULL,\"\"}"),
        (0, b"1999-12-31"),
    ];
    both(&place, |client, table| {
        for (format, photo) in photos {
            client.parse(
                "",
                &format!("INSERT INTO {table} (photo, name, doc, tags, born) VALUES ($1, $2, $3, $4, $5)"),
                &[],
            );
            let formats: Vec<i16> = [format].into_iter().chain(cells.map(|(format, _)| format)).collect();
            let values: Vec<Option<&[u8]>> =
                [photo].into_iter().chain(cells.map(|(_, cell)| cell)).map(Some).collect();
            client.bind("", "", &formats, &values, &[]);
            client.execute("", 0);
            client.sync();
            let answer = client.until_ready();
            assert!(
                answer.iter().all(|m| m.tag != b'E'),
                "{:?}",
                answer.iter().map(|m| m.line()).collect::<Vec<_>>()
            );
        }
        client.run(&format!(
            r"INSERT INTO {table} (photo, name) VALUES ('\x00ff', 'a\b'), ('\134x', E'\\x'), (NULL, NULL)"
        ));
        client.query(&format!("COPY {table} (photo, name, tags, born) FROM STDIN"));
        client.read_until(b'G');
        client.copy_data(b"\\\\xdeadbeef\tback\\\\slash\t{\"x\\\\\\\\y\"}\t2001-02-03\n\\N\t\\N\t\\N\t\\N\n");
        client.send(b'c', b"");
        client.until_ready();
    });
    let dump = |table| {
        let sql =
            format!("SELECT encode(photo, 'hex'), name, doc::text, tags::text, born::text FROM {table}");
        place.database.host().rows(&sql)
    };
    assert_eq!(dump("leaving"), dump("twin"));
    let shown = |table| format!("SELECT photo, name, doc, tags, born FROM {table}");
    for output in ["hex", "escape"] {
        let (mut through, mut direct) = (place.client(), place.direct());
        for client in [&mut through, &mut direct] {
            client.run(&format!("SET bytea_output = {output}"));
        }
        assert_eq!(through.rows(&shown("leaving")), direct.rows(&shown("twin")));
    }
    let binary = |client: &mut crate::support::Client, table| {
        client.parse("", &shown(table), &[]);
        client.bind("", "", &[], &[], &[1]);
        client.execute("", 0);
        client.sync();
        let answer = client.until_ready();
        answer.iter().filter(|m| m.tag == b'D').map(|m| m.cells()).collect::<Vec<_>>()
    };
    assert_eq!(binary(&mut place.client(), "leaving"), binary(&mut place.direct(), "twin"));
}

#[test]
fn a_deterministic_column_on_its_way_keeps_its_old_form_until_its_domain_moves() {
    let place = Place::of("coming", TABLE, POLICY);
    let mut client = place.client();
    client.run("INSERT INTO coming (id, email, card) VALUES (1, 'one', 'kanarie')");
    client.query("COPY coming (id, email, card) FROM STDIN");
    client.read_until(b'G');
    client.copy_data(b"2\ttwo\tkanarie\n");
    client.send(b'c', b"");
    client.until_ready();
    // A constant is compared in both forms: it goes up as a parameter, never in the text.
    assert_eq!(client.value("SELECT id FROM coming WHERE email = 'two'"), "2");
    assert!(client.rows("DELETE FROM coming WHERE email IN ('nobody') RETURNING id").is_empty());
    // So it is in a cursor, which takes parameters as a query does, and in what EXPLAIN shows of one.
    client.run("BEGIN");
    client.run("DECLARE c CURSOR FOR SELECT id, email FROM coming WHERE email = 'two'");
    let read = |client: &mut crate::support::Client, sql| client.rows(sql);
    assert_eq!(read(&mut client, "FETCH ALL FROM c"), [[Some("2".to_owned()), Some("two".to_owned())]]);
    client.run("COMMIT");
    assert_eq!(read(&mut client, "EXPLAIN (COSTS OFF) DELETE FROM coming WHERE email = 'nobody'").len(), 3);
    assert_eq!(found(&["'two'", "'nobody'"], &place.tap.to_server.bytes()), Vec::<String>::new());
    several_in_one_query(&mut client);
    assert_eq!(found(&["'two'", "'nobody'"], &place.tap.to_server.bytes()), Vec::<String>::new());
    let read = client.rows("SELECT id, email, card FROM coming ORDER BY id");
    let read: Vec<Vec<&str>> =
        read.iter().map(|row| row.iter().flatten().map(String::as_str).collect()).collect();
    assert_eq!(read, [["1", "one", "kanarie"], ["2", "two", "kanarie"]]);
    let mut host = place.database.host();
    assert_eq!(host.value("SELECT string_agg(email, ',' ORDER BY id) FROM coming"), "one,two");
    assert_eq!(host.value("SELECT count(*) FROM coming WHERE card ^@ 'pgV1:'"), "2");
    assert_eq!(found(&["kanarie"], &place.tap.to_server.bytes()), Vec::<String>::new());
}

/// Each goes up with parameters of its own, and all are one transaction, as they are in a Query.
fn several_in_one_query(client: &mut crate::support::Client) {
    let lines = |client: &mut crate::support::Client, sql: &str| {
        client.query(sql);
        let answer = client.until_ready();
        answer.iter().map(|m| m.line()).collect::<Vec<_>>()
    };
    let two = lines(
        client,
        "SELECT id FROM coming WHERE email = 'two'; SELECT 1; SELECT email FROM coming WHERE email = 'two'",
    );
    let tags: String = two.iter().filter_map(|line| line.chars().next()).collect();
    assert_eq!(tags, "TDCTDCTDCZ", "{two:#?}");
    // A failure takes back what stands before it, and its place is that of the client's own text.
    let failed = "INSERT INTO coming (id) VALUES (3); DELETE FROM coming WHERE email = 'two'; SELECT nothing";
    let answer = lines(client, failed);
    let place = format!("\\00P{}\\00", failed.find("nothing").unwrap_or_default() + 1);
    assert!(answer.iter().any(|line| line.contains("42703") && line.contains(&place)), "{answer:#?}");
    // What is refused, too.
    let answer =
        lines(client, "DELETE FROM coming WHERE email = 'two'; SELECT id FROM coming WHERE card = 'x'");
    assert!(answer.iter().any(|line| line.contains("0A000")), "{answer:#?}");
    assert_eq!(client.value("SELECT count(*) FROM coming"), "2");
    client.run("BEGIN; UPDATE coming SET id = 20 WHERE email = 'two'; COMMIT; UPDATE coming SET id = 2 WHERE email = 'two'");
    client.run(
        "BEGIN; DELETE FROM coming WHERE email = 'two'; ROLLBACK; SELECT id FROM coming WHERE email = 'two'",
    );
    assert_eq!(client.value("SELECT id FROM coming WHERE email = 'two'"), "2");
}
