//! A session with a policy: what is remembered of one text, and what it is good for.

use super::conversation::Machine;
use super::epochs::{epoch, watch};
use super::messages::{
    bind, bind_complete, complete, copy_both, copy_done, copy_in_of, error, execute, flush, parse,
    parse_complete, query, ready, shown, sync,
};

const LOOK_UP: &str = "SELECT id FROM customers WHERE email = 'ana@example.ro'";
const SECRET: &[u8] = b"ana@example.ro";

fn shows(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

/// Sends a Query and takes what goes to the server.
fn sent(machine: &mut Machine, text: &str) -> Vec<u8> {
    machine.client(&query(text));
    assert_eq!(machine.fault, None);
    std::mem::take(&mut machine.out.to_server)
}

fn answer(machine: &mut Machine, tag: &str) {
    machine.server(&[complete(tag), ready('I')].concat());
    assert_eq!(machine.fault, None);
}

#[test]
fn a_text_that_no_lexer_reads_leaves_no_verdict_behind() {
    let mut machine = Machine::started(watch(&epoch()));
    let first = sent(&mut machine, LOOK_UP);
    assert!(shows(&first, b"pgV1:") && !shows(&first, SECRET));
    answer(&mut machine, "SELECT 0");
    assert!(shows(&sent(&mut machine, "SELECT 'unterminated"), b"SELECT 'unterminated"));
    machine.server(&[super::messages::error("42601"), ready('I')].concat());
    let again = sent(&mut machine, LOOK_UP);
    assert!(shows(&again, b"pgV1:") && !shows(&again, SECRET), "{}", again.escape_ascii());
}

#[test]
fn a_text_that_no_lexer_reads_and_that_names_a_protected_table_is_not_sent() {
    let mut machine = Machine::started(watch(&epoch()));
    let text = "SELECT id FROM customers WHERE email = 'ana@example.ro";
    assert!(!shows(&sent(&mut machine, text), SECRET));
}

/// A place in the log is no number of SQL.
#[test]
fn replication_begins_where_the_log_has_letters() {
    let mut machine = Machine::started(watch(&epoch()));
    let text = "START_REPLICATION SLOT s LOGICAL 0/1A2B3C (proto_version '1', publication_names 'p')";
    assert!(shows(&sent(&mut machine, text), text.as_bytes()));
    machine.server(&copy_both());
    assert_eq!(machine.fault, None);
    // Nothing else that cannot be read asks for data.
    let mut machine = Machine::started(watch(&epoch()));
    sent(&mut machine, "SELECT 0/1A2B3C");
    machine.server(&copy_both());
    assert!(machine.fault.is_some());
}

#[test]
fn a_remembered_verdict_serves_other_sessions_and_other_constants() {
    let epoch = epoch();
    for name in ["ana@example.ro", "bob@example.com", "ana@example.ro"] {
        let mut machine = Machine::started(watch(&epoch));
        let text = format!("SELECT id FROM customers WHERE email = '{name}'");
        let sent = sent(&mut machine, &text);
        assert!(shows(&sent, b"pgV1:") && !shows(&sent, name.as_bytes()));
    }
    assert_eq!(epoch.plans.len(), 1);
}

#[test]
fn what_follows_the_begin_of_a_transaction_does_not_wait_for_its_answer() {
    let mut machine = Machine::started(watch(&epoch()));
    let begin = [parse("", "BEGIN"), bind("", "", &[]), execute("")].concat();
    let select = [parse("", "SELECT id FROM customers WHERE email = $1"), bind("", "", &[Some("ana")])];
    let select = [select.concat(), execute(""), sync()].concat();
    machine.client(&[begin.clone(), select].concat());
    let sent = std::mem::take(&mut machine.out.to_server);
    assert!(sent.starts_with(&begin) && sent.ends_with(&sync()) && shows(&sent, b"pgV1:"));
    machine.server(&[parse_complete(), bind_complete(), complete("BEGIN")].concat());
    assert_eq!(machine.fault, None);
}

#[test]
fn what_follows_a_change_of_settings_waits_for_its_answer() {
    let mut machine = Machine::started(watch(&epoch()));
    for text in ["SET search_path TO public", "COMMIT", "ROLLBACK TO SAVEPOINT s"] {
        let first = sent(&mut machine, text);
        assert!(shows(&first, text.as_bytes()));
        assert_eq!(sent(&mut machine, LOOK_UP), b"", "after {text}");
        answer(&mut machine, "SET");
        assert!(shows(&std::mem::take(&mut machine.out.to_server), b"pgV1:"), "after {text}");
        answer(&mut machine, "SELECT 0");
    }
}

#[test]
fn a_remembered_verdict_does_not_serve_a_text_with_two_readings() {
    let mut machine = Machine::started(watch(&epoch()));
    let plain = "SELECT id FROM customers WHERE 2 <> /* */ 3 AND email = 'ana@example.ro'";
    assert!(shows(&sent(&mut machine, plain), b"pgV1:"));
    answer(&mut machine, "SELECT 0");
    // The same tokens; the second reader takes the operator for the beginning of another.
    let other = "SELECT id FROM customers WHERE 2<>/* */3 AND email = 'ana@example.ro'";
    let sent = sent(&mut machine, other);
    assert!(shows(&sent, b"pgveil refused") && !shows(&sent, SECRET), "{}", sent.escape_ascii());
}

/// The server swallows a Flush while it reads the data of a COPY, and says that it is complete only when asked again.
#[test]
fn what_waits_for_the_end_of_a_copy_asks_for_it() {
    let mut machine = Machine::started(watch(&epoch()));
    let copy = [parse("", "COPY customers (id, email) FROM STDIN"), bind("", "", &[]), execute("")];
    machine.client(&[copy.concat(), copy_done()].concat());
    assert!(machine.out.to_server.ends_with(&flush()), "to know whether there is a COPY");
    machine.out = Default::default();
    machine.server(&[parse_complete(), bind_complete(), copy_in_of(2)].concat());
    machine.client(&execute(""));
    assert_eq!(shown(&machine.out.to_server), shown(&[copy_done(), flush()].concat()));
    machine.server(&complete("COPY 0"));
    assert_eq!(machine.fault, None);
    assert!(machine.out.to_server.ends_with(&execute("")), "it is answered");
}

/// `DEALLOCATE ALL` is about names that SQL knows.
#[test]
fn the_unnamed_statement_outlives_deallocate_all() {
    let mut machine = Machine::started(watch(&epoch()));
    let prepared = [parse("", "DEALLOCATE ALL"), parse("named", "SELECT id FROM customers WHERE email = $1")];
    machine.client(&[prepared.concat(), bind("", "", &[]), execute(""), sync()].concat());
    let answers =
        [parse_complete(), parse_complete(), bind_complete(), complete("DEALLOCATE ALL"), ready('I')];
    machine.server(&answers.concat());
    assert_eq!(machine.fault, None);
    machine.out = Default::default();
    machine.client(&bind("", "", &[]));
    assert_eq!(shown(&machine.out.to_server), shown(&bind("", "", &[])));
    machine.out = Default::default();
    machine.client(&bind("", "named", &[Some("ana@example.ro")]));
    assert!(!shows(&machine.out.to_server, SECRET) && !shows(&machine.out.to_server, b"pgV1:"));
}

/// What cannot be read behind a COPY may be its rows; what holds nothing cannot.
#[test]
fn an_empty_text_behind_a_copy_is_sent() {
    let mut machine = Machine::started(watch(&epoch()));
    sent(&mut machine, "COPY plain FROM STDIN");
    machine.server(&[error("42P01"), ready('I')].concat());
    for (text, goes) in [("", true), (" ;; ", true), ("top secret", false), ("-- top secret", false)] {
        machine.out = Default::default();
        machine.client(&[parse("", text), sync()].concat());
        assert_eq!(shows(&machine.out.to_server, &parse("", text)), goes, "{text:?}");
        machine.server(&[if goes { parse_complete() } else { error("42601") }, ready('I')].concat());
        assert_eq!(machine.fault, None);
    }
}

/// SQL and the protocol know prepared statements by one name.
#[test]
fn what_the_protocol_has_prepared_is_executed_in_sql() {
    let mut machine = Machine::started(watch(&epoch()));
    let look_up = parse("named", "SELECT id FROM customers WHERE email = $1");
    let plain = parse("plain", "SELECT id FROM plain WHERE id = $1");
    machine.client(&[look_up, plain].concat());
    machine.out = Default::default();
    // Until they are answered nobody knows whether they are there.
    machine.client(&query("EXECUTE named ('ana@example.ro')"));
    assert_eq!(shown(&machine.out.to_server), shown(&flush()));
    machine.server(&[parse_complete(), parse_complete()].concat());
    assert_eq!(machine.fault, None);
    assert!(shows(&machine.out.to_server, b"EXECUTE named ('pgV1:"), "{:?}", shown(&machine.out.to_server));
    assert!(!shows(&machine.out.to_server, SECRET));
    answer(&mut machine, "SELECT 0");
    machine.out = Default::default();
    assert!(shows(&sent(&mut machine, "EXECUTE plain (1)"), b"EXECUTE plain (1)"));
    answer(&mut machine, "SELECT 0");
    for text in ["EXECUTE neither ('ana@example.ro')", "EXECUTE \"NAMED\" ('ana@example.ro')"] {
        assert!(!shows(&sent(&mut machine, text), SECRET), "{text}");
        machine.server(&[error("26000"), ready('I')].concat());
    }
    sent(&mut machine, "DEALLOCATE named");
    answer(&mut machine, "DEALLOCATE");
    assert!(!shows(&sent(&mut machine, "EXECUTE named ('ana@example.ro')"), SECRET));
}

/// A name may come to mean what is protected between Parse and EXECUTE.
#[test]
fn what_was_plain_when_it_was_prepared_is_not_executed_on_what_is_protected() {
    let mut machine = Machine::started(watch(&epoch()));
    machine.client(&[parse("named", "INSERT INTO notes (body) VALUES ($1)"), sync()].concat());
    machine.server(&[parse_complete(), ready('I')].concat());
    assert!(shows(&sent(&mut machine, "EXECUTE named ('ana@example.ro')"), SECRET), "it is plain");
    answer(&mut machine, "INSERT 0 1");
    sent(&mut machine, "CREATE TEMP TABLE notes AS SELECT email AS body FROM customers");
    answer(&mut machine, "SELECT 0");
    let up = sent(&mut machine, "EXECUTE named ('ana@example.ro')");
    assert!(!shows(&up, SECRET), "{}", up.escape_ascii());
}

/// While a column is being encrypted its plain form goes up bound to a parameter, and never in a text.
#[test]
fn what_is_compared_in_both_forms_is_not_executed_in_sql() {
    let mut machine = Machine::started(watch(&epoch()));
    machine.client(&[parse("named", "SELECT id FROM moving WHERE ident = $1"), sync()].concat());
    machine.server(&[parse_complete(), ready('I')].concat());
    for text in ["EXECUTE named ('ana@example.ro')", "EXPLAIN EXECUTE named ('ana@example.ro')"] {
        let up = sent(&mut machine, text);
        assert!(!shows(&up, SECRET), "{}", up.escape_ascii());
        machine.server(&[error("0A000"), ready('I')].concat());
    }
}
