//! Definitions that a server denies, or takes back by its own word: no value for what they would have made
//! goes up in the clear, whether or not the client has listened. And what an honest server does is as it was.

use pgveil::catalog::model::{Relation, RelationKind};
use pgveil::names::QualifiedName;
use pgveil::sql::temporary::Temporaries;

use super::conversation::Machine;
use super::defining::{Realm, sent};
use super::messages::{
    bind, bind_complete, complete, error, execute, parse, parse_complete, query, ready, sync,
};

const SECRET: &str = "top-secret";

/// What becomes of a statement behind a story.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Goes {
    /// The server gets the client's own bytes.
    Clear,
    /// It gets an envelope.
    Sealed,
    /// It gets neither.
    Refused,
}

/// A text, the server's answers (a command tag, `!` for an error, `?` for that to what stands for something
/// refused), and how it says it stands.
type Turn<'t> = (&'t str, &'t [&'t str], char);

fn play(turns: &[Turn<'_>]) -> Machine {
    let mut machine = Realm::new().session();
    for (text, answers, status) in turns {
        sent(&mut machine, text);
        for answer in *answers {
            machine.server(&match *answer {
                "!" => error("57014"),
                "?" => error("42703"),
                tag => complete(tag),
            });
        }
        machine.server(&ready(*status));
        assert_eq!(machine.fault, None, "{text}");
        machine.out = Default::default();
    }
    machine
}

#[track_caller]
fn after(turns: &[Turn<'_>], text: &str, goes: Goes) {
    let up = sent(&mut play(turns), text);
    let went = match (up.contains(SECRET), up.contains("pgV1:")) {
        (true, _) => Goes::Clear,
        (false, true) => Goes::Sealed,
        (false, false) => Goes::Refused,
    };
    assert_eq!(went, goes, "{turns:?}: {up}");
}

const LIKE: &str = "CREATE TEMP TABLE t (LIKE public.orders)";
const PLAIN: &str = "CREATE TEMP TABLE t (id int, card text)";
const WRITE: &str = "INSERT INTO t (id, card) VALUES (1, 'top-secret')";
const MADE: &[&str] = &["CREATE TABLE"];

#[test]
fn what_the_server_says_it_has_not_made_is_not_written_to() {
    for definition in [
        LIKE,
        "CREATE TEMP TABLE IF NOT EXISTS t (LIKE public.orders)",
        "CREATE TEMP TABLE t AS SELECT id, card FROM public.orders",
        "SELECT id, card INTO TEMP t FROM public.orders",
        "CREATE TEMP VIEW t AS SELECT id, card FROM public.orders",
        "CREATE VIEW public.t AS SELECT id, card FROM public.orders",
    ] {
        after(&[(definition, &["!"], 'I')], WRITE, Goes::Refused);
        after(&[("BEGIN", &["BEGIN"], 'T'), (definition, &["!"], 'T')], WRITE, Goes::Refused);
        let denied =
            [("BEGIN", &["BEGIN"][..], 'T'), (definition, &["!"], 'E'), ("ROLLBACK", &["ROLLBACK"], 'I')];
        after(&denied, WRITE, Goes::Refused);
        // One text: the table is made, and what follows fails.
        let both = format!("{definition}; SELECT 1/0");
        after(&[(&both, &["CREATE TABLE", "!"], 'I')], WRITE, Goes::Refused);
    }
    for name in ["pg_temp.t", "\"t\"", "T"] {
        let write = format!("INSERT INTO {name} (id, card) VALUES (1, 'top-secret')");
        after(&[(LIKE, &["!"], 'I')], &write, Goes::Refused);
    }
    after(
        &[("CREATE VIEW public.t AS SELECT id, card FROM public.orders", &["!"], 'I')],
        "INSERT INTO public.t (id, card) VALUES (1, 'top-secret')",
        Goes::Refused,
    );
    after(&[(LIKE, &["!"], 'I')], "COPY t (id, card) FROM STDIN WITH (NULL 'top-secret')", Goes::Refused);
}

#[test]
fn what_was_refused_is_not_written_to() {
    for (definition, made) in [
        ("CREATE TEMP TABLE t (LIKE public.orders, LIKE public.other)", PLAIN),
        ("CREATE TABLE t AS SELECT id, card FROM public.orders", "CREATE TABLE t (id int, card text)"),
        ("SELECT id, card INTO t FROM public.orders", "CREATE TABLE t (id int, card text)"),
        ("CREATE TABLE public.t (LIKE public.orders)", "CREATE TABLE public.t (id int, card text)"),
    ] {
        after(&[(definition, &["?"][..], 'I')], WRITE, Goes::Refused);
        after(&[(definition, &["?"][..], 'I'), ("SELECT 1", &["SELECT 1"], 'I')], WRITE, Goes::Refused);
        // Whoever makes another under the name knows what it is.
        after(&[(definition, &["?"][..], 'I'), (made, MADE, 'I')], WRITE, Goes::Clear);
    }
    // Under the name that a protected table was to have.
    let renamed = "ALTER TABLE public.orders RENAME TO t";
    after(&[(renamed, &["?"][..], 'I')], WRITE, Goes::Refused);
    after(
        &[(renamed, &["?"][..], 'I'), ("CREATE TABLE t (id int, card text)", MADE, 'I')],
        WRITE,
        Goes::Clear,
    );
    // A table that is there is what it was.
    let like = "CREATE TABLE public.orders (LIKE public.orders)";
    after(&[(like, &["?"][..], 'I')], "INSERT INTO orders (id, card) VALUES (1, 'top-secret')", Goes::Sealed);
}

/// What was refused may be made anew; what the server may have all the same is not shown a constant.
#[test]
fn only_a_schema_is_made_anew_by_a_text_that_cannot_be_read() {
    let refused: Turn<'_> = ("CREATE TABLE t AS SELECT id, card FROM public.orders", &["?"], 'I');
    let schema = "CREATE SCHEMA s CREATE TABLE t (card text DEFAULT 'top-secret')";
    after(&[refused], schema, Goes::Clear);
    after(&[refused], "CREATE INDEX ON t (id) WHERE card = 'top-secret' WITHER", Goes::Refused);
    after(&[(LIKE, &["!"], 'I')], schema, Goes::Refused);
}

/// A session of a pool may give every temporary table a name of its own, for weeks.
#[test]
fn so_many_names_are_remembered_and_of_more_the_oldest_is_forgotten() {
    let relation =
        |n: usize| Relation::new(QualifiedName::new("pg_temp", format!("t{n}")), RelationKind::Table);
    let mut names = Temporaries::default();
    for n in 0..1_001 {
        names.missed(&relation(n));
        assert!(names.is_gone(&format!("t{n}")));
    }
    assert!(!names.is_gone("t0") && names.is_gone("t1"));
}

#[test]
fn what_was_refused_inside_another_statement_is_not_written_to() {
    for definition in [
        "EXPLAIN ANALYZE CREATE TABLE t AS SELECT id, card FROM public.orders",
        "EXPLAIN (ANALYZE) SELECT id, card INTO t FROM public.orders",
        "CREATE SCHEMA public CREATE TABLE t AS SELECT id, card FROM public.orders",
        "CREATE FOREIGN TABLE t () INHERITS (public.orders) SERVER s",
        "DO $$ BEGIN CREATE TEMP TABLE t AS SELECT id, card FROM public.orders; END $$",
        "DO 'BEGIN EXECUTE ''CREATE TEMP TABLE x AS TABLE public.orders''; ALTER TABLE x RENAME TO t; END'",
    ] {
        after(&[(definition, &["?"][..], 'I')], WRITE, Goes::Refused);
    }
    let elsewhere = "INSERT INTO other.t (id, card) VALUES (1, 'top-secret')";
    for definition in [
        "CREATE SCHEMA other CREATE TABLE t AS SELECT id, card FROM public.orders",
        "CREATE TABLE t AS SELECT id, card FROM public.orders",
        "ALTER TABLE orders RENAME TO t",
    ] {
        after(&[(definition, &["?"][..], 'I')], elsewhere, Goes::Refused);
    }
    let here = "CREATE TABLE public.t AS SELECT id, card FROM public.orders";
    after(&[(here, &["?"][..], 'I')], elsewhere, Goes::Clear);
    // In the extended protocol nothing of a refused Parse goes up.
    let mut machine = Realm::new().session();
    machine.client(&[parse("", "CREATE TABLE t AS SELECT id, card FROM public.orders"), sync()].concat());
    machine.server(&[error("42703"), ready('I')].concat());
    machine.out = Default::default();
    let up = sent(&mut machine, WRITE);
    assert!(up.contains("pgveil refused") && !up.contains(SECRET), "{up}");
}

/// Names of what the tokens say it would have made.
#[test]
fn what_a_text_that_cannot_be_read_would_have_made_is_not_written_to() {
    for definition in [
        "CREATE TEMP TABLE t AS SELECT id, card FROM public.orders WITHER DATA",
        "SELECT 1; CREATE TEMPORARY VIEW IF NOT EXISTS pg_temp.\"t\" AS SELECT card FROM public.orders WITHER",
        "CREATE UNLOGGED TABLE IF NOT EXISTS T (LIKE public.orders) WITHER",
        "SELECT id, card INTO TEMP t FROM public.orders WITHER ALL",
        "SELECT id, card INTO TABLE public . t FROM public.orders WITHER ALL",
        "ALTER TABLE public.orders RENAME TO t WITHER",
    ] {
        after(&[(definition, &["?"][..], 'I')], WRITE, Goes::Refused);
        after(&[(definition, &["?"][..], 'I'), (PLAIN, MADE, 'I')], WRITE, Goes::Clear);
    }
    for other in [
        "INSERT INTO t SELECT id, card FROM public.orders WITHER",
        "MERGE INTO t USING public.orders o WITHER",
        "INSERT INTO public.orders (id, note) VALUES (1, 'moved into t') ON CONFLICT (id) DO NOTHING WITHER",
        "CREATE TEMP TABLE u AS SELECT id, card FROM public.orders WITHER DATA",
    ] {
        after(&[(other, &["?"][..], 'I')], WRITE, Goes::Clear);
    }
}

#[test]
fn a_denied_name_is_open_again_when_the_client_knows_what_it_means() {
    let denied: Turn<'_> = (LIKE, &["!"], 'I');
    after(&[denied, (LIKE, MADE, 'I')], WRITE, Goes::Sealed);
    after(
        &[denied, ("CREATE TEMP TABLE IF NOT EXISTS t (LIKE public.orders)", MADE, 'I')],
        WRITE,
        Goes::Sealed,
    );
    after(&[denied, (PLAIN, MADE, 'I')], WRITE, Goes::Clear);
    after(&[denied, ("DISCARD ALL", &["DISCARD ALL"], 'I')], WRITE, Goes::Clear);
    after(&[denied, ("DISCARD TEMP", &["DISCARD TEMP"], 'I')], WRITE, Goes::Clear);
    after(&[denied, ("DROP TABLE t", &["DROP TABLE"], 'I'), (PLAIN, MADE, 'I')], WRITE, Goes::Clear);
    // It may be the one that was asked for first.
    after(
        &[denied, ("CREATE TEMP TABLE IF NOT EXISTS t (id int, card text)", MADE, 'I')],
        WRITE,
        Goes::Refused,
    );
    // Others are nobody's business.
    after(&[denied], "INSERT INTO u (id, card) VALUES (1, 'top-secret')", Goes::Clear);
    after(&[denied], "INSERT INTO public.t (id, card) VALUES (1, 'top-secret')", Goes::Clear);
}

#[test]
fn what_is_gone_is_not_written_to() {
    let made: Turn<'_> = (LIKE, MADE, 'I');
    after(&[made], WRITE, Goes::Sealed);
    after(&[made, ("DROP TABLE t", &["DROP TABLE"], 'I')], WRITE, Goes::Refused);
    after(&[made, ("DROP TABLE t", &["!"], 'I')], WRITE, Goes::Sealed);
    let begin: Turn<'_> = ("BEGIN", &["BEGIN"], 'T');
    let inside: Turn<'_> = (LIKE, MADE, 'T');
    after(&[begin, inside, ("ROLLBACK", &["ROLLBACK"], 'I')], WRITE, Goes::Refused);
    after(
        &[begin, ("SAVEPOINT s", &["SAVEPOINT"], 'T'), inside, ("ROLLBACK TO s", &["ROLLBACK"], 'T')],
        WRITE,
        Goes::Refused,
    );
    after(&[begin, inside, ("COMMIT", &["COMMIT"], 'I')], WRITE, Goes::Sealed);
    // A table that is made in its place, for good.
    let dropped: Turn<'_> = ("DROP TABLE t", &["DROP TABLE"], 'I');
    after(&[made, dropped, ("CREATE TABLE t (id int, card text)", MADE, 'I')], WRITE, Goes::Clear);
}

#[test]
fn what_the_server_takes_back_by_its_own_word_is_not_written_to() {
    let begin: Turn<'_> = ("BEGIN", &["BEGIN"], 'T');
    let plain: Turn<'_> = (PLAIN, MADE, 'I');
    let drop: Turn<'_> = ("DROP TABLE t", &["DROP TABLE"], 'T');
    let like: Turn<'_> = (LIKE, MADE, 'T');
    // Drivers do not look at the tag of a COMMIT.
    after(&[plain, begin, drop, like, ("COMMIT", &["ROLLBACK"], 'I')], WRITE, Goes::Refused);
    after(&[plain, begin, drop, like, ("SELECT 1", &["SELECT 1"], 'I')], WRITE, Goes::Refused);
    after(
        &[
            plain,
            ("DROP TABLE t", &["DROP TABLE"], 'I'),
            ("SELECT 1", &["SELECT 1"], 'I'),
            (LIKE, &["!"], 'I'),
        ],
        WRITE,
        Goes::Refused,
    );
    // By the client's own word it is the plain one again.
    after(&[plain, begin, drop, like, ("ROLLBACK", &["ROLLBACK"], 'I')], WRITE, Goes::Clear);
}

#[test]
fn a_pipeline_in_which_the_definition_fails_leaves_a_name_that_is_not_written_to() {
    let definition = || [parse("", LIKE), bind("", "", &[]), execute(""), sync()].concat();
    let made = [parse_complete(), bind_complete(), complete("CREATE TABLE")].concat();
    for answers in [
        error("57014"),
        [parse_complete(), error("57014")].concat(),
        [parse_complete(), bind_complete(), error("57014")].concat(),
        // It is made, and the end of its own transaction fails.
        [made.clone(), error("40001")].concat(),
    ] {
        let mut machine = Realm::new().session();
        machine.client(&definition());
        machine.server(&[answers, ready('I')].concat());
        assert_eq!(machine.fault, None);
        machine.out = Default::default();
        machine
            .client(&[parse("", "INSERT INTO t (card) VALUES ($1)"), bind("", "", &[Some(SECRET)])].concat());
        machine.client(&[execute(""), sync(), query(WRITE)].concat());
        let up = machine.out.to_server.escape_ascii().to_string();
        assert!(!up.contains(SECRET), "{up}");
    }
}

#[test]
fn values_for_no_statement_are_not_sent() {
    for text in ["", " ;\n; "] {
        let mut machine = Realm::new().session();
        machine.client(&[parse("", text), bind("", "", &[Some(SECRET)]), execute(""), sync()].concat());
        let up = machine.out.to_server.escape_ascii().to_string();
        assert!(!up.contains(SECRET), "{up}");
    }
}
