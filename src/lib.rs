//! pgveil: a PostgreSQL proxy that encrypts tagged columns before they leave for the server.
//!
//! The map, top down. A module may use those below it, as `docs/architecture.md` draws it;
//! `tests/it/tidy.rs` holds the walls.
//!
//! - [`cli`]: one file per verb.
//! - [`server`]: sockets, TLS, time; moves bytes between two sockets and a session.
//! - [`jobs`]: long work on stored data, stoppable anywhere.
//! - [`scan`]: what looks like personal data, from names and shapes of values.
//! - [`config`]: the file as written, then resolved.
//! - [`session`]: one client connection as a machine without sockets.
//! - [`protect`]: seal and open one cell, the only place where policy, values and crypto meet.
//! - [`sql`]: `analyse(statement, catalog, policy) -> Verdict`, pure.
//! - [`policy`]: what the operator tagged, and what that means for the database's shape.
//! - [`catalog`]: the database's shape as an immutable value.
//! - [`crypto`]: keys and ciphertext.
//! - [`values`]: one cell, text or binary, to and from its canonical plaintext.
//! - [`wire`]: bytes to and from messages.
//! - [`observe`]: log, metrics, audit: typed events that cannot hold a value.
//! - [`types`]: PostgreSQL's types as declared and shown.
//! - [`names`]: PostgreSQL identifiers.
//! - [`secret`]: a value that must not be seen.

pub mod catalog;
pub mod cli;
pub mod config;
pub mod crypto;
pub mod jobs;
pub mod names;
pub mod observe;
pub mod policy;
pub mod protect;
pub mod scan;
pub mod secret;
pub mod server;
pub mod session;
pub mod sql;
pub mod types;
pub mod values;
pub mod wire;
