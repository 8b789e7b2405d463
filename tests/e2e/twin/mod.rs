//! The same statements against a plaintext twin, directly, and against protected columns through
//! pgveil: rows, types, parameters, errors, tags and the state of the transaction must be the same.
//!
//! - [`corpus`]: cases written by hand, in every form of the protocol that fits them.

mod answer;
mod corpus;
mod form;
mod kinds;
mod place;
mod run;
mod schema;
mod statement;

use place::Twins;

#[test]
fn what_is_written_by_hand_reads_the_same() {
    let mut twins = Twins::new("twin", schema::TABLES, &schema::policy(), &schema::rows());
    let (faults, counts) = corpus::faults(&mut twins, &schema::looks());
    let total: usize = counts.values().sum();
    println!("{total} statements: {counts:?}");
    assert!(total > 0, "there are cases");
    assert!(faults.is_empty(), "{} faults:\n\n{}", faults.len(), faults.join("\n\n"));
}
