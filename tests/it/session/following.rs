//! What the session remembers and tells: names in flight, effects, epochs, what is to be settled
//! first.

use std::sync::Arc;

use pgveil::session::fault::Fault;
use pgveil::session::judge::{Effect, Judged};
use pgveil::sql::verdict::{Cleared, Plan};
use pgveil::wire::report::Report;

use super::conversation::{Conversation, Machine};
use super::messages::*;
use super::planner::{Planner, sealed};

fn one() -> Plan {
    Plan { params: vec![sealed(0, 1)], ..Plan::default() }
}

fn two() -> Plan {
    Plan { params: vec![sealed(0, 2)], ..Plan::default() }
}

fn planner() -> Planner {
    Planner::default().plan("one", None, one()).plan("two", None, two())
}

fn planned() -> Conversation {
    let planner = planner();
    Conversation::with(move || Box::new(planner.clone()))
}

fn sealed_bind(statement: &str, value: &str) -> Vec<u8> {
    bind_formats("", statement, &[0], &[Some(value)], &[])
}

/// The Bind without its values.
fn stripped_bind(statement: &str) -> Vec<u8> {
    bind("", statement, &[])
}

#[test]
fn the_same_parse_again_may_fail() {
    planned()
        .client(&[parse("s", "one"), sync(), parse("s", "one"), sync()])
        .server(&[parse_complete(), ready('I'), error("42P05"), ready('I')])
        .to_server(&[parse_typed("s", "one", &[25]), sync(), parse_typed("s", "one", &[25]), sync()])
        .client(&[bind("", "s", &[Some("x")]), sync()])
        .to_server(&[sealed_bind("s", "<1:x>"), sync()])
        .holds();
}

/// What the server says of a Parse must not turn a value that would be sealed into a plain one.
#[test]
fn values_meant_for_a_planned_statement_do_not_reach_an_older_one() {
    for (before, after) in [("clear", "one"), ("one", "two"), ("clear", "refused"), ("none", "one")] {
        let planner = planner().judged("refused", Judged::refuse(Report::error("0A000", "no")));
        let conversation = Conversation::with(move || Box::new(planner.clone()));
        let conversation = match before {
            "none" => conversation,
            _ => conversation.client(&[parse("s", before), sync()]).server(&[parse_complete(), ready('I')]),
        };
        // Whether the client waits or not.
        conversation
            .client(&[parse("s", after), sync(), bind("", "s", &[Some("secret")]), sync()])
            .server(&[error("42601"), ready('I')])
            .client(&[bind("", "s", &[Some("secret")]), sync()])
            .never_to_server("secret")
            .to_server_at_last(&[stripped_bind("s"), sync(), stripped_bind("s"), sync()])
            .client(&[close_statement("s"), parse("s", "one"), bind("", "s", &[Some("x")])])
            .to_server(&[close_statement("s"), parse_typed("s", "one", &[25]), sealed_bind("s", "<1:x>")])
            .holds();
    }
    planned()
        .client(&[parse("s", "one"), sync()])
        .server(&[parse_complete(), ready('I')])
        .to_server(&[parse_typed("s", "one", &[25]), sync()])
        .client(&[parse("s", "clear"), sync(), bind("", "s", &[Some("x")]), sync()])
        .server(&[error("42P05"), ready('I')])
        .to_server(&[parse("s", "clear"), sync(), sealed_bind("s", "<1:x>"), sync()])
        .holds();
}

#[test]
fn a_name_that_nobody_made_sees_no_value() {
    planned()
        .client(&[bind("", "never", &[Some("secret")]), sync()])
        .to_server(&[stripped_bind("never"), sync()])
        .hears(&[error("26000"), ready('I')])
        .holds();
}

#[test]
fn a_name_that_is_not_certain_holds_the_client() {
    for (answer, bound) in
        [(parse_complete(), sealed_bind("s", "<2:x>")), (error("42P05"), stripped_bind("s"))]
    {
        planned()
            .client(&[parse("s", "one"), sync()])
            .server(&[parse_complete(), ready('I')])
            .to_server(&[parse_typed("s", "one", &[25]), sync()])
            .client(&[parse("s", "two"), sync(), bind("", "s", &[Some("x")]), sync()])
            .to_server(&[parse_typed("s", "two", &[25]), sync()])
            .server(&[answer, ready('I')])
            .to_server(&[bound, sync()])
            .holds();
    }
    // In the same pipeline it is certain: it succeeds, or the Bind is discarded with it.
    planned()
        .client(&[parse("", "one"), bind("", "", &[Some("x")]), parse("", "two"), bind("", "", &[Some("x")])])
        .to_server(&[
            parse_typed("", "one", &[25]),
            sealed_bind("", "<1:x>"),
            parse_typed("", "two", &[25]),
            sealed_bind("", "<2:x>"),
        ])
        .holds();
}

#[test]
fn what_the_server_discarded_is_forgotten_and_what_followed_stands() {
    planned()
        .client(&[parse("s", "one"), parse("u", "one"), sync()])
        .server(&[parse_complete(), parse_complete(), ready('I')])
        .to_server(&[parse_typed("s", "one", &[25]), parse_typed("u", "one", &[25]), sync()])
        .client(&[parse("", "bad"), close_statement("s"), parse("s", "two"), close_statement("u"), sync()])
        .client(&[close_statement("s"), parse("s", "two"), sync()])
        .to_server(&[
            parse("", "bad"),
            close_statement("s"),
            parse_typed("s", "two", &[25]),
            close_statement("u"),
            sync(),
            close_statement("s"),
            parse_typed("s", "two", &[25]),
            sync(),
        ])
        .server(&[error("42601"), ready('I'), close_complete(), error("53200"), ready('I')])
        .client(&[bind("", "s", &[Some("x")]), bind("", "u", &[Some("x")])])
        .to_server(&[stripped_bind("s"), sealed_bind("u", "<1:x>")])
        .holds();
}

#[test]
fn what_settles_holds_what_follows() {
    let settles =
        Judged { settles: true, effect: Some(Effect(1)), ..Judged::clear(Cleared::nothing_is_tagged()) };
    let planner = planner().judged("set x", settles);
    let set = || [parse("", "set x"), bind("", "", &[]), execute("")].concat();
    for answer in [complete("SET"), error("42704")] {
        let skips = answer == error("42704");
        let planner = planner.clone();
        let c = Conversation::with(move || Box::new(planner.clone()))
            .client(&[set(), parse("s", "one"), sync()])
            .to_server(&[set(), flush()])
            .server(&[parse_complete(), bind_complete(), answer.clone()]);
        if skips { c.to_server(&[sync()]) } else { c.to_server(&[parse_typed("s", "one", &[25]), sync()]) }
            .holds();
        let planner = planner_again();
        Conversation::with(move || Box::new(planner.clone()))
            .client(&[query("set x"), query("one")])
            .to_server(&[query("set x")])
            .server(&[answer, ready('I')])
            .to_server(&[query("one")])
            .holds();
    }
}

/// An error behind what is settled takes it back, up to the Sync or the Query that ends the transaction.
#[test]
fn what_is_settled_hangs_on_the_end_of_its_pipeline() {
    let settles =
        Judged { settles: true, effect: Some(Effect(1)), ..Judged::clear(Cleared::nothing_is_tagged()) };
    let planner = planner().judged("set x", settles);
    let set = || [parse("", "set x"), bind("", "", &[]), execute("")].concat();
    let one = parse_typed("s", "one", &[25]);
    for (end, done) in [(sync(), ready('I')), (query("else"), [complete("SELECT 0"), ready('I')].concat())] {
        let planner = planner.clone();
        Conversation::with(move || Box::new(planner.clone()))
            .client(&[set(), flush()])
            .to_server(&[set(), flush()])
            .server(&[parse_complete(), bind_complete(), complete("SET")])
            .client(&[end.clone(), parse("s", "one")])
            .to_server(&[end])
            .server(&[done])
            .to_server(&[one.clone()])
            .holds();
    }
}

fn planner_again() -> Planner {
    let settles = Judged { settles: true, ..Judged::clear(Cleared::nothing_is_tagged()) };
    planner().judged("set x", settles)
}

#[test]
fn the_judge_hears_effects_in_order() {
    let judged = Judged { effect: Some(Effect(7)), ..Judged::clear(Cleared::nothing_is_tagged()) };
    let planner = planner().judged("set x", judged);
    let heard = Arc::clone(&planner.heard);
    let mut machine = Machine::started(Box::new(planner));
    machine.client(&[query("set x"), parse("", "set x"), bind("", "", &[]), execute(""), sync()].concat());
    machine.server(&[parameter("x", "1"), complete("SET"), ready('I'), parse_complete()].concat());
    machine.server(&[bind_complete(), error("22023"), ready('I')].concat());
    assert_eq!(
        *heard.lock().expect("notes"),
        [
            "ready Idle",
            "parse [] settled=false",
            "parameter x 1",
            "completed 7 SET",
            "ready Idle",
            "failed 22023",
            "ready Idle"
        ]
    );
    machine.server(&parameter("evil", "1"));
    assert!(matches!(&machine.fault, Some(Fault::Judge(report)) if report.sqlstate == "0A000"));
}

#[test]
fn deallocate_forgets_what_was_answered_and_not_what_is_in_flight() {
    let judged = Judged { effect: Some(Effect(99)), ..Judged::clear(Cleared::nothing_is_tagged()) };
    let planner = planner().judged("deallocate all", judged);
    Conversation::with(move || Box::new(planner.clone()))
        .client(&[parse("a", "one"), sync()])
        .server(&[parse_complete(), ready('I')])
        .to_server(&[parse_typed("a", "one", &[25]), sync()])
        .client(&[query("deallocate all"), parse("b", "one"), sync()])
        .server(&[complete("DEALLOCATE"), ready('I'), parse_complete(), ready('I')])
        .to_server(&[query("deallocate all"), parse_typed("b", "one", &[25]), sync()])
        .client(&[bind("", "a", &[Some("x")]), bind("", "b", &[Some("x")])])
        .to_server(&[stripped_bind("a"), sealed_bind("b", "<1:x>")])
        .holds();
}

#[test]
fn a_statement_of_an_older_epoch_is_prepared_again_under_a_name_of_ours() {
    let planner = planner();
    let epoch = Arc::clone(&planner.epoch);
    let mut machine = Machine::started(Box::new(planner));
    machine.client(&[parse("s", "one"), parse("clear", "clear"), parse("", "two"), sync()].concat());
    machine.server(&[parse_complete(), parse_complete(), parse_complete(), ready('I')].concat());
    machine.out = Default::default();
    *epoch.lock().expect("the epoch") = 5;
    let bound = |server: &str| bind_formats("", server, &[0], &[Some("<1:x>")], &[]);
    machine.client(&[bind("", "s", &[Some("x")]), execute(""), sync()].concat());
    let expected =
        [parse_typed("pgveil 0", "one", &[25]), close_statement("s"), bound("pgveil 0"), execute(""), sync()];
    assert_eq!(shown(&machine.out.to_server), shown(&expected.concat()));
    machine
        .server(&[parse_complete(), close_complete(), bind_complete(), complete("X"), ready('I')].concat());
    assert_eq!(machine.out.to_client, [bind_complete(), complete("X"), ready('I')].concat());
    machine.out = Default::default();
    // Again under the same epoch, described, closed; the clear one and the unnamed one.
    machine.client(
        &[bind("", "s", &[Some("x")]), describe_statement("s"), close_statement("s"), sync()].concat(),
    );
    machine.client(&[bind("", "clear", &[]), bind("", "", &[Some("x")]), sync()].concat());
    let expected = [
        bound("pgveil 0"),
        describe_statement("pgveil 0"),
        close_statement("pgveil 0"),
        sync(),
        bind("", "clear", &[]),
        parse_typed("", "two", &[25]),
        bind_formats("", "", &[0], &[Some("<2:x>")], &[]),
        sync(),
    ];
    assert_eq!(shown(&machine.out.to_server), shown(&expected.concat()));
    assert_eq!(machine.fault, None);
}

#[test]
fn portals_end_with_their_transaction() {
    planned()
        .client(&[parse("s", "one"), bind("p", "s", &[Some("x")]), sync()])
        .server(&[parse_complete(), bind_complete(), ready('T')])
        .client(&[execute("p"), sync()])
        .server(&[complete("ONE"), ready('I')])
        .client(&[execute("p"), sync()])
        .server(&[error("34000"), ready('I')])
        .to_client(&[
            parse_complete(),
            bind_complete(),
            ready('T'),
            complete("ONE"),
            ready('I'),
            error("34000"),
            ready('I'),
        ])
        .holds();
}
