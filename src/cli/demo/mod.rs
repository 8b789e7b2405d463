//! `pgveil demo`: the main job on a fresh machine, with a private PostgreSQL, throw-away keys and a
//! sample policy.
//!
//! Knows how to find and start a PostgreSQL of its own. Does not know how a value is sealed: it
//! talks to the proxy as any application would.

pub mod postgres;
