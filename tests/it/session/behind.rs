//! What runs right behind a statement of the client's: the guards of a table that is made of a query.

use pgveil::session::fault::Fault;
use pgveil::sql::verdict::Plan;

use super::conversation::Conversation;
use super::messages::*;
use super::planner::Planner;

const MADE: &str = "create table t as select x";
const BOTH: &str = "create table t as select x; alter table t add check (x)";
const GUARDS: &str = "alter table t add check (x)";

fn of_query() -> Conversation {
    let plan = Plan { behind: Some(GUARDS.into()), ..Plan::default() };
    let planner = Planner::default().plan(MADE, Some(BOTH), plan);
    Conversation::with(move || Box::new(planner.clone()))
}

fn of_parse() -> Conversation {
    let plan = Plan { behind: Some(GUARDS.into()), ..Plan::default() };
    let planner = Planner::default().plan(MADE, None, plan);
    Conversation::with(move || Box::new(planner.clone()))
}

fn own() -> Vec<u8> {
    [
        close_statement("pgveil behind"),
        parse("pgveil behind", GUARDS),
        bind("", "pgveil behind", &[]),
        execute(""),
        close_portal(""),
        close_statement("pgveil behind"),
    ]
    .concat()
}

#[test]
fn its_answer_is_not_the_clients() {
    of_query()
        .client(&[query(MADE)])
        .to_server(&[query(BOTH)])
        .server(&[complete("SELECT 2"), notice(), complete("ALTER TABLE"), ready('I')])
        .to_client(&[complete("SELECT 2"), notice(), ready('I')])
        .holds();
    of_parse()
        .client(&[parse("", MADE), bind("", "", &[]), execute(""), sync()])
        .to_server(&[parse("", MADE), bind("", "", &[]), execute(""), own(), sync()])
        .server(&[parse_complete(), bind_complete(), complete("SELECT 2"), close_complete()])
        .server(&[parse_complete(), bind_complete(), complete("ALTER TABLE"), close_complete()])
        .server(&[close_complete(), ready('I')])
        .to_client(&[parse_complete(), bind_complete(), complete("SELECT 2"), ready('I')])
        .holds();
}

#[test]
fn its_error_is_the_clients() {
    of_query()
        .client(&[query(MADE)])
        .server(&[complete("SELECT 2"), error("23514"), ready('I')])
        .to_client(&[complete("SELECT 2"), error("23514"), ready('I')])
        .client(&[query("select 1")])
        .hears(&[complete("SELECT 1"), ready('I')])
        .holds();
    of_query()
        .client(&[query(MADE)])
        .server(&[error("42P07"), ready('I')])
        .to_client(&[error("42P07"), ready('I')])
        .holds();
    of_parse()
        .client(&[parse("", MADE), bind("", "", &[]), execute(""), sync()])
        .server(&[parse_complete(), bind_complete(), complete("SELECT 2"), close_complete()])
        .server(&[parse_complete(), bind_complete(), error("23514"), ready('I')])
        .to_client(&[parse_complete(), bind_complete(), complete("SELECT 2"), error("23514"), ready('I')])
        .holds();
}

/// A server that says it is ready before the guards are made has not made them.
#[test]
fn without_its_answer_the_session_ends() {
    for lie in [ready('I'), rows(&[("x", 0, 0, 25)]), row(&[Some("x")]), copy_in(), empty()] {
        of_query()
            .client(&[query(MADE)])
            .server(&[complete("SELECT 2"), lie])
            .ends(|fault| matches!(fault, Fault::NotOwed(_)))
            .holds();
    }
    for lie in [row(&[Some("x")]), copy_in(), copy_out(), empty(), suspended(), ready('I')] {
        of_parse()
            .client(&[parse("", MADE), bind("", "", &[]), execute(""), sync()])
            .server(&[parse_complete(), bind_complete(), complete("SELECT 2"), close_complete()])
            .server(&[parse_complete(), bind_complete(), lie])
            .ends(|fault| matches!(fault, Fault::NotOwed(_)))
            .holds();
    }
    of_parse()
        .client(&[parse("", MADE), bind("", "", &[]), execute(""), sync()])
        .server(&[parse_complete(), bind_complete(), complete("SELECT 2"), ready('I')])
        .ends(|fault| matches!(fault, Fault::NotOwed(_)))
        .holds();
}
