//! Rows of real envelopes on their way to the client: described as the column was declared, and opened.

use pgveil::session::fault::Fault;
use pgveil::types::oid;

use super::conversation::Machine;
use super::epochs::{epoch, watch};
use super::messages::*;

/// The first relation of the schema.
const CUSTOMERS: u32 = 1000;

/// A session, and the cells that it stored for these constants.
fn storing(columns: &[(&str, &str)]) -> (Machine, Vec<String>) {
    let mut machine = Machine::started(watch(&epoch()));
    let sets: Vec<String> = columns.iter().map(|(column, value)| format!("{column} = {value}")).collect();
    let sent = sent(&mut machine, &format!("UPDATE customers SET {} WHERE id = 1", sets.join(", ")));
    machine.server(&[complete("UPDATE 1"), ready('I')].concat());
    machine.out = Default::default();
    let armour = |piece: &str| format!("pgV1:{}.", piece.split_once('.').unwrap().0);
    let cells: Vec<String> = sent.split("pgV1:").skip(1).map(armour).collect();
    assert_eq!(cells.len(), columns.len());
    (machine, cells)
}

fn sent(machine: &mut Machine, text: &str) -> String {
    machine.client(&query(text));
    assert_eq!(machine.fault, None, "{text}");
    String::from_utf8_lossy(&std::mem::take(&mut machine.out.to_server)).into_owned()
}

/// What the client sees of an answer.
fn heard(machine: &mut Machine, answer: &[Vec<u8>]) -> Vec<String> {
    machine.server(&answer.concat());
    shown(&std::mem::take(&mut machine.out.to_client))
}

#[test]
fn rows_are_described_as_declared_and_opened() {
    let (mut machine, cells) = storing(&[
        ("email", "'ada'"),
        ("name", "'Ada'"),
        ("hired", "'2001-02-03'"),
        ("level", "7"),
        ("balance", "12.5"),
    ]);
    sent(&mut machine, "SELECT id, email, name, hired, level, balance FROM customers");
    let columns = [
        ("id", CUSTOMERS, 1, oid::INT4),
        ("email", CUSTOMERS, 2, oid::TEXT),
        ("name", CUSTOMERS, 3, oid::VARCHAR),
        ("hired", CUSTOMERS, 6, oid::TEXT),
        ("level", CUSTOMERS, 7, oid::TEXT),
        ("balance", CUSTOMERS, 9, oid::TEXT),
    ];
    let values = [Some("1")].into_iter().chain(cells.iter().map(|cell| Some(cell.as_str())));
    let row_of_cells = row(&values.collect::<Vec<_>>());
    let nulls = row(&[Some("2"), None, None, None, None, None]);
    let heard =
        heard(&mut machine, &[rows(&columns), row_of_cells, nulls.clone(), complete("SELECT 2"), ready('I')]);
    let described = shown_rows(&[
        (columns[0], -1, -1),
        (columns[1], -1, -1),
        (("name", CUSTOMERS, 3, oid::VARCHAR), -1, 104),
        (("hired", CUSTOMERS, 6, oid::DATE), 4, -1),
        (("level", CUSTOMERS, 7, oid::INT4), 4, -1),
        (("balance", CUSTOMERS, 9, oid::NUMERIC), -1, (12 << 16 | 2) + 4),
    ]);
    let opened = row(&[Some("1"), Some("ada"), Some("Ada"), Some("2001-02-03"), Some("7"), Some("12.50")]);
    assert_eq!(heard, shown(&[described, opened, nulls, complete("SELECT 2"), ready('I')].concat()));
}

#[test]
fn what_is_computed_of_values_has_no_table_and_its_own_type() {
    let (mut machine, cells) = storing(&[("level", "7"), ("name", "'Ada'"), ("phone", "'5'")]);
    let cell = |at: usize| Some(cells[at].as_str());
    sent(&mut machine, "SELECT level::bigint, level::int4, coalesce(name, 'nobody') FROM customers");
    let columns = [
        ("level", CUSTOMERS, 7, oid::TEXT),
        ("level", CUSTOMERS, 7, oid::TEXT),
        ("coalesce", 0, 0, oid::VARCHAR),
    ];
    let stored = row(&[cell(0), cell(0), cell(1)]);
    let described = shown_rows(&[
        (("level", 0, 0, oid::INT8), 8, -1),
        (("level", CUSTOMERS, 7, oid::INT4), 4, -1),
        (("coalesce", 0, 0, oid::VARCHAR), -1, -1),
    ]);
    let opened = row(&[Some("7"), Some("7"), Some("Ada")]);
    let told = heard(&mut machine, &[rows(&columns), stored, complete("SELECT 1"), ready('I')]);
    assert_eq!(told, shown(&[described, opened, complete("SELECT 1"), ready('I')].concat()));

    sent(&mut machine, "SELECT array_agg(level) FROM customers");
    let many = format!("{{{0},NULL,{0}}}", cells[0]);
    let answer = [
        rows(&[("array_agg", 0, 0, oid::TEXT_ARRAY)]),
        row(&[Some(&many)]),
        complete("SELECT 1"),
        ready('I'),
    ];
    let described = shown_rows(&[(("array_agg", 0, 0, 1007), -1, -1)]);
    let opened = row(&[Some("{7,NULL,7}")]);
    let told = heard(&mut machine, &answer);
    assert_eq!(told, shown(&[described, opened, complete("SELECT 1"), ready('I')].concat()));
}

#[test]
fn a_document_of_values_is_opened_in_its_places() {
    let (mut machine, cells) = storing(&[("email", "'ada'"), ("level", "7")]);
    sent(&mut machine, "SELECT json_build_object('e', email, 'l', level) FROM customers");
    let document = format!("{{\"e\" : \"{}\", \"l\" : \"{}\"}}", cells[0], cells[1]);
    let columns = [("json_build_object", 0, 0, oid::JSON)];
    let answer = [rows(&columns), row(&[Some(&document)]), complete("SELECT 1"), ready('I')];
    let told = heard(&mut machine, &answer);
    let opened =
        [rows(&columns), row(&[Some("{\"e\" : \"ada\", \"l\" : 7}")]), complete("SELECT 1"), ready('I')];
    assert_eq!(told, shown(&opened.concat()));
}

#[test]
fn a_server_that_shows_another_column_than_was_asked_for_is_not_believed() {
    for (asked, column) in [
        ("SELECT email FROM customers", ("email", CUSTOMERS, 4, oid::TEXT)),
        ("SELECT email FROM customers", ("email", CUSTOMERS + 1, 2, oid::TEXT)),
        ("SELECT notes FROM customers", ("notes", CUSTOMERS, 2, oid::TEXT)),
        ("SELECT coalesce(email, phone) FROM customers", ("coalesce", CUSTOMERS, 2, oid::TEXT)),
        ("SELECT json_build_object('e', email) FROM customers", ("json_build_object", 0, 0, oid::TEXT)),
        ("SELECT jsonb_build_object('e', email) FROM customers", ("jsonb_build_object", 0, 0, oid::JSON)),
        (
            "SELECT json_build_object('e', email) FROM customers",
            ("json_build_object", CUSTOMERS, 2, oid::JSON),
        ),
    ] {
        let (mut machine, _) = storing(&[("email", "'ada'")]);
        sent(&mut machine, asked);
        machine.server(&rows(&[column]));
        assert!(matches!(machine.fault, Some(Fault::Contradiction(_))), "{asked}: {:?}", machine.fault);
    }
}
