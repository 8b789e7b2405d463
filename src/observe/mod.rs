//! Log, metrics, audit: typed events that cannot hold a value.
//!
//! Knows names, addresses, counts and SQLSTATEs. Deliberately has no way to be given a statement's
//! text, a parameter, a cell or a password.

pub mod audit;
pub mod log;
pub mod metrics;
