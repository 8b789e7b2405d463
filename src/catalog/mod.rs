//! The database's shape as an immutable value. Knows names, types, and what the policy tags. `fetch`
//! holds SQL text and row decoding but opens no connection.

pub mod check;
pub mod drift;
pub mod fetch;
pub mod finding;
pub mod guard;
pub mod join;
pub mod lockfile;
pub mod lookup;
pub mod model;
pub mod pin;
pub mod reach;
