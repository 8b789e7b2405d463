//! The database's shape as an immutable value. Knows names and types. `fetch` holds SQL text and
//! row decoding but opens no connection.

pub mod model;
