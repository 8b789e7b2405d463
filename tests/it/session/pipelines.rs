//! Pipelines, errors in them, and refusals by substitution in every situation of the design. The
//! first six tests are public bugs of other proxies.

use pgveil::session::fault::Fault;
use pgveil::session::judge::SUBSTITUTE;

use super::conversation::Conversation;
use super::judges::{RefuseMarked, refused};
use super::messages::*;

fn marked() -> Conversation {
    Conversation::with(|| Box::new(RefuseMarked("MARK")))
}

/// What goes to the server in place of a refused message of the extended protocol.
fn substitute() -> Vec<u8> {
    parse("pgveil refused", SUBSTITUTE)
}

#[test]
fn replies_after_a_failed_prepare_are_not_dropped() {
    marked()
        .asks(&[parse("s", "bad"), describe_statement("s"), sync()])
        .hears(&[error("42601"), ready('I')])
        .asks(&[parse("s", "good"), describe_statement("s"), sync()])
        .hears(&[parse_complete(), params(&[]), no_data(), ready('I')])
        .asks(&[bind("", "s", &[]), execute(""), sync()])
        .hears(&[bind_complete(), complete("DO"), ready('I')])
        .holds();
}

#[test]
fn ready_for_query_never_comes_before_sync() {
    marked()
        .asks(&[parse("", "select 1"), bind("", "", &[]), execute(""), flush()])
        .hears(&[parse_complete(), bind_complete(), row(&[]), complete("SELECT 1")])
        .asks(&[parse("", "bad"), flush()])
        .hears(&[error("42601")])
        .client(&[parse("", "select 1"), flush(), query("select 1")])
        .to_server(&[])
        .asks(&[sync()])
        .hears(&[ready('I')])
        .holds();
    marked()
        .client(&[parse("", "MARK"), flush()])
        .to_server(&[parse("", SUBSTITUTE)])
        .server(&[error("42703")])
        .to_client(&[refused()])
        .asks(&[sync()])
        .hears(&[ready('I')])
        .holds();
    marked()
        .asks(&[parse("", "select 1"), bind("", "", &[]), execute("")])
        .server(&[parse_complete(), ready('I')])
        .ends(|f| matches!(f, Fault::NotOwed(b'Z')))
        .holds();
}

#[test]
fn an_error_inside_a_pipeline_takes_what_follows_up_to_its_sync() {
    marked()
        .asks(&[
            parse("a", "1"),
            bind("", "a", &[]),
            execute(""),
            parse("b", "2"),
            bind("", "b", &[]),
            execute(""),
            sync(),
            parse("c", "3"),
            bind("", "c", &[]),
            execute(""),
            sync(),
        ])
        .hears(&[parse_complete(), bind_complete(), error("22012"), ready('I')])
        .hears(&[parse_complete(), bind_complete(), complete("SELECT 1"), ready('I')])
        .holds();
}

#[test]
fn closing_an_unknown_statement_is_answered() {
    marked()
        .asks(&[close_statement("never"), close_portal("never"), sync()])
        .hears(&[close_complete(), close_complete(), ready('I')])
        .holds();
}

#[test]
fn the_unnamed_statement_may_be_used_again() {
    marked()
        .asks(&[parse("", "one"), sync()])
        .hears(&[parse_complete(), ready('I')])
        .asks(&[bind("", "", &[]), execute(""), sync()])
        .hears(&[bind_complete(), complete("ONE"), ready('I')])
        .asks(&[bind("", "", &[]), execute(""), parse("", "two"), bind("", "", &[]), execute(""), sync()])
        .hears(&[bind_complete(), complete("ONE"), parse_complete(), bind_complete(), complete("TWO")])
        .hears(&[ready('I')])
        .holds();
}

#[test]
fn a_refused_bind_in_a_pipeline_takes_what_follows_up_to_its_sync() {
    marked()
        .client(&[parse("a", "1"), bind("", "MARK", &[]), execute(""), close_statement("a"), sync()])
        .to_server(&[parse("a", "1"), substitute(), sync()])
        .server(&[parse_complete(), error("42703"), ready('I')])
        .to_client(&[parse_complete(), refused(), ready('I')])
        .asks(&[bind("", "a", &[]), execute(""), sync()])
        .hears(&[bind_complete(), complete("ONE"), ready('I')])
        .holds();
}

#[test]
fn a_refused_query_is_answered_by_the_server() {
    marked()
        .client(&[query("select MARK"), query("select 1")])
        .to_server(&[query(&format!("{SUBSTITUTE};")), query("select 1")])
        .server(&[error("42703"), ready('I'), rows(&[]), complete("SELECT 0"), ready('I')])
        .to_client(&[refused(), ready('I'), rows(&[]), complete("SELECT 0"), ready('I')])
        .holds();
}

#[test]
fn one_refused_statement_of_a_query_leaves_the_others_their_meaning() {
    marked()
        .client(&[query("begin; insert; select MARK; insert")])
        .to_server(&[query(&format!("begin; insert;{SUBSTITUTE}; insert;"))])
        .server(&[complete("BEGIN"), complete("INSERT 0 1"), error("42703"), ready('E')])
        .to_client(&[complete("BEGIN"), complete("INSERT 0 1"), refused(), ready('E')])
        .holds();
    // An undefined column in a statement before it is the client's own error.
    marked()
        .client(&[query("select nope; select MARK")])
        .to_server(&[query(&format!("select nope;{SUBSTITUTE};"))])
        .hears(&[error("42703"), ready('I')])
        .holds();
}

#[test]
fn in_an_aborted_transaction_the_server_has_its_own_answer() {
    marked()
        .client(&[query("select MARK"), parse("", "MARK"), sync(), bind("", "MARK", &[]), sync()])
        .to_server(&[query(&format!("{SUBSTITUTE};")), parse("", SUBSTITUTE), sync(), substitute(), sync()])
        .hears(&[error("25P02"), ready('E'), error("25P02"), ready('E'), error("25P02"), ready('E')])
        .holds();
}

#[test]
fn an_error_before_the_refused_message_discards_the_refusal() {
    marked()
        .client(&[parse("", "bad"), parse("", "MARK"), bind("", "", &[]), sync()])
        .to_server(&[parse("", "bad"), parse("", SUBSTITUTE), sync()])
        .hears(&[error("42601"), ready('I')])
        .holds();
}

#[test]
fn a_refused_statement_that_runs_ends_the_session() {
    for answer in [vec![parse_complete()], vec![no_data()], vec![row(&[])]] {
        marked()
            .client(&[parse("", "MARK"), sync()])
            .server(&answer)
            .ends(|f| matches!(f, Fault::RefusedButRun))
            .holds();
    }
    for answer in [vec![rows(&[])], vec![complete("SELECT 1")], vec![ready('I')], vec![copy_in()]] {
        marked().client(&[query("MARK")]).server(&answer).ends(|f| matches!(f, Fault::RefusedButRun)).holds();
    }
    // More statements than were judged.
    marked()
        .client(&[query("one; MARK")])
        .server(&[complete("ONE"), complete("TWO")])
        .ends(|f| matches!(f, Fault::RefusedButRun))
        .holds();
}

#[test]
fn suspended_portals_and_savepoints_survive_a_refusal() {
    marked()
        .asks(&[query("begin"), query("savepoint s")])
        .hears(&[complete("BEGIN"), ready('T'), complete("SAVEPOINT"), ready('T')])
        .asks(&[parse("", "select"), bind("p", "", &[]), execute_rows("p", 1), flush()])
        .hears(&[parse_complete(), bind_complete(), row(&[]), suspended()])
        .client(&[parse("x", "MARK"), describe_statement("x"), bind("", "x", &[]), execute(""), sync()])
        .to_server(&[substitute(), sync()])
        .server(&[error("42703"), ready('E')])
        .to_client(&[refused(), ready('E')])
        .asks(&[query("rollback to s"), execute("p"), sync()])
        .hears(&[complete("ROLLBACK"), ready('T'), row(&[]), complete("SELECT 1"), ready('T')])
        .holds();
}

#[test]
fn a_refused_function_call_is_answered_like_one() {
    marked()
        .client(&[function_call(666)])
        .to_server(&[query(SUBSTITUTE)])
        .server(&[error("42703"), ready('I')])
        .to_client(&[refused(), ready('I')])
        .holds();
}
