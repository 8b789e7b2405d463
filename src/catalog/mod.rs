//! The database's shape as an immutable value. Knows names, types, and what the policy tags. `fetch`
//! holds SQL text and row decoding but opens no connection.

pub mod fetch;
pub mod lookup;
pub mod model;
