//! What a session remembers of names, and the quick looks that say whether a text could change them.

use pgveil::catalog::model::{Column, Relation};
use pgveil::names::QualifiedName;
use pgveil::sql::gate::may_change_names;
use pgveil::sql::known::SessionNames;
use pgveil::sql::lexer::{Tokens, lex};
use pgveil::sql::settings::possible;
use pgveil::sql::temporary::Temporaries;

use super::cases::known;
use super::schema::{Database, database};

fn schema() -> Database {
    database(150_000)
}

/// A tagged table's twin under another name.
fn tagged(schema: &str, name: &str) -> Relation {
    let customers = QualifiedName::new("public", "customers");
    let relation = self::schema().catalog.relation(&customers).expect("customers").clone();
    Relation { name: QualifiedName::new(schema, name), open: true, ..relation }
}

/// The same columns without tags.
fn plain(name: &str) -> Relation {
    let relation = tagged("pg_temp", name);
    let columns = relation.columns.iter().map(|column| Column { tag: None, ..column.clone() }).collect();
    Relation { columns, ..relation }
}

#[test]
fn what_a_definition_came_to_is_open_until_the_client_knows() {
    let mut names = Temporaries::default();
    let before = names.revision();
    names.attempted(&tagged("pg_temp", "t"));
    assert!(names.is_unsettled("t") && !names.is_denied("t") && !names.is_unsettled("u"));
    assert!(names.contains("t") && names.get("t").is_some_and(|there| !there.open));
    assert_ne!(names.revision(), before);
    names.settled("t");
    assert!(!names.is_unsettled("t") && names.is_gone("t") && !names.is_denied("t"));

    names.attempted(&tagged("public", "lasting"));
    assert!(names.is_denied("lasting") && !names.is_unsettled("lasting"), "one that outlives the session");
    names.settled("lasting");
    assert!(!names.is_denied("lasting"));
    names.attempted(&plain("p"));
    assert!(!names.is_unsettled("p") && !names.is_gone("p"), "values of it are the client's own");
}

#[test]
fn of_a_definition_that_is_denied_the_name_stays_closed_until_another_relation_has_it() {
    let mut names = Temporaries::default();
    names.missed(&tagged("public", "missed"));
    assert!(names.is_gone("missed") && !names.is_denied("missed"));
    let revision = names.revision();
    names.missed(&tagged("public", "missed"));
    assert_eq!(names.revision(), revision, "nothing new");
    names.taken("missed");
    assert!(!names.is_gone("missed"));

    names.attempted(&tagged("public", "denied"));
    names.taken("denied");
    assert!(names.is_denied("denied"), "it is open which of the two is there");
    names.made(&tagged("pg_temp", "there"));
    names.taken("there");
    assert!(names.contains("there"));
    names.missed(&tagged("pg_temp", "there"));
    assert!(names.contains("there") && !names.is_gone("there"));
}

#[test]
fn a_drop_that_may_have_met_another_leaves_the_name_closed() {
    let mut names = Temporaries::default();
    names.made(&tagged("pg_temp", "t"));
    names.dropped("t", false);
    assert!(names.get("t").is_some_and(|there| !there.open));
    names.dropped("t", true);
    assert!(!names.contains("t") && names.is_gone("t"));
    names.attempted(&tagged("pg_temp", "u"));
    names.dropped("u", false);
    assert!(names.is_unsettled("u"));
    names.dropped("u", true);
    assert!(!names.is_unsettled("u"));
    names.made(&plain("p"));
    names.dropped("p", false);
    assert!(!names.contains("p") && !names.is_gone("p"));
}

#[test]
fn what_is_discarded_stands_for_nothing_and_a_new_connection_knows_nothing_of_it() {
    let mut names = Temporaries::default();
    names.made(&tagged("pg_temp", "t"));
    names.attempted(&tagged("pg_temp", "open"));
    let revision = names.revision();
    names.discarded();
    assert!(names.is_gone("t") && names.has_gone() && !names.is_unsettled("open") && !names.is_gone("open"));
    assert_ne!(names.revision(), revision);
    names.made(&tagged("pg_temp", "u"));
    names.clear();
    assert!(!names.is_gone("t") && !names.is_gone("u") && !names.contains("u"));
}

#[test]
fn closing_reaches_what_a_transaction_may_bring_back() {
    let mut names = Temporaries::default();
    names.made(&tagged("pg_temp", "t"));
    names.keep();
    names.dropped("t", true);
    names.close();
    names.take_back(0);
    assert!(names.get("t").is_some_and(|there| !there.open));
}

#[test]
fn the_revision_tells_of_tagged_ones_alone() {
    let mut names = Temporaries::default();
    let first = names.revision();
    names.made(&plain("p"));
    names.dropped("p", true);
    assert_eq!(names.revision(), first);
    names.made(&tagged("pg_temp", "t"));
    let made = names.revision();
    names.made(&plain("t"));
    assert!(made != first && names.revision() != made, "in place of a tagged one");
}

#[test]
fn what_a_rollback_may_bring_back_is_closed() {
    let mut names = Temporaries::default();
    names.made(&tagged("pg_temp", "t"));
    names.made(&plain("p"));
    names.made(&tagged("pg_temp", "stays"));
    names.keep();
    names.dropped("t", true);
    names.dropped("p", true);
    names.made(&tagged("pg_temp", "stays"));
    names.doubt();
    assert!(names.get("t").is_some_and(|there| !there.open));
    assert!(!names.contains("p"), "it holds nothing sealed");
    assert!(names.get("stays").is_some_and(|there| there.open), "it is the same before and after");
}

#[test]
fn many_names_are_remembered_and_those_that_stand_for_something_longest() {
    let mut names = Temporaries::default();
    names.made(&tagged("pg_temp", "kept"));
    names.attempted(&tagged("pg_temp", "open"));
    (0..1_000).for_each(|n| names.missed(&tagged("public", &format!("t{n}"))));
    assert!(names.contains("kept") && names.is_unsettled("open"));
    names.dropped("kept", true);
    assert!(names.is_gone("kept") && !names.is_gone("t0") && !names.is_gone("t1") && names.is_gone("t2"));
}

#[test]
fn a_name_is_lost_where_nothing_stands_for_it() {
    let Database { catalog, policy } = schema();
    let database = Database { catalog, policy };
    let mut names = SessionNames::default();
    let lost = |names: &SessionNames, name: &str| known(&database, names, &[]).has_lost(None, name);
    assert!(!lost(&names, "nothing") && !lost(&names, "customers"));
    names.temporary.attempted(&tagged("pg_temp", "nothing"));
    assert!(lost(&names, "nothing"), "it is open");
    names.temporary.settled("nothing");
    assert!(lost(&names, "nothing"), "it is gone");
    names.temporary.missed(&tagged("public", "customers"));
    assert!(!lost(&names, "customers"), "the pinned one is there");
    names.temporary.missed(&tagged("public", "notes"));
    assert!(!lost(&names, "notes"), "another one is there");
    names.temporary.attempted(&tagged("public", "notes"));
    assert!(lost(&names, "notes"), "which may be the one that was to be made");
}

fn tokens(text: &str) -> Tokens {
    let mut tokens = Tokens::default();
    lex(text.as_bytes(), true, &mut tokens).expect(text);
    tokens
}

#[test]
fn a_text_that_could_change_a_setting_is_told_by_its_words() {
    for text in [
        "SET x = 1",
        "select 1; RESET x",
        "/* c */ begin",
        "; ; commit",
        "discard all",
        "select set_config('a', 'b', false)",
        "select \"set_config\"('a', 'b', false)",
        "update pg_settings set setting = 'x'",
        "select 1 ; /* c */ rollback to s",
        "release s",
        "start transaction",
    ] {
        assert!(possible(text.as_bytes(), &tokens(text)), "{text}");
    }
    for text in [
        "",
        ";",
        "select 1",
        "update t set a = 1",
        "select 'set_config'",
        "insert into t values (1); select 2",
        "select a from t for update; delete from t",
        "(select 1)",
        "with a as (select 1) update t set a = 1",
        "select 'pg_settings'",
        "alter table t set schema s",
    ] {
        assert!(!possible(text.as_bytes(), &tokens(text)), "{text}");
    }
}

#[test]
fn a_text_that_could_change_a_name_is_told_by_its_words() {
    for text in [
        "create temp table t (a int)",
        "drop table t",
        "prepare p as select 1",
        "deallocate p",
        "declare c cursor for select 1",
        "close c",
        "discard all",
        "select 1; drop view v",
    ] {
        assert!(may_change_names(&tokens(text)), "{text}");
    }
    for text in ["", "select 1", "insert into t values (1)", "update t set a = 1", "set x = 1"] {
        assert!(!may_change_names(&tokens(text)), "{text}");
    }
}
