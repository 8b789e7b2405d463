//! The database's shape as an immutable value: as the server says it, as the operator pinned it, and
//! how the two differ. Knows names and types, not what is tagged. `fetch` holds SQL text and row
//! decoding but opens no connection; `lockfile` holds the pin's text but touches no file and no key.

pub mod change;
pub mod constant;
pub mod drift;
pub mod fetch;
pub mod finding;
pub mod guard;
pub mod lockfile;
pub mod lookup;
pub mod model;
pub mod movers;
pub mod path;
pub mod pin;
