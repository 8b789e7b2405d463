//! Protected columns from end to end: the `pgveil` binary, a database with a policy, and a tap on
//! the wire to the server, so that each test also proves that nothing went up in the clear.

mod attack;
pub mod cases;
mod cursors;
mod paths;
mod phases;
pub mod place;
mod tenants;
