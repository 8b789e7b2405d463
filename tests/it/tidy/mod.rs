//! The walls of docs/architecture.md, held: who may know whom, which crate belongs where, how large
//! a file may grow, what may not stand in code that reads foreign bytes, and that every refusal is
//! explained in docs/errors.md.
//!
//! Each rule is itself tested against a planted fault ([`planted`]).

mod planted;
mod rules;
mod source;
mod walls;

use std::path::Path;

#[test]
fn the_house_is_tidy() {
    let faults = rules::faults(Path::new(env!("CARGO_MANIFEST_DIR")));
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
