//! COPY in, out and both ways, pipelined and failing.

use pgveil::session::fault::Fault;
use pgveil::session::judge::{ForwardAll, SUBSTITUTE};

use super::conversation::Conversation;
use super::judges::{RefuseMarked, refused};
use super::messages::*;

const COPY: &str = "copy t from stdin";

#[track_caller]
fn both(build: fn(Conversation) -> Conversation) {
    build(Conversation::with(|| Box::new(ForwardAll))).holds();
    build(Conversation::with(|| Box::new(RefuseMarked("MARK")))).holds();
}

fn marked() -> Conversation {
    Conversation::with(|| Box::new(RefuseMarked("MARK")))
}

#[test]
fn data_travels_while_a_copy_is_open() {
    both(|c| {
        c.asks(&[query(COPY)])
            .hears(&[copy_in()])
            .asks(&[copy_data("1\n"), copy_data("2\n"), copy_done()])
            .hears(&[complete("COPY 2"), ready('I')])
            .asks(&[query(COPY)])
            .hears(&[copy_in()])
            .asks(&[copy_data("1\n"), copy_fail("no")])
            .hears(&[error("57014"), ready('I')])
            .asks(&[query("select 1")])
            .hears(&[rows(&[]), complete("SELECT 0"), ready('I')])
    });
}

#[test]
fn data_before_the_answer_is_held_and_after_an_error_dropped() {
    both(|c| {
        c.client(&[query(COPY), copy_data("1\n"), copy_done(), query("select 1")])
            .to_server(&[query(COPY)])
            .hears(&[copy_in()])
            .to_server(&[copy_data("1\n"), copy_done(), query("select 1")])
            .hears(&[complete("COPY 1"), ready('I'), rows(&[]), complete("SELECT 0"), ready('I')])
            .client(&[query(COPY), copy_data("1\n"), copy_done(), query("select 1")])
            .to_server(&[query(COPY)])
            .hears(&[error("42P01"), ready('I')])
            .to_server(&[query("select 1")])
            .hears(&[rows(&[]), complete("SELECT 0"), ready('I')])
    });
}

#[test]
fn data_where_no_copy_can_come_is_dropped_as_the_server_drops_it() {
    marked()
        .client(&[copy_data("1\n"), copy_done(), query("select 1"), copy_data("2\n"), copy_fail("x")])
        .to_server(&[query("select 1")])
        .hears(&[rows(&[]), complete("SELECT 0"), ready('I')])
        .holds();
}

#[test]
fn a_held_client_makes_the_server_answer() {
    marked()
        .client(&[parse("", COPY), bind("", "", &[]), execute(""), copy_data("1\n"), copy_done(), sync()])
        .to_server(&[parse("", COPY), bind("", "", &[]), execute(""), flush()])
        .hears(&[parse_complete(), bind_complete(), copy_in()])
        .to_server(&[copy_data("1\n"), copy_done(), sync()])
        .hears(&[complete("COPY 1"), ready('I')])
        .holds();
}

#[test]
fn sync_and_flush_during_copy_in_are_swallowed() {
    both(|c| {
        c.asks(&[parse("", COPY), bind("", "", &[]), execute(""), sync()])
            .hears(&[parse_complete(), bind_complete(), copy_in()])
            .client(&[copy_data("1\n"), sync(), flush(), copy_done(), sync()])
            .to_server(&[copy_data("1\n"), copy_done(), sync()])
            .hears(&[complete("COPY 1"), ready('I')])
            .asks(&[query("select 1")])
            .hears(&[rows(&[]), complete("SELECT 0"), ready('I')])
    });
}

#[test]
fn a_copy_that_fails_before_it_reads_the_sync_leaves_it_its_answer() {
    both(|c| {
        c.asks(&[parse("", COPY), bind("", "", &[]), execute(""), sync()])
            .hears(&[parse_complete(), bind_complete(), copy_in(), error("57014"), ready('I')])
            .client(&[copy_data("1\n"), copy_done()])
            .to_server(&[])
            .asks(&[query("select 1")])
            .hears(&[rows(&[]), complete("SELECT 0"), ready('I')])
    });
    both(|c| {
        c.asks(&[parse("", COPY), bind("", "", &[]), execute(""), sync()])
            .hears(&[parse_complete(), bind_complete(), copy_in()])
            .client(&[copy_data("bad\n")])
            .to_server(&[copy_data("bad\n")])
            .hears(&[error("22P02")])
            .client(&[copy_data("1\n"), copy_done(), sync()])
            .to_server(&[sync()])
            .hears(&[ready('I')])
    });
}

#[test]
fn other_messages_during_copy_in_end_the_session() {
    for message in [query("x"), parse("", "x"), execute(""), describe_statement(""), function_call(1)] {
        marked()
            .asks(&[query(COPY)])
            .hears(&[copy_in()])
            .client(&[message])
            .ends(|f| matches!(f, Fault::ClientOutOfPlace(_)))
            .holds();
    }
}

#[test]
fn a_server_that_asks_for_data_nobody_offered_gets_none() {
    for ask in [copy_in(), copy_both()] {
        marked()
            .client(&[query("select 1"), query(COPY), copy_data("secret\n")])
            .to_server(&[query("select 1"), query(COPY)])
            .server(&[ask.clone()])
            .ends(|f| matches!(f, Fault::NotOwed(b'G' | b'W')))
            .to_server(&[terminate()])
            .holds();
        marked()
            .client(&[parse("", "select 1"), bind("", "", &[]), execute(""), sync(), copy_data("secret\n")])
            .to_server(&[parse("", "select 1"), bind("", "", &[]), execute(""), sync()])
            .server(&[parse_complete(), bind_complete(), ask])
            .ends(|f| matches!(f, Fault::NotOwed(b'G' | b'W')))
            .to_server(&[terminate()])
            .holds();
    }
}

#[test]
fn a_refused_copy_drops_its_data() {
    marked()
        .client(&[query("copy MARK from stdin"), copy_data("secret\n"), copy_done(), query("select 1")])
        .to_server(&[query(&format!("{SUBSTITUTE};")), query("select 1")])
        .server(&[error("42703"), ready('I')])
        .to_client(&[refused(), ready('I')])
        .holds();
    marked()
        .client(&[parse("", "copy MARK from stdin"), bind("", "", &[]), execute("")])
        .client(&[copy_data("secret\n"), copy_done(), sync()])
        .to_server(&[parse("", SUBSTITUTE), sync()])
        .server(&[error("42703"), ready('I')])
        .to_client(&[refused(), ready('I')])
        .holds();
}

#[test]
fn two_copies_in_one_query() {
    both(|c| {
        c.client(&[query("copy t from stdin; copy t from stdin"), copy_data("1\n"), copy_done()])
            .to_server(&[query("copy t from stdin; copy t from stdin")])
            .client(&[copy_data("2\n"), copy_done()])
            .hears(&[copy_in()])
            .to_server(&[copy_data("1\n"), copy_done()])
            .hears(&[complete("COPY 1"), copy_in()])
            .to_server(&[copy_data("2\n"), copy_done()])
            .hears(&[complete("COPY 1"), ready('I')])
    });
}

#[test]
fn copy_out_and_its_errors() {
    both(|c| {
        c.asks(&[query("copy t to stdout")])
            .hears(&[copy_out(), copy_data("1\n"), notice(), copy_data("2\n"), copy_done()])
            .hears(&[complete("COPY 2"), ready('I')])
            .asks(&[query("copy t to stdout")])
            .hears(&[copy_out(), copy_data("1\n"), error("22012"), ready('I')])
            .asks(&[parse("", "copy t to stdout"), bind("", "", &[]), execute(""), sync()])
            .hears(&[parse_complete(), bind_complete(), copy_out(), copy_data("1\n"), copy_done()])
            .hears(&[complete("COPY 1"), ready('I')])
    });
}

#[test]
fn replication_streams_both_ways() {
    both(|c| {
        c.asks(&[query("START_REPLICATION 0/0")])
            .hears(&[copy_both(), copy_data("wal"), copy_data("wal")])
            .asks(&[copy_data("status"), copy_data("status")])
            .hears(&[copy_data("wal")])
            .asks(&[copy_done()])
            .hears(&[copy_data("wal"), copy_done(), complete("COPY 0"), ready('I')])
            .asks(&[query("IDENTIFY_SYSTEM")])
            .hears(&[rows(&[]), row(&[]), complete("IDENTIFY_SYSTEM"), ready('I')])
    });
}
