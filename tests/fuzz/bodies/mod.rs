//! What the fuzzers run: each takes any bytes at all and must neither panic nor disagree with itself.
//! `tests/it/fuzzed.rs` runs the same over seeded noise in every test run.

mod login;
mod protected;
mod results;
mod shape;
mod sql;
mod stored;
mod styles;
mod types;
mod values;
mod wire;

#[path = "../../it/session/epochs.rs"]
#[allow(dead_code)]
mod epochs;
#[path = "../../it/session/messages.rs"]
#[allow(dead_code)]
mod messages;
#[path = "../../it/analyse/schema.rs"]
#[allow(dead_code)]
mod schema;
#[path = "../../it/analyse/whole.rs"]
mod whole;

pub use login::fuzz_scram;
pub use protected::{fuzz_copy, fuzz_hostile_server, fuzz_statements};
pub use results::fuzz_results;
pub use shape::{fuzz_catalog, fuzz_settings};
pub use sql::{fuzz_analysis, fuzz_lexer};
pub use stored::{fuzz_envelope, fuzz_keyring, fuzz_policy, fuzz_shares};
pub use styles::fuzz_styles;
#[allow(unused_imports)]
pub use types::TYPES;
pub use values::{fuzz_scan, fuzz_values};
pub use wire::{fuzz_frames, fuzz_session, fuzz_startup};
