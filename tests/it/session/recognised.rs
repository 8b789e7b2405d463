//! What is known of a text is used where it may be, and only there: counted, since the answer is the same.

use std::sync::Arc;

use pgveil::session::epoch::Epoch;
use pgveil::session::judge::Judge;
use pgveil::session::plans::DEFAULT_SHAPES;
use pgveil::session::tally::Tally;

use super::epochs::{epoch, watch};
use super::remembered::{Quiet, tell};

const BARE: &str = "SELECT name FROM countries WHERE id = $1";
const EDITED: &str = "SELECT id FROM customers WHERE email = $1 OR notes = $1";

/// How many verdicts this text found known, and how many it had to find.
fn counts(judge: &mut dyn Judge, ask: impl FnOnce(&mut dyn Judge)) -> (u64, u64) {
    judge.count(&mut Tally::default());
    let mut tally = Tally::default();
    ask(judge);
    judge.count(&mut tally);
    (tally.known, tally.analysed)
}

fn parsed(judge: &mut dyn Judge, text: &str, declared: &[u32]) -> (u64, u64) {
    counts(judge, |judge| drop(judge.parse(text.as_bytes(), declared, &Quiet, &mut Vec::new())))
}

fn queried(judge: &mut dyn Judge, text: &str) -> (u64, u64) {
    counts(judge, |judge| drop(judge.query(text.as_bytes(), &Quiet, &mut Vec::new())))
}

/// Known by its text, and no longer by its shape.
fn by_its_text(text: &str) -> Arc<Epoch> {
    let epoch = epoch();
    let mut judge = watch(&epoch);
    assert_eq!(parsed(&mut *judge, text, &[]), (0, 1));
    assert!(epoch.texts.is_empty(), "the first time it is one of many");
    assert_eq!(parsed(&mut *judge, text, &[]), (1, 0));
    assert_eq!(epoch.texts.len(), 1);
    let found = epoch.texts.find(&key_of(text), |_| None).expect("what is known of it");
    for shape in 0..4 * DEFAULT_SHAPES {
        epoch.plans.keep(&shape.to_be_bytes(), Vec::new(), Arc::clone(&found));
    }
    epoch
}

/// Protocol, standard strings and UTF-8, the path of a session that has said nothing, no declared types.
fn key_of(text: &str) -> Vec<u8> {
    [b"P\x03apublic\0\0\0\0\0\0", text.as_bytes()].concat()
}

#[test]
fn a_text_of_parse_without_constants_is_known_byte_for_byte() {
    for text in [BARE, EDITED] {
        let epoch = by_its_text(text);
        let sent = |judge: &mut dyn Judge| {
            let mut sent = Vec::new();
            let verdict = format!("{:?}", judge.parse(text.as_bytes(), &[], &Quiet, &mut sent));
            (verdict, sent)
        };
        assert_eq!(parsed(&mut *watch(&epoch), text, &[]), (1, 0), "{text}");
        assert_eq!(sent(&mut *watch(&epoch)), sent(&mut *watch(&super::epochs::epoch())), "{text}");
        let other = text.replace("SELECT", "select");
        assert_eq!(parsed(&mut *watch(&epoch), &other, &[]), (0, 1), "another text");
        assert_eq!(queried(&mut *watch(&by_its_text(text)), text), (0, 1), "another protocol");
        assert_eq!(parsed(&mut *watch(&by_its_text(text)), text, &[25]), (0, 1), "other types");
    }
}

#[test]
fn only_a_short_text_without_constants_that_was_parsed_is_known_so() {
    let kept = |ask: &dyn Fn(&mut dyn Judge)| {
        let epoch = epoch();
        (0..3).for_each(|_| ask(&mut *watch(&epoch)));
        epoch.texts.len()
    };
    let parse = |text: &str| kept(&|judge| assert_ne!(parsed(judge, text, &[]), (0, 0)));
    assert_eq!(parse(BARE), 1);
    assert_eq!(parse("SELECT name FROM countries WHERE id = 1"), 0);
    assert_eq!(parse("SELECT name FROM countries WHERE id = $1 AND name = 'x'"), 0);
    assert_eq!(kept(&|judge| assert_ne!(queried(judge, BARE), (0, 0))), 0);
    let long = |len: usize| format!("{BARE}{}", " ".repeat(len - BARE.len()));
    assert_eq!((parse(&long(4096)), parse(&long(4097))), (1, 0));
}

/// What a name of this session may change is judged anew, by its text and by its shape.
#[test]
fn a_session_with_names_of_its_own_takes_nothing_from_others() {
    for before in [
        &["CREATE TEMP TABLE notes (LIKE customers)"][..],
        &["PREPARE p AS SELECT email FROM customers WHERE email = $1"],
        &["DECLARE c CURSOR WITH HOLD FOR SELECT email FROM customers"],
        &["CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS 'BEGIN EXECUTE $1; RETURN 1; END'"],
        &["SELECT set_config('search_path', 'archive', false)"],
    ] {
        for text in [BARE, EDITED] {
            let epoch = by_its_text(text);
            let mut own = watch(&epoch);
            before.iter().for_each(|text| tell(&mut *own, text));
            assert_eq!(parsed(&mut *own, text, &[]), (0, 1), "{before:?} {text}");
            assert_eq!(parsed(&mut *own, text, &[]), (0, 1), "and is nothing to others: {before:?} {text}");
            assert_eq!(parsed(&mut *watch(&epoch), text, &[]), (1, 0), "{before:?} {text}");
        }
    }
}

/// A table that was made with tags and dropped: its name may be anything's by now.
#[test]
fn a_session_that_has_dropped_a_tagged_name_reads_every_text() {
    let epoch = by_its_text(BARE);
    let mut own = watch(&epoch);
    tell(&mut *own, "CREATE TEMP TABLE copied AS SELECT email FROM customers");
    tell(&mut *own, "DROP TABLE copied");
    assert_eq!(parsed(&mut *own, BARE, &[]), (0, 1), "its text is not enough");
    assert_eq!(parsed(&mut *own, BARE, &[]), (1, 0), "its shape is: the name does not stand in it");
    let named = "SELECT id FROM copied";
    for _ in 0..3 {
        assert_eq!(parsed(&mut *own, named, &[]), (0, 1));
    }
}

/// Drivers send COPY in a Query and all else in Parse: what follows is known again from the second text on.
#[test]
fn a_copy_in_a_query_costs_the_next_text_only() {
    let epoch = epoch();
    let mut judge = watch(&epoch);
    parsed(&mut *judge, BARE, &[]);
    assert_eq!(parsed(&mut *judge, BARE, &[]), (1, 0));
    queried(&mut *judge, "COPY customers (email) FROM STDIN");
    assert_eq!(parsed(&mut *judge, BARE, &[]), (0, 1));
    assert_eq!(parsed(&mut *judge, BARE, &[]), (1, 0));
}
