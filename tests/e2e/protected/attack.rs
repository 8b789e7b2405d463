//! The case files, run.

use super::cases::run;
use super::place::Place;

#[track_caller]
fn holds(label: &str, text: &str) {
    let place = Place::new(label, "");
    let faults = run(&place, text);
    assert!(faults.is_empty(), "{} faults:\n\n{}", faults.len(), faults.join("\n\n"));
}

fn file(path: &str) -> String {
    let path = format!("{}/tests/cases/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn ordinary_statements_work() {
    holds("ordinary", &file("protected/ordinary.txt"));
}

#[test]
fn no_statement_carries_a_secret_up() {
    holds("attack", &file("attack/statements.txt"));
}

#[test]
fn no_evasion_carries_a_secret_up() {
    holds("evasions", &file("attack/evasions.txt"));
}

#[test]
fn no_unused_parameter_carries_a_secret_up() {
    holds("attack_params", &file("attack/parameters.txt"));
}

#[test]
fn no_definition_carries_a_secret_up() {
    holds("attack_ddl", &file("attack/definitions.txt"));
}

#[test]
fn no_temporary_relation_carries_a_secret_up() {
    holds("attack_temp", &file("attack/temporary.txt"));
}

/// Functions of the owner, made before pgveil looks: one takes its argument to a protected column.
const FUNCTIONS: &str = "\
CREATE FUNCTION taker(x text) RETURNS int LANGUAGE plpgsql AS $$ \
    BEGIN UPDATE people SET email = x WHERE id = -1; RETURN 1; END $$;
CREATE FUNCTION innocent(x text) RETURNS text LANGUAGE sql AS $$ SELECT x $$";

#[test]
fn no_function_carries_a_secret_up() {
    let place = Place::new("attack_functions", FUNCTIONS);
    let faults = run(&place, &file("attack/functions.txt"));
    assert!(faults.is_empty(), "{} faults:\n\n{}", faults.len(), faults.join("\n\n"));
}
